import CLinux
import EngineAPI
import Glibc
import LinuxSystem
import OCISpec

/// A device node of the host with the path that it gets in a container.
struct HostDevice {
    var device: OCISpec.Device

    func rule(access: String) -> OCISpec.DeviceCgroup {
        OCISpec.DeviceCgroup(
            allow: true, type: device.type, major: device.major, minor: device.minor,
            access: access.isEmpty ? "rwm" : access)
    }

    /// Directories of /dev that are not devices of the host but mounts of their own.
    private static let skipped: Set<String> = ["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"]

    /// All of the host's devices below /dev but terminals' own, sorted by path.
    static func all() -> [HostDevice] {
        below("/dev", as: "/dev", skipping: skipped).filter { !$0.device.path.hasSuffix("/console") }
    }

    /// The device that a mapping names, or those below the directory that it names.
    static func find(_ mapping: DeviceMapping) throws(SpecError) -> [HostDevice] {
        let target = mapping.pathInContainer.isEmpty ? mapping.pathOnHost : mapping.pathInContainer
        var status = stat()
        // A link to a device stands for the device.
        guard stat(mapping.pathOnHost, &status) == 0 else {
            throw .device(mapping.pathOnHost, reason: SystemError.text(of: errno))
        }
        if let device = HostDevice(status, path: target) { return [device] }
        if status.st_mode & S_IFMT == S_IFDIR {
            let found = below(mapping.pathOnHost, as: target, skipping: [])
            if !found.isEmpty { return found }
        }
        throw .device(mapping.pathOnHost, reason: "not a device node")
    }

    private init?(_ status: stat, path: String) {
        let type: String
        switch status.st_mode & S_IFMT {
        case S_IFCHR: type = "c"
        case S_IFBLK: type = "b"
        case S_IFIFO: type = "p"
        default: return nil
        }
        // A node without a number is a whiteout, or nothing that a container could use.
        guard type == "p" || status.st_rdev != 0 else { return nil }
        device = OCISpec.Device(
            type: type, path: path, major: Int64(linux_major(status.st_rdev)),
            minor: Int64(linux_minor(status.st_rdev)), fileMode: status.st_mode & ~S_IFMT,
            uid: status.st_uid, gid: status.st_gid)
    }

    private static func below(_ directory: String, as target: String, skipping: Set<String>) -> [HostDevice] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." && !skipping.contains(name) { names.append(name) }
        }
        var devices: [HostDevice] = []
        for name in names.sorted() {
            let path = directory + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                devices += below(path, as: target + "/" + name, skipping: skipping)
            } else if status.st_mode & S_IFMT != S_IFIFO, let device = HostDevice(status, path: target + "/" + name) {
                devices.append(device)
            }
        }
        return devices
    }
}
