import LinuxSystem
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Listens for clients of the API.
package final class HTTPServer: Sendable {
    private let group: any EventLoopGroup
    private let service: any HTTPService
    private let channels = Mutex<[any Channel]>([])

    package init(group: any EventLoopGroup, service: any HTTPService) {
        self.group = group
        self.service = service
    }

    package func listen(on address: ListenAddress) async throws {
        let bootstrap = bootstrap()
        let channel: any Channel
        switch address {
        case .unix(let path, let groupID):
            channel = try await UnixListener.bind(bootstrap, path: path, groupID: groupID)
        case .tcp(let host, let port):
            channel = try await bootstrap.bind(host: host, port: port).get()
        }
        channels.withLock { $0.append(channel) }
    }

    /// Stops taking clients; the ones that are connected stay until the process ends.
    package func close() async {
        for channel in channels.withLock({ $0 }) {
            do {
                try await channel.close()
            } catch {
                // Closed already.
                continue
            }
        }
    }

    private func bootstrap() -> ServerBootstrap {
        let service = service
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes)))
                    try pipeline.addHandler(HTTPConnectionHandler(service: service))
                }
            }
    }
}
