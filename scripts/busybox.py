"""A small root file system made of Debian's static busybox."""

import functools
import pathlib
import subprocess

import ociimage

BINARY = pathlib.Path("/bin/busybox")
PASSWD = """root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/usr/sbin:/bin/false
www-data:x:33:33:www-data:/var/www:/bin/false
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
"""
GROUP = """root:x:0:
daemon:x:1:
tty:x:5:
www-data:x:33:
users:x:100:
nogroup:x:65534:
"""


@functools.cache
def layer():
    """The layer: busybox, a link for each of its applets, accounts and the usual directories."""
    data = BINARY.read_bytes()
    result = ociimage.Layer(mtime=int(BINARY.stat().st_mtime))
    for directory in ("bin", "dev", "etc", "home", "proc", "sys", "usr", "usr/bin", "usr/sbin", "var", "var/www"):
        result.directory(directory)
    result.directory("root", 0o700).directory("tmp", 0o1777).directory("var/tmp", 0o1777)
    result.file("etc/passwd", PASSWD).file("etc/group", GROUP).file("etc/shadow", "root:*::0:::::\n", 0o640)
    result.file("etc/nsswitch.conf", "hosts: files dns\n")
    result.file("bin/busybox", data, 0o755)
    applets = subprocess.run([BINARY, "--list"], check=True, capture_output=True, text=True).stdout.split()
    for applet in sorted(set(applets) - {"busybox"}):
        result.symlink(f"bin/{applet}", "busybox")
    return result


def image(*names, extra_layers=(), **config):
    """An image of busybox and further layers; `config` overrides keys of its configuration."""
    return ociimage.Image(
        layers=[layer(), *extra_layers],
        config={"Cmd": ["sh"], "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], **config},
        names=names,
    )
