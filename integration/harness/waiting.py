"""Waiting for conditions, with a deadline."""

import threading
import time

_never = threading.Event()


def until(condition, what, seconds=10, interval=0.02):
    """Asks `condition` again until it gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        _never.wait(interval)
