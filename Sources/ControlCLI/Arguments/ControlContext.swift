import CLI
import ImageStore
import Registry
import SupervisorClient
import Synchronization

/// What all commands share: output, and the ways to the supervisor and to the images.
final class ControlContext: Sendable {
    static let defaultAddress = "/run/skiff/supervisor.sock"
    static let defaultImages = "/var/lib/skiff/images"

    /// Used by one command after the other, never by two at once.
    nonisolated(unsafe) let console: Console
    let environment: [String: String]
    let address: String
    let namespace: String
    let imagesRoot: String
    private let connection = Mutex<SupervisorClient?>(nil)

    init(console: Console, environment: [String: String], flags: ParsedFlags) {
        self.console = console
        self.environment = environment
        func choose(_ flag: String, _ variables: [String], _ standard: String) -> String {
            let given = ([flags.string(flag)] + variables.map { environment[$0] ?? "" }).first { !$0.isEmpty }
            return given ?? standard
        }
        address = choose("address", ["SKIFF_ADDRESS"], ControlContext.defaultAddress)
        namespace = choose("namespace", ["SKIFF_NAMESPACE", "CONTAINERD_NAMESPACE"], "default")
        imagesRoot = choose("images-root", ["SKIFF_IMAGES"], ControlContext.defaultImages)
    }

    /// The connection to the supervisor, made when it is first asked for.
    func client() async throws -> SupervisorClient {
        if let client = connection.withLock({ $0 }) { return client }
        let client: SupervisorClient
        do {
            client = try await SupervisorClient.connect(to: address)
        } catch {
            throw CommandFailure("failed to dial \"\(address)\": \(error)")
        }
        connection.withLock { $0 = client }
        return client
    }

    /// Opens the images' store.
    func images(_ registries: RegistryConfiguration = RegistryConfiguration()) async throws -> ImageStore {
        try await ImageStore(root: imagesRoot, registries: registries)
    }
}
