/// A value of CreateTaskRequest's stdin, stdout or stderr: `scheme://path?key=value&…`, or a plain path.
package struct StreamURI: Equatable {
    package var scheme: String
    package var path: String
    package var options: [(key: String, value: String)]

    package init(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), !text.hasPrefix("/") else {
            scheme = ""
            path = text
            options = []
            return
        }
        scheme = String(text[..<colon])
        var rest = text[text.index(after: colon)...]
        if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        path = StreamURI.decode(rest[..<question])
        options = rest[question...].dropFirst().split(separator: "&").map { pair in
            let equals = pair.firstIndex(of: "=") ?? pair.endIndex
            return (StreamURI.decode(pair[..<equals]), StreamURI.decode(pair[equals...].dropFirst()))
        }
    }

    package static func == (left: StreamURI, right: StreamURI) -> Bool {
        left.scheme == right.scheme && left.path == right.path
            && left.options.elementsEqual(right.options) { $0 == $1 }
    }

    package subscript(key: String) -> String? { options.last { $0.key == key }?.value }

    /// Undoes percent-encoding; what is no valid escape stays as it is.
    private static func decode(_ text: Substring) -> String {
        guard text.utf8.contains(0x25) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 0x25, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
