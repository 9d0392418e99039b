import LinuxSystem
import OCISpec

/// Applies resource limits to a container's cgroup: the open directories and how to name what fails.
struct ResourceWriter: ~Copyable {
    let cgroup: ContainerCgroup

    /// Writes one version 1 file.
    func write(_ value: String, controller: String, file: String, field: String) throws(CgroupError) {
        guard let location = cgroup.location(of: controller) else {
            throw .missingController(field: field, controller: controller)
        }
        do throws(SystemError) {
            try CgroupDirectory(opening: location.path).write(value, to: file)
        } catch {
            throw .setting(field: field, cause: error)
        }
    }

    /// Writes one version 2 file; the file's first word names its controller.
    func writeUnified(_ value: String, file: String, field: String) throws(CgroupError) {
        guard let unified = cgroup.unified else {
            throw .invalid(field: field, problem: "cannot use unified on cgroup v1")
        }
        do throws(SystemError) {
            try CgroupDirectory(opening: unified.path).write(value, to: file)
        } catch  where error.errno == 2 {
            throw .missingController(field: field, controller: String(file.prefix { $0 != "." }))
        } catch {
            throw .setting(field: field, cause: error)
        }
    }

    /// Whether a controller is to be set through version 2.
    func isUnified(_ controller: String) -> Bool { !cgroup.has(controller) && cgroup.hasUnified }
}
