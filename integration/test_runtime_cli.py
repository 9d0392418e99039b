"""The runtime's flags, one by one (RUNTIME=runc runs them on runc)."""

import array
import contextlib
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess

import pytest

from harness import processes
from harness.waiting import until
from test_runtime import bundle, cgroup_file, cpu_shares, identifier, runtime  # noqa: F401 (fixtures)

newer = pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason="runc 1.1 does not have it")
DIRECTORY = "/run/notify/notify.sock"


@contextlib.contextmanager
def listener(identifier, kind=socket.SOCK_STREAM):
    """A Unix socket at a short path."""
    path = f"/tmp/{identifier}.sock"
    with socket.socket(socket.AF_UNIX, kind) as server:
        server.bind(path)
        server.settimeout(20)
        if kind == socket.SOCK_STREAM:
            server.listen()
        try:
            yield server, path
        finally:
            os.unlink(path)


def descriptor(server):
    """The descriptor that comes with one message, and the message."""
    connection, _ = server.accept()
    with connection:
        text, ancillary, _, _ = connection.recvmsg(256, socket.CMSG_SPACE(array.array("i").itemsize))
        return array.array("i", ancillary[0][2])[0], text


@pytest.fixture
def running(runtime, bundle, identifier):
    runtime.start(bundle.set("sleep", "1000"), identifier)
    return identifier


class TestForms:
    """How flags may be written."""

    @pytest.mark.parametrize(
        "flags", [("--cwd", "/tmp"), ("--cwd=/tmp",), ("-cwd", "/tmp"), ("-cwd=/tmp",)], ids=" ".join
    )
    def test_values(self, flags, runtime, running):
        assert runtime.ok("exec", *flags, running, "pwd").out == "/tmp\n"

    @pytest.mark.parametrize("flag", ["--quiet", "-q", "-quiet", "--quiet=true", "-q=1"])
    def test_switches(self, flag, runtime, running):
        assert runtime.ok("list", flag).out == f"{running}\n"

    def test_a_switch_that_is_off(self, runtime, running):
        assert runtime.ok("exec", "--tty=false", running, "echo", "x").out == "x\n"

    def test_flags_behind_the_id(self, runtime, running):
        runtime.ok("kill", running, "CONT", "--all")
        runtime.ok("update", running, "--pids-limit", "77")
        assert cgroup_file(runtime.state(running)["pid"], "pids", "pids.max") == "77"
        runtime.ok("delete", running, "--force")

    def test_flags_behind_the_id_of_exec_are_the_program_s(self, runtime, running):
        assert runtime.ok("exec", running, "echo", "--tty", "-x", "--", "y").out == "--tty -x -- y\n"

    def test_the_end_of_flags(self, runtime, bundle, identifier):
        assert runtime.ok("exec", "--", self.started(runtime, bundle, identifier), "echo", "x").out == "x\n"

    def test_an_id_that_looks_like_a_flag(self, runtime, bundle):
        runtime.used.append("-x")
        bundle.set("sleep", "1000").write()
        with open(os.devnull, "wb") as stream:
            arguments = [runtime.path, "--root", runtime.root, "create", "--bundle", bundle.directory, "--", "-x"]
            assert subprocess.run(arguments, stdout=stream, stderr=stream, timeout=60).returncode == 0
        runtime.ok("delete", "--force", "--", "-x")

    @pytest.mark.parametrize("command", ["create", "run", "exec", "kill", "ps", "update", "events", "spec", "state"])
    @pytest.mark.parametrize("flag", ["--help", "-h"])
    def test_help(self, command, flag, runtime):
        text = runtime.ok(command, flag).out
        assert text.startswith("NAME:\n") and f"{runtime.name} {command}" in text and "USAGE:" in text
        assert runtime.ok("help", command).out == text

    def test_help_lists_the_commands(self, runtime):
        text = runtime.ok("--help").out
        assert runtime.ok().out == text
        for command in ("create", "start", "run", "exec", "kill", "delete", "state", "list", "ps", "events", "spec"):
            assert re.search(rf"^   {command} ", text, re.MULTILINE), command

    @pytest.mark.parametrize("flag", ["--version", "-v", "-version"])
    def test_version(self, flag, runtime):
        text = runtime.ok(flag).out
        assert re.match(rf"{runtime.name} version \d", text) and re.search(r"^spec: 1\.\d", text, re.MULTILINE)

    def test_a_relative_root(self, runtime, running):
        from harness import command

        result = command.run(runtime.path, "--root", runtime.root.name, "list", "-q", cwd=runtime.root.parent)
        assert result.out == f"{running}\n"

    def test_the_bundle_is_the_current_directory(self, runtime, bundle, identifier):
        bundle.set("echo", "x").write()
        assert runtime.ok("run", identifier, cwd=bundle.directory).out == "x\n"

    def started(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        return identifier


class TestCreation:
    @newer
    @pytest.mark.parametrize("command", ["create", "run"])
    def test_pidfd_socket(self, command, runtime, bundle, identifier):
        with listener(identifier) as (server, path):
            bundle.set("sleep", "1000").write()
            flags = ["--detach"] if command == "run" else []
            arguments = [runtime.path, "--root", runtime.root, command, *flags, "--pidfd-socket", path]
            with open(bundle.directory / "output", "wb") as stream:
                process = subprocess.Popen(
                    [*map(str, arguments), "--bundle", str(bundle.directory), identifier], stdout=stream, stderr=stream
                )
                number, text = descriptor(server)
                assert process.wait(timeout=20) == 0
        with os.fdopen(number):
            info = pathlib.Path(f"/proc/self/fdinfo/{number}").read_text()
            assert text == b"pidfd" and f"Pid:\t{runtime.state(identifier)['pid']}\n" in info
            signal.pidfd_send_signal(number, signal.SIGKILL)
            runtime.stopped(identifier)

    def test_keep(self, runtime, bundle, identifier):
        bundle.set("sh", "-c", "exit 5").write()
        assert runtime.run("run", "--keep", "--bundle", bundle.directory, identifier).code == 5
        assert runtime.state(identifier)["status"] == "stopped"
        runtime.ok("delete", identifier)

    @pytest.mark.parametrize("flag", ["--no-pivot", "--no-new-keyring", "--no-subreaper"])
    def test_switches(self, flag, runtime, bundle, identifier):
        bundle.set("echo", "x").write()
        assert runtime.ok("run", flag, "--bundle", bundle.directory, identifier).out == "x\n"

    def test_preserved_descriptors(self, runtime, bundle, identifier):
        bundle.set("sh", "-c", "echo $(ls /proc/self/fd); cat <&4").write()
        with open(bundle.directory / "first", "w+") as first, open(bundle.directory / "second", "w+") as second:
            second.write("content\n")
            second.flush()
            second.seek(0)
            result = self.with_descriptors(runtime, bundle, identifier, [first, second], "--preserve-fds", "2")
        assert result.stdout.splitlines() == ["0 1 2 3 4 5", "content"], result

    @newer  # which is content when its own descriptors have the numbers
    def test_a_preserved_descriptor_must_be_open(self, runtime, bundle, identifier):
        bundle.set("true").write()
        result = runtime.run("run", "--preserve-fds", "1", "--bundle", bundle.directory, identifier)
        assert result.code == 1 and "please check that preserved-fd 0 (of 1) is present" in result.err

    def test_sockets_of_a_service_manager(self, runtime, bundle, identifier):
        bundle.set("sh", "-c", "echo $LISTEN_FDS $LISTEN_PID $(ls /proc/self/fd)").write()
        with open(bundle.directory / "first", "w") as first, open(bundle.directory / "second", "w") as second:
            files = [first, second]
            flags = ["--preserve-fds", "1"]
            result = self.with_descriptors(runtime, bundle, identifier, files, *flags, listening=1)
            assert result.stdout.split() == ["1", "1", "0", "1", "2", "3", "4", "5"], result

    def test_sockets_that_are_somebody_else_s(self, runtime, bundle, identifier):
        bundle.set("sh", "-c", "echo $LISTEN_FDS $(ls /proc/self/fd)").write()
        env = {**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": "1"}
        assert runtime.ok("run", "--bundle", bundle.directory, identifier, env=env).out.split() == ["0", "1", "2", "3"]

    def with_descriptors(self, runtime, bundle, identifier, files, *flags, listening=0):
        """Runs with files as descriptors 3 and following; LISTEN_PID has to be the process that becomes the runtime."""
        script = "exec " + " ".join(f"{3 + index}<&{file.fileno()}" for index, file in enumerate(files))
        script += "; export LISTEN_FDS=%d LISTEN_PID=$$" % listening if listening else ""
        arguments = [runtime.path, "--root", runtime.root, "run", *flags, "--bundle", bundle.directory, identifier]
        # Above the numbers that they are to get.
        copies = [os.fdopen(os.dup2(file.fileno(), 20 + index)) for index, file in enumerate(files)]
        for index, file in enumerate(files):
            script = script.replace(f"<&{file.fileno()}", f"<&{20 + index}")
        script += "; exec " + " ".join(f"{20 + index}<&-" for index in range(len(files)))
        try:
            return subprocess.run(
                ["bash", "-c", script + '; exec "$@"', "sh", *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                pass_fds=[20 + index for index in range(len(files))],
            )
        finally:
            for copy in copies:
                copy.close()

    def test_orphans_are_reaped(self, runtime, bundle, identifier):
        """Without a pid namespace they become the runtime's children."""
        bundle.spec["linux"]["namespaces"] = [
            namespace for namespace in bundle.spec["linux"]["namespaces"] if namespace["type"] != "pid"
        ]
        # The orphan tells its id and ends; its entry in /proc must go while the container still runs.
        script = (
            "(sh -c 'echo $$ > /tmp/orphan' &) ; while ! [ -s /tmp/orphan ]; do sleep 0.01; done;"
            " read pid < /tmp/orphan;"
            " for i in $(seq 500); do [ -d /proc/$pid ] || exec echo reaped; sleep 0.01; done; echo a zombie"
        )
        bundle.set("sh", "-c", script).write()
        assert runtime.ok("run", "--bundle", bundle.directory, identifier).out == "reaped\n"


class TestNotify:
    """NOTIFY_SOCKET: readiness goes to the service manager, with the process's id as the host has it."""

    PROGRAM = (
        "import os, socket, sys;"
        "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
        "s.sendto(b'STATUS=x', os.environ['NOTIFY_SOCKET']);"
        "s.sendto(b'READY=1\\nSTATUS=y', os.environ['NOTIFY_SOCKET'])"
    )

    def receive(self, server):
        """Messages up to the barrier, whose descriptor is closed as systemd does."""
        messages = []
        while True:
            text, ancillary, _, _ = server.recvmsg(4096, socket.CMSG_SPACE(4))
            messages.append(text.decode().strip())
            for _, _, data in ancillary:
                for number in array.array("i", data):
                    os.close(number)
            if messages[-1].startswith("BARRIER="):
                return messages

    def say_ready(self, bundle_root):
        """Speaks to the container's socket as its program would."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(b"STATUS=starting", str(bundle_root))
            client.sendto(b"READY=1", str(bundle_root))

    @newer  # which has no barrier
    @pytest.mark.parametrize("command", ["start", "run"])
    def test_readiness_is_passed_on(self, command, runtime, bundle, identifier):
        """`start`, and `run` in the background, return when the container is ready."""
        with listener(identifier, socket.SOCK_DGRAM) as (server, path):
            env = {**os.environ, "NOTIFY_SOCKET": path}
            bundle.set("sh", "-c", 'echo "$NOTIFY_SOCKET"; sleep 1000').write()
            base = [runtime.path, "--root", str(runtime.root)]
            pid_file = bundle.directory / "pid"
            flags = ["--bundle", str(bundle.directory), "--pid-file", str(pid_file)]
            with open(bundle.directory / "output", "wb") as stream:

                def begin(*arguments):
                    return subprocess.Popen([*base, *arguments], env=env, stdout=stream, stderr=stream)

                if command == "start":
                    assert begin("create", *flags, identifier).wait(timeout=20) == 0
                    process = begin("start", identifier)
                else:
                    process = begin("run", "--detach", *flags, identifier)
                inside = runtime.root / identifier / "notify" / "notify.sock"
                until(inside.exists, "the container's socket is there")
                until(lambda: "notify.sock" in self.output(bundle), "the program runs")
                assert process.poll() is None
                # A path of the test's directory is too long for a socket's address.
                os.chdir(inside.parent)
                try:
                    self.say_ready(inside.name)
                finally:
                    os.chdir("/")
                assert self.receive(server) == ["READY=1", f"MAINPID={pid_file.read_text()}", "BARRIER=1"]
                assert process.wait(timeout=20) == 0
        assert self.output(bundle) == f"{DIRECTORY}\n"
        runtime.ok("delete", "--force", identifier)

    @newer  # which waits for ever: the process that ended is its own child
    def test_a_container_that_ends_without(self, runtime, bundle, identifier):
        with listener(identifier, socket.SOCK_DGRAM) as (_, path):
            env = {**os.environ, "NOTIFY_SOCKET": path}
            bundle.set("true").write()
            runtime.ok("run", "--detach", "--bundle", bundle.directory, identifier, env=env)
            runtime.ok("delete", "--force", identifier)

    @newer  # which says nothing of the process's id before the container ends
    def test_in_the_foreground(self, runtime, bundle, identifier):
        with listener(identifier, socket.SOCK_DGRAM) as (server, path):
            env = {**os.environ, "NOTIFY_SOCKET": path}
            bundle.set("sh", "-c", "while ! [ -e /tmp/done ]; do sleep 0.02; done").write()
            arguments = [runtime.path, "--root", str(runtime.root), "run", "--bundle", str(bundle.directory)]
            process = subprocess.Popen([*arguments, identifier], env=env)
            inside = runtime.root / identifier / "notify" / "notify.sock"
            until(inside.exists, "the container's socket is there")
            os.chdir(inside.parent)
            try:
                self.say_ready(inside.name)
            finally:
                os.chdir("/")
            assert server.recv(100) == b"READY=1\n"
            assert server.recv(100) == f"MAINPID={runtime.state(identifier)['pid']}\n".encode()
            (bundle.rootfs / "tmp" / "done").touch()
            assert process.wait(timeout=20) == 0

    def test_exec_knows_nothing_of_it(self, runtime, bundle, identifier):
        env = {**os.environ, "NOTIFY_SOCKET": "/run/nobody.sock"}
        bundle.set("sleep", "1000").write()
        with open(bundle.directory / "output", "wb") as stream:
            arguments = [runtime.path, "--root", str(runtime.root), "create", "--bundle", str(bundle.directory)]
            assert subprocess.run([*arguments, identifier], env=env, stdout=stream, stderr=stream).returncode == 0
        assert "NOTIFY_SOCKET" not in runtime.ok("exec", identifier, "env").out

    def output(self, bundle):
        return (bundle.directory / "output").read_text()


class TestExec:
    def test_environment(self, runtime, running):
        text = runtime.ok("exec", "-e", "A=1", "-e", "B=2=3", running, "env").out
        assert "A=1\n" in text and "B=2=3\n" in text and "PATH=/bin:/usr/bin\n" in text

    def test_user(self, runtime, running):
        assert runtime.ok("exec", "--user", "33:34", running, "id").out.startswith("uid=33(www-data) gid=34")

    def test_additional_groups(self, runtime, running):
        assert "groups=5(tty),7" in runtime.ok("exec", "-g", "5", "-g", "7", running, "id").out.replace("7(lp)", "7")

    def test_capabilities(self, runtime, running):
        text = runtime.ok("exec", "--cap", "CAP_NET_ADMIN", running, "cat", "/proc/self/status").out
        assert "CapEff:\t0000000020001420" in text and "CapBnd:\t0000000020001420" in text

    def test_no_new_privileges(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000", noNewPrivileges=False), identifier)
        read = ("cat", "/proc/self/status")
        assert "NoNewPrivs:\t0" in runtime.ok("exec", identifier, *read).out
        assert "NoNewPrivs:\t1" in runtime.ok("exec", "--no-new-privs", identifier, *read).out

    def test_paused(self, runtime, running, bundle):
        runtime.ok("pause", running)
        pid_file = bundle.directory / "exec.pid"
        arguments = [runtime.path, "--root", str(runtime.root), "exec", "--ignore-paused", "--detach"]
        process = subprocess.Popen(
            [*arguments, "--pid-file", str(pid_file), running, "sleep", "1000"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # It is frozen as soon as it is in the cgroup, so that only resuming lets it come to its program.
        until(lambda: len(json.loads(runtime.ok("ps", "-f", "json", running).out)) > 1, "the process is there")
        runtime.ok("resume", running)
        assert process.wait(timeout=20) == 0 and processes.is_alive(int(pid_file.read_text()))

    def test_sub_cgroup(self, runtime, running):
        pid = runtime.state(running)["pid"]
        paths = {
            line.split(":", 2)[1]: line.split(":", 2)[2]
            for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        }
        if "cpu" not in paths:
            pytest.skip("no version 1 cpu controller")
        pathlib.Path(f"/sys/fs/cgroup/cpu{paths['cpu']}/sub").mkdir()
        inside = runtime.ok("exec", "--cgroup", "cpu:sub", running, "cat", "/proc/self/cgroup").out
        found = {line.split(":", 2)[1]: line.split(":", 2)[2] for line in inside.splitlines()}
        assert found["cpu"] == f"{paths['cpu']}/sub" and found["memory"] == paths["memory"]

    @newer
    def test_pidfd_socket(self, runtime, running):
        with listener(running) as (server, path):
            arguments = [runtime.path, "--root", str(runtime.root), "exec", "--pidfd-socket", path]
            process = subprocess.Popen([*arguments, running, "sleep", "1000"])
            number, text = descriptor(server)
            with os.fdopen(number):
                assert text == b"pidfd"
                signal.pidfd_send_signal(number, signal.SIGKILL)
                assert process.wait(timeout=20) == 137

    def test_preserved_descriptors(self, runtime, running, tmp_path):
        (tmp_path / "file").write_text("content\n")
        script = f'exec 3<{tmp_path}/file; exec "$@"'
        arguments = [runtime.path, "--root", str(runtime.root), "exec", "--preserve-fds", "1", running]
        found = subprocess.run(
            ["bash", "-c", script, "sh", *arguments, "sh", "-c", "cat <&3"], stdout=subprocess.PIPE, timeout=60
        )
        assert found.stdout == b"content\n"

    def test_console_socket(self, runtime, running):
        with listener(running) as (server, path):
            arguments = [runtime.path, "--root", str(runtime.root), "exec", "--tty", "--detach"]
            process = subprocess.Popen(
                [*arguments, "--console-socket", path, running, "sh", "-c", "tty; sleep 1000"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            number, _ = descriptor(server)
            assert process.wait(timeout=20) == 0
        with os.fdopen(number, "rb", buffering=0) as console:
            assert select.select([console], [], [], 20)[0]
            assert console.read(100).startswith(b"/dev/pts/")


class TestKill:
    @pytest.mark.parametrize("name", ["USR1", "SIGUSR1", "usr1", "sigusr1", "10"])
    def test_names(self, name, runtime, bundle, identifier):
        self.expect(runtime, bundle, identifier, "USR1", name)

    @pytest.mark.parametrize(
        "name", ["36", pytest.param("SIGRTMIN+2", marks=newer), pytest.param("rtmin+2", marks=newer)]
    )
    def test_real_time_signals(self, name, runtime, bundle, identifier):
        self.expect(runtime, bundle, identifier, "36", name)

    def expect(self, runtime, bundle, identifier, trap, name):
        script = f"trap 'echo got it; exit' {trap}; echo ready; while :; do sleep 0.02; done"
        runtime.start(bundle.set("sh", "-c", script), identifier)
        output = bundle.directory / "output"
        until(lambda: "ready" in output.read_text(), "the trap is set")
        runtime.ok("kill", identifier, name)
        until(lambda: "got it" in output.read_text(), "the signal arrives")

    def test_all(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"] = [
            namespace for namespace in bundle.spec["linux"]["namespaces"] if namespace["type"] != "pid"
        ]
        runtime.start(bundle.set("sh", "-c", "sleep 1000 & sleep 1000 & wait"), identifier)
        pids = until(lambda: self.pids(runtime, identifier, 3), "all run")
        runtime.ok("kill", "--all", identifier, "KILL")
        until(lambda: not any(processes.is_alive(pid) for pid in pids), "all have ended")

    def pids(self, runtime, identifier, count):
        found = json.loads(runtime.ok("ps", "--format", "json", identifier).out)
        return found if len(found) == count else None

    def test_nothing_is_sent_by_zero(self, runtime, running):
        runtime.ok("kill", running, "0")
        assert runtime.state(running)["status"] == "running"


class TestListing:
    def test_columns(self, runtime, bundle, running):
        state = runtime.state(running)
        header, line = runtime.ok("list").lines
        assert header.split() == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]
        assert line.split() == [running, str(state["pid"]), "running", state["bundle"], state["created"], "root"]
        for word, value in [("PID", str(state["pid"])), ("STATUS", "running"), ("BUNDLE", "/"), ("OWNER", "root")]:
            assert line[header.index(word) :].startswith(value)

    def test_nothing(self, runtime):
        runtime.root.mkdir(parents=True, exist_ok=True)
        assert runtime.ok("list").out.split() == ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]
        assert runtime.ok("list", "--quiet").out == ""
        assert json.loads(runtime.ok("list", "--format", "json").out) in ([], None)

    def test_ps_is_the_host_s(self, runtime, running):
        pid = str(runtime.state(running)["pid"])
        lines = runtime.ok("ps", running).lines
        assert lines[0].split()[:2] == ["UID", "PID"] and [line.split()[1] for line in lines[1:]] == [pid]
        lines = runtime.ok("ps", running, "-o", "pid,comm").lines
        assert [line.split() for line in lines] == [["PID", "COMMAND"], [pid, "sleep"]]
        assert runtime.ok("ps", running, "aux").lines[0].startswith("USER")

    def test_ps_needs_the_column(self, runtime, running):
        result = runtime.run("ps", running, "-o", "comm")
        assert result.code == 1 and "couldn't find PID field in ps output" in result.err
        result = runtime.run("ps", running, "--bogus")
        assert result.code == 1 and "exit status 1: error: unknown gnu long option" in result.err


class TestEvents:
    @contextlib.contextmanager
    def stream(self, runtime, *arguments):
        process = subprocess.Popen(
            [runtime.path, "--root", str(runtime.root), "events", *arguments], stdout=subprocess.PIPE
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def next(self, process, kind):
        """The next event of a kind."""
        while True:
            assert select.select([process.stdout], [], [], 20)[0], "no event came"
            line = process.stdout.readline()
            assert line, "the stream has ended"
            event = json.loads(line)
            if event["type"] == kind:
                return event

    def test_statistics_come_at_the_interval(self, runtime, running):
        with self.stream(runtime, "--interval", "50ms", running) as process:
            for _ in range(3):
                event = self.next(process, "stats")
                assert event["id"] == running and event["data"]["pids"]["current"] == 1

    def test_running_out_of_memory(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["memory"] = {"limit": 16 << 20}
        script = "while ! [ -e /tmp/go ]; do sleep 0.02; done; while :; do head -c 64m /dev/zero | tail -n 1; done"
        runtime.start(bundle.set("sh", "-c", script), identifier)
        with self.stream(runtime, "--interval", "50ms", identifier) as process:
            # The first report tells that the watch is set.
            self.next(process, "stats")
            (bundle.rootfs / "tmp" / "go").touch()
            assert self.next(process, "oom") == {"type": "oom", "id": identifier}

    @newer  # which goes on until the cgroup is removed
    def test_the_end_of_the_container_ends_it(self, runtime, running):
        with self.stream(runtime, "--interval", "50ms", running) as process:
            self.next(process, "stats")
            runtime.ok("kill", running, "KILL")
            assert process.wait(timeout=20) == 0

    def test_fields(self, runtime, running):
        data = json.loads(runtime.ok("events", "--stats", running).out)["data"]
        assert data["cpu"]["usage"]["total"] > 0 and {"kernel", "user"} <= data["cpu"]["usage"].keys()
        assert data["memory"]["usage"]["usage"] > 0 and data["memory"]["usage"]["limit"] > 1 << 40
        assert {"swap", "kernel", "kernelTCP", "raw"} <= data["memory"].keys()
        assert data["pids"]["current"] == 1 and "blkio" in data and "hugetlb" in data
        if os.path.exists("/sys/fs/cgroup/cpuset/cpuset.cpus"):
            assert 0 in data["cpuset"]["cpus"] and data["cpuset"]["sched_load_balance"] in (0, 1)
            assert len(data["cpu"]["usage"]["percpu_user"]) == len(data["cpu"]["usage"]["percpu"])


class TestUpdate:
    CASES = [
        (("--memory", "64m"), "memory", "memory.limit_in_bytes", str(64 << 20)),
        (("--memory", "1.5m"), "memory", "memory.limit_in_bytes", str(3 << 19)),
        (("--memory", "64MB"), "memory", "memory.limit_in_bytes", str(64 << 20)),
        (("--memory-reservation", "32m"), "memory", "memory.soft_limit_in_bytes", str(32 << 20)),
        (("--memory", "32m", "--memory-swap", "48m"), "memory", "memory.memsw.limit_in_bytes", str(48 << 20)),
        (("--cpu-share", "512"), "cpu", "cpu.shares", cpu_shares(512)),
        (("--cpu-quota", "5000"), "cpu", "cpu.cfs_quota_us", "5000"),
        (("--cpu-period", "50000"), "cpu", "cpu.cfs_period_us", "50000"),
        (("--cpuset-cpus", "0"), "cpuset", "cpuset.cpus", "0"),
        (("--cpuset-mems", "0"), "cpuset", "cpuset.mems", "0"),
        (("--pids-limit", "20"), "pids", "pids.max", "20"),
        (("--pids-limit", "-1"), "pids", "pids.max", "max"),
        pytest.param(("--cpu-idle", "1"), "cpu", "cpu.idle", "1", marks=newer),
        pytest.param(("--cpu-quota", "5000", "--cpu-burst", "1000"), "cpu", "cpu.cfs_burst_us", "1000", marks=newer),
        (("--cpu-share", "", "--pids-limit", "30"), "pids", "pids.max", "30"),
    ]

    @pytest.mark.parametrize("flags, controller, file, value", CASES)
    def test_limits(self, flags, controller, file, value, runtime, running):
        runtime.ok("update", *flags, running)
        assert cgroup_file(runtime.state(running)["pid"], controller, file) == value

    def test_no_limit_is_none_for_swap_too(self, runtime, running):
        runtime.ok("update", "--memory", "32m", "--memory-swap", "32m", running)
        runtime.ok("update", "--memory", "-1", running)
        pid = runtime.state(running)["pid"]
        assert int(cgroup_file(pid, "memory", "memory.limit_in_bytes")) > 1 << 60
        assert int(cgroup_file(pid, "memory", "memory.memsw.limit_in_bytes")) > 1 << 60

    def test_from_standard_input(self, runtime, running):
        resources = json.dumps({"pids": {"limit": 40}})
        runtime.ok("update", "--resources", "-", running, input=resources)
        assert cgroup_file(runtime.state(running)["pid"], "pids", "pids.max") == "40"

    def test_a_file_is_all_there_is(self, runtime, running, tmp_path):
        (tmp_path / "resources.json").write_text(json.dumps({"pids": {"limit": 50}}))
        runtime.ok("update", "--pids-limit", "60", "--resources", tmp_path / "resources.json", running)
        assert cgroup_file(runtime.state(running)["pid"], "pids", "pids.max") == "50"


class TestSpec:
    def test_it_runs(self, runtime, bundle, identifier):
        runtime.ok("spec", "--bundle", bundle.directory)
        path = bundle.directory / "config.json"
        spec = json.loads(path.read_text())
        spec["process"].update({"args": ["echo", "x"], "terminal": False})
        path.write_text(json.dumps(spec))
        assert runtime.ok("run", "--bundle", bundle.directory, identifier).out == "x\n"

    def test_it_is_not_overwritten(self, runtime, bundle):
        bundle.write()
        result = runtime.run("spec", cwd=bundle.directory)
        assert result.code == 1 and "File config.json exists. Remove it first" in result.err
        result = runtime.run("spec", "--bundle", "/no/such")
        assert result.code == 1 and "chdir /no/such: no such file or directory" in result.err

    def test_rootless(self, runtime, tmp_path):
        runtime.ok("spec", "--rootless", "--bundle", tmp_path)
        spec = json.loads((tmp_path / "config.json").read_text())
        kinds = [namespace["type"] for namespace in spec["linux"]["namespaces"]]
        assert "user" in kinds and "network" not in kinds
        assert spec["linux"]["uidMappings"] == [{"containerID": 0, "hostID": os.geteuid(), "size": 1}]
        assert spec["linux"]["gidMappings"] == [{"containerID": 0, "hostID": os.getegid(), "size": 1}]
        assert "resources" not in spec["linux"]
        mounts = {mount["destination"]: mount for mount in spec["mounts"]}
        assert mounts["/sys"]["source"] == "/sys" and "rbind" in mounts["/sys"]["options"]
        assert not any(option.startswith("gid=") for option in mounts["/dev/pts"]["options"])


class TestFeatures:
    def test_what_the_schema_describes(self, runtime):
        features = json.loads(runtime.ok("features").out)
        assert features["ociVersionMin"].startswith("1.") and features["ociVersionMax"].startswith("1.")
        assert {"prestart", "createRuntime", "poststop"} <= set(features["hooks"])
        assert {"rbind", "rro", "tmpcopyup"} <= set(features["mountOptions"])
        linux = features["linux"]
        assert {"mount", "pid", "user"} <= set(linux["namespaces"]) and "CAP_BPF" in linux["capabilities"]
        assert linux["cgroup"]["v1"] is True and linux["cgroup"]["v2"] is True
        assert "SCMP_ACT_ERRNO" in linux["seccomp"]["actions"]
