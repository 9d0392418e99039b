internal import Glibc
internal import LinuxSystem
internal import OCISpec

/// The directory of one container: the OCI bundle, and beside it what supervisor and shim keep there.
struct Bundle: Sendable {
    let path: String

    private static let removals = 3

    private struct Root: Decodable {
        struct Path: Decodable { var path: String? }
        var root: Path?
    }

    /// Makes the directory with its config.json.
    func make(specification: [UInt8], hasRootMounts: Bool) throws {
        try File.makeDirectory(path, mode: 0o711)
        if hasRootMounts { try File.makeDirectory("\(path)/rootfs", mode: 0o755) }
        try File.replace("\(path)/config.json", with: Bundle.adapt(specification, hasRootMounts))
    }

    /// Removes the directory; what is mounted below it stays untouched. The configuration goes first and the shim's lock
    /// last, so that the start of a shim that was overtaken finds one or the other.
    func remove() throws {
        guard File.exists(path) else { return }
        // A process that is just ending may make a file meanwhile.
        var left = Bundle.removals
        while left > 1, rmdir(path) != 0 {
            left -= 1
            try removeContent()
        }
        try File.removeDirectory(path, missingIsFine: true)
    }

    private func removeContent() throws(SystemError) {
        unlink("\(path)/config.json")
        let lock = "shim.lock"
        let names = try File.names(in: path, missingIsEmpty: true)
        for name in names where name != "rootfs" && name != lock { unlink("\(path)/\(name)") }
        unlink("\(path)/\(lock)")
        try removeRoot()
    }

    /// The place of the root file system is empty, unless a runtime was still making directories to mount at when the
    /// root was unmounted. Directories alone are removed, and none that something is mounted at.
    private func removeRoot() throws(SystemError) {
        let root = "\(path)/rootfs"
        if rmdir(root) == 0 || errno == ENOENT || errno == ENOTDIR { return }
        let cause = errno
        if cause == ENOTEMPTY, try File.status(root).st_dev == File.status(path).st_dev {
            for name in try File.names(in: root) { rmdir("\(root)/\(name)") }
            if rmdir(root) == 0 { return }
        }
        throw SystemError(operation: "remove", path: root, errno: cause)
    }

    /// The specification with `root.path` at the bundle's rootfs, unchanged where it is there already.
    private static func adapt(_ specification: [UInt8], _ hasRootMounts: Bool) throws -> [UInt8] {
        let parsed: Root
        do {
            parsed = try OCIJSON.decode(Root.self, from: specification)
        } catch {
            throw SupervisorError.invalid("spec is not an OCI runtime configuration: \(error)")
        }
        guard let path = parsed.root?.path else { throw SupervisorError.invalid("spec has no root.path") }
        guard hasRootMounts, path != "rootfs" else { return specification }
        var whole = try OCIJSON.decode(Spec.self, from: specification)
        whole.root?.path = "rootfs"
        return try OCIJSON.encode(whole)
    }
}
