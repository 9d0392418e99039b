internal import Glibc
internal import LinuxSystem
internal import TaskProtocol

/// The containers of a shim: the one it was started for, and others where it serves a group.
final class TaskTable {
    /// The container that the shim was started for.
    private let first: String
    private let bundle: String
    private let isGroup: Bool
    private let host: TaskHost
    private var tasks: [String: ContainerTask] = [:]

    init(first: String, bundle: String, isGroup: Bool, host: TaskHost) {
        self.first = first
        self.bundle = bundle
        self.isGroup = isGroup
        self.host = host
    }

    var isEmpty: Bool { tasks.isEmpty }

    func task(_ id: String) throws(ShimError) -> ContainerTask {
        guard let task = tasks[id] else { throw .notFound("container not created") }
        return task
    }

    /// The process that an attach client asks for.
    func process(_ greeting: AttachGreeting) throws(ShimError) -> ShimProcess {
        try task(greeting.container.isEmpty ? first : greeting.container).process(greeting.exec)
    }

    func create(
        _ request: Containerd_Task_V2_CreateTaskRequest, completion: @escaping ContainerTask.Completion<Int32>
    ) {
        do throws(ShimError) {
            let id = request.id
            guard tasks[id] == nil else { throw .exists("container \(id)") }
            let task = ContainerTask(id: id, bundle: try bundle(request), host: host)
            tasks[id] = task
            task.create(request) { [self] result in
                if case .failure = result { tasks[id] = nil }
                completion(result)
            }
        } catch {
            completion(.failure(error))
        }
    }

    func delete(_ id: String, _ execID: String, completion: @escaping ContainerTask.Completion<ProcessExit>) {
        do throws(ShimError) {
            let task = try task(id)
            task.delete(execID) { [self] result in
                if case .success = result, execID.isEmpty { tasks[task.id] = nil }
                completion(result)
            }
        } catch {
            completion(.failure(error))
        }
    }

    private func bundle(_ request: Containerd_Task_V2_CreateTaskRequest) throws(ShimError) -> String {
        guard request.id != first else { return bundle }
        guard isGroup else { throw .invalid("this shim serves container \(first), not \(request.id)") }
        guard ContainerTask.isValidName(request.id) else { throw .invalid("bad container id \(request.id)") }
        do throws(SystemError) {
            return try File.canonicalPath(request.bundle)
        } catch {
            throw .system(error)
        }
    }
}
