/// Builds the body of a netlink message: fixed structures, attributes, nested attributes, each padded to four bytes.
package struct NetlinkWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends a fixed-size value in the host's byte order.
    package mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    package mutating func append(contentsOf raw: [UInt8]) {
        bytes.append(contentsOf: raw)
    }

    package mutating func attribute(_ type: UInt16, bytes payload: [UInt8]) {
        append(UInt16(4 + payload.count))
        append(type)
        bytes.append(contentsOf: payload)
        pad()
    }

    /// A string attribute, with the terminating zero the kernel expects.
    package mutating func attribute(_ type: UInt16, string: String) {
        attribute(type, bytes: Array(string.utf8) + [0])
    }

    package mutating func attribute<Value: FixedWidthInteger & BitwiseCopyable>(_ type: UInt16, _ value: Value) {
        attribute(type, bytes: withUnsafeBytes(of: value) { Array($0) })
    }

    package mutating func nested(_ type: UInt16, _ body: (inout NetlinkWriter) -> Void) {
        var inner = NetlinkWriter()
        body(&inner)
        attribute(type, bytes: inner.bytes)
    }

    private mutating func pad() {
        while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    }
}
