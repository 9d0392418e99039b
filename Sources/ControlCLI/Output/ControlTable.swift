import CLI

/// A table laid out as ctr's.
struct ControlTable {
    private let minimumWidth: Int
    private let padding: Int
    private var lines: String

    init(_ titles: String..., minimumWidth: Int = 4, padding: Int = 4) {
        self.minimumWidth = minimumWidth
        self.padding = padding
        lines = titles.joined(separator: "\t") + "\t\n"
    }

    mutating func add(_ cells: String...) { lines += cells.joined(separator: "\t") + "\t\n" }

    var text: String { TableWriter.format(lines, minimumWidth: minimumWidth, padding: padding) }

    /// `a=b,c=d`, or `-` for none, where the table says so.
    static func labels(_ labels: [String: String], none: String = "") -> String {
        labels.isEmpty ? none : labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    /// Bytes as ctr words them: `1.9 MiB`.
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(bytes)
        var index = 0
        while value >= 1024, index < units.count - 1 {
            value /= 1024
            index += 1
        }
        return "\(Humanize.fixed(value, decimals: 1)) \(units[index])"
    }
}
