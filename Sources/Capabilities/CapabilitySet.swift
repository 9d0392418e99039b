import CCap

/// A set of capabilities, see capabilities(7).
package struct CapabilitySet: Equatable, Sendable {
    /// Bit n is capability number n.
    package var bits: UInt64

    package init(bits: UInt64 = 0) { self.bits = bits }

    /// Reads names (`CAP_CHOWN`); those that this library does not know go to `unknown`.
    package init(names: [String], unknown: inout [String]) {
        bits = 0
        for name in names {
            var number: cap_value_t = 0
            if cap_from_name(name, &number) == 0, (0..<64).contains(number) {
                bits |= 1 << UInt64(number)
            } else {
                unknown.append(name)
            }
        }
    }

    package func contains(_ number: Int32) -> Bool { bits >> UInt64(number) & 1 == 1 }

    /// The names of all capabilities that the running kernel knows.
    package static func knownNames() -> [String] {
        (0..<cap_max_bits()).compactMap { number in
            guard let text = cap_to_name(number) else { return nil }
            defer { cap_free(text) }
            return String(cString: text).uppercased()
        }
    }
}
