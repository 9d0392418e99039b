import Archive
import Glibc

/// A directory for one test, removed with its owner.
package final class TestDirectory: Sendable {
    package let path: String

    package struct Failure: Error {
        package let errno: Int32
    }

    package init() throws {
        var template = Array("/var/tmp/skiff-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? TreeRemover.remove(path)
    }

    package static var isRoot: Bool { geteuid() == 0 }

    package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "we") else { throw Failure(errno: errno) }
        defer { fclose(stream) }
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else { throw Failure(errno: errno) }
        return file
    }
}
