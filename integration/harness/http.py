"""The Engine API spoken by hand, for what clients hide: headers, raw streams and half-closed connections."""

import collections
import json
import socket
import struct

Response = collections.namedtuple("Response", "status headers body")


class Connection:
    """One connection to a daemon's socket, with requests written as they go over the wire."""

    def __init__(self, path, seconds=20):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(seconds)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self.reader = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.reader.close()
        self.socket.close()

    def send(self, method, target, body=None, headers=None):
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"Host": "docker", "Content-Length": str(len(data)), **(headers or {})}
        if data and "Content-Type" not in fields:
            fields["Content-Type"] = "application/json"
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.socket.sendall(head.encode() + b"\r\n" + data)

    def read_head(self):
        """The status and the headers (names in lower case) of the next response."""
        status = int(self.reader.readline().split()[1])
        headers = {}
        while line := self.reader.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return status, headers

    def read_body(self, headers):
        if headers.get("transfer-encoding") == "chunked":
            return b"".join(self.chunks())
        if "content-length" in headers:
            return self.reader.read(int(headers["content-length"]))
        return self.reader.read()

    def chunks(self):
        while size := int(self.reader.readline().split(b";")[0], 16):
            data = self.reader.read(size)
            self.reader.readline()
            yield data
        self.reader.readline()

    def frames(self):
        """(stream, payload) of a multiplexed stream until its end."""
        while len(header := self.reader.read(8)) == 8:
            stream, length = struct.unpack(">BxxxL", header)
            yield stream, self.reader.read(length)

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)


def request(path, method, target, body=None, headers=None, seconds=60):
    with Connection(path, seconds) as connection:
        connection.send(method, target, body, {"Connection": "close", **(headers or {})})
        status, fields = connection.read_head()
        has_body = method != "HEAD" and status not in (204, 304)
        return Response(status, fields, connection.read_body(fields) if has_body else b"")
