/// The name of an image as Docker normalises it: `busybox` is `docker.io/library/busybox:latest`.
///
/// The grammar is that of the distribution project's reference package.
public struct ImageReference: Hashable, Sendable {
    /// The registry, as `docker.io` or `127.0.0.1:5000`.
    public let domain: String
    /// The repository within the registry, as `library/busybox`.
    public let path: String
    /// The tag; `latest` where neither a tag nor a digest was given.
    public let tag: String?
    /// The digest, as `sha256:…`.
    public let digest: String?

    /// The registry that a name without one means.
    public static let defaultDomain = "docker.io"

    /// Parses and normalises a name that a user gave.
    ///
    /// - Throws: ``ImageReferenceError`` where the name does not follow the grammar.
    public init(parsing text: String) throws(ImageReferenceError) {
        if ReferenceGrammar.isIdentifier(text) { throw .identifier(text) }
        let (domain, remainder) = Self.splitDomain(text)
        var parser = ReferenceParser(remainder)
        let path = parser.takeName()
        if path.contains(where: \.isUppercase) { throw .notLowercase(path) }
        guard ReferenceGrammar.isDomain(domain), ReferenceGrammar.isPath(path) else { throw .invalidFormat }
        guard domain.utf8.count + 1 + path.utf8.count <= 255 else { throw .nameTooLong }
        let tag = try parser.takeTag()
        let digest = try parser.takeDigest()
        self.init(domain: domain, path: path, tag: tag ?? (digest == nil ? "latest" : nil), digest: digest)
    }

    private init(domain: String, path: String, tag: String?, digest: String?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// The repository in full, as `docker.io/library/busybox`.
    public var repository: String { "\(domain)/\(path)" }

    /// The repository as users write it, as `busybox`.
    public var familiarRepository: String {
        guard domain == Self.defaultDomain else { return repository }
        let library = "library/"
        guard path.hasPrefix(library), !path.dropFirst(library.count).contains("/") else { return path }
        return String(path.dropFirst(library.count))
    }

    /// The whole name as users write it, as `busybox:latest`.
    public var familiar: String { familiarRepository + suffix }

    /// The whole name in full, as `docker.io/library/busybox:latest`.
    public var canonical: String { repository + suffix }

    /// The same repository with a tag and no digest.
    ///
    /// - Throws: ``ImageReferenceError`` where the tag does not follow the grammar.
    public func with(tag: String) throws(ImageReferenceError) -> ImageReference {
        guard ReferenceGrammar.isTag(tag) else { throw .invalidFormat }
        return ImageReference(domain: domain, path: path, tag: tag, digest: nil)
    }

    /// The same repository with a digest and no tag.
    ///
    /// - Throws: ``ImageReferenceError`` where the digest does not follow the grammar.
    public func with(digest: String) throws(ImageReferenceError) -> ImageReference {
        guard ReferenceGrammar.isDigest(digest) else { throw .invalidFormat }
        return ImageReference(domain: domain, path: path, tag: nil, digest: digest)
    }

    private var suffix: String {
        (tag.map { ":" + $0 } ?? "") + (digest.map { "@" + $0 } ?? "")
    }

    private static func splitDomain(_ text: String) -> (domain: String, remainder: String) {
        var domain = defaultDomain
        var remainder = text[...]
        if let slash = text.firstIndex(of: "/") {
            let first = text[..<slash]
            let namesHost =
                first.contains(".") || first.contains(":") || first == "localhost"
                || first.contains(where: \.isUppercase)
            if namesHost {
                domain = first == "index.docker.io" ? defaultDomain : String(first)
                remainder = text[text.index(after: slash)...]
            }
        }
        guard domain == defaultDomain, !remainder.contains("/") else { return (domain, String(remainder)) }
        return (domain, "library/" + remainder)
    }
}

extension ImageReference: CustomStringConvertible {
    /// The name as users write it.
    public var description: String { familiar }
}
