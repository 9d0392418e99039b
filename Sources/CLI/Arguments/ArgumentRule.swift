/// How many positional arguments a command takes.
package enum ArgumentRule: Sendable {
    case any
    case none
    case exactly(Int)
    case atLeast(Int)
    case atMost(Int)
    case between(Int, Int)

    /// What is wrong with that many arguments, or nil.
    package func complaint(about count: Int) -> String? {
        switch self {
        case .any: nil
        case .none: count == 0 ? nil : "accepts no arguments"
        case .exactly(let wanted): count == wanted ? nil : "requires \(Self.counted(wanted))"
        case .atLeast(let least): count >= least ? nil : "requires at least \(Self.counted(least))"
        case .atMost(let most): count <= most ? nil : "requires at most \(Self.counted(most))"
        case .between(let least, let most):
            (least...most).contains(count)
                ? nil : "requires at least \(least) and at most \(Self.counted(most))"
        }
    }

    private static func counted(_ count: Int) -> String {
        "\(count) \(count == 1 ? "argument" : "arguments")"
    }
}
