/// What is wrong with a command line, in pflag's words.
package enum FlagError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String)
    case unknownLetter(Character, cluster: String)
    case missingValue(name: String)
    case missingLetterValue(Character, cluster: String)
    case badSyntax(String)
    case invalid(value: String, flag: String, reason: String)

    package var description: String {
        switch self {
        case .unknown(let name): "unknown flag: --\(name)"
        case .unknownLetter(let letter, let cluster): "unknown shorthand flag: '\(letter)' in -\(cluster)"
        case .missingValue(let name): "flag needs an argument: --\(name)"
        case .missingLetterValue(let letter, let cluster): "flag needs an argument: '\(letter)' in -\(cluster)"
        case .badSyntax(let argument): "bad flag syntax: \(argument)"
        case .invalid(let value, let flag, let reason):
            "invalid argument \(GoQuote.quote(value)) for \"\(flag)\" flag: \(reason)"
        }
    }
}
