import CLI

/// The flags of `run` and `containers create` that describe the container: ctr's.
enum ContainerFlags {
    static let all: [Flag] = source + process + files + isolation + resources

    private static let source: [Flag] = [
        .string("snapshotter", nil, "Snapshotter; the only one is overlayfs"),
        .string("config", "c", "Path of a specification to use as it is"),
        .string("bundle", nil, "OCI bundle whose specification and root file system to use", placeholder: "dir"),
        .bool("rootfs", nil, "The first argument is a directory, not an image"),
        .string(
            "runtime", nil, "Shim (a name such as io.containerd.runc.v2, or a path), or the name of an OCI runtime"),
        .string("runc-binary", nil, "OCI runtime that the shim runs", placeholder: "path"),
        .list("label", nil, "Labels (foo=bar)", placeholder: "label"),
        .list("annotation", nil, "OCI annotations (foo=bar)", placeholder: "annotation"),
        .string("pid-file", nil, "File to write the task's pid to", placeholder: "path"),
    ]

    private static let process: [Flag] = [
        .string("cwd", nil, "Working directory of the process", placeholder: "dir"),
        .list("env", nil, "Environment variables (FOO=bar)", placeholder: "variable"),
        .list("env-file", nil, "File of environment variables, one a line", placeholder: "path"),
        .bool("tty", "t", "Allocate a terminal"),
        .string("user", "u", "User as name, uid, name:group or uid:gid", placeholder: "user"),
        .string("hostname", nil, "Host name", placeholder: "name"),
        .bool("allow-new-privs", nil, "Turn off no_new_privs"),
        .list("cap-add", nil, "Capabilities to add, with the prefix CAP_", placeholder: "capability"),
        .list("cap-drop", nil, "Capabilities to take away, with the prefix CAP_", placeholder: "capability"),
        .string("apparmor-profile", nil, "Loaded AppArmor profile", placeholder: "name"),
        .bool("seccomp", nil, "Use the default seccomp profile"),
        .string("seccomp-profile", nil, "File with a seccomp profile; needs --seccomp", placeholder: "path"),
    ]

    private static let files: [Flag] = [
        .list("mount", nil, "Mounts (type=bind,src=/tmp,dst=/host,options=rbind:ro)", placeholder: "mount"),
        .bool("read-only", nil, "Make the root file system read-only"),
        .string("rootfs-propagation", nil, "Propagation of the root's mounts", placeholder: "mode"),
        .list("device", nil, "Device of the host", placeholder: "path"),
    ]

    private static let isolation: [Flag] = [
        .bool("net-host", nil, "Use the host's network"),
        .bool("privileged", nil, "Give every capability and device"),
        .list("with-ns", nil, "Namespaces to join (TYPE:PATH)", placeholder: "namespace"),
        .list("uidmap", nil, "User ids of a user namespace (CONTAINER:HOST:LENGTH)", placeholder: "map"),
        .list("gidmap", nil, "Group ids of a user namespace (CONTAINER:HOST:LENGTH)", placeholder: "map"),
    ]

    private static let resources: [Flag] = [
        .string("cgroup", nil, "Path of the cgroup", placeholder: "path"),
        .bytes("memory-limit", nil, "Memory limit in bytes"),
        Flag("cpus", nil, .single, "number", "Number of CPUs", check: FlagChecks.decimal),
        .int("cpu-shares", nil, "Relative weight of CPU time", default: 1024),
        .int("cpu-quota", nil, "CFS quota in microseconds", default: -1),
        .int("cpu-period", nil, "CFS period in microseconds"),
    ]
}
