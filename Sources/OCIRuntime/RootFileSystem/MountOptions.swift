import CLinux
import Glibc

/// The options of a mount (`ro`, `nosuid`, `rslave`, `size=64k` …), sorted by how they are put in force.
struct MountOptions: Equatable {
    /// Attributes of the mount itself, see mount_setattr(2).
    var set: UInt64 = 0
    var clear: UInt64 = 0
    /// The same for the mounts below (`rro` …).
    var recursiveSet: UInt64 = 0
    var recursiveClear: UInt64 = 0
    /// MS_SHARED, MS_PRIVATE, MS_SLAVE or MS_UNBINDABLE with MS_REC for the `r` forms, in order.
    var propagation: [UInt64] = []
    /// Whether this is a bind mount, and of a whole tree.
    var isBind = false
    var isRecursiveBind = false
    /// Whether the ids of files are translated, and for the mounts below too.
    var isIDMapped = false
    var isRecursivelyIDMapped = false
    /// Whether the content below the mount point is copied into a new tmpfs.
    var copiesUp = false
    /// Flags of the file system, not of the mount: `sync`, `dirsync`, `lazytime`, `mand`.
    var superblockFlags: [String] = []
    /// The file system's own parameters, `key=value` or `key`.
    var data: [String] = []

    /// Whether the file system is to be mounted read-only.
    var isReadOnly: Bool { self.set & UInt64(LINUX_MOUNT_ATTR_RDONLY) != 0 }

    init(_ options: [String]) {
        for option in options where !apply(option) { data.append(option) }
    }

    private mutating func apply(_ option: String) -> Bool {
        if let (attribute, sets) = Self.attributes[option] {
            mark(attribute, sets, &set, &clear)
        } else if option.hasPrefix("r"), let (attribute, sets) = Self.attributes[String(option.dropFirst())] {
            mark(attribute, sets, &recursiveSet, &recursiveClear)
        } else if let propagation = Self.propagations[option] {
            self.propagation.append(propagation)
        } else if let (flag, sets) = Self.superblock[option] {
            superblockFlags.removeAll { $0 == flag }
            if sets { superblockFlags.append(flag) }
        } else {
            switch option {
            case "bind": isBind = true
            case "rbind": (isBind, isRecursiveBind) = (true, true)
            case "idmap": (isIDMapped, isRecursivelyIDMapped) = (true, false)
            case "ridmap": (isIDMapped, isRecursivelyIDMapped) = (true, true)
            case "tmpcopyup": copiesUp = true
            // The defaults, what mount(8) alone knows, and flags that only the old mount(2) can pass on.
            case "defaults", "remount", "silent", "loud", "iversion", "noiversion", "": break
            default: return false
            }
        }
        return true
    }

    private func mark(_ attribute: Int, _ sets: Bool, _ set: inout UInt64, _ clear: inout UInt64) {
        let bits = UInt64(attribute)
        // The access time settings are one field: whatever is set, the field is cleared first.
        if bits & UInt64(LINUX_MOUNT_ATTR_ATIME_MASK) != 0 || attribute == LINUX_MOUNT_ATTR_RELATIME {
            set &= ~UInt64(LINUX_MOUNT_ATTR_ATIME_MASK)
            clear |= UInt64(LINUX_MOUNT_ATTR_ATIME_MASK)
            if sets { set |= bits }
        } else if sets {
            set |= bits
            clear &= ~bits
        } else {
            clear |= bits
            set &= ~bits
        }
    }

    static let attributes: [String: (attribute: Int, sets: Bool)] = [
        "ro": (LINUX_MOUNT_ATTR_RDONLY, true), "rw": (LINUX_MOUNT_ATTR_RDONLY, false),
        "nosuid": (LINUX_MOUNT_ATTR_NOSUID, true), "suid": (LINUX_MOUNT_ATTR_NOSUID, false),
        "nodev": (LINUX_MOUNT_ATTR_NODEV, true), "dev": (LINUX_MOUNT_ATTR_NODEV, false),
        "noexec": (LINUX_MOUNT_ATTR_NOEXEC, true), "exec": (LINUX_MOUNT_ATTR_NOEXEC, false),
        "nosymfollow": (LINUX_MOUNT_ATTR_NOSYMFOLLOW, true), "symfollow": (LINUX_MOUNT_ATTR_NOSYMFOLLOW, false),
        "noatime": (LINUX_MOUNT_ATTR_NOATIME, true), "atime": (LINUX_MOUNT_ATTR_NOATIME, false),
        "relatime": (LINUX_MOUNT_ATTR_RELATIME, true), "norelatime": (LINUX_MOUNT_ATTR_RELATIME, false),
        "strictatime": (LINUX_MOUNT_ATTR_STRICTATIME, true), "nostrictatime": (LINUX_MOUNT_ATTR_STRICTATIME, false),
        "nodiratime": (LINUX_MOUNT_ATTR_NODIRATIME, true), "diratime": (LINUX_MOUNT_ATTR_NODIRATIME, false),
    ]

    static let propagations: [String: UInt64] = [
        "private": UInt64(MS_PRIVATE), "rprivate": UInt64(MS_PRIVATE | MS_REC),
        "shared": UInt64(MS_SHARED), "rshared": UInt64(MS_SHARED | MS_REC),
        "slave": UInt64(MS_SLAVE), "rslave": UInt64(MS_SLAVE | MS_REC),
        "unbindable": UInt64(MS_UNBINDABLE), "runbindable": UInt64(MS_UNBINDABLE | MS_REC),
    ]

    static let superblock: [String: (flag: String, sets: Bool)] = [
        "sync": ("sync", true), "async": ("sync", false), "dirsync": ("dirsync", true),
        "lazytime": ("lazytime", true), "nolazytime": ("lazytime", false), "mand": ("mand", true),
        "nomand": ("mand", false),
    ]

    /// Every option that is known, for `features`.
    static var knownNames: [String] {
        return
            (Array(attributes.keys) + attributes.keys.map { "r\($0)" } + Array(propagations.keys)
            + Array(superblock.keys)
            + [
                "bind", "rbind", "idmap", "ridmap", "tmpcopyup", "defaults", "remount", "silent", "loud", "iversion",
                "noiversion",
            ]).sorted()
    }
}
