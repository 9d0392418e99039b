// Texts are compared and numbers written byte by byte here: characters, and Swift's general conversion of numbers,
// bring Unicode's tables and generic code into the memory of a program that runs for milliseconds.

extension String {
    /// Whether a path starts at the root.
    package var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }

    /// The names in a path, between its slashes.
    package var pathParts: [Substring] { utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }

    /// As `hasPrefix`, byte by byte.
    package func begins(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}

extension DefaultStringInterpolation {
    // Chosen before the standard library's own, which take any type.

    package mutating func appendInterpolation(_ number: Int) { append(number < 0, number.magnitude) }
    package mutating func appendInterpolation(_ number: Int32) { append(number < 0, number.magnitude) }
    package mutating func appendInterpolation(_ number: UInt32) { append(false, number) }
    package mutating func appendInterpolation(_ number: UInt64) { append(false, number) }

    private mutating func append(_ isNegative: Bool, _ magnitude: some UnsignedInteger & FixedWidthInteger) {
        // 20 digits and a sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 21) { buffer in
            var start = buffer.count
            var rest = UInt64(magnitude)
            repeat {
                start -= 1
                buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if isNegative {
                start -= 1
                buffer[start] = UInt8(ascii: "-")
            }
            appendLiteral(String(decoding: buffer[start...], as: UTF8.self))
        }
    }
}

extension UInt64 {
    /// The number that decimal digits, and nothing else, make.
    package init?(decimal bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty else { return nil }
        self = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, overflowed) = multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            guard !overflowed, !carried else { return nil }
            self = sum
        }
    }
}
