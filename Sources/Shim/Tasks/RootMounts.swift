internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import TaskProtocol

/// Mounts a container's root file system at its bundle, in the order given.
enum RootMounts {
    /// mount(2) takes one page of options.
    private static let longestOptions = 4000
    private static let flags: [String: UInt] = [
        "ro": UInt(MS_RDONLY), "nosuid": UInt(MS_NOSUID), "nodev": UInt(MS_NODEV), "noexec": UInt(MS_NOEXEC),
        "sync": UInt(MS_SYNCHRONOUS), "dirsync": UInt(MS_DIRSYNC), "noatime": UInt(MS_NOATIME),
        "nodiratime": UInt(MS_NODIRATIME), "relatime": UInt(MS_RELATIME), "strictatime": UInt(MS_STRICTATIME),
        "mand": UInt(MS_MANDLOCK), "iversion": UInt(MS_I_VERSION), "remount": UInt(MS_REMOUNT),
        "bind": UInt(MS_BIND), "rbind": UInt(MS_BIND) | UInt(MS_REC),
    ]
    /// Options that take a flag back.
    private static let clearing: [String: UInt] = [
        "rw": UInt(MS_RDONLY), "suid": UInt(MS_NOSUID), "dev": UInt(MS_NODEV), "exec": UInt(MS_NOEXEC),
        "async": UInt(MS_SYNCHRONOUS), "atime": UInt(MS_NOATIME), "diratime": UInt(MS_NODIRATIME),
        "norelatime": UInt(MS_RELATIME), "nostrictatime": UInt(MS_STRICTATIME), "nomand": UInt(MS_MANDLOCK),
        "noiversion": UInt(MS_I_VERSION), "defaults": 0,
    ]
    private static let propagations: [String: UInt] = [
        "private": UInt(MS_PRIVATE), "rprivate": UInt(MS_PRIVATE) | UInt(MS_REC), "shared": UInt(MS_SHARED),
        "rshared": UInt(MS_SHARED) | UInt(MS_REC), "slave": UInt(MS_SLAVE), "rslave": UInt(MS_SLAVE) | UInt(MS_REC),
        "unbindable": UInt(MS_UNBINDABLE), "runbindable": UInt(MS_UNBINDABLE) | UInt(MS_REC),
    ]

    /// Mounts all at `target`; on failure none stays.
    static func mount(_ mounts: [Containerd_Types_Mount], at target: String) throws(SystemError) {
        var count = 0
        do {
            for mount in mounts {
                try self.mount(mount, at: mount.target.isEmpty ? target : "\(target)/\(mount.target)")
                count += 1
            }
        } catch {
            for _ in 0..<count { linux_umount2(target, Int32(MNT_DETACH)) }
            throw error
        }
    }

    /// Unmounts everything at `target`.
    static func unmount(_ target: String) {
        while linux_umount2(target, Int32(MNT_DETACH) | Int32(UMOUNT_NOFOLLOW)) == 0 {}
    }

    private static func mount(_ mount: Containerd_Types_Mount, at target: String) throws(SystemError) {
        var flags: UInt = 0
        var data: [String] = []
        var propagation: UInt = 0
        for option in mount.options {
            if let flag = RootMounts.flags[option] {
                flags |= flag
            } else if let flag = RootMounts.clearing[option] {
                flags &= ~flag
            } else if let flag = RootMounts.propagations[option] {
                propagation |= flag
            } else {
                data.append(option)
            }
        }
        let options = data.joined(separator: ",")
        if mount.type == "overlay", options.utf8.count > longestOptions {
            return try mountLongOverlay(data, flags, at: target)
        }
        try systemCall("mount \(mount.type)", target) {
            linux_mount(mount.source, target, mount.type, flags, options)
        }
        if propagation != 0 {
            try systemCall("mount propagation", target) { linux_mount(nil, target, nil, propagation, nil) }
        }
        // A bind mount takes its flags only when mounted anew.
        let remount = flags & ~(UInt(MS_BIND) | UInt(MS_REC))
        if flags & UInt(MS_BIND) != 0, remount != 0 {
            try systemCall("remount", target) {
                linux_mount(nil, target, nil, flags | UInt(MS_REMOUNT), nil)
            }
        }
    }

    /// Overlays with more layers than fit a page are configured layer by layer (`lowerdir+`, Linux 6.5).
    private static func mountLongOverlay(_ options: [String], _ flags: UInt, at target: String) throws(SystemError) {
        let context = Descriptor(owning: try systemCall("fsopen overlay", target) { linux_fsopen("overlay", 1) })
        for option in options {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                try configure(context, 0, option, nil)
                continue
            }
            if parts[0] == "lowerdir" {
                for layer in parts[1].split(separator: ":") { try configure(context, 1, "lowerdir+", String(layer)) }
            } else {
                try configure(context, 1, parts[0], parts[1])
            }
        }
        try systemCall("fsconfig create", target) { linux_fsconfig(context.rawValue, 6, nil, nil, 0) }
        let attributes = flags & UInt(MS_RDONLY) != 0 ? UInt32(1) : 0
        let mount = Descriptor(
            owning: try systemCall("fsmount", target) { linux_fsmount(context.rawValue, 1, attributes) })
        try systemCall("move_mount", target) { linux_move_mount(mount.rawValue, "", AT_FDCWD, target, 4) }
    }

    private static func configure(
        _ context: borrowing Descriptor, _ command: UInt32, _ key: String, _ value: String?
    ) throws(SystemError) {
        let fd = context.rawValue
        try systemCall("fsconfig \(key)", value) {
            if let value { return linux_fsconfig(fd, command, key, value, 0) }
            return linux_fsconfig(fd, command, key, nil, 0)
        }
    }
}
