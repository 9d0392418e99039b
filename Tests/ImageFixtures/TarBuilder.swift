/// Writes tar archives byte by byte, so that tests can have entries that no tool would write.
package struct TarBuilder {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package struct Attributes {
        package var mode: Int
        package var uid: Int
        package var gid: Int
        package var time: Int
        package var device: (major: Int, minor: Int)
        package var extendedAttributes: [(name: String, value: [UInt8])]

        package init(
            mode: Int = 0o644, uid: Int = 0, gid: Int = 0, time: Int = 1_000_000_000,
            device: (major: Int, minor: Int) = (0, 0), extendedAttributes: [(name: String, value: [UInt8])] = []
        ) {
            self.mode = mode
            self.uid = uid
            self.gid = gid
            self.time = time
            self.device = device
            self.extendedAttributes = extendedAttributes
        }
    }

    package mutating func file(_ name: String, _ content: [UInt8] = [], _ attributes: Attributes = Attributes()) {
        entry(name, type: "0", attributes, content: content)
    }

    package mutating func file(_ name: String, _ content: String, _ attributes: Attributes = Attributes()) {
        file(name, Array(content.utf8), attributes)
    }

    package mutating func directory(_ name: String, _ attributes: Attributes = Attributes(mode: 0o755)) {
        entry(name, type: "5", attributes)
    }

    package mutating func symbolicLink(_ name: String, to target: String) {
        entry(name, type: "2", Attributes(mode: 0o777), link: target)
    }

    package mutating func hardLink(_ name: String, to target: String) {
        entry(name, type: "1", Attributes(), link: target)
    }

    package mutating func node(_ name: String, type: Character, _ attributes: Attributes) {
        entry(name, type: type, attributes)
    }

    /// The archive with its end mark.
    package func finished() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// One entry; names that do not fit into the header, and extended attributes, go into a PAX header before it.
    package mutating func entry(
        _ name: String, type: Character, _ attributes: Attributes, link: String = "", content: [UInt8] = [],
        declaredSize: Int? = nil
    ) {
        var records: [(String, [UInt8])] = attributes.extendedAttributes.map { ("SCHILY.xattr." + $0.name, $0.value) }
        if name.utf8.count > 100 { records.append(("path", Array(name.utf8))) }
        if link.utf8.count > 100 { records.append(("linkpath", Array(link.utf8))) }
        if !records.isEmpty {
            let body = records.flatMap { Self.record($0.0, $0.1) }
            append(Self.header("pax", "x", Attributes(), "", size: body.count), body)
        }
        append(Self.header(name, type, attributes, link, size: declaredSize ?? content.count), content)
    }

    private mutating func append(_ header: [UInt8], _ content: [UInt8]) {
        bytes += header + content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [10]
        var length = rest.count + 1
        while "\(length)".utf8.count + rest.count != length { length += 1 }
        return Array("\(length)".utf8) + rest
    }

    private static func header(
        _ name: String, _ type: Character, _ attributes: Attributes, _ link: String, size: Int
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { block[offset + index] = byte }
        }
        func octal(_ value: Int, _ digits: Int, at offset: Int) {
            let text = String(value, radix: 8)
            put((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8, at: offset)
        }
        put(name.utf8.prefix(100), at: 0)
        octal(attributes.mode, 7, at: 100)
        octal(attributes.uid, 7, at: 108)
        octal(attributes.gid, 7, at: 116)
        octal(size, 11, at: 124)
        octal(attributes.time, 11, at: 136)
        put("        ".utf8, at: 148)
        put(String(type).utf8, at: 156)
        put(link.utf8.prefix(100), at: 157)
        put("ustar".utf8, at: 257)
        put("00".utf8, at: 263)
        octal(attributes.device.major, 7, at: 329)
        octal(attributes.device.minor, 7, at: 337)
        let sum = block.reduce(0) { $0 + Int($1) }
        octal(sum, 6, at: 148)
        block[154] = 0
        return block
    }
}
