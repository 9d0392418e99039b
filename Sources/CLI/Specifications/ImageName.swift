/// An image's name, completed as Docker does: `busybox` is `docker.io/library/busybox:latest`.
package struct ImageName: Equatable, Sendable {
    package let domain: String
    package let path: String
    package let tag: String?
    package let digest: String?

    package init(parsing text: String) throws(CommandFailure) {
        let invalid = CommandFailure("invalid reference format")
        let (beforeDigest, digest) = text.cut(at: "@").map { ($0.before, Optional($0.after)) } ?? (text, nil)
        if let digest {
            guard let (algorithm, hex) = digest.cut(at: ":"), !algorithm.isEmpty, hex.count >= 32,
                hex.allSatisfy({ $0.isHexDigit && !$0.isUppercase })
            else { throw invalid }
        }
        var name = beforeDigest
        var tag: String?
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            tag = String(name[name.index(after: colon)...])
            name = String(name[..<colon])
        }
        if let tag {
            guard tag.count <= 128, let first = tag.first, first != ".", first != "-",
                tag.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) })
            else { throw invalid }
        }
        let (domain, path) = Self.split(name)
        if path.contains(where: \.isUppercase) {
            throw CommandFailure("invalid reference format: repository name (\(path)) must be lowercase")
        }
        guard Self.isPath(path), !domain.isEmpty else { throw invalid }
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    private static func split(_ name: String) -> (domain: String, path: String) {
        guard let (first, rest) = name.cut(at: "/"),
            first.contains(".") || first.contains(":") || first == "localhost" || first.contains(where: \.isUppercase)
        else { return ("docker.io", name.contains("/") ? name : "library/" + name) }
        guard ["docker.io", "index.docker.io"].contains(first) else { return (first, rest) }
        return ("docker.io", rest.contains("/") ? rest : "library/" + rest)
    }

    private static func isPath(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first, let last = part.last else { return false }
            let isEdge = { (character: Character) in
                character.isASCII && (character.isLowercase || character.isNumber)
            }
            return isEdge(first) && isEdge(last) && part.allSatisfy { isEdge($0) || "._-".contains($0) }
        }
    }

    /// The name as users write it, without tag and digest.
    package var familiarName: String {
        guard domain == "docker.io" else { return "\(domain)/\(path)" }
        return path.hasPrefix("library/") ? String(path.dropFirst("library/".count)) : path
    }

    package var isNameOnly: Bool { tag == nil && digest == nil }

    /// The tag or digest to fetch; `latest` where none is given.
    package var version: String { digest ?? tag ?? "latest" }

    private var suffix: String {
        (tag.map { ":\($0)" } ?? (digest == nil ? ":latest" : "")) + (digest.map { "@\($0)" } ?? "")
    }

    package var familiar: String { familiarName + suffix }
    package var canonical: String { "\(domain)/\(path)\(suffix)" }
}
