"""Bad input at a shim's sockets: an error, never a crash, a leak, or a lost line of the container."""

import os
import pathlib
import random
import re
import socket
import stat

import pytest
from test_ctr import IMAGE, Control

from harness import leaks, ttrpc
from harness.ttrpc import INVALID, LIMIT, NOT_FOUND, UNIMPLEMENTED, field, frame
from harness.waiting import until

TASK = "containerd.task.v2.Task"
METHODS = """State Create Start Delete Pids Pause Resume Checkpoint Kill Exec ResizePty CloseIO Update Wait Stats Connect
    Shutdown""".split()
CONNECT = ttrpc.request(TASK, "Connect")
SCRIPT = "i=0; while [ ! -e /stop ]; do i=$((i + 1)); echo line $i; usleep 2000; done; exit 7"


class Shim:
    """A shim with a container that writes lines."""

    def __init__(self, control, identifier):
        self.control, self.id = control, identifier
        self.log = control.base / "lines"
        control.ok("run", "-d", "--log-uri", f"file://{self.log}", IMAGE, identifier, "sh", "-c", SCRIPT)
        bundle = control.base / "state" / "default" / identifier
        self.socket = pathlib.Path((bundle / "address").read_text().removeprefix("unix://"))
        self.pid = int((bundle / "shim.pid").read_text())

    def call(self, method, *payload, service=TASK):
        return ttrpc.call(self.socket, service, method, *payload)

    @property
    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def resident(self):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1])

    def end(self):
        """Its container ends by itself, with every line and its status."""
        self.control.ok("exec", self.id, "touch", "/stop")
        assert self.control.run("wait", self.id).code == 7
        lines = self.log.read_text().splitlines()
        assert lines == [f"line {number + 1}" for number in range(len(lines))] and len(lines) > 10
        assert self.control.run("tasks", "rm", self.id).code == 7
        self.control.ok("containers", "rm", self.id)


@pytest.fixture(scope="module")
def shim(tmp_path_factory, archives):
    before = leaks.Baseline()
    control = Control(tmp_path_factory.mktemp("input"))
    control.supervisor.start()
    control.ok("images", "import", archives.busybox)
    try:
        one = Shim(control, "lines")
        yield one
        one.end()
    finally:
        control.run("tasks", "rm", "--force", "lines")
        control.supervisor.end()
    assert not before.leaks(control.base, network=False)


@pytest.fixture(autouse=True)
def unharmed(shim):
    """After each test the same shim answers, with no more descriptors than before, and its container writes on."""
    before, size = shim.descriptors, shim.log.stat().st_size
    yield
    assert shim.call("Connect", field(1, shim.id))[0] == 0
    until(lambda: shim.descriptors <= before, "its descriptors are closed")
    until(lambda: shim.log.stat().st_size > size, "lines are written")


@pytest.mark.parametrize("data", ttrpc.malformed(TASK, "Connect"), ids=lambda data: f"{len(data)}-{data[:12].hex()}")
def test_malformed_frames(shim, data):
    with ttrpc.connect(shim.socket) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


def test_bad_requests_do_not_end_the_connection(shim):
    with ttrpc.connect(shim.socket) as connection:
        for stream, body in enumerate((b"\xff" * 40, bytes(LIMIT + 1), ttrpc.request(TASK, "State", b"\xff"))):
            connection.sendall(frame(body, stream=2 * stream + 1))
            number, _, code, _ = ttrpc.response(connection)
            assert number == 2 * stream + 1 and code != 0
        connection.sendall(frame(CONNECT, stream=9))
        assert ttrpc.response(connection)[:3] == (9, 2, 0)


def test_a_half_closed_connection_gets_its_answer(shim):
    with ttrpc.connect(shim.socket) as connection:
        connection.sendall(frame(CONNECT))
        connection.shutdown(socket.SHUT_WR)
        assert ttrpc.response(connection)[:3] == (1, 2, 0)
        assert connection.recv(1) == b""


def test_unknown_services_and_methods(shim):
    for service, method in ((TASK, "Nothing"), ("Nothing", "State"), ("", ""), ("containerd.task.v9.Task", "State")):
        assert shim.call(method, service=service)[0] == UNIMPLEMENTED, (service, method)


def test_aborted_connections(shim):
    header = frame(CONNECT)
    ways = [b"", b"\0\0", header[:10], header[:-1], header]
    sizes = []
    for _ in range(3):
        for number in range(3000):
            with ttrpc.connect(shim.socket) as connection:
                if ways[number % len(ways)]:
                    connection.sendall(ways[number % len(ways)])
        shim.call("Connect", field(1, shim.id))
        sizes.append(shim.resident)
    assert sizes[-1] <= sizes[1] + 64, sizes


@pytest.mark.parametrize("version", ["v2", "v3"])
def test_mutated_requests_for_others(shim, version):
    chance = random.Random(20261128)
    names = [b"", b"lin", b"other", b"../../etc", b"a" * 300, b"\0", "é".encode(), b"{}", b"/proc/self", b"9" * 20]
    codes = {
        shim.call(chance.choice(METHODS), ttrpc.mutated(chance, names), service=f"containerd.task.{version}.Task")[0]
        for _ in range(1500)
    }
    assert {INVALID, NOT_FOUND} <= codes
    assert [path.name for path in (shim.control.base / "state" / "default").iterdir()] == [shim.id]


def test_mutated_requests_for_its_own_container(shim):
    """Whatever leaves a container running, with everything but the id wrong."""
    chance = random.Random(20261129)
    names = [b"", b"none", b"../../etc", b"a" * 300, b"\0", b"{}", b"[]", b"file:///proc", b"/dev/full", b"9" * 20]
    for method in ("State", "Create", "Start", "Delete", "Pids", "Checkpoint", "Exec", "ResizePty", "Stats", "Connect"):
        for _ in range(60):
            if method == "Checkpoint":
                answer = shim.call(method, field(1, shim.id), field(2, chance.choice(["", "relative", "/proc/none/x"])))
                assert answer[0] != 0
            else:
                shim.call(method, field(1, shim.id), field(2, b"exec"), ttrpc.mutated(chance, names).replace(b"\n", b"\r"))
    shim.call("Shutdown", field(1, shim.id))
    shim.control.run("tasks", "kill", "--all", shim.id, "0")


def test_a_flood_of_calls_that_wait(shim):
    before = shim.resident
    with ttrpc.connect(shim.socket) as connection:
        body = ttrpc.request(TASK, "Wait", field(1, shim.id))
        for stream in range(1, 4000, 2):
            connection.sendall(frame(body, stream=stream))
        connection.sendall(frame(CONNECT, stream=4001))
        assert ttrpc.response(connection)[:3] == (4001, 2, 0)
    assert shim.call("Connect")[0] == 0
    assert shim.resident < before + 1024


@pytest.mark.parametrize("data", [b"", b"\0\n", b"{", b"[1]\n", b'{"container":5}\n', b'{"container":"other","stdout":true}\n', b"{" * 9000], ids=len)
def test_bad_greetings_of_attach_clients(shim, data):
    for _ in range(20):
        with ttrpc.connect(f"{shim.socket}.attach") as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()
            assert answer.startswith(b'{"error":"') == (len(data) > 1), answer


def test_only_its_own_user_may_speak_to_it(shim):
    assert stat.S_IMODE(shim.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(shim.socket.parent.stat().st_mode) & 0o066 == 0


def test_no_abstract_sockets(shim):
    inodes = set()
    for name in os.listdir(f"/proc/{shim.pid}/fd"):
        inodes |= set(re.findall(r"socket:\[(\d+)\]", os.readlink(f"/proc/{shim.pid}/fd/{name}")))
    lines = [line.split() for line in open("/proc/net/unix").read().splitlines()[1:]]
    paths = [words[7] for words in lines if words[6] in inodes and len(words) > 7]
    assert str(shim.socket) in paths and not [path for path in paths if path.startswith("@")]
