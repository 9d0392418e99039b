/// Why a text is not the name of an image; the descriptions are Docker's.
public enum ImageReferenceError: Error, Equatable, Sendable {
    /// The text does not follow the grammar.
    case invalidFormat
    /// The repository has uppercase letters.
    case notLowercase(String)
    /// The text is 64 hexadecimal digits, which is an id.
    case identifier(String)
    /// The repository has more than 255 characters.
    case nameTooLong
}

extension ImageReferenceError: CustomStringConvertible {
    /// What a user reads.
    public var description: String {
        switch self {
        case .invalidFormat:
            "invalid reference format"
        case .notLowercase(let name):
            "invalid reference format: repository name (\(name)) must be lowercase"
        case .identifier(let text):
            "invalid repository name (\(text)), cannot specify 64-byte hexadecimal strings"
        case .nameTooLong:
            "repository name must not be more than 255 characters"
        }
    }
}
