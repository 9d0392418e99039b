"""The example of a daemon with the supervisor in it."""

import shutil
import subprocess

import pytest

from harness import BIN, leaks
from harness.bundles import Bundle

PROGRAM = BIN / "embedded-supervisor"


@pytest.fixture
def base(tmp_path):
    before = leaks.Baseline()
    yield tmp_path
    assert not before.leaks(tmp_path, network=False)


def run(base, *arguments):
    bundle = Bundle(base / "bundle")
    bundle.set(*arguments).write()
    (base / "state").mkdir(exist_ok=True)
    command = [PROGRAM, base / "state", bundle.directory]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return result, bundle


def test_it_runs_a_container_and_reports_its_events(base):
    result, bundle = run(base, "sh", "-c", "echo from the container; exit 7")
    assert result.returncode == 7, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    assert lines[0].startswith("created with pid ")
    kinds = [line.split()[2] for line in lines[1:]]
    assert [kind for kind in kinds if kind in ("create", "start", "exit", "delete")][-3:] == ["start", "exit", "delete"]
    assert "from the container" in (bundle.directory / "output.json").read_text()


def test_it_starts_again_where_it_was(base):
    for _ in range(2):
        result, _ = run(base, "true")
        assert result.returncode == 0, result.stdout + result.stderr
        shutil.rmtree(base / "bundle")


def test_a_container_that_cannot_be(base):
    result, _ = run(base, "/no/such/program")
    assert result.returncode == 1 and "/no/such/program" in result.stdout


def test_usage(base):
    result = subprocess.run([PROGRAM], capture_output=True, text=True, timeout=20)
    assert result.returncode == 2 and "usage" in result.stdout
