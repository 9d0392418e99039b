internal import Glibc
internal import Supervisor

exit(await SupervisorProgram.main(Array(CommandLine.arguments.dropFirst())))
