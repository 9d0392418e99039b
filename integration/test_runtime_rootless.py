"""The runtime run by an ordinary user, and by root of a user namespace (RUNTIME=runc runs the file on runc).

Nothing is delegated to the user unless a test says so."""

import hashlib
import json
import os
import pathlib
import shutil
import socket
import stat

import pytest

from harness import command, leaks, processes
from harness.rootless import COUNT, SUBORDINATE, UID, RootlessBundle, RootlessRuntime, User, delegated, remove_cgroups
from harness.waiting import until
from test_runtime_seccomp import Agent

ON_RUNC = os.environ.get("RUNTIME") == "runc"
PURE_VERSION_2 = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
not_runc = pytest.mark.skipif(ON_RUNC, reason="Debian's runc 1.1 does not do this")
only_version_1 = pytest.mark.skipif(PURE_VERSION_2, reason="the host has no version 1 cgroups")
only_version_2 = pytest.mark.skipif(not PURE_VERSION_2, reason="the host has version 1 cgroups")


@pytest.fixture(scope="module")
def user():
    for program in ("newuidmap", "newgidmap", "setpriv", "nsenter"):
        if not shutil.which(program):
            pytest.fail(f"no {program}: run 'make deps'")
    user = User()
    if user.run("unshare", "--user", "true").code != 0:
        user.close()
        pytest.skip("ordinary users cannot make user namespaces on this host")
    yield user
    user.close()


@pytest.fixture
def bundle(user, identifier):
    bundle = RootlessBundle(user, identifier)
    yield bundle
    assert leaks.remaining_mounts(bundle.directory) == []
    shutil.rmtree(bundle.directory)


@pytest.fixture
def identifier(request):
    return "skint" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]


@pytest.fixture
def runtime(user, identifier):
    runtime = RootlessRuntime(user)
    if not runtime.path or not os.path.exists(runtime.path):
        pytest.fail(f"no {runtime.name}: run 'make build' or 'make deps'")
    yield runtime
    runtime.run("delete", "--force", identifier)
    left = [path for path, _, _ in os.walk("/sys/fs/cgroup") if identifier in path and "skint-del" not in path]
    assert left == []
    assert not runtime.root.exists() or set(os.listdir(runtime.root)) <= {"~seccomp"}


@pytest.fixture
def nested(user, runtime):
    """The same runtime as root of a user namespace."""
    return RootlessRuntime(user, user.root_prefix())


@pytest.fixture
def delegation(identifier):
    """A cgroup of the user's in each hierarchy."""
    name = f"skint-del{identifier[5:]}"
    made = delegated(name)
    yield name, made
    remove_cgroups(made)


def run(runtime, bundle, identifier, *words, **process):
    bundle.set(*words, **process).write()
    return runtime.run("run", "--bundle", bundle.directory, identifier)


def output(runtime, bundle, identifier, script, **process):
    result = run(runtime, bundle, identifier, "sh", "-c", script, **process)
    assert result.code == 0, str(result)
    return result.out


def refused(runtime, bundle, identifier, *words, **process):
    """The error of a container that cannot be made, without the quoting of a log line."""
    result = run(runtime, bundle, identifier, *(words or ("true",)), **process)
    assert result.code == 1, str(result)
    return result.err.replace('\\"', '"')


CHOWNER = {"capabilities": {kind: ["CAP_CHOWN"] for kind in ("bounding", "effective", "permitted")}}


class TestIds:
    def test_one_id_alone(self, runtime, bundle, identifier):
        text = output(runtime, bundle, identifier, "id -u; id -g; cat /proc/self/uid_map /proc/self/setgroups")
        assert text.split() == ["0", "0", "0", str(UID), "1", "deny"]

    def test_subordinate_ids(self, runtime, bundle, identifier):
        bundle.with_subordinate_ids()
        text = output(runtime, bundle, identifier, "cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups")
        rows = ["0", str(UID), "1", "1", str(SUBORDINATE), str(COUNT)]
        assert text.split() == [*rows, *rows, "allow"]

    def test_a_user_of_the_container(self, runtime, bundle, identifier):
        bundle.with_subordinate_ids()
        text = output(runtime, bundle, identifier, "id -u; id -g; ls -ln /bin/busybox", user={"uid": 1000, "gid": 100})
        assert text.split()[:2] == ["1000", "100"]
        pid = runtime.create(bundle.set("sleep", "1000", user={"uid": 1000, "gid": 100}), identifier)
        runtime.ok("start", identifier)
        until(lambda: os.stat(f"/proc/{pid}").st_uid == SUBORDINATE + 999, "the program runs as its user")

    def test_files_that_the_container_makes(self, runtime, bundle, identifier):
        output(runtime, bundle.with_subordinate_ids(), identifier, "touch /mine /other; chown 5:6 /other", **CHOWNER)
        mine, other = os.stat(bundle.rootfs / "mine"), os.stat(bundle.rootfs / "other")
        assert (mine.st_uid, mine.st_gid) == (UID, UID)
        assert (other.st_uid, other.st_gid) == (SUBORDINATE + 4, SUBORDINATE + 5)

    def test_ids_that_are_not_the_users(self, runtime, bundle, identifier):
        bundle.with_subordinate_ids()
        bundle.spec["linux"]["uidMappings"][1]["hostID"] = SUBORDINATE + 10 * COUNT
        assert "failed to use newuid map on" in refused(runtime, bundle, identifier)

    def test_groups_that_are_not_the_users(self, runtime, bundle, identifier):
        bundle.with_subordinate_ids()
        bundle.spec["linux"]["gidMappings"][1]["hostID"] = SUBORDINATE + 10 * COUNT
        assert "failed to use newgid map on" in refused(runtime, bundle, identifier)

    def test_without_the_tools(self, runtime, bundle, identifier):
        runtime.prefix = [*runtime.prefix, "env", "PATH=/nowhere"]
        assert "mapping tool not present" in refused(runtime, bundle.with_subordinate_ids(), identifier)
        # One id alone needs no tool.
        bundle.spec["linux"].update(uidMappings=[{"containerID": 0, "hostID": UID, "size": 1}])
        bundle.spec["linux"].update(gidMappings=[{"containerID": 0, "hostID": UID, "size": 1}])
        assert output(runtime, bundle, identifier, "id -u") == "0\n"

    def test_the_tools_are_the_hosts(self, runtime, bundle, identifier):
        for name in ("newuidmap", "newgidmap"):
            path = bundle.rootfs / "bin" / name
            path.write_text("#!/bin/sh\ntouch /tampered\n")
            path.chmod(0o755)
        text = output(runtime, bundle.with_subordinate_ids(), identifier, "cat /proc/self/uid_map", env=["PATH=/bin"])
        assert str(SUBORDINATE) in text and not (bundle.rootfs / "tampered").exists()

    def test_additional_groups(self, runtime, bundle, identifier):
        error = refused(runtime, bundle, identifier, user={"uid": 0, "gid": 0, "additionalGids": [5]})
        assert "cannot set any additional groups in a rootless container" in error

    def test_groups_of_the_user_stay(self, user, runtime, bundle, identifier):
        runtime.prefix = user.prefix(groups=[UID, 60_001])
        pid = runtime.create(bundle.set("sleep", "1000"), identifier)
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        assert f"Groups:\t{60_001} {UID}" in status

    def test_a_user_that_is_not_mapped(self, runtime, bundle, identifier):
        error = refused(runtime, bundle, identifier, user={"uid": 7, "gid": 0})
        assert "cannot set uid to unmapped user in user namespace" in error
        error = refused(runtime, bundle, identifier, user={"uid": 0, "gid": 7})
        assert "cannot set gid to unmapped user in user namespace" in error


class TestConfiguration:
    def test_no_user_namespace(self, runtime, bundle, identifier):
        error = refused(runtime, bundle.as_nested_root(), identifier)
        assert "rootless container requires user namespaces" in error

    @pytest.mark.parametrize("kind", ["uid", "gid"])
    def test_no_mappings(self, runtime, bundle, identifier, kind):
        del bundle.spec["linux"][f"{kind}Mappings"]
        error = refused(runtime, bundle, identifier)
        assert f"user namespaces enabled, but no {kind} mappings found" in error.lower()

    @pytest.mark.parametrize("kind", ["uid", "gid"])
    def test_mount_options_with_foreign_ids(self, runtime, bundle, identifier, kind):
        bundle.spec["mounts"][3]["options"].append(f"{kind}=5")
        error = refused(runtime, bundle, identifier)
        assert f"cannot specify {kind}= mount options for unmapped {kind} in rootless containers" in error

    def test_the_terminals_group_where_it_is_mapped(self, runtime, bundle, identifier):
        bundle.with_subordinate_ids().spec["mounts"][2]["options"].append("gid=5")
        assert output(runtime, bundle, identifier, "grep -c devpts.*gid= /proc/mounts") == "1\n"

    def test_the_specification_that_spec_writes(self, user, runtime, bundle, identifier):
        (bundle.directory / "config.json").unlink(missing_ok=True)
        # With the user's ids, as runc takes them from the caller.
        runtime.ok("spec", "--rootless", "--bundle", bundle.directory)
        spec = json.loads((bundle.directory / "config.json").read_text())
        assert spec["linux"]["uidMappings"] == [{"containerID": 0, "hostID": UID, "size": 1}]
        spec["process"].update(terminal=False, args=["sh", "-c", "id -u; cd /sys/fs/cgroup; mkdir x */x"])
        (bundle.directory / "config.json").write_text(json.dumps(spec))
        result = runtime.run("run", "--bundle", bundle.directory, identifier)
        assert result.out == "0\n" and (ON_RUNC or result.code == 1), str(result)
        if not ON_RUNC:  # which shows an empty directory, in memory
            assert "Read-only file system" in result.err

    @not_runc
    def test_id_mapped_mounts(self, runtime, bundle, identifier):
        bundle.spec["mounts"].append(
            {
                "destination": "/mapped",
                "type": "bind",
                "source": "/usr",
                "options": ["bind"],
                "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}],
                "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}],
            }
        )
        assert "id-mapped mounts are not supported for rootless containers" in refused(runtime, bundle, identifier)

    def test_the_switch(self, runtime, bundle, identifier):
        bundle.set("echo", "runs").write()
        for value in ("auto", "true"):
            result = runtime.run("--rootless", value, "run", "--bundle", bundle.directory, identifier)
            assert (result.out, result.code) == ("runs\n", 0), str(result)
        result = runtime.run("--rootless", "maybe", "run", "--bundle", bundle.directory, identifier)
        assert result.code == 1 and "maybe" in result.err
        result = runtime.run("--rootless", "false", "run", "--bundle", bundle.directory, identifier)
        assert result.code == 1 and "ermission denied" in result.err, str(result)

    def test_the_kernels_parameters(self, runtime, bundle, identifier):
        bundle.spec["linux"]["sysctl"] = {"kernel.msgmax": "4096"}
        bundle.spec["linux"]["namespaces"].append({"type": "network"})
        assert output(runtime, bundle, identifier, "cat /proc/sys/kernel/msgmax") == "4096\n"

    def test_a_lower_out_of_memory_score(self, runtime, bundle, identifier):
        current = int(pathlib.Path("/proc/self/oom_score_adj").read_text())
        if current <= -1000:
            pytest.skip("there is no lower score")
        error = refused(runtime, bundle, identifier, oomScoreAdj=-1000)
        assert "failed to update /proc/self/oom_score_adj" in error and "ermission denied" in error
        assert output(runtime, bundle, identifier, "cat /proc/self/oom_score_adj", oomScoreAdj=1000) == "1000\n"


class TestLife:
    def test_created_started_stopped_deleted(self, user, runtime, bundle, identifier):
        pid = runtime.create(bundle.set("sh", "-c", "echo running; exec sleep 1000"), identifier)
        state = runtime.state(identifier)
        assert (state["status"], state["pid"]) == ("created", pid)
        runtime.ok("start", identifier)
        until(lambda: (bundle.directory / "output").read_text().endswith("running\n"), "the command runs")
        assert runtime.state(identifier)["status"] == "running"
        line = runtime.ok("list").lines[1].split()
        assert line[:3] == [identifier, str(pid), "running"] and line[-1] == "skint"
        runtime.ok("kill", identifier, "KILL")
        runtime.stopped(identifier)
        runtime.ok("delete", identifier)
        assert runtime.run("state", identifier).code == 1

    def test_delete_with_force(self, runtime, bundle, identifier):
        bundle.with_subordinate_ids().set("sleep", "1000", user={"uid": 12, "gid": 12})
        pid = runtime.start(bundle, identifier)
        runtime.ok("delete", "--force", identifier)
        assert not processes.is_alive(pid)

    def test_exit_codes(self, runtime, bundle, identifier):
        assert run(runtime, bundle, identifier, "sh", "-c", "exit 3").code == 3

    def test_the_state_directory_of_the_session(self, user, runtime, bundle, identifier):
        session = user.home / "session"
        session.mkdir(exist_ok=True)
        session.chmod(0o700)
        user.own(session)
        bundle.set("echo", "runs").write()
        env = {**runtime.env, "XDG_RUNTIME_DIR": str(session)}
        result = user.run(runtime.path, "run", "--bundle", bundle.directory, identifier, env=env)
        assert (result.out, result.code) == ("runs\n", 0), str(result)
        (root,) = session.iterdir()
        status = root.stat()
        assert root.name in ("runc", "skiff") and stat.S_IMODE(status.st_mode) == 0o1700 and status.st_uid == UID

    def test_a_session_directory_of_somebody_else(self, user, runtime, bundle, identifier):
        bundle.set("true").write()
        env = {**runtime.env, "XDG_RUNTIME_DIR": "/proc/1"}
        result = user.run(runtime.path, "run", "--bundle", bundle.directory, identifier, env=env)
        assert result.code == 1 and "the path in $XDG_RUNTIME_DIR must be writable by the user" in result.err

    def test_hooks(self, runtime, bundle, identifier):
        log = bundle.directory / "hooks"
        hook = lambda name: [{"path": "/bin/sh", "args": ["sh", "-c", f"echo {name} $(id -u) >> {log}"]}]
        points = ("createRuntime", "createContainer", "poststart", "poststop")
        bundle.spec["hooks"] = {point: hook(point) for point in points}
        output(runtime, bundle, identifier, "true")
        assert log.read_text().split("\n")[:-1] == [
            f"createRuntime {UID}",
            "createContainer 0",
            f"poststart {UID}",
            f"poststop {UID}",
        ]

    def test_descriptors(self, user, runtime, bundle, identifier):
        bundle.set("sh", "-c", "cat <&3; ls /proc/self/fd").write()
        script = 'exec 3<"$1"; shift; exec "$@"'
        (bundle.directory / "kept").write_text("kept\n")
        arguments = ["run", "--preserve-fds", "1", "--bundle", bundle.directory, identifier]
        words = ["sh", "-c", script, "sh", bundle.directory / "kept", runtime.path, "--root", runtime.root, *arguments]
        result = command.run(*user.prefix(), *words, env=runtime.env)
        assert result.out.split()[:5] == ["kept", "0", "1", "2", "3"], str(result)

    def test_a_terminal(self, runtime, bundle, identifier):
        path = bundle.directory / "console"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            os.chown(path, UID, UID)
            server.listen()
            bundle.set("sh", "-c", "tty; test -c /dev/console && echo console", terminal=True)
            runtime.create(bundle, identifier, "--console-socket", path)
            server.settimeout(10)
            connection, _ = server.accept()
            with connection:
                _, descriptors, _, _ = socket.recv_fds(connection, 100, 1)
        runtime.ok("start", identifier)
        with open(descriptors[0], "rb", buffering=0) as terminal:
            text = b""
            while not text.endswith(b"console\r\n"):
                text += terminal.read(1000)
        assert text == b"/dev/pts/0\r\nconsole\r\n"

    def test_a_system_call_filter(self, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}],
        }
        for protected in (True, False):
            result = run(runtime, bundle, identifier, "mkdir", "/x", noNewPrivileges=protected)
            assert "No space left on device" in result.err, str(result)

    @pytest.mark.parametrize("protected", [True, False])
    def test_notifications_of_a_system_call_filter(self, runtime, bundle, identifier, protected):
        """The runtime takes the descriptor out of a process that has become another user."""
        if ON_RUNC and protected:
            pytest.skip("Debian's runc 1.1 cannot")
        path = bundle.directory / "agent"
        with Agent(path) as agent:
            os.chown(path, UID, UID)
            bundle.with_subordinate_ids().spec["linux"]["seccomp"] = {
                "defaultAction": "SCMP_ACT_ALLOW",
                "listenerPath": str(path),
                "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_NOTIFY"}],
            }
            result = run(
                runtime, bundle, identifier, "mkdir", "/x", noNewPrivileges=protected, user={"uid": 1000, "gid": 0}
            )
        assert result.code == 1 and agent.calls, str(result)


class TestExec:
    @pytest.fixture
    def running(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.with_subordinate_ids().set("sleep", "1000"), identifier)
        return lambda *flags, words: runtime.run("exec", *flags, identifier, *words.split())

    def test_in_all_namespaces(self, runtime, running, identifier):
        pid = runtime.state(identifier)["pid"]
        for name in ("user", "pid", "mnt", "ipc", "uts", "net"):
            result = running(words=f"readlink /proc/self/ns/{name}")
            assert result.word == os.readlink(f"/proc/{pid}/ns/{name}"), str(result)
        listed = running(words="ps -o pid,args").out
        assert "sleep 1000" in listed

    def test_as_another_user(self, running):
        result = running("--user", "1000:100", words="id")
        assert result.out.startswith("uid=1000 gid=100"), str(result)

    def test_exit_codes(self, running):
        assert running(words="false").code == 1
        assert running(words="nothing-of-that-name").code == 255

    def test_detached(self, user, runtime, running, identifier):
        path = user.home / "exec-pid"
        with open(os.devnull, "wb") as stream:
            words = ["exec", "--detach", "--pid-file", path, identifier, "sleep", "999"]
            assert command.run_into(stream, *runtime.command, *words) == 0
        pid = int(path.read_text())
        path.unlink()
        assert processes.read(pid).arguments == ["sleep", "999"]
        assert os.readlink(f"/proc/{pid}/ns/pid") == os.readlink(f"/proc/{runtime.state(identifier)['pid']}/ns/pid")

    def test_additional_groups(self, running):
        result = running("--additional-gids", "5", words="id")
        assert result.code == 255 and "cannot set any additional groups in a rootless container" in result.err

    def test_an_unmapped_user(self, running):
        result = running("--user", "70000:70000", words="id")
        assert result.code == 255 and "to unmapped user in user namespace" in result.err, str(result)

    def test_a_terminal(self, runtime, running, bundle, identifier):
        path = bundle.directory / "console"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
            os.chown(path, UID, UID)
            server.listen()
            runtime.ok("exec", "--tty", "--detach", "--console-socket", path, identifier, "sh", "-c", "tty; sleep 9")
            server.settimeout(10)
            connection, _ = server.accept()
            with connection:
                _, descriptors, _, _ = socket.recv_fds(connection, 100, 1)
        with open(descriptors[0], "rb", buffering=0) as terminal:
            assert terminal.read(100).strip() == b"/dev/pts/0"

    def test_before_the_start(self, runtime, bundle, identifier):
        runtime.create(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", identifier, "echo", "there")
        assert result.out == "there\n", str(result)


class TestDevices:
    def test_the_usual_ones_are_the_hosts(self, runtime, bundle, identifier):
        script = "for d in null zero full random urandom tty; do stat -c '%F %t:%T' /dev/$d; done; echo x > /dev/null"
        text = output(runtime, bundle, identifier, script)
        numbers = [line.split()[-1] for line in text.splitlines()]
        assert numbers == ["1:3", "1:5", "1:7", "1:8", "1:9", "5:0"]

    def test_another_one(self, runtime, bundle, identifier):
        status = os.stat("/dev/kmsg") if os.path.exists("/dev/kmsg") else None
        if not status:
            pytest.skip("the host has no /dev/kmsg")
        major, minor = os.major(status.st_rdev), os.minor(status.st_rdev)
        bundle.spec["linux"]["devices"] = [{"path": "/dev/kmsg", "type": "c", "major": major, "minor": minor}]
        assert output(runtime, bundle, identifier, "test -c /dev/kmsg && echo there") == "there\n"

    def test_one_that_the_host_has_not(self, runtime, bundle, identifier):
        bundle.spec["linux"]["devices"] = [{"path": "/dev/skint-none", "type": "c", "major": 1, "minor": 3}]
        assert "no such file or directory" in refused(runtime, bundle, identifier)


class TestCgroups:
    def test_none_by_default(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        assert identifier not in pathlib.Path(f"/proc/{pid}/cgroup").read_text()

    def test_a_path_without_permission(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        error = refused(runtime, bundle, identifier)
        assert "unable to apply cgroup configuration" in error and "permission denied" in error

    @only_version_1
    @pytest.mark.parametrize(
        "resources,controller", [({"pids": {"limit": 20}}, "pids"), ({"memory": {"limit": 1 << 26}}, "memory")]
    )
    def test_limits_without_permission(self, runtime, bundle, identifier, resources, controller):
        bundle.spec["linux"]["resources"] = resources
        error = refused(runtime, bundle, identifier)
        assert f"cannot set {controller} limit: container could not join or create cgroup" in error

    @only_version_2
    def test_limits_without_permission_on_version_2(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"] = {"pids": {"limit": 20}}
        error = refused(runtime, bundle, identifier)
        assert "rootless needs no limits + no cgrouppath when no permission is granted for cgroups" in error

    def test_device_rules_are_no_limits(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"] = {"devices": [{"allow": False, "access": "rwm"}]}
        assert output(runtime, bundle, identifier, "echo runs") == "runs\n"

    def test_pause_and_update(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("pause", identifier)
        assert result.code == 1, str(result)
        assert "pause may fail if you don't have the full access to cgroups" in result.err
        if not PURE_VERSION_2:
            assert "cannot toggle freezer: cgroups not configured for container" in result.err
        result = runtime.run("update", "--memory", "64M", identifier)
        assert result.code == 1, str(result)
        if not PURE_VERSION_2:
            assert "cannot set memory limit: container could not join or create cgroup" in result.err
        assert runtime.state(identifier)["status"] == "running"
        assert runtime.run("resume", identifier).code == 1

    def test_statistics(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        event = json.loads(runtime.ok("events", "--stats", identifier).out)
        assert (event["type"], event["id"]) == ("stats", identifier)

    @only_version_1
    def test_delegated(self, runtime, bundle, identifier, delegation):
        name, directories = delegation
        bundle.spec["linux"]["cgroupsPath"] = f"/{name}/{identifier}"
        bundle.spec["linux"]["resources"] = {
            "devices": [{"allow": False, "access": "rwm"}],
            "pids": {"limit": 30},
            "memory": {"limit": 1 << 27},
        }
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        memberships = pathlib.Path(f"/proc/{pid}/cgroup").read_text()
        for hierarchy, directory in directories.items():
            assert (directory / identifier / "tasks").read_text().split() == [str(pid)], hierarchy
        assert f"pids:/{name}/{identifier}\n" in memberships
        assert (directories["pids"] / identifier / "pids.max").read_text() == "30\n"
        assert (directories["memory"] / identifier / "memory.limit_in_bytes").read_text() == f"{1 << 27}\n"
        runtime.ok("pause", identifier)
        assert runtime.state(identifier)["status"] == "paused"
        runtime.ok("resume", identifier)
        runtime.ok("update", "--pids-limit", "40", identifier)
        assert (directories["pids"] / identifier / "pids.max").read_text() == "40\n"
        result = runtime.ok("exec", identifier, "cat", "/proc/self/cgroup")
        assert f"/{name}/{identifier}" in result.out
        assert json.loads(runtime.ok("events", "--stats", identifier).out)["data"]["pids"]["limit"] == 40
        assert json.loads(runtime.ok("ps", "--format", "json", identifier).out) == [pid]
        runtime.ok("delete", "--force", identifier)
        assert not (directories["pids"] / identifier).exists()

    @pytest.mark.parametrize("option", ["ro", "rw"])
    def test_writing_fails(self, runtime, bundle, identifier, option):
        """CVE-2023-25809: the user's own cgroup must not be within reach."""
        bundle.with_cgroups(option)
        script = (
            "for d in $(find /sys/fs/cgroup -mindepth 1 -maxdepth 3 -type d); do "
            "mkdir $d/escape 2>/dev/null && echo $d; done; for f in $(find /sys/fs/cgroup -name cgroup.procs); do "
            "echo 0 2>/dev/null > $f && echo $f; done; true"
        )
        if ON_RUNC and option == "rw":
            pytest.skip("runc does what the configuration says")
        assert output(runtime, bundle, identifier, script) == ""
        if not ON_RUNC:  # whose file system in memory can be written
            assert run(runtime, bundle, identifier, "mkdir", "/sys/fs/cgroup/escape").code == 1

    @only_version_1
    @not_runc
    def test_writing_fails_without_a_mount(self, user, runtime, bundle, identifier, delegation):
        """The host's tree below /sys has the user's delegated cgroups in it; runc leaves them writable."""
        name, directories = delegation
        paths = " ".join(str(directory) for directory in directories.values())
        script = f"for d in {paths}; do mkdir $d/escape 2>/dev/null && echo $d; done; ls -d {paths} | wc -l"
        assert output(runtime, bundle, identifier, script) == f"{len(directories)}\n"


class TestRootOfAUserNamespace:
    def test_without_another_one(self, user, nested, bundle, identifier):
        result = run(nested, bundle.as_nested_root(), identifier, "sh", "-c", "id -u; cat /proc/self/uid_map")
        assert result.code == 0, str(result)
        assert result.out.split()[:4] == ["0", "0", str(UID), "1"]

    def test_its_life(self, nested, bundle, identifier):
        bundle.as_nested_root().set("sleep", "1000", user={"uid": 1000, "gid": 100, "additionalGids": [20]})
        pid = nested.start(bundle, identifier)
        until(lambda: os.stat(f"/proc/{pid}").st_uid == SUBORDINATE + 999, "the program runs as its user")
        assert nested.state(identifier)["status"] == "running"
        assert nested.ok("exec", "--additional-gids", "30", identifier, "id", "-G").out.split() == ["100", "20", "30"]
        nested.ok("kill", identifier, "KILL")
        nested.stopped(identifier)
        nested.ok("delete", identifier)

    def test_with_another_one(self, nested, bundle, identifier):
        for kind in ("uidMappings", "gidMappings"):
            bundle.spec["linux"][kind] = [{"containerID": 0, "hostID": 1000, "size": 5000}]
        nested.run("true")
        command.ok("chown", "-R", f"{SUBORDINATE + 999}:{SUBORDINATE + 999}", bundle.rootfs)
        bundle.spec["process"]["user"] = {"uid": 3, "gid": 3}
        text = output(nested, bundle, identifier, "id -u; cat /proc/self/uid_map")
        assert text.split() == ["3", "0", "1000", "5000"]

    def test_devices_and_no_cgroup(self, nested, bundle, identifier):
        bundle.as_nested_root().spec["linux"]["resources"] = {"devices": [{"allow": False, "access": "rwm"}]}
        text = output(nested, bundle, identifier, "stat -c %t:%T /dev/null; cat /proc/self/cgroup")
        assert text.startswith("1:3\n") and identifier not in text

    @only_version_1
    def test_limits_without_permission(self, nested, bundle, identifier):
        bundle.as_nested_root().spec["linux"]["resources"] = {"pids": {"limit": 20}}
        error = refused(nested, bundle, identifier)
        assert "cannot set pids limit: container could not join or create cgroup" in error

    def test_the_session_directory(self, user, nested, bundle, identifier):
        session = user.home / "nested-session"
        session.mkdir(exist_ok=True)
        user.own(session)
        bundle.as_nested_root().set("echo", "runs").write()
        for name, expected in (("other", True), ("root", False)):
            env = {**nested.env, "XDG_RUNTIME_DIR": str(session), "USER": name}
            command.run(*nested.prefix, nested.path, "run", "--bundle", bundle.directory, identifier, env=env)
            assert bool(list(session.iterdir())) == expected
            shutil.rmtree(session)
            session.mkdir()
            user.own(session)


class TestNamespaces:
    @not_runc
    def test_a_time_namespace(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "time"})
        bundle.spec["linux"]["timeOffsets"] = {"boottime": {"secs": 10_000_000}}
        text = output(runtime, bundle, identifier, "cat /proc/uptime; id -u; cat /proc/self/uid_map")
        uptime, _, *ids = text.split()
        assert float(uptime) > 10_000_000 and ids == ["0", "0", str(UID), "1"]

    def test_joined_by_path(self, user, runtime, bundle, identifier):
        """A second container in the user and pid namespaces of a first, as in a pod."""
        pid = runtime.start(bundle.with_subordinate_ids().set("sleep", "1000"), identifier)
        other = RootlessBundle(user, f"{identifier}-other").with_subordinate_ids()
        for namespace in other.spec["linux"]["namespaces"]:
            if namespace["type"] in ("user", "pid", "ipc"):
                namespace["path"] = f"/proc/{pid}/ns/{namespace['type']}"
        text = output(runtime, other, f"{identifier}-other", "readlink /proc/self/ns/user; readlink /proc/self/ns/pid; ps")
        assert text.split()[:2] == [os.readlink(f"/proc/{pid}/ns/{kind}") for kind in ("user", "pid")]
        assert "sleep 1000" in text
        shutil.rmtree(other.directory)

    def test_a_network_of_its_own(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "network"})
        text = output(runtime, bundle, identifier, "ls /sys/class/net; cat /proc/net/dev | grep -c :")
        assert text.split()[-1] == "1"

    def test_a_sysfs_needs_a_network(self, runtime, bundle, identifier):
        for mount in bundle.spec["mounts"]:
            if mount["destination"] == "/sys":
                mount.update({"type": "sysfs", "source": "sysfs", "options": ["ro"]})
        assert "operation not permitted" in refused(runtime, bundle, identifier)
        bundle.spec["linux"]["namespaces"].append({"type": "network"})
        assert output(runtime, bundle, identifier, "ls /sys/class/net") == "lo\n"


class TestPodman:
    """The runtime under podman, whose own user namespace it is run in."""

    @pytest.fixture
    def podman(self, user, runtime):
        if not shutil.which("podman"):
            pytest.fail("no podman: run 'make deps'")
        session = user.home / "podman"
        (session / "run").mkdir(parents=True)
        user.own(session)
        env = {**runtime.env, "HOME": str(session), "XDG_RUNTIME_DIR": str(session / "run")}
        flags = ["--cgroup-manager", "cgroupfs", "--storage-driver", "vfs", "--events-backend", "file"]
        call = lambda *words: user.run("podman", *flags, "--runtime", runtime.path, *words, env=env, cwd="/")
        yield call
        call("rm", "--all", "--force", "--time", "0")
        call("unshare", "rm", "-rf", session / ".local", session / "run")
        for process in processes.everything():  # the one that keeps podman's namespaces
            if os.path.exists(f"/proc/{process.pid}") and os.stat(f"/proc/{process.pid}").st_uid == UID:
                if process.arguments[0] in ("podman", "catatonit") or process.name.startswith("podman"):
                    processes.kill(process.pid)
        shutil.rmtree(session)

    def test_a_containers_life(self, user, bundle, podman):
        archive = user.home / "podman" / "image.tar"
        command.ok("tar", "-C", bundle.rootfs, "-cf", archive, ".")
        imported = podman("import", archive, "box")
        assert imported.code == 0, str(imported)
        run = podman("run", "--rm", "--network", "none", "--user", "1000", "box", "sh", "-c", "id -u; cat /proc/1/cgroup")
        assert run.code == 0 and run.out.startswith("1000\n"), str(run)
        started = podman("run", "--detach", "--name", "one", "--network", "none", "box", "sleep", "1000")
        assert started.code == 0, str(started)
        assert "sleep 1000" in podman("exec", "one", "ps").out
        assert podman("exec", "--user", "5", "one", "id", "-u").out == "5\n"
        assert podman("stop", "--time", "0", "one").code == 0
        assert podman("rm", "one").code == 0


class TestProtection:
    def test_the_running_program_is_a_copy(self, user, runtime, bundle, identifier):
        """CVE-2019-5736, where the program is the user's own file."""
        own = user.home / "own-runtime"
        shutil.copy(runtime.path, own)
        own.chmod(0o755)
        user.own(own)
        runtime.path = str(own)
        pid = runtime.create(bundle.set("sleep", "1000"), identifier)
        program = user.run("readlink", f"/proc/{pid}/exe")
        assert program.out.startswith("/memfd:"), str(program)
        runtime.ok("delete", "--force", identifier)
        own.unlink()

    def test_the_hosts_files_are_out_of_reach(self, runtime, bundle, identifier):
        script = "ls /proc/self/fd | wc -l; mount -o remount,rw /sys 2>/dev/null && echo remounted; true"
        assert output(runtime, bundle, identifier, script).split() == ["4"]
