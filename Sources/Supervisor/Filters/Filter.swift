/// A filter in containerd's language: parts that commas join, all of which have to match.
struct Filter: Sendable {
    enum Comparison: Equatable, Sendable {
        case present
        case equal(String)
        case different(String)
        case matching(String)
    }

    struct Part: Equatable, Sendable {
        var field: [String]
        var comparison: Comparison
    }

    let parts: [Part]
    private let patterns: [Pattern?]

    init(_ text: String) throws(SupervisorError) {
        var parser = FilterParser(text)
        parts = try parser.parts()
        var patterns: [Pattern?] = []
        for part in parts {
            if case .matching(let text) = part.comparison {
                patterns.append(try Pattern(text))
            } else {
                patterns.append(nil)
            }
        }
        self.patterns = patterns
    }

    /// - Parameter value: a field's value, `nil` where the thing has no such field.
    func matches(_ value: ([String]) -> String?) -> Bool {
        zip(parts, patterns).allSatisfy { part, pattern in
            let found = value(part.field)
            return switch part.comparison {
            case .present: !(found ?? "").isEmpty
            case .equal(let wanted): found == wanted
            case .different(let unwanted): found != unwanted
            case .matching: found.map { pattern?.matches($0) ?? false } ?? false
            }
        }
    }
}

extension [Filter] {
    init(parsing texts: [String]) throws(SupervisorError) {
        self = []
        for text in texts { append(try Filter(text)) }
    }

    /// Whether there is none, or one of them matches.
    func match(_ value: ([String]) -> String?) -> Bool {
        isEmpty || contains { $0.matches(value) }
    }
}
