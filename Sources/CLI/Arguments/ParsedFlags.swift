/// The flags of one command line, by name.
package struct ParsedFlags: Sendable {
    private var values: [String: [String]] = [:]

    package init() {}

    mutating func set(_ name: String, _ value: String, keepingEarlier: Bool) {
        if keepingEarlier {
            values[name, default: []].append(value)
        } else {
            values[name] = [value]
        }
    }

    /// Whether the flag stood on the command line.
    package func isSet(_ name: String) -> Bool { values[name] != nil }

    package func bool(_ name: String, default value: Bool = false) -> Bool {
        values[name]?.last.map { $0 == "true" } ?? value
    }

    package func string(_ name: String, default value: String = "") -> String {
        values[name]?.last ?? value
    }

    package func int(_ name: String, default value: Int64 = 0) -> Int64 {
        values[name]?.last.flatMap { Int64($0) } ?? value
    }

    package func list(_ name: String) -> [String] {
        values[name] ?? []
    }
}
