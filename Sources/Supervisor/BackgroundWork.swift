/// Runs what outlives the call that began it, in one task group: cancelled together when the supervisor ends.
struct BackgroundWork: Sendable {
    typealias Job = @Sendable () async -> Void

    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation

    init() {
        (jobs, continuation) = AsyncStream.makeStream()
    }

    func begin(_ job: @escaping Job) { continuation.yield(job) }

    /// Runs jobs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask(operation: job) }
            group.cancelAll()
        }
    }
}
