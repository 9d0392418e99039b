import CLinux
import Glibc
package import LinuxSystem

/// Removes whole trees by descriptor, never following links, however deep they are.
package struct TreeRemover {
    /// Below this depth, directories are moved up before they are emptied: few descriptors, no long paths.
    private static let maximumDepth = 32
    private let top: Int32
    private var moved = 0

    private init(top: Int32) {
        self.top = top
    }

    /// Removes a file or a tree; what is gone is fine.
    package static func remove(_ name: [UInt8], at directory: Int32) throws(SystemError) {
        let name = chars(name)
        if try unlinked(name, at: directory) { return }
        if try directoryRemoved(name, at: directory) { return }
        try removeContents(of: name, at: directory)
        guard try directoryRemoved(name, at: directory) else {
            throw SystemError(operation: "rmdir", path: text(name), errno: ENOTEMPTY)
        }
    }

    /// Removes a file or a tree by its path.
    package static func remove(_ path: String) throws(SystemError) {
        try remove(Array(path.utf8) + [0], at: AT_FDCWD)
    }

    private static func removeContents(of name: [CChar], at directory: Int32) throws(SystemError) {
        let stream = try DirectoryStream(name, at: directory)
        var remover = TreeRemover(top: stream.descriptor)
        try remover.empty(stream, depth: 0)
        // What was moved up is now in this directory.
        while remover.moved > 0 {
            remover.moved = 0
            stream.rewind()
            try remover.empty(stream, depth: 0)
        }
    }

    private mutating func empty(_ stream: borrowing DirectoryStream, depth: Int) throws(SystemError) {
        while let (name, isDirectory) = try stream.next() {
            let directory = stream.descriptor
            if !isDirectory, try Self.unlinked(name, at: directory) { continue }
            if try Self.directoryRemoved(name, at: directory) { continue }
            guard depth < Self.maximumDepth else {
                try moveUp(name, from: directory)
                continue
            }
            try empty(DirectoryStream(name, at: directory), depth: depth + 1)
            guard try Self.directoryRemoved(name, at: directory) else {
                throw SystemError(operation: "rmdir", path: Self.text(name), errno: ENOTEMPTY)
            }
        }
    }

    private mutating func moveUp(_ name: [CChar], from directory: Int32) throws(SystemError) {
        while true {
            moved += 1
            do throws(SystemError) {
                try systemCall("rename") {
                    linux_renameat2(directory, name, top, ".skiff-removed-\(moved)", 1)
                }
                return
            } catch {
                guard error.errno == EEXIST else { throw error }
            }
        }
    }

    /// False where it is a directory.
    private static func unlinked(_ name: [CChar], at directory: Int32) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try systemCall("unlink", text(name)) { unlinkat(directory, name, 0) }
            return true
        } catch {
            switch error.errno {
            case ENOENT: return true
            case EISDIR: return false
            default: throw error
            }
        }
    }

    /// False where it is not empty.
    private static func directoryRemoved(_ name: [CChar], at directory: Int32) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try systemCall("rmdir", text(name)) { unlinkat(directory, name, AT_REMOVEDIR) }
            return true
        } catch {
            switch error.errno {
            case ENOENT: return true
            case ENOTEMPTY, EEXIST: return false
            default: throw error
            }
        }
    }

    private static func text(_ name: [CChar]) -> String {
        String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
