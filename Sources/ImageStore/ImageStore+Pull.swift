public import OCISpec
public import Registry

extension ImageStore {
    /// Pulls an image from its registry, and gives it the reference's tag.
    ///
    /// - Parameter reference: with a digest, that very image is pulled and gets no tag.
    /// - Parameter platform: which of an index's images; `nil` is the host's.
    /// - Parameter credentials: for the registry alone, never for mirrors or where it redirects.
    /// - Parameter progress: hears what `docker pull` shows.
    /// - Throws: ``ImageStoreError``, with Docker's text in ``ImageStoreError/registry(_:_:)``. Nothing of the image is
    ///   kept then.
    public func pull(
        _ reference: ImageReference, platform: Platform?, credentials: RegistryCredentials?,
        progress: @escaping @Sendable (PullProgress) -> Void
    ) async throws -> Image {
        let client = RegistryClient(registries)
        // A registry may be slow, which must not keep the store's own threads.
        let threads = BlockingPool(threads: max(1, registries.maximumDownloads))
        defer { threads.shutDown() }
        let result: Result<Image, any Error>
        do {
            result = .success(
                try await addingContent {
                    do {
                        return try await client.withRepository(
                            reference.path, of: reference.domain, credentials: credentials
                        ) { repository in
                            try await ImagePull(
                                store: self, reference: reference, platform: platform ?? PlatformMatcher.host,
                                repository: repository, threads: threads, progress: progress
                            ).run()
                        }
                    } catch let error as RegistryError {
                        throw ImageStoreError(error, pulling: reference)
                    }
                })
        } catch {
            result = .failure(error)
        }
        await client.shutDown()
        return try result.get()
    }
}
