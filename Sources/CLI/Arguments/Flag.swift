/// A flag of a command, with pflag's semantics: a name, perhaps a letter, and how its value is read.
package struct Flag: Sendable {
    package enum Arity: Sendable {
        /// May stand alone, meaning true.
        case switchable
        /// Takes a value; the last one wins.
        case single
        /// Takes a value each time and keeps them all.
        case repeated
    }

    /// Checks a value and answers its normal form.
    package typealias Check = @Sendable (String) throws(FlagValueError) -> String

    package let name: String
    package let letter: Character?
    package let arity: Arity
    /// The word after the flag in help; empty for switches.
    package let placeholder: String
    package let usage: String
    /// What help shows as the default, already quoted where it is text.
    package let defaultText: String?
    package let isHidden: Bool
    let check: Check

    package init(
        _ name: String, _ letter: Character?, _ arity: Arity, _ placeholder: String, _ usage: String,
        default defaultText: String? = nil, hidden: Bool = false,
        check: @escaping Check = { (text: String) throws(FlagValueError) in text }
    ) {
        self.name = name
        self.letter = letter
        self.arity = arity
        self.placeholder = placeholder
        self.usage = usage
        self.defaultText = defaultText
        self.isHidden = hidden
        self.check = check
    }

    /// `-m, --memory` or `--rm`, as error messages name a flag.
    var displayName: String {
        letter.map { "-\($0), --\(name)" } ?? "--\(name)"
    }
}

extension Flag {
    package static func bool(
        _ name: String, _ letter: Character? = nil, _ usage: String, default value: Bool = false, hidden: Bool = false
    ) -> Flag {
        Flag(
            name, letter, .switchable, "", usage, default: value ? "true" : nil, hidden: hidden,
            check: FlagChecks.bool)
    }

    package static func string(
        _ name: String, _ letter: Character? = nil, _ usage: String, default value: String = "",
        placeholder: String = "string", hidden: Bool = false
    ) -> Flag {
        Flag(
            name, letter, .single, placeholder, usage, default: value.isEmpty ? nil : GoQuote.quote(value),
            hidden: hidden)
    }

    package static func int(
        _ name: String, _ letter: Character? = nil, _ usage: String, default value: Int64 = 0
    ) -> Flag {
        Flag(
            name, letter, .single, "int", usage, default: value == 0 ? nil : String(value),
            check: FlagChecks.integer)
    }

    package static func list(
        _ name: String, _ letter: Character? = nil, _ usage: String, placeholder: String = "list",
        default defaultText: String? = nil,
        check: @escaping Check = { (text: String) throws(FlagValueError) in text }
    ) -> Flag {
        Flag(name, letter, .repeated, placeholder, usage, default: defaultText, check: check)
    }

    package static func bytes(
        _ name: String, _ letter: Character? = nil, _ usage: String, check: @escaping Check = FlagChecks.bytes
    ) -> Flag {
        Flag(name, letter, .single, "bytes", usage, check: check)
    }

    package static func duration(_ name: String, _ usage: String) -> Flag {
        Flag(name, nil, .single, "duration", usage, default: "0s", check: FlagChecks.duration)
    }

    package static func filter(_ usage: String) -> Flag {
        list("filter", "f", usage, placeholder: "filter", check: FlagChecks.filter)
    }
}
