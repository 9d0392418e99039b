/// A message of the kernel's routing protocol under construction, see rtnetlink(7): a header, a family's own header and
/// attributes.
struct RouteMessage {
    private(set) var bytes: [UInt8]

    /// - Parameters:
    ///   - type: `RTM_…`.
    ///   - flags: `NLM_F_…` without `NLM_F_REQUEST`.
    ///   - header: `struct ifinfomsg`, `struct ifaddrmsg` and the like.
    init(type: UInt16, flags: UInt16, header: [UInt8]) {
        bytes = Self.raw(UInt32(0)) + Self.raw(type) + Self.raw(flags | 0x1) + Self.raw(UInt32(1)) + Self.raw(UInt32(0))
        bytes += header
        pad()
    }

    mutating func add(_ attribute: UInt16, _ value: [UInt8]) {
        bytes += Self.raw(UInt16(4 + value.count)) + Self.raw(attribute) + value
        pad()
    }

    mutating func add(_ attribute: UInt16, _ value: UInt32) { add(attribute, Self.raw(value)) }

    /// A text with the zero at its end that the kernel expects.
    mutating func add(_ attribute: UInt16, _ text: String) { add(attribute, Array(text.utf8) + [0]) }

    private mutating func pad() {
        while bytes.count % 4 != 0 { bytes.append(0) }
        bytes.replaceSubrange(0..<4, with: Self.raw(UInt32(bytes.count)))
    }

    static func raw<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

    /// `struct ifinfomsg`.
    static func link(index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) -> [UInt8] {
        [0, 0, 0, 0] + raw(index) + raw(flags) + raw(change)
    }
}

/// A message from the kernel.
struct RouteReply {
    let type: UInt16
    /// What follows the header.
    let payload: [UInt8]

    /// A number in the payload; 0 where it is too short.
    func number<T: FixedWidthInteger>(at offset: Int, _ type: T.Type) -> T {
        guard offset + MemoryLayout<T>.size <= payload.count else { return 0 }
        return payload.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }

    /// The attributes behind a family's header of `size` bytes.
    func attributes(after size: Int) -> [UInt16: [UInt8]] {
        var result: [UInt16: [UInt8]] = [:]
        var offset = size
        while offset + 4 <= payload.count {
            let length = Int(number(at: offset, UInt16.self))
            guard length >= 4, offset + length <= payload.count else { break }
            // The upper bits say how a value is encoded.
            result[number(at: offset + 2, UInt16.self) & 0x3fff] = Array(payload[(offset + 4)..<(offset + length)])
            offset += (length + 3) & ~3
        }
        return result
    }

    /// Takes a datagram apart.
    static func parse(_ datagram: ArraySlice<UInt8>) -> [RouteReply] {
        var replies: [RouteReply] = []
        var rest = datagram
        while rest.count >= 16 {
            let header = RouteReply(type: 0, payload: Array(rest.prefix(16)))
            let length = Int(header.number(at: 0, UInt32.self))
            guard length >= 16, length <= rest.count else { break }
            replies.append(
                RouteReply(
                    type: header.number(at: 4, UInt16.self), payload: Array(rest.prefix(length).dropFirst(16))))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return replies
    }
}
