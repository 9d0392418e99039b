"""Bad input at the supervisor's socket: an error, never a crash or a leak."""

import os
import pathlib
import random
import re
import socket
import stat

import pytest

from harness import ttrpc
from harness.supervisor import SERVICE, Supervisor
from harness.ttrpc import INVALID, LIMIT, UNIMPLEMENTED, frame
from harness.waiting import until

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSION = ttrpc.request(SERVICE + "Health", "Version")


def methods():
    """Every unary call of the supervisor's services, from their definition."""
    text = "".join(path.read_text() for path in (ROOT / "Protocols").rglob("*supervisor*.proto"))
    found = []
    for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        found += [(service, method) for method, result in re.findall(r"rpc (\w+)\([^)]*\) returns \((stream )?", body) if not result]
    return found


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory):
    one = Supervisor(tmp_path_factory.mktemp("input"))
    one.start()
    yield one
    one.end()


@pytest.fixture(autouse=True)
def unharmed(supervisor):
    """After each test the same process answers, with no more descriptors than before."""
    before = descriptors(supervisor)
    yield
    assert supervisor.process.poll() is None
    assert supervisor.serves()
    until(lambda: descriptors(supervisor) <= before, "its descriptors are closed")


def descriptors(supervisor):
    return len(os.listdir(f"/proc/{supervisor.process.pid}/fd"))


def resident(supervisor):
    text = pathlib.Path(f"/proc/{supervisor.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1])


def connect(supervisor):
    return ttrpc.connect(supervisor.socket)


def answer(connection):
    """The stream, the type and the status of the next answer."""
    return ttrpc.response(connection)[:3]


@pytest.mark.parametrize(
    "data", ttrpc.malformed(SERVICE + "Health", "Version"), ids=lambda data: f"{len(data)}-{data[:12].hex()}"
)
def test_malformed_frames(supervisor, data):
    with connect(supervisor) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        # Whatever is said of it, it ends.
        while connection.recv(65536):
            pass


def test_a_bad_request_does_not_end_the_connection(supervisor):
    with connect(supervisor) as connection:
        connection.sendall(frame(b"\xff" * 40, stream=1))
        assert answer(connection)[2] != 0
        connection.sendall(frame(VERSION, stream=3))
        assert answer(connection) == (3, 2, 0)


def test_an_oversized_message_is_answered_and_passed_over(supervisor):
    with connect(supervisor) as connection:
        connection.sendall(frame(bytes(LIMIT + 1), stream=1))
        assert answer(connection)[2] != 0
        connection.sendall(frame(VERSION, stream=3))
        assert answer(connection) == (3, 2, 0)


def test_unknown_services_and_methods(supervisor):
    for service, method in (("Health", "Nothing"), ("Nothing", "Version"), ("", ""), ("Tasks", "\0")):
        assert supervisor.call(service, method)[0] == UNIMPLEMENTED, (service, method)


def test_a_half_closed_connection_gets_its_answer(supervisor):
    with connect(supervisor) as connection:
        connection.sendall(frame(VERSION))
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection) == (1, 2, 0)
        assert connection.recv(1) == b""


def test_ten_thousand_aborted_connections(supervisor):
    header = frame(VERSION)
    ways = [b"", b"\0\0", header[:10], header[:-1], header]
    # A burst waits in the kernel: what is held of it does not grow with its length or number.
    sizes = []
    for _ in range(4):
        for number in range(5_000):
            with connect(supervisor) as connection:
                if ways[number % len(ways)]:
                    connection.sendall(ways[number % len(ways)])
        until(supervisor.serves, "it answers")
        sizes.append(resident(supervisor))
    assert sizes[-1] < sizes[0] + 2048, sizes


def test_mutated_requests(supervisor):
    """Plausible requests with bytes changed, cut and repeated; the seed makes a failure repeatable."""
    chance = random.Random(20261127)
    names = [b"", b"n", b"web", b"../../etc", b"a" * 300, b"\0", "é".encode(), b"{}", b'{"ociVersion":"1.0.2"}', b"9" * 20]
    calls = methods()
    assert len(calls) > 20
    codes = set()
    for _ in range(3000):
        service, method = chance.choice(calls)
        codes.add(supervisor.call(service, method, ttrpc.mutated(chance, names))[0])
    assert INVALID in codes
    # Nothing half-made: no bundle, no shim; the namespaces and records that were asked for are plain files.
    left = [path for path in (supervisor.base / "state").rglob("config.json")]
    assert left == [] and not list((supervisor.base / "runtime-root").glob("*/*")), left


def test_only_its_own_user_may_speak_to_it(supervisor):
    assert stat.S_IMODE(supervisor.socket.stat().st_mode) == 0o600
    supervisor.socket.chmod(0o666)
    directories = [path for path in supervisor.socket.parents if path.stat().st_mode & 0o001 == 0]
    modes = {path: path.stat().st_mode for path in directories}
    try:
        for path in directories:
            path.chmod(stat.S_IMODE(modes[path]) | 0o011)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.setgid(65534)
                os.setuid(65534)
                with connect(supervisor) as connection:
                    connection.sendall(frame(VERSION))
                    status = 0 if connection.recv(1) == b"" else 2
            except OSError:
                status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        for path, mode in modes.items():
            path.chmod(stat.S_IMODE(mode))
        supervisor.socket.chmod(0o600)


def test_no_abstract_sockets(supervisor):
    inodes = set()
    for name in os.listdir(f"/proc/{supervisor.process.pid}/fd"):
        link = os.readlink(f"/proc/{supervisor.process.pid}/fd/{name}")
        inodes |= set(re.findall(r"socket:\[(\d+)\]", link))
    lines = [line.split() for line in open("/proc/net/unix").read().splitlines()[1:]]
    paths = [words[7] for words in lines if words[6] in inodes and len(words) > 7]
    assert str(supervisor.socket) in paths and not [path for path in paths if path.startswith("@")]
