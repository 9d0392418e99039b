/// How a command is written: its flags, and how many arguments it takes.
package struct CommandSyntax {
    /// A flag by its names without hyphens, the long one first.
    struct Flag {
        let names: [String]
        let takesValue: Bool
        let help: String

        /// A flag that is there or not.
        static func toggle(_ names: String..., help: String) -> Flag {
            Flag(names: names, takesValue: false, help: help)
        }

        /// A flag with a value.
        static func value(_ names: String..., help: String) -> Flag {
            Flag(names: names, takesValue: true, help: help)
        }
    }

    let name: String
    /// What it does, in half a line.
    let summary: String
    /// The arguments as the help shows them.
    let arguments: String
    let count: ClosedRange<Int>
    /// Whether everything behind the first argument is another program's: `exec ID ls -l`.
    var ownsFirstOnly = false
    var flags: [Flag] = []
    /// What the help says beyond the flags.
    var details: String?

    static let helpFlag = Flag.toggle("help", "h", help: "show this text")

    func flag(named name: Substring) -> Flag? {
        (flags + [Self.helpFlag]).first { flag in flag.names.contains { $0 == name } }
    }

    /// runc's words where there are too few arguments, or too many.
    func check(_ given: Int) throws(RuntimeError) {
        guard !count.contains(given) else { return }
        let expected =
            if count.lowerBound == count.upperBound {
                "exactly \(count.lowerBound)"
            } else if given < count.lowerBound {
                "a minimum of \(count.lowerBound)"
            } else {
                "a maximum of \(count.upperBound)"
            }
        throw .usage("\(RuntimeCommand.program): \"\(name)\" requires \(expected) argument(s)")
    }
}
