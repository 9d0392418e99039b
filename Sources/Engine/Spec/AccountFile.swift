import CLinux
import Glibc
import LinuxSystem

/// Reads /etc/passwd and /etc/group of a container, line by line.
enum AccountFile {
    enum Next { case proceed, stop }

    /// A line without its line feed and surrounding blanks; neither empty nor a comment.
    struct Line {
        let bytes: ArraySlice<UInt8>

        /// The first `limit` of the fields between colons.
        func fields(limit: Int) -> [String] {
            bytes.split(separator: UInt8(ascii: ":"), maxSplits: limit, omittingEmptySubsequences: false)
                .prefix(limit).map { String(decoding: $0, as: UTF8.self) }
        }

        /// Whether the `number`th field, counted from 1, is a list separated by commas that has the word.
        func lastField(_ number: Int, lists word: [UInt8]) -> Bool {
            let fields = bytes.split(
                separator: UInt8(ascii: ":"), maxSplits: number - 1, omittingEmptySubsequences: false)
            guard fields.count == number, let list = fields.last else { return false }
            return list.split(separator: UInt8(ascii: ",")).contains { $0.elementsEqual(word) }
        }
    }

    static let sizeLimit = 16 << 20
    static let lineLimit = 1 << 20

    /// A file that is missing, or no regular one, has no lines.
    static func forEachLine(
        of path: String, below root: Int32?, _ body: (Line) throws(SpecError) -> Next
    ) throws(SpecError) {
        guard let root, let file = try open(path, below: root) else { return }
        // What was read of a line whose end is still to come.
        var pending: [UInt8] = []
        var total = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(file, path, into: buffer)
            total += count
            guard total <= sizeLimit else { throw .fileTooLarge(path, limit: sizeLimit) }
            if count == 0 {
                if let line = line(pending[...]) { _ = try body(line) }
                return
            }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            while let start = rest.baseAddress, let end = memchr(start, 0x0a, rest.count) {
                let length = UnsafeRawPointer(end) - start
                pending.append(contentsOf: rest[..<length])
                if let line = line(pending[...]), case .stop = try body(line) { return }
                pending.removeAll(keepingCapacity: true)
                rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
            }
            pending.append(contentsOf: rest)
            guard pending.count <= lineLimit else { throw .fileTooLarge(path, limit: lineLimit) }
        }
    }

    private static func line(_ bytes: ArraySlice<UInt8>) -> Line? {
        let blank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || (9...13).contains($0) }
        var bytes = bytes.drop(while: blank)
        while let last = bytes.last, blank(last) { bytes.removeLast() }
        guard let first = bytes.first, first != UInt8(ascii: "#") else { return nil }
        return Line(bytes: bytes)
    }

    private static func open(_ path: String, below root: Int32) throws(SpecError) -> Descriptor? {
        do throws(SystemError) {
            // O_PATH first: opening a device or a fifo may do something, looking at it does not.
            let found = try Descriptor.open(
                at: root, path, Int32(LINUX_O_PATH), resolve: Int32(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS))
            guard try found.status().st_mode & S_IFMT == S_IFREG else { return nil }
            return try Descriptor.open(found.procPath, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR, ELOOP: return nil
            default: throw .system(error)
            }
        }
    }

    private static func read(
        _ file: borrowing Descriptor, _ path: String, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SpecError) -> Int {
        do {
            return try file.read(into: buffer)
        } catch {
            throw .system(SystemError(operation: "read in the container", path: path, errno: error.errno))
        }
    }
}
