/// What a registry wants before it answers, from `WWW-Authenticate` (RFC 9110, section 11.6.1).
package struct AuthenticationChallenge: Equatable, Sendable {
    /// In lower case: `bearer` or `basic`.
    package let scheme: String
    /// Names in lower case.
    package let parameters: [String: String]

    /// All challenges of a header.
    package static func parse(_ header: String) -> [AuthenticationChallenge] {
        var scanner = Scanner(rest: header[...])
        var challenges: [AuthenticationChallenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        while let word = scanner.word() {
            if scanner.take("=") {
                parameters[word.lowercased()] = scanner.value()
            } else {
                if let scheme { challenges.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
                scheme = word.lowercased()
                parameters = [:]
            }
        }
        if let scheme { challenges.append(AuthenticationChallenge(scheme: scheme, parameters: parameters)) }
        return challenges
    }

    private struct Scanner {
        var rest: Substring

        /// The next token; separators are skipped.
        mutating func word() -> String? {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            let word = rest.prefix { !" ,=\t\"".contains($0) }
            guard !word.isEmpty else { return nil }
            rest = rest[word.endIndex...]
            return String(word)
        }

        mutating func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// A token or a quoted string.
        mutating func value() -> String {
            guard take("\"") else {
                let value = rest.prefix { $0 != "," && $0 != " " }
                rest = rest[value.endIndex...]
                return String(value)
            }
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                value.append(character == "\\" ? rest.popFirst() ?? character : character)
            }
            return value
        }
    }
}
