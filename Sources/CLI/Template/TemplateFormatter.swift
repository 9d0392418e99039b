/// The verbs of `printf` that formats use: s q v d x X f t c %, with width, `-`, `0` and precision.
enum TemplateFormatter {
    static func format(_ format: String, _ values: [JSONValue]) -> String {
        var output = ""
        var arguments = values[...]
        var rest = format[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                output.append(character)
                continue
            }
            let flags = rest.prefix { "-+ 0#".contains($0) }
            rest = rest.dropFirst(flags.count)
            let width = rest.prefix { $0.isNumber }
            rest = rest.dropFirst(width.count)
            var precision: Int?
            if rest.first == "." {
                let digits = rest.dropFirst().prefix { $0.isNumber }
                precision = Int(digits) ?? 0
                rest = rest.dropFirst(digits.count + 1)
            }
            guard let verb = rest.popFirst() else { return output + "%!(NOVERB)" }
            if verb == "%" {
                output.append("%")
                continue
            }
            guard let value = arguments.popFirst() else {
                output += "%!\(verb)(MISSING)"
                continue
            }
            output += padded(text(verb, value, precision), Int(width) ?? 0, String(flags), isText: verb == "s")
        }
        return output
    }

    private static func text(_ verb: Character, _ value: JSONValue, _ precision: Int?) -> String {
        switch verb {
        case "q": return GoQuote.quote(TemplateValue.printed(value))
        case "x", "X":
            guard let number = value.intValue else {
                let digits = value.text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                return verb == "X" ? digits.uppercased() : digits
            }
            return String(number, radix: 16, uppercase: verb == "X")
        case "f": return Humanize.fixed(value.doubleValue ?? 0, decimals: precision ?? 6)
        case "s":
            let text = TemplateValue.printed(value)
            return precision.map { String(text.prefix($0)) } ?? text
        default: return TemplateValue.printed(value)
        }
    }

    private static func padded(_ text: String, _ width: Int, _ flags: String, isText: Bool) -> String {
        let missing = width - text.count
        guard missing > 0 else { return text }
        if flags.contains("-") { return text + String(repeating: " ", count: missing) }
        if flags.contains("0"), !isText { return String(repeating: "0", count: missing) + text }
        return String(repeating: " ", count: missing) + text
    }
}
