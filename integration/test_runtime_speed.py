"""What the runtime saves time on must not show: kept filters, and a first process made beside its cgroups."""

import hashlib
import os
import re
import subprocess

import pytest

from harness import command, leaks, namespace
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


SURROUNDINGS = """
    cat /proc/self/cgroup /proc/self/limits
    grep -vE '^(Vm|Rss|Hugetlb|Cpus|Mems|.*ctxt|Pid|Tgid|Ngid|NSpid|PPid|NStgid|NSpgid)' /proc/self/status
    cut -d' ' -f4- /proc/self/mountinfo | sed 's/[0-9]*:[0-9]*//'
    hostname; id; umask; pwd; env; ls -l /proc/self/fd /dev; cat /proc/1/oom_score_adj
    cut -d' ' -f5-8 /proc/1/stat
    ip address show dev lo | grep -v valid
    cat /sys/fs/cgroup/*/tasks | wc -l
"""


@OWN
def test_a_first_process_made_beside_its_cgroups_is_as_one_made_after_them(runtime, bundle, identifier):
    """Where a network device is moved, the runtime has to go first; nothing else differs."""
    bundle.set("sh", "-c", SURROUNDINGS)
    bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
    bundle.spec["mounts"].append({"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"})
    bundle.write()
    beside = runtime.ok("run", "--bundle", bundle.directory, identifier).out
    link = identifier[-8:]
    command.ok("ip", "link", "add", link, "type", "veth", "peer", "name", f"{link}p")
    try:
        bundle.spec["linux"]["netDevices"] = {link: {"name": "eth0"}}
        bundle.write()
        after = runtime.ok("run", "--bundle", bundle.directory, identifier).out
    finally:
        command.run("ip", "link", "delete", f"{link}p")
    plain = lambda text: re.sub(r" +", " ", re.sub(r"\d+:\d\d|fd/\d+ -> /proc/\d+|\d{5,}", "", text))
    assert plain(beside) == plain(after)
    assert len(beside.splitlines()) > 80 and "lo" in beside


@OWN
@pytest.mark.skipif(not os.path.ismount("/sys/fs/cgroup/pids"), reason="the hierarchies of version 1 are not mounted")
@pytest.mark.parametrize("command_name", ["run", "create"])
def test_a_cgroup_that_cannot_be_made(command_name, runtime, bundle, identifier):
    bundle.set("true").write()
    before = leaks.Baseline()
    with namespace.private_mounts():
        subprocess.run(["mount", "--bind", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/pids"], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", "/sys/fs/cgroup/pids"], check=True)
        result = runtime.run(command_name, "--bundle", bundle.directory, identifier)
    assert result.code == 1 and "unable to apply cgroup configuration" in result.err, str(result)
    assert "read-only file system" in result.err.lower(), str(result)
    assert not (runtime.root / identifier).exists()
    found = [line for line in command.ok("find", "/sys/fs/cgroup", "-name", identifier).out.splitlines()]
    assert found == [] and not before.leaks(bundle.directory, network=False)
