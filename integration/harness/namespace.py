"""A network namespace for the whole run: bridges, rules and ports of the tests never meet the host's."""
import ctypes
import os
import socket
import subprocess
import threading

CLONE_NEWNET = 0x40000000


def enter_private_network():
    """Moves this process and its future children into a new network namespace with loopback up."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"unshare(CLONE_NEWNET): {os.strerror(error)}")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


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
