import ImageFixtures
import NIOCore
import NIOHTTP1
import Registry
import Synchronization
import Testing

@Suite("Repositories of registries")
struct RepositoryClientTests {
    private static let digest = "sha256:" + String(repeating: "a", count: 64)

    private func withRepository<Result: Sendable>(
        of domain: String, mirrors: [String] = [], credentials: RegistryCredentials? = nil,
        _ body: (RepositoryClient) async throws -> Result
    ) async throws -> Result {
        let client = RegistryClient(RegistryConfiguration(mirrors: mirrors, certificateDirectories: []))
        do {
            let result = try await client.withRepository("x/y", of: domain, credentials: credentials, body)
            await client.shutDown()
            return result
        } catch {
            await client.shutDown()
            throw error
        }
    }

    private func manifest(_ repository: RepositoryClient) async throws -> [UInt8] {
        try await repository.manifest("1", accepting: ["application/json"]).bytes
    }

    @Test
    func `a token is fetched with the password, and sent to the registry instead of it`() async throws {
        let tokens = try await FakeRegistry { request in
            let isKnown = request.headers.first(name: "Authorization") == "Basic dXNlcjpwYXNz"
            return .init(isKnown ? .ok : .unauthorized, Array(#"{"token": "secret"}"#.utf8))
        }
        let challenge = "Bearer realm=\"http://\(tokens.host)/token\",service=\"here\""
        let registry = try await FakeRegistry { request in
            request.headers.first(name: "Authorization") == "Bearer secret"
                ? .init(.ok, Array("{}".utf8)) : .init(.unauthorized, headers: ["WWW-Authenticate": challenge])
        }
        let credentials = RegistryCredentials(username: "user", password: "pass")
        let document = try await withRepository(of: registry.host, credentials: credentials, manifest)
        #expect(document == Array("{}".utf8))
        #expect(
            tokens.requests.map(\.path) == ["/token?account=user&scope=repository%3Ax%2Fy%3Apull&service=here"])
    }

    @Test
    func `without a name and a password the registry's wish for them is told`() async throws {
        let registry = try await FakeRegistry { _ in
            .init(.unauthorized, headers: ["WWW-Authenticate": "Basic realm=\"x\""])
        }
        let error = RegistryError.unreachable(
            url: "http://\(registry.host)/v2/x/y/manifests/1", reason: "no basic auth credentials")
        await #expect(throws: error) { try await withRepository(of: registry.host, manifest) }
    }

    @Test
    func `a redirect to another host carries no credentials`() async throws {
        let storage = try await FakeRegistry { _ in .init(.ok, [1, 2, 3]) }
        let target = "http://\(storage.host)/data"
        let registry = try await FakeRegistry { request in
            if request.headers["Authorization"].isEmpty {
                return .init(.unauthorized, headers: ["WWW-Authenticate": "Basic realm=\"x\""])
            }
            return .init(.temporaryRedirect, headers: ["Location": target])
        }
        let credentials = RegistryCredentials(username: "user", password: "pass")
        let bytes = try await withRepository(of: registry.host, credentials: credentials) { repository in
            var bytes: [UInt8] = []
            try await repository.blob(Self.digest, from: 0) { _ in
            } take: { part in
                bytes += part.readableBytesView
            }
            return bytes
        }
        #expect(bytes == [1, 2, 3])
        #expect(storage.requests.map { $0.headers["Authorization"] } == [[]])
    }

    @Test
    func `redirects in a circle end`() async throws {
        let registry = try await FakeRegistry { request in
            request.path == "/v2/" ? .init() : .init(.found, headers: ["Location": request.path])
        }
        await #expect(throws: RegistryError.malformed("stopped after 10 redirects")) {
            try await withRepository(of: registry.host, manifest)
        }
    }

    @Test
    func `a manifest has to be small`() async throws {
        let registry = try await FakeRegistry { request in
            request.path == "/v2/" ? .init() : .init(.ok, [UInt8](repeating: 32, count: (4 << 20) + 1))
        }
        await #expect(throws: RegistryError.self) { try await withRepository(of: registry.host, manifest) }
    }

    @Test
    func `what one mirror has not is asked of the next`() async throws {
        let empty = try await FakeRegistry { $0.path == "/v2/" ? .init() : .init(.notFound) }
        let full = try await FakeRegistry { _ in .init(.ok, Array("{}".utf8)) }
        let mirrors = ["http://\(empty.host)", "http://\(full.host)/prefix/"]
        let document = try await withRepository(of: "docker.io", mirrors: mirrors, manifest)
        #expect(document == Array("{}".utf8))
        #expect(full.requests.map(\.path) == ["/prefix/v2/", "/prefix/v2/x/y/manifests/1"])
    }

    @Test
    func `a registry's errors are told apart`() async throws {
        let cases: [(HTTPResponseStatus, String, RegistryError)] = [
            (.notFound, "", .manifestUnknown("manifest unknown: manifest unknown")),
            (
                .notFound, #"{"errors":[{"code":"NAME_UNKNOWN","message":"no such name"}]}"#,
                .repositoryUnknown("name unknown: no such name")
            ),
            (.forbidden, "", .denied("denied: requested access to the resource is denied")),
            (.unauthorized, "", .unauthorized("unauthorized: authentication required")),
            (.badGateway, "oops", .rejected("received unexpected HTTP status: 502 Bad Gateway")),
        ]
        for (status, body, error) in cases {
            let registry = try await FakeRegistry { request in
                request.path == "/v2/" ? .init() : .init(status, Array(body.utf8))
            }
            await #expect(throws: error) { try await withRepository(of: registry.host, manifest) }
        }
    }
}
