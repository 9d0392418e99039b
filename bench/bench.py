#!/usr/bin/env python3
"""Compares Skiff with Debian's docker.io, runc and crun, side by side in one run.

Prints a table of medians and ratios and writes bench/results.md. Every daemon is private: sockets, roots,
bridges and a network namespace of its own; nothing of it stays.
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

from harness import BIN, namespace, processes  # noqa: E402
from harness.bundles import Bundle  # noqa: E402
from harness.engine import Dockerd, Skiffd  # noqa: E402
from harness.images import Archives  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "15"))
WARM_UP = 2
CONTAINERS = 20
DOCKER = "/usr/bin/docker"
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
    """Runs each of `actions` (name: function of the round) in turn; returns {name: median milliseconds}."""
    times = {name: [] for name in actions}
    for number in range(WARM_UP + rounds):
        for name, action in actions.items():
            start = time.perf_counter()
            action(number)
            if number >= WARM_UP:
                times[name].append((time.perf_counter() - start) * 1000)
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


def proportional_kilobytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def resident_megabytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


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
        averages[engine.name] = statistics.mean(proportional_kilobytes(pid) for pid in pids) / 1024
    table.add(
        f"shim, PSS with {CONTAINERS} containers",
        "MB",
        averages["skiffd"],
        {"containerd-shim-runc-v2": averages["dockerd"]},
        "≤ 1 MB, goal 0.7 MB",
    )


def measure_idle(table, skiffd, dockerd):
    totals = {
        engine.name: resident_megabytes(engine.process.pid) + resident_megabytes(engine.supervisor_pid)
        for engine in (skiffd, dockerd)
    }
    table.add(
        "daemon + supervisor, idle RSS",
        "MB",
        totals["skiffd"],
        {"dockerd + containerd": totals["dockerd"]},
        "≤ 0.5, goal 0.33",
    )


def measure_engines(table, directory):
    archives = Archives(directory)
    skiffd, dockerd = Skiffd(directory / "skiffd"), Dockerd(directory / "dockerd")
    try:
        # Docker's firewall tables stay when it ends: they are there before Skiff looks.
        for engine in (dockerd, skiffd):
            engine.start()
        clients = command_lines(skiffd, dockerd)
        for run in clients.values():
            run("load", "-q", "-i", archives.busybox)
        measure_idle(table, skiffd, dockerd)
        measure_runs(table, clients)
        measure_exec(table, clients)
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
    namespace.enter_private_network()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="skbench-", dir="/var/tmp"))
    table = Table()
    try:
        measure_runtimes(table, directory)
        measure_engines(table, directory)
        measure_sizes(table)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
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
