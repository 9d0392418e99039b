"""Docker, Podman and containerd start their containers with the runtime (RUNTIME=runc: with runc, to try the tests)."""

import json
import os
import re
import signal

import pytest

from harness import peers, processes
from harness.terminal import Terminal
from harness.waiting import until

PROMPT = r"/ # "
DOCKER_CAPABILITIES = "00000000a80425fb"
TRAP = "trap 'echo stopped; exit 7' TERM; trap 'echo usr1; exit 8' USR1; echo ready; while :; do sleep 0.05; done"


@pytest.fixture(scope="module")
def start_peer(session_directory, archives):
    """Starts each of the others once; at the end of the file nothing of them may be left."""
    started = {}

    def start(kind):
        if kind.missing():
            pytest.fail(kind.missing())
        if kind not in started:
            started[kind] = kind(session_directory / f"peer-{kind.name}", archives)
        return started[kind]

    yield start
    for peer in started.values():
        peer.stop()
    left = {peer.name: peer.remains() for peer in started.values()}
    assert not any(left.values()), f"left behind: {left}"


@pytest.fixture(scope="module", params=[peers.Docker, peers.Podman], ids=lambda kind: kind.name)
def peer(request, start_peer):
    """Docker and Podman have the same words."""
    return start_peer(request.param)


@pytest.fixture
def client(peer):
    return peer.client


@pytest.fixture
def run(peer):
    """Runs a container to its end and removes it; its exit code is checked."""

    def run(*words, code=0, **options):
        result = peer.client.run(*peer.run, "--rm", *words, **options)
        assert result.code == code, str(result)
        return result

    return run


@pytest.fixture
def shell(run):
    return lambda script, *flags, **options: run(*flags, "busybox", "sh", "-c", script, **options)


@pytest.fixture
def detached(peer, name):
    """Starts a container in the background; it is removed after the test."""
    names = []

    def start(*words):
        container = name(f"d{len(names)}")
        names.append(container)
        peer.client.ok(*peer.run, "-d", "--name", container, *words)
        return container

    yield start
    peer.client.run(*peer.remove, *names)


@pytest.fixture
def terminal(client, cleanup):
    return lambda *words: cleanup.enter_context(Terminal(client, *words))


def lacks_capabilities():
    """Hosts may keep some from root too; runc 1.1 then refuses to start what asks for all."""
    bounding = int(re.search(r"CapBnd:\s+(\w+)", open("/proc/self/status").read())[1], 16)
    return bounding != (1 << int(open("/proc/sys/kernel/cap_last_cap").read()) + 1) - 1


privileged = pytest.mark.skipif(
    os.environ.get("RUNTIME") == "runc" and lacks_capabilities(), reason="this host does not have what runc asks for"
)


def cgroup(pid, controller):
    """The directory of a process in a hierarchy of version 1, or in the one of version 2."""
    for line in open(f"/proc/{pid}/cgroup"):
        _, controllers, path = line.strip().split(":", 2)
        if controller in controllers.split(","):
            return f"/sys/fs/cgroup/{controller}{path}"
    return f"/sys/fs/cgroup{path}"


def setting(pid, controller, first, second):
    """A value of a process's cgroup: by its name in version 1, or in version 2."""
    directory = cgroup(pid, controller)
    for name in (first, second):
        if os.path.exists(f"{directory}/{name}"):
            return open(f"{directory}/{name}").read().strip()
    raise AssertionError(f"neither {first} nor {second} in {directory}")


def logs_have(client, container, text):
    until(lambda: text in client.ok("logs", container).out, f"{text!r} in the logs of {container}")


def exit_code(client, container):
    return int(client.ok("wait", container).word)


class TestRun:
    def test_output_input_and_exit_code(self, shell):
        result = shell("cat; echo problem >&2; exit 42", "-i", input="typed\n", code=42)
        assert (result.out, result.err) == ("typed\n", "problem\n")

    @pytest.mark.parametrize(
        "program, code, message",
        [
            ("nosuch", 127, r'exec: "nosuch": executable file not found in \$PATH'),
            ("/no/such", 127, r'exec: "/no/such": stat /no/such: no such file or directory'),
            ("/etc/passwd", 126, r'exec: "/etc/passwd": permission denied'),
        ],
    )
    def test_a_program_that_cannot_be_run(self, program, code, message, run):
        assert re.search(message, run("busybox", program, code=code).err.replace("\\", ""))

    def test_process_settings(self, shell):
        out = shell(
            "id -u; id -g; id -G; pwd; echo $COLOUR; hostname; ulimit -n; cat /proc/self/oom_score_adj",
            *("--user", "1234:99", "--group-add", "555", "--workdir", "/tmp", "--env", "COLOUR=blue"),
            *("--hostname", "vessel", "--oom-score-adj", "321"),
            *("--ulimit", "nofile=512:600", "--ulimit", "nproc=4096:4096"),
        ).lines
        assert out == ["1234", "99", "99 555", "/tmp", "blue", "vessel", "512", "321"]

    def test_a_user_of_the_image(self, shell):
        assert shell("id -un; id -gn", "--user", "www-data").lines == ["www-data", "www-data"]

    def test_an_init_process(self, run):
        script = "cat /proc/1/comm; ls /proc/self/task >/dev/null; exit 5"
        assert "init" in run("--init", "busybox", "sh", "-c", script, code=5).word

    def test_a_terminal(self, peer, terminal):
        session = terminal(*peer.run, "--rm", "-it", "busybox")
        session.expect(PROMPT)
        session.type("tty; stty size; exit 9\r")
        session.expect(r"/dev/(pts/0|console)\r+\n24 80\r+\n")
        assert session.finish()[1] == 9

    def test_a_resize_is_passed_on(self, peer, terminal):
        script = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done"
        session = terminal(*peer.run, "--rm", "-it", "busybox", "sh", "-c", script)
        session.expect("ready")
        session.resize_until_seen(40)


class TestConfinement:
    def test_capabilities(self, client, run, shell):
        status = "grep CapEff /proc/self/status | cut -f 2"
        default = int(shell(status).word, 16)
        assert int(shell(status, "--cap-add", "SYS_TIME").word, 16) == default | 1 << 25
        assert int(shell(status, "--cap-drop", "ALL", "--cap-add", "CHOWN").word, 16) == 1
        assert int(shell(status, "--user", "1234").word, 16) == 0

    @privileged
    def test_a_privileged_container(self, shell):
        out = shell(
            "grep Seccomp: /proc/self/status; mount -t tmpfs none /mnt && echo mounted; test -w /proc/sys/kernel && echo rw",
            *("--privileged", "--tmpfs", "/mnt"),
        )
        assert out.lines == ["Seccomp:\t0", "mounted", "rw"]

    def test_seccomp(self, shell, tmp_path):
        filtered = "grep Seccomp: /proc/self/status | cut -f 2; mkdir /x 2>/dev/null; test -d /x && echo made"
        assert shell(filtered, code=0).lines == ["2", "made"]
        assert shell(filtered, "--security-opt", "seccomp=unconfined").lines == ["0", "made"]
        profile = tmp_path / "profile.json"
        rule = {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "args": []}
        profile.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}))
        assert shell(filtered, "--security-opt", f"seccomp={profile}", code=1).lines == ["2"]

    def test_no_new_privileges(self, shell):
        status = "grep NoNewPrivs /proc/self/status | cut -f 2"
        assert shell(status).word == "0"
        assert shell(status, "--security-opt", "no-new-privileges").word == "1"

    def test_masked_and_read_only_paths(self, shell):
        out = shell("wc -c < /proc/timer_list; ls /sys/firmware | wc -l; echo 1 > /proc/sys/kernel/panic || echo denied")
        assert out.lines == ["0", "0", "denied"]

    def test_kernel_parameters(self, shell):
        assert shell("cat /proc/sys/net/ipv4/ip_forward", "--sysctl", "net.ipv4.ip_forward=1").word == "1"

    def test_devices(self, shell):
        flags = ("--device", "/dev/full:/dev/brim:rw", "--cap-add", "MKNOD")
        out = shell("echo x > /dev/brim; echo $?; mknod /x b 7 200; (exec < /x) 2>&1 | grep -o 'not permitted'", *flags)
        assert out.lines == ["1", "not permitted"]

    def test_a_shared_namespace(self, detached, shell):
        other = detached("--hostname", "harbour", "busybox", "sleep", "1000")
        out = shell("readlink /proc/1/ns/net; ps | grep -c 'sleep 1000'", "--pid", f"container:{other}").lines
        assert int(out[-1]) >= 1

    def test_the_host_s_pid_namespace(self, shell):
        assert shell("readlink /proc/self/ns/pid", "--pid", "host").word == os.readlink("/proc/self/ns/pid")


class TestFiles:
    def test_a_read_only_root(self, shell):
        out = shell("touch /x || echo denied; touch /tmp/x && echo kept", "--read-only", "--tmpfs", "/tmp")
        assert out.lines == ["denied", "kept"]

    def test_tmpfs_with_options(self, shell):
        out = shell("grep ' /scratch ' /proc/mounts", "--tmpfs", "/scratch:rw,noexec,size=64k,mode=1700").word
        assert re.search(r"rw,.*noexec.*size=64k,mode=1700", out)

    def test_volumes(self, shell, tmp_path):
        (tmp_path / "file").write_text("from the host\n")
        flags = ("-v", f"{tmp_path}:/data", "-v", f"{tmp_path}:/fixed:ro", "-v", f"{tmp_path}/file:/etc/one")
        out = shell("cat /data/file /etc/one; touch /fixed/x || echo denied; echo new > /data/new", *flags)
        assert out.lines == ["from the host"] * 2 + ["denied"]
        assert (tmp_path / "new").read_text() == "new\n"

    def test_a_named_volume_takes_over_what_is_there(self, client, shell, name):
        volume = name("volume")
        try:
            assert shell("ls /etc/copied; touch /etc/copied/x", "-v", f"{volume}:/etc/copied").out == ""
            assert shell("ls /etc/copied", "-v", f"{volume}:/etc/copied").out == "x\n"
        finally:
            client.ok("volume", "rm", volume)

    def test_shared_memory(self, shell):
        assert "size=2048k" in shell("grep /dev/shm /proc/mounts", "--shm-size", "2m").out


class TestLimits:
    def test_they_are_set(self, client, detached):
        limits = ("--memory", "64m", "--pids-limit", "50", "--cpus", "0.5", "--cpuset-cpus", "0")
        container = detached(*limits, "busybox", "sleep", "1000")
        pid = client.state(container)["Pid"]
        assert setting(pid, "memory", "memory.limit_in_bytes", "memory.max") == "67108864"
        assert setting(pid, "pids", "pids.max", "pids.max") == "50"
        assert setting(pid, "cpu", "cpu.cfs_quota_us", "cpu.max").split()[0] == "50000"
        assert setting(pid, "cpuset", "cpuset.cpus", "cpuset.cpus") == "0"

    def test_a_process_too_many(self, shell):
        out = shell("for n in 1 2 3 4 5 6 7 8; do sleep 5 & done; wait", "--pids-limit", "4", code=2)
        assert "can't fork" in out.err

    def test_memory_over_the_limit(self, client, peer, name):
        container = name()
        flags = ("--memory", "20m", "--memory-swap", "20m", "--name", container)
        result = client.run(*peer.run, *flags, "busybox", "sh", "-c", "x=$(head -c 60000000 /dev/zero | tr '\\0' x)")
        assert result.code == 137
        if peer.name == "docker":  # Podman says so only of the first process
            assert client.state(container)["OOMKilled"]
        client.ok("rm", container)

    def test_they_change_while_it_runs(self, client, detached):
        container = detached("busybox", "sleep", "1000")
        pid = client.state(container)["Pid"]
        client.ok("update", "--memory", "48m", "--memory-swap", "96m", "--cpus", "0.25", container)
        assert setting(pid, "memory", "memory.limit_in_bytes", "memory.max") == "50331648"
        assert setting(pid, "cpu", "cpu.cfs_quota_us", "cpu.max").split()[0] == "25000"


class TestExec:
    @pytest.fixture(scope="class")
    def sleeper(self, peer):
        name = f"execs-{os.getpid()}"
        peer.client.ok(*peer.run, "-d", "--name", name, "--env", "COLOUR=blue", "busybox", "sleep", "1000")
        yield name
        peer.client.run(*peer.remove, name)

    def test_output_input_and_exit_code(self, client, sleeper):
        result = client.run("exec", "-i", sleeper, "sh", "-c", "cat; echo $COLOUR >&2; exit 33", input="typed\n")
        assert (result.code, result.out, result.err) == (33, "typed\n", "blue\n")

    def test_process_settings(self, client, sleeper):
        flags = ("--user", "33:100", "--workdir", "/var/www", "--env", "COLOUR=red")
        out = client.ok("exec", *flags, sleeper, "sh", "-c", "id -u; id -g; pwd; echo $COLOUR").lines
        assert out == ["33", "100", "/var/www", "red"]

    def test_it_is_confined_like_the_container(self, client, sleeper):
        script = "grep -E 'Cap|Seccomp|NoNew' /proc/$1/status; readlink /proc/$1/ns/pid /proc/$1/ns/mnt; cat /proc/$1/cgroup"
        first, second = (client.ok("exec", sleeper, "sh", "-c", script, "-", pid).out for pid in ("1", "self"))
        assert first == second

    @privileged
    def test_privileged(self, client, sleeper):
        out = client.ok("exec", "--privileged", sleeper, "grep", "CapEff", "/proc/self/status").out
        assert int(out.split()[1], 16) & 1 << 21

    @pytest.mark.parametrize("program, code", [("nosuch", 127), ("/etc/passwd", 126)])
    def test_a_program_that_cannot_be_run(self, program, code, peer, client, sleeper):
        result = client.run("exec", sleeper, program)
        # Docker 20.10 gives 126 for both.
        assert result.code == code or peer.name == "docker" and result.code == 126, str(result)
        assert re.search(r"executable file not found|permission denied", result.out + result.err), str(result)

    def test_a_terminal(self, sleeper, terminal):
        session = terminal("exec", "-it", sleeper, "sh")
        session.expect(PROMPT)
        session.type("tty; stty size; exit 4\r")
        session.expect(r"/dev/pts/\d\r+\n24 80\r\n")
        assert session.finish()[1] == 4

    def test_in_the_background(self, client, sleeper):
        client.ok("exec", "-d", sleeper, "touch", "/tmp/touched")
        until(lambda: client.run("exec", sleeper, "test", "-e", "/tmp/touched").code == 0, "the file is made")

    def test_top(self, client, sleeper):
        lines = client.ok("top", sleeper).lines
        assert len(lines) == 2 and "sleep 1000" in lines[1]

    def test_stats(self, client, sleeper):
        out = client.ok("stats", "--no-stream", "--format", "{{.PIDs}} {{.MemUsage}}", sleeper).word
        assert re.fullmatch(r"1 [1-9][\d.]*[kKM]i?B / .*", out), out

    def test_pause(self, client, sleeper):
        client.ok("pause", sleeper)
        try:
            assert client.state(sleeper)["Status"] == "paused"
            assert re.search("paused|running containers", client.run("exec", sleeper, "true").err)
        finally:
            client.ok("unpause", sleeper)
        assert client.state(sleeper)["Status"] == "running"
        client.ok("exec", sleeper, "true")


class TestLife:
    def test_output_in_the_background(self, client, detached):
        container = detached("busybox", "sh", "-c", "echo out; echo err >&2; exit 6")
        assert exit_code(client, container) == 6
        logs = client.ok("logs", container)
        assert (logs.out, logs.err) == ("out\n", "err\n")

    def test_attach_to_a_terminal(self, client, detached, terminal):
        container = detached("-it", "busybox")
        session = terminal("attach", container)
        session.type("\r")
        session.expect(PROMPT)
        session.type("echo $((40 + 2)); exit 3\r")
        session.expect(r"42\r+\n")
        session.finish()
        assert exit_code(client, container) == 3

    def test_stop(self, client, detached):
        container = detached("busybox", "sh", "-c", TRAP)
        logs_have(client, container, "ready")
        client.ok("stop", container)
        assert client.state(container)["ExitCode"] == 7
        assert client.ok("logs", container).lines == ["ready", "stopped"]

    def test_stop_by_another_signal(self, client, detached):
        container = detached("--stop-signal", "USR1", "busybox", "sh", "-c", TRAP)
        logs_have(client, container, "ready")
        client.ok("stop", container)
        assert client.state(container)["ExitCode"] == 8

    def test_stop_and_start_again(self, client, detached):
        """The first process of a container ignores SIGTERM unless it asks for it."""
        container = detached("busybox", "sleep", "1000")
        first = client.state(container)["Pid"]
        client.ok("stop", "-t", "0", container)
        assert client.state(container)["ExitCode"] == 137
        client.ok("start", container)
        second = client.state(container)["Pid"]
        assert second != first and processes.is_alive(second)
        client.ok("restart", "-t", "0", container)
        assert client.state(container)["Pid"] not in (0, first, second)

    def test_kill(self, client, detached):
        container = detached("busybox", "sh", "-c", TRAP)
        logs_have(client, container, "ready")
        client.ok("kill", "--signal", "USR1", container)
        assert exit_code(client, container) == 8
        container = detached("busybox", "sleep", "1000")
        client.ok("kill", container)
        assert exit_code(client, container) == 128 + signal.SIGKILL

    def test_a_paused_container_is_removed_by_force(self, peer, client, detached):
        container = detached("busybox", "sleep", "1000")
        pid = client.state(container)["Pid"]
        assert client.run("rm", container).code != 0
        client.ok("pause", container)
        client.ok(*peer.remove, container)
        until(lambda: not processes.is_alive(pid), "its process is gone")

    def test_it_restarts_by_itself(self, client, detached):
        container = detached("--restart", "on-failure:2", "busybox", "sh", "-c", "echo once more; exit 1")
        until(lambda: client.ok("logs", container).lines == ["once more"] * 3, "it ran three times", 20)


class TestUserNamespaces:
    def test_podman_maps_ids(self, start_peer):
        podman = start_peer(peers.Podman)
        script = "cat /proc/self/uid_map; id -u; touch /new && stat -c %u /new"
        flags = ("--rm", "--uidmap", "0:100000:5000", "--gidmap", "0:100000:5000")
        out = podman.client.ok(*podman.run, *flags, "busybox", "sh", "-c", script).lines
        assert out[0].split() == ["0", "100000", "5000"] and out[1:] == ["0", "0"]


class TestContainerd:
    """ctr has words of its own."""

    @pytest.fixture(scope="class")
    def ctr(self, start_peer):
        return start_peer(peers.Containerd)

    @pytest.fixture
    def run(self, ctr, name):
        def run(script, *flags, code=0, **options):
            words = (*ctr.run, "--rm", *flags, peers.IMAGE, name(), "sh", "-c", script)
            result = ctr.client.run(*words, **options)
            assert result.code == code, str(result)
            return result

        return run

    @pytest.fixture
    def sleeper(self, ctr, name):
        container = name("sleeper")
        ctr.client.ok(*ctr.run, "-d", "--null-io", peers.IMAGE, container, "sleep", "1000")
        yield container
        ctr.remove(container)

    def status(self, ctr, container):
        rows = [line.split() for line in ctr.client.ok("task", "list").lines[1:]]
        return {row[0]: row[2] for row in rows}.get(container)

    def pid(self, ctr, container):
        rows = [line.split() for line in ctr.client.ok("task", "list").lines[1:]]
        return {row[0]: int(row[1]) for row in rows}[container]

    def test_output_input_and_exit_code(self, run):
        # Not until the end of the input: ctr may close it before the shim listens.
        result = run("read x; echo $x; echo problem >&2; exit 42", input="typed\n", code=42)
        assert (result.out, result.err) == ("typed\n", "problem\n")

    @pytest.mark.parametrize(
        "program, message",
        [
            ("nosuch", r'exec: "nosuch": executable file not found in \$PATH'),
            ("/etc/passwd", r'exec: "/etc/passwd": permission denied'),
        ],
    )
    def test_a_program_that_cannot_be_run(self, program, message, ctr, name):
        result = ctr.client.run(*ctr.run, "--rm", peers.IMAGE, name(), program)
        assert result.code == 1 and re.search(message, result.err.replace("\\", "")), str(result)
        assert "OCI runtime create failed" in result.err or "failed to create shim task" in result.err

    def test_settings(self, run, tmp_path):
        (tmp_path / "file").write_text("from the host\n")
        out = run(
            "pwd; echo $COLOUR; touch /x || echo denied; cat /data/file; grep Seccomp: /proc/self/status | cut -f 2",
            *("--cwd", "/tmp", "--env", "COLOUR=blue", "--read-only", "--seccomp"),
            *("--mount", f"type=bind,src={tmp_path},dst=/data,options=rbind:ro"),
        )
        assert out.lines == ["/tmp", "blue", "denied", "from the host", "2"]

    def test_capabilities(self, run):
        status = "grep CapEff /proc/self/status | cut -f 2"
        assert run(status).word == DOCKER_CAPABILITIES
        assert run(status, "--cap-drop", "CAP_CHOWN").word == "00000000a80425fa"

    @privileged
    def test_a_privileged_container(self, run):
        assert int(run("grep CapEff /proc/self/status | cut -f 2", "--privileged").word, 16) & 1 << 21

    def test_a_user_namespace(self, run):
        flags = ("--uidmap", "0:100000:5000", "--gidmap", "0:100000:5000")
        assert run("cat /proc/self/uid_map; id -u", *flags).out.split() == ["0", "100000", "5000", "0"]

    def test_a_terminal(self, ctr, name, cleanup):
        session = cleanup.enter_context(Terminal(ctr.client, *ctr.run, "--rm", "-t", peers.IMAGE, name()))
        session.expect(PROMPT)
        session.type("tty; stty size; exit 9\r")
        session.expect(r"/dev/(pts/0|console)\r+\n24 80\r+\n")
        assert session.finish()[1] == 9

    def test_attach_to_a_terminal(self, ctr, name, cleanup):
        container = name()
        first = cleanup.enter_context(Terminal(ctr.client, *ctr.run, "-t", "-d", peers.IMAGE, container))
        first.finish()
        session = cleanup.enter_context(Terminal(ctr.client, "task", "attach", container))
        session.type("echo $((40 + 2)); exit 3\r")
        session.expect(r"42\r+\n")
        assert session.finish()[1] == 3
        ctr.remove(container)

    def test_exec(self, ctr, sleeper):
        words = ("task", "exec", "--exec-id")
        result = ctr.client.run(*words, "e1", "--cwd", "/tmp", sleeper, "sh", "-c", "pwd; read x; echo $x; exit 33", input="typed\n")
        assert (result.code, result.out) == (33, "/tmp\ntyped\n")
        result = ctr.client.run(*words, "e2", "--user", "33:100", sleeper, "sh", "-c", "id -u; id -g")
        assert result.lines == ["33", "100"]
        result = ctr.client.run(*words, "e3", sleeper, "nosuch")
        assert result.code == 1 and "executable file not found in $PATH" in result.err

    def test_exec_on_a_terminal(self, ctr, sleeper, cleanup):
        words = ("task", "exec", "--exec-id", "t1", "-t", sleeper, "sh")
        session = cleanup.enter_context(Terminal(ctr.client, *words))
        session.expect(PROMPT)
        session.type("tty; exit 4\r")
        session.expect(r"/dev/pts/\d\r+\n")
        assert session.finish()[1] == 4

    def test_pause(self, ctr, sleeper):
        ctr.client.ok("task", "pause", sleeper)
        assert self.status(ctr, sleeper) == "PAUSED"
        ctr.client.ok("task", "resume", sleeper)
        assert self.status(ctr, sleeper) == "RUNNING"

    def test_processes_and_metrics(self, ctr, sleeper):
        assert str(self.pid(ctr, sleeper)) in ctr.client.ok("task", "ps", sleeper).out
        metrics = ctr.client.ok("task", "metrics", sleeper).out
        assert re.search(r"pids\.current\s+1", metrics) and re.search(r"memory\.usage\S*\s+[1-9]", metrics)

    def test_limits(self, ctr, name):
        container = name()
        flags = ("-d", "--null-io", "--memory-limit", "67108864", "--cpus", "0.5")
        ctr.client.ok(*ctr.run, *flags, peers.IMAGE, container, "sleep", "1000")
        pid = self.pid(ctr, container)
        assert setting(pid, "memory", "memory.limit_in_bytes", "memory.max") == "67108864"
        assert setting(pid, "cpu", "cpu.cfs_quota_us", "cpu.max").split()[0] == "50000"
        ctr.remove(container)

    def test_kill_and_delete(self, ctr, sleeper):
        assert "must be stopped before deletion" in ctr.client.run("task", "delete", sleeper).err
        ctr.client.ok("task", "kill", "--signal", "SIGKILL", sleeper)
        until(lambda: self.status(ctr, sleeper) == "STOPPED", "it is stopped")
        assert "non-zero exit code 137" in ctr.client.ok("task", "delete", sleeper).err
        ctr.client.ok("container", "delete", sleeper)
        assert self.status(ctr, sleeper) is None

    def test_a_container_is_started_again(self, ctr, sleeper):
        ctr.client.ok("task", "kill", "--signal", "SIGKILL", sleeper)
        until(lambda: self.status(ctr, sleeper) == "STOPPED", "it is stopped")
        ctr.client.run("task", "delete", sleeper)
        ctr.client.ok("task", "start", "--detach", "--null-io", sleeper)
        assert self.status(ctr, sleeper) == "RUNNING"
