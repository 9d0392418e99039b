"""The programs that others start containers with, each private and told to use the runtime under test."""

import os
import pathlib
import shlex
import shutil
import subprocess

import busybox
import ociimage

from . import leaks
from .bundles import Runtime
from .client import Client
from .engine import Dockerd
from .waiting import until

IMAGE = "docker.io/library/busybox:latest"
CGROUPS = pathlib.Path("/sys/fs/cgroup")


def missing(*programs):
    absent = [program for program in programs if not shutil.which(program)]
    return f"no {', '.join(absent)}: run 'make deps'" if absent else None


class Program(Client):
    """A command line with flags before the words of each test; a script, so that a terminal can have it too.

    It has a directory of its own: conmon writes a file where it is when memory runs out."""

    def __init__(self, base, *words, env=None):
        super().__init__("skiff", "", base)
        for key in ("DOCKER_CONFIG", "DOCKER_HOST"):  # Podman takes them for its own
            del self.env[key]
        self.path = str(base / "program")
        pathlib.Path(self.path).write_text(f'#!/bin/sh\ncd {shlex.quote(str(base))}\nexec {shlex.join(map(str, words))} "$@"\n')
        os.chmod(self.path, 0o755)
        self.env.update(env or {})


class Peer:
    """One of them, and what all tests of it share: `run` are the words that choose the runtime."""

    name = ""
    remove = ("rm", "-f")

    def __init__(self, base):
        base.mkdir(parents=True)
        base.parent.chmod(0o711)  # a container's root user of another user namespace passes through
        self.base = base
        self.runtime = Runtime(base / "runtime").path
        self.baseline = leaks.Baseline()

    @classmethod
    def missing(cls):
        """What keeps it from running here, or None."""

    def stop(self):
        """Removes its containers and ends it."""

    def remains(self):
        """What is left of it once it has been stopped."""
        left = []

        def is_clean():
            left[:] = self.baseline.leaks(self.base, network=False)
            return not left

        try:
            until(is_clean, f"everything of {self.name} is gone", 10)
        except AssertionError:
            pass
        return left


class Docker(Peer):
    name = "docker"

    def __init__(self, base, archives):
        super().__init__(base)
        settings = {"runtimes": {"peer": {"path": self.runtime}}}
        self.daemon = Dockerd(base / "daemon", bridge=False, live_restore=False, settings=settings).start()
        self.client = self.daemon.client("docker")
        self.client.ok("load", "-q", "-i", archives.busybox)
        self.run = ("run", "--runtime", "peer", "--network", "none")

    @classmethod
    def missing(cls):
        return missing("dockerd", "docker")

    def stop(self):
        self.daemon.end()

    def remains(self):
        return self.daemon.close() + super().remains()


class Podman(Peer):
    """Podman has no daemon: a directory of its own, and cgroups that the tests' daemons do not touch."""

    name = "podman"
    remove = ("rm", "-f", "-t", "0")

    def __init__(self, base, archives):
        super().__init__(base)
        self.parent = f"skint-podman-{os.getpid()}"
        settings = base / "containers.conf"
        # The host may not raise limits, which Podman's defaults would; locks in /dev/shm have one name for all.
        settings.write_text(
            '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n'
            '[engine]\nlock_type = "file"\nruntime_supports_json = ["crun", "runc", "skiff-runtime"]\n'
            'init_path = "/usr/bin/docker-init"\n'
        )
        storage = base / "storage.conf"
        storage.write_text(f'[storage]\ndriver = "overlay"\ngraphroot = "{base}/root"\nrunroot = "{base}/run"\n')
        flags = ["--root", base / "root", "--runroot", base / "run", "--tmpdir", base / "tmp"]
        flags += ["--runtime", self.runtime, "--cgroup-manager", "cgroupfs", "--events-backend", "file"]
        self.client = Program(
            base,
            "podman",
            *flags,
            env={
                "CONTAINERS_CONF": str(settings),
                "CONTAINERS_STORAGE_CONF": str(storage),
                "PODMAN_IGNORE_CGROUPSV1_WARNING": "1",  # version 5
            },
        )
        self.run = ("run", "--network", "none", "--cgroup-parent", f"/{self.parent}")
        self.client.ok("load", "-q", "-i", archives.write("podman.tar", lambda: ociimage.docker_files([image()])))

    @classmethod
    def missing(cls):
        return missing("podman", "conmon")

    def stop(self):
        self.client.run("rm", "--all", "--force", "--time", "0")
        self.client.run("system", "reset", "--force")
        # Podman leaves the parent of its containers.
        for directory in (*CGROUPS.glob(f"*/{self.parent}"), *CGROUPS.glob(self.parent)):
            until(lambda: removed(directory), f"{directory} is removed")
        for line in leaks.remaining_mounts(self.base):
            subprocess.run(["umount", "-l", line.split()[4]], check=False, stderr=subprocess.DEVNULL)


class Containerd(Peer):
    name = "containerd"

    def __init__(self, base, archives):
        super().__init__(base)
        self.namespace = f"skint-ctr-{os.getpid()}"
        socket = base / "containerd.sock"
        settings = base / "config.toml"
        settings.write_text(
            f'version = 2\nroot = "{base}/root"\nstate = "{base}/state"\n'
            'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
            f'[grpc]\naddress = "{socket}"\n'
        )
        with open(base / "log", "ab") as log:
            self.process = subprocess.Popen(
                ["containerd", "--config", settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.client = Program(base, "ctr", "--address", socket, "--namespace", self.namespace)
        until(lambda: self.client.run("version").code == 0, f"containerd answers: see {base}/log", 30)
        self.client.ok("image", "import", archives.write("ctr.tar", lambda: ociimage.oci_files([image()])))
        self.run = ("run", "--runtime", "io.containerd.runc.v2", "--runc-binary", self.runtime)

    @classmethod
    def missing(cls):
        return missing("containerd", "ctr", "containerd-shim-runc-v2")

    def remove(self, name):
        self.client.run("task", "delete", "--force", name)
        self.client.run("container", "delete", name)

    def stop(self):
        for name in self.client.ok("container", "list", "-q").lines:
            self.remove(name)
        self.process.terminate()
        self.process.wait(20)
        for directory in (*CGROUPS.glob(f"*/{self.namespace}"), *CGROUPS.glob(self.namespace)):
            removed(directory)


def image():
    return busybox.image(IMAGE)


def removed(directory):
    """Removes a cgroup and what is below it, if nobody is in there."""
    for path, _, _ in os.walk(directory, topdown=False):
        try:
            os.rmdir(path)
        except OSError:
            return False
    return True
