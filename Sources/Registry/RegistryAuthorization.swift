import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCISpec
import Synchronization

/// Has the right `Authorization` header for a repository: none, Basic, or a Bearer token from the registry's realm.
final class RegistryAuthorization: Sendable {
    private let endpoint: RegistryEndpoint
    private let repository: String
    private let credentials: RegistryCredentials?
    private let state = Mutex(State())

    private struct State {
        var challenges: [AuthenticationChallenge] = []
        var header: String?
    }

    init(endpoint: RegistryEndpoint, repository: String, credentials: RegistryCredentials?) {
        self.endpoint = endpoint
        self.repository = repository
        self.credentials = credentials
        if let token = credentials?.registryToken, !token.isEmpty {
            state.withLock { $0.header = "Bearer \(token)" }
        }
    }

    /// Notes what the registry wants.
    func remember(_ headers: HTTPHeaders) {
        let challenges = headers["WWW-Authenticate"].flatMap(AuthenticationChallenge.parse)
        state.withLock { $0.challenges = challenges }
    }

    /// The header's value, fetched first where the registry has asked for one.
    func header(over transport: RegistryTransport) async throws -> String? {
        let known = state.withLock { ($0.header, $0.challenges.isEmpty) }
        if known.0 != nil || known.1 { return known.0 }
        _ = try await renew(over: transport)
        return state.withLock { $0.header }
    }

    /// Gets a header for the last challenge; false where there is no other than the one that was refused.
    func renew(over transport: RegistryTransport) async throws -> Bool {
        let challenges = state.withLock { $0.challenges }
        let header: String?
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            header = "Bearer " + (try await token(bearer, over: transport))
        } else if challenges.contains(where: { $0.scheme == "basic" }) {
            header = basic
        } else {
            header = nil
        }
        return state.withLock { state in
            guard let header, header != state.header else { return false }
            state.header = header
            return true
        }
    }

    /// Whether the registry wants a name and a password that nobody gave.
    var lacksCredentials: Bool {
        basic == nil && state.withLock { $0.header == nil && $0.challenges.contains { $0.scheme == "basic" } }
    }

    private var basic: String? {
        guard let credentials, !credentials.username.isEmpty else { return nil }
        return "Basic " + Base64.encode(Array("\(credentials.username):\(credentials.password)".utf8))
    }

    private struct TokenAnswer: Decodable {
        let token: String?
        let accessToken: String?

        private enum CodingKeys: String, CodingKey {
            case token
            case accessToken = "access_token"
        }
    }

    private func token(_ challenge: AuthenticationChallenge, over transport: RegistryTransport) async throws -> String {
        guard let realm = challenge.parameters["realm"] else {
            throw RegistryError.malformed("no realm in the registry's challenge")
        }
        let target = try RegistryURL(realm)
        guard target.scheme == "https" || endpoint.scheme == "http" || endpoint.isInsecure else {
            throw RegistryError.malformed("the registry wants credentials sent to \(realm) without encryption")
        }
        var form = [("scope", challenge.parameters["scope"] ?? "repository:\(repository):pull")]
        if let service = challenge.parameters["service"] { form.append(("service", service)) }
        let request = tokenRequest(realm, form)
        let response: HTTPClientResponse
        do {
            let client = try await transport.client(
                for: target.host, isInsecure: endpoint.isInsecure && Self.sameHost(target.host, endpoint.host))
            response = try await client.execute(request, timeout: .seconds(60))
        } catch let error as RegistryError {
            throw error
        } catch {
            throw RegistryError.unreachable(
                url: realm, reason: RegistryFailure.reason(error, host: target.host, scheme: target.scheme))
        }
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else {
            throw RegistryAnswer.error(response.status, response.headers, Array(body.readableBytesView))
        }
        let answer = try OCIJSON.decode(TokenAnswer.self, from: Array(body.readableBytesView))
        guard let token = answer.token ?? answer.accessToken, !token.isEmpty else {
            throw RegistryError.malformed("authorization server did not include a token in the response")
        }
        return token
    }

    private func tokenRequest(_ realm: String, _ form: [(String, String)]) -> HTTPClientRequest {
        let encode = { (form: [(String, String)]) in
            form.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        }
        if let identity = credentials?.identityToken, !identity.isEmpty {
            var request = HTTPClientRequest(url: realm)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            let fields = [("grant_type", "refresh_token"), ("refresh_token", identity), ("client_id", "skiff")]
            request.body = .bytes(ByteBuffer(string: encode(form + fields)))
            return request
        }
        let account = credentials.flatMap { $0.username.isEmpty ? nil : [("account", $0.username)] } ?? []
        var request = HTTPClientRequest(url: realm + (realm.contains("?") ? "&" : "?") + encode(account + form))
        if let basic { request.headers.add(name: "Authorization", value: basic) }
        return request
    }

    private static func sameHost(_ one: String, _ other: String) -> Bool {
        InsecureRegistries.withoutPort(one) == InsecureRegistries.withoutPort(other)
    }
}

/// Percent encoding of form fields (RFC 3986, unreserved characters stay).
enum PercentEncoding {
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                encoded.append(Character(UnicodeScalar(byte)))
            case _ where "-._~".utf8.contains(byte): encoded.append(Character(UnicodeScalar(byte)))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (hex.count == 1 ? "0" : "") + hex
            }
        }
        return encoded
    }
}
