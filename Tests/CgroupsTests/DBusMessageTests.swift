import Cgroups
import Testing

struct DBusMessageTests {
    private static let values: [DBusValue] = [
        .byte(7), .boolean(true), .int16(-2), .uint16(9), .int32(-70_000), .uint32(70_000), .int64(.min),
        .uint64(.max), .double(0.5), .string("höhe"), .objectPath("/a/b"), .signature("a{sv}"), .bytes([1, 2, 3]),
        .strings([]), .structure([.string("x"), .variant(.array(of: "(sv)", []))]),
        .array(of: "{su}", [.entry(.string("k"), .uint32(1)), .entry(.string("kk"), .uint32(2))]),
        .variant(.variant(.uint64(1))),
    ]

    @Test func `each type of value comes back as it was sent`() throws {
        for value in Self.values {
            // A byte before it, so that every alignment is one that needs padding.
            var writer = DBusWriter()
            writer.append(.byte(1))
            writer.append(value)
            var reader = DBusReader(writer.bytes[...])
            #expect(try reader.values("y" + value.type) == [.byte(1), value])
            #expect(reader.offset == writer.bytes.count)
        }
    }

    @Test func `an empty array is padded as if it had an element, and the padding does not count`() {
        var writer = DBusWriter()
        writer.append(.array(of: "(sv)", []))
        #expect(writer.bytes == [0, 0, 0, 0, 0, 0, 0, 0])
        writer = DBusWriter()
        writer.append(.array(of: "t", [.uint64(5)]))
        #expect(writer.bytes == [8, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `a call is written as the specification has it`() throws {
        var call = DBusMessage(kind: .call, serial: 3)
        call.path = "/p"
        call.member = "Go"
        call.body = [.string("a")]
        #expect(
            try call.encoded() == [
                0x6c, 1, 0, 1, 6, 0, 0, 0, 3, 0, 0, 0, 39, 0, 0, 0,
                1, 1, 0x6f, 0, 2, 0, 0, 0, 0x2f, 0x70, 0, 0, 0, 0, 0, 0,
                3, 1, 0x73, 0, 2, 0, 0, 0, 0x47, 0x6f, 0, 0, 0, 0, 0, 0,
                8, 1, 0x67, 0, 1, 0x73, 0, 0,
                1, 0, 0, 0, 0x61, 0,
            ])
    }

    @Test func `a message comes back as it was sent, and its size stands in its first bytes`() throws {
        var message = DBusMessage(kind: .signal, serial: 9)
        message.path = "/org/freedesktop/systemd1"
        message.interface = "org.freedesktop.systemd1.Manager"
        message.member = "JobRemoved"
        message.body = [.uint32(1), .objectPath("/job/1"), .string("a.scope"), .string("done")]
        let bytes = try message.encoded()
        #expect(try DBusMessage.size(of: bytes[..<16]) == bytes.count)
        #expect(try DBusMessage(decoding: bytes) == message)
    }

    @Test func `numbers of the other byte order are understood`() throws {
        var reader = DBusReader([0, 0, 1, 2][...], littleEndian: false)
        #expect(try reader.values("u") == [.uint32(258)])
    }

    @Test func `a message that is cut short anywhere is refused`() throws {
        var message = DBusMessage(kind: .reply, serial: 1)
        message.replyTo = 1
        message.body = Self.values
        let bytes = try message.encoded()
        for end in 0..<bytes.count {
            #expect(throws: SystemdError.self) { try DBusMessage(decoding: Array(bytes[..<end])) }
        }
    }

    @Test func `lengths that lie are refused`() {
        let tooLong: [UInt8] = [0x6c, 2, 0, 1, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0]
        #expect(throws: SystemdError.self) { try DBusMessage.size(of: tooLong[...]) }
        for type in ["s", "ay", "as", "a(sv)"] {
            var reader = DBusReader([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0][...])
            #expect(throws: SystemdError.self) { try reader.values(type) }
        }
    }

    @Test func `types that are none, or too deep, are refused`() {
        for type in ["a", "(", "()", "{sv", "(s", "z", String(repeating: "a", count: 40) + "y"] {
            var reader = DBusReader([UInt8](repeating: 0, count: 400)[...])
            #expect(throws: SystemdError.self) { try reader.values(type) }
        }
        var reader = DBusReader([1, 0x76, 0, 1, 0x76, 0][...])
        #expect(throws: SystemdError.self) { try reader.values("v") }
    }

    @Test func `a text with a zero byte is not sent`() {
        var message = DBusMessage(kind: .call, serial: 1)
        message.body = [.string("a\0b")]
        #expect(throws: SystemdError.malformed("a text with a zero byte")) { try message.encoded() }
    }

    @Test func `addresses name sockets in their order`() {
        let address = "tcp:host=h;unix:path=/run/a%20b,guid=1;unix:abstract=name;unix:path=%zz"
        #expect(DBusAddress.sockets(address) == ["/run/a b", "@name"])
    }
}
