"""A container's cgroups by the cgroupfs driver: which ones, who else may be in them, and that none stays."""

import contextlib
import hashlib
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from harness import command
from harness.bundles import Bundle, Runtime
from harness.waiting import until

CGROUPS = pathlib.Path("/sys/fs/cgroup")
UNIFIED = (CGROUPS / "cgroup.controllers").exists()
IS_RUNC = os.environ.get("RUNTIME", "skiff-runtime") != "skiff-runtime"
MIB = 1 << 20


def hierarchies():
    if UNIFIED:
        return [CGROUPS]
    found = [path for path in CGROUPS.iterdir() if not path.is_symlink() and (path / "cgroup.procs").exists()]
    return sorted(found)


def directories(part):
    """Every directory of a cgroup with this in its name."""
    found = []
    for top in hierarchies():
        for path, _, _ in os.walk(top):
            if part in os.path.basename(path):
                found.append(pathlib.Path(path))
    return found


def make(path):
    """Makes a cgroup; on version 1 a cpuset is not usable before it has CPUs and nodes."""
    path.mkdir(exist_ok=True)
    for name in ("cpuset.cpus", "cpuset.mems"):
        if not UNIFIED and (path / name).exists():
            (path / name).write_text((path.parent / name).read_text())


def membership(text):
    """The path by the controllers of a hierarchy; version 2 is the empty name."""
    return {line.split(":", 2)[1]: line.split(":", 2)[2] for line in text.strip().splitlines()}


class Placed(Runtime):
    """A runtime that starts in a cgroup of its own, or with some hierarchies not mounted."""

    prefix = ()

    def run(self, *arguments, **options):
        return command.run(*self.prefix, self.path, "--root", self.root, *arguments, **options)


@pytest.fixture
def runtime(tmp_path):
    runtime = Placed(tmp_path / "state")
    if not runtime.path or not os.path.exists(runtime.path):
        pytest.fail(f"no {runtime.name}: run 'make build' or 'make deps'")
    yield runtime
    runtime.remove_all()


@pytest.fixture
def bundle(tmp_path):
    return Bundle(tmp_path / "bundle")


@pytest.fixture
def identifier(tmp_path, runtime):
    value = "skint" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    runtime.used.append(value)
    yield value
    runtime.run("delete", "--force", value)
    assert directories(value) == []


@pytest.fixture
def own(identifier):
    """The command that runs another in a sub-group of every hierarchy."""
    name = f"own-{identifier}"
    places = [top / name for top in hierarchies()]
    if UNIFIED:
        places = [CGROUPS / name / "caller"]
        (CGROUPS / name).mkdir()
    for path in places:
        make(path)
    join = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"'
    yield name, ["sh", "-c", join, "sh", *map(str, places), "--"]
    for path in sorted(directories(name) + [p for p in places if p.exists()], key=lambda p: -len(p.parts)):
        if path.exists():
            for below, _, _ in os.walk(path, topdown=False):
                os.rmdir(below)


def without(*mounts):
    """The command that runs another where hierarchies are not mounted."""
    script = "".join(f"umount -l {CGROUPS}/{name};" for name in mounts) + 'exec "$@"'
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]


def foreground(runtime, bundle, identifier, *arguments):
    bundle.set(*arguments).write()
    return runtime.run("run", "--bundle", bundle.directory, identifier)


def seen(runtime, bundle, identifier):
    result = foreground(runtime, bundle, identifier, "cat", "/proc/self/cgroup")
    assert result.code == 0, str(result)
    return membership(result.out)


class TestPath:
    def check(self, found, expected, unified=None):
        mounted = {path.name for path in hierarchies()}
        for controllers, path in found.items():
            if controllers == "" and not UNIFIED and "unified" not in mounted:
                continue
            assert path == (unified if unified and controllers == "" else expected), (controllers, found)

    def test_absolute_is_below_the_mount_in_every_hierarchy(self, runtime, bundle, identifier, own):
        runtime.prefix = own[1]
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}/box"
        try:
            self.check(seen(runtime, bundle, identifier), f"/{identifier}/box")
        finally:
            for path in directories(identifier):
                if path.name == identifier:
                    os.rmdir(path)

    @pytest.mark.parametrize("path", ["{0}", "./{0}", "", "../../{0}", "a/../{0}"])
    def test_relative_is_at_the_own_cgroup_and_stays_there(self, runtime, bundle, identifier, own, path):
        runtime.prefix = own[1]
        bundle.spec["linux"]["cgroupsPath"] = path.format(identifier)
        # Version 2: beside it, since a cgroup with processes has no controllers to hand down.
        unified = None if UNIFIED else f"/{identifier}"
        self.check(seen(runtime, bundle, identifier), f"/{own[0]}/{identifier}", unified)

    def test_parts_that_lead_out_of_an_absolute_path_do_not(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/../../a/../{identifier}"
        self.check(seen(runtime, bundle, identifier), f"/{identifier}")

    @pytest.mark.skipif(IS_RUNC, reason="not to be tried: it would take the host's processes for the container's")
    @pytest.mark.parametrize("path", ["/", "/..", "//"])
    def test_the_root_is_refused(self, runtime, bundle, identifier, path):
        bundle.spec["linux"]["cgroupsPath"] = path
        result = foreground(runtime, bundle, identifier, "true")
        assert result.code == 1
        assert "cgroupsPath" in result.err and "root cgroup" in result.err

    @pytest.mark.skipif(UNIFIED, reason="version 1")
    def test_without_version_two(self, runtime, bundle, identifier):
        if not (CGROUPS / "unified").exists():
            pytest.skip("this host has version 1 alone")
        runtime.prefix = without("unified")
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        bundle.spec["linux"]["resources"].update({"memory": {"limit": 64 * MIB}, "pids": {"limit": 20}})
        found = seen(runtime, bundle, identifier)
        assert found.pop("", "/") == "/"
        self.check(found, f"/{identifier}")


class TestControllers:
    @pytest.mark.skipif(UNIFIED, reason="version 1")
    @pytest.mark.parametrize(
        "controller, resources",
        [
            ("memory", {"memory": {"limit": 64 * MIB}}),
            ("pids", {"pids": {"limit": 10}}),
            ("cpu", {"cpu": {"shares": 512}}),
        ],
    )
    def test_a_missing_one_is_an_error_only_if_asked_for(self, runtime, bundle, identifier, controller, resources):
        runtime.prefix = without(controller)
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        assert foreground(runtime, bundle, identifier, "true").code == 0
        bundle.spec["linux"]["resources"].update(resources)
        result = foreground(runtime, bundle, f"{identifier}-2", "true")
        runtime.used.append(f"{identifier}-2")
        assert result.code == 1
        assert f"cannot set {controller} limit: container could not join or create cgroup" in result.err

    def test_a_missing_one_of_version_two(self, runtime, bundle, identifier):
        if not UNIFIED:
            runtime.prefix = without("unified") if (CGROUPS / "unified").exists() else ()
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        bundle.spec["linux"]["resources"]["unified"] = {"nothing.max": "1"}
        result = foreground(runtime, bundle, identifier, "true")
        assert result.code == 1
        words = 'can\'t be set: controller "nothing" not available' if UNIFIED else "cannot use unified on cgroup v1"
        assert words in result.err.replace('\\"', '"')

    @pytest.mark.skipif(not UNIFIED, reason="version 2")
    def test_device_rules_can_be_widened_later(self, runtime, bundle, identifier):
        if IS_RUNC:
            pytest.skip("runc update takes no device rules")
        for kind in ("bounding", "effective", "permitted"):
            bundle.spec["process"]["capabilities"][kind] += ["CAP_MKNOD", "CAP_SYSLOG"]
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        runtime.start(bundle.set("sh", "-c", "mknod /dev/log c 1 11; sleep 1000"), identifier)
        until(lambda: runtime.run("exec", identifier, "test", "-e", "/dev/log").code == 0, "the node is made")
        assert "Operation not permitted" in runtime.run("exec", identifier, "sh", "-c", "exec 3</dev/log").err
        rules = '{"devices": [{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "rwm"}]}'
        result = runtime.run("update", "--resources", "-", identifier, input=rules)
        assert result.code == 0, str(result)
        assert runtime.run("exec", identifier, "sh", "-c", "exec 3</dev/log").code == 0


class TestOthers:
    def test_a_second_container_in_the_same_cgroup(self, runtime, bundle, identifier, tmp_path):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        runtime.start(bundle.set("sleep", "1000"), identifier)
        other = Bundle(tmp_path / "other")
        other.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        second = f"{identifier}-2"
        runtime.used.append(second)
        result = foreground(runtime, other, second, "true")
        assert "container's cgroup is not empty: 1 process(es) found" in result.err
        assert result.code == (0 if IS_RUNC else 1)  # runc 1.1 warns, runc 1.2 refuses
        assert runtime.state(identifier)["status"] == "running"
        runtime.ok("exec", identifier, "true")

    def test_a_frozen_cgroup_is_refused(self, runtime, bundle, identifier):
        top = CGROUPS if UNIFIED else CGROUPS / "freezer"
        path = top / identifier
        path.mkdir()
        file, frozen, thawed = ("cgroup.freeze", "1", "0") if UNIFIED else ("freezer.state", "FROZEN", "THAWED")
        try:
            (path / file).write_text(frozen)
            bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
            result = foreground(runtime, bundle, identifier, "true")
            assert result.code == 1
            assert "container's cgroup unexpectedly frozen" in result.err
        finally:
            (path / file).write_text(thawed)
            path.rmdir()

    def test_an_empty_cgroup_that_is_there_is_taken(self, runtime, bundle, identifier):
        for top in hierarchies():
            make(top / identifier)
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        assert foreground(runtime, bundle, identifier, "true").code == 0


class TestSubCgroups:
    def below(self, identifier, name):
        for path in directories(identifier):
            if path.name == identifier:
                make(path / name)

    def test_exec_in_one_that_is_there(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        runtime.start(bundle.set("sleep", "1000"), identifier)
        self.below(identifier, "sub")
        result = runtime.run("exec", "--cgroup", "sub", identifier, "cat", "/proc/self/cgroup")
        assert result.code == 0, str(result)
        found = membership(result.out)
        assert set(found.values()) == {f"/{identifier}/sub"}

    def test_exec_in_one_that_is_not_there(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", "--cgroup", "nothing", identifier, "true")
        assert result.code == 255
        assert "no such file or directory" in result.err
        assert [path for path in directories("nothing")] == []

    @pytest.mark.parametrize("path", ["..", "../..", "a/../.."])
    def test_exec_outside_is_refused(self, runtime, bundle, identifier, path):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", "--cgroup", path, identifier, "true")
        assert result.code == 255
        assert f"{path} is not a sub cgroup path" in result.err

    @pytest.mark.skipif(UNIFIED, reason="version 1")
    def test_exec_in_one_of_one_controller(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        runtime.start(bundle.set("sleep", "1000"), identifier)
        (CGROUPS / "pids" / identifier / "sub").mkdir()
        out = runtime.ok("exec", "--cgroup", "pids:sub", identifier, "cat", "/proc/self/cgroup").out
        found = membership(out)
        assert found["pids"] == f"/{identifier}/sub"
        assert found["memory"] == f"/{identifier}"
        result = runtime.run("exec", "--cgroup", "nothing:sub", identifier, "true")
        assert "unknown controller nothing in SubCgroupPaths" in result.err

    @pytest.mark.skipif(not UNIFIED, reason="version 2")
    def test_the_owner_of_the_namespace_owns_the_cgroup(self, runtime, bundle, identifier):
        linux = bundle.spec["linux"]
        linux["cgroupsPath"] = f"/{identifier}"
        linux["namespaces"] += [{"type": "user"}, {"type": "cgroup"}]
        mapping = [{"containerID": 0, "hostID": 100000, "size": 65536}]
        linux.update({"uidMappings": mapping, "gidMappings": mapping})
        bundle.spec["mounts"].append(
            {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw"]}
        )
        for at, names, files in os.walk(bundle.rootfs):
            for entry in [".", *names, *files]:
                os.chown(os.path.join(at, entry), 100000, 100000, follow_symlinks=False)
        # The namespace's root has to reach it.
        for directory in [bundle.directory, *bundle.directory.parents][:4]:
            os.chmod(directory, os.stat(directory).st_mode & 0o7777 | 0o011)
        runtime.start(bundle.set("sleep", "1000"), identifier)
        path = CGROUPS / identifier
        names = pathlib.Path("/sys/kernel/cgroup/delegate").read_text().split()
        present = [path / name for name in names if (path / name).exists()]
        if not IS_RUNC:  # which does so with systemd alone
            assert {os.stat(entry).st_uid for entry in [path, *present]} == {100000}
            assert os.stat(path / "cgroup.max.depth").st_uid == 0


class TestCleanup:
    def writable(self, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
        bundle.spec["mounts"].append(
            {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["rw"]}
        )

    DIVIDE = """
    for file in $(find /sys/fs/cgroup -maxdepth 2 -name cgroup.procs); do
        top=${file%/*}
        mkdir -p $top/a/b/c || continue
        for at in a a/b a/b/c; do
            for name in cpus mems; do
                [ -e $top/$at/cpuset.$name ] && cat $top/cpuset.$name > $top/$at/cpuset.$name 2>/dev/null
            done
        done
        sleep 1000 & echo $! > $top/a/b/c/cgroup.procs
    done
    echo divided > /ready
    """

    def test_what_the_container_made_goes_with_it(self, runtime, bundle, identifier):
        self.writable(bundle, identifier)
        runtime.start(bundle.set("sh", "-c", self.DIVIDE + "sleep 1000"), identifier)
        until((bundle.rootfs / "ready").exists, "the container has divided its cgroups")
        assert any(path.name == "c" for top in directories(identifier) for path in top.glob("a/b/*"))
        runtime.ok("delete", "--force", identifier)
        assert directories(identifier) == []

    def test_processes_that_keep_forking(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        bundle.spec["linux"]["namespaces"] = [
            namespace for namespace in bundle.spec["linux"]["namespaces"] if namespace["type"] != "pid"
        ]
        bundle.spec["linux"]["resources"]["pids"] = {"limit": 100}
        script = 'echo "sh /fork & sh /fork & exit" > /fork; sh /fork 2>/dev/null & exec sleep 1000'
        runtime.start(bundle.set("sh", "-c", script), identifier)
        top = CGROUPS if UNIFIED else CGROUPS / "pids"
        busy = lambda: len((top / identifier / "cgroup.procs").read_text().split()) > 20
        with contextlib.suppress(AssertionError):  # the load is welcome, not needed
            until(busy, "many processes", seconds=3)
        runtime.ok("delete", "--force", identifier)
        assert directories(identifier) == []

    @pytest.mark.parametrize("failure", ["program", "hook", "limit", "mount", "cwd"])
    def test_after_a_failure(self, runtime, bundle, identifier, failure):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        arguments = ["true"]
        if failure == "program":
            arguments = ["/nothing"]
        elif failure == "hook":
            bundle.spec["hooks"] = {"createRuntime": [{"path": "/bin/false"}]}
        elif failure == "limit":
            bundle.spec["linux"]["resources"]["cpu"] = {"cpus": "4000"}
        elif failure == "mount":
            bundle.spec["mounts"].append({"destination": "/x", "type": "nothing", "source": "nothing"})
        else:
            bundle.spec["process"]["cwd"] = "/nothing/../../\0".rstrip("\0") + "x"
            bundle.spec["linux"]["sysctl"] = {"net.nothing": "1"}
        assert foreground(runtime, bundle, identifier, *arguments).code != 0
        assert directories(identifier) == []

    @pytest.mark.skipif(IS_RUNC, reason="runc forgets what it was making")
    @pytest.mark.parametrize("after", [0.0005, 0.001, 0.002, 0.003, 0.004, 0.006, 0.008, 0.012])
    def test_a_killed_create(self, runtime, bundle, identifier, after):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        bundle.set("true").write()
        arguments = [runtime.path, "--root", runtime.root, "create", "--bundle", bundle.directory, identifier]
        with open(bundle.directory / "output", "wb") as stream:
            process = subprocess.Popen(list(map(str, arguments)), stdout=stream, stderr=stream)
        deadline = time.monotonic() + after
        while time.monotonic() < deadline:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        runtime.run("delete", "--force", identifier)
        until(lambda: directories(identifier) == [], "no cgroup is left")
        assert not (runtime.root / identifier).exists()


def test_every_hierarchy_of_the_host_is_seen():
    """The test's own view of the host, so that the others do not pass for want of hierarchies."""
    mounts = pathlib.Path("/proc/self/mountinfo").read_text()
    assert len(hierarchies()) == len(set(re.findall(r" (/sys/fs/cgroup\S*) \S+ .*- cgroup2? ", mounts)))
