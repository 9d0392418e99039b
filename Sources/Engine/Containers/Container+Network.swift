import EngineAPI
import Networking

extension Container {
    /// Joins the default bridge, if that is this container's network.
    func attachNetwork() async throws -> Endpoint? {
        guard record.hostConfig.networkMode == "bridge", let bridge = dependencies.networks.bridge else { return nil }
        let ports = try NetworkService.publications(config: record.config, hostConfig: record.hostConfig)
        var request = EndpointRequest(id: id, hostname: record.config.hostname, ports: ports)
        if let text = record.config.macAddress, !text.isEmpty {
            guard let address = MACAddress(parsing: text) else {
                throw EngineError(.invalidParameter, "invalid MAC address: \(text)")
            }
            request.macAddress = address
        }
        do {
            return try await bridge.attach(request)
        } catch NetworkingError.portAllocated(let port) {
            throw portFailure("\(NetworkingError.portAllocated(port))")
        } catch NetworkingError.portUnavailable(let port, let cause) {
            throw portFailure("\(NetworkingError.portUnavailable(port, cause))")
        }
    }

    private func portFailure(_ reason: String) -> EngineError {
        EngineError(
            .internal,
            "failed to set up container networking: driver failed programming external connectivity on endpoint "
                + "\(record.name) (\(NetworkService.endpointID(id))): \(reason)")
    }

    func detachNetwork() async {
        record.endpoint = nil
        guard record.hostConfig.networkMode == "bridge", let bridge = dependencies.networks.bridge else { return }
        do {
            try await bridge.detach(id)
        } catch {
            dependencies.logger.error("cannot detach container \(id) from its network: \(error)")
        }
    }

    func networkNamespace() async throws -> SpecInput.NetworkNamespace {
        let mode = NamespaceMode(record.hostConfig.networkMode)
        if mode.isHost { return .host }
        if let name = mode.sharedContainer {
            let other = try await siblings.container(name)
            guard let run = await other.run else {
                throw EngineError(.conflict, "cannot join network namespace of a non running container: \(other.id)")
            }
            return .joined(path: "/proc/\(run.pid)/ns/net")
        }
        guard let endpoint = record.endpoint else { return .new }
        return .joined(path: endpoint.namespacePath)
    }

    /// The files that this container sees as /etc/hosts and so on: another one's with `container:<name>`.
    func networkFilePaths() async throws -> ContainerPaths {
        guard let name = NamespaceMode(record.hostConfig.networkMode).sharedContainer else { return paths }
        return try await siblings.container(name).paths
    }

    func writeNetworkFiles() async throws {
        guard NamespaceMode(record.hostConfig.networkMode).sharedContainer == nil else { return }
        let files = NetworkFileContent(record: record, configuration: dependencies.configuration)
        let paths = paths
        try await dependencies.work.run {
            try FileWork.write(files.hostname, to: paths.hostname)
            try FileWork.write(try files.hosts(), to: paths.hosts)
            try FileWork.write(try files.resolvConf(), to: paths.resolvConf)
        }
    }
}
