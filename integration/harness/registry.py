"""A real registry (Debian's docker-registry) on an address of the test's network namespace."""

import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import urllib.error
import urllib.request

from . import command
from .waiting import until

CERTIFICATES = (pathlib.Path("/etc/docker/certs.d"), pathlib.Path("/etc/skiff/certs.d"))


def free_port(host="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def add_address(address):
    """A second address on loopback: one that no engine treats as insecure by itself."""
    if command.ok("ip", "-4", "-o", "address", "show", "dev", "lo").out.find(f" {address}/") < 0:
        command.ok("ip", "address", "add", f"{address}/32", "dev", "lo")


def certificate(directory, address):
    """A certificate authority and a certificate it signed for `address`."""
    ca, key, request, signed = (directory / name for name in ("ca.crt", "ca.key", "server.csr", "server.crt"))
    command.ok(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        2,
        "-subj",
        "/CN=skiff test authority",
        "-keyout",
        key,
        "-out",
        ca,
    )
    command.ok(
        "openssl",
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        f"/CN={address}",
        "-keyout",
        directory / "server.key",
        "-out",
        request,
    )
    extensions = directory / "server.ext"
    extensions.write_text(f"subjectAltName=IP:{address}\nbasicConstraints=CA:FALSE\n")
    command.ok(
        "openssl",
        "x509",
        "-req",
        "-days",
        2,
        "-in",
        request,
        "-CA",
        ca,
        "-CAkey",
        key,
        "-CAcreateserial",
        "-extfile",
        extensions,
        "-out",
        signed,
    )
    return ca, signed, directory / "server.key"


class Registry:
    """A registry process; `tls` gives it a certificate of an authority of its own."""

    def __init__(self, directory, address="127.0.0.1", tls=False):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True)
        self.address = address
        self.tls = tls
        self.authority = None
        if not address.startswith("127."):
            add_address(address)
        self.port = free_port(address)
        self.name = f"{address}:{self.port}"
        self.process = None

    def __enter__(self):
        http = {"addr": self.name}
        if self.tls:
            self.authority, signed, key = certificate(self.directory, self.address)
            http["tls"] = {"certificate": str(signed), "key": str(key)}
        settings = {
            "version": 0.1,
            "log": {"level": "warn"},
            "storage": {"filesystem": {"rootdirectory": str(self.directory / "data")}, "delete": {"enabled": True}},
            "http": http,
        }
        config = self.directory / "config.yml"
        config.write_text(json.dumps(settings))  # JSON is YAML
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=log, stderr=log)
        until(self._listens, f"the registry listens: see {self.directory}/log", 15)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        for directory in CERTIFICATES:
            shutil.rmtree(directory / self.name, ignore_errors=True)
            # An empty directory that only this registry filled goes too.
            for parent in (directory, directory.parent):
                if parent.is_dir() and not os.listdir(parent):
                    parent.rmdir()

    def _listens(self):
        assert self.process.poll() is None, (self.directory / "log").read_text()
        try:
            socket.create_connection((self.address, self.port), 1).close()
            return True
        except OSError:
            return False

    def trust(self):
        """Tells the engines of this machine the registry's authority."""
        for directory in CERTIFICATES:
            (directory / self.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(self.authority, directory / self.name / "ca.crt")

    def push(self, source, repository, *flags):
        """Copies an image (skopeo's naming) into the registry; returns its reference there."""
        command.ok(
            "skopeo",
            "--insecure-policy",
            "copy",
            "-q",
            "--dest-tls-verify=false",
            *flags,
            source,
            f"docker://{self.name}/{repository}",
        )
        return f"{self.name}/{repository}"

    # The registry's API, spoken directly for what skopeo would refuse to push.

    def put_manifest(self, repository, tag, manifest, media_type):
        """Stores a manifest as it is; returns its digest."""
        request = urllib.request.Request(
            f"http://{self.name}/v2/{repository}/manifests/{tag}", manifest, {"Content-Type": media_type}, method="PUT"
        )
        with urllib.request.urlopen(request) as response:
            return response.headers["Docker-Content-Digest"]

    def blob_file(self, digest):
        value = digest.removeprefix("sha256:")
        return self.directory / "data/docker/registry/v2/blobs/sha256" / value[:2] / value / "data"

    def damage(self, digest):
        """Changes one byte of a stored blob."""
        path = self.blob_file(digest)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)
        assert hashlib.sha256(data).hexdigest() != digest.removeprefix("sha256:")
