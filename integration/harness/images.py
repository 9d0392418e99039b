"""The images of the tests, written once a session."""

import functools
import pathlib

import busybox
import ociimage

BUSYBOX = "busybox:latest"
CAPABILITY_NET_BIND = b"\x01\x00\x00\x02" + (1 << 10).to_bytes(4, "little") + bytes(12)


def layered():
    """Three layers: whiteouts, an opaque directory, hard links, attributes, odd files."""
    long_name = "long/" + "/".join("n" * 60 for _ in range(3)) + "/" + "f" * 200
    lower = (
        ociimage.Layer()
        .directory("work")
        .file("work/kept", "lower\n")
        .file("work/removed", "lower\n")
        .file("work/changed", "lower\n")
        .directory("work/gone")
        .file("work/gone/inside", "lower\n")
        .directory("opaque")
        .file("opaque/hidden", "lower\n")
        .directory("opaque/below")
        .file("opaque/below/x", "x")
        .file("links-first", "linked\n")
        .hardlink("links-second", "links-first")
        .symlink("absolute-link", "/work/kept")
        .symlink("dangling", "/nowhere")
        .file("owned", "owned\n", 0o640, uid=1234, gid=4321)
        .file("setuid", "#!/bin/sh\n", 0o4755)
        .directory("sticky", 0o1777)
        .fifo("fifo")
        .file("attribute", "attribute\n", xattrs={"user.skiff": b"sails"})
        .directory("caps")
        .file("caps/cat", busybox.BINARY.read_bytes(), 0o755, xattrs={"security.capability": CAPABILITY_NET_BIND})
        .file(long_name, "long\n")
        .file("file-then-directory", "file\n")
    )
    middle = (
        ociimage.Layer()
        .whiteout("work/removed")
        .whiteout("work/gone")
        .file("work/changed", "middle\n")
        .file("work/added", "middle\n")
        .directory("opaque")
        .opaque("opaque")
        .file("opaque/shown", "middle\n")
        .whiteout("file-then-directory")
    )
    upper = (
        ociimage.Layer(compress=False)
        .file("work/removed", "upper\n")
        .directory("file-then-directory")
        .file("file-then-directory/inside", "upper\n")
    )
    return busybox.image("layered:1", extra_layers=[lower, middle, upper], Labels={"kind": "layered"}), long_name


def with_config():
    """An image whose configuration sets what `run` takes over."""
    return busybox.image(
        "configured:1",
        Entrypoint=["/bin/echo", "entry"],
        Cmd=["default"],
        Env=["PATH=/bin", "FROM_IMAGE=yes"],
        WorkingDir="/var/www",
        User="www-data",
        Labels={"org.example.label": "value"},
        ExposedPorts={"80/tcp": {}},
        StopSignal="SIGUSR1",
        Volumes={"/data": {}},
    )


def foreign():
    """The same image for another architecture: its files say so."""
    other = "arm64" if ociimage.ARCHITECTURE != "arm64" else "amd64"
    image = busybox.image(extra_layers=[ociimage.Layer().file("architecture", other + "\n")])
    image.architecture = other
    return image


def native():
    return busybox.image(extra_layers=[ociimage.Layer().file("architecture", ociimage.ARCHITECTURE + "\n")])


class Archives:
    """Image archives, written at their first use."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)

    def write(self, name, files):
        path = self.directory / name
        if not path.exists():
            ociimage.write_archive(path, files())
        return path

    @functools.cached_property
    def busybox(self):
        """In both formats at once, so that every engine loads it."""
        return self.write("busybox.tar", lambda: ociimage.combined_files([busybox.image(BUSYBOX)]))

    @functools.cached_property
    def layered_docker(self):
        return self.write("layered-docker.tar", lambda: ociimage.docker_files([layered()[0]]))

    @functools.cached_property
    def layered_oci(self):
        image = layered()[0]
        image.names = ("docker.io/library/layered:1",)
        return self.write("layered-oci.tar", lambda: ociimage.oci_files([image]))

    @functools.cached_property
    def configured(self):
        return self.write("configured.tar", lambda: ociimage.combined_files([with_config()]))

    @functools.cached_property
    def platforms_oci(self):
        """A multi-platform index as an OCI archive."""
        name = "docker.io/library/platforms:1"
        return self.write("platforms.tar", lambda: ociimage.oci_files([foreign(), native()], index_name=name))
