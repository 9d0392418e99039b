/// What all commands share: output, settings, and the engine's address.
package final class CommandContext {
    package let console: Console
    package let environment: [String: String]
    package let configuration: ClientConfiguration
    private let hostArguments: [String]
    private var client: EngineClient?

    package init(
        console: Console, environment: [String: String], configuration: ClientConfiguration, hosts: [String]
    ) {
        self.console = console
        self.environment = environment
        self.configuration = configuration
        hostArguments = hosts
    }

    package func host() throws(CommandFailure) -> EngineHost {
        guard hostArguments.count < 2 else { throw CommandFailure("specify only one -H") }
        let chosen = hostArguments.first ?? environment["SKIFF_HOST"] ?? environment["DOCKER_HOST"] ?? ""
        return chosen.isEmpty ? .standard : try EngineHost(parsing: chosen)
    }

    package func engine() throws(CommandFailure) -> EngineClient {
        if let client { return client }
        let pinned = environment["DOCKER_API_VERSION"].flatMap { $0.isEmpty ? nil : $0 }
        let made = EngineClient(host: try host(), pinnedVersion: pinned.map { String($0.drop { $0 == "v" }) })
        client = made
        return made
    }
}
