/// One message the kernel sent.
package struct NetlinkReply: Sendable {
    package let type: UInt16
    package let flags: UInt16
    package let sequence: UInt32
    package let payload: [UInt8]

    private static let errorType: UInt16 = 2
    private static let doneType: UInt16 = 3
    private static let cappedFlag: UInt16 = 0x100
    private static let attributesFlag: UInt16 = 0x200
    private static let messageAttribute: UInt16 = 1

    /// The messages of one datagram; a truncated rest is left out.
    package static func messages(in datagram: [UInt8]) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        var offset = 0
        while let length = datagram.integer(UInt32.self, at: offset).map(Int.init), length >= 16,
            offset + length <= datagram.count,
            let type = datagram.integer(UInt16.self, at: offset + 4),
            let flags = datagram.integer(UInt16.self, at: offset + 6),
            let sequence = datagram.integer(UInt32.self, at: offset + 8)
        {
            replies.append(
                NetlinkReply(
                    type: type, flags: flags, sequence: sequence,
                    payload: Array(datagram[offset + 16..<offset + length])))
            offset += (length + 3) & ~3
        }
        return replies
    }

    /// What an `NLMSG_ERROR` says: 0 is an acknowledgement. A finished dump answers 0 or its error likewise.
    package var status: Int32? {
        guard type == Self.errorType || type == Self.doneType else { return nil }
        return payload.integer(Int32.self, at: 0).map { $0 < 0 ? -$0 : $0 } ?? 0
    }

    /// The text of an extended acknowledgement (`NLMSGERR_ATTR_MSG`).
    package var detail: String? {
        guard type == Self.errorType, flags & Self.attributesFlag != 0 else { return nil }
        var start = 4 + 16
        if flags & Self.cappedFlag == 0, let original = payload.integer(UInt32.self, at: 4) {
            start = 4 + (Int(original) + 3) & ~3
        }
        guard let text = NetlinkAttributes(payload, from: start)[Self.messageAttribute] else { return nil }
        return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// The attributes of a message, by type.
package struct NetlinkAttributes {
    private var values: [UInt16: [UInt8]] = [:]

    package init(_ bytes: [UInt8], from start: Int) {
        var offset = start
        while let length = bytes.integer(UInt16.self, at: offset).map(Int.init), length >= 4,
            offset + length <= bytes.count, let type = bytes.integer(UInt16.self, at: offset + 2)
        {
            // The two upper bits flag nesting and byte order.
            values[type & 0x3FFF] = Array(bytes[offset + 4..<offset + length])
            offset += (length + 3) & ~3
        }
    }

    package subscript(type: UInt16) -> [UInt8]? { values[type] }

    package func string(_ type: UInt16) -> String? {
        values[type].map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    package func integer<Value: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, as: Value.Type) -> Value? {
        values[type]?.integer(Value.self, at: 0)
    }

    package func address(_ type: UInt16) -> IPv4Address? {
        guard let octets = values[type], octets.count == 4, let value = octets.integer(UInt32.self, at: 0) else {
            return nil
        }
        return IPv4Address(value: UInt32(bigEndian: value))
    }
}

extension [UInt8] {
    /// An integer in the host's byte order, where the bytes reach that far.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type, at offset: Int) -> Value? {
        guard offset >= 0, offset + MemoryLayout<Value>.size <= count else { return nil }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
    }
}
