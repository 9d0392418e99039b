/// Where a bus listens: the Unix sockets of an address as `unix:path=/run/bus;unix:abstract=name`
/// (D-Bus specification, "Server Addresses"). Other transports are left out.
package enum DBusAddress {
    /// Paths, or abstract names with `@` in front, in the order to try.
    package static func sockets(_ address: String) -> [String] {
        var result: [String] = []
        for entry in address.split(separator: ";") where entry.hasPrefix("unix:") {
            for pair in entry.dropFirst(5).split(separator: ",") {
                if pair.hasPrefix("path="), let path = unescaped(pair.dropFirst(5)) { result.append(path) }
                if pair.hasPrefix("abstract="), let name = unescaped(pair.dropFirst(9)) { result.append("@" + name) }
            }
        }
        return result
    }

    /// Bytes may be written as `%` and two hexadecimal digits.
    private static func unescaped(_ text: Substring) -> String? {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            result.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
