import CLinux
import Glibc
package import LinuxSystem

/// Network namespaces pinned by a file, so that they live with no process in them (network_namespaces(7)).
package enum NetworkNamespace {
    /// A namespace just made: descriptors of it and of a routing socket inside it.
    package struct Handle: ~Copyable {
        package let namespace: Descriptor
        package let socket: NetlinkSocket
    }

    /// Makes a namespace that the file at `path` pins, with only its loopback interface, which is up.
    package static func create(at path: String) throws(NetworkingError) {
        let handle = try createConfigurable(at: path)
        do {
            try RouteClient(over: handle.socket).perform([.bringUp(loopbackIndex, name: "lo")])
        } catch {
            remove(at: path)
            throw .netlink(error)
        }
    }

    /// The loopback interface is the first in every namespace.
    static let loopbackIndex: UInt32 = 1

    /// Makes a namespace and answers what configures it from outside: a socket stays in the namespace it was opened in.
    package static func createConfigurable(at path: String) throws(NetworkingError) -> Handle {
        do {
            let made = try OneShotThread.run { () throws(SystemError) in try make(at: path) }
            return Handle(namespace: Descriptor(owning: made.namespace), socket: made.socket.value)
        } catch {
            remove(at: path)
            throw .system(error)
        }
    }

    /// Unpins the namespace. The kernel takes it down, with every interface in it, once no process is left inside.
    package static func remove(at path: String) {
        _ = linux_umount2(path, detach)
        unlink(path)
    }

    /// Whether the file at `path` pins a namespace, rather than being an empty file left behind.
    package static func isPinned(at path: String) -> Bool {
        guard let file = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW) else { return false }
        return (try? file.fileSystemType()) == namespaceFileSystem
    }

    /// Runs a closure inside the namespace that `path` pins, on a thread of its own. Blocks the caller until it is done.
    package static func run<Value: Sendable>(
        in path: String, _ body: @escaping @Sendable () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        try OneShotThread.run { () throws(SystemError) in
            let namespace = try Descriptor.open(path, O_RDONLY)
            try systemCall("enter network namespace", path) {
                linux_setns(namespace.rawValue, Int32(LINUX_CLONE_NEWNET))
            }
            return try body()
        }
    }

    /// `NSFS_MAGIC` of <linux/magic.h>.
    private static let namespaceFileSystem = 0x6E73_6673
    /// `MNT_DETACH` and `MS_BIND` of <sys/mount.h>.
    private static let detach: Int32 = 2
    private static let bind: UInt = 4096

    private struct Made: Sendable {
        let namespace: Int32
        let socket: Transferred<NetlinkSocket>
    }

    private static func make(at path: String) throws(SystemError) -> Made {
        _ = try Descriptor.open(path, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        try systemCall("create network namespace", path) { linux_unshare(Int32(LINUX_CLONE_NEWNET)) }
        let own = "/proc/thread-self/ns/net"
        try systemCall("pin network namespace", path) { linux_mount(own, path, nil, bind, nil) }
        let descriptor = try Descriptor.open(own, O_RDONLY)
        // No IPv6 addresses on what is made later; the loopback interface exists already and keeps ::1.
        // A kernel without IPv6 has no such setting.
        try? Sysctl.set("net/ipv6/conf/default/disable_ipv6", to: "1")
        let socket = try NetlinkSocket()
        return Made(namespace: descriptor.release(), socket: Transferred(socket))
    }
}

/// A value that one thread made and hands over whole to another.
struct Transferred<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
