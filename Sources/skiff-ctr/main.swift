internal import Glibc
internal import SupervisorClient

exit(await ControlProgram.main(Array(CommandLine.arguments.dropFirst())))
