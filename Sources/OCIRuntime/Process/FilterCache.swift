import CLinux
import Glibc
internal import LinuxSystem
package import OCISpec
package import Seccomp

/// Compiled system call filters. The library takes longer over an engine's default profile than all the rest of a
/// container's start, and most containers of a host have the same one.
///
/// A filter is kept with all that it was made from, and is taken only where that is the same, byte by byte. There is a
/// fixed number of places, so the cache does not grow; what cannot be read or written is compiled anew.
package struct FilterCache {
    private let root: String

    package init(root: String) { self.root = root }

    private static let places: UInt64 = 16

    /// Below the root, under a name that is no container id.
    private var directory: String { "\(root)/~seccomp" }

    /// The filter of a configuration; `nil` where it has none.
    package func filter(for seccomp: OCISpec.Seccomp?) throws(RuntimeError) -> SeccompFilter? {
        guard let seccomp else { return nil }
        let origin = try Self.origin(of: seccomp)
        let path = "\(directory)/\(Self.place(of: origin))"
        if let filter = Self.load(path, madeFrom: origin) { return filter }
        let filter = try Self.compile(seccomp)
        save(filter, madeFrom: origin, to: path)
        return filter
    }

    /// A filter, whatever is kept.
    package static func compile(_ seccomp: OCISpec.Seccomp) throws(RuntimeError) -> SeccompFilter {
        do throws(SeccompError) { return try SeccompCompiler.compile(seccomp) } catch {
            if case .invalid(let field, let problem) = error { throw .invalid(field: field, problem: problem) }
            throw .other("\(error)")
        }
    }

    /// Everything a filter depends on: the profile, and the build of this program, which has the library in it.
    private static func origin(of seccomp: OCISpec.Seccomp) throws(RuntimeError) -> [UInt8] {
        try doing("describe the seccomp profile") {
            let program = try File.status("/proc/self/exe")
            let build = "\(program.st_size) \(program.st_mtim.tv_sec).\(program.st_mtim.tv_nsec) "
            return Array(build.utf8) + (try OCIJSON.encode(seccomp))
        }
    }

    /// FNV-1a.
    private static func place(of origin: [UInt8]) -> UInt64 {
        origin.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } % places
    }

    // MARK: The file: lengths and flags, the origin, the program

    private static let headerSize = 12

    private static func header(_ filter: SeccompFilter, _ origin: [UInt8]) -> [UInt8] {
        [UInt32(origin.count), UInt32(filter.program.count), filter.flags]
            .flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    }

    private static func load(_ path: String, madeFrom origin: [UInt8]) -> SeccompFilter? {
        guard let bytes = try? trusted(path), bytes.count > headerSize + origin.count else { return nil }
        let end = headerSize + origin.count
        guard bytes[headerSize..<end].elementsEqual(origin) else { return nil }
        let flags = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[8 + $1]) << ($1 * 8) }
        let filter = SeccompFilter(program: Array(bytes[end...]), flags: flags)
        return bytes[..<headerSize].elementsEqual(header(filter, origin)) ? filter : nil
    }

    /// A file that nobody but this user could have written.
    private static func trusted(_ path: String) throws(SystemError) -> [UInt8] {
        let file = try Descriptor.open(path, O_RDONLY | Int32(LINUX_O_NOFOLLOW))
        let status = try file.status()
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw SystemError(operation: "trust", path: path, errno: EPERM)
        }
        return try file.readToEnd(limit: 1 << 20)
    }

    private func save(_ filter: SeccompFilter, madeFrom origin: [UInt8], to path: String) {
        do throws(SystemError) {
            if !File.exists(directory) { try File.makeDirectories(directory, mode: 0o700) }
            try File.replace(path, with: Self.header(filter, origin) + origin + filter.program)
        } catch {
            return  // The next container's filter is compiled again.
        }
    }
}
