/// Reads one HTTP/1.1 response from bytes as they arrive, as a value without I/O.
package struct HTTPResponseParser {
    package enum Event: Equatable {
        case head(HTTPResponseHead)
        case body([UInt8])
        case end
    }

    package enum Failure: Error, Equatable {
        case malformedHead
        case malformedChunk
        case headTooLarge
        /// The peer closed before the response was whole.
        case truncated
    }

    private enum State {
        case head
        case fixed(remaining: Int)
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers
        case untilClose
        /// The connection has left HTTP; what follows belongs to the stream.
        case upgraded
        case done
    }

    private static let headLimit = 1 << 20
    private var state = State.head
    private var buffer: [UInt8] = []
    private var position = 0
    /// A HEAD request's response has no body, whatever its headers say.
    private let expectsBody: Bool

    package init(expectsBody: Bool = true) {
        self.expectsBody = expectsBody
    }

    /// Whether no byte of the response has arrived.
    package var isUntouched: Bool {
        if case .head = state { buffer.isEmpty } else { false }
    }

    package var isDone: Bool {
        if case .done = state { true } else { false }
    }

    package mutating func feed(_ bytes: some Collection<UInt8>) throws(Failure) -> [Event] {
        buffer.append(contentsOf: bytes)
        var events: [Event] = []
        while let event = try next() {
            events.append(event)
        }
        buffer.removeFirst(position)
        position = 0
        return events
    }

    /// Told when the peer closes.
    package mutating func finish() throws(Failure) -> [Event] {
        switch state {
        case .untilClose:
            state = .done
            return [.end]
        case .done, .upgraded:
            return []
        default:
            throw .truncated
        }
    }

    /// Turns the rest of the connection into a raw stream and answers what of it has already arrived.
    package mutating func upgrade() -> [UInt8] {
        state = .upgraded
        defer { buffer = [] }
        return buffer
    }

    private mutating func next() throws(Failure) -> Event? {
        switch state {
        case .head: return try head()
        case .fixed(let remaining): return data(upTo: remaining, then: { .fixed(remaining: $0) })
        case .untilClose: return data(upTo: .max, then: { _ in .untilClose })
        case .chunkSize: return try chunkSize()
        case .chunk(let remaining):
            return data(upTo: remaining, then: { $0 == 0 ? .chunkEnd : .chunk(remaining: $0) })
        case .chunkEnd:
            guard let line = try line(limit: 2) else { return nil }
            guard line.isEmpty else { throw .malformedChunk }
            state = .chunkSize
            return try next()
        case .trailers:
            guard let line = try line(limit: Self.headLimit) else { return nil }
            if !line.isEmpty { return try next() }
            state = .done
            return .end
        case .upgraded, .done: return nil
        }
    }

    private mutating func head() throws(Failure) -> Event? {
        let terminator: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        var end = position
        while end + 4 <= buffer.count, !buffer[end..<end + 4].elementsEqual(terminator) { end += 1 }
        guard end + 4 <= buffer.count else {
            guard buffer.count < Self.headLimit else { throw .headTooLarge }
            return nil
        }
        guard let head = HTTPResponseHead(parsing: String(decoding: buffer[position..<end], as: UTF8.self)) else {
            throw .malformedHead
        }
        position = end + 4
        // An interim response; the real one follows.
        if (100..<200).contains(head.status), head.status != 101 { return try next() }
        state = try bodyState(head)
        return .head(head)
    }

    private func bodyState(_ head: HTTPResponseHead) throws(Failure) -> State {
        if head.status == 101 { return .upgraded }
        if !expectsBody || head.status == 204 || head.status == 304 { return .fixed(remaining: 0) }
        if head.header("transfer-encoding")?.lowercased().hasSuffix("chunked") == true { return .chunkSize }
        guard let length = head.header("content-length") else { return .untilClose }
        guard let remaining = Int(length), remaining >= 0 else { throw .malformedHead }
        return .fixed(remaining: remaining)
    }

    private mutating func data(upTo limit: Int, then next: (Int) -> State) -> Event? {
        if limit == 0 {
            state = .done
            return .end
        }
        let count = min(limit, buffer.count - position)
        guard count > 0 else { return nil }
        defer { position += count }
        state = next(limit - count)
        return .body(Array(buffer[position..<position + count]))
    }

    private mutating func chunkSize() throws(Failure) -> Event? {
        guard let line = try line(limit: 1024) else { return nil }
        let digits = String(decoding: line.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self).trimmed
        guard let size = Int(digits, radix: 16), size >= 0 else { throw .malformedChunk }
        state = size == 0 ? .trailers : .chunk(remaining: size)
        return try next()
    }

    /// The next line without its end, or nil while it is not whole.
    private mutating func line(limit: Int) throws(Failure) -> ArraySlice<UInt8>? {
        guard let newline = buffer[position...].firstIndex(of: 0x0A) else {
            guard buffer.count - position <= limit else { throw .malformedChunk }
            return nil
        }
        let line = buffer[position..<newline]
        position = newline + 1
        return line.last == 0x0D ? line.dropLast() : line
    }
}
