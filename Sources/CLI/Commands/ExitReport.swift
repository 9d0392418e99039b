/// The exit code that a container's end gives a command.
enum ExitReport {
    static func status(_ exit: WaitedExit?, _ console: Console) throws -> Int32 {
        guard let exit else { return 0 }
        guard exit.message.isEmpty else {
            console.printError("Error waiting for container: \(exit.message)")
            return 125
        }
        return exit.status
    }
}
