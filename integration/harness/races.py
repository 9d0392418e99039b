"""A second container that swaps directory entries all the time: the other side of a race."""

import contextlib

from . import programs
from .bundles import Bundle


@contextlib.contextmanager
def swapping(runtime, identifier, directory, volume, *pairs):
    """Exchanges each pair of names in the volume for the time of a block, from a container that shares the volume."""
    bundle = Bundle(directory).set("/swapper")
    (bundle.rootfs / "swapper").write_bytes(programs.swapper(*[(f"/volume/{a}", f"/volume/{b}") for a, b in pairs]))
    (bundle.rootfs / "swapper").chmod(0o755)
    bundle.spec["mounts"].append({"destination": "/volume", "type": "bind", "source": str(volume), "options": ["rbind"]})
    try:
        runtime.start(bundle, identifier)
        yield
        assert runtime.state(identifier)["status"] == "running", "the swapping container ended early"
    finally:
        runtime.run("delete", "--force", identifier)
