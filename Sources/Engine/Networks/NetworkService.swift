package import EngineAPI
package import Networking

/// The networks that containers can join: the default bridge, the host's own, and none.
package struct NetworkService: Sendable {
    package let bridge: BridgeNetwork?
    private let ids: [String: String]
    private let created: Timestamp

    package init(bridge: BridgeNetwork?, ids: [String: String], created: Timestamp) {
        self.bridge = bridge
        self.ids = ids
        self.created = created
    }

    package static let names = ["bridge", "host", "none"]

    package func id(of name: String) -> String { ids[name] ?? "" }

    /// The name of a network that is given by name, id or prefix of an id.
    package func resolve(_ text: String) throws(EngineError) -> String {
        if text == "default" || text.isEmpty { return bridge == nil ? "none" : "bridge" }
        if Self.names.contains(text) {
            if text == "bridge", bridge == nil { throw notFound(text) }
            return text
        }
        let matches = ids.filter { $0.value.hasPrefix(text) }
        guard matches.count == 1, let match = matches.first else { throw notFound(text) }
        return match.key
    }

    private func notFound(_ name: String) -> EngineError {
        EngineError(.notFound, "network \(name) not found")
    }

    // MARK: Endpoints

    /// The host's side of the ports that a container publishes.
    package static func publications(
        config: ContainerConfig, hostConfig: HostConfig
    ) throws(EngineError) -> [PortPublication] {
        var publications: [PortPublication] = []
        let bindings = hostConfig.portBindings ?? [:]
        for (text, hosts) in bindings.sorted(by: { $0.key < $1.key }) {
            let port = try ContainerPort(parsing: text)
            let wanted = hosts ?? []
            for binding in wanted.isEmpty ? [PortBinding()] : wanted {
                publications.append(try port.publication(binding))
            }
        }
        guard hostConfig.publishAllPorts else { return publications }
        for text in (config.exposedPorts ?? [:]).keys.sorted() where (bindings[text] ?? nil) == nil {
            publications.append(try ContainerPort(parsing: text).publication(PortBinding()))
        }
        return publications
    }

    /// What inspect tells of an endpoint in the default bridge.
    package func settings(of endpoint: Endpoint?, name: String) -> EndpointSettings {
        var settings = EndpointSettings()
        settings.networkID = id(of: name)
        guard let endpoint else { return settings }
        settings.endpointID = Self.endpointID(endpoint.id)
        settings.gateway = "\(endpoint.gateway)"
        settings.ipAddress = "\(endpoint.ipAddress)"
        settings.ipPrefixLen = endpoint.prefixLength
        settings.macAddress = "\(endpoint.macAddress)"
        return settings
    }

    /// An endpoint's id follows from its container's, since a container has at most one.
    package static func endpointID(_ containerID: String) -> String { String(containerID.reversed()) }

    // MARK: Inspection

    package func list(containers: [String: NetworkContainer]) async -> [NetworkInspect] {
        var list: [NetworkInspect] = []
        for name in Self.names where name != "bridge" || bridge != nil {
            list.append(await inspect(name, containers: name == "bridge" ? containers : [:]))
        }
        return list
    }

    package func inspect(_ name: String, containers: [String: NetworkContainer]) async -> NetworkInspect {
        var network = NetworkInspect()
        network.name = name
        network.id = id(of: name)
        network.created = "\(created)"
        network.scope = "local"
        network.driver = name == "none" ? "null" : name
        network.enableIPv4 = true
        network.ipam.driver = "default"
        network.containers = containers
        if name == "bridge", let bridge, let subnet = await bridge.subnet, let gateway = await bridge.gateway {
            var pool = IPAMPool()
            pool.subnet = "\(subnet)"
            pool.gateway = "\(gateway)"
            network.ipam.config = [pool]
            network.options = [
                "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.enable_icc": "true",
                "com.docker.network.bridge.enable_ip_masquerade": "true",
                "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
                "com.docker.network.bridge.name": bridge.configuration.name,
                "com.docker.network.driver.mtu": "\(bridge.configuration.mtu)",
            ]
        }
        return network
    }
}
