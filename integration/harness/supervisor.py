"""A bare skiff-supervisor, called over ttrpc byte by byte."""

import socket
import struct
import subprocess

from . import BIN
from .waiting import until

SERVICE = "skiff.supervisor.v1."
INVALID, NOT_FOUND, EXISTS, PRECONDITION = 3, 5, 6, 9


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, value):
    """A Protobuf field of bytes, text, or a message (a list of fields)."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, list):
        value = b"".join(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(data):
    """Every field of a message as (number, value)."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = number()
        if key & 7 == 2:
            length = number()
            yield key >> 3, data[at : at + length]
            at += length
        else:
            yield key >> 3, number()


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

    def call(self, service, method, *request):
        """The code and the fields of the answer."""
        payload = [field(1, SERVICE + service), field(2, method), field(3, b"".join(request))]
        body = b"".join(payload)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.settimeout(10)
            connection.sendall(struct.pack(">IIBB", len(body), 1, 1, 0) + body)
            stream = connection.makefile("rb")
            length = struct.unpack(">IIBB", stream.read(10))[0]
            answer = dict(fields(stream.read(length)))
        status = dict(fields(answer.get(1, b"")))
        return status.get(1, 0), list(fields(answer.get(2, b"")))

    def ids(self, *filters):
        code, answer = self.call("Containers", "List", field(1, "n"), *(field(2, text) for text in filters))
        assert code == 0
        return [dict(fields(value))[2].decode() for _, value in answer]
