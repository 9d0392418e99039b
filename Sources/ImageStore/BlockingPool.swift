import NIOPosix

/// Threads for work that blocks: files, locks, decompression.
struct BlockingPool: Sendable {
    private let threads: NIOThreadPool

    init(threads count: Int) {
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
    }

    /// Runs blocking work on a thread of the pool. Errors of the layers below come out as the store's own.
    func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        do {
            return try await threads.runIfActive(work)
        } catch {
            throw ImageStoreError.wrapping(error)
        }
    }

    /// As `run`, and also for a task that was cancelled, which has to clean up after itself.
    func runEvenCancelled<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                threads.submit { state in
                    switch state {
                    case .active: continuation.resume(with: Result(catching: work))
                    case .cancelled: continuation.resume(throwing: CancellationError())
                    }
                }
            }
        } catch {
            throw ImageStoreError.wrapping(error)
        }
    }

    /// Ends the threads once their work is done.
    func shutDown() {
        threads.shutdownGracefully { _ in }
    }
}
