import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// runc's command line over `ContainerRuntime`.
public enum RuntimeCommand {
    /// The version that `--version` prints.
    public static let version = "0.1.0"

    /// Runs a command line, the program's name left out.
    ///
    /// - Returns: The exit code: the program's for `run` and `exec`, otherwise 0, or 1 after an error was printed.
    public static func main(_ arguments: [String]) -> Int32 {
        var arguments = Arguments(arguments)
        var log = RuntimeLog()
        do throws(RuntimeError) {
            let global = try GlobalOptions(&arguments)
            log = global.log
            if global.printsVersion { return printVersion() }
            guard let name = arguments.optional(), !global.printsHelp else { return printHelp() }
            // Only these have processes of a container near a copy of this one.
            if ["create", "run", "exec"].contains(name) { try SelfProtection.ensure() }
            return try run(name, &arguments, ContainerRuntime(root: global.root, log: log))
        } catch {
            log.fail("\(error)")
            return 1
        }
    }

    private static func run(
        _ name: String, _ arguments: inout Arguments, _ runtime: ContainerRuntime
    ) throws(RuntimeError) -> Int32 {
        switch name {
        case "create": return try create(&arguments, runtime)
        case "run": return try runContainer(&arguments, runtime)
        case "start": try runtime.start(try onlyID(&arguments))
        case "exec": return try exec(&arguments, runtime)
        case "kill": try kill(&arguments, runtime)
        case "delete": try delete(&arguments, runtime)
        case "state": printText(try pretty(try runtime.state(try onlyID(&arguments))))
        case "list": try list(&arguments, runtime)
        case "ps": try ps(&arguments, runtime)
        case "pause": try runtime.pause(try onlyID(&arguments))
        case "resume": try runtime.resume(try onlyID(&arguments))
        case "update": try update(&arguments, runtime)
        case "events": try events(&arguments, runtime)
        case "features": printText(try pretty(RuntimeFeatures.current()))
        case "spec": try spec(&arguments)
        case "help", "h": return printHelp()
        case "checkpoint", "restore": throw .usage("\(name) is not supported yet")
        default: throw .usage("no such command: \(name); see skiff-runtime --help")
        }
        return 0
    }

    static func onlyID(_ arguments: inout Arguments) throws(RuntimeError) -> String {
        if let flag = try arguments.nextFlag() { throw Arguments.unknown(flag) }
        let id = try arguments.required("container-id")
        try arguments.finish()
        return id
    }

    // MARK: Output

    static func printText(_ text: String) { RuntimeLog.print(text + "\n", to: 1) }

    static func pretty(_ value: some Encodable) throws(RuntimeError) -> String {
        try doing("encode the answer") { String(decoding: try OCIJSON.encodePretty(value), as: UTF8.self) }
    }

    static func compact(_ value: some Encodable) throws(RuntimeError) -> String {
        try doing("encode the answer") { String(decoding: try OCIJSON.encode(value), as: UTF8.self) }
    }

    private static func printVersion() -> Int32 {
        printText("skiff-runtime version \(version)\nspec: 1.3.0")
        return 0
    }

    private static func printHelp() -> Int32 {
        printText(
            """
            usage: skiff-runtime [--root DIR] [--log FILE] [--log-format text|json] [--debug] COMMAND …

            An OCI runtime with runc's command line.

              create   [-b BUNDLE] [--console-socket S] [--pid-file F] ID   make a container
              start    ID                                                  run its program
              run      [-d] [-b BUNDLE] … ID                               both
              exec     [-d] [-t] [-u UID[:GID]] [-e NAME=VALUE] [-p FILE] ID COMMAND …
              kill     [-a] ID [SIGNAL]                                    send a signal (SIGTERM)
              delete   [-f] ID                                             remove it
              state    ID                                                  print its state
              list     [-q] [-f table|json]                                list containers
              ps       [-f table|json] ID                                  list its processes
              pause    ID
              resume   ID
              update   [-r FILE] [--memory N] … ID                         change limits
              events   --stats ID                                          print what it uses
              spec     [-b BUNDLE]                                         write a config.json to start from
              features                                                     print what this runtime can do
            """)
        return 0
    }
}
