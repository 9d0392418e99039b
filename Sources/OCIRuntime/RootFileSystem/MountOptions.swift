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
        if let (attribute, sets) = Self.attribute(option) {
            mark(attribute, sets, &set, &clear)
        } else if option.utf8.first == UInt8(ascii: "r"),
            let (attribute, sets) = Self.attribute(String(Substring(option.utf8.dropFirst())))
        {
            mark(attribute, sets, &recursiveSet, &recursiveClear)
        } else if let propagation = Self.propagation(option) {
            self.propagation.append(propagation)
        } else if let (flag, sets) = Self.superblock(option) {
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

    // Written out as these, the tables cost a start of the program nothing; dictionaries are made at run time.

    private static func attribute(_ option: String) -> (attribute: Int, sets: Bool)? {
        switch option {
        case "ro": (LINUX_MOUNT_ATTR_RDONLY, true)
        case "rw": (LINUX_MOUNT_ATTR_RDONLY, false)
        case "nosuid": (LINUX_MOUNT_ATTR_NOSUID, true)
        case "suid": (LINUX_MOUNT_ATTR_NOSUID, false)
        case "nodev": (LINUX_MOUNT_ATTR_NODEV, true)
        case "dev": (LINUX_MOUNT_ATTR_NODEV, false)
        case "noexec": (LINUX_MOUNT_ATTR_NOEXEC, true)
        case "exec": (LINUX_MOUNT_ATTR_NOEXEC, false)
        case "nosymfollow": (LINUX_MOUNT_ATTR_NOSYMFOLLOW, true)
        case "symfollow": (LINUX_MOUNT_ATTR_NOSYMFOLLOW, false)
        case "noatime": (LINUX_MOUNT_ATTR_NOATIME, true)
        case "atime": (LINUX_MOUNT_ATTR_NOATIME, false)
        case "relatime": (LINUX_MOUNT_ATTR_RELATIME, true)
        case "norelatime": (LINUX_MOUNT_ATTR_RELATIME, false)
        case "strictatime": (LINUX_MOUNT_ATTR_STRICTATIME, true)
        case "nostrictatime": (LINUX_MOUNT_ATTR_STRICTATIME, false)
        case "nodiratime": (LINUX_MOUNT_ATTR_NODIRATIME, true)
        case "diratime": (LINUX_MOUNT_ATTR_NODIRATIME, false)
        default: nil
        }
    }

    /// The flags of a propagation by its name, see mount(2).
    static func propagation(_ name: String) -> UInt64? {
        switch name {
        case "private": UInt64(MS_PRIVATE)
        case "rprivate": UInt64(MS_PRIVATE | MS_REC)
        case "shared": UInt64(MS_SHARED)
        case "rshared": UInt64(MS_SHARED | MS_REC)
        case "slave": UInt64(MS_SLAVE)
        case "rslave": UInt64(MS_SLAVE | MS_REC)
        case "unbindable": UInt64(MS_UNBINDABLE)
        case "runbindable": UInt64(MS_UNBINDABLE | MS_REC)
        default: nil
        }
    }

    private static func superblock(_ option: String) -> (flag: String, sets: Bool)? {
        switch option {
        case "sync": ("sync", true)
        case "async": ("sync", false)
        case "dirsync": ("dirsync", true)
        case "lazytime": ("lazytime", true)
        case "nolazytime": ("lazytime", false)
        case "mand": ("mand", true)
        case "nomand": ("mand", false)
        default: nil
        }
    }

    /// Every option that is known, for `features`.
    static let knownNames: [String] = {
        let attributes = [
            "ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec", "exec", "nosymfollow", "symfollow", "noatime",
            "atime", "relatime", "norelatime", "strictatime", "nostrictatime", "nodiratime", "diratime",
        ]
        let others = [
            "private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable", "sync",
            "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand", "bind", "rbind", "idmap", "ridmap",
            "tmpcopyup", "defaults", "remount", "silent", "loud", "iversion", "noiversion",
        ]
        return (attributes + attributes.map { "r\($0)" } + others).sorted()
    }()
}
