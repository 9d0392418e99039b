import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Connections to registries and to where they redirect, each host with its own certificates. To be shut down.
actor RegistryTransport {
    private let certificates: RegistryCertificates
    private var clients: [Key: HTTPClient] = [:]

    private struct Key: Hashable {
        let host: String
        let isInsecure: Bool
    }

    init(_ configuration: RegistryConfiguration) {
        certificates = RegistryCertificates(directories: configuration.certificateDirectories)
    }

    /// Sends a request without following redirects.
    func client(for host: String, isInsecure: Bool) async throws -> HTTPClient {
        let key = Key(host: host, isInsecure: isInsecure)
        if let client = clients[key] { return client }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try await certificates.configuration(for: host, isInsecure: isInsecure),
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(30), read: .seconds(60)),
            decompression: .disabled)
        // A registry that refuses is not there; its user wants to know now.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if let client = clients[key] { return client }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        clients[key] = client
        return client
    }

    func shutDown() async {
        for client in clients.values {
            // Only a client that is shut down already cannot be.
            try? await client.shutdown()
        }
        clients = [:]
    }
}
