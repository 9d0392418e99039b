internal import Glibc
internal import LinuxSystem
internal import OCISpec
internal import SwiftProtobuf
internal import TTRPC
internal import TaskProtocol

/// `-info`: prints what this shim and its runtime can do, as containerd 2 asks before it runs a container.
struct InfoCommand {
    /// Whatever is in it: only that it is an object counts.
    private struct AnyFeatures: Decodable {
        var ociVersionMin: String?
    }

    private static let featuresURL = "types.containerd.io/opencontainers/runtime-spec/1/features/Features"

    func run() throws -> Int32 {
        let options = try RuntimeOptions.fromStandardInput()
        var info = Containerd_Types_RuntimeInfo()
        info.name = "io.containerd.skiff.v1"
        info.version.version = ShimProgram.version
        if let options {
            info.options.typeURL = Containerd_Runc_V1_Options.protoMessageName
            info.options.value = try options.serializedData()
        }
        let named = options?.binaryName ?? ""
        let features = try features(of: named.isEmpty ? ShimDaemon.defaultRuntime : named)
        info.features.typeURL = InfoCommand.featuresURL
        info.features.value = .init(features)
        try StandardStream.write(info.serializedBytes(), to: 1)
        return 0
    }

    /// What the runtime prints for `features`, which has to be JSON.
    private func features(of runtime: String) throws -> [UInt8] {
        let null = try Descriptor.open("/dev/null", O_RDWR)
        let (reading, writing) = try StreamPipe.make()
        let output = Descriptor(owning: reading)
        let pid: Int32
        do {
            let end = Descriptor(owning: writing)
            pid = try Spawn.start(
                runtime, ["features"], descriptors: (null.rawValue, end.rawValue, 2))
        }
        let text = try output.readToEnd(limit: 4 << 20)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        guard ExitStatus(waitStatus: status) == .exited(code: 0) else {
            throw ShimError.runtime("\(runtime) features: it ended with \(ExitStatus(waitStatus: status))")
        }
        do {
            _ = try OCIJSON.decode(AnyFeatures.self, from: text)
        } catch {
            throw ShimError.runtime("\(runtime) features: \(error)")
        }
        return text
    }
}
