import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCISpec

/// Reads one repository of a registry: the pull half of the distribution specification.
package final class RepositoryClient: Sendable {
    /// The repository within the registry.
    package let repository: String
    private let endpoint: RegistryEndpoint
    private let transport: RegistryTransport
    private let authorization: RegistryAuthorization

    private static let maximumRedirects = 10

    init(
        repository: String, endpoint: RegistryEndpoint, transport: RegistryTransport,
        credentials: RegistryCredentials?
    ) {
        self.repository = repository
        self.endpoint = endpoint
        self.transport = transport
        authorization = RegistryAuthorization(
            endpoint: endpoint, repository: repository, credentials: endpoint.isMirror ? nil : credentials)
    }

    /// Asks for the API's root, to see whether the registry is there at all.
    func ping() async throws {
        let response = try await send("", headers: HTTPHeaders(), authorized: false)
        // What it answers is of no interest, and read so that the connection can be used again.
        do {
            _ = try await response.body.collect(upTo: 1 << 20)
        } catch {
            throw broken("", error)
        }
        if response.status == .unauthorized {
            authorization.remember(response.headers)
        } else if response.status != .ok {
            throw RegistryError.rejected(
                "received unexpected HTTP status: \(response.status.code) \(response.status.reasonPhrase)")
        }
    }

    /// Sends a request below `/v2/`, with credentials where the registry wants some, and follows redirects.
    func request(_ path: String, headers: HTTPHeaders = HTTPHeaders()) async throws -> HTTPClientResponse {
        let response = try await send(path, headers: headers, authorized: true)
        guard response.status == .unauthorized else { return response }
        // The scope or the token's age may want another token.
        authorization.remember(response.headers)
        guard try await authorization.renew(over: transport) else {
            guard authorization.lacksCredentials else { return response }
            throw RegistryError.unreachable(url: endpoint.base + path, reason: "no basic auth credentials")
        }
        _ = try? await response.body.collect(upTo: 1 << 20)
        return try await send(path, headers: headers, authorized: true)
    }

    private func send(_ path: String, headers: HTTPHeaders, authorized: Bool) async throws -> HTTPClientResponse {
        var url = endpoint.base + path
        for _ in 0...Self.maximumRedirects {
            let target = try RegistryURL(url)
            var request = HTTPClientRequest(url: url)
            request.headers = headers
            request.headers.replaceOrAdd(name: "User-Agent", value: "skiff")
            let isRegistry = target.scheme == endpoint.scheme && target.host == endpoint.host
            // Credentials are for the registry alone, never for where it redirects.
            if authorized, isRegistry, let value = try await authorization.header(over: transport) {
                request.headers.replaceOrAdd(name: "Authorization", value: value)
            }
            let client = try await transport.client(for: target.host, isInsecure: isRegistry && endpoint.isInsecure)
            let response = try await execute(request, client, target)
            guard [301, 302, 303, 307, 308].contains(response.status.code) else { return response }
            guard let location = response.headers.first(name: "Location") else {
                throw RegistryError.malformed("redirect without a location from \(url)")
            }
            url = try target.resolving(location)
            let next = try RegistryURL(url)
            guard target.scheme == "http" || next.scheme == "https" || endpoint.isInsecure else {
                throw RegistryError.malformed("refused to be redirected from https to \(url)")
            }
        }
        throw RegistryError.malformed("stopped after \(Self.maximumRedirects) redirects")
    }

    /// Why the rest of an answer did not come.
    func broken(_ path: String, _ error: any Error) -> any Error {
        if Task.isCancelled { return CancellationError() }
        let reason = RegistryFailure.reason(error, host: endpoint.host, scheme: endpoint.scheme)
        return RegistryError.unreachable(url: endpoint.base + path, reason: reason)
    }

    private func execute(
        _ request: HTTPClientRequest, _ client: HTTPClient, _ target: RegistryURL
    ) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, deadline: .now() + .hours(24))
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw RegistryError.unreachable(
                url: request.url, reason: RegistryFailure.reason(error, host: target.host, scheme: target.scheme))
        }
    }
}
