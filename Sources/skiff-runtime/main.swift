import Glibc
import OCIRuntime

exit(RuntimeCommand.main(Array(CommandLine.arguments.dropFirst())))
