"""OCI bundles made by hand, and an OCI runtime driven as a shim does."""

import atexit
import copy
import functools
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

import busybox

from . import BIN, command
from .waiting import until

CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
NAMESPACES = ["pid", "network", "ipc", "uts", "mount"]


def specification():
    """A runtime specification like the one that `runc spec` writes."""
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": 0, "gid": 0},
            "args": ["true"],
            "env": ["PATH=/bin:/usr/bin", "TERM=xterm"],
            "cwd": "/",
            "capabilities": {kind: list(CAPABILITIES) for kind in ("bounding", "effective", "permitted")},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs", "readonly": False},
        "hostname": "vessel",
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {
                "destination": "/dev",
                "type": "tmpfs",
                "source": "tmpfs",
                "options": ["nosuid", "strictatime", "mode=755", "size=65536k"],
            },
            {
                "destination": "/dev/pts",
                "type": "devpts",
                "source": "devpts",
                "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
            },
            {
                "destination": "/dev/shm",
                "type": "tmpfs",
                "source": "shm",
                "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
            },
            {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
        ],
        "linux": {
            "resources": {"devices": [{"allow": False, "access": "rwm"}]},
            "namespaces": [{"type": kind} for kind in NAMESPACES],
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/sys/firmware"],
            "readonlyPaths": ["/proc/sys", "/proc/sysrq-trigger"],
        },
    }


@functools.cache
def unpacked_busybox():
    """The files of busybox, to be copied: unpacking them for each test would take the most of its time."""
    directory = tempfile.mkdtemp(prefix="skint-", dir="/var/tmp")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(busybox.layer().tar)) as archive:
        archive.extractall(directory)
    os.chmod(directory, 0o755)
    return directory


class Bundle:
    """A directory with a root file system of busybox and a configuration to change before use."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.rootfs = self.directory / "rootfs"
        self.rootfs.mkdir(parents=True)
        subprocess.run(["cp", "-a", f"{unpacked_busybox()}/.", self.rootfs], check=True)
        self.spec = specification()

    def set(self, *arguments, **process):
        self.spec["process"].update({"args": list(arguments), **process})
        return self

    def write(self):
        (self.directory / "config.json").write_text(json.dumps(self.spec))
        return self.directory

    def process(self, *arguments, **changes):
        """Writes a process description for `exec`; returns its path."""
        process = copy.deepcopy(self.spec["process"])
        process.update({"args": list(arguments), **changes})
        path = self.directory / "process.json"
        path.write_text(json.dumps(process))
        return path


class Runtime:
    """An OCI runtime with a state directory of its own; RUNTIME=runc tries the suite on the real peer."""

    def __init__(self, directory):
        self.name = os.environ.get("RUNTIME", "skiff-runtime")
        self.path = shutil.which(self.name) if self.name != "skiff-runtime" else str(BIN / self.name)
        self.root = pathlib.Path(directory)
        self.used = []

    def run(self, *arguments, **options):
        return command.run(self.path, "--root", self.root, *arguments, **options)

    def ok(self, *arguments, **options):
        result = self.run(*arguments, **options)
        assert result.code == 0, str(result)
        return result

    def create(self, bundle, identifier, *flags):
        """Creates a container; its standard streams are files in the bundle (a pipe would wait for its end)."""
        bundle.write()
        self.used.append(identifier)
        pid_file = bundle.directory / "pid"
        output = bundle.directory / "output"
        with open(output, "wb") as stream:
            finished = command.run_into(
                stream,
                self.path,
                "--root",
                self.root,
                "create",
                "--bundle",
                bundle.directory,
                "--pid-file",
                pid_file,
                *flags,
                identifier,
            )
        assert finished == 0, output.read_text()
        return int(pid_file.read_text())

    def start(self, bundle, identifier):
        pid = self.create(bundle, identifier)
        self.ok("start", identifier)
        return pid

    def state(self, identifier):
        return json.loads(self.ok("state", identifier).out)

    def stopped(self, identifier):
        until(lambda: self.state(identifier)["status"] == "stopped", f"{identifier} is stopped")

    def remove_all(self):
        for identifier in self.used:
            self.run("delete", "--force", identifier)
