import Glibc

/// The parts of Docker's `config.json` that this client follows.
package struct ClientConfiguration {
    private let document: JSONValue

    package init(document: JSONValue = .null) {
        self.document = document
    }

    /// Reads `config.json` in a directory; a missing file means defaults, a broken one is said and skipped.
    package static func load(directory: String, console: Console) -> ClientConfiguration {
        let path = directory + "/config.json"
        guard let bytes = try? FileBytes.read(path) else { return ClientConfiguration() }
        do {
            return ClientConfiguration(document: try JSONParser.parse(bytes))
        } catch {
            console.printError("WARNING: Error loading config file: \(path): \(error)")
            return ClientConfiguration()
        }
    }

    package var detachKeys: String { document["detachKeys"].text }
    package func format(_ key: String) -> String { document[key].text }

    /// The `X-Registry-Auth` header for a registry, or nil without credentials.
    package func registryAuthentication(for registry: String) -> String? {
        let isHub = ["docker.io", "index.docker.io"].contains(registry)
        let keys =
            isHub
            ? ["https://index.docker.io/v1/", "docker.io"] : [registry, "https://\(registry)", "http://\(registry)"]
        guard let entry = keys.lazy.map({ self.document["auths"][$0] }).first(where: { !$0.isNull }) else { return nil }
        var fields = JSONObject()
        if let pair = Base64.decode(entry["auth"].text).map({ String(decoding: $0, as: UTF8.self) }),
            let (user, password) = pair.cut(at: ":")
        {
            fields["username"] = .string(user)
            fields["password"] = .string(password)
        }
        if let token = entry["identitytoken"].stringValue { fields["identitytoken"] = .string(token) }
        guard !fields.isEmpty else { return nil }
        fields["serveraddress"] = .string(isHub ? "https://index.docker.io/v1/" : registry)
        return Base64.encodeURL(JSONValue.object(fields).encodedBytes)
    }
}
