/// The flags of `run` and `create` that describe the container.
enum RunFlags {
    static let all: [Flag] = identity + process + files + network + resources + security + health

    private static let identity: [Flag] = [
        .string("name", nil, "Assign a name to the container"),
        .string("cidfile", nil, "Write the container ID to the file"),
        .list("label", "l", "Set meta data on a container", check: FlagChecks.label),
        .list("label-file", nil, "Read in a line delimited file of labels"),
        .list(
            "annotation", nil, "Add an annotation to the container (passed through to the OCI runtime)",
            placeholder: "map", default: "map[]"),
        .string("platform", nil, "Set platform if server is multi-platform capable"),
        .string("runtime", nil, "Runtime to use for this container"),
        .string("restart", nil, "Restart policy to apply when a container exits", default: "no"),
        .bool("rm", nil, "Automatically remove the container and its associated anonymous volumes when it exits"),
        .bool("help", nil, "Print usage"),
    ]

    private static let process: [Flag] = [
        .list("attach", "a", "Attach to STDIN, STDOUT or STDERR", check: FlagChecks.stream),
        .string("entrypoint", nil, "Overwrite the default ENTRYPOINT of the image"),
        .list("env", "e", "Set environment variables", check: FlagChecks.environment),
        .list("env-file", nil, "Read in a file of environment variables"),
        .list("group-add", nil, "Add additional groups to join"),
        .bool("init", nil, "Run an init inside the container that forwards signals and reaps processes"),
        .bool("interactive", "i", "Keep STDIN open even if not attached"),
        .string("stop-signal", nil, "Signal to stop the container"),
        .int("stop-timeout", nil, "Timeout (in seconds) to stop a container"),
        .bool("tty", "t", "Allocate a pseudo-TTY"),
        .string("user", "u", "Username or UID (format: <name|uid>[:<group|gid>])"),
        .string("workdir", "w", "Working directory inside the container"),
        .string("log-driver", nil, "Logging driver for the container"),
        .list("log-opt", nil, "Log driver options"),
    ]

    private static let files: [Flag] = [
        .list("device", nil, "Add a host device to the container"),
        .list(
            "mount", nil, "Attach a filesystem mount to the container", placeholder: "mount",
            check: MountSpecification.check),
        .bool("read-only", nil, "Mount the container's root filesystem as read only"),
        .list("storage-opt", nil, "Storage driver options for the container"),
        .list("tmpfs", nil, "Mount a tmpfs directory"),
        .list("volume", "v", "Bind mount a volume"),
        .string("volume-driver", nil, "Optional volume driver for the container"),
        .list("volumes-from", nil, "Mount volumes from the specified container(s)"),
        .bytes("shm-size", nil, "Size of /dev/shm"),
    ]

    private static let network: [Flag] = [
        .list("add-host", nil, "Add a custom host-to-IP mapping (host:ip)", check: HostSpecification.check),
        .list("dns", nil, "Set custom DNS servers", check: FlagChecks.ipAddress),
        .list("dns-option", nil, "Set DNS options"),
        .list("dns-search", nil, "Set custom DNS search domains"),
        .string("domainname", nil, "Container NIS domain name"),
        .list("expose", nil, "Expose a port or a range of ports"),
        .string("hostname", "h", "Container host name"),
        .string("ip", nil, "IPv4 address (e.g., 172.30.100.104)"),
        .string("ip6", nil, "IPv6 address (e.g., 2001:db8::33)"),
        .list("link", nil, "Add link to another container"),
        .string("mac-address", nil, "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),
        Flag("network", nil, .repeated, "network", "Connect a container to a network"),
        Flag("net", nil, .repeated, "network", "Connect a container to a network", hidden: true),
        .list("network-alias", nil, "Add network-scoped alias for the container"),
        .list("publish", "p", "Publish a container's port(s) to the host"),
        .bool("publish-all", "P", "Publish all exposed ports to random ports"),
    ]

    private static let resources: [Flag] = [
        Flag(
            "blkio-weight", nil, .single, "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable",
            default: "0", check: FlagChecks.weight),
        .list(
            "blkio-weight-device", nil, "Block IO weight (relative device weight)", default: "[]",
            check: DeviceSpecification.checkCount),
        .string("cgroup-parent", nil, "Optional parent cgroup for the container"),
        .int("cpu-period", nil, "Limit CPU CFS (Completely Fair Scheduler) period"),
        .int("cpu-quota", nil, "Limit CPU CFS (Completely Fair Scheduler) quota"),
        .int("cpu-rt-period", nil, "Limit CPU real-time period in microseconds"),
        .int("cpu-rt-runtime", nil, "Limit CPU real-time runtime in microseconds"),
        .int("cpu-shares", "c", "CPU shares (relative weight)"),
        Flag("cpus", nil, .single, "decimal", "Number of CPUs", check: FlagChecks.decimal),
        .string("cpuset-cpus", nil, "CPUs in which to allow execution (0-3, 0,1)"),
        .string("cpuset-mems", nil, "MEMs in which to allow execution (0-3, 0,1)"),
        .list("device-cgroup-rule", nil, "Add a rule to the cgroup allowed devices list"),
        .list(
            "device-read-bps", nil, "Limit read rate (bytes per second) from a device", default: "[]",
            check: DeviceSpecification.checkByteRate),
        .list(
            "device-read-iops", nil, "Limit read rate (IO per second) from a device", default: "[]",
            check: DeviceSpecification.checkCount),
        .list(
            "device-write-bps", nil, "Limit write rate (bytes per second) to a device", default: "[]",
            check: DeviceSpecification.checkByteRate),
        .list(
            "device-write-iops", nil, "Limit write rate (IO per second) to a device", default: "[]",
            check: DeviceSpecification.checkCount),
        .bytes("kernel-memory", nil, "Kernel memory limit"),
        .bytes("memory", "m", "Memory limit"),
        .bytes("memory-reservation", nil, "Memory soft limit"),
        .bytes(
            "memory-swap", nil, "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
            check: FlagChecks.swap),
        .int("memory-swappiness", nil, "Tune container memory swappiness (0 to 100)", default: -1),
        .bool("oom-kill-disable", nil, "Disable OOM Killer"),
        .int("oom-score-adj", nil, "Tune host's OOM preferences (-1000 to 1000)"),
        .int("pids-limit", nil, "Tune container pids limit (set -1 for unlimited)"),
        Flag("ulimit", nil, .repeated, "ulimit", "Ulimit options", default: "[]", check: UlimitSpecification.check),
    ]

    private static let security: [Flag] = [
        .list("cap-add", nil, "Add Linux capabilities"),
        .list("cap-drop", nil, "Drop Linux capabilities"),
        .string(
            "cgroupns", nil,
            "Cgroup namespace to use (host|private)\n'host':    Run the container in the host's cgroup namespace\n'private': Run the container in its own private cgroup namespace\n'':        Use the cgroup namespace as configured on the daemon (default)"
        ),
        .string("ipc", nil, "IPC mode to use"),
        .string("pid", nil, "PID namespace to use"),
        .bool("privileged", nil, "Give extended privileges to this container"),
        .list("security-opt", nil, "Security Options"),
        .list("sysctl", nil, "Sysctl options", placeholder: "map", default: "map[]", check: SysctlSpecification.check),
        .string("userns", nil, "User namespace to use"),
        .string("uts", nil, "UTS namespace to use"),
    ]

    private static let health: [Flag] = [
        .string("health-cmd", nil, "Command to run to check health"),
        .duration("health-interval", "Time between running the check (ms|s|m|h)"),
        .int("health-retries", nil, "Consecutive failures needed to report unhealthy"),
        .duration(
            "health-start-period",
            "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)"),
        .duration("health-timeout", "Maximum time to allow one check to run (ms|s|m|h)"),
        .bool("no-healthcheck", nil, "Disable any container-specified HEALTHCHECK"),
    ]
}
