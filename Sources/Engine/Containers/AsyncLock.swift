/// Lets one operation at a time through, in the order they came: an actor alone interleaves at every `await`.
final class AsyncLock: Sendable {
    private let gate = Gate()

    func withLock<Value: Sendable>(_ body: @Sendable () async throws -> Value) async rethrows -> Value {
        await gate.enter()
        do {
            let value = try await body()
            await gate.leave()
            return value
        } catch {
            await gate.leave()
            throw error
        }
    }

    private actor Gate {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func enter() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func leave() {
            guard !waiting.isEmpty else {
                isTaken = false
                return
            }
            waiting.removeFirst().resume()
        }
    }
}
