import CLinux
import Glibc
internal import LinuxSystem
internal import OCISpec

/// Moves network devices of the runtime's namespace into the container's (`linux.netDevices`): each keeps its global
/// addresses, may get another name, and is up afterwards (runtime-spec, config-linux.md, network devices).
struct NetworkDevices {
    private let devices: [(name: String, newName: String)]

    private static let newLink: UInt16 = 16
    private static let getLink: UInt16 = 18
    private static let newAddress: UInt16 = 20
    private static let getAddress: UInt16 = 22
    private static let nameAttribute: UInt16 = 3  // IFLA_IFNAME
    private static let namespaceAttribute: UInt16 = 28  // IFLA_NET_NS_FD

    init(_ devices: [String: NetDevice], namespaces: NamespacePlan) throws(RuntimeError) {
        self.devices = devices.sorted { $0.key < $1.key }.map { name, device in
            (name, (device.name ?? "").isEmpty ? name : device.name ?? name)
        }
        guard !devices.isEmpty else { return }
        guard namespaces.has(.network) else {
            throw .invalid(
                field: "linux.netDevices", problem: "unable to move network devices without a NET namespace")
        }
        for (name, newName) in self.devices {
            for text in [name, newName] where !Self.isName(text) {
                throw .invalid(field: "linux.netDevices[\(name)]", problem: "invalid network device name \"\(text)\"")
            }
        }
    }

    var isEmpty: Bool { devices.isEmpty }

    /// What the kernel takes as a device's name.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < 16 && name != "." && name != ".."
            && !name.utf8.contains { $0 <= 0x20 || [0x2f, 0x3a, 0x7f].contains($0) }
    }

    /// - Parameter namespace: The file of the container's network namespace.
    func move(to namespace: String) throws(RuntimeError) {
        guard !devices.isEmpty else { return }
        do throws(SystemError) {
            let target = try Descriptor.open(namespace, O_RDONLY)
            let own = try Descriptor.open("/proc/self/ns/net", O_RDONLY)
            let host = try RouteSocket()
            let container = try RouteSocket(in: target)
            for (name, newName) in devices {
                do throws(SystemError) {
                    try Self.move(name, to: newName, host, container, target, own)
                } catch {
                    throw SystemError(
                        operation: "linux.netDevices[\(name)]: \(error.operation)", path: error.path,
                        errno: error.errno)
                }
            }
        } catch { throw .system(doing: "move network devices", error) }
    }

    private static func move(
        _ name: String, to newName: String, _ host: borrowing RouteSocket, _ container: borrowing RouteSocket,
        _ target: borrowing Descriptor, _ own: borrowing Descriptor
    ) throws(SystemError) {
        let index = try find(name, host)
        let addresses = try globalAddresses(of: index, host)
        // The kernel moves before it renames, so a name that is taken is found out first.
        let isTaken = (try? find(newName, container)) != nil
        guard !isTaken else { throw SystemError(operation: "name network device \(newName)", errno: EEXIST) }
        try pass(index, as: newName, host, target)
        let newIndex = try find(newName, container)
        do throws(SystemError) {
            try setUp(newIndex, addresses, container)
        } catch {
            try? pass(newIndex, as: name, container, own)
            throw error
        }
    }

    /// Gives a device of the socket's namespace to another one.
    private static func pass(
        _ index: Int32, as name: String, _ socket: borrowing RouteSocket, _ target: borrowing Descriptor
    ) throws(SystemError) {
        let number = UInt32(target.rawValue)
        try socket.request(newLink, header: RouteMessage.link(index: index), "move network device") { message in
            message.add(namespaceAttribute, number)
            message.add(nameAttribute, name)
        }
    }

    private static func setUp(
        _ index: Int32, _ addresses: [Address], _ container: borrowing RouteSocket
    ) throws(SystemError) {
        for address in addresses {
            try container.request(
                newAddress, flags: 0x600 /* NLM_F_CREATE | NLM_F_EXCL */, header: address.header(index: index),
                "keep the address of network device"
            ) { message in
                for (attribute, value) in address.attributes { message.add(attribute, value) }
            }
        }
        let up: UInt32 = 1  // IFF_UP
        try container.request(
            newLink, header: RouteMessage.link(index: index, flags: up, change: up), "set network device up")
    }

    private static func find(_ name: String, _ socket: borrowing RouteSocket) throws(SystemError) -> Int32 {
        let replies = try socket.query(getLink, header: RouteMessage.link(), "find network device") { message in
            message.add(nameAttribute, name)
        }
        guard let reply = replies.first(where: { $0.type == newLink }) else {
            throw SystemError(operation: "find network device", errno: ENODEV)
        }
        return reply.number(at: 4, Int32.self)
    }

    // MARK: Addresses

    private struct Address {
        let family: UInt8
        let prefix: UInt8
        let attributes: [(UInt16, [UInt8])]

        /// `struct ifaddrmsg`.
        func header(index: Int32) -> [UInt8] { [family, prefix, 0, 0] + RouteMessage.raw(index) }
    }

    /// Addresses of a narrower scope belong to the host or come by themselves.
    private static func globalAddresses(
        of index: Int32, _ socket: borrowing RouteSocket
    ) throws(SystemError) -> [Address] {
        let replies = try socket.query(
            getAddress, isDump: true, header: [UInt8](repeating: 0, count: 8), "read the addresses of network device")
        return replies.filter { reply in
            let isGlobal = reply.number(at: 3, UInt8.self) == 0  // RT_SCOPE_UNIVERSE
            return reply.type == newAddress && reply.number(at: 4, Int32.self) == index && isGlobal
        }.map { reply in
            let all = reply.attributes(after: 8)
            // IFA_ADDRESS, IFA_LOCAL and IFA_BROADCAST.
            let kept = [UInt16(1), 2, 4].compactMap { type in all[type].map { (type, $0) } }
            return Address(
                family: reply.number(at: 0, UInt8.self), prefix: reply.number(at: 1, UInt8.self), attributes: kept)
        }
    }
}
