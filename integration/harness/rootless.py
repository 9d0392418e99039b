"""An ordinary user of the host, made in a mount namespace of its own, and OCI runtimes that this user runs.

The user stands in an overlay of /etc that only the namespace sees: the host's files are never changed."""

import os
import pathlib
import shutil
import subprocess
import tempfile

from . import command, processes
from .bundles import Bundle, Runtime
from .waiting import until

UID = 64_321
SUBORDINATE = 1_700_000
COUNT = 65_536

_PREPARE = """
set -e
mkdir -p "$1/etc" "$1/work"
mount -t tmpfs tmpfs "$1"
mkdir "$1/etc" "$1/work"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/etc,workdir=$1/work" /etc
echo "skint:x:$2:$2::$3:/bin/sh" >> /etc/passwd
echo "skint:x:$2:" >> /etc/group
for file in subuid subgid; do echo "skint:$4:$5" >> "/etc/$file"; done
echo ready
exec sleep infinity
"""


class User:
    """Runs commands as an unprivileged user with subordinate ids."""

    def __init__(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="skint-user-", dir="/tmp"))
        self.base.chmod(0o755)
        self.home = self.base / "home"
        self.home.mkdir()
        self.own(self.home)
        self.holders = []
        overlay = self.base / "overlay"
        self.namespace = self._hold(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", _PREPARE, "sh"]
            + [str(value) for value in (overlay, UID, self.home, SUBORDINATE, COUNT)]
        )

    def _hold(self, arguments):
        """A process that keeps its namespaces until the end; returns its id once it said that it is ready."""
        holder = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.holders.append(holder)
        assert holder.stdout.readline() == b"ready\n", arguments
        return holder.pid

    def own(self, path):
        command.ok("chown", "-R", f"{UID}:{UID}", path)

    def prefix(self, groups=()):
        """What stands before a command that the user runs."""
        kept = ["--groups", ",".join(map(str, groups))] if groups else ["--clear-groups"]
        entering = ["nsenter", f"--mount=/proc/{self.namespace}/ns/mnt", "--"]
        return entering + ["setpriv", "--reuid", str(UID), "--regid", str(UID), *kept, "--inh-caps=-all", "--"]

    def root_prefix(self):
        """What stands before a command that is root of a user namespace of the user's, with all subordinate ids."""
        script = "mount --make-rprivate / && echo ready && exec sleep infinity"
        pid = self._hold(
            self.prefix() + ["unshare", "--user", "--map-root-user", "--map-auto", "--mount", "sh", "-c", script]
        )
        return ["nsenter", "-t", str(pid), "--user", "--mount", "--setuid", "0", "--setgid", "0", "--"]

    def run(self, *arguments, **options):
        return command.run(*self.prefix(), *arguments, **options)

    def close(self):
        for holder in reversed(self.holders):
            holder.stdout.close()
            processes.kill(holder.pid)
            holder.wait()
        shutil.rmtree(self.base)


class RootlessBundle(Bundle):
    """A bundle that its user can run: what `spec --rootless` makes of a configuration."""

    def __init__(self, user, name):
        super().__init__(user.home / name)
        self.user = user
        linux = self.spec["linux"]
        linux["namespaces"] = [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "user")]
        linux["uidMappings"] = [{"containerID": 0, "hostID": UID, "size": 1}]
        linux["gidMappings"] = [{"containerID": 0, "hostID": UID, "size": 1}]
        del linux["resources"]
        for mount in self.spec["mounts"]:
            mount["options"] = [option for option in mount.get("options", []) if not option.startswith("gid=")]
            if mount["destination"] == "/sys":
                mount.update({"type": "none", "source": "/sys"})
                mount["options"] = ["rbind", "nosuid", "noexec", "nodev", "ro"]
        user.own(self.directory)

    def with_subordinate_ids(self):
        """Maps the user and all subordinate ids."""
        for kind in ("uidMappings", "gidMappings"):
            self.spec["linux"][kind] = [
                {"containerID": 0, "hostID": UID, "size": 1},
                {"containerID": 1, "hostID": SUBORDINATE, "size": COUNT},
            ]
        return self

    def as_nested_root(self):
        """For a user namespace that is there already: no other is made."""
        linux = self.spec["linux"]
        linux["namespaces"] = [entry for entry in linux["namespaces"] if entry["type"] != "user"]
        del linux["uidMappings"], linux["gidMappings"]
        return self

    def with_cgroups(self, *options):
        """Mounts the container's cgroups."""
        mount = {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"}
        self.spec["mounts"].append({**mount, "options": ["nosuid", "noexec", "nodev", "relatime", *options]})
        return self


class RootlessRuntime(Runtime):
    """A runtime that a user runs, with a state directory of the user's."""

    def __init__(self, user, prefix=None):
        super().__init__(user.home / "state")
        self.user = user
        self.prefix = prefix or user.prefix()
        # Programs that are found in PATH are the host's.
        self.env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(user.home)}

    @property
    def command(self):
        return [*self.prefix, self.path, "--root", str(self.root)]

    def run(self, *arguments, **options):
        return command.run(*self.command, *arguments, **{"env": self.env, **options})

    def create(self, bundle, identifier, *flags):
        bundle.write()
        self.used.append(identifier)
        pid_file, output = bundle.directory / "pid", bundle.directory / "output"
        with open(output, "wb") as stream:
            arguments = ["create", "--bundle", bundle.directory, "--pid-file", pid_file, *flags, identifier]
            code = command.run_into(stream, *self.command, *arguments)
        assert code == 0, output.read_text()
        return int(pid_file.read_text())


def delegated(name):
    """Cgroups of the user's own in every hierarchy of version 1; returns their directories by hierarchy."""
    made = {}
    for hierarchy in sorted(pathlib.Path("/sys/fs/cgroup").iterdir()):
        if not (hierarchy / "tasks").exists() or hierarchy.is_symlink():
            continue
        directory = hierarchy / name
        directory.mkdir()
        made[hierarchy.name] = directory
        for file in ("cpuset.cpus", "cpuset.mems"):
            if (hierarchy / file).exists():
                (directory / file).write_text((hierarchy / file).read_text())
        command.ok("chown", "-R", f"{UID}:{UID}", directory)
    return made


def remove_cgroups(directories):
    """Removes them once they are empty."""
    for directory in directories.values():
        until(lambda: not (directory / "tasks").read_text(), f"{directory} is empty")
        directory.rmdir()
