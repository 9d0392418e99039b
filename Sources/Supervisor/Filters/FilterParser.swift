/// Reads `field.name=="value",other~=expression`.
struct FilterParser {
    private let text: String
    private var rest: Substring

    init(_ text: String) {
        self.text = text
        rest = text[...]
    }

    mutating func parts() throws(SupervisorError) -> [Filter.Part] {
        var parts = [try part()]
        while rest.first == "," {
            rest.removeFirst()
            parts.append(try part())
        }
        guard rest.isEmpty else { throw bad("unexpected \"\(rest)\"") }
        return parts
    }

    private mutating func part() throws(SupervisorError) -> Filter.Part {
        var field = [try name()]
        while rest.first == "." {
            rest.removeFirst()
            field.append(try name())
        }
        let comparison: Filter.Comparison
        switch rest.prefix(2) {
        case "==": comparison = .equal(try value())
        case "!=": comparison = .different(try value())
        case "~=": comparison = .matching(try value())
        default: comparison = .present
        }
        return Filter.Part(field: field, comparison: comparison)
    }

    private mutating func name() throws(SupervisorError) -> String {
        if let quoted = try quoted() { return quoted }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-/".contains($0)) }
        guard !name.isEmpty else { throw bad("a field's name is missing") }
        rest = rest.dropFirst(name.count)
        return String(name)
    }

    private mutating func value() throws(SupervisorError) -> String {
        rest = rest.dropFirst(2)
        if let quoted = try quoted() { return quoted }
        let value = rest.prefix { $0 != "," }
        guard !value.isEmpty else { throw bad("a value is missing") }
        rest = rest.dropFirst(value.count)
        return String(value)
    }

    /// A text in double quotes, or between bars or slashes, where a backslash takes the next character as it is.
    private mutating func quoted() throws(SupervisorError) -> String? {
        guard let quote = rest.first, "\"|/".contains(quote) else { return nil }
        var result = ""
        var isEscaped = false
        for (offset, character) in rest.dropFirst().enumerated() {
            if isEscaped {
                // Only the quote itself needs it; an expression's own backslashes stay.
                if character != quote, quote != "\"" { result.append("\\") }
                result.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == quote {
                rest = rest.dropFirst(offset + 2)
                return result
            } else {
                result.append(character)
            }
        }
        throw bad("a quote is not closed")
    }

    private func bad(_ reason: String) -> SupervisorError { .invalid("bad filter \"\(text)\": \(reason)") }
}
