/// Message types of <linux/rtnetlink.h>.
enum RouteMessage {
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let setLink: UInt16 = 19
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22
    static let newRoute: UInt16 = 24
    static let getRoute: UInt16 = 26
}

/// Link attributes, `IFLA_…` of <linux/if_link.h>.
enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let master: UInt16 = 10
    static let protocolInfo: UInt16 = 12
    /// `NLA_F_NESTED`: some messages insist on it.
    static let nestedFlag: UInt16 = 0x8000
    static let linkInfo: UInt16 = 18
    static let namespaceDescriptor: UInt16 = 28
    static let extendedMask: UInt16 = 29
    static let kind: UInt16 = 1
    static let kindData: UInt16 = 2
    static let masterKind: UInt16 = 4
    static let masterData: UInt16 = 5
    /// `VETH_INFO_PEER` of <linux/veth.h>.
    static let vethPeer: UInt16 = 1
    /// `RTEXT_FILTER_SKIP_STATS`: an answer without counters.
    static let skipStatistics: UInt32 = 8
}

/// Attributes of a link as a bridge's port, `IFLA_BRPORT_…` of <linux/if_link.h>.
enum BridgePortAttribute {
    /// 0 passes nothing.
    static let state: UInt16 = 1
    /// A frame may leave by the port it came in by.
    static let hairpin: UInt16 = 4
    static let learning: UInt16 = 8
    static let unicastFlood: UInt16 = 9
    /// Forget the addresses learned on the port.
    static let flush: UInt16 = 24
    static let multicastFlood: UInt16 = 27
    static let broadcastFlood: UInt16 = 30
    /// No frames to other ports that are isolated too.
    static let isolated: UInt16 = 33
}

/// Address attributes, `IFA_…` of <linux/if_addr.h>.
enum AddressAttribute {
    static let address: UInt16 = 1
    static let local: UInt16 = 2
    static let broadcast: UInt16 = 4
}

/// Route attributes, `RTA_…` of <linux/rtnetlink.h>.
enum RouteAttribute {
    static let destination: UInt16 = 1
    static let outgoingInterface: UInt16 = 4
    static let gateway: UInt16 = 5
}

/// `struct ifinfomsg`.
struct LinkHeader: BitwiseCopyable {
    var family: UInt8 = 0
    var padding: UInt8 = 0
    var type: UInt16 = 0
    var index: Int32 = 0
    var flags: UInt32 = 0
    var change: UInt32 = 0

    static let up: UInt32 = 1
    /// `AF_BRIDGE`
    static let bridgeFamily: UInt8 = 7
}

/// `struct ifaddrmsg`.
struct AddressHeader: BitwiseCopyable {
    var family: UInt8 = 2
    var prefixLength: UInt8 = 0
    var flags: UInt8 = 0
    var scope: UInt8 = 0
    var index: UInt32 = 0
}

/// `struct rtmsg`.
struct RouteHeader: BitwiseCopyable {
    var family: UInt8 = 2
    var destinationLength: UInt8 = 0
    var sourceLength: UInt8 = 0
    var typeOfService: UInt8 = 0
    var table: UInt8 = 254
    var origin: UInt8 = 3
    var scope: UInt8 = 0
    var type: UInt8 = 1
    var flags: UInt32 = 0
}
