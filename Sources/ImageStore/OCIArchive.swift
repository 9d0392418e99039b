import Archive
import Glibc
import LinuxSystem
import OCISpec

/// An OCI image layout on its way into an archive.
struct OCIArchive: Sendable {
    private struct Entry: Sendable {
        let target: ImageTarget
        let name: ImageReference?
        let platform: Platform
    }

    /// `manifest.json` of `docker save`.
    private struct DockerEntry: Codable {
        var config: String
        var repoTags: [String]
        var layers: [String]

        private enum CodingKeys: String, CodingKey {
            case config = "Config"
            case repoTags = "RepoTags"
            case layers = "Layers"
        }
    }

    private struct Layout: Codable {
        var imageLayoutVersion = "1.0.0"
    }

    let layout: StoreLayout
    private var entries: [Entry] = []

    init(layout: StoreLayout) { self.layout = layout }

    /// - Parameter name: written beside the manifest; an id is none.
    mutating func add(_ image: Image, _ target: ImageTarget, name: ImageReference?) {
        let named = name.flatMap { image.repoTags.contains($0.familiar) ? $0 : nil }
        let platform = Platform(
            architecture: image.configuration.architecture, os: image.configuration.os,
            variant: image.configuration.variant)
        entries.append(Entry(target: target, name: named, platform: platform))
    }

    func write(to descriptor: Int32, withDockerManifest: Bool) throws {
        let tar = TarWriter(descriptor)
        try tar.file("oci-layout", try OCIJSON.encode(Layout()))
        try tar.directory("blobs")
        try tar.directory("blobs/sha256")
        var written: Set<String> = []
        for entry in entries {
            guard written.insert(entry.target.descriptor.digest).inserted else { continue }
            try tar.file(path(entry.target.descriptor.digest), entry.target.bytes)
            for blob in [entry.target.manifest.config] + entry.target.manifest.layers
            where written.insert(blob.digest).inserted {
                guard let digest = Digest(blob.digest) else {
                    throw ImageStoreError.malformed(what: "manifest", reason: "\"\(blob.digest)\" is no sha256 digest")
                }
                let file = try Descriptor.open(layout.blob(digest), O_RDONLY | O_NOFOLLOW)
                try tar.file(path(blob.digest), from: file, size: Int64(try file.status().st_size))
            }
        }
        if withDockerManifest { try tar.file("manifest.json", try OCIJSON.encode(entries.map(dockerEntry))) }
        try tar.file("index.json", try OCIJSON.encode(index))
        try tar.finish()
    }

    private var index: Index {
        let manifests = entries.map { entry in
            var descriptor = entry.target.descriptor
            descriptor.platform = entry.platform
            if let name = entry.name {
                descriptor.annotations = [
                    "io.containerd.image.name": name.canonical, "org.opencontainers.image.ref.name": name.tag ?? "",
                ]
            }
            return descriptor
        }
        return Index(mediaType: MediaType.ociIndex, manifests: manifests)
    }

    private func dockerEntry(_ entry: Entry) -> DockerEntry {
        DockerEntry(
            config: path(entry.target.manifest.config.digest), repoTags: entry.name.map { [$0.familiar] } ?? [],
            layers: entry.target.manifest.layers.map { path($0.digest) })
    }

    private func path(_ digest: String) -> String { "blobs/sha256/\(digest.dropFirst(7))" }
}
