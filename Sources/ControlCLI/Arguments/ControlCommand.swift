import CLI

/// One command: its words, its flags, and what it does.
struct ControlCommand {
    /// The name, then its other names.
    let names: [String]
    /// What follows the name in the usage line.
    let synopsis: String
    let summary: String
    let rule: ArgumentRule
    /// As ctr's, flags stand before the arguments: what follows these may belong to a container's program.
    let flags: FlagSet
    let run: @Sendable (ControlInvocation) async throws -> Int32

    init(
        _ names: String..., synopsis: String = "", summary: String, _ rule: ArgumentRule = .any, flags: [Flag] = [],
        run: @escaping @Sendable (ControlInvocation) async throws -> Int32
    ) {
        self.names = names
        self.synopsis = synopsis
        self.summary = summary
        self.rule = rule
        self.flags = FlagSet(flags, interspersed: false)
        self.run = run
    }

    /// - Parameter path: the words that led here.
    func main(_ arguments: [String], path: String, _ context: ControlContext) async throws -> Int32 {
        let parsed: FlagSet.Parsed
        do {
            parsed = try flags.parse(arguments)
        } catch {
            throw CommandFailure("\(error)\n\n\(usage(path))")
        }
        guard parsed.help == .no else {
            context.console.print(help(path, width: context.console.width), terminator: "")
            return 0
        }
        if let complaint = rule.complaint(about: parsed.arguments.count) {
            throw CommandFailure("skiff-ctr \(path) \(complaint)\n\n\(usage(path))")
        }
        return try await run(
            ControlInvocation(flags: parsed.flags, arguments: parsed.arguments, context: context))
    }

    private func usage(_ path: String) -> String {
        "Usage:  skiff-ctr \(path)" + (synopsis.isEmpty ? "" : " " + synopsis)
    }

    private func help(_ path: String, width: Int) -> String {
        var text = "\(usage(path))\n\n\(summary)\n"
        if names.count > 1 { text += "\nAliases:\n  \(names.joined(separator: ", "))\n" }
        if !flags.flags.isEmpty { text += "\nOptions:\n" + flags.usage(width: width - 1) }
        return text
    }
}
