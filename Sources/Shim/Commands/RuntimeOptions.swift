internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TaskProtocol

/// The runtime's options as containerd sends them: `containerd.runc.v1.Options`, packed.
enum RuntimeOptions {
    private static let typeName = "containerd.runc.v1.Options"
    private static let limit = 10 << 20

    /// The options in a request; other types of options are not for this shim and say nothing to it.
    static func unpack(_ packed: Google_Protobuf_Any) throws(ShimError) -> Containerd_Runc_V1_Options? {
        guard packed.typeURL == typeName || packed.typeURL.hasSuffix("/\(typeName)") else { return nil }
        do {
            return try Containerd_Runc_V1_Options(serializedBytes: packed.value)
        } catch {
            throw .invalid("malformed \(typeName)")
        }
    }

    /// What containerd writes to the standard input of `start` and `-info`, where that is a pipe.
    static func fromStandardInput() throws -> Containerd_Runc_V1_Options? {
        var status = stat()
        guard fstat(0, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else { return nil }
        // Number 0 itself stays taken: a socket that got it would give way to the shim's own standard input.
        let input = Descriptor(owning: try systemCall("duplicate standard input") { dup(0) })
        let bytes = try input.readToEnd(limit: limit)
        guard !bytes.isEmpty else { return nil }
        guard let packed = try? Google_Protobuf_Any(serializedBytes: bytes) else {
            throw ShimError.invalid("malformed options on standard input")
        }
        return try unpack(packed)
    }
}
