import Glibc

/// Paths of the client's own files.
package enum FilePath {
    /// The path seen from `/`, without `.` and `..`.
    package static func absolute(_ path: String) -> String {
        var whole = path
        if !path.hasPrefix("/") {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            guard getcwd(&buffer, buffer.count) != nil else { return path }
            let end = buffer.firstIndex(of: 0) ?? buffer.count
            whole = String(decoding: buffer[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/" + path
        }
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
