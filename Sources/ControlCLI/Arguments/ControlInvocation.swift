import CLI
import SupervisorClient

/// A command's parsed command line and the world it acts on.
struct ControlInvocation: Sendable {
    let flags: ParsedFlags
    let arguments: [String]
    let context: ControlContext

    var console: Console { context.console }
    var namespace: String { context.namespace }

    func client() async throws -> SupervisorClient { try await context.client() }

    /// Does something for each argument; says what fails, goes on, and answers 1 for it.
    func forEachArgument(_ body: (String) async throws -> Void) async -> Int32 {
        var status: Int32 = 0
        for argument in arguments {
            do {
                try await body(argument)
            } catch {
                console.printError("skiff-ctr: \(ControlProgram.message(of: error))")
                status = 1
            }
        }
        return status
    }

    /// `key=value` texts as a map; a key alone has an empty value.
    static func map(_ texts: some Sequence<String>) -> [String: String] {
        var map: [String: String] = [:]
        for text in texts {
            let key = text.prefix { $0 != "=" }
            map[String(key)] = String(text.dropFirst(key.count + 1))
        }
        return map
    }
}
