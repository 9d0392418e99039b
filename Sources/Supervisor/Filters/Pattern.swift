internal import Glibc

/// A POSIX extended regular expression, see regex(7).
final class Pattern: @unchecked Sendable {
    /// Written by `init` and `deinit` alone; regexec(3) may be called by several threads.
    private var expression = regex_t()

    init(_ text: String) throws(SupervisorError) {
        let code = regcomp(&expression, text, REG_EXTENDED | REG_NOSUB)
        guard code == 0 else {
            var reason = [CChar](repeating: 0, count: 128)
            regerror(code, &expression, &reason, reason.count)
            let words = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw .invalid("bad expression \"\(text)\": \(words)")
        }
    }

    deinit { regfree(&expression) }

    func matches(_ text: String) -> Bool { regexec(&expression, text, 0, nil, 0) == 0 }
}
