import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

/// runc's command line over `ContainerRuntime`.
public enum RuntimeCommand {
    /// The program's name in messages.
    static let program = "skiff-runtime"
    /// The version that `--version` prints.
    public static let version = "0.1.0"

    /// Runs a command line, the program's name left out.
    ///
    /// - Returns: The exit code: the program's for `run` and `exec`, otherwise 0. After an error was printed it is
    ///   runc's: 255 for `exec`, 3 where there is no such command, 1 for the rest.
    public static func main(_ arguments: [String]) -> Int32 {
        var arguments = Arguments(arguments)
        var log = RuntimeLog()
        var command: String?
        do throws(RuntimeError) {
            guard try !arguments.arrange(by: .global) else { return print(CommandHelp.globalText()) }
            let global = try GlobalOptions(&arguments)
            log = global.log
            if global.printsVersion { return print(versionText) }
            command = arguments.optional()
            guard let command else { return print(CommandHelp.globalText()) }
            return try run(command, &arguments, global)
        } catch {
            return report(error, command: command, log)
        }
    }

    private static func run(
        _ name: String, _ arguments: inout Arguments, _ global: GlobalOptions
    ) throws(RuntimeError) -> Int32 {
        if ["help", "h"].contains(name) { return try help(arguments.optional()) }
        let syntax = try CommandSyntax.named(name)
        // Only these have processes of a container near a copy of this one.
        if ["create", "run", "exec", "restore"].contains(name) { try SelfProtection.ensure() }
        guard try !arguments.arrange(by: syntax) else { return print(CommandHelp.text(syntax)) }
        let runtime = global.runtime
        switch name {
        case "create": return try create(&arguments, global)
        case "run": return try runContainer(&arguments, global)
        case "start":
            try runtime.start(try onlyID(&arguments), notifySocket: NotifySocket.hostPath)
        case "exec": return try exec(&arguments, runtime)
        case "kill": try kill(&arguments, runtime)
        case "delete": try delete(&arguments, runtime)
        case "state": printText(try pretty(try runtime.state(try onlyID(&arguments))))
        case "list": try list(&arguments, runtime)
        case "ps":
            warnOfCgroups("ps", runtime)
            try ps(&arguments, runtime)
        case "pause":
            warnOfCgroups("pause", runtime)
            try runtime.pause(try onlyID(&arguments))
        case "resume":
            warnOfCgroups("resume", runtime)
            try runtime.resume(try onlyID(&arguments))
        case "update": try update(&arguments, runtime)
        case "events": try events(&arguments, runtime)
        case "checkpoint": try checkpoint(&arguments, global)
        case "restore": return try restore(&arguments, global)
        case "features": printText(try pretty(RuntimeFeatures.current()))
        case "spec": try spec(&arguments)
        default: throw .noSuchCommand(name)
        }
        return 0
    }

    private static func warnOfCgroups(_ command: String, _ runtime: ContainerRuntime) {
        guard runtime.rootless.toleratesMissingCgroups else { return }
        runtime.log.warn("\(program) \(command) may fail if you don't have the full access to cgroups")
    }

    static func onlyID(_ arguments: inout Arguments) throws(RuntimeError) -> String {
        if let flag = try arguments.nextFlag() { throw Arguments.unknown(flag) }
        let id = try arguments.required("container-id")
        try arguments.finish()
        return id
    }

    private static func help(_ topic: String?) throws(RuntimeError) -> Int32 {
        guard let topic else { return print(CommandHelp.globalText()) }
        return print(CommandHelp.text(try CommandSyntax.named(topic)))
    }

    // MARK: Output

    /// Tells an error as runc does, and answers the exit code.
    private static func report(_ error: RuntimeError, command: String?, _ log: RuntimeLog) -> Int32 {
        switch (error, command) {
        case (.usage(let text), _):
            let syntax = command.flatMap { try? CommandSyntax.named($0) }
            let help = syntax.map(CommandHelp.text) ?? CommandHelp.globalText()
            printText("Incorrect Usage: \(text)\n\n\(help)")
            log.fail(text)
            return 1
        case (.noSuchCommand, _):
            log.fail("\(error)")
            return 3
        case (_, "create"?), (_, "run"?):
            log.fail("\(program) \(command ?? "") failed: \(error)")
            return 1
        case (_, "exec"?):
            log.fail("exec failed: \(error)")
            return 255
        default:
            log.fail("\(error)")
            return 1
        }
    }

    static func printText(_ text: String) { RuntimeLog.print(text + "\n", to: 1) }

    private static func print(_ text: String) -> Int32 {
        printText(text)
        return 0
    }

    static func pretty(_ value: some Encodable) throws(RuntimeError) -> String {
        try doing("encode the answer") { String(decoding: try OCIJSON.encodePretty(value), as: UTF8.self) }
    }

    static func compact(_ value: some Encodable) throws(RuntimeError) -> String {
        try doing("encode the answer") { String(decoding: try OCIJSON.encode(value), as: UTF8.self) }
    }

    /// Docker reads the first line.
    private static var versionText: String {
        "\(program) version \(version)\nspec: \(RuntimeFeatures.newestSpec)\nlibseccomp: \(SeccompNames.libraryVersion)"
    }
}
