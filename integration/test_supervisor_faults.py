"""What goes wrong around the supervisor: stopped shims, containers without memory, replaced and killed programs."""

import os
import random
import shutil
import signal
import subprocess

import pytest
from test_ctr import IMAGE, Control

from harness import BIN, leaks, supervisor
from harness.ttrpc import DEADLINE, field
from harness.waiting import until


@pytest.fixture(scope="module")
def ctr(tmp_path_factory, archives):
    before = leaks.Baseline()
    control = Control(tmp_path_factory.mktemp("faults"))
    control.supervisor.start()
    control.ok("images", "import", archives.busybox)
    yield control
    control.supervisor.end()
    assert not before.leaks(control.base, network=False)


@pytest.fixture
def box(ctr, name):
    identifier = name("box")
    yield identifier
    ctr.run("tasks", "rm", "--force", identifier)
    ctr.run("containers", "rm", identifier)
    assert identifier not in ctr.ids("tasks", "ls")


def shim(ctr, identifier):
    return int((ctr.base / "state" / "default" / identifier / "shim.pid").read_text())


def test_a_stopped_shim_delays_nobody_else(ctr, box, name):
    ctr.ok("run", "-d", IMAGE, box, "sleep", "1000")
    other = name("other")
    pid = shim(ctr, box)
    os.kill(pid, signal.SIGSTOP)
    try:
        with subprocess.Popen(ctr.arguments("exec", box, "true"), stderr=subprocess.PIPE) as stuck:
            # A whole life beside the call that hangs.
            assert ctr.run("run", "--rm", IMAGE, other, "sh", "-c", "exit 5").code == 5
            assert box in ctr.ids("tasks", "ls") and stuck.poll() is None
            assert "deadline" in ctr.refused("--timeout", "500ms", "metrics", box)
            os.kill(pid, signal.SIGCONT)
            assert stuck.wait(30) == 0
    finally:
        os.kill(pid, signal.SIGCONT)
    assert ctr.ok("exec", box, "echo", "well").out == "well\n"


def test_a_change_has_a_deadline_and_goes_on_after_it(ctr, box):
    ctr.ok("run", "-d", IMAGE, box, "sleep", "1000")
    pid = shim(ctr, box)
    os.kill(pid, signal.SIGSTOP)
    try:
        request = field(1, "default"), field(2, box)
        assert ctr.supervisor.call("Tasks", "Pause", *request, timeout=0.3)[0] == DEADLINE
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: [row[2] for row in ctr.rows("tasks", "ls")] == ["PAUSED"], "it is paused after all")
    ctr.ok("resume", box)


def has_connection(pid):
    directory = f"/proc/{pid}/fd"
    return any("socket:" in os.readlink(f"{directory}/{number}") for number in os.listdir(directory))


def test_a_container_without_memory(ctr, box):
    script = "dd if=/dev/zero of=/dev/null bs=200M count=1 2>/dev/null; exit $?"
    with subprocess.Popen(ctr.arguments("events"), stdout=subprocess.PIPE, text=True) as events:
        try:
            until(lambda: has_connection(events.pid), "events are listened to")
            result = ctr.run("run", "--memory-limit", "16777216", IMAGE, box, "sh", "-c", script)
            assert result.code == 137, str(result)
            topics = []
            while not topics or topics[-1] != "/tasks/delete":
                words = events.stdout.readline().split(maxsplit=6)
                topics += [words[5]] if box in words[6] else []
        finally:
            events.kill()
    assert "/tasks/oom" in topics and topics.index("/tasks/oom") < topics.index("/tasks/delete")


def test_a_replaced_program(ctr, box, tmp_path, monkeypatch):
    ctr.ok("run", "-d", IMAGE, box, "sh", "-c", "while ! [ -e /go ]; do sleep 0.1; done; exit 12")
    [pid] = [row[1] for row in ctr.rows("tasks", "ls") if row[0] == box]
    ctr.supervisor.end()
    for program in ("skiff-supervisor", "skiff-shim", "skiff-runtime", "skiff-init"):
        shutil.copy(BIN / program, tmp_path)
    monkeypatch.setattr(supervisor, "BIN", tmp_path)
    subprocess.run(["touch", f"/proc/{pid}/root/go"], check=True)
    until(lambda: not os.path.exists(f"/proc/{pid}"), "it ends while nobody looks")
    ctr.supervisor.start()
    assert ctr.run("wait", box).code == 12
    ctr.supervisor.end()
    monkeypatch.undo()
    ctr.supervisor.start()


def test_half_made_containers_are_undone(ctr, name):
    chance = random.Random(20261127)
    for _ in range(15):
        box = name(f"half{chance.randrange(10**6)}")
        with subprocess.Popen(ctr.arguments("run", "-d", IMAGE, box, "sleep", "1000"), stderr=subprocess.DEVNULL) as running:
            # Somewhere in the about 40 ms of a start.
            try:
                running.wait(chance.random() * 0.06)
            except subprocess.TimeoutExpired:
                pass
            ctr.supervisor.process.kill()
            ctr.supervisor.process.wait(10)
            running.wait(30)
        ctr.supervisor.start()
        tasks = {row[0]: row[2] for row in ctr.rows("tasks", "ls")}
        assert tasks.get(box) in (None, "CREATED", "RUNNING"), tasks
        if box not in tasks:
            assert not (ctr.base / "state" / "default" / box).exists()
        ctr.run("tasks", "rm", "--force", box)
        ctr.run("containers", "rm", box)
    assert ctr.ids("tasks", "ls") == []
