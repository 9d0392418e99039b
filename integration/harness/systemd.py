"""systemd as process 1 of namespaces of its own, for the tests of the systemd cgroup driver.

It sees the host's files read only but for one directory, a /dev, /run and cgroups of its own, and no unit but ours:
nothing that a boot starts, cleans or mounts happens.
"""

import os
import pathlib
import subprocess

from . import command
from .waiting import until

CGROUPS = pathlib.Path("/sys/fs/cgroup")
SYSTEMD = pathlib.Path("/lib/systemd/systemd")

# $1: the writable directory; the rest: "kind controllers" of each hierarchy to mount.
BOOT = r"""
set -e
work=$1; shift
mount --make-rprivate /
mount --bind "$work" "$work"
mount -o remount,bind,ro /
for directory in /tmp /var /work /home; do
    if mountpoint -q $directory; then mount -o remount,bind,ro $directory; fi
done
mount -t tmpfs -o mode=755 run /run
mkdir /run/dev /run/units /run/empty
mount -t tmpfs -o mode=755 dev /run/dev
for name in null zero full random urandom tty; do
    touch /run/dev/$name
    mount --bind /dev/$name /run/dev/$name
done
mkdir /run/dev/pts /run/dev/shm /run/dev/mqueue
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts /run/dev/pts
mount -t tmpfs shm /run/dev/shm
ln -s pts/ptmx /run/dev/ptmx
ln -s /proc/self/fd /run/dev/fd
mount --move /run/dev /dev
mount -t proc proc /proc
umount -l /sys/fs/cgroup
case "$*" in
cgroup2) mount -t cgroup2 cgroup2 /sys/fs/cgroup ;;
*)
    mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
    for hierarchy; do
        case $hierarchy in
        cgroup2)
            mkdir /sys/fs/cgroup/unified
            mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
            ;;
        name=*)
            mkdir "/sys/fs/cgroup/${hierarchy#name=}"
            mount -t cgroup -o "none,$hierarchy" cgroup "/sys/fs/cgroup/${hierarchy#name=}"
            ;;
        *)
            mkdir "/sys/fs/cgroup/$hierarchy"
            mount -t cgroup -o "$hierarchy" cgroup "/sys/fs/cgroup/$hierarchy"
            ;;
        esac
    done
    ;;
esac
hostname machine
printf '[Unit]\nDefaultDependencies=no\n' > /run/units/machine.target
printf '[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n' > /run/units/dbus.socket
printf '[Unit]\nDefaultDependencies=no\nRequires=dbus.socket\n[Service]\nExecStart=%s\n' \
    'dbus-daemon --system --address=systemd: --nofork --nopidfile' > /run/units/dbus.service
export container=skiff SYSTEMD_UNIT_PATH=/run/systemd/transient:/run/units SYSTEMD_GENERATOR_PATH=/run/empty
export SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/run/empty
exec /lib/systemd/systemd --system --unit=machine.target --log-target=console --show-status=0
"""

# $1: systemd's process; then its cgroups up to "--"; the rest is the command. systemd removes cgroups it does not know.
ENTER = r"""
pid=$1; shift
join() {
    mkdir -p "$1/caller"
    if [ -e "$1/../cpuset.sched_load_balance" ]; then
        for name in cpus mems; do cat "$1/cpuset.$name" > "$1/caller/cpuset.$name"; done
    fi
    echo $$ > "$1/caller/cgroup.procs"
}
while [ "$1" != -- ]; do
    tries=100
    until (join "$1") 2>/dev/null; do tries=$((tries - 1)); [ $tries -gt 0 ] || exit 125; done
    shift
done
shift
exec nsenter --target $pid --mount --pid --uts --ipc --cgroup -- "$@"
"""


def missing():
    if not SYSTEMD.exists():
        return "systemd is not installed: run 'make deps'"
    if not modes():
        return "no cgroup hierarchy that systemd could use is mounted"
    return None


def modes():
    """How systemd can use the host's cgroups."""
    if (CGROUPS / "cgroup.controllers").exists():
        return ["unified"]
    named = (CGROUPS / "systemd" / "cgroup.procs").exists()
    if named and (CGROUPS / "unified" / "cgroup.procs").exists():
        return ["hybrid", "legacy", "unified"]  # the last one with few controllers or none
    return ["legacy"] if named else []


class Machine:
    def __init__(self, directory, mode):
        self.directory = pathlib.Path(directory)
        self.mode = mode
        self.name = f"skint-machine-{os.getpid()}-{mode}"
        self.cgroups = [hierarchy / self.name for hierarchy in self._hierarchies()]
        self.process = None
        self.pid = None

    def _hierarchies(self):
        if self.mode == "unified":
            return [CGROUPS if (CGROUPS / "cgroup.controllers").exists() else CGROUPS / "unified"]
        found = [CGROUPS / name for name in sorted(os.listdir(CGROUPS))]
        found = [path for path in found if (path / "cgroup.procs").exists() and not path.is_symlink()]
        return [path for path in found if self.mode == "hybrid" or path.name != "unified"]

    @property
    def _mounts(self):
        if self.mode == "unified":
            return ["cgroup2"]
        special = {"systemd": "name=systemd", "unified": "cgroup2"}
        return [special.get(path.parent.name, path.parent.name) for path in self.cgroups]

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        for path in self.cgroups:
            path.mkdir()
            for name in ("cpuset.cpus", "cpuset.mems"):
                if self.mode != "unified" and (path / name).exists():
                    (path / name).write_text((path.parent / name).read_text())
        if self.mode == "unified":
            self._enable_controllers()
        log = open(self.directory / "systemd.log", "wb")
        join = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"'
        unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--uts", "--ipc", "--cgroup"]
        self.process = subprocess.Popen(
            ["sh", "-c", join, "sh", *map(str, self.cgroups), "--", *unshare]
            + ["sh", "-c", BOOT, "sh", str(self.directory), *self._mounts],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        self.pid = until(self._first, "systemd is started", seconds=30)
        try:
            until(self._answers, "systemd answers", seconds=90)
        except AssertionError:
            log_text = (self.directory / "systemd.log").read_text("utf-8", "replace")
            self.stop()
            raise AssertionError(f"systemd did not boot: {log_text}") from None
        return self

    def _enable_controllers(self):
        top = self.cgroups[0].parent
        for controller in (top / "cgroup.controllers").read_text().split():
            try:
                (top / "cgroup.subtree_control").write_text(f"+{controller}")
            except OSError:
                continue

    def _first(self):
        pid = self.process.pid
        assert self.process.poll() is None, (self.directory / "systemd.log").read_text("utf-8", "replace")
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return int(children[0]) if children else None

    def _answers(self):
        assert self.process.poll() is None, (self.directory / "systemd.log").read_text("utf-8", "replace")
        if not os.path.exists(f"/proc/{self.pid}/root/run/systemd/private"):
            return False
        return self.run("systemctl", "show", "--property=Version").code == 0

    @property
    def has_limits(self):
        """Whether systemd can limit memory, CPU time and processes."""
        if self.mode != "unified":
            return True
        return "memory" in (self.cgroups[0] / "cgroup.controllers").read_text().split()

    def enter(self, *arguments):
        """The command line that runs a command in the machine, in a cgroup that is no unit's."""
        return ["sh", "-c", ENTER, "sh", str(self.pid), *map(str, self.cgroups), "--", *map(str, arguments)]

    def run(self, *arguments, **options):
        return command.run(*self.enter(*arguments), **options)

    def property(self, unit, name):
        return command.ok(*self.enter("systemctl", "show", f"--property={name}", "--value", unit)).word

    def loaded(self, unit):
        return self.property(unit, "LoadState") != "not-found"

    def find(self, part):
        """The directories of cgroups in the machine whose name has a part."""
        return [path for top in self.cgroups for path, _, _ in os.walk(top) if part in os.path.basename(path)]

    def stop(self):
        if self.process:
            self.process.kill()  # takes process 1 and with it all others along
            self.process.wait()
        for top in self.cgroups:
            until(lambda: self._empty(top), f"{top} is empty")
            for path, _, _ in os.walk(top, topdown=False):
                os.rmdir(path)

    @staticmethod
    def _empty(top):
        return not any(pathlib.Path(path, "cgroup.procs").read_text() for path, _, _ in os.walk(top))
