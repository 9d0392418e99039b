import OCISpec

/// A document of a registry, told apart by what the registry or the document itself says it is.
enum ManifestDocument: Sendable {
    case index(Index)
    case manifest(Manifest)

    private struct Hints: Decodable {
        let mediaType: String?
        let isIndex: Bool

        private enum CodingKeys: String, CodingKey {
            case mediaType, manifests
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            mediaType = try container.decodeIfPresent(String.self, forKey: .mediaType)
            isIndex = container.contains(.manifests)
        }
    }

    /// Reads a document; the two decoders refuse one that could be read both ways (CVE-2021-41190).
    ///
    /// - Parameter type: the media type it was sent with, which may say nothing.
    init(_ bytes: [UInt8], type: String) throws {
        let hints = try OCIJSON.decode(Hints.self, from: bytes)
        let isKnown = MediaType.isIndex(type) || MediaType.isManifest(type) || MediaType.isSchema1(type)
        if isKnown, let inner = hints.mediaType, !inner.isEmpty, inner != type {
            throw ImageStoreError.malformed(
                what: "manifest", reason: "it says it is \(inner), but the registry says it is \(type)")
        }
        let kind = isKnown ? type : hints.mediaType ?? (hints.isIndex ? MediaType.ociIndex : MediaType.ociManifest)
        if MediaType.isIndex(kind) {
            self = .index(try OCIJSON.decode(Index.self, from: bytes))
        } else if MediaType.isManifest(kind) {
            self = .manifest(try OCIJSON.decode(Manifest.self, from: bytes))
        } else if MediaType.isSchema1(kind) {
            throw ImageStoreError.registry(
                "images of Docker's manifest schema 1 are not supported: push the image again with a newer tool",
                .invalid)
        } else {
            throw ImageStoreError.malformed(what: "manifest", reason: "unsupported media type \(kind)")
        }
    }
}
