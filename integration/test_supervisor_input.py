"""Bad input at the supervisor's socket: an error, never a crash or a leak."""

import os
import pathlib
import random
import re
import socket
import stat
import struct

import pytest

from harness.supervisor import INVALID, SERVICE, Supervisor, field, fields
from harness.waiting import until

UNIMPLEMENTED = 12
ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 4 << 20


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
    connection = socket.socket(socket.AF_UNIX)
    # With a deadline a full queue is an error; without, it is waited for.
    connection.connect(str(supervisor.socket))
    connection.settimeout(10)
    return connection


def frame(body, stream=1, kind=1, flags=0, length=None):
    return struct.pack(">IIBB", len(body) if length is None else length, stream, kind, flags) + body


def request(service, method, payload=b""):
    return b"".join([field(1, SERVICE + service), field(2, method), field(3, payload)])


def answer(connection):
    """The stream and the status of the next response."""
    stream = connection.makefile("rb")
    length, number, kind, _ = struct.unpack(">IIBB", stream.read(10))
    status = dict(fields(dict(fields(stream.read(length))).get(1, b"")))
    return number, kind, status.get(1, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"\0\0\0\4\0\0\0\1\1",
        frame(b"", length=100),
        frame(b"\xff" * 40),
        frame(b"", kind=1),
        frame(b"x", kind=0),
        frame(b"x", kind=77),
        frame(b"data to nowhere", stream=9, kind=3),
        frame(b"x", kind=2),
        frame(request("Health", "Version"), stream=0),
        frame(request("Health", "Version"), stream=2),
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(range(256)) * 64,
    ],
    ids=lambda data: f"{len(data)}-{data[:12].hex()}",
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
        connection.sendall(frame(request("Health", "Version"), stream=3))
        assert answer(connection) == (3, 2, 0)


def test_an_oversized_message_is_answered_and_passed_over(supervisor):
    with connect(supervisor) as connection:
        connection.sendall(frame(bytes(LIMIT + 1), stream=1))
        assert answer(connection)[2] != 0
        connection.sendall(frame(request("Health", "Version"), stream=3))
        assert answer(connection) == (3, 2, 0)


def test_unknown_services_and_methods(supervisor):
    for service, method in (("Health", "Nothing"), ("Nothing", "Version"), ("", ""), ("Tasks", "\0")):
        assert supervisor.call(service, method)[0] == UNIMPLEMENTED, (service, method)


def test_a_half_closed_connection_gets_its_answer(supervisor):
    with connect(supervisor) as connection:
        connection.sendall(frame(request("Health", "Version")))
        connection.shutdown(socket.SHUT_WR)
        assert answer(connection) == (1, 2, 0)
        assert connection.recv(1) == b""


def test_ten_thousand_aborted_connections(supervisor):
    header = frame(request("Health", "Version"))
    ways = [b"", b"\0\0", header[:10], header[:-1], header]
    # A burst is held in memory until it is looked at: the second and the third one need no more.
    sizes = []
    for _ in range(3):
        for number in range(10_000):
            with connect(supervisor) as connection:
                if ways[number % len(ways)]:
                    connection.sendall(ways[number % len(ways)])
        until(supervisor.serves, "it answers")
        sizes.append(resident(supervisor))
    assert sizes[-1] < max(sizes[:2]) * 1.2, sizes


def test_mutated_requests(supervisor):
    """Plausible requests with bytes changed, cut and repeated; the seed makes a failure repeatable."""
    chance = random.Random(20261127)
    names = [b"", b"n", b"web", b"../../etc", b"a" * 300, b"\0", "é".encode(), b"{}", b'{"ociVersion":"1.0.2"}', b"9" * 20]
    calls = methods()
    assert len(calls) > 20
    codes = set()
    for _ in range(3000):
        service, method = chance.choice(calls)
        payload = bytearray(
            b"".join(
                field(chance.randint(1, 15), chance.choice(names))
                if chance.random() < 0.8
                else bytes([chance.randint(1, 15) << 3, chance.randint(0, 127)])
                for _ in range(chance.randint(0, 6))
            )
        )
        for _ in range(chance.choice([0, 0, 1, 3])):
            if payload:
                payload[chance.randrange(len(payload))] = chance.randrange(256)
        if chance.random() < 0.2:
            del payload[chance.randint(0, len(payload)) :]
        codes.add(supervisor.call(service, method, bytes(payload))[0])
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
                    connection.sendall(frame(request("Health", "Version")))
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
