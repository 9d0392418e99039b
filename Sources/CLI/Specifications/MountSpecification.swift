/// A `--mount` value: `type=bind,source=/a,target=/b,readonly`.
package enum MountSpecification {
    private struct Draft {
        var kind = "volume"
        var mount = JSONObject()
        var options: [String: JSONObject] = [:]

        mutating func option(_ family: String, _ name: String, _ value: JSONValue) {
            options[family, default: JSONObject()][name] = value
        }
    }

    @Sendable
    package static func check(_ text: String) throws(FlagValueError) -> String {
        try parse(text).encoded
    }

    /// The mount as the engine's API takes it.
    package static func parse(_ text: String) throws(FlagValueError) -> JSONValue {
        var draft = Draft()
        for field in fields(text) {
            let parts = field.cut(at: "=")
            let name = (parts?.before ?? field).lowercased()
            guard let value = parts?.after ?? flagValue(name) else {
                throw FlagValueError("invalid field '\(field)' must be a key=value pair")
            }
            try apply(name, value, field, &draft)
        }
        return try finish(draft)
    }

    /// Cut at commas, except inside double quotes.
    private static func fields(_ text: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in text {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    private static func flagValue(_ name: String) -> String? {
        ["readonly", "ro", "volume-nocopy", "bind-nonrecursive", "bind-create-src"].contains(name) ? "true" : nil
    }

    private static func apply(
        _ name: String, _ value: String, _ field: String, _ draft: inout Draft
    ) throws(FlagValueError) {
        switch name {
        case "type": draft.kind = value.lowercased()
        case "source", "src":
            draft.mount["Source"] = .string(value.hasPrefix(".") ? FilePath.absolute(value) : value)
        case "target", "dst", "destination": draft.mount["Target"] = .string(value)
        case "readonly", "ro": draft.mount["ReadOnly"] = .bool(try flag(name, value))
        case "consistency": draft.mount["Consistency"] = .string(value.lowercased())
        case "bind-propagation": draft.option("BindOptions", "Propagation", .string(value.lowercased()))
        case "bind-nonrecursive": draft.option("BindOptions", "NonRecursive", .bool(try flag(name, value)))
        case "bind-create-src": draft.option("BindOptions", "CreateMountpoint", .bool(try flag(name, value)))
        case "bind-recursive": try applyRecursive(value, &draft)
        case "volume-subpath": draft.option("VolumeOptions", "Subpath", .string(value))
        case "volume-nocopy": draft.option("VolumeOptions", "NoCopy", .bool(try flag(name, value)))
        case "volume-label", "volume-driver", "volume-opt": applyVolume(name, value, &draft)
        case "image-subpath": draft.option("ImageOptions", "Subpath", .string(value))
        case "tmpfs-size":
            guard let size = ByteSize.parse(value) else { throw FlagValueError("invalid value for \(name): \(value)") }
            draft.option("TmpfsOptions", "SizeBytes", JSONValue(size))
        case "tmpfs-mode":
            guard let mode = UInt32(value, radix: 8) else {
                throw FlagValueError("invalid value for \(name): \(value)")
            }
            draft.option("TmpfsOptions", "Mode", JSONValue(mode))
        default: throw FlagValueError("unexpected key '\(name)' in '\(field)'")
        }
    }

    private static func flag(_ name: String, _ value: String) throws(FlagValueError) -> Bool {
        guard let text = try? FlagChecks.bool(value) else {
            throw FlagValueError("invalid value for \(name): \(value)")
        }
        return text == "true"
    }

    private static func applyRecursive(_ value: String, _ draft: inout Draft) throws(FlagValueError) {
        switch value {
        case "enabled": break
        case "disabled": draft.option("BindOptions", "NonRecursive", true)
        case "writable": draft.option("BindOptions", "ReadOnlyNonRecursive", true)
        case "readonly": draft.option("BindOptions", "ReadOnlyForceRecursive", true)
        default:
            throw FlagValueError(
                "invalid value for bind-recursive: \(value) (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"
            )
        }
    }

    private static func applyVolume(_ name: String, _ value: String, _ draft: inout Draft) {
        if name == "volume-label" {
            let (key, text) = value.cut(at: "=") ?? (value, "")
            var labels = draft.options["VolumeOptions"]?["Labels"]?.objectValue ?? JSONObject()
            labels[key] = .string(text)
            return draft.option("VolumeOptions", "Labels", .object(labels))
        }
        var driver = draft.options["VolumeOptions"]?["DriverConfig"]?.objectValue ?? JSONObject()
        if name == "volume-driver" {
            driver["Name"] = .string(value)
        } else {
            let (key, text) = value.cut(at: "=") ?? (value, "")
            var options = driver["Options"]?.objectValue ?? JSONObject()
            options[key] = .string(text)
            driver["Options"] = .object(options)
        }
        draft.option("VolumeOptions", "DriverConfig", .object(driver))
    }

    private static func finish(_ draft: Draft) throws(FlagValueError) -> JSONValue {
        guard !draft.kind.isEmpty else { throw FlagValueError("type is required") }
        guard let target = draft.mount["Target"], !target.text.isEmpty else {
            throw FlagValueError("target is required")
        }
        let families = [
            "bind": "BindOptions", "volume": "VolumeOptions", "tmpfs": "TmpfsOptions", "image": "ImageOptions",
        ]
        for (family, _) in draft.options where families[draft.kind] != family {
            let wanted = families.first { $0.value == family }?.key ?? ""
            throw FlagValueError("cannot mix '\(wanted)-*' options with mount type '\(draft.kind)'")
        }
        var mount = JSONObject([("Type", .string(draft.kind))])
        for member in draft.mount.members { mount[member.key] = member.value }
        for (family, options) in draft.options { mount[family] = .object(options) }
        return .object(mount)
    }
}
