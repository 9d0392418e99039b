import OCISpec
import Synchronization

/// Keeps the filters that a profile gave for sets of capabilities, since most containers share one.
final class SeccompFilterCache: Sendable {
    private struct Key: Hashable {
        var capabilities: [String]
        var kernel: KernelVersion
    }

    private static let limit = 64

    private let filters = Mutex<(profile: SeccompProfile, byKey: [Key: OCISpec.Seccomp])>((.docker, [:]))

    func filter(
        _ profile: SeccompProfile, capabilities: [String], kernel: KernelVersion
    ) throws(SpecError) -> OCISpec.Seccomp? {
        let key = Key(capabilities: capabilities, kernel: kernel)
        let known = filters.withLock { $0.profile == profile ? $0.byKey[key] : nil }
        if let known { return known }
        let made = try profile.filter(capabilities: capabilities, kernel: kernel)
        filters.withLock { cache in
            if cache.profile != profile { cache = (profile, [:]) }
            if cache.byKey.count >= Self.limit { cache.byKey.removeAll() }
            cache.byKey[key] = made
        }
        return made
    }
}
