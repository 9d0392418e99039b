import Glibc
import OCISpec

/// Chooses among the platforms of an index.
struct PlatformMatcher {
    /// Platforms that will do, the best first.
    private let accepted: [Platform]

    init(_ platform: Platform) {
        let wanted = Self.normalized(platform)
        accepted = [wanted] + Self.compatible(with: wanted)
    }

    /// The platform this program runs on.
    static var host: Platform {
        var name = utsname()
        uname(&name)
        let machine = withUnsafeBytes(of: &name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return normalized(Platform(architecture: machine, os: "linux"))
    }

    /// As users write it, `linux/arm64/v8`.
    static func text(_ platform: Platform) -> String {
        ([platform.os, platform.architecture] + (platform.variant.map { [$0] } ?? [])).joined(separator: "/")
    }

    /// The best manifest of an index; one without a platform is taken where it is the only one.
    func best(of manifests: [ContentDescriptor]) -> ContentDescriptor? {
        let images = manifests.filter { $0.annotations?["vnd.docker.reference.type"] == nil }
        for platform in accepted {
            if let found = images.first(where: { $0.platform.map(Self.normalized) == platform }) { return found }
        }
        guard images.count == 1, images.first?.platform == nil else { return nil }
        return images.first
    }

    /// Go's names, without what is only for other systems, and with a variant only where it says something.
    private static func normalized(_ platform: Platform) -> Platform {
        var architecture = platform.architecture.lowercased()
        var variant = platform.variant?.lowercased()
        switch architecture {
        case "x86_64", "x86-64": architecture = "amd64"
        case "i386", "i486", "i586", "i686": architecture = "386"
        case "aarch64", "aarch64_be": architecture = "arm64"
        case "armhf": (architecture, variant) = ("arm", "v7")
        case "armel": (architecture, variant) = ("arm", "v6")
        case "armv7l": (architecture, variant) = ("arm", "v7")
        case "armv6l": (architecture, variant) = ("arm", "v6")
        default: break
        }
        switch (architecture, variant) {
        case ("amd64", "v1"), ("arm64", "v8"), ("arm64", "8"), ("386", _): variant = nil
        case ("arm", nil), ("arm", ""), ("arm", "7"): variant = "v7"
        case ("arm", "5"): variant = "v5"
        case ("arm", "6"): variant = "v6"
        case (_, ""): variant = nil
        default: break
        }
        return Platform(architecture: architecture, os: platform.os.lowercased(), variant: variant)
    }

    /// What the same processor runs as well.
    private static func compatible(with platform: Platform) -> [Platform] {
        let make = { (architecture: String, variant: String?) in
            Platform(architecture: architecture, os: platform.os, variant: variant)
        }
        switch (platform.architecture, platform.variant) {
        case ("amd64", let variant?):
            let level = Int(variant.dropFirst()) ?? 1
            return stride(from: level - 1, through: 2, by: -1).map { make("amd64", "v\($0)") } + [make("amd64", nil)]
        case ("arm64", nil): return ["v7", "v6", "v5"].map { make("arm", $0) }
        case ("arm64", _): return [make("arm64", nil)] + ["v7", "v6", "v5"].map { make("arm", $0) }
        case ("arm", "v8"): return ["v7", "v6", "v5"].map { make("arm", $0) }
        case ("arm", "v7"): return ["v6", "v5"].map { make("arm", $0) }
        case ("arm", "v6"): return [make("arm", "v5")]
        default: return []
        }
    }
}
