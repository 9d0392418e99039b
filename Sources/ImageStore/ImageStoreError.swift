/// Why the image store could not do something; the descriptions are Docker's where Docker has one.
public enum ImageStoreError: Error, Sendable, Equatable {
    /// What the caller can tell its own caller, as HTTP status or exit code.
    public enum Kind: Sendable, Equatable {
        /// 404.
        case notFound
        /// 409.
        case conflict
        /// 400.
        case invalid
        /// 401 or 403 of a registry.
        case denied
        /// A registry does not answer as it should.
        case unavailable
        /// Anything else of the system.
        case system
    }

    /// No image has this name or id.
    case notFound(String)
    /// No snapshot has this key.
    case snapshotNotFound(String)
    /// Several images have ids with this prefix.
    case ambiguousID(String)
    /// The text is not the name of an image.
    case invalidReference(ImageReferenceError)
    /// The key could leave the store's directory or is taken.
    case invalidSnapshotKey(String)
    /// A snapshot with this key is there already.
    case snapshotExists(String)
    /// Something uses what was to be deleted.
    case conflict(String)
    /// An archive, manifest or configuration is not as its specification says.
    case malformed(what: String, reason: String)
    /// A layer cannot be unpacked.
    case layer(digest: String, reason: String)
    /// No manifest of an index fits the platform.
    case noPlatform(name: String, platform: String)
    /// A registry's answer, in Docker's words.
    case registry(String, Kind)
    /// The system refused an operation.
    case system(operation: String, path: String?, reason: String)

    /// What the caller can tell its own caller.
    public var kind: Kind {
        switch self {
        case .notFound, .snapshotNotFound, .noPlatform: .notFound
        case .ambiguousID, .invalidReference, .invalidSnapshotKey, .malformed, .layer: .invalid
        case .conflict, .snapshotExists: .conflict
        case .registry(_, let kind): kind
        case .system: .system
        }
    }
}

extension ImageStoreError: CustomStringConvertible {
    /// What a user reads.
    public var description: String {
        switch self {
        case .notFound(let name): "No such image: \(name)"
        case .snapshotNotFound(let key): "snapshot \(key) does not exist"
        case .ambiguousID(let prefix): "multiple IDs found with provided prefix: \(prefix)"
        case .invalidReference(let cause): cause.description
        case .invalidSnapshotKey(let key): "invalid snapshot key \"\(key)\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
        case .snapshotExists(let key): "snapshot \(key) already exists"
        case .conflict(let text): "conflict: \(text)"
        case .malformed(let what, let reason): "invalid \(what): \(reason)"
        case .layer(let digest, let reason): "failed to register layer \(digest): \(reason)"
        case .noPlatform(let name, let platform):
            "no matching manifest for \(platform) in the manifest list entries of \(name): no match for platform in manifest: not found"
        case .registry(let text, _): text
        case .system(let operation, let path, let reason):
            "\(operation)\(path.map { " \($0)" } ?? ""): \(reason)"
        }
    }
}
