"""Terminals: raw mode, sizes, detach keys, signals and job control."""

import os
import signal
import termios

import pytest

from harness.terminal import Terminal
from harness.waiting import until

CLIENTS = ["skiff", "docker"]
PROMPT = r"/ # "
DETACH = "\x10\x11"  # Ctrl-P Ctrl-Q


@pytest.fixture
def terminal(cli, cleanup):
    def start(*arguments, **options):
        return cleanup.enter_context(Terminal(cli, *arguments, **options))

    return start


class TestRun:
    def test_a_shell(self, terminal):
        session = terminal("run", "-it", "--rm", "busybox")
        session.expect(PROMPT)
        session.type("echo one $((40 + 2)); tty\r")
        session.expect(r"one 42\r\n")
        session.expect(r"/dev/(pts/0|console)\r\n")
        session.expect(PROMPT)
        session.type("exit 7\r")
        assert session.finish()[1] == 7

    def test_both_streams_are_one(self, terminal):
        session = terminal(
            "run",
            "-it",
            "--rm",
            "busybox",
            "sh",
            "-c",
            "echo out; echo err >&2; test -t 0 && test -t 1 && test -t 2 && echo tty",
        )
        out, code = session.finish()
        assert (out, code) == ("out\r\nerr\r\ntty\r\n", 0)

    def test_without_standard_input(self, terminal):
        session = terminal("run", "-t", "--rm", "busybox", "sh", "-c", "test -t 1 && echo tty")
        out, code = session.finish()
        assert (out.replace("\r", ""), code) == ("tty\n", 0)

    def test_the_size_is_the_terminals(self, terminal):
        session = terminal("run", "-it", "--rm", "busybox", rows=33, columns=111)
        session.expect(PROMPT)
        session.type("stty size\r")
        session.expect(r"33 111\r\n")

    def test_a_resize_is_passed_on(self, terminal):
        session = terminal(
            "run",
            "-it",
            "--rm",
            "busybox",
            "sh",
            "-c",
            "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done",
        )
        session.expect("ready")
        session.resize_until_seen(40)

    def test_control_c_goes_to_the_command(self, terminal):
        session = terminal(
            "run",
            "-it",
            "--rm",
            "busybox",
            "sh",
            "-c",
            "trap 'echo interrupted; exit 9' INT; echo ready; while :; do sleep 0.1; done",
        )
        session.expect("ready")
        session.type("\x03")
        session.expect("interrupted")
        assert session.finish()[1] == 9

    def test_end_of_input(self, terminal):
        session = terminal("run", "-it", "--rm", "busybox", "sh", "-c", "cat; echo done")
        session.type("line\r")
        session.expect("line\r\nline\r\n")
        session.type("\x04")
        session.expect("done")
        assert session.finish()[1] == 0

    def test_the_users_terminal_is_restored(self, cli, cleanup):
        session = cleanup.enter_context(Terminal(cli, "run", "-it", "--rm", "busybox"))
        descriptor = session.child.child_fd
        session.expect(PROMPT)
        until(lambda: not termios.tcgetattr(descriptor)[3] & termios.ICANON, "the terminal is raw")
        session.type("exit\r")
        session.child.expect("exit")
        until(
            lambda: not session.child.isalive() or termios.tcgetattr(descriptor)[3] & termios.ICANON,
            "it is cooked again",
        )

    def test_a_terminal_needs_a_terminal(self, cli):
        cli.fails(
            "run",
            "--rm",
            "-it",
            "busybox",
            "true",
            code=1,
            input="",
            text="the input device is not a TTY|cannot attach stdin to a TTY-enabled",
        )

    def test_much_output(self, terminal):
        session = terminal("run", "-t", "--rm", "busybox", "seq", "20000")
        out, code = session.finish()
        assert code == 0 and out.split() == [str(number) for number in range(1, 20001)]


class TestDetach:
    def test_keys_leave_the_container_running(self, cli, terminal, name):
        container = name()
        session = terminal("run", "-it", "--name", container, "busybox")
        session.expect(PROMPT)
        session.type(DETACH)
        assert session.finish()[1] == 0
        assert cli.state(container)["Running"] is True

    def test_attach_again(self, cli, terminal, name):
        container = name()
        cli.ok("run", "-dit", "--name", container, "busybox")
        session = terminal("attach", container)
        session.type("echo hello $((1 + 1))\r")
        session.expect(r"hello 2\r\n")
        session.type(DETACH)
        session.finish()
        session = terminal("attach", container)
        session.type("exit 3\r")
        assert session.finish()[1] == 3

    def test_other_keys(self, cli, terminal, name):
        container = name()
        session = terminal("run", "-it", "--detach-keys", "ctrl-x,x", "--name", container, "busybox")
        session.expect(PROMPT)
        session.type("echo \x10pass\r")
        session.expect("pass\r\n")
        session.type("\x18x")
        assert session.finish()[1] == 0
        assert cli.state(container)["Running"] is True


class TestExec:
    @pytest.fixture
    def container(self, cli, name):
        container = name()
        cli.ok("run", "-d", "--name", container, "busybox", "sleep", "1000")
        return container

    def test_a_shell(self, terminal, container):
        session = terminal("exec", "-it", container, "sh", rows=30, columns=90)
        session.expect(PROMPT)
        session.type("stty size; echo $TERM\r")
        session.expect(r"30 90\r\n")
        session.expect(r"xterm\r\n")
        session.type("exit 5\r")
        assert session.finish()[1] == 5

    def test_a_resize_is_passed_on(self, terminal, container):
        session = terminal(
            "exec", "-it", container, "sh", "-c", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done"
        )
        session.expect("ready")
        session.resize_until_seen(41)

    def test_keys_leave_the_command_running(self, cli, terminal, container):
        session = terminal("exec", "-it", container, "sh", "-c", "echo $$ > /pid; echo ready; cat")
        session.expect("ready")
        session.type(DETACH)
        session.finish()
        assert cli.ok("exec", container, "sh", "-c", "kill -0 $(cat /pid) && echo alive").word == "alive"

    def test_a_hang_up_ends_only_the_client(self, cli, terminal, container):
        session = terminal("exec", "-it", container, "sh")
        session.expect(PROMPT)
        os.kill(session.child.pid, signal.SIGKILL)
        session.child.wait()
        assert cli.state(container)["Running"] is True


class TestStart:
    def test_attached(self, cli, terminal, name):
        container = name()
        cli.ok("create", "-it", "--name", container, "busybox", "sh", "-c", "stty size; read x; exit 4")
        session = terminal("start", "-ai", container, rows=20, columns=70)
        session.type("\r")
        assert session.finish()[1] == 4


class TestTTYLogs:
    def test_logs_of_a_terminal(self, cli, name):
        container = name()
        cli.ok("run", "-dt", "--name", container, "busybox", "sh", "-c", "echo one; echo two >&2")
        cli.ok("wait", container)
        result = cli.ok("logs", container)
        assert (result.out, result.err) == ("one\r\ntwo\r\n", "")
