/// How a bridge network is to be.
package struct BridgeConfiguration: Sendable {
    /// The bridge's interface name, at most 15 bytes.
    package var name: String
    /// The bridge's own address with its prefix length; nil picks a subnet that this host does not use yet.
    package var address: IPv4Prefix?
    package var mtu: UInt32
    /// Where records and namespace files stand; best on a tmpfs, since nothing in it outlives the kernel's objects.
    package var stateDirectory: String
    /// Whether containers on this bridge reach each other.
    package var interContainerCommunication: Bool
    /// Whether traffic that leaves the bridge carries the host's address.
    package var masquerade: Bool

    package init(
        name: String, address: IPv4Prefix? = nil, mtu: UInt32 = 1500, stateDirectory: String,
        interContainerCommunication: Bool = true, masquerade: Bool = true
    ) {
        self.name = name
        self.address = address
        self.mtu = mtu
        self.stateDirectory = stateDirectory
        self.interContainerCommunication = interContainerCommunication
        self.masquerade = masquerade
    }

    /// The nftables table of this network.
    package var tableName: String {
        let allowed = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        return "skiff_" + String(allowed)
    }
}
