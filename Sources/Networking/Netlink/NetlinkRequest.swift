/// One request of a batch, with the words its failure is reported in.
package struct NetlinkRequest: Sendable {
    package let operation: String
    package let subject: String
    package let type: UInt16
    package let flags: UInt16
    package let body: [UInt8]

    package init(
        operation: String, subject: String, type: UInt16, flags: UInt16, build: (inout NetlinkWriter) -> Void
    ) {
        var writer = NetlinkWriter()
        build(&writer)
        self.operation = operation
        self.subject = subject
        self.type = type
        self.flags = flags | NetlinkFlags.request
        body = writer.bytes
    }

    /// The message as it goes over the wire (netlink(7), `struct nlmsghdr`).
    package func encoded(sequence: UInt32, acknowledged: Bool = true) -> [UInt8] {
        var writer = NetlinkWriter()
        writer.append(UInt32(16 + body.count))
        writer.append(type)
        writer.append(acknowledged ? flags | NetlinkFlags.acknowledge : flags)
        writer.append(sequence)
        writer.append(UInt32(0))
        writer.append(contentsOf: body)
        return writer.bytes
    }
}

/// `NLM_F_…` of <linux/netlink.h>.
package enum NetlinkFlags {
    package static let request: UInt16 = 0x1
    package static let acknowledge: UInt16 = 0x4
    package static let dump: UInt16 = 0x300
    package static let replace: UInt16 = 0x100
    package static let exclusive: UInt16 = 0x200
    package static let create: UInt16 = 0x400
}
