internal import Capabilities
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

/// What `features` prints (features.md).
enum RuntimeFeatures {
    /// The newest version of the specification that bundles may keep to.
    static let newestSpec = "1.3.0"

    static func current() -> Features {
        Features(
            ociVersionMin: "1.0.0", ociVersionMax: newestSpec,
            hooks: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
            mountOptions: MountOptions.knownNames,
            linux: LinuxFeatures(
                namespaces: namespaces, capabilities: CapabilitySet.knownNames(),
                cgroup: CgroupFeatures(v1: true, v2: true, systemd: true, systemdUser: true, rdma: true),
                seccomp: SeccompFeatures(
                    enabled: true, actions: SeccompNames.actions, operators: SeccompNames.operators,
                    archs: SeccompNames.architectures, knownFlags: SeccompNames.flags,
                    supportedFlags: SeccompNames.supportedFlags),
                apparmor: FeatureSwitch(enabled: true), selinux: FeatureSwitch(enabled: true),
                intelRdt: FeatureSwitch(enabled: true),
                mountExtensions: MountExtensionFeatures(idmap: FeatureSwitch(enabled: true)),
                netDevices: FeatureSwitch(enabled: true)),
            annotations: [
                "org.opencontainers.runc.checkpoint.enabled": "true",
                "io.github.seccomp.libseccomp.version": SeccompNames.libraryVersion,
                "org.skiff.runtime.version": RuntimeCommand.version,
            ])
    }

    /// Those that the running kernel has.
    private static var namespaces: [String] {
        NamespaceKind.allCases.filter { File.exists("/proc/self/ns/\($0.fileName)") }.map(\.rawValue).sorted()
    }
}
