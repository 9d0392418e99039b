import OCISpec

/// An image about to be registered: its documents, and where its layers' archives are.
struct ImageContent: Sendable {
    /// A layer with its archive among the blobs.
    struct Layer: Sendable {
        let blob: Digest
        let diffID: Digest
        let chainID: Digest
        /// The size of the blob, for progress.
        let blobSize: Int64
    }

    let id: Digest
    let configuration: [UInt8]
    let layers: [Layer]
    /// Manifests and indexes that lead to it, as blobs.
    var documents: [Digest] = []

    /// Layers deeper than this cannot be mounted, as in Docker.
    static let maximumLayers = 125
    /// Configurations are read into memory.
    static let maximumConfiguration = 8 << 20

    /// Checks a configuration against its layers' blobs.
    init(configuration bytes: [UInt8], blobs: [(digest: Digest, size: Int64)]) throws {
        let configuration: ImageConfiguration
        do {
            configuration = try OCIJSON.decode(ImageConfiguration.self, from: bytes)
        } catch {
            throw ImageStoreError.malformed(what: "image configuration", reason: "\(error)")
        }
        let diffIDs = configuration.rootfs.diffIDs
        guard diffIDs.count == blobs.count else {
            throw ImageStoreError.malformed(
                what: "manifest", reason: "layers length mismatch: expected \(diffIDs.count), got \(blobs.count)")
        }
        guard blobs.count <= Self.maximumLayers else {
            throw ImageStoreError.malformed(what: "manifest", reason: "max depth exceeded")
        }
        var chain: Digest?
        var layers: [Layer] = []
        for (text, blob) in zip(diffIDs, blobs) {
            guard let diffID = Digest(text) else {
                throw ImageStoreError.malformed(what: "image configuration", reason: "\"\(text)\" is no sha256 digest")
            }
            let chainID = diffID.chained(upon: chain)
            layers.append(Layer(blob: blob.digest, diffID: diffID, chainID: chainID, blobSize: blob.size))
            chain = chainID
        }
        id = Digest(of: bytes)
        self.configuration = bytes
        self.layers = layers
    }
}
