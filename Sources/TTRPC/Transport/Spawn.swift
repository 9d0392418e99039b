internal import CTransport
internal import Glibc
package import LinuxSystem

/// posix_spawn(3): a new program without copying this one's memory.
package enum Spawn {
    /// Starts `program` (a path or a name in PATH) with these standard descriptors and no others, signals at their defaults.
    ///
    /// - Parameters:
    ///   - extra: descriptors that become 3, 4 and so on.
    ///   - directory: the working directory, the caller's where `nil`.
    ///   - environment: variables added to the caller's.
    ///   - inNewSession: whether it leaves the caller's session (setsid(2)).
    package static func start(
        _ program: String, _ arguments: [String], descriptors: (Int32, Int32, Int32), extra: [Int32] = [],
        directory: String? = nil, environment: [String: String] = [:], inNewSession: Bool = false
    ) throws(SystemError) -> Int32 {
        let vector = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = inherited(except: environment) + environment.map { strdup("\($0)=\($1)") } + [nil]
        defer {
            for text in vector { free(text) }
            for text in variables { free(text) }
        }
        var pid: Int32 = 0
        var all = [descriptors.0, descriptors.1, descriptors.2]
        // Out of the way of the numbers that they get.
        defer { for fd in all[3...] { close(fd) } }
        for fd in extra {
            all.append(try systemCall("duplicate") { transport_duplicate(fd, Int32(16 + extra.count)) })
        }
        let code = transport_spawn(
            &pid, program, vector, variables, all, Int32(all.count), directory, inNewSession)
        guard code == 0 else { throw SystemError(operation: "start", path: program, errno: code) }
        return pid
    }

    private static func inherited(except replaced: [String: String]) -> [UnsafeMutablePointer<CChar>?] {
        var result: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let variable = next.pointee {
            let name = String(cString: variable).prefix { $0 != "=" }
            if replaced[String(name)] == nil { result.append(strdup(variable)) }
            next += 1
        }
        return result
    }
}
