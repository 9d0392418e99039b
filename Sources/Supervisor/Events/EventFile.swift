internal import Glibc
internal import LinuxSystem
internal import SupervisorProtocol
internal import SwiftProtobuf

/// The file that keeps events over a restart of the supervisor. Each record is its length in four bytes, big endian, and
/// the message; a length of zero is the end. Space is taken ahead, so that a disk that fills up loses no event for a
/// while.
struct EventFile: ~Copyable {
    typealias Event = Skiff_Supervisor_V1_Event

    private static let spaceAhead = 64 << 10
    private static let pieceLength = 16 << 10

    private let path: String
    private var file: Descriptor
    /// Where the next record goes.
    private var end: Int
    /// How far the file's space is taken.
    private var taken: Int

    /// Opens the file, or makes it.
    init(_ path: String) throws(SystemError) {
        self.path = path
        file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        end = 0
        taken = 0
    }

    /// Hands out what the file keeps: whole records up to one that is cut or damaged. To be called before anything is
    /// appended.
    mutating func load(_ take: (Event) -> Void) throws(SystemError) {
        let bytes = try file.readToEnd(limit: 1 << 30)
        end = EventFile.decode(bytes, take)
        taken = bytes.count
        if !bytes[end...].allSatisfy({ $0 == 0 }) { truncate() }
    }

    /// Appends a record, or nothing of it.
    mutating func append(_ event: Event) throws(SystemError) {
        let record = EventFile.encode(event)
        // The four bytes of the end are there too.
        if end + record.count + 4 > taken {
            let isTaken = posix_fallocate(file.rawValue, off_t(end), off_t(EventFile.spaceAhead)) == 0
            if isTaken { taken = end + EventFile.spaceAhead }
        }
        var written = 0
        while written < record.count {
            let count = record[written...].withUnsafeBytes {
                pwrite(file.rawValue, $0.baseAddress, $0.count, off_t(end + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let error = SystemError(operation: "write", path: path, errno: errno)
                truncate()
                throw error
            }
            written += count
        }
        end += record.count
    }

    /// Keeps these events instead of all others.
    mutating func replace(with events: some Sequence<Event>) throws(SystemError) {
        let temporary = "\(path).tmp"
        do {
            let replacement = try Descriptor.open(
                temporary, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
            end = try EventFile.write(events, to: replacement)
            taken = end
            try File.rename(temporary, to: path)
            file = consume replacement
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Writes in pieces, since together the events are large; answers their length.
    private static func write(
        _ events: some Sequence<Event>, to file: borrowing Descriptor
    ) throws(SystemError) -> Int {
        var piece: [UInt8] = []
        piece.reserveCapacity(pieceLength * 2)
        var length = 0
        for event in events {
            piece += encode(event)
            guard piece.count >= pieceLength else { continue }
            try file.write(all: piece)
            length += piece.count
            piece.removeAll(keepingCapacity: true)
        }
        try file.write(all: piece)
        return length + piece.count
    }

    private mutating func truncate() {
        if ftruncate(file.rawValue, off_t(end)) == 0 { taken = end }
    }

    private static func encode(_ event: Event) -> [UInt8] {
        guard let encoded: [UInt8] = try? event.serializedBytes() else { return [] }
        return (0..<4).reversed().map { UInt8(truncatingIfNeeded: encoded.count >> ($0 * 8)) } + encoded
    }

    /// Answers where the records end.
    private static func decode(_ bytes: [UInt8], _ take: (Event) -> Void) -> Int {
        var at = 0
        while bytes.count - at >= 4 {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length > 0, bytes.count - at - 4 >= length,
                let event = try? Event(serializedBytes: Array(bytes[at + 4..<at + 4 + length]))
            else { break }
            take(event)
            at += 4 + length
        }
        return at
    }
}
