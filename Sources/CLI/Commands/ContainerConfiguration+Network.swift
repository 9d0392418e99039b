extension ContainerConfiguration {
    struct NetworkAttachment {
        var target: String
        var endpoint: JSONObject
    }

    /// The `--network` values: a name, or `name=net,alias=web,ip=10.0.0.5`.
    func networks() throws(CommandFailure) -> [NetworkAttachment] {
        var attachments: [NetworkAttachment] = []
        for text in flags.list("network") + flags.list("net") {
            attachments.append(try Self.attachment(text))
        }
        return attachments
    }

    private static func attachment(_ text: String) throws(CommandFailure) -> NetworkAttachment {
        guard text.contains("=") else { return NetworkAttachment(target: text, endpoint: JSONObject()) }
        var attachment = NetworkAttachment(target: "", endpoint: JSONObject())
        for field in text.split(separator: ",") {
            guard let (name, value) = String(field).cut(at: "=") else {
                throw CommandFailure("invalid field '\(field)' must be a key=value pair")
            }
            switch name.lowercased() {
            case "name": attachment.target = value
            case "alias": add(value, to: "Aliases", &attachment.endpoint)
            case "ip": set(value, "IPv4Address", &attachment.endpoint)
            case "ip6": set(value, "IPv6Address", &attachment.endpoint)
            case "mac-address": attachment.endpoint["MacAddress"] = .string(value)
            case "gw-priority": attachment.endpoint["GwPriority"] = JSONValue(Int(value) ?? 0)
            case "driver-opt":
                let (key, option) = value.cut(at: "=") ?? (value, "")
                var options = attachment.endpoint["DriverOpts"]?.objectValue ?? JSONObject()
                options[key] = .string(option)
                attachment.endpoint["DriverOpts"] = .object(options)
            default: throw CommandFailure("invalid field key \(name)")
            }
        }
        guard !attachment.target.isEmpty else { throw CommandFailure("network name is required") }
        return attachment
    }

    private static func add(_ value: String, to key: String, _ endpoint: inout JSONObject) {
        endpoint[key] = .array((endpoint[key]?.arrayValue ?? []) + [.string(value)])
    }

    private static func set(_ value: String, _ key: String, _ endpoint: inout JSONObject) {
        var addresses = endpoint["IPAMConfig"]?.objectValue ?? JSONObject()
        addresses[key] = .string(value)
        endpoint["IPAMConfig"] = .object(addresses)
    }

    /// The endpoints of the create call. Flags such as `--ip` belong to the first network.
    func endpoints() throws(CommandFailure) -> JSONObject {
        var attachments = try networks()
        let isFirstDefault = attachments.isEmpty
        if isFirstDefault { attachments = [NetworkAttachment(target: "default", endpoint: JSONObject())] }
        for alias in flags.list("network-alias") { Self.add(alias, to: "Aliases", &attachments[0].endpoint) }
        if flags.isSet("ip") { Self.set(flags.string("ip"), "IPv4Address", &attachments[0].endpoint) }
        if flags.isSet("ip6") { Self.set(flags.string("ip6"), "IPv6Address", &attachments[0].endpoint) }
        if flags.isSet("mac-address") { attachments[0].endpoint["MacAddress"] = .string(flags.string("mac-address")) }
        guard attachments.count > 1 || !attachments[0].endpoint.isEmpty else { return JSONObject() }
        return JSONObject(attachments.map { ($0.target, .object($0.endpoint)) })
    }
}
