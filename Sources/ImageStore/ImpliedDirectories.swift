import Archive
import CLinux
import Glibc
import LinuxSystem

/// Gives directories that a layer's names imply the looks they have in the layers below. In the merged tree they would
/// otherwise change what the layer never spoke of.
struct ImpliedDirectories {
    let layout: StoreLayout
    /// The layers below, the lowest first.
    let parents: [Digest]

    func describe(_ directories: [EntryPath], in root: String) throws(SystemError) {
        guard !directories.isEmpty, !parents.isEmpty else { return }
        let target = try Descriptor.open(root, O_RDONLY | O_DIRECTORY)
        for path in directories {
            guard let found = try original(of: path) else { continue }
            let directory = try Self.open(path.full, under: target)
            try systemCall("chown", path.text) { fchown(directory.rawValue, found.st_uid, found.st_gid) }
            try systemCall("chmod", path.text) { fchmod(directory.rawValue, found.st_mode & 0o7777) }
            try systemCall("set times", path.text) { futimens(directory.rawValue, [found.st_atim, found.st_mtim]) }
        }
    }

    /// What the directory is in the topmost layer that shows it.
    private func original(of path: EntryPath) throws(SystemError) -> stat? {
        for parent in parents.reversed() {
            switch try look(for: path, in: layout.layerFiles(parent)) {
            case .found(let status): return status
            case .hidden: return nil
            case .below: continue
            }
        }
        return nil
    }

    private enum Sight {
        case found(stat)
        /// This layer hides the ones below.
        case hidden
        /// This layer says nothing.
        case below
    }

    private func look(for path: EntryPath, in root: String) throws(SystemError) -> Sight {
        var directory = try Descriptor.open(root, O_RDONLY | O_DIRECTORY)
        if !path.isRoot {
            for component in path.full.dropLast().split(separator: UInt8(ascii: "/")) {
                let name = component.map { CChar(bitPattern: $0) } + [0]
                let next = linux_openat(directory.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
                if next < 0 { return errno == ENOENT && !Self.isOpaque(directory.rawValue) ? .below : .hidden }
                directory = Descriptor(owning: next)
            }
        }
        return .found(try directory.status())
    }

    private static func isOpaque(_ directory: Int32) -> Bool {
        var value: UInt8 = 0
        return fgetxattr(directory, "trusted.overlay.opaque", &value, 1) == 1 && value == UInt8(ascii: "y")
    }

    private static func open(_ path: [UInt8], under root: borrowing Descriptor) throws(SystemError) -> Descriptor {
        let name = path.map { CChar(bitPattern: $0) }
        return Descriptor(
            owning: try systemCall("open", String(decoding: path.dropLast(), as: UTF8.self)) {
                linux_openat2(
                    root.rawValue, name, UInt64(O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0, UInt64(RESOLVE_IN_ROOT))
            })
    }
}
