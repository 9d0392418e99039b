#!/usr/bin/env python3
"""Compares Skiff with Debian's docker.io, runc and crun, side by side in one run.

Prints a table of medians and ratios and writes bench/results.md; with the names of sections (runtimes, supervisor,
engines, logs, sizes) it measures these alone and writes nothing. Every daemon is private: sockets, roots, bridges and a
network namespace of its own; nothing of it stays.
"""

import ctypes
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "integration"))

import census
import supervised

from harness import BIN, namespace, processes  # noqa: E402
from harness.bundles import Bundle  # noqa: E402
from harness.engine import Dockerd, Skiffd  # noqa: E402
from harness.images import Archives  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
WARM_UP = 2
CONTAINERS = 20
LOG_LINES = 1_000_000
DOCKER = "/usr/bin/docker"
SECTIONS = ("runtimes", "supervisor", "engines", "logs", "sizes")
PR_SET_CHILD_SUBREAPER = 36
DOCKER_CAPABILITIES = [
    f"CAP_{name}"
    for name in (
        "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT "
        "KILL AUDIT_WRITE"
    ).split()
]
DEVNULL = [(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_RDWR, 0) for fd in (0, 1, 2)]


def spawn(command, environment=None):
    """Runs a command with /dev/null as its streams; it must succeed."""
    pid = os.posix_spawn(command[0], command, environment or os.environ, file_actions=DEVNULL)
    _, status = os.waitpid(pid, 0)
    if status != 0:
        shown = subprocess.run(command, env=environment, capture_output=True, text=True)
        sys.exit(f"bench: {' '.join(command)}: exit {os.waitstatus_to_exitcode(status)}: {shown.stderr.strip()}")


def interleaved(actions, rounds=ROUNDS):
    """Runs each of `actions` (name: function of the round) in turn; returns {name: median milliseconds}. What an action
    returns is called after its time was taken."""
    times = {name: [] for name in actions}
    for number in range(WARM_UP + rounds):
        for name, action in actions.items():
            start = time.perf_counter()
            afterwards = action(number)
            if number >= WARM_UP:
                times[name].append((time.perf_counter() - start) * 1000)
            if afterwards:
                afterwards()
    return {name: statistics.median(values) for name, values in times.items()}


class Table:
    """Rows of medians with their ratios to a peer's, as Markdown."""

    def __init__(self):
        self.rows = []

    def add(self, what, unit, ours, peers, bar=None):
        for peer, theirs in peers.items():
            ratio = ours / theirs
            self.rows.append((what, f"{ours:.1f} {unit}", peer, f"{theirs:.1f} {unit}", f"{ratio:.2f}", bar or ""))
            print(f"{what:44} {ours:9.1f} {unit:3} {peer:28} {theirs:9.1f} {unit:3} {ratio:6.2f}", flush=True)

    def add_alone(self, what, unit, ours, bar):
        """A figure that has a bar and no peer."""
        self.rows.append((what, f"{ours:.2f} {unit}", "", "", "", bar))
        print(f"{what:44} {ours:9.2f} {unit:3} bar {bar}", flush=True)

    def markdown(self):
        lines = ["| what | Skiff | peer | peer's | ratio | bar |", "|---|---|---|---|---|---|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(lines)


# The engines: skiff to skiffd, Debian's docker to dockerd.


def command_lines(skiffd, dockerd):
    """How to run a client's words on either engine: {name: function of the words}."""
    skiff, docker = skiffd.client("skiff"), dockerd.client("docker")
    docker.path = DOCKER if os.path.exists(DOCKER) else docker.path
    return {
        name: (lambda *words, client=client: spawn([client.path, *map(str, words)], client.env))
        for name, client in (("skiff", skiff), ("docker", docker))
    }


def measure_runs(table, clients):
    for network, bar in (("bridge", "≤ 0.35, goal 0.12"), ("none", "goal 0.12")):
        words = ("run", "--rm", "--network", network, "busybox", "true")
        medians = interleaved({name: (lambda _, run=run: run(*words)) for name, run in clients.items()})
        table.add(f"run --rm … true, --network {network}", "ms", medians["skiff"], {"docker": medians["docker"]}, bar)


def measure_exec(table, clients):
    for run in clients.values():
        run("run", "-d", "--name", "bench-exec", "busybox", "sleep", "10000")
    medians = interleaved(
        {name: (lambda _, run=run: run("exec", "bench-exec", "true")) for name, run in clients.items()}
    )
    table.add("exec … true", "ms", medians["skiff"], {"docker": medians["docker"]}, "goal 0.2")
    for run in clients.values():
        run("rm", "-f", "bench-exec")


def measure_many(table, clients):
    """Containers started one after another, and the list of them."""
    seconds = {}
    for name, run in clients.items():
        start = time.perf_counter()
        for number in range(CONTAINERS):
            run("run", "-d", "--name", f"bench-{number}", "busybox", "sleep", "10000")
        seconds[name] = (time.perf_counter() - start) * 1000
    table.add(
        f"{CONTAINERS} × run -d, one after another", "ms", seconds["skiff"], {"docker": seconds["docker"]}, "goal 0.15"
    )
    medians = interleaved({name: (lambda _, run=run: run("ps")) for name, run in clients.items()})
    table.add(f"ps with {CONTAINERS} containers", "ms", medians["skiff"], {"docker": medians["docker"]}, "goal 0.5")


def shims_of(engine, words):
    here = str(engine.base)
    return [
        p.pid for p in processes.everything() if words in p.arguments[0] and (here in p.line or in_namespace(p.pid))
    ]


def in_namespace(pid):
    try:
        return namespace.network_of(pid) == namespace.network_of()
    except OSError:
        return False


def measure_shims(table, skiffd, dockerd):
    averages = {}
    for engine, words in ((skiffd, "skiff-shim"), (dockerd, "containerd-shim-runc-v2")):
        pids = shims_of(engine, words)
        assert len(pids) >= CONTAINERS, f"{len(pids)} {words} processes for {CONTAINERS} containers"
        averages[engine.name] = statistics.mean(census.proportional(pid) for pid in pids) / 1024
    table.add(
        f"shim, PSS with {CONTAINERS} containers",
        "MB",
        averages["skiffd"],
        {"containerd-shim-runc-v2": averages["dockerd"]},
        "≤ 1 MB, goal 0.7 MB",
    )


def measure_idle(table, skiffd, dockerd):
    totals = {
        engine.name: (census.memory(engine.process.pid) + census.memory(engine.supervisor_pid)) / 1024
        for engine in (skiffd, dockerd)
    }
    table.add(
        "daemon + supervisor, idle RSS",
        "MB",
        totals["skiffd"],
        {"dockerd + containerd": totals["dockerd"]},
        "≤ 0.5, goal 0.33",
    )


def measure_logs(table, skiffd, dockerd):
    """Lines written as fast as the log takes them. Taken from the times of the first record and the last: what starting
    and ending the container costs is not in it."""
    clients = command_lines(skiffd, dockerd)
    script = f"seq {LOG_LINES}"
    times = {engine.name: [] for engine in (skiffd, dockerd)}
    for number in range(5):
        for engine, run in zip((skiffd, dockerd), clients.values()):
            name = f"bench-log-{number}"
            run("run", "-d", "--network", "none", "--name", name, "busybox", "sh", "-c", script)
            run("wait", name)
            times[engine.name].append(log_milliseconds(engine))
            run("rm", name)
    medians = {name: statistics.median(values) for name, values in times.items()}
    table.add(
        f"json-file log of {LOG_LINES:,} lines", "ms", medians["skiffd"], {"docker": medians["dockerd"]}, "≤ 0.33"
    )


def log_milliseconds(engine):
    """Between the first record of the only log and the last."""
    (log,) = engine.data_root.glob("containers/*/*-json.log")
    with open(log, "rb") as file:
        lines = file.read().splitlines()
    assert len(lines) == LOG_LINES, f"{engine.name}: {len(lines)} of {LOG_LINES} lines are in {log}"
    first, last = (nanoseconds(json.loads(line)["time"]) for line in (lines[0], lines[-1]))
    return (last - first) / 1e6


def nanoseconds(text):
    """Of a time such as 2026-01-02T03:04:05.123456789Z."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    whole = datetime.datetime.fromisoformat(seconds).replace(tzinfo=datetime.timezone.utc).timestamp()
    return int(whole) * 10**9 + int(fraction.ljust(9, "0"))


def measure_engines(table, directory, sections):
    archives = Archives(directory)
    skiffd, dockerd = Skiffd(directory / "skiffd"), Dockerd(directory / "dockerd")
    try:
        # Docker's firewall tables stay when it ends: they are there before Skiff looks.
        for engine in (dockerd, skiffd):
            engine.start()
        clients = command_lines(skiffd, dockerd)
        for run in clients.values():
            run("load", "-q", "-i", archives.busybox)
        if "engines" in sections:
            measure_idle(table, skiffd, dockerd)
            measure_runs(table, clients)
            measure_exec(table, clients)
        if "logs" in sections:
            measure_logs(table, skiffd, dockerd)
        if "engines" in sections:
            measure_many(table, clients)
            measure_shims(table, skiffd, dockerd)
    finally:
        for engine in (dockerd, skiffd):
            engine.remove_containers()
        for engine in (dockerd, skiffd):
            for leak in engine.close():
                print(f"bench: {engine.name} left {leak}", file=sys.stderr)


# The runtimes, on one bundle.

RUNTIMES = {"skiff-runtime": BIN / "skiff-runtime", "crun": shutil.which("crun"), "runc": shutil.which("runc")}


def hide_unified_cgroup():
    """crun refuses a hybrid host: all runtimes are compared where only the cgroups of version 1 are mounted."""
    if os.path.ismount("/sys/fs/cgroup/unified"):
        subprocess.run(["umount", "/sys/fs/cgroup/unified"], check=True)


def measure_runtimes(table, directory):
    with namespace.private_mounts():
        hide_unified_cgroup()
        compare_runtimes(table, directory)


def as_an_engine_asks(bundle):
    """What Docker puts into a configuration by default: its filter, its capabilities, all its mounts and devices."""
    spec = bundle.spec
    process, linux = spec["process"], spec["linux"]
    process["capabilities"] = {kind: DOCKER_CAPABILITIES for kind in ("bounding", "effective", "permitted")}
    process["noNewPrivileges"] = False
    plain = ["nosuid", "noexec", "nodev"]
    spec["mounts"] += [
        {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": plain},
        {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro", *plain]},
    ]
    for name in ("resolv.conf", "hostname", "hosts"):
        source = bundle.directory / name
        source.write_text("bench\n")
        spec["mounts"].append(
            {"destination": f"/etc/{name}", "type": "bind", "source": str(source), "options": ["rbind", "rprivate"]}
        )
    profile = ROOT / "Tests" / "EngineTests" / "Spec" / "seccomp.json"
    linux["seccomp"] = json.loads(profile.read_text())["default"]
    linux["namespaces"].append({"type": "cgroup"})
    linux["sysctl"] = {"net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647"}
    linux["maskedPaths"] = [f"/proc/{name}" for name in ("acpi", "kcore", "keys", "timer_list", "scsi", "interrupts")]
    linux["maskedPaths"].append("/sys/firmware")
    linux["readonlyPaths"] = [f"/proc/{name}" for name in ("bus", "fs", "irq", "sys", "sysrq-trigger")]
    return bundle


def compare_runtimes(table, directory):
    # Runtimes keep their state in /run, which is a tmpfs.
    state = directory / "state"
    state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(state)], check=True)
    commands = {name: [str(path), "--root", str(state / name)] for name, path in RUNTIMES.items() if path}
    compare_on(table, commands, Bundle(directory / "bundle"), "")
    compare_on(table, commands, as_an_engine_asks(Bundle(directory / "engine-bundle")), ", as an engine asks")


def compare_on(table, commands, bundle, title):
    bundle.set("/bin/true").write()
    pid_file = bundle.directory / "pid"

    def identifier(number):
        return f"bench-{os.getpid()}-{number}"

    def run(command):
        return lambda number: spawn([*command, "run", "--bundle", str(bundle.directory), identifier(number)])

    def cycle(command):
        def once(number):
            name = identifier(number)
            spawn([*command, "create", "--bundle", str(bundle.directory), "--pid-file", str(pid_file), name])
            spawn([*command, "start", name])
            os.waitpid(int(pid_file.read_text()), 0)
            spawn([*command, "delete", name])

        return once

    def execute(command):
        return lambda _: spawn([*command, "exec", identifier("exec"), "/bin/true"])

    def row(what, unit, medians, bar):
        table.add(f"{what}{title}", unit, medians.pop("skiff-runtime"), medians, bar)

    def timed(action):
        return interleaved({name: action(command) for name, command in commands.items()}, ROUNDS * 2)

    row("runtime run of true", "ms", timed(run), "≤ 0.7 × crun, 0.25 × runc")
    row("create + start + delete", "ms", timed(cycle), "≤ 0.7 × crun")
    peaks = {
        name: peak_megabytes([*command, "run", "--bundle", str(bundle.directory), identifier("peak")])
        for name, command in commands.items()
    }
    row("runtime run, peak memory", "MB", peaks, "≤ crun")
    bundle.set("/bin/sleep", "10000").write()
    try:
        for command in commands.values():
            spawn([*command, "run", "--detach", "--bundle", str(bundle.directory), identifier("exec")])
        row("runtime exec of true", "ms", timed(execute), "≤ 0.7 × crun")
    finally:
        for command in commands.values():
            subprocess.run([*command, "delete", "--force", identifier("exec")], stderr=subprocess.DEVNULL)


# The supervisor, alone.


def measure_supervisor(table, directory):
    with namespace.private_mounts():
        base = directory / "supervised"
        state = base / "state"
        state.mkdir(parents=True)
        # As /run is; what the bare runtime keeps lies there too.
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(state)], check=True)
        supervisor = supervised.Supervisor(base)
        supervisor.start()
        try:
            compare_with_runtime(table, supervisor, Bundle(base / "bundle"))
            compare_with_runtime(
                table, supervisor, as_an_engine_asks(Bundle(base / "engine-bundle")), ", as an engine asks"
            )
            measure_supervised_memory(table, supervisor)
        finally:
            supervisor.end()


def compare_with_runtime(table, supervisor, bundle, title=""):
    """The way to a running program over an open connection, and by the runtime's command line alone."""
    bundle.set("/bin/true")
    bundle.spec["root"]["path"] = str(bundle.rootfs)
    bundle.write()
    spec = (bundle.directory / "config.json").read_bytes()
    pid_file = bundle.directory / "pid"
    client = supervised.Client(supervisor.socket)
    runtime = [str(BIN / "skiff-runtime"), "--root", str(supervisor.state / "bare")]

    def through(number):
        name = f"bench{number}"
        client.create(name, spec, [], f"json-file://{supervisor.base}/{name}.log")
        client.start(name)

        def afterwards():
            client.wait(name)
            client.delete(name)

        return afterwards

    def bare(number):
        name = f"bench{number}"
        spawn([*runtime, "create", "--bundle", str(bundle.directory), "--pid-file", str(pid_file), name])
        spawn([*runtime, "start", name])

        def afterwards():
            os.waitpid(int(pid_file.read_text()), 0)
            spawn([*runtime, "delete", name])

        return afterwards

    medians = interleaved({"through": through, "bare": bare}, ROUNDS * 4)
    table.add(
        f"create + start by the supervisor{title}", "ms", medians["through"], {"skiff-runtime alone": medians["bare"]}, "≤ 2.2"
    )
    client.close()


def measure_supervised_memory(table, supervisor):
    """With containers that wait, as an engine would have them: root file systems mounted, logs open."""
    client = supervised.Client(supervisor.socket)
    spec = supervised.shell("exec sleep 10000", f"bench-{os.getpid()}", "all")
    names = [f"bench{number}" for number in range(100)]

    def add(some):
        for name in some:
            mounts = supervised.overlay(supervisor.base / "upper", name)
            client.create(name, spec.replace(b"/all", f"/{name}".encode()), mounts, f"json-file://{supervisor.base}/log")
            client.start(name)

    add(names[:50])
    shares = [census.proportional(pid) for pid, name in census.shims().items() if name in names]
    assert len(shares) == 50, f"{len(shares)} shims for 50 containers"
    table.add_alone("shim, PSS with 50 containers", "MB", statistics.mean(shares) / 1024, "≤ 0.7 MB")
    add(names[50:])
    table.add_alone(
        "supervisor, RSS with 100 containers", "MB", census.memory(supervisor.process.pid) / 1024, "≤ 15 MB"
    )
    for name in names:
        client.delete(name, force=True)
    client.close()
    for hierarchy in census.CGROUPS.iterdir():
        (hierarchy / f"bench-{os.getpid()}").rmdir() if (hierarchy / f"bench-{os.getpid()}").exists() else None


def peak_megabytes(command):
    """The most memory a command had resident; time(1) forks, so that this program's own memory does not count."""
    finished = subprocess.run(
        ["/usr/bin/time", "--format", "%M", *command], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if finished.returncode != 0:
        sys.exit(f"bench: {' '.join(command)}: exit {finished.returncode}: {finished.stderr.strip()}")
    return int(finished.stderr.split()[-1]) / 1024


def measure_sizes(table):
    def megabytes(paths):
        return sum(os.path.getsize(os.path.realpath(path)) for path in paths if path) / (1 << 20)

    pairs = (
        (["skiff"], [DOCKER if os.path.exists(DOCKER) else shutil.which("docker")]),
        (["skiffd"], [shutil.which("dockerd")]),
        (["skiff-supervisor"], [shutil.which("containerd")]),
        (["skiff-shim"], [shutil.which("containerd-shim-runc-v2")]),
        (["skiff-runtime"], [shutil.which("runc")]),
    )
    for ours, theirs in pairs:
        table.add(
            f"{ours[0]}, size",
            "MB",
            megabytes(BIN / name for name in ours),
            {os.path.basename(theirs[0]): megabytes(theirs)},
        )


def versions():
    def first_line(*command):
        return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]

    return [
        first_line(*command)
        for command in (
            ["dockerd", "--version"],
            ["containerd", "--version"],
            ["runc", "--version"],
            ["crun", "--version"],
        )
    ]


def main():
    if os.geteuid() != 0:
        sys.exit("bench: containers need root: run it by sudo")
    for reason in (Skiffd.missing(), Dockerd.missing()):
        if reason:
            sys.exit(f"bench: {reason}")
    sections = sys.argv[1:] or SECTIONS
    unknown = set(sections) - set(SECTIONS)
    if unknown:
        sys.exit(f"bench: {', '.join(sorted(unknown))}: the sections are {', '.join(SECTIONS)}")
    namespace.enter_private_network()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="skbench-", dir="/var/tmp"))
    table = Table()
    try:
        if "runtimes" in sections:
            measure_runtimes(table, directory)
        if "supervisor" in sections:
            measure_supervisor(table, directory)
        if "engines" in sections or "logs" in sections:
            measure_engines(table, directory, sections)
        if "sizes" in sections:
            measure_sizes(table)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if len(sections) < len(SECTIONS):
        return
    heading = (
        "# What `make bench` measured\n\n"
        f"{datetime.date.today()}, Linux {platform.release()}, {os.cpu_count()} cores; medians of {ROUNDS} interleaved runs "
        "(the runtimes: twice as many); peers from Debian:\n"
        + "".join(f"- {version}\n" for version in versions())
        + "\nRatio is Skiff's figure over the peer's: below 1 is better. `crun` refuses hybrid cgroups, so the three runtimes were "
        "compared where only the hierarchies of version 1 are mounted.\n\n"
    )
    (ROOT / "bench" / "results.md").write_text(heading + table.markdown() + "\n")
    print("written: bench/results.md")


if __name__ == "__main__":
    main()
