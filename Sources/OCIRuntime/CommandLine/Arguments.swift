/// Arguments read one after the other: flags (`--name value`, `--name=value`, `-name value`, `-n value`) and what is
/// left, by the rules of Go's flag package and runc's use of it.
///
/// ArgumentParser needs Foundation, which the runtime does without.
package struct Arguments {
    private var rest: ArraySlice<String>
    /// The value of the flag read last, where it was written with `=`.
    private var attached: String?
    private var flag = ""

    package init(_ arguments: [String]) { rest = arguments[...] }

    /// Puts the command's flags in front, since they may stand behind arguments too, and checks that flags are known
    /// and arguments as many as they must be. Answers whether help was asked for.
    package mutating func arrange(by syntax: CommandSyntax) throws(RuntimeError) -> Bool {
        var flags: [String] = []
        var words: [String] = []
        var left = rest
        while let next = left.popFirst() {
            if next == "--" {
                words += left
                break
            }
            guard Self.isFlag(next) else {
                words.append(next)
                guard !syntax.ownsFirstOnly else {
                    words += left
                    break
                }
                continue
            }
            let (name, value) = Self.parts(next)
            guard let known = syntax.flag(named: name) else {
                // Behind an argument it can be one itself: `kill ID -9`.
                guard !words.isEmpty else { throw Self.unknown("-\(name)") }
                words.append(next)
                continue
            }
            if known.names == CommandSyntax.helpFlag.names { return true }
            flags.append(next)
            guard known.takesValue, value == nil else { continue }
            guard let value = left.popFirst() else { throw .usage("flag needs an argument: -\(name)") }
            flags.append(value)
        }
        try syntax.check(words.count)
        rest = (flags + ["--"] + words)[...]
        return false
    }

    // Bytes are compared, not characters: these would bring Unicode's tables into memory.

    private static func isFlag(_ argument: String) -> Bool {
        argument.utf8.count > 1 && argument.utf8.first == UInt8(ascii: "-")
    }

    /// A flag's name without hyphens, one or two, and what stands behind `=`.
    private static func parts(_ argument: String) -> (name: Substring, value: Substring?) {
        let bare = argument.utf8.dropFirst(argument.utf8.starts(with: "--".utf8) ? 2 : 1)
        guard let end = bare.firstIndex(of: UInt8(ascii: "=")) else { return (Substring(bare), nil) }
        return (Substring(bare[..<end]), Substring(bare[bare.index(after: end)...]))
    }

    /// The next flag, `-` in front; `nil` at the first argument that is none, or after `--`.
    package mutating func nextFlag() throws(RuntimeError) -> String? {
        guard let next = rest.first, Self.isFlag(next) else { return nil }
        rest.removeFirst()
        if next == "--" { return nil }
        let (name, value) = Self.parts(next)
        // Go's flags may be written with one hyphen or two.
        flag = name.utf8.count > 1 ? "--\(name)" : "-\(name)"
        attached = value.map { String($0) }
        return flag
    }

    /// The flag just read as Go's messages have it, with one hyphen.
    private var shownFlag: String { "-\(flag.drop { $0 == "-" })" }

    /// The value of the flag just read.
    package mutating func value() throws(RuntimeError) -> String {
        if let attached {
            self.attached = nil
            return attached
        }
        guard let next = rest.popFirst() else { throw .usage("flag needs an argument: \(shownFlag)") }
        return next
    }

    /// The value of a flag that is a number.
    mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(RuntimeError) -> T {
        let text = try value()
        guard let number = T(text) else { throw invalid(text) }
        return number
    }

    /// The value of a flag that is a time.
    mutating func duration() throws(RuntimeError) -> GoDuration {
        let text = try value()
        guard let duration = GoDuration(text) else { throw invalid(text) }
        return duration
    }

    private func invalid(_ text: String) -> RuntimeError {
        .usage("invalid value \"\(text)\" for flag \(shownFlag): parse error")
    }

    /// Whether a switch is on: `--flag`, or `--flag=true`.
    package mutating func isOn() throws(RuntimeError) -> Bool {
        guard let text = attached else { return true }
        attached = nil
        guard let value = GoBool.parse(text) else {
            throw .usage("invalid boolean value \"\(text)\" for \(shownFlag): parse error")
        }
        return value
    }

    /// An argument that must be there.
    mutating func required(_ name: String) throws(RuntimeError) -> String {
        guard let next = rest.popFirst() else { throw .usage("requires the argument <\(name)>") }
        return next
    }

    mutating func optional() -> String? { rest.popFirst() }

    /// Everything left.
    package mutating func remaining() -> [String] {
        defer { rest = [] }
        return Array(rest)
    }

    /// Refuses what no one asked for.
    func finish() throws(RuntimeError) {
        if let first = rest.first { throw .usage("unexpected argument \"\(first)\"") }
    }

    static func unknown(_ flag: String) -> RuntimeError {
        .usage("flag provided but not defined: -\(flag.drop { $0 == "-" })")
    }
}
