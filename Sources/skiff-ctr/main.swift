import ControlCLI
import Glibc

var variables: [String: String] = [:]
var entry = environ
while let variable = entry.pointee {
    let text = String(cString: variable)
    if let separator = text.firstIndex(of: "=") {
        variables[String(text[..<separator])] = String(text[text.index(after: separator)...])
    }
    entry += 1
}
let environment = variables
let arguments = Array(CommandLine.arguments.dropFirst())
ControlProgram.prepare(arguments)

// With `await` here the main thread would end up in dispatch_main(), which lets every signal end the program.
nonisolated(unsafe) var status: Int32 = 1
nonisolated(unsafe) var isDone = sem_t()
sem_init(&isDone, 0, 0)
Task.detached {
    status = await ControlProgram.main(arguments, environment: environment)
    sem_post(&isDone)
}
while sem_wait(&isDone) != 0 {}
exit(status)
