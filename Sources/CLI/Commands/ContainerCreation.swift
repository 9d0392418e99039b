/// Creates a container for `run` and `create`, pulling its image where that is wanted.
struct ContainerCreation {
    let invocation: Invocation

    private var flags: ParsedFlags { invocation.flags }

    /// The new container's id.
    func create(_ body: JSONValue) throws -> String {
        let cidFile = flags.string("cidfile")
        if !cidFile.isEmpty, (try? FileBytes.read(cidFile)) != nil {
            throw CommandFailure(
                "container ID file found, make sure the other container isn't running or delete \(cidFile)")
        }
        let policy = flags.string("pull", default: "missing")
        let image = body["Image"].text
        if !Self.isIdentifier(image) { _ = try ImageName(parsing: image) }
        if policy == "always" { try pull(image) }
        let answer = try createPulling(body, image: image, pullsMissing: policy == "missing")
        for warning in answer["Warnings"].strings {
            invocation.console.printError("WARNING: \(warning)")
        }
        let id = answer["Id"].text
        if !cidFile.isEmpty { try FileBytes.create(cidFile, id) }
        return id
    }

    private static func isIdentifier(_ image: String) -> Bool {
        let digits = image.hasPrefix("sha256:") ? image.dropFirst(7) : image[...]
        return digits.count == 64 && digits.allSatisfy(\.isHexDigit)
    }

    private func createPulling(_ body: JSONValue, image: String, pullsMissing: Bool) throws -> JSONValue {
        do {
            return try post(body)
        } catch EngineError.response(404, let message)
            where pullsMissing && message.lowercased().contains("no such image")
        {
            if !flags.bool("quiet") {
                invocation.console.printError(
                    "Unable to find image '\(try ImageName(parsing: image).familiar)' locally")
            }
            try pull(image)
            return try post(body)
        }
    }

    private func post(_ body: JSONValue) throws -> JSONValue {
        var query: [(String, String)] = []
        if flags.isSet("name") { query.append(("name", flags.string("name"))) }
        if flags.isSet("platform") { query.append(("platform", flags.string("platform"))) }
        return try invocation.engine().postJSON("/containers/create", query: query, body: body)
    }

    private func pull(_ image: String) throws {
        try ImagePull(
            engine: try invocation.engine(), console: invocation.console,
            configuration: invocation.context.configuration
        ).pull(
            try ImageName(parsing: image), platform: flags.string("platform"), quiet: flags.bool("quiet"),
            toError: true)
    }
}
