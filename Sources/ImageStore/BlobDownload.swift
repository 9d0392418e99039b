import NIOCore
import OCISpec
import Registry

/// One blob on its way from a registry to the store; where it breaks off it goes on. Its owner runs it once.
final class BlobDownload {
    private let digest: Digest
    private let size: Int64
    private let repository: RepositoryClient
    private let threads: BlockingPool
    private let writer: BlobWriter
    private let progress: (Int64) -> Void
    private var steps: ProgressSteps
    /// What came and is not written yet: larger pieces need fewer switches of threads.
    private var pending = ByteBuffer()

    private static let maximumAttempts = 5
    private static let pieceSize = 1 << 20

    /// - Parameter size: what the manifest says; the registry may send neither less nor more.
    /// - Parameter progress: hears now and then how much is there.
    init(
        _ digest: Digest, size: Int64, from repository: RepositoryClient, to layout: StoreLayout,
        threads: BlockingPool, progress: @escaping (Int64) -> Void
    ) async throws {
        self.digest = digest
        self.size = size
        self.repository = repository
        self.threads = threads
        self.progress = progress
        steps = ProgressSteps(of: size)
        writer = try await threads.run { try BlobWriter(layout) }
    }

    /// Gets all of it, unverified.
    func receive() async throws {
        var attempt = 1
        while true {
            do {
                try await receiveRest()
                return
            } catch let error as RegistryError {
                guard case .unreachable = error, attempt < Self.maximumAttempts else { throw error }
                attempt += 1
                try await flush()
            }
        }
    }

    /// Verifies it and makes it a blob of the store.
    func commit() async throws {
        guard writer.digest == digest else {
            throw ImageStoreError.registry("filesystem layer verification failed for digest \(digest)", .unavailable)
        }
        let (writer, digest) = (writer, digest)
        _ = try await threads.run { try writer.commit(expecting: digest) }
    }

    private func receiveRest() async throws {
        guard writer.size < size || size == 0 else { return }
        try await repository.blob(digest.description, from: writer.size) { start in
            guard start != writer.size else { return }
            let writer = writer
            try await threads.run { try writer.restart() }
        } take: { part in
            try await take(part)
        }
        try await flush()
        guard writer.size == size else {
            throw RegistryError.unreachable(url: digest.description, reason: "unexpected EOF")
        }
    }

    private func take(_ part: ByteBuffer) async throws {
        pending.writeImmutableBuffer(part)
        let done = writer.size + Int64(pending.readableBytes)
        guard done <= size else {
            throw ImageStoreError.registry(
                "blob \(digest) is larger than the \(size) bytes of its manifest", .unavailable)
        }
        if steps.shouldReport(done) { progress(done) }
        if pending.readableBytes >= Self.pieceSize { try await flush() }
    }

    private func flush() async throws {
        guard pending.readableBytes > 0 else { return }
        let (writer, piece) = (writer, pending)
        try await threads.run { try piece.withUnsafeReadableBytes { try writer.write($0) } }
        pending.clear()
    }
}
