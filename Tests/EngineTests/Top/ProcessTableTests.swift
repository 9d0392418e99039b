import Engine
import Glibc
import Testing

@Suite struct ProcessTableTests {
    private let own = UInt32(getpid())

    @Test(
        "Arguments give the columns that ps gives",
        arguments: [
            ("", "UID PID PPID C STIME TTY TIME CMD"),
            ("-ef", "UID PID PPID C STIME TTY TIME CMD"),
            ("aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND"),
            ("-o pid,comm", "PID COMMAND"),
            ("-eo user,pid,args", "USER PID COMMAND"),
            ("-o pid=PID,comm", "PID,comm"),
            ("-l", "F S UID PID PPID C PRI NI ADDR SZ WCHAN TTY TIME CMD"),
            ("-elf", "F S UID PID PPID C PRI NI ADDR SZ WCHAN STIME TTY TIME CMD"),
            ("-eF", "UID PID PPID C SZ RSS PSR STIME TTY TIME CMD"),
            ("-A", "PID TTY TIME CMD"),
            ("ax", "PID TTY STAT TIME COMMAND"),
        ])
    func titles(_ arguments: String, _ titles: String) throws {
        guard titles != "PID,comm" else {
            #expect(throws: ProcessTableError.noPIDColumn) {
                try ProcessTable.list(pids: [own], psArguments: arguments)
            }
            return
        }
        let table = try ProcessTable.list(pids: [own], psArguments: arguments)
        #expect(table.titles.joined(separator: " ") == titles)
        #expect(table.processes.count == 1)
        #expect(table.processes.first?.count == table.titles.count)
        #expect(table.processes.first?.contains("\(own)") == true)
    }

    @Test("What ps does not know is named")
    func errors() {
        #expect(throws: ProcessTableError.unknownFormat("foo")) {
            try ProcessTable.list(pids: [own], psArguments: "-eo pid,foo")
        }
        #expect(throws: ProcessTableError.noPIDColumn) { try ProcessTable.list(pids: [own], psArguments: "-o comm") }
        #expect(throws: ProcessTableError.unsupportedOption("-Z9")) {
            try ProcessTable.list(pids: [own], psArguments: "-Z9")
        }
        #expect(throws: ProcessTableError.renamedPID("comm", title: "PID")) {
            try ProcessTable.list(pids: [own], psArguments: "-o pid,comm=PID")
        }
        #expect(
            "\(ProcessTableError.unknownFormat("foo"))" == "ps: error: unknown user-defined format specifier \"foo\"")
    }

    @Test("Processes that are gone are left out, the others come by number")
    func gone() throws {
        let table = try ProcessTable.list(
            pids: [own, UInt32.max, 1, own], psArguments: "-o pid,ppid,user,stat,time,tty")
        #expect(table.processes.map(\.first) == ["1", "\(own)"])
    }
}
