/// Reads a command line as Go's pflag does: clustered letters, attached values, switches with values, `--`.
package struct FlagSet: Sendable {
    package struct Parsed: Sendable {
        package var flags = ParsedFlags()
        package var arguments: [String] = []
        /// `--help`, or the old `-h` where no flag has that letter.
        package var help: Help = .no
    }

    package enum Help: Sendable {
        case no
        case asked
        case askedByLetter
    }

    package let flags: [Flag]
    /// Whether flags may follow positional arguments. `run` and `exec` stop at the first one.
    let interspersed: Bool

    package init(_ flags: [Flag], interspersed: Bool = true) {
        self.flags = flags
        self.interspersed = interspersed
    }

    package func parse(_ commandLine: some Sequence<String>) throws(FlagError) -> Parsed {
        var parsed = Parsed()
        var rest = Array(commandLine)[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                parsed.arguments += rest
                break
            }
            if argument.hasPrefix("--") {
                try long(argument, &rest, &parsed)
            } else if argument.hasPrefix("-"), argument != "-" {
                try letters(argument.dropFirst(), &rest, &parsed)
            } else if interspersed {
                parsed.arguments.append(argument)
            } else {
                parsed.arguments += [argument] + rest
                break
            }
            if parsed.help != .no { break }
        }
        return parsed
    }

    private func long(
        _ argument: String, _ rest: inout ArraySlice<String>, _ parsed: inout Parsed
    ) throws(FlagError) {
        let text = argument.dropFirst(2)
        guard let first = text.first, first != "-", first != "=" else { throw FlagError.badSyntax(argument) }
        let name = String(text.prefix { $0 != "=" })
        let attached = name.count < text.count ? String(text.dropFirst(name.count + 1)) : nil
        if name == "help" {
            parsed.help = .asked
            return
        }
        guard let flag = flags.first(where: { $0.name == name }) else { throw FlagError.unknown(name: name) }
        if let attached {
            try store(flag, attached, &parsed)
        } else if flag.arity == .switchable {
            try store(flag, "true", &parsed)
        } else if let value = rest.popFirst() {
            try store(flag, value, &parsed)
        } else {
            throw FlagError.missingValue(name: name)
        }
    }

    private func letters(
        _ cluster: Substring, _ rest: inout ArraySlice<String>, _ parsed: inout Parsed
    ) throws(FlagError) {
        var remaining = cluster
        while let letter = remaining.first {
            let whole = String(remaining)
            remaining = remaining.dropFirst()
            guard let flag = flags.first(where: { $0.letter == letter }) else {
                guard letter == "h" else { throw FlagError.unknownLetter(letter, cluster: whole) }
                parsed.help = .askedByLetter
                return
            }
            if remaining.first == "=" && (remaining.count > 1 || flag.arity != .switchable) {
                return try store(flag, String(remaining.dropFirst()), &parsed)
            }
            if flag.arity == .switchable {
                try store(flag, "true", &parsed)
                continue
            }
            if !remaining.isEmpty { return try store(flag, String(remaining), &parsed) }
            guard let value = rest.popFirst() else {
                throw FlagError.missingLetterValue(letter, cluster: whole)
            }
            return try store(flag, value, &parsed)
        }
    }

    private func store(_ flag: Flag, _ value: String, _ parsed: inout Parsed) throws(FlagError) {
        do {
            parsed.flags.set(flag.name, try flag.check(value), keepingEarlier: flag.arity == .repeated)
        } catch {
            throw FlagError.invalid(value: value, flag: flag.displayName, reason: error.reason)
        }
    }
}
