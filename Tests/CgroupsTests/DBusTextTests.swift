import Cgroups
import Testing

struct DBusTextTests {
    @Test(arguments: [
        ("5", DBusValue.int32(5)), ("-0x10", .int32(-16)), ("010", .int32(8)), ("1.5", .double(1.5)),
        ("uint64 7", .uint64(7)), ("@t 7", .uint64(7)), ("byte 0xff", .byte(255)), ("true", .boolean(true)),
        ("\"a\\n\\u00e4\"", .string("a\nä")), ("objectpath '/a'", .objectPath("/a")),
        ("['a', \"b\"]", .strings(["a", "b"])), ("@as []", .strings([])), ("b'ab'", .bytes([0x61, 0x62, 0])),
        ("[1, uint16 2]", .array(of: "q", [.uint16(1), .uint16(2)])),
        ("[[], [1]]", .array(of: "ai", [.array(of: "i", []), .array(of: "i", [.int32(1)])])),
        ("<uint32 1>", .variant(.uint32(1))),
        ("{'a': <1>}", .array(of: "{sv}", [.entry(.string("a"), .variant(.int32(1)))])),
    ])
    func `values have a text form`(text: String, value: DBusValue) throws {
        #expect(try DBusText.value(text) == value)
    }

    @Test(arguments: [
        "", "[", "[]", "['a', 1]", "uint16 70000", "byte -1", "uint64 'a'", "@zz 1", "@as", "'a", "nonsense", "5 6",
        "{'a' 1}", "<1", "true false", "'\\ud800'", "12ab", "@a{sv} [1]", "'it''",
    ])
    func `what is no value is refused`(text: String) {
        #expect(throws: DBusText.Problem.self) { try DBusText.value(text) }
    }

    @Test func `annotations become properties, seconds become microseconds`() throws {
        let properties = try SystemdProperty.annotated([
            "org.systemd.property.TimeoutStopSec": "uint64 123", "org.systemd.property.CollectMode": "'inactive'",
            "org.systemd.property.RuntimeMaxSec": "1.5", "org.example": "no value",
        ])
        #expect(
            properties == [
                SystemdProperty("CollectMode", .string("inactive")),
                SystemdProperty("RuntimeMaxUSec", .uint64(1_500_000)),
                SystemdProperty("TimeoutStopUSec", .uint64(123_000_000)),
            ])
    }

    @Test(arguments: [
        ("org.systemd.property.ab", "1", "too short"), ("org.systemd.property.Ab1", "1", "non-alphabetic"),
        ("org.systemd.property.Abc", "what", "value parse error"),
        ("org.systemd.property.AbcSec", "'1'", "not a number"),
    ])
    func `annotations that are wrong are told`(key: String, text: String, problem: String) {
        let error = #expect(throws: CgroupError.self) { try SystemdProperty.annotated([key: text]) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(problem))
    }
}
