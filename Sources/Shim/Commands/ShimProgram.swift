internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TTRPC

/// The program skiff-shim: `start` leaves a shim behind and prints its address, `delete` cleans up after a dead one.
public enum ShimProgram {
    static let version = "0.1.0"

    /// Runs the command in `arguments` (without the program's name) and answers the exit code.
    public static func main(_ arguments: [String]) -> Int32 {
        do {
            let parsed = try ShimArguments(arguments)
            if parsed.showsVersion {
                print("skiff-shim \(version)")
                return 0
            }
            if parsed.showsInfo { return try InfoCommand().run() }
            guard ContainerTask.isValidName(parsed.id) else {
                throw ShimError.invalid("bad or missing -id \(parsed.id)")
            }
            guard ContainerTask.isValidName(parsed.namespace) else {
                throw ShimError.invalid("bad or missing -namespace \(parsed.namespace)")
            }
            switch parsed.command {
            case .start: return try StartCommand(parsed).run()
            case .delete: return try DeleteCommand(parsed).run()
            case nil: throw ShimError.invalid("no command: use start or delete")
            }
        } catch {
            let message = (error as? ShimError)?.rpcError.message ?? "\(error)"
            write(message)
            return 1
        }
    }

    private static func write(_ message: String) {
        try? StandardStream.write(Array("skiff-shim: \(message)\n".utf8), to: 2)
    }
}
