"""The OCI runtime alone, driven by runc's command line on bundles (RUNTIME=runc runs the suite on runc)."""

import array
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket

import pytest

from harness import leaks, processes
from harness.bundles import Bundle, Runtime
from harness.waiting import until


@pytest.fixture
def runtime(tmp_path):
    runtime = Runtime(tmp_path / "state")
    if not runtime.path or not os.path.exists(runtime.path):
        pytest.fail(f"no {runtime.name}: run 'make build' or 'make deps'")
    yield runtime
    runtime.remove_all()


@pytest.fixture
def bundle(tmp_path):
    return Bundle(tmp_path / "bundle")


@pytest.fixture
def identifier(request, tmp_path, runtime):
    """An id; the test must leave no state, mount and cgroup of it."""
    value = "skint" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]
    runtime.used.append(value)
    yield value
    runtime.run("delete", "--force", value)
    # A walk, unlike a glob, does not mind that others remove theirs meanwhile.
    left = [path for path, _, _ in os.walk("/sys/fs/cgroup") if value in path]
    assert left + leaks.remaining_mounts(tmp_path) == []
    # What stays are compiled system call filters, at most a few.
    assert not runtime.root.exists() or set(os.listdir(runtime.root)) <= {"~seccomp"}


def run(runtime, bundle, identifier, *command, **process):
    """Runs a command in the foreground."""
    bundle.set(*command, **process).write()
    return runtime.run("run", "--bundle", bundle.directory, identifier)


def output(runtime, bundle, identifier, script, **process):
    result = run(runtime, bundle, identifier, "sh", "-c", script, **process)
    assert result.code == 0, str(result)
    return result.out


def plain(text):
    """The message without the quoting of a log line."""
    return text.replace('\\"', '"')


not_runc = pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason="Debian's runc 1.1 falls to it")


class TestLife:
    def test_run(self, runtime, bundle, identifier):
        result = run(runtime, bundle, identifier, "sh", "-c", "echo out; echo err >&2; exit 3")
        assert (result.out, result.err, result.code) == ("out\n", "err\n", 3)

    def test_created_started_stopped_deleted(self, runtime, bundle, identifier):
        pid = runtime.create(bundle.set("sh", "-c", "echo running; sleep 1000"), identifier)
        state = runtime.state(identifier)
        assert state["status"] == "created" and state["pid"] == pid and state["id"] == identifier
        assert state["bundle"] == str(bundle.directory) and state["ociVersion"]
        assert (bundle.directory / "output").read_text() == ""
        runtime.ok("start", identifier)
        until(lambda: (bundle.directory / "output").read_text() == "running\n", "the command runs")
        assert runtime.state(identifier)["status"] == "running"
        runtime.ok("kill", identifier, "KILL")
        runtime.stopped(identifier)
        runtime.ok("delete", identifier)
        assert runtime.run("state", identifier).code == 1

    def test_start_twice_is_an_error(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        assert runtime.run("start", identifier).code == 1

    def test_a_running_container_is_not_deleted(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("delete", identifier)
        assert result.code == 1 and "not stopped" in result.err
        runtime.ok("delete", "--force", identifier)

    def test_an_id_in_use(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("create", "--bundle", bundle.directory, identifier)
        assert result.code == 1 and "exist" in result.err

    def test_signals_by_name_and_number(self, runtime, bundle, identifier):
        runtime.start(
            bundle.set(
                "sh", "-c", "trap 'echo one' USR1; trap 'echo two; exit' USR2; echo ready; while :; do sleep 0.02; done"
            ),
            identifier,
        )
        text = lambda: (bundle.directory / "output").read_text()
        until(lambda: "ready" in text(), "the traps are set")
        runtime.ok("kill", identifier, "SIGUSR1")
        until(lambda: "one" in text(), "the first arrives")
        runtime.ok("kill", identifier, str(int(signal.SIGUSR2)))
        until(lambda: "two" in text(), "the second arrives")

    def test_kill_of_a_stopped_container(self, runtime, bundle, identifier):
        runtime.start(bundle.set("true"), identifier)
        runtime.stopped(identifier)
        assert runtime.run("kill", identifier, "TERM").code == 1

    def test_delete_of_what_is_not_there(self, runtime):
        assert runtime.run("delete", "nosuch").code == 1
        assert runtime.run("delete", "--force", "nosuch").code == 0

    @pytest.mark.parametrize("bad", ["../escape", "with/slash", "", ".."])
    def test_ids_that_are_paths(self, bad, runtime, bundle):
        bundle.write()
        assert runtime.run("create", "--bundle", bundle.directory, bad).code == 1

    def test_list(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        assert runtime.ok("list", "-q").word == identifier
        listed = json.loads(runtime.ok("list", "--format", "json").out)
        assert [(item["id"], item["status"]) for item in listed] == [(identifier, "running")]
        assert runtime.ok("list").lines[0].split()[:4] == ["ID", "PID", "STATUS", "BUNDLE"]

    def test_ps(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        assert json.loads(runtime.ok("ps", "--format", "json", identifier).out) == [pid]

    def test_pause_and_resume(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        runtime.ok("pause", identifier)
        assert runtime.state(identifier)["status"] == "paused"
        runtime.ok("resume", identifier)
        assert runtime.state(identifier)["status"] == "running"

    def test_update(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["memory"] = {"limit": 64 << 20}
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        resources = bundle.directory / "resources.json"
        resources.write_text(json.dumps({"memory": {"limit": 32 << 20}}))
        runtime.ok("update", "--resources", resources, identifier)
        assert cgroup_file(pid, "memory", "memory.limit_in_bytes") == str(32 << 20)

    def test_events_stats(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        event = json.loads(runtime.ok("events", "--stats", identifier).out)
        assert event["type"] == "stats" and event["data"]["pids"]["current"] == 1
        assert event["data"]["memory"]["usage"]["usage"] > 0

    def test_spec_and_features(self, runtime, tmp_path):
        runtime.ok("spec", "--bundle", tmp_path)
        assert json.loads((tmp_path / "config.json").read_text())["process"]["args"] == ["sh"]
        if runtime.name == "skiff-runtime":
            assert "mount" in json.loads(runtime.ok("features").out)["linux"]["namespaces"]

    def test_version(self, runtime):
        assert re.search(r"spec: 1\.\d", runtime.ok("--version").out)


UNIFIED = {  # the files of version 1 by their names in version 2, and which of their words it is
    "memory.limit_in_bytes": ("memory.max", 0),
    "memory.soft_limit_in_bytes": ("memory.low", 0),
    "memory.memsw.limit_in_bytes": ("memory.swap.max", 0),
    "cpu.shares": ("cpu.weight", 0),
    "cpu.cfs_quota_us": ("cpu.max", 0),
    "cpu.cfs_period_us": ("cpu.max", 1),
    "cpu.cfs_burst_us": ("cpu.max.burst", 0),
}


def cgroup_file(pid, controller, name):
    """The value of a version 1 file, or what version 2 has in its place, in version 1's terms but for `cpu_shares`."""
    lines = pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return pathlib.Path(f"/sys/fs/cgroup/{controller}{path}/{name}").read_text().strip()
    if len(lines) != 1:
        raise AssertionError(f"no cgroup of {controller}")
    directory = pathlib.Path("/sys/fs/cgroup" + lines[0].removeprefix("0::"))
    file, word = UNIFIED.get(name, (name, 0))
    value = (directory / file).read_text().split()[word]
    if name.endswith("limit_in_bytes"):
        value = unlimited_as_a_number(value)
    if name == "memory.memsw.limit_in_bytes":
        memory = unlimited_as_a_number((directory / "memory.max").read_text().strip())
        value = str(min(int(value) + int(memory), (1 << 63) - 1))
    return value


def unlimited_as_a_number(value):
    return str((1 << 63) - 1) if value == "max" else value


def cpu_shares(shares):
    """What `cgroup_file` finds for CPU shares: version 2 has weights."""
    unified = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
    return str(1 + (shares - 2) * 9999 // 262142) if unified else str(shares)


class TestExec:
    def test_in_the_foreground(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        process = bundle.process("sh", "-c", "echo out; id -u; pwd; exit 4", user={"uid": 33, "gid": 33}, cwd="/tmp")
        result = runtime.run("exec", "--process", process, identifier)
        assert (result.out, result.code) == ("out\n33\n/tmp\n", 4)

    def test_by_arguments(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        assert runtime.ok("exec", identifier, "echo", "hello").out == "hello\n"

    def test_detached_with_a_pid_file(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        pid_file = bundle.directory / "exec.pid"
        with open(bundle.directory / "exec-output", "wb") as stream:
            from harness import command

            assert (
                command.run_into(
                    stream,
                    runtime.path,
                    "--root",
                    runtime.root,
                    "exec",
                    "--process",
                    bundle.process("sleep", "1000"),
                    "--pid-file",
                    pid_file,
                    "--detach",
                    identifier,
                )
                == 0
            )
        pid = int(pid_file.read_text())
        assert processes.is_alive(pid)
        assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]
        for kind in ("mnt", "pid", "net", "uts", "ipc"):
            assert os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(
                f"/proc/{runtime.state(identifier)['pid']}/ns/{kind}"
            )

    def test_joins_the_cgroups(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        inside = runtime.ok("exec", identifier, "cat", "/proc/self/cgroup").out
        assert sorted(inside.splitlines()) == sorted(pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines())

    def test_has_no_more_rights(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        text = runtime.ok("exec", "--process", bundle.process("cat", "/proc/self/status"), identifier).out
        assert "CapInh:\t0000000000000000" in text and "CapEff:\t0000000020000420" in text and "NoNewPrivs:\t1" in text

    def test_a_missing_command(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", identifier, "nosuch")
        assert result.code != 0 and 'exec: "nosuch": executable file not found in $PATH' in plain(result.err)

    def test_of_a_stopped_container(self, runtime, bundle, identifier):
        runtime.start(bundle.set("true"), identifier)
        runtime.stopped(identifier)
        assert runtime.run("exec", identifier, "true").code != 0


class TestTerminal:
    def receive(self, listener):
        connection, _ = listener.accept()
        with connection:
            _, ancillary, _, _ = connection.recvmsg(256, socket.CMSG_SPACE(array.array("i").itemsize))
            return array.array("i", ancillary[0][2])[0]

    def test_the_console_is_handed_over(self, runtime, bundle, identifier, tmp_path):
        path = f"/tmp/{identifier}.sock"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(20)
            try:
                bundle.set(
                    "sh",
                    "-c",
                    "test -t 0 && test -t 1 && stty size && tty && readlink /proc/self/fd/0",
                    terminal=True,
                    consoleSize={"height": 17, "width": 71},
                )
                runtime.create(bundle, identifier, "--console-socket", path)
                master = self.receive(listener)
            finally:
                os.unlink(path)
        with os.fdopen(master, "rb", buffering=0) as console:
            runtime.ok("start", identifier)
            runtime.stopped(identifier)
            text = console.read(1000).decode()
        assert text.splitlines()[:2] in (["17 71", "/dev/pts/0"], ["17 71", "/dev/console"]), text


class TestErrors:
    @pytest.mark.parametrize(
        "command, text",
        [
            ("nosuch", r'exec: "nosuch": executable file not found in \$PATH'),
            ("/no/such", r'exec: "/no/such": (stat /no/such: )?no such file or directory'),
            ("/etc/passwd", r'exec: "/etc/passwd": permission denied'),
            ("/etc", r'exec: "/etc": (permission denied|is a directory)'),
        ],
    )
    def test_a_command_that_cannot_run(self, command, text, runtime, bundle, identifier):
        result = run(runtime, bundle, identifier, command)
        assert result.code == 1 and re.search(text, plain(result.err)), str(result)

    def test_the_log_says_it_too(self, runtime, bundle, identifier, tmp_path):
        bundle.set("nosuch").write()
        log = tmp_path / "log.json"
        runtime.run("--log", log, "--log-format", "json", "create", "--bundle", bundle.directory, identifier)
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert lines[-1]["level"] == "error" and "executable file not found" in lines[-1]["msg"] and lines[-1]["time"]

    def test_a_missing_bundle(self, runtime, identifier, tmp_path):
        assert runtime.run("create", "--bundle", tmp_path / "none", identifier).code == 1

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"ociVersion":"1.0.2"}', '{"process":{"args":"x"}}'])
    def test_a_bad_configuration(self, text, runtime, bundle, identifier):
        (bundle.directory / "config.json").write_text(text)
        result = runtime.run("run", "--bundle", bundle.directory, identifier)
        assert result.code == 1 and result.err.strip()

    def test_a_missing_root(self, runtime, bundle, identifier):
        bundle.spec["root"]["path"] = "nosuch"
        assert run(runtime, bundle, identifier, "true").code == 1

    def test_a_mount_that_cannot_be(self, runtime, bundle, identifier):
        bundle.spec["mounts"].append(
            {"destination": "/data", "type": "bind", "source": "/no/such/source", "options": ["bind"]}
        )
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "/no/such/source" in result.err

    def test_a_namespace_path_that_is_none(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"][1]["path"] = "/etc/passwd"
        assert run(runtime, bundle, identifier, "true").code == 1


class TestProcess:
    def test_user_groups_and_mask(self, runtime, bundle, identifier):
        user = {"uid": 1000, "gid": 1001, "additionalGids": [33, 100], "umask": 0o027}
        assert (
            output(runtime, bundle, identifier, "id; umask", user=user)
            == "uid=1000 gid=1001 groups=33(www-data),100(users)\n0027\n"
        )

    def test_environment_and_directory(self, runtime, bundle, identifier):
        assert output(
            runtime, bundle, identifier, "pwd; env | sort", cwd="/tmp", env=["PATH=/bin", "A=b=c"]
        ).startswith("/tmp\nA=b=c\n")

    def test_limits(self, runtime, bundle, identifier):
        limits = [{"type": "RLIMIT_NOFILE", "hard": 200, "soft": 100}, {"type": "RLIMIT_CORE", "hard": 0, "soft": 0}]
        assert (
            output(runtime, bundle, identifier, "ulimit -Sn; ulimit -Hn; ulimit -c", rlimits=limits) == "100\n200\n0\n"
        )

    def test_oom_score(self, runtime, bundle, identifier):
        assert output(runtime, bundle, identifier, "cat /proc/self/oom_score_adj", oomScoreAdj=100) == "100\n"

    def test_capabilities(self, runtime, bundle, identifier):
        text = output(runtime, bundle, identifier, "cat /proc/self/status")
        for line in (
            "CapEff:\t0000000020000420",
            "CapBnd:\t0000000020000420",
            "CapInh:\t0000000000000000",
            "NoNewPrivs:\t1",
        ):
            assert line in text

    def test_seccomp(self, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ALLOW",
            "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
            "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}],
        }
        result = run(runtime, bundle, identifier, "mkdir", "/tmp/new")
        assert result.code == 1 and "Function not implemented" in result.err

    def test_only_standard_streams_are_open(self, runtime, bundle, identifier):
        assert output(runtime, bundle, identifier, "ls /proc/self/fd").split() == ["0", "1", "2", "3"]

    def test_descriptors_on_demand(self, runtime, bundle, identifier):
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        # As with runc, `start` does not wait for the execve.
        until(lambda: processes.read(pid).arguments[0] == "sleep", "the program runs")
        assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]


class TestFileSystem:
    def test_read_only_root(self, runtime, bundle, identifier):
        bundle.spec["root"]["readonly"] = True
        result = run(runtime, bundle, identifier, "touch", "/file")
        assert result.code == 1 and "Read-only file system" in result.err

    def test_bind_mounts(self, runtime, bundle, identifier, tmp_path):
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "file").write_text("bound\n")
        bundle.spec["mounts"] += [
            {"destination": "/writable", "type": "bind", "source": str(tmp_path / "data"), "options": ["rbind", "rw"]},
            {"destination": "/read only", "type": "bind", "source": str(tmp_path / "data"), "options": ["rbind", "ro"]},
            {
                "destination": "/etc/file",
                "type": "bind",
                "source": str(tmp_path / "data" / "file"),
                "options": ["bind"],
            },
        ]
        script = "cat /etc/file; touch /writable/new; touch '/read only/no' 2>/dev/null || echo refused"
        assert output(runtime, bundle, identifier, script) == "bound\nrefused\n"
        assert (tmp_path / "data" / "new").exists()

    def test_temporary_file_systems(self, runtime, bundle, identifier):
        bundle.spec["mounts"].append(
            {
                "destination": "/scratch",
                "type": "tmpfs",
                "source": "tmpfs",
                "options": ["size=1m", "noexec", "mode=700"],
            }
        )
        assert re.search(
            r"tmpfs /scratch tmpfs rw,noexec,relatime,size=1024k,mode=700",
            output(runtime, bundle, identifier, "cat /proc/mounts"),
        )

    def test_masked_and_read_only_paths(self, runtime, bundle, identifier):
        bundle.spec["linux"]["maskedPaths"] += ["/proc/cmdline", "/proc/irq"]
        script = "cat /proc/cmdline; ls /proc/irq /sys/firmware | grep -v :; echo x > /proc/sys/kernel/hostname"
        result = run(runtime, bundle, identifier, "sh", "-c", script)
        assert result.out.strip() == "" and "Read-only file system" in result.err

    def test_devices(self, runtime, bundle, identifier):
        bundle.spec["linux"]["devices"] = [
            {"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 0o600, "uid": 0, "gid": 0}
        ]
        out = output(
            runtime, bundle, identifier, "cd /dev; stat -c '%n %F %t %T %a' null fuse; readlink ptmx; echo x > null"
        )
        assert out == "null character special file 1 3 666\nfuse character special file a e5 600\npts/ptmx\n"

    def test_host_files_stay_out_of_reach(self, runtime, bundle, identifier, tmp_path):
        result = run(runtime, bundle, identifier, "ls", f"/../../..{tmp_path}")
        assert result.code != 0

    def test_sysctl_and_names(self, runtime, bundle, identifier):
        bundle.spec["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1", "kernel.msgmax": "4096"}
        out = output(runtime, bundle, identifier, "hostname; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax")
        assert out == "vessel\n1\n4096\n"

    def test_user_namespace(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "user"})
        mapping = [{"containerID": 0, "hostID": 100000, "size": 65536}]
        bundle.spec["linux"].update({"uidMappings": mapping, "gidMappings": mapping})
        for directory in (bundle.directory, *bundle.directory.parents):
            if directory.is_relative_to("/tmp/pytest-of-root"):
                os.chmod(directory, 0o755)
        for at, names, files in os.walk(bundle.rootfs):
            for entry in [".", *names, *files]:
                os.chown(os.path.join(at, entry), 100000, 100000, follow_symlinks=False)
        out = output(runtime, bundle, identifier, "id -u; cat /proc/self/uid_map; touch /file")
        assert out.split() == ["0", "0", "100000", "65536"]
        assert os.stat(bundle.rootfs / "file").st_uid == 100000


class TestCgroups:
    def test_limits(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/{identifier}"
        bundle.spec["linux"]["resources"].update(
            {
                "memory": {"limit": 64 << 20},
                "pids": {"limit": 20},
                "cpu": {"shares": 512, "quota": 50000, "period": 100000},
            }
        )
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        seen = {
            name: cgroup_file(pid, controller, name)
            for controller, name in (
                ("memory", "memory.limit_in_bytes"),
                ("pids", "pids.max"),
                ("cpu", "cpu.shares"),
                ("cpu", "cpu.cfs_quota_us"),
                ("cpu", "cpu.cfs_period_us"),
            )
        }
        assert list(seen.values()) == [str(64 << 20), "20", cpu_shares(512), "50000", "100000"]

    def test_devices_are_denied_unless_allowed(self, runtime, bundle, identifier):
        for kind in ("bounding", "effective", "permitted"):
            bundle.spec["process"]["capabilities"][kind].append("CAP_MKNOD")
        bundle.spec["linux"]["resources"]["devices"].append(
            {"allow": True, "type": "c", "major": 10, "minor": 200, "access": "rw"}
        )
        result = run(
            runtime,
            bundle,
            identifier,
            "sh",
            "-c",
            "mknod /tmp/tun c 10 200 && mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk",
        )
        assert "Operation not permitted" in result.err

    def test_no_cgroup_stays(self, runtime, bundle, identifier):
        bundle.spec["linux"]["cgroupsPath"] = f"/skint/{identifier}"
        assert run(runtime, bundle, identifier, "true").code == 0
        runtime.run("delete", identifier)
        cgroups = pathlib.Path("/sys/fs/cgroup")
        for parent in [*cgroups.glob("*/skint"), *cgroups.glob("skint")]:
            assert [entry for entry in parent.iterdir() if entry.is_dir()] == []
            os.rmdir(parent)


class TestHooks:
    def test_each_gets_the_state_at_its_time(self, runtime, bundle, identifier, tmp_path):
        log = tmp_path / "hooks"
        script = tmp_path / "hook"
        script.write_text(f'#!/bin/sh\necho "$1 $(cat)" >> {log}\n')
        script.chmod(0o755)
        kinds = ("prestart", "createRuntime", "poststart", "poststop")
        bundle.spec["hooks"] = {kind: [{"path": str(script), "args": ["hook", kind]}] for kind in kinds}
        runtime.start(bundle.set("true"), identifier)
        runtime.stopped(identifier)
        runtime.ok("delete", identifier)
        seen = [line.split(" ", 1) for line in log.read_text().splitlines() if line]
        assert [kind for kind, _ in seen] == list(kinds)
        assert all(json.loads(state)["id"] == identifier for _, state in seen)

    def test_a_failing_hook_fails_the_creation(self, runtime, bundle, identifier):
        bundle.spec["hooks"] = {"createRuntime": [{"path": "/bin/false"}]}
        assert run(runtime, bundle, identifier, "true").code == 1


class TestThreats:
    """How other runtimes fell, each attack by its identifier."""

    def test_the_runtime_is_not_overwritten(self, runtime, bundle, identifier):  # CVE-2019-5736
        before = hashlib.sha256(pathlib.Path(runtime.path).read_bytes()).digest()
        (bundle.rootfs / "bin/link").unlink()
        (bundle.rootfs / "bin/link").symlink_to("/proc/self/exe")
        run(runtime, bundle, identifier, "/proc/self/exe", "true")
        runtime.run("delete", "--force", identifier)
        run(runtime, bundle, identifier, "sh", "-c", "for pid in /proc/[0-9]*; do echo broken > $pid/exe; done")
        assert hashlib.sha256(pathlib.Path(runtime.path).read_bytes()).digest() == before

    @pytest.mark.parametrize("path", ["proc", "sys"])
    def test_a_link_in_place_of_a_kernel_file_system_is_refused(
        self, path, runtime, bundle, identifier
    ):  # CVE-2023-27561
        (bundle.rootfs / path).rmdir()
        (bundle.rootfs / path).symlink_to("/tmp")
        assert run(runtime, bundle, identifier, "true").code == 1

    @not_runc
    def test_a_link_in_place_of_dev_stays_inside(self, runtime, bundle, identifier, tmp_path):  # CVE-2026-41579
        target = tmp_path / "outside"
        target.mkdir()
        (bundle.rootfs / "dev").rmdir()
        (bundle.rootfs / "dev").symlink_to(target)
        run(runtime, bundle, identifier, "true")
        assert os.listdir(target) == []

    def test_mount_targets_resolve_inside(self, runtime, bundle, identifier, tmp_path):  # CVE-2021-30465
        target = tmp_path / "outside"
        target.mkdir()
        (bundle.rootfs / "escape").symlink_to(target)
        bundle.spec["mounts"].append({"destination": "/escape/inner", "type": "tmpfs", "source": "tmpfs"})
        run(runtime, bundle, identifier, "true")
        assert os.listdir(target) == []

    @pytest.mark.parametrize("number", [3, 5, 7, 8, 9, 12])
    def test_a_descriptor_is_no_working_directory(self, number, runtime, bundle, identifier):  # CVE-2024-21626
        result = run(runtime, bundle, identifier, "ls", "../../..", cwd=f"/proc/self/fd/{number}")
        assert result.code != 0, str(result)

    def test_inheritable_capabilities_are_empty(self, runtime, bundle, identifier):  # CVE-2022-29162
        assert "CapInh:\t0000000000000000" in output(runtime, bundle, identifier, "cat /proc/self/status")

    @not_runc
    def test_a_false_null_device_masks_nothing(self, runtime, bundle, identifier):  # CVE-2025-31133
        shutil.rmtree(bundle.rootfs / "dev")
        (bundle.rootfs / "dev").mkdir()
        (bundle.rootfs / "dev/null").symlink_to("/proc/sys/kernel/core_pattern")
        bundle.spec["mounts"] = [
            mount for mount in bundle.spec["mounts"] if not mount["destination"].startswith("/dev")
        ]
        pattern = pathlib.Path("/proc/sys/kernel/core_pattern")
        before = pattern.read_text()
        try:
            run(runtime, bundle, identifier, "sh", "-c", "echo broken > /proc/keys; echo broken > /dev/null")
            assert pattern.read_text() == before
        finally:
            pattern.write_text(before)
