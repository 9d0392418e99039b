"""Daemons under test: skiffd, and the real dockerd that the suite is tried on first."""

import itertools
import json
import os
import pathlib
import shutil
import subprocess

from . import BIN, command, http, leaks, processes
from .client import Client
from .waiting import until

_numbers = itertools.count(1)


class Engine:
    """A daemon with roots, sockets, a bridge and a subnet of its own."""

    name = ""
    checks_network = True
    live = {}  # the bridge of every daemon that may be up, by its root

    def __init__(self, base, *flags, bridge=True, live_restore=True, settings=None):
        self.number = next(_numbers)
        self.base = pathlib.Path(base)
        self.data_root = self.base / "data"
        self.exec_root = self.base / "exec"
        self.pidfile = self.base / "daemon.pid"
        self.socket = self.base / "engine.sock"
        self.url = f"unix://{self.socket}"
        self.log = self.base / "daemon.log"
        self.config_file = self.base / "daemon.json"
        self.bridge = f"skint{os.getpid() % 10000}x{self.number}"
        self.subnet = f"10.{200 + self.number % 40}.0"
        self.flags = [str(flag) for flag in flags]
        self.has_bridge = bridge
        self.settings = {"live-restore": live_restore, **(settings or {})}
        self.process = None
        self.baseline = None
        self.removed = set()
        self.left = None

    @classmethod
    def missing(cls):
        """What keeps this engine from running here, or None."""

    def arguments(self):
        raise NotImplementedError

    @property
    def common_arguments(self):
        return [
            "-H",
            self.url,
            "--data-root",
            self.data_root,
            "--exec-root",
            self.exec_root,
            "--pidfile",
            self.pidfile,
            "--config-file",
            self.config_file,
            *self.flags,
        ]

    def client(self, name):
        return Client(name, self.url, self.base)

    # Starting and ending.

    def start(self):
        if self.baseline is None:
            self.baseline = leaks.Baseline()
        Engine.live[self.base] = self.bridge
        self.base.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text(json.dumps(self.settings))
        self.prepare()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(argument) for argument in self.arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers_or_died, f"{self.name} answers: see {self.log}", 30)
        return self

    def prepare(self):
        """What must be there before the daemon starts."""

    def _answers_or_died(self):
        assert self.process.poll() is None, f"{self.name} ended at its start:\n{self.tail()}"
        return self.answers()

    def answers(self):
        try:
            return http.request(self.socket, "GET", "/_ping").status == 200
        except OSError:
            return False

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    @property
    def supervisor_pid(self):
        """The process id of the daemon that the containers hang on."""
        raise NotImplementedError

    def kill_daemon(self):
        self.process.kill()
        self.process.wait(10)

    def kill_supervisor(self):
        processes.kill(self.supervisor_pid)

    def terminate(self, seconds=20):
        """Ends the daemon by SIGTERM, as a service manager does."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(seconds)
        return self.process.returncode

    def restart(self):
        self.terminate()
        return self.start()

    def revive(self):
        """Starts the daemon again if an earlier test has left it down or mute."""
        if self.process.poll() is None and self.answers():
            return
        self.kill_daemon()
        self.start()

    def close(self):
        """Removes every container, ends the daemon and returns what it left behind."""
        if self.process is None or self.left is not None:
            return self.left or []
        try:
            self.end()
            failures = []
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            failures = [f"end {error}"]
            self.kill_daemon()
        self.left = failures + self.remains()
        return self.left

    def end(self):
        if self.process.poll() is not None:
            self.start()
        self.remove_containers()
        self.terminate()
        if self.settings["live-restore"]:
            # With live restore everything stays for the next daemon; one without it takes all away at its end.
            self.settings["live-restore"] = False
            self.start().terminate()

    def remains(self):
        """What is still there, looked for until a deadline, and then taken away."""
        self.finish()
        Engine.live.pop(self.base, None)
        left = []

        def is_clean():
            left[:] = self.baseline.leaks(self.base, network=self.checks_network, neighbours=Engine.live)
            left.extend(f"directory {path}" for path in self.container_files())
            return not left

        try:
            until(is_clean, "everything of the daemon is gone", 5)
        except AssertionError:
            pass
        self.sweep(left)
        return left

    def finish(self):
        """What ends after the daemon."""

    def sweep(self, left):
        """Takes away what leaked, so that the next daemon's check starts clean."""
        for line in left:
            kind, _, rest = line.partition(" ")
            if kind == "process":
                processes.kill(int(rest.split()[0]))
            elif kind == "mount":
                subprocess.run(["umount", "-l", rest.split()[4]], check=False)
            elif kind == "link":
                subprocess.run(["ip", "link", "del", rest], check=False)
            elif kind == "nft":
                subprocess.run(["nft", "delete", *rest.split()], check=False)
            elif kind == "cgroup":
                subprocess.run(["rmdir", rest], check=False)
        shutil.rmtree(self.data_root, ignore_errors=True)

    def container_files(self):
        """What is named after a container that was removed."""
        for directory, names, files in os.walk(self.base):
            for entry in names + files:
                if entry[:64] in self.removed:
                    yield os.path.join(directory, entry)

    def remove_containers(self):
        status, _, body = http.request(self.socket, "GET", "/containers/json?all=1")
        assert status == 200, body
        for container in json.loads(body):
            self.removed.add(container["Id"])
            http.request(self.socket, "DELETE", f"/containers/{container['Id']}?force=1&v=1")


class Skiffd(Engine):
    name = "skiffd"

    @classmethod
    def missing(cls):
        names = ("skiff", "skiffd", "skiff-supervisor", "skiff-shim", "skiff-runtime")
        absent = [name for name in names if not (BIN / name).exists()]
        return f"{', '.join(absent)} not in {BIN}: run 'make build'" if absent else None

    def arguments(self):
        network = ["--bridge", self.bridge, "--bip", f"{self.subnet}.1/24"] if self.has_bridge else ["--bridge", "none"]
        return [BIN / "skiffd", *self.common_arguments, *network]

    @property
    def supervisor_pid(self):
        for process in processes.everything():
            if process.arguments[0].endswith("skiff-supervisor") and str(self.base) in " ".join(process.arguments):
                return process.pid
        raise AssertionError(f"no skiff-supervisor of {self.base}")


class Dockerd(Engine):
    """Debian's docker.io with live restore: what the tests say is tried on it first."""

    name = "dockerd"
    checks_network = False

    @classmethod
    def missing(cls):
        return None if shutil.which("dockerd") else "no dockerd: run 'make deps'"

    def prepare(self):
        # A killed containerd may stay a zombie, which dockerd takes for alive.
        stale = self.exec_root / "containerd" / "containerd.pid"
        if stale.exists() and not processes.is_alive(int(stale.read_text())):
            stale.unlink()
        if self.has_bridge and self.bridge not in leaks.links():
            command.ok("ip", "link", "add", self.bridge, "type", "bridge")
            command.ok("ip", "address", "add", f"{self.subnet}.1/24", "dev", self.bridge)
            command.ok("ip", "link", "set", self.bridge, "up")

    def arguments(self):
        bridge = self.bridge if self.has_bridge else "none"
        return ["dockerd", *self.common_arguments, "--bridge", bridge, "--storage-driver", "overlay2"]

    @property
    def supervisor_pid(self):
        return next(child.pid for child in processes.children(self.process.pid) if child.name.startswith("containerd"))

    def finish(self):
        if self.has_bridge:
            subprocess.run(["ip", "link", "del", self.bridge], check=False)
        for line in leaks.remaining_mounts(self.base):
            subprocess.run(["umount", "-l", line.split()[4]], check=False, stderr=subprocess.DEVNULL)


ENGINES = {"skiffd": Skiffd, "docker": Dockerd}


def engine_class():
    return ENGINES[os.environ.get("SKIFF_ENGINE", "skiffd")]
