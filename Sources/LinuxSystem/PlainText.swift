import CLinux
import Glibc

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
            appendLiteral(String(decoding: UnsafeMutableBufferPointer(rebasing: buffer[start...]), as: UTF8.self))
        }
    }
}

extension UInt64 {
    /// The number that decimal digits, and nothing else, make.
    package init?(decimal bytes: ArraySlice<UInt8>) {
        guard let value = bytes.withUnsafeBufferPointer({ UInt64(decimal: $0) }) else { return nil }
        self = value
    }

    package init?(decimal bytes: UnsafeBufferPointer<UInt8>) {
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

/// Bytes of a text that is cut and compared where it lies: `split` and `elementsEqual` make types at run time, each of
/// which takes longer than reading a file. Valid as long as the bytes are.
package struct ByteText {
    private var start: UnsafePointer<UInt8>
    package private(set) var count: Int

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // Of no bytes, any place is the start.
        let nothing: StaticString = ""
        start = bytes.baseAddress ?? nothing.utf8Start
        count = bytes.count
    }

    package var isEmpty: Bool { count == 0 }

    package var string: String { String(decoding: bytes, as: UTF8.self) }

    package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// Takes off what comes before the first `separator`, and that as well; `nil` where there is none.
    package mutating func cut(at separator: Unicode.Scalar) -> ByteText? {
        guard let found = memchr(start, Int32(separator.value), count) else { return nil }
        let length = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        let part = ByteText(UnsafeBufferPointer(start: start, count: length))
        start += length + 1
        count -= length + 1
        return part
    }

    /// The next of the parts between separators; `nil` after the last, or where there is nothing.
    package mutating func next(before separator: Unicode.Scalar) -> ByteText? {
        guard count > 0 else { return nil }
        if let part = cut(at: separator) { return part }
        let rest = self
        count = 0
        return rest
    }

    package static func == (text: ByteText, literal: StaticString) -> Bool {
        text.count == literal.utf8CodeUnitCount && memcmp(text.start, literal.utf8Start, text.count) == 0
    }

    package static func == (text: ByteText, string: String) -> Bool {
        var string = string
        return string.withUTF8 { other in
            guard text.count == other.count, let start = other.baseAddress else { return text.isEmpty && other.isEmpty }
            return memcmp(text.start, start, text.count) == 0
        }
    }

    /// The line around the first place of `pattern`, cut off with all that is before it.
    package mutating func cutLine(containing pattern: StaticString) -> ByteText? {
        guard let found = linux_memmem(start, count, pattern.utf8Start, pattern.utf8CodeUnitCount) else { return nil }
        var lineStart = UnsafeRawPointer(found) - UnsafeRawPointer(start)
        while lineStart > 0, start[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
        start += lineStart
        count -= lineStart
        return next(before: "\n")
    }
}
