import CLinux
import Glibc
import LinuxSystem
package import OCISpec

extension ContainerCgroup {
    /// Puts device access rules in force, see `DeviceRule.effective`.
    ///
    /// - Parameter replaces: Whether rules may be in force already, by `restrictDevices` or by systemd.
    package func restrictDevices(_ rules: [DeviceCgroup], replaces: Bool) throws(CgroupError) {
        let effective = try DeviceRule.effective(rules)
        if let location = location(of: "devices") {
            do throws(SystemError) {
                let directory = try CgroupDirectory(opening: location.path)
                let allow = try Descriptor.open(at: directory.descriptor.rawValue, "devices.allow", O_WRONLY)
                let deny = try Descriptor.open(at: directory.descriptor.rawValue, "devices.deny", O_WRONLY)
                for rule in effective {
                    if rule.allow { try allow.write(once: rule.line) } else { try deny.write(once: rule.line) }
                }
            } catch {
                throw .setting(field: "linux.resources.devices", cause: error)
            }
        } else if let unified {
            do throws(SystemError) {
                try DeviceProgram(rules: effective).attach(toCgroup: unified.path, replaces: replaces)
            } catch {
                throw .setting(field: "linux.resources.devices", cause: error)
            }
        } else {
            throw .missingController(field: "linux.resources.devices", controller: "devices")
        }
    }
}
