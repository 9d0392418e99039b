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

    /// What the file keeps: whole records up to one that is cut or damaged. To be read before anything is appended.
    mutating func load() throws(SystemError) -> [Event] {
        let bytes = try file.readToEnd(limit: 1 << 30)
        let (events, length) = EventFile.decode(bytes)
        end = length
        taken = bytes.count
        if !bytes[length...].allSatisfy({ $0 == 0 }) { truncate() }
        return events
    }

    /// Appends a record, or nothing of it.
    mutating func append(_ event: Event) throws(SystemError) {
        let record = EventFile.encode([event])
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
    mutating func replace(with events: [Event]) throws(SystemError) {
        let bytes = EventFile.encode(events)
        try File.replace(path, with: bytes)
        file = try Descriptor.open(path, O_RDWR | O_NOFOLLOW)
        end = bytes.count
        taken = end
    }

    private mutating func truncate() {
        if ftruncate(file.rawValue, off_t(end)) == 0 { taken = end }
    }

    private static func encode(_ events: [Event]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events {
            guard let encoded: [UInt8] = try? event.serializedBytes() else { continue }
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: encoded.count >> shift)) }
            bytes += encoded
        }
        return bytes
    }

    private static func decode(_ bytes: [UInt8]) -> (events: [Event], length: Int) {
        var events: [Event] = []
        var at = 0
        while bytes.count - at >= 4 {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length > 0, bytes.count - at - 4 >= length,
                let event = try? Event(serializedBytes: Array(bytes[at + 4..<at + 4 + length]))
            else { break }
            events.append(event)
            at += 4 + length
        }
        return (events, at)
    }
}
