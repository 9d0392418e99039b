import Registry

extension ImageStoreError {
    /// What Docker says about a reference that a registry does not give.
    init(_ error: RegistryError, pulling reference: ImageReference) {
        switch error {
        case .manifestUnknown(let text):
            self = .registry("manifest for \(reference.familiar) not found: \(text)", .notFound)
        case .repositoryUnknown(let text):
            self = .registry("repository \(reference.familiarRepository) not found: \(text)", .notFound)
        case .denied(let text):
            self = .registry(
                "pull access denied for \(reference.familiarRepository), "
                    + "repository does not exist or may require 'docker login': \(text)", .denied)
        case .unauthorized, .unreachable, .rejected, .malformed:
            self = .registry(error.description, .unavailable)
        }
    }
}
