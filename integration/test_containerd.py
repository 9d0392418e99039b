"""Real containerd runs containers with the shim: ctr's commands, events, deaths of either side."""

import glob
import json
import os
import queue
import re
import stat
import threading

import pexpect
import pytest

from harness import command, containerd, processes
from harness.containerd import OWN_SHIM, SHIM, Containerd, program_below
from harness.waiting import until

IMAGE = "busybox:latest"
own_shim_only = pytest.mark.skipif(SHIM != OWN_SHIM, reason="only Skiff's shim can show this")


@pytest.fixture(scope="module")
def daemon(archives):
    if containerd.missing():
        pytest.fail(containerd.missing())
    daemon = Containerd()
    try:
        archive = daemon.base / "image.tar"
        archive.write_bytes(archives.busybox.read_bytes())
        daemon.start()
        daemon.ok("image", "import", archive)
        assert IMAGE in daemon.ok("image", "ls", "-q").lines
        yield daemon
    finally:
        left = daemon.close()
    assert not left, f"left behind: {left}"


@pytest.fixture
def ctr(daemon):
    if daemon.process.poll() is not None:
        daemon.start()
    yield daemon
    daemon.remove_containers()


def run(ctr, name, *words, flags=(), **options):
    return ctr.ctr(*ctr.run_arguments("--rm", *flags, IMAGE, name, *words), **options)


def detached(ctr, name, *words, flags=()):
    ctr.ok(*ctr.run_arguments("--detach", *flags, IMAGE, name, *(words or ("sleep", "1000"))))
    return ctr.pid(name)


class Events:
    """ctr events, from the moment it is subscribed."""

    def __init__(self, ctr):
        self.ctr = ctr
        self.process = ctr.background("events")
        self.lines = queue.Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        self.seen = []
        # Subscribed once an event arrives that was made for it.
        marker = 0
        while not self.seen:
            marker += 1
            ctr.ok("namespace", "create", f"marker{os.getpid()}x{marker}")
            ctr.ok("namespace", "remove", f"marker{os.getpid()}x{marker}")
            try:
                self.until("/namespaces/", seconds=1)
            except AssertionError:
                continue

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, topic, seconds=20):
        """Reads on to an event of this topic; returns its text."""
        while True:
            try:
                line = self.lines.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"no event {topic} within {seconds} s after {self.tasks()}") from None
            match = re.search(r"(/[a-z-]+/[a-z-]+) (\{.*)", line)
            if not match:
                continue
            self.seen.append(match.groups())
            if match[1].startswith(topic):
                return match[2]

    def tasks(self):
        return [topic for topic, _ in self.seen if topic.startswith("/tasks/")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        processes.kill(program_below(self.process.pid, "ctr"))
        self.process.wait(10)
        self.reader.join()
        self.process.stdout.close()


class TestRun:
    def test_both_streams_and_the_exit_status(self, ctr, name):
        result = run(ctr, name(), "sh", "-c", "echo out; echo err >&2; exit 7")
        assert (result.out, result.err.splitlines()[:1], result.code) == ("out\n", ["err"], 7), str(result)

    def test_a_signal_is_128_and_its_number(self, ctr, name):
        assert run(ctr, name(), "sh", "-c", "sh -c 'kill -9 $$'; exit $?").code == 137
        container = name("d")
        detached(ctr, container)
        assert ctr.ctr("task", "exec", "--exec-id", "e1", container, "sh", "-c", "kill -15 $$").code == 143

    def test_standard_input_arrives_whole(self, ctr, name):
        data = b"0123456789abcdef" * 65536
        result = run(ctr, name(), "sh", "-c", "wc -c; echo end", input=data)
        assert result.out.split() == [str(len(data)), "end"], str(result)

    def test_much_output_arrives_whole(self, ctr, name):
        result = run(ctr, name(), "sh", "-c", "seq 1 200000")
        assert result.out == "".join(f"{number}\n" for number in range(1, 200001))

    def test_a_program_that_is_not_there(self, ctr, name):
        result = run(ctr, name(), "/no/such/program")
        assert result.code != 0
        assert "/no/such/program" in result.err and "no such file or directory" in result.err, result.err
        assert not ctr.tasks()

    def test_a_root_of_ones_own(self, ctr, name):
        root = ctr.base / name("root")
        (root / "bin").mkdir(parents=True)
        command.ok("cp", "/bin/busybox", root / "bin/busybox")
        result = ctr.ctr(*ctr.run_arguments("--rm", "--rootfs", root, name(), "/bin/busybox", "echo", "own"))
        assert result.out == "own\n", str(result)

    def test_a_read_only_root(self, ctr, name):
        result = run(ctr, name(), "sh", "-c", "touch /x || echo refused", flags=["--read-only"])
        assert "refused" in result.out, str(result)

    def test_many_at_once(self, ctr, name):
        names = [name(f"m{number}") for number in range(10)]
        running = [
            ctr.background(*ctr.run_arguments("--rm", IMAGE, each, "sh", "-c", f"echo {each}; exit 3"))
            for each in names
        ]
        for each, process in zip(names, running):
            assert process.communicate(timeout=60)[0] == f"{each}\n"
            assert process.returncode == 3


class TestTerminal:
    def spawn(self, ctr, *arguments):
        arguments = ctr.ctr_arguments(*arguments)
        return pexpect.spawn(arguments[0], arguments[1:], env=ctr.env, dimensions=(33, 99), timeout=20, encoding="utf-8")

    def test_a_shell(self, ctr, name):
        session = self.spawn(ctr, *ctr.run_arguments("--rm", "-t", IMAGE, name(), "sh"))
        session.expect("/ # ")
        session.send("stty size; tty; echo $((40 + 2))\r")
        session.expect(r"33 99\r+\n/dev/(pts/0|console)\r+\n42\r+\n")
        session.expect("/ # ")
        session.setwinsize(44, 111)
        session.send("sleep 0.3; stty size\r")
        session.expect(r"44 111\r+\n")
        session.expect("/ # ")
        session.send("exit 5\r")
        session.expect(pexpect.EOF)
        session.close()
        assert session.exitstatus == 5

    def test_exec_on_a_terminal(self, ctr, name):
        container = name()
        detached(ctr, container)
        session = self.spawn(ctr, "task", "exec", "-t", "--exec-id", "e1", container, "sh")
        session.expect("/ # ")
        session.send("stty size; exit 6\r")
        session.expect(r"33 99\r+\n")
        session.expect(pexpect.EOF)
        session.close()
        assert session.exitstatus == 6

    def test_attaching(self, ctr, name):
        container = name()
        program = ["sh", "-c", "read x; echo got $x; exit 4"]
        maker = self.spawn(ctr, *ctr.run_arguments("--detach", "--tty", IMAGE, container, *program))
        maker.expect(pexpect.EOF)
        maker.close()
        assert maker.exitstatus == 0
        session = self.spawn(ctr, "task", "attach", container)
        session.expect(r"\S*")
        session.send("hello\r")
        session.expect(r"got hello\r+\n")
        session.expect(pexpect.EOF)
        session.close()
        assert session.exitstatus == 4


class TestTasks:
    def test_detached_then_killed_then_deleted(self, ctr, name):
        container = name()
        pid = detached(ctr, container)
        assert ctr.tasks()[container] == (pid, "RUNNING")
        assert processes.read(pid).arguments == ["sleep", "1000"]
        ctr.ok("task", "kill", "--signal", "SIGKILL", container)
        until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")
        result = ctr.ctr("task", "delete", container)
        assert result.code == 137 or result.code == 0, str(result)
        assert container not in ctr.tasks()
        ctr.ok("container", "delete", container)

    def test_a_running_task_is_not_deleted(self, ctr, name):
        container = name()
        detached(ctr, container)
        result = ctr.ctr("task", "delete", container)
        assert result.code != 0 and "failed precondition" in result.err, str(result)

    def test_exec_has_its_own_streams_and_status(self, ctr, name):
        container = name()
        detached(ctr, container)
        program = ["sh", "-c", "echo o; echo e >&2; cat; exit 9"]
        result = ctr.ctr("task", "exec", "--exec-id", "e1", container, *program, input="in\n")
        assert (result.out, result.code) == ("o\nin\n", 9), str(result)
        assert result.err.splitlines()[:1] == ["e"]

    def test_exec_of_a_missing_program(self, ctr, name):
        container = name()
        detached(ctr, container)
        result = ctr.ctr("task", "exec", "--exec-id", "e1", container, "/no/such")
        assert result.code != 0 and "OCI runtime exec failed" in result.err and "/no/such" in result.err, str(result)
        assert ctr.status(container) == "RUNNING"

    def test_an_exec_id_is_used_once(self, ctr, name):
        container = name()
        detached(ctr, container)
        ctr.ok("task", "exec", "--detach", "--exec-id", "e1", container, "sleep", "1000")
        result = ctr.ctr("task", "exec", "--exec-id", "e1", container, "true")
        assert result.code != 0 and "already exists" in result.err, str(result)

    def test_ps_names_execs(self, ctr, name):
        container = name()
        pid = detached(ctr, container)
        ctr.ok("task", "exec", "--detach", "--exec-id", "myexec", container, "sleep", "1000")
        lines = {line.split()[0]: line for line in ctr.ok("task", "ps", container).lines[1:]}
        assert str(pid) in lines and len(lines) == 2
        assert [line for line in lines.values() if "myexec" in line], lines

    def test_pause_and_resume(self, ctr, name):
        container = name()
        detached(ctr, container)
        ctr.ok("task", "pause", container)
        assert ctr.status(container) == "PAUSED"
        ctr.ok("task", "resume", container)
        assert ctr.status(container) == "RUNNING"

    def test_a_paused_task_dies_of_a_kill(self, ctr, name):
        container = name()
        detached(ctr, container)
        ctr.ok("task", "pause", container)
        ctr.ok("task", "rm", "--force", container)

    def test_kill_of_an_exec_and_of_all(self, ctr, name):
        container = name()
        pid = detached(ctr, container, "sh", "-c", "trap '' TERM; sleep 1000 & wait; wait; wait")
        ctr.ok("task", "exec", "--detach", "--exec-id", "e1", container, "sleep", "1000")
        ctr.ok("task", "kill", "--exec-id", "e1", "--signal", "KILL", container)
        until(lambda: "e1" not in ctr.ok("task", "ps", container).out, "the exec ended")
        assert processes.is_alive(pid)
        result = ctr.ctr("task", "kill", "--exec-id", "nobody", container)
        assert result.code != 0 and "not found" in result.err, str(result)
        ctr.ok("task", "kill", "--all", "--signal", "KILL", container)
        until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")

    def test_kill_of_what_has_ended(self, ctr, name):
        container = name()
        detached(ctr, container, "true")
        until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")
        result = ctr.ctr("task", "kill", container)
        assert result.code != 0 and "not found" in result.err, str(result)

    def test_metrics(self, ctr, name):
        container = name()
        detached(ctr, container, "sh", "-c", "head -c 20000000 /dev/zero | tail -c 20000000 | sleep 1000")

        def metrics():
            return json.loads(ctr.ok("task", "metrics", "--format", "json", container).out)

        def with_processes():
            found = metrics()
            return found if int(found.get("pids", {}).get("current", 0)) >= 3 else None

        found = until(with_processes, "the processes are counted")
        usage = found["memory"]["usage"]
        assert int(usage["usage"] if isinstance(usage, dict) else usage) > 0
        assert found["cpu"]

    def test_a_task_is_made_before_it_is_started(self, ctr, name):
        container = name()
        ctr.ok("container", "create", "--runtime", SHIM, IMAGE, container, "cat", "/etc/hostname", "/missing")
        assert container not in ctr.tasks()
        result = ctr.ctr("task", "start", container)
        assert result.code == 1 and "/missing" in result.err, str(result)

    def test_processes_of_a_shared_pid_namespace_die_with_the_first(self, ctr, name):
        container = name()
        ctr.ok(
            *ctr.run_arguments("--detach", "--with-ns", f"pid:/proc/{ctr.pid_of_daemon}/ns/pid", IMAGE, container),
            "sh", "-c", "sleep 1000 & echo $! > /pid; wait",
        )
        child = until(lambda: [p for p in processes.children(ctr.pid(container))], "its child runs")[0].pid
        ctr.ok("task", "kill", "--signal", "KILL", container)
        until(lambda: not processes.is_alive(child), "the child ended")


class TestEvents:
    def test_they_come_in_order(self, ctr, name):
        container = name()
        with Events(ctr) as events:
            detached(ctr, container)
            ctr.ok("task", "exec", "--exec-id", "e1", container, "true")
            ctr.ok("task", "pause", container)
            ctr.ok("task", "resume", container)
            ctr.ok("task", "kill", "--signal", "KILL", container)
            until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")
            ctr.ctr("task", "delete", container)
            events.until("/tasks/delete")
            assert events.tasks() == [
                "/tasks/create", "/tasks/start", "/tasks/exec-added", "/tasks/exec-started", "/tasks/exit",
                "/tasks/paused", "/tasks/resumed", "/tasks/exit", "/tasks/delete",
            ]
            exits = [json.loads(text) for topic, text in events.seen if topic == "/tasks/exit"]
            assert [event["id"] for event in exits] == ["e1", container]
            assert exits[1]["exit_status"] == 137

    def test_execs_end_before_their_container(self, ctr, name):
        container = name()
        with Events(ctr) as events:
            detached(ctr, container)
            for number in range(3):
                ctr.ok("task", "exec", "--detach", "--exec-id", f"e{number}", container, "sleep", "1000")
            ctr.ok("task", "kill", "--signal", "KILL", container)
            ended = [json.loads(events.until("/tasks/exit"))["id"] for _ in range(4)]
            assert sorted(ended[:3]) == ["e0", "e1", "e2"] and ended[3] == container

    def test_a_kill_for_want_of_memory(self, ctr, name):
        container = name()
        with Events(ctr) as events:
            ctr.ctr(*ctr.run_arguments("--memory-limit", str(16 << 20), IMAGE, container, "sh", "-c", "tail /dev/zero"))
            event = json.loads(events.until("/tasks/oom"))
            assert event["container_id"] == container


class TestLogs:
    def test_a_file(self, ctr, name):
        container, log = name(), ctr.base / name("dir") / "log"
        detached(ctr, container, "sh", "-c", "echo one; echo two >&2", flags=["--log-uri", f"file://{log}"])
        until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")
        until(lambda: log.exists() and sorted(log.read_text().split()) == ["one", "two"], "the log is written")

    def test_a_program(self, ctr, name):
        container, out = name(), ctr.base / name("out")
        logger = ctr.base / name("logger")
        logger.write_text(
            "#!/bin/sh\n"
            "trap '' TERM\n"
            f"exec >{out} 2>&1\n"
            'echo "$CONTAINER_ID $CONTAINER_NAMESPACE $*"\n'
            "exec 5>&-\n"
            "cat <&3; sed s/^/err:/ <&4; echo end\n"
        )
        logger.chmod(0o755)
        detached(
            ctr, container, "sh", "-c", "echo err >&2; seq 1 5000",
            flags=["--log-uri", f"binary://{logger}?key=value"],
        )
        until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")
        ctr.ctr("task", "delete", container)
        lines = until(lambda: "\nend\n" in out.read_text() and out.read_text().split("\n"), "the logger ended")
        assert lines[0] == f"{container} {ctr.namespace} key value"
        assert lines[1:-1] == [str(number) for number in range(1, 5001)] + ["err:err", "end"]

    @own_shim_only
    def test_json_file_and_local(self, ctr, name):
        for kind in ("json-file", "local"):
            container, log = name(kind), ctr.base / name(f"{kind}-log")
            detached(
                ctr, container, "sh", "-c", "seq 1 20000",
                flags=["--log-uri", f"{kind}://{log}?max-size=64k&max-file=3&compress=true"],
            )
            until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")
            assert b"20000" in log.read_bytes()
            until(lambda: os.path.exists(f"{log}.1.gz") and os.path.exists(f"{log}.2.gz"), "old files are compressed")
            assert not os.path.exists(f"{log}.3.gz")
            command.ok("gzip", "--test", f"{log}.1.gz", f"{log}.2.gz")


class TestDeaths:
    def test_containerd_is_killed_and_comes_back(self, ctr, name):
        lives, ends = name("lives"), name("ends")
        pid = detached(ctr, lives)
        detached(ctr, ends, "sh", "-c", "while [ ! -e /go ]; do sleep 0.05; done; exit 21")
        root = f"/proc/{ctr.pid(ends)}/root"
        shim = ctr.shim_of(lives)
        ctr.kill()
        open(f"{root}/go", "w").close()
        until(lambda: not os.path.exists(f"{root}/go"), "the container ended meanwhile")
        ctr.start()
        assert ctr.tasks()[lives] == (pid, "RUNNING") and ctr.shim_of(lives) == shim
        # Containerd 2 deletes what has no process left when it starts.
        until(lambda: ctr.status(ends) in ("STOPPED", ""), "the end is known")
        assert ctr.ctr("task", "delete", ends).code in (0, 1, 21)
        ctr.ok("task", "kill", "--signal", "KILL", lives)
        until(lambda: ctr.status(lives) == "STOPPED", "it can still be killed")

    def test_events_go_on_when_containerd_is_back(self, ctr, name):
        container = name()
        detached(ctr, container)
        ctr.restart()
        with Events(ctr) as events:
            ctr.ok("task", "pause", container)
            ctr.ok("task", "resume", container)
            ctr.ok("task", "kill", "--signal", "KILL", container)
            events.until("/tasks/exit")
            assert events.tasks() == ["/tasks/paused", "/tasks/resumed", "/tasks/exit"]

    def test_a_killed_shim_is_seen(self, ctr, name):
        container = name()
        with Events(ctr) as events:
            pid = detached(ctr, container)
            processes.kill(ctr.shim_of(container))
            event = json.loads(events.until("/tasks/exit"))
            assert event["container_id"] == container and event["exit_status"] == 137
            until(lambda: not processes.is_alive(pid), "its container ended")
            until(lambda: container not in ctr.tasks(), "the task is gone")
        assert not [line for line in open("/proc/self/mountinfo") if container in line]

    def test_a_deleted_container_leaves_no_shim(self, ctr, name):
        container = name()
        detached(ctr, container)
        shim = ctr.shim_of(container)
        ctr.ok("task", "rm", "--force", container)
        until(lambda: not processes.is_alive(shim), "the shim ended")


class TestGroups:
    @pytest.mark.parametrize("annotation", ["io.kubernetes.cri.sandbox-id", "io.containerd.runc.v2.group"])
    def test_one_shim_serves_a_sandbox(self, ctr, name, annotation):
        first, second, other = name("a"), name("b"), name("c")
        group = ["--annotation", f"{annotation}={first}"]
        detached(ctr, first, flags=group)
        shims = ctr.shims()
        detached(ctr, second, flags=group)
        assert len(shims) == 1 and ctr.shims() == shims
        detached(ctr, other)
        assert len(ctr.shims()) == 2
        result = ctr.ctr("task", "exec", "--exec-id", "e1", second, "sh", "-c", "hostname; exit 3")
        assert result.code == 3
        ctr.ok("task", "rm", "--force", first)
        assert ctr.status(second) == "RUNNING"
        assert ctr.ctr("task", "exec", "--exec-id", "e2", second, "sh", "-c", "exit 4").code == 4
        ctr.restart()
        assert ctr.status(second) == "RUNNING"
        ctr.ok("task", "rm", "--force", second)
        until(lambda: not processes.is_alive(shims[0]), "the shim ended with its last container")
        if SHIM == OWN_SHIM:
            until(lambda: not glob.glob("/run/skiff/s/group-*"), "the group's entry is removed")

    def test_a_killed_group_is_seen(self, ctr, name):
        first, second = name("a"), name("b")
        group = ["--annotation", f"io.kubernetes.cri.sandbox-id={first}"]
        pids = [detached(ctr, each, flags=group) for each in (first, second)]
        processes.kill(ctr.shims()[0])
        until(lambda: not ctr.tasks(), "both tasks are gone")
        until(lambda: not any(processes.is_alive(pid) for pid in pids), "both containers ended")
        third = name("d")
        detached(ctr, third, flags=group)
        assert len(ctr.shims()) == 1


# Writes down how it is called and has a dump's directory instead of CRIU; "restores" by making the container anew.
RECORDER = """\
#!/bin/sh
echo "$*" >>{log}
case " $* " in
*" checkpoint "*)
    images=$(echo "$*" | sed 's/.*--image-path \\([^ ]*\\).*/\\1/')
    mkdir -p "$images" && echo $$ >"$images/pages-1.img" ;;
*" restore "*)
    {real} $(echo "$*" | sed 's/ restore / create /; s/ --detach//; s/ --image-path [^ ]*//; s/ --work-path [^ ]*//') &&
        exec {real} $(echo "$*" | sed 's/ restore .* / start /') ;;
*) exec {real} "$@" ;;
esac
"""


@own_shim_only
class TestOptions:
    @pytest.fixture
    def as_runc(self, ctr):
        """ctr has options for runc's shim alone, so ours takes its name."""
        program = ctr.base / "bin" / "containerd-shim-runc-v2"
        if not program.exists():
            program.symlink_to("containerd-shim-skiff-v1")
        return ["run", "--runtime", "io.containerd.runc.v2"]

    def test_another_runtime_and_its_root(self, ctr, name, as_runc):
        container, root = name(), ctr.base / name("root")
        flags = ["--runc-binary", "runc", "--runc-root", root]
        ctr.ok(*as_runc, "--detach", *flags, IMAGE, container, "sleep", "1000")
        assert os.path.realpath(processes.program_of(ctr.shim_of(container))).endswith("containerd-shim-skiff-v1")
        assert (root / ctr.namespace / container / "state.json").exists()
        assert ctr.ctr("task", "exec", "--exec-id", "e1", container, "sh", "-c", "exit 3").code == 3
        processes.kill(ctr.shim_of(container))
        until(lambda: not (root / ctr.namespace / container).exists(), "runc deleted the container")

    def test_no_runtime_of_that_name(self, ctr, name, as_runc):
        result = ctr.ctr(*as_runc, "--runc-binary", "/no/such/runtime", IMAGE, name(), "true")
        assert result.code != 0 and "/no/such/runtime" in result.err, str(result)


@own_shim_only
class TestCheckpoints:
    @pytest.fixture
    def calls(self, ctr):
        """The command lines that the runtime gets."""
        program, real, log = (ctr.base / "bin" / each for each in ("skiff-runtime", "real-runtime", "calls"))
        program.rename(real)
        log.write_text("")
        program.write_text(RECORDER.format(log=log, real=real))
        program.chmod(0o755)
        yield lambda verb: [line for line in log.read_text().splitlines() if f" {verb} " in line]
        ctr.remove_containers()
        real.rename(program)

    def test_a_checkpoint_leaves_the_task_running(self, ctr, name, calls):
        container, images = name(), ctr.base / name("images")
        with Events(ctr) as events:
            detached(ctr, container)
            ctr.ok("task", "checkpoint", "--image-path", images, container)
            assert json.loads(events.until("/tasks/checkpointed"))["container_id"] == container
        (line,) = calls("checkpoint")
        assert "--image-path /" in line and "--work-path " in line and "--leave-running" in line, line
        assert ctr.status(container) == "RUNNING"

    def test_a_task_is_restored_when_it_is_started(self, ctr, name, calls):
        container, reference = name(), "example/checkpoint:1"
        detached(ctr, container)
        ctr.ok("container", "checkpoint", "--task", "--image", container, reference)
        ctr.ok("task", "rm", "--force", container)
        ctr.ok("container", "rm", container)
        ctr.ok("container", "restore", "--live", container, reference)
        (line,) = calls("restore")
        assert "--detach" in line and "--image-path " in line and "--bundle " in line, line
        assert ctr.status(container) == "RUNNING"
        assert processes.read(ctr.pid(container)).arguments == ["sleep", "1000"]
        assert ctr.ctr("task", "exec", "--exec-id", "e1", container, "sh", "-c", "exit 3").code == 3
        ctr.ok("task", "kill", "--signal", "KILL", container)
        until(lambda: ctr.status(container) == "STOPPED", "the task is stopped")


@own_shim_only
class TestSockets:
    def test_they_are_roots_alone(self, ctr, name):
        container = name()
        detached(ctr, container)
        shim = ctr.shim_of(container)
        listening = [line.split() for line in open(f"/proc/{shim}/net/unix")]
        inodes = {os.readlink(f"/proc/{shim}/fd/{fd}") for fd in os.listdir(f"/proc/{shim}/fd")}
        paths = [fields[7] for fields in listening[1:] if len(fields) > 7 and f"socket:[{fields[6]}]" in inodes]
        assert paths and all(path.startswith("/") for path in paths), paths
        for path in paths:
            if path.startswith("/run/skiff/s/"):
                assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert stat.S_IMODE(os.stat("/run/skiff/s").st_mode) == 0o700

    def test_a_shim_is_small(self, ctr, name):
        """With 50 of them, which share what is the program's."""
        container = name()
        detached(ctr, container)
        with open(f"/proc/{ctr.shim_of(container)}/smaps_rollup") as rollup:
            sizes = {fields[0]: int(fields[1]) for fields in map(str.split, rollup) if fields[0].endswith(":")}
        proportional = sizes["Pss_Anon:"] + (sizes["Rss:"] - sizes["Pss_Anon:"]) / 50
        assert proportional <= 700, f"{proportional} KiB"
