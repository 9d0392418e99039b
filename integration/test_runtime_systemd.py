"""The systemd cgroup driver, with a systemd of its own as process 1 of namespaces: `--systemd-cgroup`."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from harness import command, processes, systemd
from harness.bundles import Bundle, Runtime
from harness.waiting import until

pytestmark = pytest.mark.skipif(systemd.missing() is not None, reason=systemd.missing() or "")
IS_RUNC = os.environ.get("RUNTIME", "skiff-runtime") != "skiff-runtime"
MIB = 1 << 20


@pytest.fixture(scope="module", params=systemd.modes() or ["none"])
def machine(request, session_directory):
    machine = systemd.Machine(session_directory / f"machine-{request.param}", request.param)
    try:
        yield machine.start()
    finally:
        machine.stop()


class InMachine(Runtime):
    """A runtime whose commands run in the machine."""

    def __init__(self, directory, machine):
        super().__init__(directory)
        self.machine = machine

    def run(self, *arguments, **options):
        return self.machine.run(self.path, "--systemd-cgroup", "--root", self.root, *arguments, **options)

    def create(self, bundle, identifier, *flags):
        """Its streams are files; answers the process's id in the machine."""
        bundle.write()
        self.used.append(identifier)
        arguments = [self.path, "--systemd-cgroup", "--root", self.root, "create", "--bundle", bundle.directory]
        arguments += ["--pid-file", bundle.directory / "pid", *flags, identifier]
        with open(bundle.directory / "output", "wb") as stream:
            code = command.run_into(stream, *self.machine.enter(*arguments))
        assert code == 0, (bundle.directory / "output").read_text()
        return int((bundle.directory / "pid").read_text())


@pytest.fixture
def directory(machine, request):
    """The machine can write nowhere else."""
    path = machine.directory / f"t{abs(hash(request.node.nodeid)) % 10**8}"
    path.mkdir()
    return path


@pytest.fixture
def runtime(directory, machine):
    runtime = InMachine(directory / "state", machine)
    if not runtime.path or not os.path.exists(runtime.path):
        pytest.fail(f"no {runtime.name}: run 'make build' or 'make deps'")
    yield runtime
    runtime.remove_all()


@pytest.fixture
def bundle(directory):
    return Bundle(directory / "bundle")


@pytest.fixture
def identifier(directory, runtime, machine):
    """An id that is the scope's last part; the test must leave no unit and no directory of it."""
    value = "box" + directory.name
    runtime.used.append(value)
    yield value
    runtime.run("delete", "--force", value)
    assert machine.find(value) == []
    assert value not in machine.run("systemctl", "list-units", "--all", "--plain", "--no-legend").out


def place(bundle, identifier, slice="system.slice", prefix="test"):
    bundle.spec["linux"]["cgroupsPath"] = f"{slice}:{prefix}:{identifier}"
    return f"{prefix}-{identifier}.scope"


def foreground(runtime, bundle, identifier, *arguments):
    bundle.set(*arguments).write()
    return runtime.run("run", "--bundle", bundle.directory, identifier)


class TestPlace:
    def test_the_container_is_in_its_scope(self, runtime, bundle, identifier, machine):
        unit = place(bundle, identifier)
        result = foreground(runtime, bundle, identifier, "cat", "/proc/self/cgroup")
        assert result.code == 0, str(result)
        for line in result.out.split():
            number, controllers, path = line.split(":", 2)
            if controllers == "devices" and IS_RUNC:
                continue  # runc 1.1 is moved out of it when systemd sets the devices afterwards
            if machine.mode == "unified" and number != "0" or machine.mode == "legacy" and number == "0":
                continue  # not mounted in the machine
            assert path == f"/system.slice/{unit}", line

    def test_an_empty_path_is_a_scope_in_the_default_slice(self, runtime, bundle, identifier, machine):
        bundle.spec["linux"].pop("cgroupsPath", None)
        runtime.create(bundle.set("true"), identifier)
        assert machine.property(f"runc-{identifier}.scope", "ControlGroup") == (
            f"/system.slice/runc-{identifier}.scope"
        )

    def test_slices_stand_in_each_other(self, runtime, bundle, identifier, machine):
        unit = place(bundle, identifier, "skint-a-b.slice")
        runtime.create(bundle.set("true"), identifier)
        assert machine.property(unit, "ControlGroup") == f"/skint.slice/skint-a.slice/skint-a-b.slice/{unit}"
        assert machine.property(unit, "Slice") == "skint-a-b.slice"

    @pytest.mark.parametrize("path", ["/a/b", "a:b", "a:b:c:d"])
    def test_another_form_is_refused(self, runtime, bundle, identifier, path):
        bundle.spec["linux"]["cgroupsPath"] = path
        result = foreground(runtime, bundle, identifier, "true")
        assert result.code == 1
        assert "slice:prefix:name" in result.err

    @pytest.mark.parametrize("name", ["a--b.slice", "-a.slice", "a/b.slice", "a"])
    def test_a_slice_that_is_none_is_refused(self, runtime, bundle, identifier, name):
        place(bundle, identifier, name)
        result = foreground(runtime, bundle, identifier, "true")
        assert result.code == 1
        assert f"invalid slice name: {name}" in result.err


class TestRestore:
    def test_the_restored_process_is_in_the_new_scope(
        self, runtime, bundle, identifier, machine, directory, cleanup
    ):
        if IS_RUNC and machine.mode != "unified":
            pytest.skip("runc 1.1 leaves a cgroup of version 1 behind")
        criu = os.environ.get("CRIU", "criu")
        # CRIU tries the kernel in /tmp, which nobody can write in the machine.
        runtime.path = shutil.copy(runtime.path, directory)
        assert machine.run("mount", "-t", "tmpfs", "tmpfs", "/tmp").code == 0
        cleanup.callback(machine.run, "umount", "/tmp")
        if machine.run(criu, "check").code != 0:
            pytest.skip(f"{criu} does not work on this kernel")
        unit = place(bundle, identifier)
        log = directory / "log"

        def call(*arguments):
            """With streams that CRIU can save."""
            words = [runtime.path, "--systemd-cgroup", "--root", runtime.root, "--log", log, "--criu", criu, *arguments]
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            code = subprocess.run(machine.enter(*words), timeout=60, **quiet).returncode
            assert code == 0, log.read_text()

        images = ("--image-path", directory / "images")
        bundle.set("sleep", "1000").write()
        call("run", "--detach", "--bundle", bundle.directory, identifier)
        call("checkpoint", *images, identifier)
        assert machine.find(identifier) == []
        call("restore", "--detach", *images, "--bundle", bundle.directory, identifier)
        state = runtime.state(identifier)
        assert state["status"] == "running"
        assert machine.property(unit, "ControlGroup") == f"/system.slice/{unit}"
        assert f"/system.slice/{unit}" in machine.run("cat", f"/proc/{state['pid']}/cgroup").out


class TestUnit:
    def test_its_properties(self, runtime, bundle, identifier, machine):
        unit = place(bundle, identifier)
        bundle.spec["annotations"] = {
            "org.systemd.property.TimeoutStopSec": "uint64 7",
            "org.systemd.property.CollectMode": "'inactive-or-failed'",
        }
        pid = runtime.create(bundle.set("true"), identifier)
        expected = {
            "Description": f"libcontainer container {identifier}",
            "Slice": "system.slice",
            "Delegate": "yes",
            "DefaultDependencies": "no",
            "Transient": "yes",
            "MemoryAccounting": "yes",
            "CPUAccounting": "yes",
            "TasksAccounting": "yes",
            "DevicePolicy": "strict",
            "TimeoutStopUSec": "7s",
            "CollectMode": "inactive-or-failed",
        }
        assert {name: machine.property(unit, name) for name in expected} == expected
        assert "char-pts rwm" in machine.property(unit, "DeviceAllow")
        assert pid > 0

    def test_limits_are_systemds_and_the_kernels(self, runtime, bundle, identifier, machine):
        if not machine.has_limits:
            pytest.skip("version 2 has no controllers on this host")
        unit = place(bundle, identifier)
        bundle.spec["linux"]["resources"].update(
            {
                "memory": {"limit": 64 * MIB},
                "pids": {"limit": 20},
                "cpu": {"shares": 512, "quota": 50000, "period": 100000, "cpus": "0"},
            }
        )
        runtime.create(bundle.set("true"), identifier)
        unified = machine.mode == "unified"
        expected = {
            "MemoryMax" if unified else "MemoryLimit": str(64 * MIB),
            "TasksMax": "20",
            "CPUWeight" if unified else "CPUShares": "20" if unified else "512",
            "CPUQuotaPerSecUSec": "500ms",
            "CPUQuotaPeriodUSec": "100ms",
            "AllowedCPUs": "0",
        }
        assert {name: machine.property(unit, name) for name in expected} == expected
        files = (
            {"memory.max": str(64 * MIB), "pids.max": "20", "cpu.weight": "20", "cpu.max": "50000 100000"}
            if unified
            else {"memory.limit_in_bytes": str(64 * MIB), "pids.max": "20", "cpu.shares": "512", "cpuset.cpus": "0"}
        )
        assert {name: self.file(machine, unit, name) for name in files} == files

    @staticmethod
    def file(machine, unit, name):
        for path in machine.find(unit):
            if os.path.basename(path) == unit and os.path.exists(f"{path}/{name}"):
                with open(f"{path}/{name}") as file:
                    return file.read().strip()
        return None

    def test_update_tells_systemd(self, runtime, bundle, identifier, machine):
        if not machine.has_limits:
            pytest.skip("version 2 has no controllers on this host")
        unit = place(bundle, identifier)
        bundle.spec["linux"]["resources"].update(
            {"memory": {"limit": 64 * MIB}, "cpu": {"quota": 50000, "period": 100000}}
        )
        runtime.start(bundle.set("sleep", "1000"), identifier)
        runtime.ok("update", "--memory", "32m", "--cpu-quota", "20000", "--pids-limit", "33", identifier)
        memory = "MemoryMax" if machine.mode == "unified" else "MemoryLimit"
        expected = {memory: str(32 * MIB), "CPUQuotaPerSecUSec": "200ms", "TasksMax": "33"}
        assert {name: machine.property(unit, name) for name in expected} == expected
        until(lambda: self.file(machine, unit, "pids.max") == "33", "the limit is in force")
        # What systemd writes anew is what was asked for.
        command.ok(*machine.enter("systemctl", "daemon-reload"))
        until(lambda: self.file(machine, unit, "pids.max") == "33", "the limit is in force again")

    @pytest.mark.parametrize(
        "key, value, problem",
        [
            ("Ab1", "1", "contains non-alphabetic character"),
            ("Ab", "1", "too short"),
            ("CollectMode", "nonsense", "value parse error"),
        ],
    )
    def test_annotations_that_are_wrong_are_told(self, runtime, bundle, identifier, key, value, problem):
        place(bundle, identifier)
        bundle.spec["annotations"] = {f"org.systemd.property.{key}": value}
        result = foreground(runtime, bundle, identifier, "true")
        assert result.code == 1
        assert problem in result.err

    def test_what_systemd_refuses_leaves_nothing(self, runtime, bundle, identifier, machine):
        place(bundle, identifier)
        bundle.spec["annotations"] = {"org.systemd.property.NoSuchProperty": "'x'"}
        result = foreground(runtime, bundle, identifier, "true")
        assert result.code == 1
        assert "NoSuchProperty" in result.err and "unknown property" in result.err
        assert machine.find(identifier) == []
        assert runtime.run("state", identifier).code == 1

    def test_devices_are_those_of_the_rules(self, runtime, bundle, identifier):
        place(bundle, identifier)
        for kind in ("bounding", "effective", "permitted"):
            bundle.spec["process"]["capabilities"][kind].append("CAP_MKNOD")
        bundle.spec["linux"]["resources"]["devices"].append(
            {"allow": True, "type": "c", "major": 10, "minor": 200, "access": "rw"}
        )
        script = "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk; head -c 1 /dev/zero && echo fine"
        bundle.rootfs.joinpath("tmp").mkdir(exist_ok=True)
        result = foreground(runtime, bundle, identifier, "sh", "-c", script)
        if not IS_RUNC:  # see above
            assert "Operation not permitted" in result.err
        assert "fine" in result.out


class TestLife:
    def test_exec_joins_the_scope(self, runtime, bundle, identifier):
        unit = place(bundle, identifier)
        runtime.start(bundle.set("sleep", "1000"), identifier)
        out = runtime.ok("exec", identifier, "cat", "/proc/self/cgroup").out
        named = [line for line in out.split() if line.startswith("0::") or "name=systemd" in line]
        assert any(line.endswith(f"/system.slice/{unit}") for line in named), out

    def test_pause_and_resume(self, runtime, bundle, identifier):
        place(bundle, identifier)
        runtime.start(bundle.set("sleep", "1000"), identifier)
        runtime.ok("pause", identifier)
        assert runtime.state(identifier)["status"] == "paused"
        runtime.ok("resume", identifier)
        assert runtime.state(identifier)["status"] == "running"

    def test_the_end_of_the_process_is_the_scopes(self, runtime, bundle, identifier, machine):
        unit = place(bundle, identifier)
        runtime.start(bundle.set("true"), identifier)
        runtime.stopped(identifier)
        until(lambda: not machine.loaded(unit), "systemd has forgotten the scope")
        runtime.ok("delete", identifier)
        assert machine.find(identifier) == []

    def test_delete_takes_a_paused_container_with_sub_cgroups(self, runtime, bundle, identifier, machine):
        unit = place(bundle, identifier)
        runtime.start(bundle.set("sh", "-c", "while true; do sleep 0.1 & wait; done"), identifier)
        for path in machine.find(unit):
            if os.path.basename(path) == unit:
                os.makedirs(f"{path}/below/deeper")
        runtime.ok("pause", identifier)
        runtime.ok("delete", "--force", identifier)
        assert machine.find(unit) == []
        assert not machine.loaded(unit)

    def test_a_name_that_is_taken_is_refused_and_its_owner_lives_on(self, runtime, bundle, identifier, machine):
        unit = place(bundle, identifier)
        if IS_RUNC:
            pytest.skip("runc 1.1 puts the second container in the first one's scope")
        runtime.start(bundle.set("sleep", "1000"), identifier)
        other = f"{identifier}-other"
        result = foreground(runtime, bundle, other, "true")
        assert result.code == 1
        assert "container's cgroup is not empty: 1 process(es) found" in result.err
        assert runtime.state(identifier)["status"] == "running"
        assert machine.property(unit, "ActiveState") == "active"

    @pytest.mark.skipif(IS_RUNC, reason="runc forgets what it was making")
    @pytest.mark.parametrize("after", [0.004, 0.008, 0.012, 0.016, 0.02, 0.03, 0.05])
    def test_a_killed_create_leaves_what_delete_finds(self, runtime, bundle, identifier, machine, after):
        unit = place(bundle, identifier)
        bundle.set("true").write()
        arguments = [runtime.path, "--systemd-cgroup", "--root", runtime.root, "create", "--bundle", bundle.directory]
        with open(bundle.directory / "output", "wb") as stream:
            process = subprocess.Popen(
                machine.enter(*arguments, identifier), stdout=stream, stderr=stream, start_new_session=True
            )
            found = until(lambda: self._runtime_below(process) or process.poll() is not None, "the runtime is started")
            if found is not True:
                deadline = time.monotonic() + after
                while time.monotonic() < deadline and process.poll() is None:
                    pass
                try:
                    os.kill(found, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            process.wait()
        runtime.ok("delete", "--force", identifier)
        until(lambda: not machine.find(identifier) and not machine.loaded(unit), "nothing is left")
        assert not (runtime.root / identifier).exists()

    @staticmethod
    def _runtime_below(process):
        """The runtime, by its place below nsenter; it executes itself once and keeps its id."""
        for candidate in processes.everything():
            if candidate.parent == process.pid and "create" in candidate.arguments:
                if "nsenter" not in candidate.arguments[0]:
                    return candidate.pid
        return None


class TestBus:
    def test_by_the_system_bus_where_systemds_own_socket_is_not_for_us(self, runtime, bundle, identifier, machine):
        """systemd's socket is hidden behind an empty file; dbus-daemon passes calls on."""
        unit = place(bundle, identifier)
        bundle.set("true").write()
        hide = 'touch /run/nothing && mount --bind /run/nothing /run/systemd/private && exec "$@"'
        arguments = [runtime.path, "--systemd-cgroup", "--root", runtime.root, "run", "--bundle", bundle.directory]
        command.ok(*machine.enter("systemctl", "start", "dbus.service"))
        listed = lambda: "org.freedesktop.systemd1" in machine.run("busctl", "list", "--no-legend").out
        until(listed, "systemd came to the bus")
        result = machine.run(
            "unshare", "--mount", "--propagation", "private", "sh", "-c", hide, "sh", *arguments, identifier
        )
        assert result.code == 0, str(result)
        assert machine.find(unit) == []

    def test_without_systemd_it_says_so(self, tmp_path):
        if os.path.exists("/run/systemd/system"):
            pytest.skip("systemd runs here")
        runtime = Runtime(tmp_path / "state")
        bundle = Bundle(tmp_path / "bundle")
        bundle.spec["linux"]["cgroupsPath"] = "system.slice:a:b"
        bundle.set("true").write()
        result = runtime.run("--systemd-cgroup", "run", "--bundle", bundle.directory, "skint-none")
        assert result.code == 1
        assert "systemd not running on this host, cannot use systemd cgroups manager" in result.err
        assert json.loads(runtime.ok("list", "--format", "json").out or "null") in ([], None)
