import Glibc
internal import LinuxSystem
internal import OCISpec

extension RuntimeCommand {
    static func update(_ arguments: inout Arguments, _ runtime: ContainerRuntime) throws(RuntimeError) {
        var changes = ResourceChanges()
        var file: String?
        while let flag = try arguments.nextFlag() {
            switch flag {
            case "-r", "--resources": file = try arguments.value()
            default: guard try changes.read(flag, &arguments) else { throw Arguments.unknown(flag) }
            }
        }
        let id = try arguments.required("container-id")
        try arguments.finish()
        // A container that is not there, or has ended, is the first thing to say.
        guard try runtime.state(id).status != "stopped" else {
            throw .state(id: id, problem: "container not running")
        }
        let resources = if let file { try read(file) } else { try changes.resources(runtime.log) }
        let control = ResourceControlUpdate(cache: changes.cacheSchema, bandwidth: changes.bandwidthSchema)
        try control.check()
        try runtime.update(id, resources)
        try control.apply(to: id)
    }

    private static func read(_ path: String) throws(RuntimeError) -> Resources {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File.read(path == "-" ? "/dev/stdin" : path, limit: 16 << 20)
        } catch { throw .system(doing: "read --resources", error) }
        do { return try OCIJSON.decode(Resources.self, from: bytes) } catch {
            throw .other("read --resources \(path): \(error)")
        }
    }
}
