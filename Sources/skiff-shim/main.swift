internal import Glibc
internal import Shim

exit(ShimProgram.main(Array(CommandLine.arguments.dropFirst())))
