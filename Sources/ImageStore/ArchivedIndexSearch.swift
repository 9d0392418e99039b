import OCISpec

/// Finds the images of an OCI layout: `index.json`, and the indexes it leads to.
struct ArchivedIndexSearch {
    let archive: ImageArchive
    let platform: Platform
    private var documentsRead = 0

    private static let maximumDepth = 4
    private static let maximumDocuments = 1000
    private static let fullNameAnnotation = "io.containerd.image.name"
    private static let nameAnnotation = "org.opencontainers.image.ref.name"

    init(archive: ImageArchive, platform: Platform) {
        self.archive = archive
        self.platform = platform
    }

    mutating func images() throws -> [ArchivedImage] {
        let index = try OCIJSON.decode(Index.self, from: archive.document(ArchivedImage.indexName))
        var images: [ArchivedImage] = []
        for descriptor in index.manifests where !Self.isAttestation(descriptor) {
            images.append(try image(descriptor, names: try Self.names(of: descriptor), depth: 0, documents: []))
        }
        return Self.merged(images)
    }

    private mutating func image(
        _ descriptor: ContentDescriptor, names: [ImageReference], depth: Int, documents: [[UInt8]]
    ) throws -> ArchivedImage {
        let bytes = try document(descriptor)
        guard MediaType.isIndex(descriptor.mediaType) else {
            return try image(Self.manifest(bytes), names: names, documents: documents + [bytes])
        }
        guard depth < Self.maximumDepth else {
            throw ImageStoreError.malformed(what: "index", reason: "indexes are nested too deeply")
        }
        let index = try OCIJSON.decode(Index.self, from: bytes)
        // An archive may hold only some of the platforms of its index.
        let present = index.manifests.filter { archive.contains(Self.path(of: $0.digest)) }
        guard let chosen = PlatformMatcher(platform).best(of: present) else {
            throw ImageStoreError.noPlatform(
                name: names.first?.familiar ?? descriptor.digest, platform: PlatformMatcher.text(platform))
        }
        return try image(chosen, names: names, depth: depth + 1, documents: documents + [bytes])
    }

    private func image(
        _ manifest: Manifest, names: [ImageReference], documents: [[UInt8]]
    ) throws -> ArchivedImage {
        let configuration = try blob(manifest.config).read(limit: ImageContent.maximumConfiguration)
        let files = try manifest.layers.map(blob)
        return ArchivedImage(
            content: try ImageContent(configuration: configuration, blobs: files.map { ($0.digest, $0.size) }),
            names: names, files: files, documents: documents + [configuration])
    }

    private static func manifest(_ bytes: [UInt8]) throws -> Manifest {
        try OCIJSON.decode(Manifest.self, from: bytes)
    }

    private mutating func document(_ descriptor: ContentDescriptor) throws -> [UInt8] {
        documentsRead += 1
        guard documentsRead <= Self.maximumDocuments else {
            throw ImageStoreError.malformed(what: "index", reason: "more than \(Self.maximumDocuments) documents")
        }
        return try blob(descriptor).read(limit: ImageArchive.maximumDocument)
    }

    /// A blob, whose digest was computed when it was read.
    private func blob(_ descriptor: ContentDescriptor) throws -> BlobWriter {
        guard let digest = Digest(descriptor.digest) else {
            throw ImageStoreError.malformed(what: "descriptor", reason: "\"\(descriptor.digest)\" is no sha256 digest")
        }
        guard let file = archive.file(Self.path(of: descriptor.digest)) else {
            throw ImageStoreError.malformed(what: "archive", reason: "it holds no blob \(digest)")
        }
        guard file.digest == digest else {
            throw ImageStoreError.malformed(what: "blob \(digest)", reason: "its digest is \(file.digest)")
        }
        return file
    }

    private static func path(of digest: String) -> String {
        "blobs/" + digest.split(separator: ":", maxSplits: 1).joined(separator: "/")
    }

    /// Provenance that build tools put beside images.
    private static func isAttestation(_ descriptor: ContentDescriptor) -> Bool {
        descriptor.annotations?["vnd.docker.reference.type"] != nil
            || !(MediaType.isIndex(descriptor.mediaType) || MediaType.isManifest(descriptor.mediaType))
    }

    /// The short annotation is a whole name for some tools, and only a tag for the specification and others.
    private static func names(of descriptor: ContentDescriptor) throws -> [ImageReference] {
        if let name = descriptor.annotations?[fullNameAnnotation] { return [try ImageReference(parsing: name)] }
        guard let name = descriptor.annotations?[nameAnnotation] else { return [] }
        let isTag = !name.contains(where: { "/:".contains($0) }) && (name == "latest" || name.first?.isNumber == true)
        return isTag ? [] : [try ImageReference(parsing: name)]
    }

    /// A manifest that stands in the index once for each of its names is one image.
    private static func merged(_ images: [ArchivedImage]) -> [ArchivedImage] {
        var merged: [ArchivedImage] = []
        for image in images {
            guard let index = merged.firstIndex(where: { $0.content.id == image.content.id }) else {
                merged.append(image)
                continue
            }
            merged[index] = ArchivedImage(
                content: image.content, names: merged[index].names + image.names, files: image.files,
                documents: merged[index].documents + image.documents)
        }
        return merged
    }
}
