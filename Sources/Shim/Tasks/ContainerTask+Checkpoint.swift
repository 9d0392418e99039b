internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TaskProtocol

/// Checkpoint.
extension ContainerTask {
    private static let optionsName = "containerd.runc.v1.CheckpointOptions"

    func checkpoint(_ request: Containerd_Task_V2_CheckpointTaskRequest, completion: @escaping Completion<Void>) {
        do throws(ShimError) {
            _ = try runningProcess("checkpoint")
            let options = try options(request)
            let images = request.path.isEmpty ? options.imagePath : request.path
            guard images.hasPrefix("/") else { throw .invalid("checkpoint path \(images) must be absolute") }
            let isOwnWork = options.workPath.isEmpty
            let work = isOwnWork ? "\(bundle)/criu-work" : options.workPath
            try makeDirectory(work)
            let command = CheckpointCommand.checkpoint(images: images, work: work, options)
            runtime.run(command + [id]) { [self] result in
                let outcome = result.mapError { explained($0, work) }
                if isOwnWork { removeDirectory(work) }
                if case .success = outcome {
                    var event = Containerd_Events_TaskCheckpointed()
                    event.containerID = id
                    event.checkpoint = images
                    publisher.publish("/tasks/checkpointed", event)
                }
                completion(outcome)
            }
        } catch {
            completion(.failure(error))
        }
    }

    private func options(
        _ request: Containerd_Task_V2_CheckpointTaskRequest
    ) throws(ShimError) -> Containerd_Runc_V1_CheckpointOptions {
        guard request.hasOptions, !request.options.typeURL.isEmpty else { return .init() }
        guard request.options.typeURL.split(separator: "/").last == Self.optionsName[...] else {
            throw .invalid("checkpoint options of type \(request.options.typeURL) are not known")
        }
        do {
            return try Containerd_Runc_V1_CheckpointOptions(serializedBytes: request.options.value)
        } catch {
            throw .invalid("malformed \(Self.optionsName)")
        }
    }

    /// CRIU's own log, kept in the bundle, says more than the runtime does.
    private func explained(_ error: ShimError, _ work: String) -> ShimError {
        guard case .runtime(let message) = error else { return error }
        let kept = "\(bundle)/criu-dump.log"
        if let log = try? File.read("\(work)/dump.log", limit: 16 << 20) { try? File.replace(kept, with: log) }
        let line = message.split(separator: "\n").first.map(String.init) ?? message
        return .runtime("\(line) path= \(kept)")
    }

    private func makeDirectory(_ path: String) throws(ShimError) {
        do throws(SystemError) {
            try File.makeDirectories(path, mode: 0o700)
        } catch {
            throw .system(error)
        }
    }

    /// A directory of plain files, as CRIU leaves them.
    private func removeDirectory(_ path: String) {
        for name in (try? File.names(in: path)) ?? [] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
