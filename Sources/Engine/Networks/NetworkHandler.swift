import EngineAPI
import NIOHTTP1

/// `/networks/…`: the three networks that are always there.
struct NetworkHandler: Sendable {
    let networks: NetworkService
    let containers: ContainerService

    func register(in router: inout Router) {
        let (networks, containers) = (networks, containers)
        router.on(.GET, "/networks") { request, responder in
            let filters = try FilterSet(
                parsing: request.query["filters"],
                allowed: ["dangling", "driver", "id", "label", "name", "scope", "type"])
            let list = await networks.list(containers: [:]).filter { network in
                filters.allows("name") { network.name.contains($0) }
                    && filters.allows("id") { network.id.hasPrefix($0) }
                    && filters.allows("driver", network.driver) && filters.allows("scope", network.scope)
                    && filters.allows("type", "builtin") && filters.allowsLabels(network.labels)
            }
            try await responder.send(json: list)
        }
        router.on(.GET, "/networks/{id}") { request, responder in
            let name = try networks.resolve(request.parameter("id"))
            let members = name == "bridge" ? await containers.bridgeMembers() : [:]
            try await responder.send(json: await networks.inspect(name, containers: members))
        }
        router.on(.POST, "/networks/create") { _, _ in
            throw EngineError(.notImplemented, "user-defined networks are not supported yet: use bridge, host or none")
        }
        router.on(.DELETE, "/networks/{id}") { request, _ in
            let name = try networks.resolve(request.parameter("id"))
            throw EngineError(.forbidden, "\(name) is a pre-defined network and cannot be removed")
        }
        router.on(.POST, "/networks/prune") { _, responder in
            try await responder.send(json: ["NetworksDeleted": [String]()])
        }
        for action in ["connect", "disconnect"] {
            router.on(.POST, "/networks/{id}/\(action)") { _, _ in
                throw EngineError(.notImplemented, "changing the network of a container is not supported yet")
            }
        }
    }
}
