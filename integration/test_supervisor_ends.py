"""The ends of containers, as the supervisor tells them over its own death and its shims'."""

import os
import shutil
import signal
import sys

import pytest

from harness import ROOT, leaks, processes
from harness.waiting import until

sys.path.insert(0, str(ROOT / "bench"))

from supervised import EVENT_EXIT, NOT_FOUND, STOPPED, CallError, Client, Connection, Supervisor  # noqa: E402
from supervised import overlay, shell  # noqa: E402

CGROUP = f"skint-ends-{os.getpid()}"


class Supervised:
    def __init__(self, base):
        base.mkdir()
        self.supervisor = Supervisor(base)
        self.supervisor.start()
        self.client = Client(self.supervisor.socket)

    def run(self, name, script):
        """The process id of a container's program."""
        base = self.supervisor.base
        spec = shell(script, CGROUP, name)
        self.client.create(name, spec, overlay(base / "upper", name), f"json-file://{base}/{name}.log")
        return self.client.start(name)

    def exits(self):
        """All that is retained: a container's name and its exit status."""
        newest = dict(self.client.call("Events", "Window"))[2]
        found = []
        for event in Connection(self.supervisor.socket).subscribe(0):
            if event.get(6) == EVENT_EXIT:
                found.append((event[4].decode(), event.get(8, 0)))
            if event[1] == newest:
                return found

    def close(self):
        for name in self.client.names():
            self.client.delete(name, force=True)
        self.client.close()
        self.supervisor.end()


@pytest.fixture(scope="module")
def supervised(session_directory):
    one = Supervised(session_directory / "ends")
    yield one
    one.close()
    assert leaks.remaining_mounts(one.supervisor.base) == []
    for hierarchy in leaks.CGROUPS.iterdir():
        if (hierarchy / CGROUP).exists():
            (hierarchy / CGROUP).rmdir()
    shutil.rmtree(one.supervisor.base, ignore_errors=True)


@pytest.fixture
def ends(supervised):
    """The exits that were told since the test began, of one container."""
    before = len(supervised.exits()) if dict(supervised.client.call("Events", "Window")).get(2) else 0
    return lambda name: [status for told, status in supervised.exits()[before:] if told == name]


def test_an_end_in_the_supervisors_absence_is_told_also_of_a_name_used_before(supervised, ends):
    supervised.run("again", "exit 3")
    assert supervised.client.wait("again") == 3
    supervised.client.delete("again")
    pid = supervised.run("again", "exec sleep 1000")
    processes.kill(supervised.supervisor.process.pid)
    supervised.supervisor.process.wait()
    processes.kill(pid)
    supervised.supervisor.start()
    until(lambda: supervised.client.get("again") == (STOPPED, 137), "the end is known")
    assert ends("again") == [3, 137]
    supervised.client.delete("again")


def test_the_end_of_a_container_whose_shim_died_is_told_once(supervised, ends):
    pid = supervised.run("orphan", "exec sleep 1000")
    processes.kill(processes.read(pid).parent)
    assert supervised.client.wait("orphan") == 137
    until(lambda: not processes.is_alive(pid), "its process does not stay")
    for _ in range(2):
        supervised.supervisor.crash()
        assert supervised.client.get("orphan") == (STOPPED, 137)
    assert ends("orphan") == [137]
    supervised.client.delete("orphan")


def test_a_container_that_is_deleted_beside_the_death_of_its_shim_leaves_nothing(supervised, ends):
    base = supervised.supervisor.base
    for number in range(10):
        name = f"gone{number}"
        pid = supervised.run(name, "trap 'exit 5' TERM; while :; do sleep 1000 & wait; done")
        shim = processes.read(pid).parent
        sockets = (base / "state" / "supervisor" / "soak" / name / "address").read_text().removeprefix("unix://")
        os.kill(pid, signal.SIGKILL)
        supervised.client.wait(name)
        os.kill(shim, signal.SIGKILL)
        supervised.client.delete(name)
        assert ends(name) == [137]
        assert not os.path.exists(sockets) and not os.path.exists(sockets + ".attach")
        assert not (base / "state" / "runtime" / "soak" / name).exists()
        assert [line for line in leaks.remaining_mounts(base) if f"/{name}/" in line] == []


def test_what_could_not_be_created_has_no_end(supervised, ends):
    with pytest.raises(CallError):
        spec = shell("exit 1", CGROUP, "never").replace(b'"/proc"', b'"relative"').replace(b'"proc"', b'"nofs"')
        supervised.client.create("never", spec, overlay(supervised.supervisor.base / "upper", "never"), "")
    assert supervised.client.get("never") is None
    with pytest.raises(CallError) as error:
        supervised.client.start("never")
    assert error.value.code == NOT_FOUND
    supervised.supervisor.crash()
    assert ends("never") == []
