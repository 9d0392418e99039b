import CLinux
import Glibc
internal import LinuxSystem

/// The host's `/proc`, opened before anything of the container exists, and verified: a write through it hits the
/// kernel and no file that somebody put there (CVE-2025-52881).
struct ProcDirectory: ~Copyable {
    let descriptor: Descriptor

    init() throws(SystemError) {
        let directory = try Descriptor.open("/proc", Int32(LINUX_O_PATH | LINUX_O_DIRECTORY))
        guard try directory.fileSystemType() == PROC_SUPER_MAGIC else {
            throw SystemError(operation: "verify that it is procfs", path: "/proc", errno: EINVAL)
        }
        descriptor = directory
    }

    /// Opens a file below; `self` and the like are links the kernel makes, anything mounted over is refused.
    func open(_ path: String, _ flags: Int32) throws(SystemError) -> Descriptor {
        let file = try Descriptor.open(
            at: descriptor.rawValue, path, flags,
            resolve: Int32(RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS))
        guard try file.fileSystemType() == PROC_SUPER_MAGIC else {
            throw SystemError(operation: "verify that it is procfs", path: "/proc/\(path)", errno: EINVAL)
        }
        return file
    }

    func write(_ text: String, to path: String) throws(SystemError) {
        do throws(SystemError) {
            try open(path, O_WRONLY).write(once: text)
        } catch {
            throw SystemError(operation: "write", path: "/proc/\(path)", errno: error.errno)
        }
    }

    /// The profile is entered at the next exec, see apparmor(7).
    func enterAppArmor(_ profile: String) throws(RuntimeError) {
        guard Self.hasAppArmor else {
            throw .container(
                "unable to apply apparmor profile: apparmor failed to apply profile \"\(profile)\" of "
                    + "process.apparmorProfile: the host has no AppArmor")
        }
        let file = File.exists("/proc/self/attr/apparmor/exec") ? "self/attr/apparmor/exec" : "self/attr/exec"
        do throws(SystemError) {
            try write("exec \(profile)", to: file)
        } catch {
            throw .container(
                "unable to apply apparmor profile: apparmor failed to apply profile \"\(profile)\": \(error)")
        }
    }

    static var hasAppArmor: Bool {
        File.exists("/sys/kernel/security/apparmor") || File.exists("/sys/module/apparmor/parameters/enabled")
    }

    /// The label is entered at the next exec.
    func enterSELinux(_ label: String) throws(RuntimeError) {
        do throws(SystemError) { try write(label, to: "self/attr/exec") } catch {
            throw .container("unable to apply process.selinuxLabel \"\(label)\": \(error)")
        }
    }

    static var hasSELinux: Bool {
        var status = statfs()
        return statfs("/sys/fs/selinux", &status) == 0 && status.f_type == 0xf97c_ff8c
    }
}
