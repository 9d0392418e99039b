import Glibc
import ImageFixtures
import ImageStore
import OCISpec
import Testing

@Suite("Loading archives", .enabled(if: TestDirectory.isRoot, "unpacking layers needs root"))
struct LoadTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try await StoreFixture()
    }

    @Test(arguments: Compression.allCases)
    func `an archive of docker save is loaded, and a container's directories lead to its layers`(
        _ compression: Compression
    ) async throws {
        let image = try StoreFixture.twoLayers()
        let archive = try compression.compress(image.dockerArchive(names: ["busybox:latest", "example.org/box:1"]))
        let loaded = try await fixture.load(archive)
        #expect(loaded.map(\.description) == ["Loaded image: busybox:latest", "Loaded image: example.org/box:1"])

        let stored = try await fixture.store.image("busybox")
        #expect(stored.id == image.id)
        #expect(stored.repoTags == ["busybox:latest", "example.org/box:1"])
        #expect(stored.repoDigests == [])
        #expect(stored.size == 10)
        #expect(stored.configuration.config?.cmd == ["sh"])

        let mount = try await fixture.store.prepareSnapshot("c1", from: stored)
        #expect(mount.lowerDirectories.count == 2)
        #expect(fixture.text(mount.lowerDirectories[1] + "/etc/motd") == "hello")
        #expect(fixture.text(mount.lowerDirectories[0] + "/etc/issue") == "there")
        #expect(try fixture.store.snapshotMount("c1") == mount)
        try await fixture.store.removeSnapshot("c1")
        #expect(try await fixture.store.snapshotKeys() == [])
    }

    @Test
    func `an OCI archive is loaded under the names of its annotations`() async throws {
        let image = try StoreFixture.twoLayers()
        var descriptor = image.manifestDescriptor
        descriptor.annotations = ["io.containerd.image.name": "docker.io/library/web:2"]
        var other = image.manifestDescriptor
        other.annotations = ["org.opencontainers.image.ref.name": "web:3"]
        let archive = try TestImage.ociArchive(Index(manifests: [descriptor, other]), blobs: image.blobs)
        #expect(try await fixture.load(archive).map(\.description) == ["Loaded image: web:2", "Loaded image: web:3"])
        #expect(try await fixture.store.images().map(\.id) == [image.id])
    }
}
