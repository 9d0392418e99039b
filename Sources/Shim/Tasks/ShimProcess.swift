internal import Glibc
internal import LinuxSystem
internal import SwiftProtobuf
internal import TaskProtocol

/// One process of the container, the first or one added by Exec, as the shim follows it.
final class ShimProcess {
    enum Phase: Equatable {
        case created
        case starting
        case running
        case stopped(ProcessExit)
    }

    /// Empty for the container's first process.
    let execID: String
    let request: Containerd_Task_V2_CreateTaskRequest
    let streams: ProcessStreams
    /// The OCI process object of an exec.
    let specification: [UInt8]
    var phase = Phase.created
    var pid: Int32 = 0
    /// An end that was seen before the start was answered; it is told after the start.
    var earlyExit: ProcessExit?
    /// Set while the runtime deletes it.
    var isBeingDeleted = false
    private var waiters: [(tell: (ProcessExit) -> Void, isWanted: () -> Bool)] = []

    init(
        execID: String, request: Containerd_Task_V2_CreateTaskRequest, streams: ProcessStreams,
        specification: [UInt8] = []
    ) {
        self.execID = execID
        self.request = request
        self.streams = streams
        self.specification = specification
    }

    var exit: ProcessExit? {
        if case .stopped(let exit) = phase { exit } else { nil }
    }

    /// Calls `completion` at the end, if it is still wanted then.
    func wait(_ completion: @escaping (ProcessExit) -> Void, isWanted: @escaping () -> Bool) {
        if let exit { return completion(exit) }
        // Those of clients that went meanwhile, as supervisors do that are killed.
        waiters.removeAll { !$0.isWanted() }
        waiters.append((completion, isWanted))
    }

    func stop(_ exit: ProcessExit) {
        phase = .stopped(exit)
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.tell(exit) }
    }
}
