/// pull, load, rmi and tag.
enum ImageCommands {
    static func pull(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] NAME[:TAG|@DIGEST]", "Download an image from a registry",
            aliases: ["image pull", "pull"], .exactly(1),
            flags: [
                .bool("all-tags", "a", "Download all tagged images in the repository"),
                .string("platform", nil, "Set platform if server is multi-platform capable"),
                .bool("quiet", "q", "Suppress verbose output"),
            ]
        ) { invocation in
            let flags = invocation.flags
            let image = try ImageName(parsing: invocation.arguments[0])
            let allTags = flags.bool("all-tags")
            if allTags, !image.isNameOnly { throw CommandFailure("tag can't be used with --all-tags/-a") }
            if image.isNameOnly, !allTags, !flags.bool("quiet") {
                invocation.console.print("Using default tag: latest")
            }
            try ImagePull(
                engine: try invocation.engine(), console: invocation.console,
                configuration: invocation.context.configuration
            ).pull(
                image, platform: flags.string("platform"), quiet: flags.bool("quiet"), toError: false,
                allTags: allTags)
            invocation.console.print(allTags ? "\(image.domain)/\(image.path)" : image.canonical)
            return 0
        }
    }

    static func load(_ path: String) -> Command {
        Command(
            path, "[OPTIONS]", "Load an image from a tar archive or STDIN", aliases: ["image load", "load"], .none,
            flags: [
                .string("input", "i", "Read from tar archive file, instead of STDIN"),
                .bool("quiet", "q", "Suppress the load output"),
                .string(
                    "platform", nil,
                    "Load only the given platform variant. Formatted as \"os[/arch[/variant]]\" (e.g., \"linux/amd64\")"
                ),
            ], run: load)
    }

    private static func load(_ invocation: Invocation) throws -> Int32 {
        let console = invocation.console
        let file = invocation.flags.string("input")
        if file.isEmpty, console.isInputTerminal {
            throw CommandFailure("requested load from stdin, but stdin is empty")
        }
        let descriptor = file.isEmpty ? console.input : try FileBytes.open(file)
        let isQuiet = invocation.flags.bool("quiet") || !console.isOutputTerminal
        var query = [("quiet", isQuiet ? "1" : "0")]
        if invocation.flags.isSet("platform") {
            query.append(("platform", try PlatformSpecification.parse(invocation.flags.string("platform")).encoded))
        }
        let response = try invocation.engine().upload(
            EngineRequest("POST", "/images/load", query: query, body: .stream(contentType: "application/x-tar"))
        ) { () throws(CommandFailure) in
            try FileBytes.next(descriptor, file.isEmpty ? "stdin" : file)
        }
        guard response.head.header("content-type")?.hasPrefix("application/json") == true else {
            console.write(try response.bytes())
            return 0
        }
        var display = ProgressDisplay(
            isTerminal: console.isOutputTerminal, width: WindowSize.of(console.output).map { Int($0.columns) } ?? 200)
        try response.documents { message in
            console.print(try display.render(message), terminator: "")
            console.flush()
            return true
        }
        return 0
    }

    static func remove(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] IMAGE [IMAGE...]", "Remove one or more images",
            aliases: ["image rm", "image remove", "rmi"], .atLeast(1),
            flags: [
                .bool("force", "f", "Force removal of the image"),
                .bool("no-prune", nil, "Do not delete untagged parents"),
            ]
        ) { invocation in
            let engine = try invocation.engine()
            let isForced = invocation.flags.bool("force")
            var query: [(String, String)] = isForced ? [("force", "1")] : []
            if invocation.flags.bool("no-prune") { query.append(("noprune", "1")) }
            var messages: [String] = []
            var isFatal = false
            for name in invocation.arguments {
                do {
                    let request = EngineRequest("DELETE", "/images/\(PercentEncoding.path(name))", query: query)
                    for deletion in try engine.send(request).json().arrayValue ?? [] {
                        if let id = deletion["Deleted"].stringValue { invocation.console.print("Deleted: \(id)") }
                        if let tag = deletion["Untagged"].stringValue { invocation.console.print("Untagged: \(tag)") }
                    }
                } catch {
                    messages.append("\(error)")
                    isFatal = isFatal || (error as? EngineError)?.isNotFound != true
                }
            }
            guard messages.isEmpty else {
                if isForced, !isFatal {
                    invocation.console.printError(messages.joined(separator: "\n"))
                    return 0
                }
                throw CommandFailure(messages.joined(separator: "\n"))
            }
            return 0
        }
    }

    static func tag(_ path: String) -> Command {
        Command(
            path, "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
            aliases: ["image tag", "tag"], .exactly(2)
        ) { invocation in
            let target: ImageName
            do {
                target = try ImageName(parsing: invocation.arguments[1])
            } catch {
                throw CommandFailure(
                    "Error parsing reference: \(GoQuote.quote(invocation.arguments[1])) is not a valid repository/tag: \(CommandFailure(error).message ?? "")"
                )
            }
            guard target.digest == nil else { throw CommandFailure("refusing to create a tag with a digest reference") }
            try invocation.engine().post(
                "/images/\(PercentEncoding.path(invocation.arguments[0]))/tag",
                query: [("repo", target.familiarName), ("tag", target.version)])
            return 0
        }
    }
}
