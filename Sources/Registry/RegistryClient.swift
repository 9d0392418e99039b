/// Finds repositories at the places where a registry may be: mirrors first, then the registry with and, where its user
/// allows that, without verified encryption. To be shut down.
package final class RegistryClient: Sendable {
    private let configuration: RegistryConfiguration
    private let transport: RegistryTransport

    package init(_ configuration: RegistryConfiguration) {
        self.configuration = configuration
        transport = RegistryTransport(configuration)
    }

    /// Closes all connections.
    package func shutDown() async {
        await transport.shutDown()
    }

    /// Does something with a repository at the first place that answers. What a mirror fails in, the next place is
    /// asked for; what the registry itself refuses is refused.
    package func withRepository<Result: Sendable>(
        _ repository: String, of domain: String, credentials: RegistryCredentials?,
        _ body: (RepositoryClient) async throws -> Result
    ) async throws -> Result {
        var failure: any Error = RegistryError.malformed("no endpoint is known for the registry \(domain)")
        for endpoint in RegistryEndpoint.all(for: domain, configuration) {
            let client = RepositoryClient(
                repository: repository, endpoint: endpoint, transport: transport, credentials: credentials)
            do {
                try await client.ping()
            } catch let error as RegistryError {
                failure = error
                continue
            }
            do {
                return try await body(client)
            } catch let error as RegistryError where endpoint.isMirror {
                failure = error
            }
        }
        throw failure
    }
}
