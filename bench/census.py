"""What there is of a supervisor and its containers, counted: after each phase of the soak it has to be what it was."""

import json
import os
import pathlib

from supervised import NAMESPACE  # and with it the way to the harness

from harness import processes

CGROUPS = pathlib.Path("/sys/fs/cgroup")
SOCKETS = pathlib.Path("/run/skiff/s")


def shims():
    """The process ids of shims by their container's id."""
    found = {}
    for process in processes.everything():
        if process.name == "skiff-shim" and process.state not in "ZX" and "-id" in process.arguments:
            found[process.pid] = process.arguments[process.arguments.index("-id") + 1]
    return found


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid, name="VmRSS"):
    """Kilobytes of a process by the field's name in /proc/PID/status."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def proportional(pid):
    """A process's proportional share of memory, in kilobytes."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def entries(directory):
    try:
        return sorted(os.listdir(directory))
    except FileNotFoundError:
        return []


def cgroups(parent):
    """Below a directory of this name in each hierarchy."""
    found = []
    for hierarchy in CGROUPS.iterdir():
        for directory, names, _ in os.walk(hierarchy / parent):
            found += [os.path.join(directory, name) for name in names]
    return found


def leaks(supervisor, cgroup):
    """Everything that only a container of this supervisor would have, by kind."""
    base = str(supervisor.base)
    mounts = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
    own = {os.getpid(), os.getppid(), supervisor.process.pid}
    found = {
        "processes": [p.line for p in processes.everything() if p.pid not in own and p.state not in "ZX"],
        "mounts": [line for line in mounts if f"{base}/state/supervisor" in line or "/run/skiff/" in line],
        "cgroups": cgroups(cgroup),
        "sockets": [f"{name} of {os.lstat(SOCKETS / name).st_ctime:.6f}" for name in entries(SOCKETS)],
        "bundles": entries(supervisor.state / "supervisor" / NAMESPACE),
        "runtime states": entries(supervisor.state / "runtime" / NAMESPACE),
    }
    return {kind: values for kind, values in found.items() if values}


def records(path):
    """The texts of a json-file log; a line that is no whole record is an error."""
    with open(path, "rb") as log:
        lines = log.read().split(b"\n")
    assert lines.pop() == b"", f"{path} ends in the middle of a record"
    return [json.loads(line)["log"] for line in lines]


def numbers(path):
    """The numbers of a log whose lines are `N`, where others are left out."""
    return [int(text) for text in records(path) if text.strip().isdigit()]
