/// Takes a reference apart from left to right: name, `:tag`, `@digest`.
struct ReferenceParser {
    private var rest: Substring

    init(_ text: String) {
        rest = text[...]
    }

    mutating func takeName() -> String {
        let end = rest.firstIndex { $0 == ":" || $0 == "@" } ?? rest.endIndex
        defer { rest = rest[end...] }
        return String(rest[..<end])
    }

    mutating func takeTag() throws(ImageReferenceError) -> String? {
        guard rest.first == ":" else { return nil }
        rest = rest.dropFirst()
        let end = rest.firstIndex(of: "@") ?? rest.endIndex
        let tag = String(rest[..<end])
        rest = rest[end...]
        guard ReferenceGrammar.isTag(tag) else { throw .invalidFormat }
        return tag
    }

    mutating func takeDigest() throws(ImageReferenceError) -> String? {
        guard rest.first == "@" else { return nil }
        let digest = String(rest.dropFirst())
        rest = ""
        guard ReferenceGrammar.isDigest(digest) else { throw .invalidFormat }
        return digest
    }
}
