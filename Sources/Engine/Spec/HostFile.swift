import Glibc

/// Small files of procfs and sysfs.
enum HostFile {
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// The file's text without the trailing line feed; nil if it cannot be read. At most 64 KiB are taken.
    static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 65_536 {
            let count = read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A sysctl's dotted name and its path below `/proc/sys`.
enum SysctlName {
    static func path(_ name: String) -> String {
        String(name.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
    }
}
