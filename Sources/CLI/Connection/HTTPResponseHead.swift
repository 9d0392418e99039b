package struct HTTPResponseHead: Equatable, Sendable {
    package let status: Int
    /// Names in lower case.
    package let headers: [(name: String, value: String)]

    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    package static func == (left: HTTPResponseHead, right: HTTPResponseHead) -> Bool {
        left.status == right.status && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }

    /// Reads the status line and the fields, without the empty line after them.
    init?(parsing text: String) {
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: true)[...]
        guard let statusLine = lines.popFirst(), statusLine.hasPrefix("HTTP/1.") else { return nil }
        let words = statusLine.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        self.status = status
        headers = lines.compactMap { line in
            line.cut(at: ":").map { (name: $0.before.lowercased(), value: String($0.after.trimmed)) }
        }
    }
}
