import Glibc
internal import LinuxSystem

/// Where the containers of an ordinary user are recorded who does not say where: in the directory of the user's
/// session, see the XDG Base Directory Specification.
enum SessionDirectory {
    /// Makes the directory; `nil` where containers are recorded for the whole host.
    static func ready() throws(RuntimeError) -> String? {
        guard let session = variable("XDG_RUNTIME_DIR"), !session.isEmpty, isHonored else { return nil }
        let path = "\(session)/skiff"
        do throws(SystemError) { try File.makeDirectories(path, mode: 0o700) } catch {
            throw .other("\(error) (the path in $XDG_RUNTIME_DIR must be writable by the user)")
        }
        do throws(SystemError) {
            // What has the sticky bit is not cleaned up after a time without use.
            try systemCall("chmod", path) { chmod(path, 0o1700) }
        } catch {
            throw .other("\(error) (you should check permission of the path in $XDG_RUNTIME_DIR)")
        }
        return path
    }

    /// The host's root may have the variable from whoever became it. Root of a user namespace who was made by a login
    /// as root sees a whole host.
    private static var isHonored: Bool {
        if RootlessMode.isOrdinaryUser { return true }
        return RootlessMode.isInUserNamespace && variable("USER") != "root"
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
