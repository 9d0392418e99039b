import OCISpec
import Registry

/// Finds the manifest that a reference means for a platform.
struct ManifestSearch: Sendable {
    let repository: RepositoryClient
    let reference: ImageReference
    let platform: Platform

    /// What was found.
    struct Finding: Sendable {
        let manifest: Manifest
        /// The digest of the first document, which the registry knows the reference by.
        let digest: Digest
        /// All documents on the way.
        let documents: [[UInt8]]
    }

    /// An index may hold indexes, but nobody needs many.
    private static let maximumDepth = 4

    /// - Parameter didFind: called once the reference is known to be there.
    func run(didFind: @Sendable () -> Void) async throws -> Finding {
        let wanted = reference.digest.flatMap(Digest.init)
        let root = try await fetch(reference.digest ?? reference.tag ?? "latest", expecting: wanted)
        didFind()
        let digest = Digest(of: root.bytes)
        var documents = [root.bytes]
        var document = try ManifestDocument(root.bytes, type: root.mediaType)
        for _ in 0..<Self.maximumDepth {
            switch document {
            case .manifest(let manifest):
                return Finding(manifest: manifest, digest: digest, documents: documents)
            case .index(let index):
                let next = try await choose(from: index)
                documents.append(next.bytes)
                document = next.document
            }
        }
        throw ImageStoreError.malformed(what: "index", reason: "indexes are nested too deeply")
    }

    private func choose(from index: Index) async throws -> (bytes: [UInt8], document: ManifestDocument) {
        guard let chosen = PlatformMatcher(platform).best(of: index.manifests) else {
            throw ImageStoreError.noPlatform(
                name: reference.familiar, platform: PlatformMatcher.text(platform))
        }
        guard let digest = Digest(chosen.digest) else {
            throw ImageStoreError.malformed(what: "descriptor", reason: "\"\(chosen.digest)\" is no sha256 digest")
        }
        let answer = try await fetch(digest.description, expecting: digest)
        // What the index says is as good as the index's digest; what the registry says has none.
        return (answer.bytes, try ManifestDocument(answer.bytes, type: chosen.mediaType))
    }

    /// The digest is of the bytes that came in the end, whatever led to them.
    private func fetch(_ text: String, expecting wanted: Digest?) async throws -> RegistryManifest {
        let answer = try await repository.manifest(text, accepting: MediaType.documents)
        let digest = Digest(of: answer.bytes)
        if let expected = wanted ?? answer.digest.flatMap(Digest.init), expected != digest {
            throw ImageStoreError.registry(
                "manifest verification failed for digest \(expected): the registry sent \(digest)", .unavailable)
        }
        return answer
    }
}
