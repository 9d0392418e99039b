"""The same tests over every shim and runtime that the supervisor can be told to use.

crun of Debian refuses hosts with both versions of cgroups mounted: all run where there is only version 1."""

import json
import os
import re
import shutil
import signal
import subprocess

import pytest
from test_ctr import IMAGE, Control

from harness import leaks, namespace
from harness.waiting import until

CONTAINERD = "io.containerd.runc.v2"
KINDS = {
    "skiff+skiff-runtime": [],
    "skiff+runc": ["--runc-binary", "runc"],
    "skiff+crun": ["--runc-binary", "crun"],
    "containerd+runc": ["--runtime", CONTAINERD, "--runc-binary", "runc"],
    "containerd+crun": ["--runtime", CONTAINERD, "--runc-binary", "crun"],
}
KINDS = {name: [shutil.which(word) or word for word in flags] for name, flags in KINDS.items()}


@pytest.fixture(scope="module")
def ctr(tmp_path_factory, archives):
    before = leaks.Baseline()
    base = tmp_path_factory.mktemp("shims")
    with namespace.private_mounts():
        if os.path.ismount("/sys/fs/cgroup/unified"):
            subprocess.run(["umount", "/sys/fs/cgroup/unified"], check=True)
        control = Control(base)
        control.supervisor.start()
        control.ok("images", "import", archives.busybox)
        yield control
        control.supervisor.end()
        assert not before.leaks(base, network=False)


@pytest.fixture(params=KINDS)
def box(request, ctr, name, tmp_path):
    """A container of one kind."""
    box = Box(ctr, name("box"), KINDS[request.param], tmp_path)
    yield box
    ctr.run("tasks", "rm", "--force", box.id)
    ctr.run("containers", "rm", box.id)
    until(lambda: not box.shims(), "the shim is gone")
    assert not (ctr.base / "state" / "default" / box.id).exists()


class Box:
    def __init__(self, ctr, identifier, flags, directory):
        self.ctr, self.id, self.flags, self.directory = ctr, identifier, flags, directory

    def log(self, name="log"):
        return ["--log-uri", f"file://{self.directory / name}"]

    def output(self, name="log"):
        path = self.directory / name
        return path.read_text() if path.exists() else ""

    def run(self, *words):
        return self.ctr.run("run", "-d", *self.flags, *self.log(), IMAGE, self.id, *words)

    def start(self, *words):
        result = self.run(*words)
        assert result.code == 0, str(result)
        return self

    def wait(self):
        result = self.ctr.run("wait", self.id)
        assert result.out.strip() == str(result.code), str(result)
        return result.code

    def task(self):
        return next((row for row in self.ctr.rows("tasks", "ls") if row[0] == self.id), None)

    def shims(self):
        """The processes of its shim."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                words = open(f"/proc/{pid}/cmdline").read().split("\0")
            except OSError:
                continue
            if "shim" in words[0] and self.id in words and "delete" not in words:
                found.append(int(pid))
        return found


class TestLife:
    def test_output_and_exit_status(self, box):
        box.start("sh", "-c", "echo out; echo err >&2; exit 7")
        assert box.wait() == 7
        if CONTAINERD in box.flags:
            # Its shim tells of the end while it still copies the output.
            until(lambda: len(box.output().splitlines()) == 2, "all is copied")
        assert sorted(box.output().splitlines()) == ["err", "out"]
        assert box.task()[2] == "STOPPED"
        assert box.ctr.run("tasks", "rm", box.id).code == 7
        assert box.task() is None

    @pytest.mark.parametrize("signal_name, status", [("KILL", 137), ("TERM", 143), ("INT", 130)])
    def test_signals(self, box, signal_name, status):
        box.start("sh", "-c", "trap 'exit 143' TERM; trap 'exit 130' INT; echo ready; while :; do sleep 0.1; done")
        until(lambda: "ready" in box.output(), "it is ready")
        box.ctr.ok("kill", "-s", signal_name, box.id)
        assert box.wait() == status

    def test_a_wait_before_the_end_hears_of_it(self, box):
        box.start("sh", "-c", "while ! [ -e /go ]; do sleep 0.1; done; exit 9")
        with subprocess.Popen(box.ctr.arguments("wait", box.id), stdout=subprocess.PIPE, text=True) as waiting:
            box.ctr.ok("exec", *box.log("touch"), box.id, "touch", "/go")
            assert waiting.wait(30) == 9
        assert box.wait() == 9

    def test_a_program_that_is_not_there(self, box):
        result = box.run("/no/such/program")
        assert result.code == 1 and "/no/such/program" in result.err, str(result)
        assert box.task() is None and not box.shims()

    def test_a_second_task_of_the_same_container(self, box):
        box.start("sh", "-c", "echo run >>/count; cat /count")
        assert box.wait() == 0
        box.ctr.ok("tasks", "rm", box.id)
        box.ctr.ok("tasks", "start", "-d", *box.log("second"), box.id)
        assert box.wait() == 0
        assert box.output("second") == "run\nrun\n"

    def test_events(self, box):
        with subprocess.Popen(box.ctr.arguments("events"), stdout=subprocess.PIPE, text=True) as events:
            try:
                # Listens once it has a connection to the supervisor.
                until(lambda: self.connections(events.pid), "events are listened to")
                box.start("sh", "-c", "exit 3")
                assert box.wait() == 3
                box.ctr.run("tasks", "rm", box.id)
                told = []
                while "/tasks/delete" not in [topic for topic, _ in told]:
                    words = events.stdout.readline().split(maxsplit=6)
                    if json.loads(words[6])["container_id"] == box.id:
                        told.append((words[5], json.loads(words[6])))
            finally:
                events.kill()
        topics = [topic for topic, _ in told]
        assert topics == ["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"]
        assert told[2][1]["exit_status"] == 3

    @staticmethod
    def connections(pid):
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        return [link for link in links if link.startswith("socket:")]


class TestProcesses:
    @pytest.fixture
    def running(self, box):
        return box.start("sleep", "1000")

    def test_exec(self, running):
        result = running.ctr.run("exec", *running.log("in"), running.id, "sh", "-c", "echo in; exit 4")
        assert result.code == 4 and running.output("in") == "in\n", str(result)
        result = running.ctr.run("exec", *running.log("no"), running.id, "/no/such")
        assert result.code == 1 and "/no/such" in result.err, str(result)

    def test_detached_exec(self, running):
        running.ctr.ok("exec", "-d", *running.log("two"), "--exec-id", "two", running.id, "sleep", "1000")
        assert 'exec_id:"two"' in running.ctr.ok("ps", running.id).out
        running.ctr.ok("kill", "--exec-id", "two", "-s", "KILL", running.id)
        assert running.ctr.run("wait", "--exec-id", "two", running.id).code == 137
        assert running.ctr.run("tasks", "rm", "--exec-id", "two", running.id).code == 137
        assert running.task()[2] == "RUNNING"

    def test_processes(self, running):
        pid = running.task()[1]
        assert pid in running.ctr.ok("ps", running.id).out.split()
        assert open(f"/proc/{pid}/cmdline").read() == "sleep\0001000\0"

    def test_pause_and_resume(self, running):
        running.ctr.ok("pause", running.id)
        assert running.task()[2] == "PAUSED"
        running.ctr.ok("resume", running.id)
        assert running.task()[2] == "RUNNING"
        assert running.ctr.ok("exec", *running.log("after"), running.id, "echo", "on").code == 0

    def test_update_and_metrics(self, running):
        path = running.directory / "resources"
        path.write_text('{"pids": {"limit": 77}}')
        running.ctr.ok("tasks", "update", running.id, path)
        shown = running.ctr.ok("metrics", running.id).out
        assert re.search(r"pids.limit\s+77", shown), shown
        assert re.search(r"pids.current\s+1\b", shown), shown

    def test_a_running_one_is_not_deleted(self, running):
        result = running.ctr.run("tasks", "rm", running.id)
        assert result.code == 1 and running.task()[2] == "RUNNING"

    def test_kill_all(self, box):
        box.start("sh", "-c", "sleep 1000 & sleep 1000")
        pids = [row[0] for row in box.ctr.rows("ps", box.id)]
        assert len(pids) >= 2
        box.ctr.ok("kill", "--all", "-s", "KILL", box.id)
        assert box.wait() == 137
        until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids), "all are gone")


class TestFaults:
    def test_a_killed_shim(self, box):
        box.start("sleep", "1000")
        pid = box.task()[1]
        for shim in box.shims():
            os.kill(shim, signal.SIGKILL)
        assert box.wait() == 137
        until(lambda: not os.path.exists(f"/proc/{pid}"), "the container is gone")
        box.ctr.run("tasks", "rm", box.id)
        assert box.task() is None

    def test_a_killed_supervisor(self, box):
        box.start("sh", "-c", "while ! [ -e /go ]; do sleep 0.1; done; exit 11")
        pid = box.task()[1]
        box.ctr.supervisor.process.kill()
        box.ctr.supervisor.process.wait(10)
        assert os.path.exists(f"/proc/{pid}")
        box.ctr.supervisor.start()
        assert box.task()[1:3] == [pid, "RUNNING"]
        box.ctr.ok("exec", *box.log("touch"), box.id, "touch", "/go")
        assert box.wait() == 11

    def test_an_end_while_nobody_looks(self, box):
        box.start("sh", "-c", "while ! [ -e /go ]; do sleep 0.1; done; exit 12")
        pid = box.task()[1]
        root = f"/proc/{pid}/root"
        box.ctr.supervisor.process.kill()
        box.ctr.supervisor.process.wait(10)
        subprocess.run(["touch", f"{root}/go"], check=True)
        until(lambda: not os.path.exists(f"/proc/{pid}"), "it has ended")
        box.ctr.supervisor.start()
        assert box.wait() == 12

    def test_checkpoints(self, box):
        box.start("sleep", "1000")
        result = box.ctr.run("checkpoint", "--image-path", box.directory / "images", box.id)
        if result.code != 0:  # CRIU does not work on every kernel: then the container goes on
            assert "checkpoint" in result.err.lower() or "criu" in result.err.lower(), str(result)
            assert box.task()[2] == "RUNNING"


def test_an_unknown_shim(ctr, name):
    for runtime in ("io.containerd.nosuch.v9", "/no/such/shim"):
        identifier = name("nosuch")
        result = ctr.run("run", "-d", "--runtime", runtime, IMAGE, identifier, "true")
        assert result.code == 1 and "nosuch" in result.err.replace("/no/such", "nosuch"), str(result)
        ctr.run("containers", "rm", identifier)
    assert ctr.ids("tasks", "ls") == []
