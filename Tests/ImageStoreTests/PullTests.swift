import Glibc
import ImageFixtures
import ImageStore
import NIOHTTP1
import OCISpec
import Synchronization
import Testing

@Suite("Pulling", .enabled(if: TestDirectory.isRoot, "unpacking layers needs root"))
struct PullTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try await StoreFixture()
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ progress: PullProgress) {
            lines.withLock { $0.append((progress.id.map { "\($0): " } ?? "") + progress.status) }
        }

        var all: [String] { lines.withLock { $0 } }
    }

    private func pull(_ name: String, platform: Platform? = nil) async throws -> (image: Image, lines: [String]) {
        let lines = Lines()
        let image = try await fixture.store.pull(
            try ImageReference(parsing: name), platform: platform, credentials: nil, progress: lines.add)
        return (image, lines.all)
    }

    /// Names of the files that the store keeps.
    private func leftovers() -> [String] {
        ["blobs/sha256", "layers", "ingest"].flatMap { directory -> [String] in
            guard let stream = opendir("\(fixture.directory.path)/store/\(directory)") else { return [directory] }
            defer { closedir(stream) }
            var names: [String] = []
            while let entry = readdir(stream) {
                names.append(
                    withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                )
            }
            return names.filter { $0 != "." && $0 != ".." }
        }
    }

    @Test
    func `an image is pulled once, and known by its tag and its digest`() async throws {
        let image = try StoreFixture.twoLayers()
        let registry = try await FakeRegistry(answer: image.answer)
        let name = "\(registry.host)/box"
        let first = try await pull(name)
        #expect(first.image.id == image.id)
        #expect(first.image.repoTags == ["\(name):latest"])
        #expect(first.image.repoDigests == ["\(name)@\(image.manifestDigest)"])
        let ids = image.layers.map { TestImage.digest($0.blob).dropFirst(7).prefix(12) }
        #expect(first.lines.first == "latest: Pulling from box")
        #expect(first.lines.dropFirst().prefix(2) == ["\(ids[0]): Pulling fs layer", "\(ids[1]): Pulling fs layer"])
        for id in ids {
            let steps = first.lines.filter { $0.hasPrefix("\(id): ") && !$0.hasSuffix("Waiting") }
            var unique: [String] = []
            for step in steps where unique.last != step { unique.append(step) }
            let words = [
                "Pulling fs layer", "Downloading", "Verifying Checksum", "Download complete", "Extracting",
                "Pull complete",
            ]
            #expect(unique == words.map { "\(id): \($0)" })
        }
        #expect(
            first.lines.suffix(2) == [
                "Digest: \(image.manifestDigest)", "Status: Downloaded newer image for \(name):latest",
            ])

        let second = try await pull(name)
        #expect(second.lines.dropFirst(2) == ["Status: Image is up to date for \(name):latest"])
        #expect(try await fixture.store.image("\(name)@\(image.manifestDigest)").id == image.id)
    }

    @Test
    func `a layer that breaks off goes on where it was`() async throws {
        var lower = TarBuilder()
        lower.file("data", [UInt8](repeating: 7, count: 5 << 20))
        let image = try TestImage([.init(lower.finished())])
        let layer = TestImage.digest(image.layers[0].blob)
        let registry = try await FakeRegistry { request in
            var answer = image.answer(to: request)
            if request.path.hasSuffix(layer), answer.body.count > 2 << 20 { answer.cut = answer.body.count / 2 }
            return answer
        }
        #expect(try await pull("\(registry.host)/box").image.id == image.id)
        let ranges = registry.requests.filter { $0.path.hasSuffix(layer) }.map { $0.headers.first(name: "Range") }
        #expect(ranges.count > 1 && ranges[0] == nil && ranges.dropFirst().allSatisfy { $0 != nil })
    }

    @Test(arguments: [0, 1])
    func `a layer that is not its digest leaves nothing`(_ index: Int) async throws {
        let image = try StoreFixture.twoLayers()
        let layer = TestImage.digest(image.layers[index].blob)
        let registry = try await FakeRegistry { request in
            var answer = image.answer(to: request)
            if request.path.hasSuffix(layer) { answer.body[answer.body.count / 2] ^= 0xff }
            return answer
        }
        let error = ImageStoreError.registry("filesystem layer verification failed for digest \(layer)", .unavailable)
        await #expect(throws: error) { try await pull("\(registry.host)/box") }
        #expect(try await fixture.store.images() == [])
        #expect(leftovers() == [])
    }

    @Test
    func `a pull that is cancelled leaves nothing`() async throws {
        let image = try StoreFixture.twoLayers()
        let layer = TestImage.digest(image.layers[1].blob)
        let registry = try await FakeRegistry { request in
            var answer = image.answer(to: request)
            if request.path.hasSuffix(layer) { (answer.cut, answer.stalls) = (10, true) }
            return answer
        }
        let reference = try ImageReference(parsing: "\(registry.host)/box")
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let store = fixture.store
        let pull = Task {
            try await store.pull(reference, platform: nil, credentials: nil) { continuation.yield($0.status) }
        }
        for await status in lines where status == "Pull complete" { break }
        pull.cancel()
        await #expect(throws: CancellationError.self) { try await pull.value }
        #expect(try await store.images() == [])
        #expect(leftovers() == [])
    }

    @Test
    func `a configuration that lies about its layers leaves nothing`() async throws {
        let honest = try StoreFixture.twoLayers()
        let image = try TestImage(honest.layers, diffIDs: honest.layers.reversed().map { TestImage.digest($0.tar) })
        let registry = try await FakeRegistry(answer: image.answer)
        await #expect(throws: ImageStoreError.self) { try await pull("\(registry.host)/box") }
        #expect(leftovers() == [])
    }

    @Test
    func `another manifest than the one of the digest is refused`() async throws {
        let image = try StoreFixture.twoLayers()
        let registry = try await FakeRegistry(answer: image.answer)
        let digest = "sha256:" + String(repeating: "0", count: 64)
        await #expect(
            throws: ImageStoreError.registry(
                "manifest verification failed for digest \(digest): the registry sent \(image.manifestDigest)",
                .unavailable)
        ) { try await pull("\(registry.host)/box@\(digest)") }
    }

    @Test
    func `a document that is a manifest and an index is refused`() async throws {
        let image = try StoreFixture.twoLayers()
        let registry = try await FakeRegistry { request in
            var answer = image.answer(to: request)
            if request.path.contains("/manifests/") {
                answer.body = Array(#"{"manifests":[],"#.utf8) + answer.body.dropFirst()
            }
            return answer
        }
        await #expect(throws: ImageStoreError.self) { try await pull("\(registry.host)/box") }
        #expect(leftovers() == [])
    }

    @Test
    func `what is not there and who does not answer is told as Docker tells it`() async throws {
        let registry = try await FakeRegistry { $0.path == "/v2/" ? .init() : .init(.notFound) }
        let name = "\(registry.host)/box:none"
        await #expect(
            throws: ImageStoreError.registry(
                "manifest for \(name) not found: manifest unknown: manifest unknown", .notFound)
        ) { try await pull(name) }
        await #expect(
            throws: ImageStoreError.registry(
                "Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", .unavailable)
        ) { try await pull("127.0.0.1:1/none") }
    }
}
