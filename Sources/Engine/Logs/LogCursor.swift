import Glibc
import LinuxSystem

/// A place in a container's log that moves forward: from the rotated files to the current one, and over the rotations
/// that happen meanwhile. It does no waiting.
struct LogCursor {
    enum Step {
        case entries([LogEntry])
        /// All that there is was read; more may come.
        case waiting
        case finished
    }

    private enum Place {
        case beginning
        /// Reading one file, with those that come after it.
        case reading(any LogSource, rest: [LogFile], linesToSkip: Int)
        /// Reading the file that is being written, of this identity.
        case following(PlainLogSource, LogFile.Identity)
        /// The log has no current file at the moment.
        case absent
        case ended
    }

    private static let chunkSize = 64 << 10

    private let path: String
    private let options: LogReaderOptions
    private var place = Place.beginning
    private var lines = LogLineBuffer()
    /// The time of the last entry read, whether it was wanted or not.
    private var lastTime: LogTimestamp?
    /// Entries up to this one were read already, before their file was rotated and compressed.
    private var readThrough: LogTimestamp?
    private var isPastUntil = false

    init(path: String, options: LogReaderOptions) {
        self.path = path
        self.options = options
    }

    mutating func next() throws(SystemError) -> Step {
        while true {
            // Asked before reading: what was written before the container stopped is read below.
            let isStopped = options.follow?.isRaised ?? true
            switch place {
            case .ended:
                return .finished
            case .beginning:
                try begin()
            case .absent:
                guard let file = try LogFile.open(path) else {
                    return isStopped ? .finished : .waiting
                }
                try read([file], linesToSkip: 0)
            case .reading(let source, let rest, let linesToSkip):
                if let step = try readRotated(source, rest, linesToSkip) { return step }
            case .following(let source, let identity):
                if let step = try follow(source, identity, isStopped) { return step }
            }
            if isPastUntil { place = .ended }
        }
    }

    // MARK: - Where to begin

    private mutating func begin() throws(SystemError) {
        guard let current = try LogFile.open(path) else {
            place = options.follow == nil ? .ended : .absent
            return
        }
        var files = [current]
        if options.tail != 0 {
            for file in try LogFile.rotated(of: path) {
                // A rotation since the current file was opened made it the first rotated one.
                if file.identity == current.identity { continue }
                if let since = options.since, file.lastChange < since { break }
                files.append(file)
            }
        }
        guard let tail = options.tail, tail >= 0 else { return try read(files.reversed(), linesToSkip: 0) }
        var wanted = tail
        var start = LogTail.Start(offset: current.size)
        var chosen: [LogFile] = []
        for file in files where wanted > 0 || chosen.isEmpty {
            chosen.append(file)
            if wanted > 0 {
                start = try LogTail.start(of: file, count: wanted)
                wanted -= start.lines
            }
        }
        try read(chosen.reversed(), linesToSkip: start.linesToSkip, offset: start.offset)
    }

    /// Goes on with the oldest of these files; the last one is the current one.
    private mutating func read(_ files: [LogFile], linesToSkip: Int, offset: Int64 = 0) throws(SystemError) {
        guard let file = files.first else {
            place = .absent
            return
        }
        if files.count == 1, !file.isCompressed, file.path == path, options.follow != nil {
            guard let source = try file.source(offset: offset, growing: true) as? PlainLogSource else {
                place = .absent
                return
            }
            place = .following(source, file.identity)
        } else {
            place = .reading(try file.source(offset: offset), rest: Array(files.dropFirst()), linesToSkip: linesToSkip)
        }
    }

    // MARK: - Reading

    private mutating func readRotated(
        _ source: any LogSource, _ rest: [LogFile], _ linesToSkip: Int
    ) throws(SystemError) -> Step? {
        var skip = linesToSkip
        let (entries, isAtEnd) = try readChunk(source, skipping: &skip)
        if isPastUntil {
            place = .ended
        } else if !isAtEnd {
            place = .reading(source, rest: rest, linesToSkip: skip)
        } else if rest.isEmpty && options.follow == nil {
            place = .ended
        } else {
            try read(rest, linesToSkip: 0)
        }
        return entries.isEmpty ? nil : .entries(entries)
    }

    private mutating func follow(
        _ source: PlainLogSource, _ identity: LogFile.Identity, _ isStopped: Bool
    ) throws(SystemError) -> Step? {
        // The path's file is looked up before the read: if it has changed, its writer is done with the old one.
        let named = try LogFile.identity(of: path)
        var skip = 0
        let (entries, isAtEnd) = try readChunk(source, skipping: &skip, growing: true)
        if !entries.isEmpty {
            if isPastUntil { place = .ended }
            return .entries(entries)
        }
        guard isAtEnd else { return nil }
        if named != nil && named != identity {
            let last = finishLines()
            try goOnAfterRotation(from: identity)
            return last.isEmpty ? nil : .entries(last)
        }
        if isStopped {
            let last = finishLines()
            place = .ended
            return last.isEmpty ? nil : .entries(last)
        }
        if try source.isTruncated {
            _ = finishLines()
            source.restart()
            return nil
        }
        return .waiting
    }

    /// Several rotations may have passed: the file that was read may be any of the rotated ones, or compressed, in
    /// which case the entries' times tell what is new.
    private mutating func goOnAfterRotation(from identity: LogFile.Identity) throws(SystemError) {
        let current = try LogFile.open(path)
        var newer: [LogFile] = []
        var isFound = false
        for file in try LogFile.rotated(of: path) {
            if file.identity == current?.identity { continue }
            if file.identity == identity {
                isFound = true
                break
            }
            newer.append(file)
        }
        if !isFound {
            readThrough = lastTime
            if let lastTime { newer.removeAll { $0.lastChange < lastTime } }
        }
        try read(newer.reversed() + (current.map { [$0] } ?? []), linesToSkip: 0)
    }

    private mutating func readChunk(
        _ source: any LogSource, skipping skip: inout Int, growing: Bool = false
    ) throws(SystemError) -> (entries: [LogEntry], isAtEnd: Bool) {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 16)
        defer { chunk.deallocate() }
        let count = try source.read(into: chunk)
        var entries: [LogEntry] = []
        if count == 0 {
            if !growing { entries = finishLines() }
            return (entries, true)
        }
        // Not two properties of self at once: the buffer is taken out while its lines are looked at.
        var buffer = LogLineBuffer()
        swap(&buffer, &lines)
        buffer.append(UnsafeRawBufferPointer(rebasing: chunk[..<count])) { line in
            if skip > 0 { skip -= 1 } else { take(line, &entries) }
        }
        swap(&buffer, &lines)
        return (entries, false)
    }

    private mutating func finishLines() -> [LogEntry] {
        var entries: [LogEntry] = []
        var buffer = LogLineBuffer()
        swap(&buffer, &lines)
        buffer.finish { take($0, &entries) }
        return entries
    }

    private mutating func take(_ line: UnsafeBufferPointer<UInt8>, _ entries: inout [LogEntry]) {
        guard !isPastUntil, let entry = LogLineDecoder.decode(line) else { return }
        if let readThrough, entry.time <= readThrough { return }
        lastTime = entry.time
        if let since = options.since, entry.time < since { return }
        if let until = options.until, entry.time > until {
            isPastUntil = true
            return
        }
        switch entry.stream {
        case .stdout where !options.stdout, .stderr where !options.stderr: return
        default: entries.append(entry)
        }
    }
}

extension PlainLogSource {
    /// Whether the file is shorter than what was read of it: its writer keeps one file only and began anew.
    fileprivate var isTruncated: Bool {
        get throws(SystemError) { Int64(try file.status().st_size) < offset }
    }
}
