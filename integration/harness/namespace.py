"""A network namespace for the whole run: bridges, rules and ports of the tests never meet the host's."""

import contextlib
import ctypes
import os
import socket
import subprocess
import threading

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000


def unshare(flags, what):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"unshare({what}): {os.strerror(error)}")


def enter_private_network():
    """Moves this process and its future children into a new network namespace with loopback up."""
    unshare(CLONE_NEWNET, "CLONE_NEWNET")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


@contextlib.contextmanager
def private_mounts():
    """A mount namespace for the time of a block; what is mounted in it goes with it."""
    with open("/proc/self/ns/mnt") as original:
        unshare(CLONE_NEWNS, "CLONE_NEWNS")
        try:
            subprocess.run(["mount", "--make-rprivate", "/"], check=True)
            yield
        finally:
            ctypes.CDLL(None).setns(original.fileno(), CLONE_NEWNS)


def network_of(pid="self"):
    return os.readlink(f"/proc/{pid}/ns/net")


def socket_in(pid, address, kind=socket.SOCK_DGRAM):
    """A socket bound in the network namespace of a process: what its program would have made itself."""
    made = []

    def make():  # a thread of its own, since setns() moves the calling thread
        with open(f"/proc/{pid}/ns/net") as namespace:
            if ctypes.CDLL(None).setns(namespace.fileno(), CLONE_NEWNET) == 0:
                made.append(socket.socket(socket.AF_INET, kind))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert made, f"setns to the network of process {pid} failed"
    made[0].bind(address)
    return made[0]
