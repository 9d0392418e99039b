"""A private containerd with its ctr, and the shim that it starts.

CONTAINERD and CTR name other programs than Debian's, with words before them where they are to be run in another root;
SHIM names another runtime than Skiff's (io.containerd.runc.v2 shows what the tests ask for)."""

import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile

from . import BIN, command, leaks, processes
from .waiting import until

OWN_SHIM = "io.containerd.skiff.v1"
SHIM = os.environ.get("SHIM", OWN_SHIM)
SHIM_PROGRAM = "containerd-shim-" + "-".join(SHIM.split(".")[-2:])
CONTAINERD = shlex.split(os.environ.get("CONTAINERD", "containerd"))
CTR = shlex.split(os.environ.get("CTR", "ctr"))

CONFIGURATION = """\
version = 2
root = "{base}/root"
state = "{base}/state"
disabled_plugins = [{disabled}]
[grpc]
  address = "{base}/containerd.sock"
[ttrpc]
  address = "{base}/containerd.sock.ttrpc"
[plugins."io.containerd.internal.v1.opt"]
  path = "{base}/opt"
"""
# What a test has no use for, and what would act outside of the directory.
DISABLED = [
    "io.containerd.grpc.v1.cri",
    "io.containerd.cri.v1.images",
    "io.containerd.cri.v1.runtime",
    "io.containerd.podsandbox.controller.v1.podsandbox",
    "io.containerd.nri.v1.nri",
    "io.containerd.internal.v1.restart",
    "io.containerd.monitor.container.v1.restart",
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.zfs",
]


def missing():
    for program in (CONTAINERD, CTR):
        if shutil.which(program[0]) is None:
            return f"no {program[0]}: run 'make deps'"
    if SHIM == OWN_SHIM and not (BIN / "skiff-shim").exists():
        return "no skiff-shim: run 'make build'"
    return None


def program_below(pid, name):
    """The process that runs the program, below those that put it into its root."""
    first = pid
    while os.path.basename(processes.program_of(pid)) != name:
        below = processes.children(pid)
        assert below, f"no {name} below {first}"
        pid = below[0].pid
    return pid


class Containerd:
    """Its directories are in /tmp, which other roots see as well."""

    def __init__(self, namespace="skint"):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="skint-ctrd-", dir="/tmp"))
        self.namespace = f"{namespace}{os.getpid()}"
        self.log = self.base / "containerd.log"
        self.process = None
        self.baseline = leaks.Baseline()
        programs = self.base / "bin"
        programs.mkdir()
        for program, name in (("skiff-shim", "containerd-shim-skiff-v1"), ("skiff-runtime", "skiff-runtime")):
            if (BIN / program).exists():
                shutil.copy(BIN / program, programs / name)
        self.env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
        disabled = ", ".join(json.dumps(name) for name in DISABLED)
        (self.base / "config.toml").write_text(CONFIGURATION.format(base=self.base, disabled=disabled))

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                # A root of its own replaces PATH.
                [*CONTAINERD[:-1], *self._keeping_path(CONTAINERD), "--config", str(self.base / "config.toml")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
            )
        until(self._answers_or_died, "containerd answers", 60)
        assert self.process.poll() is None, f"containerd died:\n{self.tail()}"
        return self

    def _keeping_path(self, program):
        return ["env", f"PATH={self.env['PATH']}", program[-1]] if len(program) > 1 else program

    def _answers_or_died(self):
        return self.process.poll() is not None or self.ctr("version").code == 0

    def tail(self, lines=30):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    # ctr

    def ctr_arguments(self, *arguments):
        flags = ["--address", f"{self.base}/containerd.sock", "--namespace", self.namespace]
        return [*CTR, *flags, *(str(argument) for argument in arguments)]

    def ctr(self, *arguments, **options):
        return command.run(*self.ctr_arguments(*arguments), env=self.env, **options)

    def ok(self, *arguments, **options):
        result = self.ctr(*arguments, **options)
        assert result.code == 0, f"{result}\n{self.tail(5)}"
        return result

    def run_arguments(self, *arguments):
        """ctr run with the shim under test; runc's own options go to shims of its name only."""
        return ["run", "--runtime", SHIM, *arguments]

    def background(self, *arguments, **options):
        return command.Background(
            self.ctr_arguments(*arguments), env=self.env, stdout=subprocess.PIPE, text=True, **options
        )

    def tasks(self):
        """The tasks by id: pid and status."""
        lines = (line.split() for line in self.ok("task", "ls").lines[1:])
        return {fields[0]: (int(fields[1]), fields[2]) for fields in lines}

    def status(self, name):
        return self.tasks().get(name, (0, ""))[1]

    def pid(self, name):
        return self.tasks()[name][0]

    # Processes

    @property
    def pid_of_daemon(self):
        return program_below(self.process.pid, "containerd")

    def shims(self):
        """The pids of the shims of our containers."""
        return [
            process.pid
            for process in processes.everything()
            if process.state not in "ZX"
            and any(argument.startswith(str(self.base)) for argument in process.arguments)
            and "shim" in os.path.basename(process.arguments[0])
            and "-id" in process.arguments
        ]

    def shim_of(self, name):
        found = [pid for pid in self.shims() if name in processes.read(pid).arguments]
        assert len(found) == 1, found
        return found[0]

    def kill(self, number=signal.SIGKILL):
        processes.kill(self.pid_of_daemon, number)
        self.process.wait(20)

    def restart(self):
        self.kill()
        return self.start()

    # End

    def remove_containers(self):
        for name in self.ctr("task", "ls", "-q").lines:
            self.ctr("task", "rm", "--force", name)
        for name in self.ctr("container", "ls", "-q").lines:
            self.ctr("container", "rm", name)

    def close(self):
        """Ends everything; returns what is left behind that should not be."""
        if self.process and self.process.poll() is None:
            self.remove_containers()
            self.kill(signal.SIGTERM)
        left = []

        def is_clean():
            left[:] = self.baseline.leaks(self.base, network=False)
            return not left

        try:
            until(is_clean, "nothing is left behind", 10)
        except AssertionError:
            for pid in self.shims():
                processes.kill(pid)
        self._remove_cgroups()
        for line in leaks.remaining_mounts(self.base):
            command.run("umount", "--lazy", line.split()[4])
        if not os.environ.get("SKIFF_KEEP"):
            shutil.rmtree(self.base, ignore_errors=True)
        return left

    def _remove_cgroups(self):
        """ctr puts containers below a cgroup of the namespace's name, which nobody removes."""
        for cgroup in leaks.CGROUPS.glob(f"*/{self.namespace}"):
            cgroup.rmdir()
        if (leaks.CGROUPS / self.namespace).exists():
            (leaks.CGROUPS / self.namespace).rmdir()
