import CLinux
import Glibc
import LinuxSystem

/// A mount that is nowhere yet (open_tree(2), fsmount(2)): attributes are set before anybody can see it.
struct MountTree: ~Copyable {
    let descriptor: Descriptor

    /// A copy of the mount at an open directory or file, with the mounts below where `recursive`.
    init(cloning source: borrowing Descriptor, recursive: Bool) throws(SystemError) {
        try self.init(cloning: source.rawValue, recursive: recursive)
    }

    init(cloning number: Int32, recursive: Bool) throws(SystemError) {
        descriptor = Descriptor(
            owning: try systemCall("open_tree", "fd \(number)") {
                linux_open_tree(number, "", Self.cloneFlags(recursive) | UInt32(LINUX_AT_EMPTY_PATH))
            })
    }

    /// A copy of the mount at a path of the host.
    init(cloning path: String, recursive: Bool) throws(SystemError) {
        descriptor = Descriptor(
            owning: try systemCall("open_tree", path) {
                path.withCString { linux_open_tree(AT_FDCWD, $0, Self.cloneFlags(recursive)) }
            })
    }

    private static func cloneFlags(_ recursive: Bool) -> UInt32 {
        UInt32(LINUX_OPEN_TREE_CLONE | LINUX_OPEN_TREE_CLOEXEC | (recursive ? LINUX_AT_RECURSIVE : 0))
    }

    /// A new file system.
    ///
    /// - Parameter parameters: `key=value`, or `key` for a flag.
    init(
        fileSystem type: String, source: String?, parameters: [String], attributes: UInt64, readOnly: Bool = false
    ) throws(SystemError) {
        let context = Descriptor(
            owning: try systemCall("open file system", type) {
                type.withCString { linux_fsopen($0, UInt32(LINUX_FSOPEN_CLOEXEC)) }
            })
        if let source, !source.isEmpty { try Self.configure(context, type, "source", source) }
        for parameter in parameters {
            if let equals = parameter.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let value = parameter.utf8[parameter.utf8.index(after: equals)...]
                try Self.configure(
                    context, type, String(Substring(parameter.utf8[..<equals])), String(Substring(value)))
            } else {
                try Self.configure(context, type, parameter, nil)
            }
        }
        if readOnly { try Self.configure(context, type, "ro", nil) }
        descriptor = try Self.create(context, type, attributes)
    }

    private static func create(
        _ context: borrowing Descriptor, _ type: String, _ attributes: UInt64
    ) throws(SystemError) -> Descriptor {
        let number = context.rawValue
        do throws(SystemError) {
            try systemCall("create file system", type) {
                linux_fsconfig(number, UInt32(LINUX_FSCONFIG_CMD_CREATE), nil, nil, 0)
            }
            return Descriptor(
                owning: try systemCall("mount file system", type) {
                    linux_fsmount(number, UInt32(LINUX_FSMOUNT_CLOEXEC), UInt32(attributes))
                })
        } catch {
            throw SystemError(operation: explained(context, error.operation), path: type, errno: error.errno)
        }
    }

    private static func configure(
        _ context: borrowing Descriptor, _ type: String, _ key: String, _ value: String?
    ) throws(SystemError) {
        let number = context.rawValue
        do throws(SystemError) {
            try systemCall("set \(type) option \(key)") {
                key.withCString { key in
                    guard let value else {
                        return linux_fsconfig(number, UInt32(LINUX_FSCONFIG_SET_FLAG), key, nil, 0)
                    }
                    return value.withCString {
                        linux_fsconfig(number, UInt32(LINUX_FSCONFIG_SET_STRING), key, $0, 0)
                    }
                }
            }
        } catch {
            throw SystemError(operation: explained(context, error.operation), errno: error.errno)
        }
    }

    /// The context's descriptor answers what the file system has to say about a failure.
    private static func explained(_ context: borrowing Descriptor, _ operation: String) -> String {
        let number = context.rawValue
        let bytes = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            count = max(0, read(number, buffer.baseAddress, buffer.count))
        }
        guard bytes.count > 2 else { return operation }
        return "\(operation) (\(String(decoding: bytes.dropFirst(2), as: UTF8.self).filter { $0 != "\n" }))"
    }

    /// Gives up ownership of the descriptor.
    consuming func release() -> Int32 { descriptor.release() }

    /// Takes ownership of a detached mount's descriptor.
    init(owning number: Int32) { descriptor = Descriptor(owning: number) }

    /// Sets and clears attributes of the mount, and of those below where `recursive`.
    func setAttributes(set: UInt64, clear: UInt64, propagation: UInt64 = 0, recursive: Bool) throws(SystemError) {
        try Self.setAttributes(
            descriptor, set: set, clear: clear, propagation: propagation, recursive: recursive)
    }

    static func setAttributes(
        _ mount: borrowing Descriptor, set: UInt64, clear: UInt64, propagation: UInt64 = 0, recursive: Bool
    ) throws(SystemError) {
        if set == 0, clear == 0, propagation == 0 { return }
        let number = mount.rawValue
        let flags = UInt32(LINUX_AT_EMPTY_PATH | (recursive ? LINUX_AT_RECURSIVE : 0))
        try systemCall("mount_setattr") { linux_mount_setattr(number, "", flags, set, clear, propagation, 0) }
    }

    /// Sets and clears what the options of a mount ask for.
    func setAttributes(by options: MountOptions) throws(SystemError) {
        try setAttributes(set: options.set, clear: options.clear, recursive: false)
        try setAttributes(set: options.recursiveSet, clear: options.recursiveClear, recursive: true)
    }

    /// Translates the ids of files by a user namespace's mappings.
    func mapIDs(by namespace: borrowing Descriptor, recursive: Bool) throws(SystemError) {
        let (number, mapping) = (descriptor.rawValue, UInt64(namespace.rawValue))
        let flags = UInt32(LINUX_AT_EMPTY_PATH | (recursive ? LINUX_AT_RECURSIVE : 0))
        try systemCall("map the ids of the mount") {
            linux_mount_setattr(number, "", flags, UInt64(LINUX_MOUNT_ATTR_IDMAP), 0, 0, mapping)
        }
    }

    /// Puts the mount over an open directory or file.
    func attach(to target: borrowing Descriptor) throws(SystemError) {
        let (from, to) = (descriptor.rawValue, target.rawValue)
        try systemCall("move_mount") {
            linux_move_mount(
                from, "", to, "", UInt32(LINUX_MOVE_MOUNT_F_EMPTY_PATH | LINUX_MOVE_MOUNT_T_EMPTY_PATH))
        }
    }
}
