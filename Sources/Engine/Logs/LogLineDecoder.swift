/// Reads the json-file driver's lines: `{"log":"…","stream":"stdout","attrs":{…},"time":"…"}`.
enum LogLineDecoder {
    private static let beginning = Array("{\"log\":\"".utf8)

    /// Nil for what is no whole entry. A line that a crash tore and a later entry was appended to gives that entry.
    static func decode(_ line: UnsafeBufferPointer<UInt8>) -> LogEntry? {
        if let entry = LogLineParser(line).entry() { return entry }
        var start = 1
        while let place = find(beginning, in: line, from: start) {
            if let entry = LogLineParser(UnsafeBufferPointer(rebasing: line[place...])).entry() { return entry }
            start = place + 1
        }
        return nil
    }

    private static func find(_ pattern: [UInt8], in line: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard line.count >= pattern.count, start <= line.count - pattern.count else { return nil }
        return (start...line.count - pattern.count).first { place in
            line[place] == pattern[0] && line[place..<place + pattern.count].elementsEqual(pattern)
        }
    }
}

private struct LogLineParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    consuming func entry() -> LogEntry? {
        var message: [UInt8]?
        var stream: LogEntry.Stream?
        var time: LogTimestamp?
        guard skip("{") else { return nil }
        repeat {
            guard let key = string(), skip(":") else { return nil }
            switch key.count {
            case 3 where key.elementsEqual("log".utf8):
                guard let text = string() else { return nil }
                message = text
            case 6 where key.elementsEqual("stream".utf8):
                guard let text = string() else { return nil }
                if text.elementsEqual("stdout".utf8) { stream = .stdout }
                if text.elementsEqual("stderr".utf8) { stream = .stderr }
            case 4 where key.elementsEqual("time".utf8):
                guard let text = string(), let value = LogTimestamp(rfc3339: text) else { return nil }
                time = value
            default:
                guard skipValue(depth: 0) else { return nil }
            }
        } while skip(",")
        guard skip("}"), let stream, let time else { return nil }
        // An entry with nothing in it has no "log" key.
        return LogEntry(stream: stream, time: time, message: message ?? [])
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || (9...13).contains(bytes[position]) { position += 1 }
    }

    private mutating func string() -> [UInt8]? {
        guard skip("\"") else { return nil }
        var text: [UInt8] = []
        var start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                guard escape(into: &text) else { return nil }
                start = position
            default:
                position += 1
            }
        }
        return nil
    }

    private mutating func escape(into text: inout [UInt8]) -> Bool {
        guard position < bytes.count else { return false }
        let character = bytes[position]
        position += 1
        switch character {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(character)
        case UInt8(ascii: "u"):
            guard let unit = codeUnit() else { return false }
            text.append(contentsOf: String(scalar(unit)).utf8)
        default: return false
        }
        return true
    }

    /// A surrogate takes the other one that follows; alone it reads as the replacement character.
    private mutating func scalar(_ unit: UInt32) -> Unicode.Scalar {
        let replacement: Unicode.Scalar = "\u{fffd}"
        guard (0xd800..<0xdc00).contains(unit) else { return Unicode.Scalar(unit) ?? replacement }
        let mark = position
        guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return replacement }
        position += 2
        guard let low = codeUnit(), (0xdc00..<0xe000).contains(low) else {
            position = mark
            return replacement
        }
        return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)) ?? replacement
    }

    private mutating func codeUnit() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    /// What is not looked at: labels and other attributes.
    private mutating func skipValue(depth: Int) -> Bool {
        skipBlanks()
        guard position < bytes.count, depth < 16 else { return false }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return string() != nil
        case UInt8(ascii: "{"):
            position += 1
            if skip("}") { return true }
            repeat {
                guard string() != nil, skip(":"), skipValue(depth: depth + 1) else { return false }
            } while skip(",")
            return skip("}")
        case UInt8(ascii: "["):
            position += 1
            if skip("]") { return true }
            repeat {
                guard skipValue(depth: depth + 1) else { return false }
            } while skip(",")
            return skip("]")
        default:
            let start = position
            while position < bytes.count, !",}] \n".utf8.contains(bytes[position]) { position += 1 }
            return position > start
        }
    }
}
