import Glibc

var arguments = Array(CommandLine.arguments.dropFirst())
var group = false
options: while let flag = arguments.first, flag.hasPrefix("-") {
    arguments.removeFirst()
    switch flag {
    case "--": break options
    case "-g": group = true
    // tini's flags that change nothing here: subreaping is always on, messages are few.
    case "-s", "-v", "-vv", "-vvv": continue
    case "--version":
        print("skiff-init version 0.1.0")
        exit(0)
    default:
        FirstProgram.complain("usage: skiff-init [-g] [--] program [arguments]")
        exit(1)
    }
}
guard !arguments.isEmpty else {
    FirstProgram.complain("usage: skiff-init [-g] [--] program [arguments]")
    exit(1)
}
do {
    exit(try FirstProgram(arguments, signalsGroup: group).run())
} catch {
    FirstProgram.complain("\(error)")
    exit(1)
}
