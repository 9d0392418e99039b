/// `inspect` over any kind of object, and the forms for one kind.
enum InspectCommand {
    private static let kinds = ["container", "image", "network", "volume"]

    static func make(_ path: String) -> Command {
        Command(
            path, "[OPTIONS] NAME|ID [NAME|ID...]", "Return low-level information on Skiff objects", .atLeast(1),
            flags: [
                FormatFlag.inspection(),
                .bool("size", "s", "Display total file sizes if the type is container"),
                .string("type", nil, "Only inspect objects of the given type"),
            ]
        ) { invocation in
            let kind = invocation.flags.string("type")
            if invocation.flags.isSet("type"), kind.isEmpty {
                throw CommandFailure("type is empty: must be one of \"\(kinds.joined(separator: "\", \""))\"")
            }
            guard kind.isEmpty || kinds.contains(kind) else {
                throw CommandFailure(
                    "unknown type: \(GoQuote.quote(kind)): must be one of \"\(kinds.joined(separator: "\", \""))\"")
            }
            return try inspect(invocation, kinds: kind.isEmpty ? kinds : [kind], isGeneral: kind.isEmpty)
        }
    }

    /// `container inspect` and its like.
    static func make(kind: String) -> (String) -> Command {
        { path in
            let noun = kind.uppercased()
            let size = kind == "container" ? [Flag.bool("size", "s", "Display total file sizes")] : []
            let verbose = kind == "network" ? [Flag.bool("verbose", "v", "Verbose output for diagnostics")] : []
            return Command(
                path, "[OPTIONS] \(noun) [\(noun)...]", "Display detailed information on one or more \(kind)s",
                .atLeast(1), flags: [FormatFlag.inspection()] + size + verbose
            ) { invocation in
                try inspect(invocation, kinds: [kind], isGeneral: false)
            }
        }
    }

    private static func inspect(_ invocation: Invocation, kinds: [String], isGeneral: Bool) throws -> Int32 {
        let engine = try invocation.engine()
        let format = invocation.flags.string("format")
        var printer = try InspectPrinter(format: format)
        var messages: [String] = []
        for name in invocation.arguments {
            do {
                try printer.add(try find(name, kinds, invocation, engine, isGeneral: isGeneral))
            } catch {
                messages.append(CommandFailure(error).message ?? "")
            }
        }
        invocation.console.print(printer.output, terminator: "")
        guard messages.isEmpty else { throw CommandFailure(messages.joined(separator: "\n")) }
        return 0
    }

    private static func find(
        _ name: String, _ kinds: [String], _ invocation: Invocation, _ engine: EngineClient, isGeneral: Bool
    ) throws -> [UInt8] {
        for kind in kinds {
            let wantsSize = kind == "container" && invocation.flags.bool("size")
            let query = wantsSize ? [("size", "1")] : []
            let request = EngineRequest("GET", path(kind, PercentEncoding.path(name)), query: query)
            if let document = try fetch(request, engine, mayBeMissing: isGeneral) { return document }
        }
        throw CommandFailure("Error: No such object: \(name)")
    }

    private static func fetch(
        _ request: EngineRequest, _ engine: EngineClient, mayBeMissing: Bool
    ) throws(EngineError) -> [UInt8]? {
        do {
            return try engine.send(request).bytes()
        } catch {
            guard mayBeMissing, error.isNotFound else { throw error }
            return nil
        }
    }

    private static func path(_ kind: String, _ name: String) -> String {
        switch kind {
        case "container": "/containers/\(name)/json"
        case "image": "/images/\(name)/json"
        default: "/\(kind)s/\(name)"
        }
    }
}
