/// Where a container's log goes, as its URI says:
/// `json-file:///path/to/file?max-size=10m&max-file=3&compress=true`, or `local://` with the same.
package struct LogDestination: Equatable {
    package enum Format: String {
        case jsonFile = "json-file"
        case local
    }

    package var format: Format
    package var path: String
    /// The size at which the file is rotated; `nil`: never.
    package var maximumSize: Int?
    /// How many files there may be, the current one included.
    package var maximumFiles = 1
    /// Whether rotated files are compressed.
    package var compresses = false

    /// Reads the URI. Unknown options are an error, since they would change what is kept.
    package init(parsing uri: String) throws(ShimError) {
        let parsed = StreamURI(uri)
        guard let format = Format(rawValue: parsed.scheme) else {
            throw .invalid("log \(uri): only json-file:// and local:// are written here")
        }
        self.format = format
        guard parsed.path.hasPrefix("/") else { throw .invalid("log \(uri): the path must be absolute") }
        path = parsed.path
        if format == .local { useDefaultsOfLocal() }
        for (key, value) in parsed.options {
            switch key {
            case "max-size":
                maximumSize = nil
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
            case "compress":
                guard let flag = LogDestination.flag(value) else {
                    throw .invalid("log option compress=\(value): use true or false")
                }
                compresses = flag
            case "labels", "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size":
                continue
            default:
                throw .invalid("log option \(key)=\(value) is not known to \(format.rawValue)")
            }
        }
    }

    /// Docker's own for this format.
    private mutating func useDefaultsOfLocal() {
        maximumSize = 20 << 20
        maximumFiles = 5
        compresses = true
    }

    /// As Go reads a truth value.
    private static func flag(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
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
