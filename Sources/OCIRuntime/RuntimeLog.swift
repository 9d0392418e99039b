import Glibc
internal import LinuxSystem
internal import OCISpec

/// Where errors and warnings go: standard error, and the file of `--log` in runc's formats.
public struct RuntimeLog: Sendable {
    /// How lines of the file look.
    public enum Format: String, Sendable {
        case text, json
    }

    private let path: String?
    private let format: Format
    private let isVerbose: Bool

    /// - Parameter path: The file, appended to; `nil` is standard error alone.
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

    /// Reports what made the command fail.
    public func fail(_ message: String) {
        Self.print("skiff-runtime: \(message)\n")
        write("error", message)
    }

    /// Reports what the user should know and no one need act on.
    public func warn(_ message: String) {
        if path == nil { Self.print("skiff-runtime: warning: \(message)\n") }
        write("warning", message)
    }

    /// Reports a step, where `--debug` asked for it.
    public func debug(_ message: @autoclosure () -> String) {
        if isVerbose { write("debug", message()) }
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

    private func write(_ level: String, _ message: String) {
        guard let path, let file = try? Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644) else {
            return
        }
        let line = Line(level: level, msg: message, time: Timestamp.now())
        var bytes: [UInt8]
        switch format {
        case .json: bytes = (try? OCIJSON.encode(line)) ?? []
        case .text:
            let quoted = (try? OCIJSON.encode([message])).map {
                String(decoding: $0.dropFirst().dropLast(), as: UTF8.self)
            }
            bytes = Array("time=\"\(line.time)\" level=\(level) msg=\(quoted ?? message)".utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
        try? file.write(all: bytes)
    }
}
