/// Lays out lines of tab-separated cells as Go's tabwriter does: a column is as wide as its widest cell
/// plus padding over the lines next to each other that have it, and the last cell of a line stands free.
package struct TableWriter {
    private let minimumWidth: Int
    private let padding: Int
    private var widths: [Int] = []
    private var output = ""

    private init(minimumWidth: Int, padding: Int) {
        self.minimumWidth = minimumWidth
        self.padding = padding
    }

    package static func format(_ text: String, minimumWidth: Int = 10, padding: Int = 3) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        let endsWithNewline = text.hasSuffix("\n")
        if endsWithNewline { lines.removeLast() }
        var writer = TableWriter(minimumWidth: minimumWidth, padding: padding)
        writer.layOut(lines[...])
        return endsWithNewline ? writer.output : String(writer.output.dropLast())
    }

    private mutating func layOut(_ lines: ArraySlice<[Substring]>) {
        let column = widths.count
        var index = lines.startIndex
        while index < lines.endIndex {
            guard column < lines[index].count - 1 else {
                write(lines[index])
                index += 1
                continue
            }
            let block = lines[index...].prefix { column < $0.count - 1 }
            let widest = block.map { $0[column].count }.max() ?? 0
            widths.append(max(widest + padding, minimumWidth))
            layOut(block)
            widths.removeLast()
            index = block.endIndex
        }
    }

    private mutating func write(_ cells: [Substring]) {
        for (cell, width) in zip(cells.dropLast(), widths) {
            output += cell + String(repeating: " ", count: max(0, width - cell.count))
        }
        output += (cells.last ?? "") + "\n"
    }
}
