/// A container in `ps`.
struct ContainerRow: TemplateRecord {
    static let titles = [
        ("ID", "CONTAINER ID"), ("Names", "NAMES"), ("Image", "IMAGE"), ("Command", "COMMAND"),
        ("CreatedAt", "CREATED AT"), ("RunningFor", "CREATED"), ("Ports", "PORTS"), ("State", "STATE"),
        ("Status", "STATUS"), ("Size", "SIZE"), ("Labels", "LABELS"), ("Mounts", "MOUNTS"),
        ("LocalVolumes", "LOCAL VOLUMES"), ("Networks", "NETWORKS"), ("Platform", "PLATFORM"),
    ]

    let container: JSONValue
    let truncates: Bool

    var typeName: String { "*formatter.ContainerContext" }
    var fieldNames: [String] { Self.titles.map(\.0) }

    func field(_ name: String) -> JSONValue? {
        switch name {
        case "ID": .string(truncates ? Humanize.shortID(container["Id"].text) : container["Id"].text)
        case "Names": .string(names)
        case "Image": .string(image)
        case "Command": .string(command)
        case "CreatedAt": .string(Timestamp(seconds: container["Created"].integer).goText)
        case "RunningFor": .string(Timestamp(seconds: container["Created"].integer).age() + " ago")
        case "Ports": .string(PortSummary.text(container["Ports"].arrayValue ?? []))
        case "State": .string(container["State"].text)
        case "Status": .string(container["Status"].text)
        case "Size": .string(size)
        case "Labels": .string(labels)
        case "Mounts": .string(mounts)
        case "LocalVolumes":
            .string(String((container["Mounts"].arrayValue ?? []).count { $0["Driver"].text == "local" }))
        case "Networks":
            .string((container["NetworkSettings"]["Networks"].objectValue?.keys.sorted() ?? []).joined(separator: ","))
        case "Platform": platform
        default: nil
        }
    }

    func call(_ name: String, _ arguments: [JSONValue]) -> JSONValue? {
        guard name == "Label", let label = arguments.first?.stringValue else { return nil }
        return .string(container["Labels"][label].text)
    }

    private var names: String {
        let names = container["Names"].strings.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
        // Names with a further slash are aliases that links made.
        return (truncates ? names.filter { !$0.contains("/") } : names).joined(separator: ",")
    }

    private var image: String {
        let image = container["Image"].text
        if image.isEmpty { return "<no image>" }
        guard truncates else { return image }
        let id = container["ImageID"].text
        if Humanize.shortID(id) == Humanize.shortID(image), image.count >= 12 { return Humanize.shortID(image) }
        // A name pinned by digest shows without it.
        if let (name, _) = image.cut(at: "@") { return name }
        return image
    }

    private var command: String {
        let command = container["Command"].text
        return GoQuote.quote(truncates ? Humanize.ellipsis(command, 20) : command)
    }

    private var size: String {
        let own = Humanize.size(container["SizeRw"].doubleValue ?? 0, digits: 3)
        let virtual = container["SizeRootFs"].doubleValue ?? 0
        return virtual > 0 ? "\(own) (virtual \(Humanize.size(virtual, digits: 3)))" : own
    }

    private var labels: String {
        (container["Labels"].objectValue?.sorted ?? []).map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
    }

    private var mounts: String {
        (container["Mounts"].arrayValue ?? []).map { mount in
            let name = mount["Name"].text.isEmpty ? mount["Source"].text : mount["Name"].text
            return truncates ? Humanize.ellipsis(name, 15) : name
        }.joined(separator: ",")
    }

    private var platform: JSONValue {
        let platform = container["ImageManifestDescriptor"]["platform"]
        guard !platform.isNull else { return .null }
        return .string([platform["os"].text, platform["architecture"].text].joined(separator: "/"))
    }
}
