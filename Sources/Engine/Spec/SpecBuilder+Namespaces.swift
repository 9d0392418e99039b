import OCISpec

extension SpecBuilder {
    func namespaces(_ input: SpecInput) throws(SpecError) -> [OCISpec.Namespace] {
        let hostConfig = input.hostConfig
        var namespaces = [OCISpec.Namespace(type: "mount")]

        switch input.network {
        case .new: namespaces.append(OCISpec.Namespace(type: "network"))
        case .joined(let path): namespaces.append(OCISpec.Namespace(type: "network", path: path))
        case .host: break
        }
        if !NamespaceMode(hostConfig.utsMode).isHost { namespaces.append(OCISpec.Namespace(type: "uts")) }

        let pid = NamespaceMode(hostConfig.pidMode)
        if let shared = pid.sharedContainer {
            guard let path = input.pidNamespacePath else {
                throw .unsupported("cannot join PID namespace of a non running container: \(shared)")
            }
            namespaces.append(OCISpec.Namespace(type: "pid", path: path))
        } else if !pid.isHost {
            namespaces.append(OCISpec.Namespace(type: "pid"))
        }

        let ipc = NamespaceMode(hostConfig.ipcMode)
        if let shared = ipc.sharedContainer {
            guard let path = input.ipcNamespacePath else {
                throw .unsupported("failed to join IPC namespace: container \(shared) is not running")
            }
            namespaces.append(OCISpec.Namespace(type: "ipc", path: path))
        } else if !ipc.isHost {
            namespaces.append(OCISpec.Namespace(type: "ipc"))
        }

        if hostConfig.cgroupnsMode == "private", facts.features.contains(.cgroupNamespaces) {
            namespaces.append(OCISpec.Namespace(type: "cgroup"))
        }
        return namespaces
    }
}
