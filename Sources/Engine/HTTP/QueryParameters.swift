/// The parameters of a request's query, percent-decoded.
package struct QueryParameters: Sendable, Equatable {
    private var values: [String: [String]] = [:]

    package init(_ query: some StringProtocol = "") {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsSpace: true) : ""
            values[PercentCoding.decode(parts[0], plusIsSpace: true), default: []].append(value)
        }
    }

    /// The first value, or nil when the parameter is not given.
    package subscript(_ name: String) -> String? { values[name]?.first }

    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Docker's reading of a flag: absent, empty, `0`, `no`, `false` and `none` are false, all else is true.
    package func flag(_ name: String, default fallback: Bool = false) -> Bool {
        guard let value = self[name] else { return fallback }
        return !["", "0", "no", "false", "none"].contains(value.lowercased())
    }

    package func integer(_ name: String) throws(EngineError) -> Int? {
        guard let value = self[name], !value.isEmpty else { return nil }
        guard let number = Int(value) else {
            throw EngineError(
                .invalidParameter, "strconv.Atoi: parsing \"\(value)\": invalid syntax")
        }
        return number
    }
}
