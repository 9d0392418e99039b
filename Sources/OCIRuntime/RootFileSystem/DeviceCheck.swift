internal import LinuxSystem
internal import OCISpec

/// Checks of device nodes that need no kernel.
enum DeviceCheck {
    static func check(_ device: Device, field: String) throws(RuntimeError) {
        guard ["c", "u", "b", "p"].contains(device.type) else {
            throw .invalid(field: "\(field).type", problem: "invalid device type \"\(device.type)\"")
        }
        let parts = device.path.pathParts
        guard device.path.isAbsolutePath, !parts.isEmpty, !parts.contains("..") else {
            throw .invalid(field: "\(field).path", problem: "\"\(device.path)\" is no absolute path")
        }
        guard device.type != "p" else { return }
        for (name, number) in [("major", device.major), ("minor", device.minor)] {
            guard UInt32(exactly: number ?? 0) != nil else {
                throw .invalid(field: "\(field).\(name)", problem: "\(number ?? 0) is no device number")
            }
        }
    }
}
