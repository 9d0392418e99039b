/// One ttrpc frame: a 10-byte header (payload length, stream, kind, flags; big endian) and its payload.
public struct Frame: Equatable, Sendable {
    /// What a frame carries. Values not listed here are kept and ignored by both state machines,
    /// so that a newer peer can send them.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The byte of the header.
        public let rawValue: UInt8
        /// Wraps the byte as it stands in the header.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A `ttrpc.Request` that opens a stream.
        public static let request = Kind(rawValue: 1)
        /// A `ttrpc.Response` that ends a stream.
        public static let response = Kind(rawValue: 2)
        /// One message of a streaming call, without envelope.
        public static let data = Kind(rawValue: 3)
    }

    /// The header's flags.
    public struct Flags: OptionSet, Sendable {
        /// The byte of the header.
        public let rawValue: UInt8
        /// Wraps the byte as it stands in the header.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The sender sends nothing more on this stream.
        public static let remoteClosed = Flags(rawValue: 1)
        /// The sender goes on sending data on this stream.
        public static let remoteOpen = Flags(rawValue: 2)
        /// The frame carries no message, not even an empty one.
        public static let noData = Flags(rawValue: 4)
    }

    /// The header's size in bytes.
    public static let headerLength = 10
    /// The largest payload in bytes; a longer one is discarded by the receiver.
    public static let maximumPayload = 4 << 20

    /// The stream: odd for those that a client opens.
    public var stream: UInt32
    /// What the frame carries.
    public var kind: Kind
    /// The header's flags.
    public var flags: Flags
    /// The bytes after the header, at most ``maximumPayload``.
    public var payload: [UInt8]

    /// Makes a frame; `payload` must not exceed ``maximumPayload``.
    public init(stream: UInt32, kind: Kind, flags: Flags = [], payload: [UInt8] = []) {
        self.stream = stream
        self.kind = kind
        self.flags = flags
        self.payload = payload
    }

    /// Appends the frame's bytes to `bytes`.
    public func encode(into bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + Frame.headerLength + payload.count)
        Frame.appendBigEndian(UInt32(truncatingIfNeeded: payload.count), to: &bytes)
        Frame.appendBigEndian(stream, to: &bytes)
        bytes.append(kind.rawValue)
        bytes.append(flags.rawValue)
        bytes.append(contentsOf: payload)
    }

    private static func appendBigEndian(_ value: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift)))
        }
    }
}
