"""Disks made for the purpose: full, frozen, slow."""

import ctypes
import errno
import os
import pathlib
import subprocess

import census
from harness.waiting import until

LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source, target, kind, options=""):
    if LIBC.mount(source.encode(), str(target).encode(), kind.encode(), 0, options.encode()) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"mount {target}: {os.strerror(code)}")


def unmount(target):
    LIBC.umount2(str(target).encode(), 2)


def fill(directory, name="filler"):
    """A file that takes all that is left."""
    path = directory / name
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 20, 4096, 64, 1):
            try:
                while True:
                    if file.write(b"x" * size) < size:
                        break
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return path


class LoopDisk:
    """An ext4 on a loop device that can be frozen, and slowed by the block controller."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir(exist_ok=True)
        image = directory.with_suffix(".img")
        with open(image, "wb") as file:
            file.truncate(64 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
        # A device of mount's goes with the mount, however that ends.
        subprocess.run(["mount", "-o", "loop,sync", str(image), str(directory)], check=True)
        mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
        self.device = next(mount[0] for mount in mounts if mount[1] == str(directory))

    def close(self):
        subprocess.run(["umount", "-l", str(self.directory)], check=False)

    def frozen(self):
        return Freezing(self.directory)

    def throttled(self, rate, pid, cgroup):
        return Throttling(self.device, rate, pid, cgroup)


class Freezing:
    def __init__(self, directory):
        self.directory = str(directory)

    def __enter__(self):
        subprocess.run(["fsfreeze", "-f", self.directory], check=True)

    def __exit__(self, *_):
        subprocess.run(["fsfreeze", "-u", self.directory], check=True)


class Throttling:
    """Limits what a process, and what it starts, writes to a device."""

    def __init__(self, device, rate, pid, cgroup):
        self.pid, self.rate = pid, rate
        self.device = (pathlib.Path("/sys/block") / pathlib.Path(device).name / "dev").read_text().strip()
        self.cgroup = census.CGROUPS / "blkio" / cgroup

    def __enter__(self):
        self.cgroup.mkdir()
        (self.cgroup / "blkio.throttle.write_bps_device").write_text(f"{self.device} {self.rate}")
        (self.cgroup / "cgroup.procs").write_text(str(self.pid))

    def __exit__(self, *_):
        for pid in (self.cgroup / "cgroup.procs").read_text().split():
            (self.cgroup.parent / "cgroup.procs").write_text(pid)
        until(self.removed, "the cgroup is removed")

    def removed(self):
        try:
            self.cgroup.rmdir()
            return True
        except OSError:
            return False
