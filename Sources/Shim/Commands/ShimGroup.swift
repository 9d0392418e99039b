internal import Glibc
internal import LinuxSystem
internal import OCISpec

/// Containers that share one shim: those of a Kubernetes sandbox, or with the same group annotation.
package struct ShimGroup: Equatable {
    private struct Annotated: Decodable {
        var annotations: [String: String]?
    }

    /// In this order, as containerd's own shim looks for them.
    private static let annotations = ["io.containerd.runc.v2.group", "io.kubernetes.cri.sandbox-id"]

    /// Who else belongs to the group: the same supervisor, namespace and annotation, a line each.
    package let key: String

    /// The group that a bundle's configuration names, if any.
    package init?(configuration: [UInt8], supervisor: String, namespace: String) throws(ShimError) {
        // Most configurations have none, and need not be parsed to know it.
        let text = configuration.withUnsafeBytes { bytes in
            ShimGroup.annotations.contains { ShimGroup.isMentioned($0, in: bytes) }
        }
        guard text else { return nil }
        let parsed: Annotated
        do {
            parsed = try OCIJSON.decode(Annotated.self, from: configuration)
        } catch {
            throw .invalid("config.json: \(error)")
        }
        let named = ShimGroup.annotations.compactMap { parsed.annotations?[$0] }.first { !$0.isEmpty }
        guard let named else { return nil }
        guard !named.utf8.contains(where: { $0 < 0x20 }) else { throw .invalid("bad group annotation") }
        key = "\(supervisor)\n\(namespace)\n\(named)\n"
    }

    /// A file name for the group. Two groups may come to the same one: what is in the file tells.
    package var fileName: String {
        // FNV-1a.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "group-\(String(hash, radix: 36))"
    }

    private static func isMentioned(_ name: String, in bytes: UnsafeRawBufferPointer) -> Bool {
        let wanted = Array(name.utf8)
        var rest = bytes
        while rest.count >= wanted.count, let base = rest.baseAddress,
            let found = memchr(base, Int32(wanted[0]), rest.count - wanted.count + 1)
        {
            if memcmp(found, wanted, wanted.count) == 0 { return true }
            rest = UnsafeRawBufferPointer(rebasing: rest[(UnsafeRawPointer(found) - base + 1)...])
        }
        return false
    }
}
