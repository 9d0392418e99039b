import CLI
import CLinux
import Glibc
import ImageStore
import LinuxSystem

/// `images mount` and `unmount`: an image's root file system at a directory of the host.
enum ImageMount {
    static let mount = ControlCommand(
        "mount", synopsis: "[FLAGS] REF DIRECTORY", summary: "Mount an image's root file system", .exactly(2),
        flags: [.bool("rw", nil, "Make it writable; changes stay in a snapshot")]
    ) { invocation in
        let images = try await invocation.context.images()
        let image = try await images.image(invocation.arguments[0])
        let target = try File.canonicalPath(invocation.arguments[1])
        let key = snapshotKey(target)
        let snapshot: SnapshotMount
        do {
            snapshot = try await images.prepareSnapshot(key, from: image)
        } catch ImageStoreError.snapshotExists {
            // An earlier mount at this place that was not given up.
            snapshot = try images.snapshotMount(key)
        }
        let flags: UInt = invocation.flags.bool("rw") ? 0 : UInt(MS_RDONLY)
        try systemCall("mount overlay", target) {
            linux_mount("overlay", target, "overlay", flags, snapshot.overlayOptions.joined(separator: ","))
        }
        invocation.console.print(target)
        return 0
    }

    static let unmount = ControlCommand(
        "unmount", synopsis: "[FLAGS] DIRECTORY", summary: "Unmount an image's root file system", .exactly(1),
        flags: [.bool("rm", nil, "Remove the snapshot as well")]
    ) { invocation in
        let target = try File.canonicalPath(invocation.arguments[0])
        try systemCall("unmount", target) { linux_umount2(target, 0) }
        if invocation.flags.bool("rm") {
            try await invocation.context.images().removeSnapshot(snapshotKey(target))
        }
        invocation.console.print(target)
        return 0
    }

    /// A key that is the same for the same directory (FNV-1a).
    private static func snapshotKey(_ target: String) -> String {
        let hash = target.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "ctr.mount-" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
