"""What a daemon must not leave behind: processes, mounts, links, nft tables, cgroups, directories."""

import json
import os
import pathlib
import re

from . import command, processes
from .namespace import network_of

CGROUPS = pathlib.Path("/sys/fs/cgroup")
CONTAINER_ID = re.compile(r"[0-9a-f]{64}")


def container_cgroups():
    found = set()
    for directory, _, _ in os.walk(CGROUPS):
        if CONTAINER_ID.search(os.path.basename(directory)):
            found.add(directory)
    return found


def remaining_mounts(*roots):
    lines = pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if any(str(root) in line for root in roots)]


def links(*, without_bridges=()):
    """The names of all links, but for the bridges named and what hangs on them."""
    found = json.loads(command.ok("ip", "-j", "link").out)
    return {
        link["ifname"]
        for link in found
        if link["ifname"] not in without_bridges and link.get("master") not in without_bridges
    } - {"lo"}


def nft_tables():
    return set(command.ok("nft", "list", "tables").lines)


def _descends_from(pid, ancestor):
    while pid > 1:
        if pid == ancestor:
            return True
        process = processes.read(pid)
        if process is None:
            return False
        pid = process.parent
    return False


def remaining_processes(*roots, neighbours=()):
    """Processes that name one of the roots, or live in our network namespace without being ours or a neighbour's."""
    here = network_of()
    found = []
    for process in processes.everything():
        if process.state in "ZX" or process.pid == os.getpid():
            continue
        if any(str(root) in argument for argument in process.arguments for root in roots):
            found.append(process.line)
            continue
        if any(str(root) in argument for argument in process.arguments for root in neighbours):
            continue
        try:
            stray = network_of(process.pid) == here and not _descends_from(process.pid, os.getpid())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if stray:
            found.append(process.line)
    return found


def belongs_elsewhere(cgroup):
    """True for the living container of a daemon that is none of the tests'."""
    try:
        pids = pathlib.Path(cgroup, "cgroup.procs").read_text().split()
    except FileNotFoundError:
        return True
    return any(not _descends_from(int(pid), os.getpid()) for pid in pids)


class Baseline:
    """The kernel's objects before a daemon starts; `leaks` names those that are new."""

    def __init__(self):
        self.cgroups = container_cgroups()
        self.links = links()
        self.tables = nft_tables()
        self.mounts = remaining_mounts("/")

    def leaks(self, *roots, network=True, neighbours=None):
        """`neighbours`: the bridges of the other daemons of the tests, by their roots."""
        neighbours = neighbours or {}
        found = [f"process {line}" for line in remaining_processes(*roots, neighbours=neighbours)]
        found += [f"mount {line}" for line in remaining_mounts(*roots) if line not in self.mounts]
        new_cgroups = sorted(container_cgroups() - self.cgroups)
        found += [f"cgroup {path}" for path in new_cgroups if not belongs_elsewhere(path)]
        if network:
            found += [f"link {name}" for name in sorted(links(without_bridges=neighbours.values()) - self.links)]
            found += [f"nft {name}" for name in sorted(nft_tables() - self.tables)]
        return found
