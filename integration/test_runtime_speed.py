"""What the runtime saves time on must not show: kept filters, containers that end by themselves."""

import hashlib
import os

import pytest

from harness import leaks
from harness.bundles import Bundle, Runtime

OWN = pytest.mark.skipif(
    os.environ.get("RUNTIME", "skiff-runtime") != "skiff-runtime", reason="where filters are kept is our own affair"
)


@pytest.fixture
def runtime(tmp_path):
    made = Runtime(tmp_path / "state")
    yield made
    made.remove_all()
    assert leaks.remaining_mounts(tmp_path) == []


@pytest.fixture
def bundle(tmp_path):
    return Bundle(tmp_path / "bundle")


@pytest.fixture
def identifier(tmp_path, runtime):
    value = "skint" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    runtime.used.append(value)
    return value


def profile(errno, call="mkdir"):
    rule = {"names": [call, f"{call}at"], "action": "SCMP_ACT_ERRNO", "errnoRet": errno}
    return {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}


def refusal(runtime, bundle, identifier, seccomp):
    bundle.spec["linux"]["seccomp"] = seccomp
    bundle.set("mkdir", "/tmp-made").write()
    finished = runtime.run("run", "--bundle", bundle.directory, identifier)
    assert finished.code == 1
    return finished.err.strip()


def test_each_container_has_its_own_filter(runtime, bundle, identifier):
    """Again and again, in any order: a filter that was kept is never another profile's."""
    words = {1: "Operation not permitted", 13: "Permission denied", 28: "No space left on device"}
    for errno in (1, 13, 1, 28, 13, 28):
        assert words[errno] in refusal(runtime, bundle, identifier, profile(errno))


@OWN
def test_a_damaged_filter_is_made_again(runtime, bundle, identifier):
    assert "Permission denied" in refusal(runtime, bundle, identifier, profile(13))
    (kept,) = (runtime.root / "~seccomp").iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:20], whole[:-8], b"x" * len(whole)):
        kept.write_bytes(damaged)
        assert "Permission denied" in refusal(runtime, bundle, identifier, profile(13))
        assert kept.read_bytes() == whole


@OWN
def test_kept_filters_are_private_and_no_containers(runtime, bundle, identifier):
    refusal(runtime, bundle, identifier, profile(13))
    directory = runtime.root / "~seccomp"
    assert directory.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in directory.iterdir())
    assert runtime.ok("list", "--quiet").out.strip() == ""
    assert runtime.run("state", "~seccomp").code != 0


@OWN
def test_a_link_in_place_of_a_kept_filter_is_replaced(runtime, bundle, identifier, tmp_path):
    refusal(runtime, bundle, identifier, profile(13))
    (kept,) = (runtime.root / "~seccomp").iterdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(kept.read_bytes())
    kept.unlink()
    kept.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert "Permission denied" in refusal(runtime, bundle, identifier, profile(13))
    assert elsewhere.read_bytes() == before and not kept.is_symlink()
