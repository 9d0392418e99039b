"""A process that swaps two directory entries all the time: the other side of a race."""

import contextlib
import subprocess
import sys

_SWAP = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
pairs = [name.encode() for name in sys.argv[1:]]
pairs = list(zip(pairs[::2], pairs[1::2]))
print(flush=True)
while True:
    for one, other in pairs:
        if libc.renameat2(-100, one, -100, other, 2):
            sys.exit(f"renameat2: errno {ctypes.get_errno()}")
"""


@contextlib.contextmanager
def swapping(*pairs):
    """Exchanges the two paths of each pair (renameat2 with RENAME_EXCHANGE) for the time of a block."""
    arguments = [str(path) for pair in pairs for path in pair]
    swapper = subprocess.Popen([sys.executable, "-c", _SWAP, *arguments], stdout=subprocess.PIPE)
    try:
        swapper.stdout.readline()
        yield
        assert swapper.poll() is None, "the swapping process ended early"
    finally:
        swapper.kill()
        swapper.wait()
        swapper.stdout.close()
