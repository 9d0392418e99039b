"""The soak's short form: containers by the dozen, cycles under kill -9, and disks that are slow or full."""

import subprocess
import sys

import pytest

from harness import ROOT
from harness.engine import Skiffd, engine_class

SECONDS = 240


@pytest.mark.skipif(engine_class() is not Skiffd, reason="it drives skiff-supervisor itself")
def test_nothing_is_lost_and_nothing_stays():
    soak = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "soak.py"), "--short"], capture_output=True, text=True, timeout=SECONDS
    )
    assert soak.returncode == 0, soak.stdout + soak.stderr
