import EngineAPI
import FoundationEssentials
import Registry

/// The `X-Registry-Auth` header: JSON in URL-safe base 64.
enum RegistryAuthHeader {
    /// Nil for none, and for one without any name or token.
    static func parse(_ header: String?) throws(EngineError) -> RegistryCredentials? {
        guard let header, !header.isEmpty else { return nil }
        var text = String(header.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        while text.hasSuffix("=") { text.removeLast() }
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let data = Data(base64Encoded: text),
            let auth = try? EngineJSON.decode(AuthConfiguration.self, from: data)
        else { throw EngineError(.invalidParameter, "invalid X-Registry-Auth header: not JSON in base 64") }
        return credentials(auth)
    }

    static func credentials(_ auth: AuthConfiguration) -> RegistryCredentials? {
        var credentials = RegistryCredentials(
            username: auth.username ?? "", password: auth.password ?? "", identityToken: auth.identityToken,
            registryToken: auth.registryToken)
        if let pair = auth.auth, credentials.username.isEmpty, let data = Data(base64Encoded: pair) {
            let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2 { (credentials.username, credentials.password) = (parts[0], parts[1]) }
        }
        let isEmpty =
            credentials.username.isEmpty && (credentials.identityToken ?? "").isEmpty
            && (credentials.registryToken ?? "").isEmpty
        return isEmpty ? nil : credentials
    }
}
