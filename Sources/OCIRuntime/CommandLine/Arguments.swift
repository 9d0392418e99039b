/// Arguments read one after the other: flags (`--name value`, `--name=value`, `-n value`) and what is left.
///
/// ArgumentParser needs Foundation, which the runtime does without.
struct Arguments {
    private var rest: ArraySlice<String>
    /// The value of the flag read last, where it was written with `=`.
    private var attached: String?
    private var flag = ""

    init(_ arguments: [String]) { rest = arguments[...] }

    /// The next flag, `-` in front; `nil` at the first argument that is none, or after `--`.
    mutating func nextFlag() throws(RuntimeError) -> String? {
        if attached != nil { throw .usage("flag \(flag) takes no value") }
        guard let next = rest.first, next.hasPrefix("-"), next != "-" else { return nil }
        rest.removeFirst()
        if next == "--" { return nil }
        let name = next.prefix { $0 != "=" }
        // Go's flags may be written with one hyphen or two.
        flag = name.hasPrefix("--") ? String(name) : name.count > 2 ? "-\(name)" : String(name)
        attached = name.endIndex < next.endIndex ? String(next[next.index(after: name.endIndex)...]) : nil
        return flag
    }

    /// The value of the flag just read.
    mutating func value() throws(RuntimeError) -> String {
        if let attached {
            self.attached = nil
            return attached
        }
        guard let next = rest.popFirst() else { throw .usage("flag needs an argument: \(flag)") }
        return next
    }

    /// The value of a flag that is a number.
    mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(RuntimeError) -> T {
        let name = flag
        let text = try value()
        guard let number = T(text) else { throw .usage("invalid value \"\(text)\" for flag \(name): not a number") }
        return number
    }

    /// Whether a switch is on: `--flag`, or `--flag=true`.
    mutating func isOn() throws(RuntimeError) -> Bool {
        guard let text = attached else { return true }
        attached = nil
        switch text {
        case "true", "1", "t": return true
        case "false", "0", "f": return false
        default: throw .usage("invalid boolean value \"\(text)\" for \(flag)")
        }
    }

    /// An argument that must be there.
    mutating func required(_ name: String) throws(RuntimeError) -> String {
        guard let next = rest.popFirst() else { throw .usage("requires the argument <\(name)>") }
        return next
    }

    mutating func optional() -> String? { rest.popFirst() }

    /// Everything left.
    mutating func remaining() -> [String] {
        defer { rest = [] }
        return Array(rest)
    }

    /// Refuses what no one asked for.
    func finish() throws(RuntimeError) {
        if let first = rest.first { throw .usage("unexpected argument \"\(first)\"") }
    }

    static func unknown(_ flag: String) -> RuntimeError { .usage("flag provided but not defined: \(flag)") }
}
