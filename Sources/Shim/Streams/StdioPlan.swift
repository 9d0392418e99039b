/// How a process's standard streams are to be connected, from a Create or Exec request.
package struct StdioPlan: Equatable {
    package enum Input: Equatable {
        case null
        case fifo(String)
        /// From attach clients; `keep`: it stays open when a client's input ends.
        case attach(keep: Bool)
    }

    package enum Output: Equatable {
        case null
        case fifo(String)
        case file(String)
        case log(LogDestination)
        /// To a logging program, which takes both streams.
        case program(StreamURI)
        /// To attach clients only.
        case attach
    }

    package var terminal: Bool
    package var input: Input = .null
    package var output: Output = .null
    package var errors: Output = .null
    /// The terminal's first size; 0 for unset.
    package var width: UInt16 = 0
    package var height: UInt16 = 0

    /// The values as they stand in the request. What only Skiff's supervisor sends is in the options of stdin:
    /// `attach:?open=1&keep=1&width=80&height=24`.
    package init(terminal: Bool, stdin: String, stdout: String, stderr: String) throws(ShimError) {
        self.terminal = terminal
        let uri = StreamURI(stdin)
        switch uri.scheme {
        case "" where stdin.isEmpty: input = .null
        case "": input = .fifo(uri.path)
        case "attach": input = uri["open"] == "1" ? .attach(keep: uri["keep"] == "1") : .null
        default: throw .invalid("stdin \(stdin): only a FIFO's path or attach: is known")
        }
        width = UInt16(uri["width"] ?? "") ?? 0
        height = UInt16(uri["height"] ?? "") ?? 0
        output = try StdioPlan.output(stdout)
        errors = terminal ? .null : try StdioPlan.output(stderr)
        // One program takes both, as one log does.
        if case .program = output, !terminal { errors = output }
    }

    /// Whether attach clients may connect.
    package var allowsAttaching: Bool {
        [output, errors].contains { output in
            switch output {
            case .log, .attach: true
            default: false
            }
        }
    }

    private static func output(_ text: String) throws(ShimError) -> Output {
        let uri = StreamURI(text)
        switch uri.scheme {
        case "": return text.isEmpty ? .null : .fifo(uri.path)
        case "file": return .file(uri.path)
        case "attach": return .attach
        case "fifo": return .fifo(uri.path)
        case "json-file", "local": return .log(try LogDestination(parsing: text))
        case "binary" where uri.path.hasPrefix("/"): return .program(uri)
        case "binary": throw .invalid("output \(text): the program's path must be absolute")
        default:
            throw .invalid("output \(text): use a FIFO's path, file://, binary://, json-file://, local:// or attach:")
        }
    }
}
