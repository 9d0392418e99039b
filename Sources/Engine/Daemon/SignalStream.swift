@preconcurrency import Dispatch
import Glibc

/// The signals that end the daemon.
final class SignalStream: Sendable {
    let signals: AsyncStream<Int32>
    /// Kept alive; Dispatch guards its sources itself.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32]) {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        signals = stream
        sources = numbers.map { number in
            // The source sees a signal only when its default action is off.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }
}
