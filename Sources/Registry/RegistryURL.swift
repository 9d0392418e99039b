/// The parts of an absolute HTTP URL that matter here.
package struct RegistryURL: Equatable, Sendable {
    package let scheme: String
    /// `host` or `host:port`, in lower case.
    package let host: String
    package let path: String

    package init(_ text: String) throws(RegistryError) {
        guard let separator = text.firstRange(of: "://") else { throw .malformed("invalid URL \(text)") }
        scheme = text[..<separator.lowerBound].lowercased()
        let rest = text[separator.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<end].lowercased()
        guard scheme == "http" || scheme == "https", !authority.isEmpty, !authority.contains("@") else {
            throw .malformed("invalid URL \(text)")
        }
        host = authority
        path = String(rest[end...])
    }

    /// The URL that a `Location` header means here.
    package func resolving(_ location: String) throws(RegistryError) -> String {
        if location.contains("://") { return location }
        if location.hasPrefix("//") { return "\(scheme):\(location)" }
        if location.hasPrefix("/") { return "\(scheme)://\(host)\(location)" }
        let directory = path.prefix { $0 != "?" && $0 != "#" }
        let slash = directory.lastIndex(of: "/") ?? directory.startIndex
        return "\(scheme)://\(host)\(directory[..<slash])/\(location)"
    }
}
