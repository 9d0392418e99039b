import CLinux
import Glibc
internal import LinuxSystem

/// A program found in the container, ready to be executed.
struct Program {
    let path: String
    let arguments: [String]
    let environment: [String]

    /// Finds the first argument as Go's `exec.LookPath` does, with its words for what goes wrong, since the layers
    /// above tell "not found" from "not executable" by them.
    init(_ arguments: [String], environment: [String]) throws(RuntimeError) {
        self.arguments = arguments
        self.environment = environment
        let name = arguments.first ?? ""
        if name.utf8.contains(UInt8(ascii: "/")) {
            if let problem = Self.problem(name) { throw .program("exec: \"\(name)\": \(problem)") }
            path = name
            return
        }
        let search = (environment.last { $0.begins(with: "PATH=") } ?? "PATH=").utf8.dropFirst(5)
        for directory in search.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            let candidate = directory.isEmpty ? "./\(name)" : "\(Substring(directory))/\(name)"
            if Self.problem(candidate) == nil {
                path = candidate
                return
            }
        }
        throw .program("exec: \"\(name)\": executable file not found in $PATH")
    }

    private static func problem(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return "stat \(path): \(SystemError.text(of: errno))" }
        if status.st_mode & S_IFMT == S_IFDIR { return "is a directory" }
        return status.st_mode & 0o111 == 0 ? "permission denied" : nil
    }

    /// execve(2); returns only to throw.
    func execute() throws(RuntimeError) -> Never {
        let failure = CStringArray.with(arguments) { arguments in
            CStringArray.with(environment) { environment in
                execve(path, arguments, environment)
                return errno
            }
        }
        throw .program("exec \(path): \(SystemError.text(of: failure))")
    }
}

/// Null-terminated arrays of C strings.
enum CStringArray {
    static func with<T>(_ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> T) -> T {
        let copies = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { copies[index] = strdup(string) }
        copies[strings.count] = nil
        defer {
            for index in strings.indices { free(copies[index]) }
            copies.deallocate()
        }
        return body(copies)
    }
}
