import CLI
import Glibc

var environment: [String: String] = [:]
var entry = environ
while let variable = entry.pointee {
    let text = String(cString: variable)
    if let separator = text.firstIndex(of: "=") {
        environment[String(text[..<separator])] = String(text[text.index(after: separator)...])
    }
    entry += 1
}
exit(SkiffProgram.run(Array(CommandLine.arguments.dropFirst()), environment: environment, console: Console()))
