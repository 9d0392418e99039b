"""Nothing lost: daemons killed at any moment touch no container, and leave nothing behind."""

import json
import random
import signal

import pytest

from harness import command, http, leaks, processes
from harness.engine import Skiffd, engine_class
from harness.waiting import until

LINES = """
i=0
while [ $i -lt 100000 ]; do
    i=$((i + 1))
    echo line $i
    [ $((i % 20)) = 0 ] && sleep 0.01
    [ -e /stop ] && break
done
exit 7
"""
BOTH = ("daemon", "supervisor")


@pytest.fixture
def writer(cli, name):
    """A container that writes numbered lines until /stop is there, and ends with 7."""
    container = name("writer")
    cli.ok("run", "-d", "--name", container, "busybox", "sh", "-c", LINES)
    until(lambda: last_line(cli, container) > 50, "it writes")
    return container


def last_line(cli, container):
    text = cli.ok("logs", "--tail", "1", container).word
    return int(text.split()[1]) if text else 0


def crash(engine, *programs):
    """kill -9 of the daemon, the supervisor, or both; then the daemon is started again if it is down."""
    if "daemon" in programs:
        supervisor = engine.supervisor_pid if "supervisor" in programs else None
        engine.kill_daemon()
        if supervisor:
            processes.kill(supervisor)
    else:
        engine.kill_supervisor()


def recover(engine):
    if engine.process.poll() is not None:
        engine.start()


def check_lines(cli, container):
    numbers = [int(line.split()[1]) for line in cli.ok("logs", container).lines]
    assert numbers == list(range(1, len(numbers) + 1)), "no line is missing, none comes twice"
    return len(numbers)


def end(cli, container):
    """Ends the writer. The command that tells it to may be killed with it before it has ended itself."""
    cli.run("exec", container, "touch", "/stop")
    assert cli.ok("wait", container).word == "7"


PROGRAMS = [("daemon",), ("supervisor",), BOTH]
if engine_class() is not Skiffd:
    PROGRAMS = [("daemon",)]  # dockerd takes its containerd with it, and starts it again itself


@pytest.mark.parametrize("programs", PROGRAMS, ids="+".join)
class TestKilled:
    def test_a_container_goes_on_and_no_line_is_lost(self, programs, engine, cli, writer):
        pid = cli.state(writer)["Pid"]
        crash(engine, *programs)
        assert processes.is_alive(pid)
        recover(engine)
        before = until(lambda: last_line(cli, writer), "logs are read again")
        until(lambda: last_line(cli, writer) > before + 50, "it still writes")
        state = cli.state(writer)
        assert (state["Running"], state["Pid"]) == (True, pid)
        end(cli, writer)
        assert check_lines(cli, writer) > before

    def test_the_exit_status_of_the_meantime_is_known(self, programs, engine, cli, name):
        container = name("ending")
        cli.ok(
            "run",
            "-d",
            "--name",
            container,
            "busybox",
            "sh",
            "-c",
            "trap 'echo last words; exit 9' TERM; echo ready; while :; do sleep 0.05; done",
        )
        until(lambda: "ready" in cli.ok("logs", container).out, "it runs")
        pid = cli.state(container)["Pid"]
        crash(engine, *programs)
        processes.kill(pid, signal.SIGTERM)
        recover(engine)
        until(lambda: cli.state(container)["Status"] == "exited", "the end is known")
        assert cli.state(container)["ExitCode"] == 9
        if engine.name != "dockerd":  # which loses what is written while it is away
            assert cli.ok("logs", container).out == "ready\nlast words\n"
        assert cli.ok("wait", container).word == "9"

    def test_rm_is_carried_out_afterwards(self, programs, engine, cli, name):
        container = name("removed")
        cli.ok("run", "-d", "--rm", "--name", container, "busybox", "sleep", "1000")
        pid = cli.state(container)["Pid"]
        crash(engine, *programs)
        processes.kill(pid)
        recover(engine)
        until(lambda: container not in cli.ok("ps", "-a", "--format", "{{.Names}}").lines, "it is removed")

    def test_everything_works_afterwards(self, programs, engine, cli, name):
        container = name("steady")
        cli.ok("run", "-d", "-i", "--name", container, "busybox", "cat")
        crash(engine, *programs)
        recover(engine)

        def runs():
            return cli.run("run", "--rm", "busybox", "echo", "new").out == "new\n"

        until(runs, "new containers run", 15, 0.2)
        assert cli.ok("exec", container, "echo", "inside").out == "inside\n"
        client = cli.start("attach", container)
        follower = cli.start("logs", "-f", container)
        client.type(b"ping\n")
        assert follower.line() == b"ping\n"
        assert client.line() == b"ping\n"
        cli.ok("kill", container)
        client.communicate(timeout=20)
        follower.communicate(timeout=20)
        assert cli.state(container)["ExitCode"] == 137


class TestSupervision:
    @pytest.mark.skiff_only
    def test_a_killed_supervisor_is_started_again(self, engine, cli):
        old = engine.supervisor_pid
        engine.kill_supervisor()
        until(lambda: cli.run("run", "--rm", "busybox", "true").code == 0, "containers run again", 15, 0.2)
        assert engine.supervisor_pid != old

    @pytest.mark.skiff_only
    def test_what_a_later_supervisor_runs_does_not_hold_the_daemons_socket(self, engine, cli, name):
        container = name()
        engine.kill_supervisor()
        until(lambda: cli.run("run", "--rm", "busybox", "true").code == 0, "containers run again", 15, 0.2)
        cli.ok("run", "-d", "--name", container, "busybox", "sleep", "1000")
        crash(engine, *BOTH)
        engine.start()
        assert cli.state(container)["Running"] is True

    @pytest.mark.skiff_only
    def test_a_killed_shim_is_noticed(self, engine, cli, name):
        container = name()
        cli.ok("run", "-d", "--name", container, "busybox", "sleep", "1000")
        pid = cli.state(container)["Pid"]
        processes.kill(processes.read(pid).parent)
        until(lambda: cli.state(container)["Running"] is False, "the end is noticed", 15)
        until(lambda: not processes.is_alive(pid), "its process does not stay behind", 15)
        cli.ok("rm", container)

    def test_a_stop_of_the_daemon_waits_for_nothing(self, engine, cli, writer):
        engine.restart()
        until(lambda: last_line(cli, writer) > 100, "it writes on")
        end(cli, writer)
        check_lines(cli, writer)


class TestInterruptedStarts:
    """The daemons die at random points of create, start and removal."""

    SEED = 20240229

    @pytest.mark.skiff_only
    @pytest.mark.parametrize("programs", PROGRAMS, ids="+".join)
    def test_nothing_stays_behind(self, programs, engine, cli, name):
        clock = random.Random(self.SEED)
        before = leaks.links(), command.ok("nft", "list", "ruleset").out
        cgroups = leaks.container_cgroups()
        for number in range(6):
            client = cli.start(
                "run", "-d", "--name", name(f"n{number}"), "-p", "127.0.0.1::80", "busybox", "sleep", "1000"
            )
            try:
                client.communicate(timeout=clock.uniform(0, 0.15))
            except Exception:
                pass
            crash(engine, *programs)
            client.communicate(timeout=30)
            recover(engine)
            until(engine.answers, "the daemon answers")
        listed = json.loads(until(lambda: self.listing(engine), "containers are listed", 15, 0.2))
        for container in listed:
            assert container["State"] in ("created", "running", "exited"), container
        until(lambda: self.removed(engine), "all containers can be removed", 15, 0.2)
        # Those from before may go: the kernel takes a link away some time after its container.
        until(lambda: leaks.links() <= before[0], "no link stays", 30)
        until(lambda: command.ok("nft", "list", "ruleset").out == before[1], "the rules are as before")
        until(
            lambda: not [c for c in leaks.container_cgroups() - cgroups if not leaks.belongs_elsewhere(c)],
            "no cgroup stays",
        )
        shims = [p.line for p in processes.everything() if p.name == "skiff-shim" and str(engine.base) in p.line]
        assert shims == []
        assert [m for m in leaks.remaining_mounts(engine.base) if " overlay " in m or "/netns/" in m] == []

    def listing(self, engine):
        response = http.request(engine.socket, "GET", "/containers/json?all=1")
        return response.status == 200 and response.body

    def removed(self, engine):
        engine.remove_containers()
        return json.loads(self.listing(engine) or b"[1]") == []
