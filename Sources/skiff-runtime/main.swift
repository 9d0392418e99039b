import Glibc
import OCIRuntime

// Everything was written by write(2): there is nothing that exit(3) would have to finish.
_exit(RuntimeCommand.main(Array(CommandLine.arguments.dropFirst())))
