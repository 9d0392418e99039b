public import OCISpec
public import Registry

extension ImageStore {
    /// Pulls an image; `platform` nil is the host's.
    public func pull(
        _ reference: ImageReference, platform: Platform?, credentials: RegistryCredentials?,
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> Image {
        throw ImageStoreError.registry("pull is not implemented yet", .unavailable)
    }
}
