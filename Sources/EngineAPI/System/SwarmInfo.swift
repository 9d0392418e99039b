/// The state of clustering.
package struct SwarmInfo: Codable, Equatable, Sendable {
    @Zero package var nodeID: String
    @Zero package var nodeAddr: String
    @Zero package var localNodeState: String
    @Zero package var controlAvailable: Bool
    @Zero package var error: String
    @Nullable package var remoteManagers: [String]?

    package init() {}

    private enum CodingKeys: String, CodingKey {
        case nodeID = "NodeID"
        case nodeAddr = "NodeAddr"
        case localNodeState = "LocalNodeState"
        case controlAvailable = "ControlAvailable"
        case error = "Error"
        case remoteManagers = "RemoteManagers"
    }
}

extension SwarmInfo: ZeroValue {
    package static var zero: SwarmInfo { SwarmInfo() }
}
