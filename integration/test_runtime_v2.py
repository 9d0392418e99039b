"""The runtime where cgroup version 2 is all there is: `scripts/test-vm` boots such a machine, other hosts skip it."""

import contextlib
import json
import os
import pathlib
import subprocess

import pytest

from harness import command
from harness.waiting import until
from test_runtime import bundle, identifier, output, plain, run, runtime  # noqa: F401 (fixtures)

ROOT = pathlib.Path("/sys/fs/cgroup")
MEBIBYTE = 1 << 20

pytestmark = pytest.mark.skipif(
    not (ROOT / "cgroup.controllers").exists(), reason="this host has cgroup version 1: scripts/test-vm has version 2"
)
beyond_runc = pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason="runc 1.1 does not do it")


def directory(pid):
    [line] = pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    return ROOT / line.removeprefix("0::/")


def values(pid, *names):
    return [(directory(pid) / name).read_text().strip() for name in names]


def keyed(text):
    """The numbers of a file of lines `key value`."""
    return {key: int(value) for key, value in (line.split() for line in text.splitlines())}


def started(runtime, bundle, identifier, resources, *arguments):
    bundle.spec["linux"]["resources"].update(resources)
    return runtime.start(bundle.set(*(arguments or ("sleep", "1000"))), identifier)


@pytest.fixture
def disk(tmp_path):
    """The numbers of a block device."""
    image = tmp_path / "disk"
    image.touch()
    os.truncate(image, 8 * MEBIBYTE)
    device = command.ok("losetup", "--find", "--show", image).word
    number = os.stat(device).st_rdev
    yield os.major(number), os.minor(number)
    command.ok("losetup", "--detach", device)


class TestMemory:
    @pytest.mark.parametrize(
        "memory, expected",
        [
            ({"limit": 64 * MEBIBYTE}, [str(64 * MEBIBYTE), "max", "0"]),
            ({"limit": 64 * MEBIBYTE, "swap": 96 * MEBIBYTE}, [str(64 * MEBIBYTE), str(32 * MEBIBYTE), "0"]),
            ({"limit": 64 * MEBIBYTE, "swap": 64 * MEBIBYTE}, [str(64 * MEBIBYTE), "0", "0"]),
            ({"limit": 64 * MEBIBYTE, "swap": -1}, [str(64 * MEBIBYTE), "max", "0"]),
            ({"limit": -1}, ["max", "max", "0"]),
            ({"limit": 0, "swap": 0, "reservation": 0}, ["max", "max", "0"]),
            ({"limit": 64 * MEBIBYTE, "reservation": 32 * MEBIBYTE}, [str(64 * MEBIBYTE), "max", str(32 * MEBIBYTE)]),
        ],
    )
    def test_limits(self, memory, expected, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"memory": memory})
        assert values(pid, "memory.max", "memory.swap.max", "memory.low") == expected

    @pytest.mark.parametrize(
        "memory, text",
        [
            ({"swap": 64 * MEBIBYTE}, "unable to set swap limit without memory limit"),
            ({"limit": -1, "swap": 64 * MEBIBYTE}, "unable to set swap limit without memory limit"),
            ({"limit": 64 * MEBIBYTE, "swap": 32 * MEBIBYTE}, "memory+swap limit should be >= memory limit"),
        ],
    )
    def test_swap_that_cannot_be(self, memory, text, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["memory"] = memory
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and text in plain(result.err), str(result)

    def test_unlimited_by_update(self, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"memory": {"limit": 64 * MEBIBYTE, "swap": 64 * MEBIBYTE}})
        runtime.ok("update", "--memory", "-1", "--memory-swap", "-1", identifier)
        assert values(pid, "memory.max", "memory.swap.max") == ["max", "max"]

    def test_update(self, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"memory": {"limit": 64 * MEBIBYTE}})
        sizes = [str(48 * MEBIBYTE), str(80 * MEBIBYTE), str(16 * MEBIBYTE)]
        flags = ["--memory", sizes[0], "--memory-swap", sizes[1], "--memory-reservation", sizes[2]]
        runtime.ok("update", *flags, identifier)
        expected = [sizes[0], str(32 * MEBIBYTE), sizes[2]]
        assert values(pid, "memory.max", "memory.swap.max", "memory.low") == expected

    def test_what_is_killed_is_counted_and_told(self, runtime, bundle, identifier):
        script = """
            read start
            dd if=/dev/zero of=/dev/null bs=64M count=1 2>/dev/null
            echo $?
            exec sleep 1000
        """
        limits = {"limit": 24 * MEBIBYTE, "swap": 24 * MEBIBYTE}
        bundle.spec["linux"]["resources"]["memory"] = limits
        os.mkfifo(bundle.rootfs / "begin")
        pid = runtime.start(bundle.set("sh", "-c", f"exec </begin; {script}"), identifier)
        events = subprocess.Popen(
            [runtime.path, "--root", runtime.root, "events", "--interval", "1h", identifier],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            until(lambda: watches(events.pid), "the events are watched")
            (bundle.rootfs / "begin").write_text("\n")
            until(lambda: "137" in (bundle.directory / "output").read_text(), "the big one is killed", seconds=30)
            assert json.loads(events.stdout.readline())["type"] == "oom"
        finally:
            events.kill()
            events.wait()
            events.stdout.close()
        assert keyed(values(pid, "memory.events")[0])["oom_kill"] == 1


def watches(pid):
    """Whether a process has the file of a cgroup's events, or watches it by inotify."""
    with contextlib.suppress(FileNotFoundError):
        opened = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        return any("inotify" in target or target.endswith("/memory.events") for target in opened)


class TestCPU:
    @pytest.mark.parametrize(
        "cpu, file, expected",
        [
            ({"shares": 2}, "cpu.weight", "1"),
            ({"shares": 1024}, "cpu.weight", "39"),
            ({"shares": 262144}, "cpu.weight", "10000"),
            ({"shares": 0}, "cpu.weight", "100"),
            ({"quota": 50000, "period": 200000}, "cpu.max", "50000 200000"),
            ({"quota": 50000}, "cpu.max", "50000 100000"),
            ({"period": 50000}, "cpu.max", "max 50000"),
            ({"quota": -1, "period": 50000}, "cpu.max", "max 50000"),
            ({"cpus": "0", "mems": "0"}, "cpuset.cpus", "0"),
            ({"cpus": "0", "mems": "0"}, "cpuset.mems", "0"),
        ],
    )
    def test_settings(self, cpu, file, expected, runtime, bundle, identifier):
        assert values(started(runtime, bundle, identifier, {"cpu": cpu}), file) == [expected]

    @beyond_runc
    def test_burst_and_idle(self, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"cpu": {"quota": 50000, "burst": 20000, "idle": 1}})
        assert values(pid, "cpu.max.burst", "cpu.idle") == ["20000", "1"]

    def test_update(self, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"cpu": {"quota": 50000, "period": 200000, "shares": 100}})
        runtime.ok("update", "--cpu-quota", "30000", "--cpu-period", "60000", "--cpu-share", "2048", identifier)
        assert values(pid, "cpu.max", "cpu.weight") == ["30000 60000", "79"]

    def test_cpus_are_those_alone(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["cpu"] = {"cpus": "0"}
        assert output(runtime, bundle, identifier, "grep Cpus_allowed_list /proc/self/status").split()[1] == "0"

    def test_cpus_that_are_none(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["cpu"] = {"cpus": "900"}
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "cpuset.cpus" in result.err, str(result)


class TestOthers:
    @pytest.mark.parametrize("limit, expected", [(77, "77"), (-1, "max")])
    def test_pids(self, limit, expected, runtime, bundle, identifier):
        assert values(started(runtime, bundle, identifier, {"pids": {"limit": limit}}), "pids.max") == [expected]

    def test_no_more_processes_than_that(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["pids"] = {"limit": 2}
        result = run(runtime, bundle, identifier, "sh", "-c", "sleep 1000 & sleep 1000 & echo started")
        assert result.code != 0 and "fork" in result.err, str(result)

    @pytest.mark.parametrize("weight, expected", [(10, 1), (500, 4950), (1000, 10000)])
    def test_io_weight(self, weight, expected, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"blockIO": {"weight": weight}})
        bfq = directory(pid) / "io.bfq.weight"
        file, number = ("io.bfq.weight", weight) if bfq.exists() else ("io.weight", expected)
        assert values(pid, file) == [f"default {number}"]

    def test_io_throttling(self, runtime, bundle, identifier, disk):
        major, minor = disk
        rates = {"throttleReadBpsDevice": 65536, "throttleWriteBpsDevice": 131072}
        rates |= {"throttleReadIOPSDevice": 100, "throttleWriteIOPSDevice": 200}
        settings = {name: [{"major": major, "minor": minor, "rate": rate}] for name, rate in rates.items()}
        pid = started(runtime, bundle, identifier, {"blockIO": settings})
        assert values(pid, "io.max") == [f"{major}:{minor} rbps=65536 wbps=131072 riops=100 wiops=200"]

    def test_io_throttling_of_no_device(self, runtime, bundle, identifier):
        device = {"major": 250, "minor": 250, "rate": 1}
        bundle.spec["linux"]["resources"]["blockIO"] = {"throttleReadBpsDevice": [device]}
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "io.max" in result.err and "no such device" in result.err, str(result)

    def test_huge_pages(self, runtime, bundle, identifier):
        limits = [{"pageSize": "2MB", "limit": 4 * MEBIBYTE}]
        pid = started(runtime, bundle, identifier, {"hugepageLimits": limits})
        assert values(pid, "hugetlb.2MB.max") == [str(4 * MEBIBYTE)]


class TestUnified:
    def test_files_by_name(self, runtime, bundle, identifier):
        files = {
            "memory.high": str(32 * MEBIBYTE),
            "memory.min": str(4 * MEBIBYTE),
            "memory.oom.group": "1",
            "cpu.weight": "42",
            "pids.max": "33",
        }
        pid = started(runtime, bundle, identifier, {"unified": files, "pids": {"limit": 20}})
        assert dict(zip(files, values(pid, *files))) == files

    @pytest.mark.parametrize(
        "name, value, text",
        [
            ("a/b", "1", 'unified resource "a/b" must be a file name (no slashes)'),
            ("nosuch.max", "1", 'unified resource "nosuch.max" can\'t be set: controller "nosuch" not available'),
            ("cpu.weight", "0", 'unified resource "cpu.weight" can\'t be set'),
        ],
    )
    def test_that_cannot_be(self, name, value, text, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["unified"] = {name: value}
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and text in plain(result.err), str(result)


class TestDevices:
    # CAP_SYSLOG: the kernel's messages (1:11) are no device that everybody may read.
    CAPABILITIES = ["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_SYSLOG"]

    def try_device(self, runtime, bundle, identifier, rules, kind, major, minor, access):
        """Opens a device node as `access` says; returns what came of it."""
        bundle.spec["linux"]["resources"]["devices"] = [{"allow": False, "access": "rwm"}, *rules]
        bundle.spec["mounts"] = [mount for mount in bundle.spec["mounts"] if mount["destination"] != "/dev"]
        bundle.spec["mounts"] = [mount for mount in bundle.spec["mounts"] if not mount["destination"].startswith("/dev/")]
        capabilities = {kind: self.CAPABILITIES for kind in ("bounding", "effective", "permitted")}
        opened = {"r": "exec 3</node", "w": "exec 3>>/node", "rw": "exec 3<>/node"}[access]
        script = f"mknod /node {kind} {major} {minor} || exit 9; {opened}"
        return run(runtime, bundle, identifier, "sh", "-c", script, capabilities=capabilities)

    @pytest.mark.parametrize("access", ["r", "w", "rw"])
    def test_the_usual_ones_are_allowed(self, access, runtime, bundle, identifier):
        result = self.try_device(runtime, bundle, identifier, [], "c", 1, 3, access)
        assert result.code == 0, str(result)

    @pytest.mark.parametrize("access", ["r", "w", "rw"])
    def test_others_can_be_made_but_not_opened(self, access, runtime, bundle, identifier):
        result = self.try_device(runtime, bundle, identifier, [], "c", 1, 1, access)
        assert result.code != 0 and "Operation not permitted" in result.err, str(result)

    @pytest.mark.parametrize("access, allowed", [("r", True), ("w", False), ("rw", False)])
    def test_reading_alone(self, access, allowed, runtime, bundle, identifier):
        rules = [{"allow": True, "type": "c", "major": 1, "minor": 11, "access": "r"}]
        result = self.try_device(runtime, bundle, identifier, rules, "c", 1, 11, access)
        assert (result.code == 0) == allowed, str(result)

    def test_a_later_rule_takes_back(self, runtime, bundle, identifier):
        rules = [
            {"allow": True, "type": "c", "major": 1, "access": "rwm"},
            {"allow": False, "type": "c", "major": 1, "minor": 11, "access": "w"},
        ]
        assert self.try_device(runtime, bundle, identifier, rules, "c", 1, 11, "r").code == 0
        runtime.run("delete", "--force", identifier)
        (bundle.rootfs / "node").unlink()
        assert self.try_device(runtime, bundle, identifier, rules, "c", 1, 11, "w").code != 0

    def test_a_program_is_attached_once(self, runtime, bundle, identifier):
        pid = started(runtime, bundle, identifier, {"pids": {"limit": 20}})
        before = runtime.run("exec", identifier, "sh", "-c", "echo >/dev/null").code
        runtime.ok("update", "--pids-limit", "30", identifier)
        assert (before, runtime.run("exec", identifier, "sh", "-c", "echo >/dev/null").code) == (0, 0)
        assert values(pid, "pids.max") == ["30"]


class TestLife:
    def test_the_freezer(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        runtime.ok("pause", identifier)
        assert keyed(values(pid, "cgroup.events")[0]) == {"populated": 1, "frozen": 1}
        assert runtime.state(identifier)["status"] == "paused"
        runtime.ok("resume", identifier)
        assert keyed(values(pid, "cgroup.events")[0])["frozen"] == 0

    def test_a_frozen_container_is_killed(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        runtime.ok("pause", identifier)
        runtime.ok("kill", identifier, "KILL")
        runtime.stopped(identifier)
        runtime.ok("delete", identifier)

    def test_all_are_killed(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"] = [
            entry for entry in bundle.spec["linux"]["namespaces"] if entry["type"] != "pid"
        ]
        pid = runtime.start(bundle.set("sh", "-c", "sleep 1000 & sleep 1000 & wait"), identifier)
        group = directory(pid)
        until(lambda: len((group / "cgroup.procs").read_text().split()) == 3, "all have started")
        runtime.ok("kill", "--all", identifier, "KILL")
        until(lambda: keyed((group / "cgroup.events").read_text())["populated"] == 0, "none is left")

    def test_cgroups_below_are_removed(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
        bundle.spec["mounts"].append(
            {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw"]}
        )
        script = "mkdir /sys/fs/cgroup/a /sys/fs/cgroup/a/b; echo $$ >/sys/fs/cgroup/a/b/cgroup.procs; exec sleep 1000"
        pid = runtime.start(bundle.set("sh", "-c", script), identifier)
        until(lambda: directory(pid).name == "b", "it has moved itself")
        group = directory(pid).parent.parent
        assert sorted(json.loads(runtime.ok("ps", "--format", "json", identifier).out)) == [pid]
        runtime.ok("delete", "--force", identifier)
        assert not group.exists()


class TestPlace:
    def test_controllers_on_the_way_down(self, runtime, bundle, identifier):
        top = ROOT / f"{identifier}-top"
        bundle.spec["linux"]["cgroupsPath"] = f"/{top.name}/middle/{identifier}"
        try:
            pid = runtime.start(bundle.set("sleep", "1000"), identifier)
            assert directory(pid) == top / "middle" / identifier
            assert values(pid, "cgroup.subtree_control") == [""]
            for group in (ROOT, top, top / "middle"):
                enabled = set((group / "cgroup.subtree_control").read_text().split())
                assert {"cpu", "cpuset", "io", "memory", "pids"} <= enabled
            runtime.ok("delete", "--force", identifier)
        finally:
            for group in (top / "middle" / identifier, top / "middle", top):
                with contextlib.suppress(FileNotFoundError):
                    group.rmdir()

    def test_a_namespace_hides_where_it_is(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
        bundle.spec["mounts"].append(
            {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["ro"]}
        )
        script = "cat /proc/self/cgroup /sys/fs/cgroup/memory.max; mkdir /sys/fs/cgroup/x 2>/dev/null || echo refused"
        bundle.spec["linux"]["resources"]["memory"] = {"limit": 64 * MEBIBYTE}
        text = output(runtime, bundle, identifier, script)
        assert text.splitlines() == ["0::/", str(64 * MEBIBYTE), "refused"]

    def test_a_sub_cgroup_for_exec(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        (directory(pid) / "sub").mkdir()
        inside = runtime.ok("exec", "--cgroup", "sub", identifier, "cat", "/proc/self/cgroup").out
        assert inside.strip().endswith(f"{identifier}/sub")


class TestStatistics:
    def test_numbers(self, runtime, bundle, identifier):
        limits = {"memory": {"limit": 64 * MEBIBYTE}, "pids": {"limit": 20}}
        started(runtime, bundle, identifier, limits)
        data = json.loads(runtime.ok("events", "--stats", identifier).out)["data"]
        assert data["pids"] == {"current": 1, "limit": 20}
        assert data["memory"]["usage"]["limit"] == 64 * MEBIBYTE and 0 < data["memory"]["usage"]["usage"] < 64 * MEBIBYTE
        assert data["cpu"]["usage"]["total"] > 0 and data["memory"]["raw"]["anon"] > 0
