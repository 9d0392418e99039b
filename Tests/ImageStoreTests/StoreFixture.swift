import Glibc
import ImageFixtures
import ImageStore

/// A store in a directory of its own.
struct StoreFixture {
    let directory: TestDirectory
    let store: ImageStore

    init() async throws {
        directory = try TestDirectory()
        store = try await ImageStore(root: directory.path + "/store")
    }

    /// A layer with `/etc/motd`, and one with `/etc/issue` upon it.
    static func twoLayers() throws -> TestImage {
        var lower = TarBuilder()
        lower.directory("etc/")
        lower.file("etc/motd", "hello")
        var upper = TarBuilder()
        upper.file("etc/issue", "there")
        return try TestImage([.init(lower.finished()), .init(upper.finished(), .gzip)])
    }

    func load(_ archive: [UInt8]) async throws -> [LoadedImage] {
        let path = try directory.file("archive", archive)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        return try await store.load(fromFileDescriptor: descriptor) { _ in }
    }

    func text(_ path: String) -> String? {
        guard let stream = fopen(path, "re") else { return nil }
        defer { fclose(stream) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, stream)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
