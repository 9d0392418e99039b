"""A bare skiff-supervisor, called over ttrpc."""

import subprocess

from . import BIN, ttrpc
from .ttrpc import field, fields
from .waiting import until

SERVICE = "skiff.supervisor.v1."


class Supervisor:
    def __init__(self, base):
        self.base = base
        self.socket = base / "s.sock"
        self.process = None

    def start(self):
        arguments = [BIN / "skiff-supervisor", "--address", self.socket]
        for name in ("root", "state", "runtime-root"):
            arguments += [f"--{name}", self.base / name]
        with open(self.base / "log", "ab") as log:
            self.process = subprocess.Popen([str(argument) for argument in arguments], stdout=log, stderr=log)
        until(self.serves, "the supervisor serves")

    def serves(self):
        try:
            self.call("Health", "Version")
            return True
        except OSError:
            return False

    def end(self):
        self.process.terminate()
        self.process.wait(10)

    def call(self, service, method, *request, timeout=0):
        """The code and the fields of the answer."""
        return ttrpc.call(self.socket, SERVICE + service, method, *request, timeout=timeout)

    def ids(self, *filters):
        code, answer = self.call("Containers", "List", field(1, "n"), *(field(2, text) for text in filters))
        assert code == 0
        return [dict(fields(value))[2].decode() for _, value in answer]
