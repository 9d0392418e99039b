/// Prints rows in a table or by a template, as `--format` and `--quiet` ask.
package struct Listing {
    package let console: Console
    /// `table`, `json`, a template, or a template after `table`; empty for the standard table.
    package let format: String
    /// The template of the standard table.
    package let standard: String
    /// Titles of the fields, for the header.
    package let titles: [(String, String)]

    package init(console: Console, format: String, standard: String, titles: [(String, String)]) {
        self.console = console
        self.format = format
        self.standard = standard
        self.titles = titles
    }

    package func print(_ rows: [any TemplateRecord]) throws {
        console.print(try text(rows), terminator: "")
    }

    package func text(_ rows: [any TemplateRecord]) throws(CommandFailure) -> String {
        let chosen = format.isEmpty || format == "table" ? "table " + standard : format
        let isTable = chosen.hasPrefix("table")
        let source = isTable ? String(chosen.dropFirst(5)) : chosen == "json" ? "{{json .}}" : chosen
        let template: Template
        do {
            template = try Template(Self.unescaped(source))
        } catch {
            throw CommandFailure("failed to parse template: \(error)")
        }
        var lines = ""
        for row in rows {
            do {
                lines += try template.render(row) + "\n"
            } catch {
                throw CommandFailure("failed to execute template: \(error)")
            }
        }
        guard isTable else { return lines }
        let header = template.renderHeader(.object(JSONObject(titles.map { ($0.0, .string($0.1)) })))
        return TableWriter.format(header + "\n" + lines)
    }

    /// Trimmed of blanks, with `\t` and `\n` as the characters they stand for.
    private static func unescaped(_ source: String) -> String {
        var text = ""
        var rest = source.drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        while let character = rest.popFirst() {
            switch (character, rest.first) {
            case ("\\", "t"):
                text += "\t"
                rest.removeFirst()
            case ("\\", "n"):
                text += "\n"
                rest.removeFirst()
            default: text.append(character)
            }
        }
        return text
    }
}
