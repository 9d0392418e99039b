"""ttrpc and Protobuf, byte by byte: whatever a client might send."""

import socket
import struct

LIMIT = 4 << 20
INVALID, DEADLINE, NOT_FOUND, EXISTS, PRECONDITION, UNIMPLEMENTED = 3, 4, 5, 6, 9, 12


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, value):
    """A field: a number, text, bytes, or a message as a list of fields."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, list):
        value = b"".join(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(data):
    """Every field of a message as (number, value)."""
    at, end, found = 0, len(data), []

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

    while at < end:
        key = number()
        value = number()
        if key & 7 == 2:
            at += value
            value = data[at - value : at]
        found.append((key >> 3, value))
    return found


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    # With a deadline a full queue is an error; without, it is waited for.
    connection.connect(str(path))
    connection.settimeout(10)
    return connection


def frame(body, stream=1, kind=1, flags=0, length=None):
    return struct.pack(">IIBB", len(body) if length is None else length, stream, kind, flags) + body


def request(service, method, payload=b"", timeout=0):
    """An envelope; the timeout is in seconds, 0 for none."""
    parts = [field(1, service), field(2, method), field(3, payload)]
    if timeout:
        parts.append(field(4, int(timeout * 1e9)))
    return b"".join(parts)


def response(connection):
    """The stream, the type, the status code and the payload of the next answer."""
    stream = connection.makefile("rb")
    length, number, kind, _ = struct.unpack(">IIBB", stream.read(10))
    answer = dict(fields(stream.read(length)))
    return number, kind, dict(fields(answer.get(1, b""))).get(1, 0), answer.get(2, b"")


def call(path, service, method, *payload, timeout=0):
    """The code and the fields of the answer."""
    with connect(path) as connection:
        connection.sendall(frame(request(service, method, b"".join(payload), timeout)))
        _, _, code, answer = response(connection)
    return code, list(fields(answer))


def malformed(service, method):
    """Frames that no client should send."""
    return [
        b"\0",
        b"\0\0\0\4\0\0\0\1\1",
        frame(b"", length=100),
        frame(b"\xff" * 40),
        frame(b"", kind=1),
        frame(b"x", kind=0),
        frame(b"x", kind=77),
        frame(b"data to nowhere", stream=9, kind=3),
        frame(b"x", kind=2),
        frame(request(service, method), stream=0),
        frame(request(service, method), stream=2),
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(range(256)) * 64,
    ]


def mutated(chance, names):
    """A plausible message with bytes changed and cut."""
    message = bytearray(
        b"".join(
            field(chance.randint(1, 15), chance.choice(names))
            if chance.random() < 0.8
            else bytes([chance.randint(1, 15) << 3, chance.randint(0, 127)])
            for _ in range(chance.randint(0, 6))
        )
    )
    for _ in range(chance.choice([0, 0, 1, 3])):
        if message:
            message[chance.randrange(len(message))] = chance.randrange(256)
    if chance.random() < 0.2:
        del message[chance.randint(0, len(message)) :]
    return bytes(message)
