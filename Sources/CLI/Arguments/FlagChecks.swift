/// How values of flags are read, with Go's messages for what cannot be read.
package enum FlagChecks {
    @Sendable
    package static func bool(_ text: String) throws(FlagValueError) -> String {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return "true"
        case "0", "f", "F", "false", "FALSE", "False": return "false"
        default: throw FlagValueError("strconv.ParseBool: parsing \(GoQuote.quote(text)): invalid syntax")
        }
    }

    @Sendable
    package static func integer(_ text: String) throws(FlagValueError) -> String {
        String(try GoNumber.integer(text))
    }

    @Sendable
    package static func weight(_ text: String) throws(FlagValueError) -> String {
        guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            throw FlagValueError("strconv.ParseUint: parsing \(GoQuote.quote(text)): invalid syntax")
        }
        guard UInt16(text) != nil else {
            throw FlagValueError("strconv.ParseUint: parsing \(GoQuote.quote(text)): value out of range")
        }
        return text
    }

    @Sendable
    package static func bytes(_ text: String) throws(FlagValueError) -> String {
        guard let size = ByteSize.parse(text) else { throw FlagValueError("invalid size: '\(text)'") }
        return String(size)
    }

    /// `--memory-swap`: -1 lifts the limit.
    @Sendable
    package static func swap(_ text: String) throws(FlagValueError) -> String {
        text == "-1" ? text : try bytes(text)
    }

    @Sendable
    package static func duration(_ text: String) throws(FlagValueError) -> String {
        guard let nanoseconds = GoDuration.parse(text) else {
            throw FlagValueError("time: invalid duration \(GoQuote.quote(text))")
        }
        return String(nanoseconds)
    }

    /// `--cpus 1.5` in billionths of a CPU.
    @Sendable
    package static func decimal(_ text: String) throws(FlagValueError) -> String {
        guard let value = Decimal9.parse(text) else {
            throw FlagValueError("failed to parse \(text) as a rational number")
        }
        guard let exact = value else { throw FlagValueError("value is too precise") }
        return String(exact)
    }

    /// `name=value`, the name in lower case.
    @Sendable
    package static func filter(_ text: String) throws(FlagValueError) -> String {
        if text.isEmpty { return text }
        guard let separator = text.firstIndex(of: "=") else {
            throw FlagValueError("bad format of filter (expected name=value)")
        }
        let name = text[..<separator].trimmed.lowercased()
        return name + "=" + text[text.index(after: separator)...].trimmed
    }

    @Sendable
    package static func stream(_ text: String) throws(FlagValueError) -> String {
        let name = text.lowercased()
        guard ["stdin", "stdout", "stderr"].contains(name) else {
            throw FlagValueError("valid streams are STDIN, STDOUT and STDERR")
        }
        return name
    }

    @Sendable
    package static func environment(_ text: String) throws(FlagValueError) -> String {
        guard !text.isEmpty, !text.hasPrefix("=") else {
            throw FlagValueError("invalid environment variable: " + text)
        }
        return text
    }

    @Sendable
    package static func label(_ text: String) throws(FlagValueError) -> String {
        let name = text.prefix { $0 != "=" }
        guard !name.trimmed.isEmpty else { throw FlagValueError("invalid label '\(text)': empty name") }
        return text
    }

    @Sendable
    package static func ipAddress(_ text: String) throws(FlagValueError) -> String {
        let trimmed = String(text.trimmed)
        guard IPAddress.isValid(trimmed) else {
            throw FlagValueError("IP address is not correctly formatted: \(text)")
        }
        return trimmed
    }
}
