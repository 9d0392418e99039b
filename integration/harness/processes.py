"""Reading /proc, and ending processes by their ids."""

import dataclasses
import os
import pathlib
import signal

from .waiting import until


@dataclasses.dataclass
class Process:
    pid: int
    parent: int
    state: str
    name: str
    arguments: list

    @property
    def line(self):
        return f"{self.pid} {' '.join(self.arguments) or self.name}"


def read(pid):
    """The process, or None when it is gone."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode(errors="replace").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return None
    name, _, rest = stat.partition("(")[2].rpartition(")")
    fields = rest.split()
    return Process(int(pid), int(fields[1]), fields[0], name, arguments)


def everything():
    processes = (read(entry) for entry in os.listdir("/proc") if entry.isdigit())
    return [process for process in processes if process]


def children(pid):
    return [process for process in everything() if process.parent == pid]


def is_alive(pid):
    process = read(pid)
    return process is not None and process.state not in "ZX"


def program_of(pid):
    """The path of the program that a process runs."""
    return os.readlink(f"/proc/{pid}/exe")


def kill(pid, number=signal.SIGKILL, seconds=10):
    """Sends a signal and waits for the end of the process."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    until(lambda: not is_alive(pid), f"process {pid} ended by signal {number}", seconds)
