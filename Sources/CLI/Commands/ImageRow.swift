/// An image in `images`: one row for each of its names.
struct ImageRow: TemplateRecord {
    static let titles = [
        ("ID", "IMAGE ID"), ("Repository", "REPOSITORY"), ("Tag", "TAG"), ("Digest", "DIGEST"),
        ("CreatedSince", "CREATED"), ("CreatedAt", "CREATED AT"), ("Size", "SIZE"), ("Containers", "CONTAINERS"),
        ("VirtualSize", "SIZE"), ("SharedSize", "SHARED SIZE"), ("UniqueSize", "UNIQUE SIZE"),
    ]

    let image: JSONValue
    let repository: String
    let tag: String
    let digest: String
    let truncates: Bool

    var typeName: String { "*formatter.imageContext" }
    var fieldNames: [String] { Self.titles.map(\.0) }

    func field(_ name: String) -> JSONValue? {
        switch name {
        case "ID": .string(truncates ? Humanize.shortID(image["Id"].text) : image["Id"].text)
        case "Repository": .string(repository)
        case "Tag": .string(tag)
        case "Digest": .string(digest)
        case "CreatedSince": .string(since)
        case "CreatedAt": .string(Timestamp(seconds: image["Created"].integer).goText)
        case "Size": .string(Humanize.size(image["Size"].doubleValue ?? 0, digits: 3))
        case "VirtualSize": .string(Humanize.size(image["Size"].doubleValue ?? 0))
        case "Containers": .string(count("Containers"))
        case "SharedSize": .string(size("SharedSize"))
        case "UniqueSize": .string(unique)
        default: nil
        }
    }

    private var since: String {
        let created = image["Created"].integer
        return created <= 0 ? "N/A" : Timestamp(seconds: created).age() + " ago"
    }

    private func count(_ key: String) -> String {
        let number = image[key].intValue ?? -1
        return number < 0 ? "N/A" : String(number)
    }

    private func size(_ key: String) -> String {
        let number = image[key].doubleValue ?? -1
        return number < 0 ? "N/A" : Humanize.size(number, digits: 3)
    }

    private var unique: String {
        guard let all = image["Size"].doubleValue, let shared = image["SharedSize"].doubleValue, shared >= 0 else {
            return "N/A"
        }
        return Humanize.size(all - shared, digits: 3)
    }

    /// The rows of an image. With digests, each name shows the digest of its repository.
    static func rows(_ image: JSONValue, truncates: Bool, digests: Bool) -> [ImageRow] {
        func row(_ repository: String, _ tag: String, _ digest: String) -> ImageRow {
            ImageRow(image: image, repository: repository, tag: tag, digest: digest, truncates: truncates)
        }
        let tags = image["RepoTags"].strings.filter { $0 != "<none>:<none>" }.compactMap(Self.tagParts)
        let pinned = image["RepoDigests"].strings.filter { !$0.hasPrefix("<none>@") }.compactMap { $0.cut(at: "@") }
        if tags.isEmpty {
            guard let first = pinned.first else { return [row("<none>", "<none>", "<none>")] }
            return digests
                ? pinned.map { row($0.before, "<none>", $0.after) } : [row(first.before, "<none>", first.after)]
        }
        return tags.flatMap { repository, tag in
            let matching = pinned.filter { $0.before == repository }.map(\.after)
            guard digests, !matching.isEmpty else { return [row(repository, tag, matching.first ?? "<none>")] }
            return matching.map { row(repository, tag, $0) }
        }
    }

    private static func tagParts(_ name: String) -> (String, String)? {
        guard let colon = name.lastIndex(of: ":") else { return nil }
        return (String(name[..<colon]), String(name[name.index(after: colon)...]))
    }
}
