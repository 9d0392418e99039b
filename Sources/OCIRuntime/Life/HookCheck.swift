internal import OCISpec

/// Checks of hooks that need no kernel.
enum HookCheck {
    static func check(_ hooks: Hooks) throws(RuntimeError) {
        let points: [(String, [Hook])] = [
            ("prestart", hooks.prestart), ("createRuntime", hooks.createRuntime),
            ("createContainer", hooks.createContainer), ("startContainer", hooks.startContainer),
            ("poststart", hooks.poststart), ("poststop", hooks.poststop),
        ]
        for (point, list) in points {
            for (index, hook) in list.enumerated() {
                let field = "hooks.\(point)[\(index)]"
                guard !hook.path.isEmpty else {
                    throw .invalid(field: "\(field).path", problem: "the field is required")
                }
                guard hook.timeout ?? 1 > 0 else {
                    throw .invalid(field: "\(field).timeout", problem: "\(hook.timeout ?? 0) is not above zero")
                }
            }
        }
    }
}
