import ControlCLI
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
let arguments = Array(CommandLine.arguments.dropFirst())
ControlProgram.prepare(arguments)
exit(await ControlProgram.main(arguments, environment: environment))
