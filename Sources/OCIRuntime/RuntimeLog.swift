import Glibc
internal import LinuxSystem
internal import OCISpec

/// Where errors and warnings go: the file of `--log`, or standard error, in runc's formats (those of logrus), since
/// containerd and podman read them.
public struct RuntimeLog: Sendable {
    /// How lines look.
    public enum Format: String, Sendable {
        case text, json
    }

    private enum Level: String {
        case error, warning, debug

        /// As logrus shows it to people: four letters, and the colour.
        var mark: (letters: String, colour: Int) {
            switch self {
            case .error: ("ERRO", 31)
            case .warning: ("WARN", 33)
            case .debug: ("DEBU", 37)
            }
        }
    }

    private let path: String?
    private let format: Format
    private let isVerbose: Bool

    /// - Parameters:
    ///   - path: The file, appended to; `nil` is standard error.
    ///   - format: How lines look.
    ///   - isVerbose: Whether steps are logged too.
    public init(path: String? = nil, format: Format = .text, isVerbose: Bool = false) {
        self.path = path
        self.format = format
        self.isVerbose = isVerbose
    }

    private struct Line: Codable {
        var level: String
        var msg: String
        var time: String
    }

    /// Makes sure that the file can be written.
    func check() throws(RuntimeError) {
        guard let path else { return }
        do throws(SystemError) { _ = try Self.open(path) } catch { throw .system(doing: nil, error) }
    }

    /// Reports what made the command fail: with a file, standard error gets the bare message as well.
    public func fail(_ message: String) {
        write(.error, message)
        if path != nil { Self.print("\(message)\n") }
    }

    /// Reports what the user should know and no one need act on.
    public func warn(_ message: String) { write(.warning, message) }

    /// Reports a step, where `--debug` asked for it.
    public func debug(_ message: @autoclosure () -> String) {
        if isVerbose { write(.debug, message()) }
    }

    static func print(_ text: String, to descriptor: Int32 = 2) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count <= 0 { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    private func write(_ level: Level, _ message: String) {
        guard let path else { return Self.print(line(level, message, isForPeople: isatty(2) == 1)) }
        guard let file = try? Self.open(path) else { return }
        try? file.write(all: Array(line(level, message, isForPeople: false).utf8))
    }

    private static func open(_ path: String) throws(SystemError) -> Descriptor {
        try Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
    }

    private func line(_ level: Level, _ message: String, isForPeople: Bool) -> String {
        let time = Timestamp.nowInSeconds()
        switch format {
        case .json:
            let line = Line(level: level.rawValue, msg: message, time: time)
            return String(decoding: (try? OCIJSON.encode(line)) ?? [], as: UTF8.self) + "\n"
        case .text where isForPeople:
            let (letters, colour) = level.mark
            return "\u{1b}[\(colour)m\(letters)\u{1b}[0m[0000] \(message)\n"
        case .text:
            return "time=\"\(time)\" level=\(level.rawValue) msg=\(Self.quoted(message))\n"
        }
    }

    /// A value as logrus writes it: in the quotes of Go's `%q` where it is more than one plain word.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-._/@^+".utf8.contains(byte)
            }
        }
        guard !isPlain else { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
