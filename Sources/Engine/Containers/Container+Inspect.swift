import EngineAPI
import Networking

extension Container {
    var status: String {
        switch state {
        case .running(let run): run.isPaused ? "paused" : "running"
        case .waitingToRestart: "restarting"
        case .removing, .removed: "removing"
        case .starting: "created"
        case .idle:
            switch record.phase {
            case .created: "created"
            case .dead: "dead"
            case .restarting: "restarting"
            default: "exited"
            }
        }
    }

    func inspect(withSize: Bool) async throws -> ContainerInspect {
        var inspect = ContainerInspect()
        inspect.id = id
        inspect.created = "\(record.created)"
        inspect.path = record.path
        inspect.args = record.arguments
        inspect.state = describeState()
        inspect.image = record.imageID
        inspect.resolvConfPath = paths.resolvConf
        inspect.hostnamePath = paths.hostname
        inspect.hostsPath = paths.hosts
        inspect.logPath = record.hostConfig.logConfig.type == "json-file" ? paths.log : ""
        inspect.name = "/" + record.name
        inspect.restartCount = record.restartCount
        inspect.driver = "overlay2"
        inspect.platform = "linux"
        let running = execs.values.filter { $0.current.isRunning }.map(\.id).sorted()
        inspect.execIDs = running.isEmpty ? nil : running
        inspect.hostConfig = record.hostConfig
        if inspect.hostConfig.consoleSize.count != 2 { inspect.hostConfig.consoleSize = [0, 0] }
        inspect.graphDriver = describeGraph()
        inspect.mounts = describeMounts()
        inspect.config = record.config
        if inspect.config.labels == nil { inspect.config.labels = [:] }
        inspect.networkSettings = describeNetwork()
        if withSize {
            let own = try await dependencies.images.snapshotUsage(id)
            inspect.sizeRw = own
            inspect.sizeRootFs = own + ((try? await dependencies.images.image(record.imageID).size) ?? 0)
        }
        return inspect
    }

    private func describeState() -> ContainerState {
        var state = ContainerState()
        state.status = status
        state.running = isRunning || status == "restarting"
        state.paused = run?.isPaused ?? false
        state.restarting = status == "restarting"
        state.oomKilled = record.oomKilled
        state.dead = record.phase == .dead
        state.pid = run?.pid ?? 0
        state.exitCode = record.exitCode
        state.error = record.error
        state.startedAt = "\(record.startedAt)"
        state.finishedAt = "\(record.finishedAt)"
        return state
    }

    private func describeGraph() -> GraphDriver {
        var graph = GraphDriver()
        graph.name = "overlay2"
        if let mount = try? dependencies.images.snapshotMount(id) {
            graph.data = [
                "ID": id, "LowerDir": mount.lowerDirectories.joined(separator: ":"),
                "MergedDir":
                    "\(dependencies.configuration.execRoot)/supervisor/\(SupervisorLink.namespace)/\(id)/rootfs",
                "UpperDir": mount.upperDirectory, "WorkDir": mount.workDirectory,
            ]
        }
        return graph
    }

    func describeMounts() -> [MountPoint] {
        record.mounts.filter { $0.kind != .tmpfs || !(record.hostConfig.tmpfs ?? [:]).keys.contains($0.destination) }
            .map { mount in
                var point = MountPoint()
                point.type = mount.kind.rawValue
                point.name = mount.name
                point.source = mount.source
                point.destination = mount.destination
                point.driver = mount.kind == .volume ? "local" : nil
                point.mode = mount.mode
                point.rw = mount.writable
                point.propagation = mount.kind == .bind ? mount.propagation : ""
                return point
            }
    }

    var networkName: String {
        NamespaceMode(record.hostConfig.networkMode).sharedContainer == nil ? record.hostConfig.networkMode : ""
    }

    func describeEndpoints() -> [String: EndpointSettings] {
        let name = networkName
        guard !name.isEmpty else { return [:] }
        var settings = dependencies.networks.settings(of: record.endpoint, name: name)
        if name != "bridge", isRunning { settings.endpointID = NetworkService.endpointID(id) }
        return [name: settings]
    }

    private func describeNetwork() -> NetworkSettings {
        var settings = NetworkSettings()
        settings.networks = describeEndpoints()
        settings.ports = describePorts()
        guard let endpoint = record.endpoint else { return settings }
        settings.sandboxID = id
        settings.sandboxKey = endpoint.namespacePath
        settings.endpointID = NetworkService.endpointID(id)
        settings.gateway = "\(endpoint.gateway)"
        settings.ipAddress = "\(endpoint.ipAddress)"
        settings.ipPrefixLen = endpoint.prefixLength
        settings.macAddress = "\(endpoint.macAddress)"
        return settings
    }

    private func describePorts() -> [String: [PortBinding]?] {
        guard let endpoint = record.endpoint else { return [:] }
        var ports: [String: [PortBinding]?] = [:]
        for port in (record.config.exposedPorts ?? [:]).keys { ports[port] = .some(nil) }
        for port in endpoint.ports {
            let key = "\(port.containerPort)/\(port.transport.rawValue)"
            var binding = PortBinding()
            binding.hostIP = port.hostIP.map { "\($0)" } ?? "0.0.0.0"
            binding.hostPort = "\(port.hostPort)"
            ports[key] = ((ports[key] ?? nil) ?? []) + [binding]
        }
        return ports
    }

    // MARK: Lists

    func summarize(withSize: Bool) async throws -> ContainerSummary {
        var summary = ContainerSummary()
        summary.id = id
        summary.names = ["/" + record.name]
        summary.image = record.image
        summary.imageID = record.imageID
        summary.command = ([record.path] + record.arguments).map(Self.quoted).joined(separator: " ")
        summary.created = record.created.seconds
        summary.ports = summarizePorts()
        summary.labels = record.config.labels ?? [:]
        summary.state = status
        summary.status = StatusText.describe(
            status: status, exitCode: record.exitCode, startedAt: record.startedAt, finishedAt: record.finishedAt)
        summary.hostConfig.networkMode = record.hostConfig.networkMode
        summary.networkSettings.networks = describeEndpoints()
        summary.mounts = describeMounts()
        if withSize {
            let own = try await dependencies.images.snapshotUsage(id)
            summary.sizeRw = own
            summary.sizeRootFs = own + ((try? await dependencies.images.image(record.imageID).size) ?? 0)
        }
        return summary
    }

    /// A word with blanks is quoted, as dockerd shows commands.
    private static func quoted(_ word: String) -> String { word.contains(" ") ? "'\(word)'" : word }

    private func summarizePorts() -> [PortSummary] {
        guard isRunning else { return [] }
        var ports: [PortSummary] = []
        let published = record.endpoint?.ports ?? []
        for port in published {
            var summary = PortSummary()
            summary.ip = port.hostIP.map { "\($0)" } ?? "0.0.0.0"
            summary.privatePort = port.containerPort
            summary.publicPort = port.hostPort
            summary.type = port.transport.rawValue
            ports.append(summary)
        }
        for text in (record.config.exposedPorts ?? [:]).keys.sorted() {
            guard let port = try? ContainerPort(parsing: text),
                !published.contains(where: { $0.containerPort == port.number && $0.transport == port.transport })
            else { continue }
            var summary = PortSummary()
            summary.privatePort = port.number
            summary.type = port.transport.rawValue
            ports.append(summary)
        }
        return ports
    }
}
