internal import Capabilities
internal import LinuxSystem
internal import OCISpec
internal import Seccomp

/// What `features` prints (features.md).
enum RuntimeFeatures {
    static func current() -> Features {
        Features(
            ociVersionMin: "1.0.0", ociVersionMax: "1.3.0",
            hooks: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
            mountOptions: MountOptions.knownNames,
            linux: LinuxFeatures(
                namespaces: NamespaceKind.allCases.map(\.rawValue).sorted(), capabilities: CapabilitySet.knownNames(),
                cgroup: CgroupFeatures(v1: true, v2: true, systemd: false, systemdUser: false, rdma: true),
                seccomp: SeccompFeatures(
                    enabled: true, actions: SeccompNames.actions, operators: SeccompNames.operators,
                    archs: SeccompNames.architectures, knownFlags: SeccompNames.flags,
                    supportedFlags: SeccompNames.flags),
                apparmor: FeatureSwitch(enabled: true), selinux: FeatureSwitch(enabled: false),
                intelRdt: FeatureSwitch(enabled: false),
                mountExtensions: MountExtensionFeatures(idmap: FeatureSwitch(enabled: false)),
                netDevices: FeatureSwitch(enabled: false)))
    }
}
