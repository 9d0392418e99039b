/// Where a container's log goes, as its URI says:
/// `json-file:///path/to/file?max-size=10m&max-file=3`.
package struct LogDestination: Equatable {
    package var path: String
    /// The size at which the file is rotated; `nil`: never.
    package var maximumSize: Int?
    /// How many files there may be, the current one included.
    package var maximumFiles = 1

    /// Reads the URI. Unknown options are an error, since they would change what is kept.
    package init(parsing uri: String) throws(ShimError) {
        let parsed = StreamURI(uri)
        guard parsed.scheme == "json-file" else {
            throw .invalid("log \(uri): only json-file:// is written here")
        }
        guard parsed.path.hasPrefix("/") else { throw .invalid("log \(uri): the path must be absolute") }
        path = parsed.path
        for (key, value) in parsed.options {
            switch key {
            case "max-size":
                if value == "-1" { continue }
                guard let size = LogDestination.size(value), size > 0 else {
                    throw .invalid("log option max-size=\(value): use a number with k, m or g")
                }
                maximumSize = size
            case "max-file":
                guard let count = Int(value), count > 0 else {
                    throw .invalid("log option max-file=\(value): use a number from 1 on")
                }
                maximumFiles = count
            case "compress" where value == "false":
                continue
            case "labels", "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size":
                continue
            default:
                throw .invalid("log option \(key)=\(value) is not known to json-file")
            }
        }
    }

    /// A size with Docker's binary suffixes, such as `10m`.
    static func size(_ text: String) -> Int? {
        var digits = Substring(text.lowercased())
        if digits.hasSuffix("b") { digits = digits.dropLast() }
        var shift = 0
        switch digits.last {
        case "k": shift = 10
        case "m": shift = 20
        case "g": shift = 30
        case "t": shift = 40
        default: break
        }
        if shift > 0 { digits = digits.dropLast() }
        guard let number = Double(digits), number >= 0, number < Double(1 << 40) else { return nil }
        return Int(number * Double(1 << shift))
    }
}
