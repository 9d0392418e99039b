"""A skiff-supervisor alone, driven over ttrpc: what the soak and the comparison with the bare runtime stand on."""

import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "integration"))

from harness import BIN  # noqa: E402
from harness.bundles import specification, unpacked_busybox  # noqa: E402
from harness.ttrpc import field, fields  # noqa: E402
from harness.waiting import until  # noqa: E402

HEADER = struct.Struct(">IIBB")
REQUEST, RESPONSE, DATA = 1, 2, 3
NAMESPACE = "soak"
DEADLINE_EXCEEDED, NOT_FOUND, EXISTS, PRECONDITION, UNAVAILABLE = 4, 5, 6, 9, 14
CREATED, RUNNING, STOPPED = 1, 2, 3
EVENT_CREATE, EVENT_START, EVENT_EXIT, EVENT_DELETE = 1, 2, 5, 9


class CallError(Exception):
    """The supervisor refused a call."""

    def __init__(self, method, code, message):
        super().__init__(f"{method}: code {code}: {message}")
        self.code = code


class Connection:
    """One connection for one thread: a call at a time."""

    def __init__(self, path, seconds=90):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self.reader = self.socket.makefile("rb")
        self.stream = -1

    def close(self):
        self.reader.close()
        self.socket.close()

    def send(self, service, method, *request):
        self.stream += 2
        envelope = [field(1, "skiff.supervisor.v1." + service), field(2, method), field(3, b"".join(request))]
        body = b"".join(envelope)
        self.socket.sendall(HEADER.pack(len(body), self.stream, REQUEST, 0) + body)

    def receive(self):
        header = self.reader.read(HEADER.size)
        if len(header) < HEADER.size:
            raise ConnectionResetError("the supervisor has closed the connection")
        length, _, kind, flags = HEADER.unpack(header)
        body = self.reader.read(length)
        if len(body) < length:
            raise ConnectionResetError("the supervisor has closed the connection")
        return kind, flags, body

    def call(self, service, method, *request):
        """The fields of the answer."""
        self.send(service, method, *request)
        _, _, body = self.receive()
        return self.answer(method, body)

    def answer(self, method, body):
        answer = dict(fields(body))
        status = dict(fields(answer.get(1, b"")))
        if status.get(1):
            raise CallError(method, status[1], status.get(2, b"").decode())
        return fields(answer.get(2, b""))

    def subscribe(self, since):
        """Events as dictionaries of fields, without end."""
        self.send("Events", "Subscribe", field(2, since))
        while True:
            kind, _, body = self.receive()
            if kind != DATA:
                self.answer("Subscribe", body)
                return
            yield dict(fields(body))


def task(name, *more):
    return [field(1, NAMESPACE), field(2, name), *more]


class Client:
    """The Tasks service over a connection of its own, made anew when the supervisor was killed."""

    def __init__(self, path):
        self.path = path
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def call(self, service, method, *request):
        """Raises OSError when the supervisor goes meanwhile: what it had begun is to be asked for then."""
        if self.connection is None:
            self.connection = until(self.connect, "the supervisor serves", 60, 0.01)
        try:
            return self.connection.call(service, method, *request)
        except BrokenPipeError:
            # It was gone before the call.
            self.close()
            return self.call(service, method, *request)
        except OSError:
            self.close()
            raise

    def connect(self):
        try:
            return Connection(self.path)
        except OSError:
            return None

    def create(self, name, spec, mounts, log):
        rootfs = [
            field(4, [field(1, kind), field(2, source), *(field(4, option) for option in options)])
            for kind, source, options in mounts
        ]
        answer = self.call("Tasks", "Create", *task(name, field(3, spec), *rootfs, field(5, [field(4, log)])))
        return dict(answer)[1]

    def start(self, name):
        return dict(self.call("Tasks", "Start", *task(name)))[1]

    def kill(self, name, number):
        self.call("Tasks", "Kill", *task(name, field(4, int(number))))

    def wait(self, name):
        return dict(self.call("Tasks", "Wait", *task(name))).get(1, 0)

    def delete(self, name, force=False):
        return dict(self.call("Tasks", "Delete", *task(name, *([field(4, 1)] if force else [])))).get(2, 0)

    def get(self, name):
        """The status and the exit status; None where there is no such task."""
        try:
            answer = dict(self.call("Tasks", "Get", *task(name)))
        except CallError as error:
            if error.code == NOT_FOUND:
                return None
            raise
        return answer.get(4, 0), answer.get(6, 0)

    def names(self):
        return [dict(fields(value))[2].decode() for _, value in self.call("Tasks", "List", field(1, NAMESPACE))]


class Supervisor:
    """The program, with directories of its own."""

    def __init__(self, base):
        self.base = pathlib.Path(base)
        self.socket = self.base / "supervisor.sock"
        self.state = self.base / "state"
        self.process = None
        self.lock = threading.Lock()

    def start(self):
        arguments = [BIN / "skiff-supervisor", "--address", self.socket, "--log-level", "warn"]
        arguments += ["--root", self.base / "root", "--state", self.state / "supervisor"]
        arguments += ["--runtime-root", self.state / "runtime"]
        with open(self.base / "supervisor.log", "ab") as log:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(self.serves, f"the supervisor serves: see {self.base}/supervisor.log", 30, 0.005)

    def serves(self):
        assert self.process.poll() is None, f"the supervisor ended: see {self.base}/supervisor.log"
        try:
            Connection(self.socket).close()
            return True
        except OSError:
            return False

    def crash(self):
        """kill -9, and the next one is started."""
        with self.lock:
            self.process.kill()
            self.process.wait()
            self.start()

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


def shell(script, cgroup, name):
    """A specification, as bytes, of a container that runs a script."""
    spec = specification()
    spec["process"]["args"] = ["/bin/sh", "-c", script]
    spec["linux"]["cgroupsPath"] = f"/{cgroup}/{name}"
    return json.dumps(spec).encode()


def overlay(directory, name):
    """An overlay mount on busybox, its changes in `directory`."""
    upper, work = os.path.join(directory, name, "upper"), os.path.join(directory, name, "work")
    for path in (upper, work):
        os.makedirs(path, exist_ok=True)
    return [("overlay", "overlay", [f"lowerdir={unpacked_busybox()}", f"upperdir={upper}", f"workdir={work}"])]
