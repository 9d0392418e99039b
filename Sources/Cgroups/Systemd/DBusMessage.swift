/// A message between a program and a bus (D-Bus specification, "Message Protocol").
package struct DBusMessage: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case call = 1
        case reply = 2
        case error = 3
        case signal = 4
    }

    /// More than anything systemd sends; the specification allows 128 MiB.
    static let maximumSize = 4 << 20
    /// What tells how long the rest is.
    static let prefixSize = 16

    package var kind: Kind
    package var serial: UInt32
    package var replyTo: UInt32?
    package var path: String?
    package var interface: String?
    package var member: String?
    package var error: String?
    package var destination: String?
    package var body: [DBusValue] = []

    package init(kind: Kind, serial: UInt32) {
        self.kind = kind
        self.serial = serial
    }

    // MARK: Writing

    package func encoded() throws(SystemdError) -> [UInt8] {
        var content = DBusWriter()
        for value in body { content.append(value) }
        var header = DBusWriter()
        header.append(.byte(UInt8(ascii: "l")))
        header.append(.byte(kind.rawValue))
        header.append(.byte(0))
        header.append(.byte(1))
        header.append(.uint32(UInt32(truncatingIfNeeded: content.bytes.count)))
        header.append(.uint32(serial))
        header.append(.array(of: "(yv)", fields))
        header.pad(to: 8)
        if let problem = header.problem ?? content.problem { throw .malformed(problem) }
        let bytes = header.bytes + content.bytes
        guard bytes.count <= Self.maximumSize else { throw .malformed("a message of \(bytes.count) bytes") }
        return bytes
    }

    private var fields: [DBusValue] {
        var result: [DBusValue] = []
        func add(_ code: UInt8, _ value: DBusValue?) {
            if let value { result.append(.structure([.byte(code), .variant(value)])) }
        }
        add(1, path.map { .objectPath($0) })
        add(2, interface.map { .string($0) })
        add(3, member.map { .string($0) })
        add(4, error.map { .string($0) })
        add(5, replyTo.map { .uint32($0) })
        add(6, destination.map { .string($0) })
        if !body.isEmpty { add(8, .signature(DBusType.signature(of: body))) }
        return result
    }

    // MARK: Reading

    /// How many bytes a message has that starts with these sixteen.
    package static func size(of prefix: ArraySlice<UInt8>) throws(SystemdError) -> Int {
        var reader = DBusReader(prefix, littleEndian: try isLittleEndian(prefix))
        let numbers = try reader.values("yyyyuuu")
        guard case .uint32(let body) = numbers[4], case .uint32(let fields) = numbers[6] else { return 0 }
        let size = prefixSize + (Int(fields) + 7) / 8 * 8 + Int(body)
        guard size <= maximumSize else { throw .malformed("a message of \(size) bytes") }
        return size
    }

    private static func isLittleEndian(_ bytes: ArraySlice<UInt8>) throws(SystemdError) -> Bool {
        switch bytes.first {
        case UInt8(ascii: "l"): return true
        case UInt8(ascii: "B"): return false
        default: throw .malformed("a message of unknown byte order")
        }
    }

    package init(decoding bytes: [UInt8]) throws(SystemdError) {
        var reader = DBusReader(bytes[...], littleEndian: try Self.isLittleEndian(bytes[...]))
        let head = try reader.values("yyyyuua(yv)")
        guard case .byte(let number) = head[1], let kind = Kind(rawValue: number), case .uint32(let serial) = head[5],
            case .array(_, let fields) = head[6]
        else { throw .malformed("a message's header") }
        self.init(kind: kind, serial: serial)
        var signature = ""
        for field in fields {
            guard case .structure(let pair) = field, case .byte(let code) = pair[0], case .variant(let value) = pair[1]
            else { continue }
            switch (code, value) {
            case (1, _): path = value.text
            case (2, _): interface = value.text
            case (3, _): member = value.text
            case (4, _): error = value.text
            case (5, .uint32(let serial)): replyTo = serial
            case (6, _): destination = value.text
            case (8, _): signature = value.text ?? ""
            default: continue
            }
        }
        try reader.pad(to: 8)
        var content = DBusReader(bytes[reader.offset...], littleEndian: bytes[0] == UInt8(ascii: "l"))
        body = try content.values(signature)
    }
}
