import Glibc
package import LinuxSystem

/// Writes an archive of plain files and directories in the ustar format (POSIX.1-1988), owned by root and without
/// times, so that the same content gives the same bytes.
package struct TarWriter {
    private static let block = 512
    /// What eleven octal digits hold; larger sizes are written in base 256, as GNU tar does.
    private static let largestOctal: Int64 = 0o777_7777_7777

    private let descriptor: Int32

    /// - Parameter descriptor: stays the caller's.
    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    package func directory(_ name: String) throws {
        try write(try header(name + "/", size: 0, type: UInt8(ascii: "5"), mode: 0o755))
    }

    package func file(_ name: String, _ bytes: [UInt8]) throws {
        try write(try header(name, size: Int64(bytes.count), type: UInt8(ascii: "0"), mode: 0o644))
        try write(bytes)
        try pad(Int64(bytes.count))
    }

    /// - Parameter file: read from where it stands, exactly `size` bytes.
    package func file(_ name: String, from file: borrowing Descriptor, size: Int64) throws {
        try write(try header(name, size: size, type: UInt8(ascii: "0"), mode: 0o644))
        var left = size
        while left > 0 {
            let count = Int(min(left, 1 << 20))
            var got = 0
            var failure: SystemError?
            let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                do throws(SystemError) {
                    got = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                } catch {
                    failure = error
                }
                initialized = got
            }
            if let failure { throw failure }
            guard got > 0 else { throw ArchiveError.corrupt("\(name) became shorter while it was read") }
            try write(chunk)
            left -= Int64(got)
        }
        try pad(size)
    }

    /// Ends the archive.
    package func finish() throws { try write([UInt8](repeating: 0, count: 2 * Self.block)) }

    private func pad(_ size: Int64) throws {
        let rest = Int(size % Int64(Self.block))
        if rest > 0 { try write([UInt8](repeating: 0, count: Self.block - rest)) }
    }

    private func header(_ name: String, size: Int64, type: UInt8, mode: Int) throws -> [UInt8] {
        guard name.utf8.count <= 100 else { throw ArchiveError.limit("the name \(name) is longer than 100 bytes") }
        var header = [UInt8](repeating: 0, count: Self.block)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int64, _ width: Int, at offset: Int) {
            let digits = String(value, radix: 8)
            put(String(repeating: "0", count: max(0, width - digits.count)) + digits, at: offset)
        }
        put(name, at: 0)
        octal(Int64(mode), 7, at: 100)
        octal(0, 7, at: 108)
        octal(0, 7, at: 116)
        if size <= Self.largestOctal {
            octal(size, 11, at: 124)
        } else {
            header[124] = 0x80
            for index in 0..<8 { header[128 + index] = UInt8(truncatingIfNeeded: size >> Int64(56 - 8 * index)) }
        }
        octal(0, 11, at: 136)
        header[156] = type
        put("ustar", at: 257)
        put("00", at: 263)
        // The checksum is of the header with blanks in its place.
        for index in 148..<156 { header[index] = 0x20 }
        octal(header.reduce(0) { $0 + Int64($1) }, 6, at: 148)
        header[154] = 0
        return header
    }

    private func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try rest.withUnsafeBytes { buffer throws(SystemError) in
                try systemCall("write archive") { Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
            }
            rest = rest.dropFirst(count)
        }
    }
}
