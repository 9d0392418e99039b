import CLI
import Glibc
import LinuxSystem
import TTRPC

/// Signals to this program as a stream, for commands that pass them on.
final class SignalWatch: Sendable {
    /// The signals that have arrived, to the end of the watch.
    let signals: AsyncStream<Int32>
    private let continuation: AsyncStream<Int32>.Continuation
    private let thread: EventLoopThread

    /// Blocks what will be passed on; to be called while the program has but one thread, which all others inherit from.
    static func prepare() {
        // Where it fails the signals end the program, as they do any other.
        _ = try? SignalSet(SignalQueue.forwardable).block()
    }

    init(_ numbers: [Int32]) throws {
        nonisolated(unsafe) let queue = try SignalQueue(numbers)
        let (stream, continuation) = AsyncStream<Int32>.makeStream()
        (signals, self.continuation) = (stream, continuation)
        thread = try EventLoopThread()
        thread.execute { loop in
            try? loop.register(queue.descriptor, .readable) { _ in
                while let number = try? queue.next() { continuation.yield(number) }
            }
        }
    }

    func end() {
        continuation.finish()
        thread.execute { loop in loop.stop() }
    }
}
