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

    /// Ends the threads once their work is done.
    func shutDown() {
        threads.shutdownGracefully { _ in }
    }
}
