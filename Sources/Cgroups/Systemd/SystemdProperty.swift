/// A setting of a unit, systemd.resource-control(5).
package struct SystemdProperty: Equatable, Sendable {
    package var name: String
    package var value: DBusValue

    package init(_ name: String, _ value: DBusValue) {
        self.name = name
        self.value = value
    }

    static func list(_ properties: [SystemdProperty]) -> DBusValue {
        var values: [DBusValue] = []
        for property in properties { values.append(.structure([.string(property.name), .variant(property.value)])) }
        return .array(of: "(sv)", values)
    }

    // MARK: Annotations

    private static let prefix = "org.systemd.property."

    /// What the annotations `org.systemd.property.<name>` of a bundle add, in the text form of GVariant.
    package static func annotated(_ annotations: [String: String]) throws(CgroupError) -> [SystemdProperty] {
        var result: [SystemdProperty] = []
        for key in annotations.keys.sorted() where key.hasPrefix(prefix) {
            guard let text = annotations[key] else { continue }
            result.append(try annotated(key, text))
        }
        return result
    }

    private static func annotated(_ key: String, _ text: String) throws(CgroupError) -> SystemdProperty {
        let name = String(key.dropFirst(prefix.count))
        let field = "annotations"
        guard name.utf8.count >= 3 else {
            throw .invalid(field: field, problem: "annotation \(key) name incorrect: too short")
        }
        guard name.utf8.allSatisfy(isLetter) else {
            throw .invalid(field: field, problem: "annotation \(key) name incorrect: contains non-alphabetic character")
        }
        do throws(DBusText.Problem) {
            let value = try DBusText.value(text)
            // What the manual has in seconds, D-Bus has in microseconds.
            if name.hasSuffix("Sec"), let before = name.utf8.dropLast(3).last,
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(before)
            {
                return SystemdProperty(name.dropLast(3) + "USec", .uint64(try microseconds(value)))
            }
            return SystemdProperty(name, value)
        } catch {
            throw .invalid(field: field, problem: "annotation \(key)=\(text) value parse error: \(error.text)")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func microseconds(_ value: DBusValue) throws(DBusText.Problem) -> UInt64 {
        let seconds: UInt64
        switch value {
        case .byte(let number): seconds = UInt64(number)
        case .int16(let number): seconds = UInt64(bitPattern: Int64(number))
        case .uint16(let number): seconds = UInt64(number)
        case .int32(let number): seconds = UInt64(bitPattern: Int64(number))
        case .uint32(let number): seconds = UInt64(number)
        case .int64(let number): seconds = UInt64(bitPattern: number)
        case .uint64(let number): seconds = number
        case .double(let number):
            guard number >= 0, number < 1.8e13 else { throw DBusText.Problem(text: "out of range") }
            return UInt64(number * 1_000_000)
        default: throw DBusText.Problem(text: "not a number")
        }
        return seconds &* 1_000_000
    }
}
