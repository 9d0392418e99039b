extension FlagSet {
    /// The flags as a help page lists them: two columns, wrapped at `width`.
    package func usage(width: Int) -> String {
        let shown = flags.filter { !$0.isHidden }.sorted { $0.name < $1.name }
        let heads = shown.map { flag in
            (flag.letter.map { "  -\($0), --\(flag.name)" } ?? "      --\(flag.name)")
                + (flag.placeholder.isEmpty ? "" : " " + flag.placeholder)
        }
        let column = (heads.map(\.count).max() ?? 0) + 3
        var text = ""
        for (flag, head) in zip(shown, heads) {
            let usage = flag.usage + (flag.defaultText.map { " (default \($0))" } ?? "")
            text += head + String(repeating: " ", count: column - head.count)
            text += Self.wrap(usage, indent: column, width: width) + "\n"
        }
        return text
    }

    private static func wrap(_ usage: String, indent: Int, width: Int) -> String {
        let slop = 5
        var indent = indent
        var room = width - indent
        var text = ""
        if room < 24 {
            indent = 16
            room = width - indent
            text = "\n" + String(repeating: " ", count: indent)
        }
        let margin = "\n" + String(repeating: " ", count: indent)
        guard room >= 24 else { return usage.split(separator: "\n").joined(separator: text) }
        var rest = Array(usage)
        var isFirst = true
        while isFirst || !rest.isEmpty {
            let line = takeLine(&rest, limit: room - slop, slop: slop)
            text += (isFirst ? "" : margin) + line.replacingNewlines(with: margin)
            isFirst = false
        }
        return text
    }

    /// Takes one line of at most `limit` characters, or `slop` more if that ends the text.
    private static func takeLine(_ rest: inout [Character], limit: Int, slop: Int) -> String {
        guard limit + slop <= rest.count,
            var end = rest[..<limit].lastIndex(where: { $0 == " " || $0 == "\t" || $0 == "\n" }), end > 0
        else {
            defer { rest = [] }
            return String(rest)
        }
        if let newline = rest[..<limit].lastIndex(of: "\n"), newline > 0, newline < end { end = newline }
        defer { rest.removeFirst(end + 1) }
        return String(rest[..<end])
    }
}

extension String {
    fileprivate func replacingNewlines(with text: String) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: text)
    }
}
