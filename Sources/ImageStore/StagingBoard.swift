/// Holds staged layers until the ones below them are installed: they are staged in any order, and installed in theirs.
actor StagingBoard {
    private var waiting: [Int: LayerStore.Staged] = [:]
    private var order: [Int]
    private var installing = false

    /// Says which layers will come, the lowest first.
    init(order: [Int]) {
        self.order = order
    }

    /// Takes a staged layer and installs all that can be, one after another.
    func put(
        _ staged: LayerStore.Staged, at index: Int,
        install: @Sendable (LayerStore.Staged, Int) async throws -> Void
    ) async throws {
        waiting[index] = staged
        guard !installing else { return }
        installing = true
        defer { installing = false }
        while let next = order.first, let staged = waiting.removeValue(forKey: next) {
            order.removeFirst()
            try await install(staged, next)
        }
    }

    /// What was never installed.
    func abandon() -> [LayerStore.Staged] {
        defer { waiting = [:] }
        return Array(waiting.values)
    }
}
