import Engine
import EngineAPI
import Foundation
import Glibc
import OCISpec

/// What Docker 28.5 wrote for a container, and the configuration that it was asked for.
///
/// Paths of that daemon's own are replaced: its state by `/state`, volumes by `/volumes`, the parent group `/docker` by
/// `/skiff`; the seccomp rules have a file of their own. The device rules that it lists twice stand here once.
struct GoldenContainer: Decodable {
    static let id = "4f0c" + String(repeating: "0123456789ab", count: 5)

    struct MountPoint: Decodable {
        var kind: String
        var source: String
        var destination: String
        var isWritable: Bool
        var propagation: String

        private enum CodingKeys: String, CodingKey {
            case kind = "Type"
            case source = "Source"
            case destination = "Destination"
            case isWritable = "RW"
            case propagation = "Propagation"
        }
    }

    var config: ContainerConfig
    var hostConfig: EngineAPI.HostConfig
    var mountPoints: [MountPoint]

    private enum CodingKeys: String, CodingKey {
        case config = "Config"
        case hostConfig = "HostConfig"
        case mountPoints = "Mounts"
    }

    static func all() throws -> [String: GoldenContainer] {
        try JSONDecoder().decode([String: GoldenContainer].self, from: Data(contentsOf: file("golden.json")))
    }

    static func specs() throws -> [String: OCISpec.Spec] {
        struct Holder: Decodable { var spec: OCISpec.Spec }
        let data = [UInt8](try Data(contentsOf: file("golden.json")))
        return try OCIJSON.decode([String: Holder].self, from: data).mapValues(\.spec)
    }

    static func file(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name)
    }

    /// The facts of the host that Docker ran on.
    static let facts = HostFacts(
        cgroupMode: .v1, kernel: KernelVersion(6, 18), onlineCPUs: [0, 1],
        capabilities: CapabilityNames.known.filter { $0 != "CAP_SYS_RESOURCE" },
        networkSysctls: ["net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start"])

    func input(root: Int32) -> SpecInput {
        var input = SpecInput(id: Self.id, config: config, hostConfig: hostConfig)
        input.rootDescriptor = root
        input.files = SpecInput.NetworkFiles(
            hosts: "/state/hosts", hostname: "/state/hostname", resolvConf: "/state/resolv.conf")
        input.initPath = "/usr/lib/skiff/skiff-init"
        switch hostConfig.ipcMode {
        case "host": input.sharedMemoryPath = "/dev/shm"
        case "shareable": input.sharedMemoryPath = "/state/mounts/shm"
        default: break
        }
        if hostConfig.networkMode == "host" { input.network = .host }
        input.mounts = mounts
        return input
    }

    private var mounts: [SpecMount] {
        let asked = Dictionary((hostConfig.mounts ?? []).map { ($0.target ?? "", $0) }) { first, _ in first }
        let tmpfs = (hostConfig.mounts ?? []).filter { $0.type == "tmpfs" }.map(SpecMount.tmpfs)
        return mountPoints.filter { $0.kind != "tmpfs" }.map { mount in
            let options = asked[mount.destination]?.bindOptions
            return SpecMount(
                mount.kind == "volume"
                    ? .volume(source: mount.source)
                    : .bind(source: mount.source, propagation: mount.propagation == "rslave" ? "" : mount.propagation),
                destination: mount.destination, writable: mount.isWritable,
                nonRecursive: options?.nonRecursive ?? false,
                readOnlyNonRecursive: options?.readOnlyNonRecursive ?? false)
        } + tmpfs + SpecMount.tmpfs(of: hostConfig)
    }
}

/// A directory of a test's own.
final class TestDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/skiff-engine-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw POSIXError(.EIO) }
        path = String(cString: made)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func withDescriptor<Result>(_ body: (Int32) throws -> Result) throws -> Result {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    /// The accounts of the image that the golden containers were made from.
    static func imageRoot() throws -> TestDirectory {
        let root = try TestDirectory()
        try root.write(
            """
            root:x:0:0:root:/root:/bin/sh
            daemon:x:1:1::/:/bin/sh
            web:x:33:33::/var/www:/bin/sh

            """, to: "etc/passwd")
        try root.write("root:x:0:\ndaemon:x:1:\nadm:x:4:web,other\nweb:x:33:\nstaff:x:50:web\n", to: "etc/group")
        return root
    }
}
