"""System call filters of a bundle's configuration: actions, conditions, architectures, notifications."""

import array
import contextlib
import ctypes
import fcntl
import json
import os
import select
import socket
import struct
import threading

import pytest

from harness.waiting import until
from test_runtime import bundle, identifier, output, plain, run, runtime  # noqa: F401 (fixtures)

NOTIF_RECV = 0xC0502100
NOTIF_SEND = 0xC0182101
EDQUOT = 122


def beyond_runc(what):
    return pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason=f"runc 1.1 has no {what}")


def rule(action, *names, args=(), **more):
    return {"names": list(names), "action": action, **({"args": list(args)} if args else {}), **more}


def condition(index, op, value, two=None):
    return {"index": index, "op": op, "value": value, **({} if two is None else {"valueTwo": two})}


def allow(*rules, **more):
    return {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": list(rules), **more}


def refused(runtime, bundle, identifier, seccomp):
    bundle.spec["linux"]["seccomp"] = seccomp
    result = run(runtime, bundle, identifier, "true")
    assert result.code == 1
    return plain(result.err)


class TestActions:
    @pytest.mark.parametrize(
        "action, code",
        [
            ("SCMP_ACT_KILL", 128 + 31),
            ("SCMP_ACT_KILL_THREAD", 128 + 31),
            ("SCMP_ACT_KILL_PROCESS", 128 + 31),
            ("SCMP_ACT_TRAP", 128 + 31),
            ("SCMP_ACT_ERRNO", 1),
            ("SCMP_ACT_TRACE", 1),  # without a tracer the call fails
            ("SCMP_ACT_LOG", 0),
            ("SCMP_ACT_ALLOW", 0),
        ],
    )
    def test_of_a_rule(self, action, code, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = allow(rule(action, "mkdir", "mkdirat"))
        assert run(runtime, bundle, identifier, "mkdir", "/new").code == code

    def test_the_errno_of_a_rule(self, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_ERRNO", "mkdir", "mkdirat", errnoRet=EDQUOT))
        assert "quota exceeded" in run(runtime, bundle, identifier, "mkdir", "/new").err.lower()

    def test_the_default_errno(self, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ERRNO",
            "defaultErrnoRet": EDQUOT,
            "syscalls": [rule("SCMP_ACT_ALLOW", *ALL_BUT_MKDIR)],
        }
        assert "quota exceeded" in run(runtime, bundle, identifier, "mkdir", "/new").err.lower()

    def test_in_exec_too(self, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_ERRNO", "mkdir", "mkdirat", errnoRet=EDQUOT))
        runtime.start(bundle.set("sleep", "1000"), identifier)
        assert "quota exceeded" in runtime.run("exec", identifier, "mkdir", "/new").err.lower()

    @pytest.mark.parametrize("no_new_privileges", [True, False])
    def test_with_and_without_new_privileges(self, no_new_privileges, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_ERRNO", "mkdir", "mkdirat"))
        script = "grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status; mkdir /new 2>/dev/null || echo refused"
        text = output(runtime, bundle, identifier, script, noNewPrivileges=no_new_privileges)
        assert text.split() == ["NoNewPrivs:", "1" if no_new_privileges else "0", "Seccomp:", "2", "refused"]

    @beyond_runc("ENOSYS for this profile")
    def test_a_call_newer_than_the_profile_is_unknown(self, runtime, bundle, identifier):
        """The answer is ENOSYS, on which a C library falls back to an older call."""
        bundle.spec["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ERRNO",
            "syscalls": [rule("SCMP_ACT_ALLOW", *[name for name in ALL_BUT_MKDIR if name not in NEWEST])],
        }
        probe = bundle.rootfs / "probe"
        probe.write_bytes(assembled(449))  # futex_waitv
        probe.chmod(0o755)
        assert run(runtime, bundle, identifier, "/probe").code == 38
        probe.write_bytes(assembled(83))  # mkdir, which the profile was old enough to know
        assert run(runtime, bundle, identifier, "/probe").code == 1


class TestConditions:
    @pytest.mark.parametrize(
        "op, value, two, refused_at",
        [
            ("SCMP_CMP_EQ", 0o700, None, {0o700}),
            ("SCMP_CMP_NE", 0o700, None, {0o711, 0o755}),
            ("SCMP_CMP_LT", 0o711, None, {0o700}),
            ("SCMP_CMP_LE", 0o711, None, {0o700, 0o711}),
            ("SCMP_CMP_GT", 0o711, None, {0o755}),
            ("SCMP_CMP_GE", 0o711, None, {0o711, 0o755}),
            ("SCMP_CMP_MASKED_EQ", 0o011, 0o011, {0o711, 0o755}),
        ],
    )
    def test_on_an_argument(self, op, value, two, refused_at, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = allow(
            rule("SCMP_ACT_ERRNO", "chmod", args=[condition(1, op, value, two)]),
            rule("SCMP_ACT_ERRNO", "fchmodat", args=[condition(2, op, value, two)]),
        )
        script = "for mode in 700 711 755; do chmod $mode /tmp 2>/dev/null || echo $mode; done"
        assert {int(mode, 8) for mode in output(runtime, bundle, identifier, script).split()} == refused_at

    def test_two_on_one_argument_are_alternatives(self, runtime, bundle, identifier):
        both = [condition(1, "SCMP_CMP_EQ", 0o700), condition(1, "SCMP_CMP_EQ", 0o755)]
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_ERRNO", "chmod", args=both))
        script = "for mode in 700 711 755; do chmod $mode /tmp 2>/dev/null || echo $mode; done"
        assert output(runtime, bundle, identifier, script).split() == ["700", "755"]

    def test_on_different_arguments_must_all_hold(self, runtime, bundle, identifier):
        args = [condition(0, "SCMP_CMP_EQ", 1), condition(2, "SCMP_CMP_EQ", 7)]
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_ERRNO", "write", args=args))
        script = "printf 123456; printf 7654321; printf 123456"
        assert run(runtime, bundle, identifier, "sh", "-c", script).out == "123456123456"


class TestValidation:
    @pytest.mark.parametrize(
        "seccomp, field, text",
        [
            ({"defaultAction": "SCMP_ACT_X"}, "defaultAction", "string SCMP_ACT_X is not a valid action for seccomp"),
            (
                allow(architectures=["SCMP_ARCH_X"]),
                "architectures[0]",
                "string SCMP_ARCH_X is not a valid arch for seccomp",
            ),
            (allow(rule("SCMP_ACT_X", "mkdir")), "syscalls[0].action", "string SCMP_ACT_X is not a valid action"),
            (
                allow(rule("SCMP_ACT_ERRNO", "mkdir", args=[condition(0, "X", 1)])),
                "syscalls[0].args[0].op",
                "string X is not a valid operator for seccomp",
            ),
        ],
    )
    def test_names_that_are_none(self, seccomp, field, text, runtime, bundle, identifier):
        err = refused(runtime, bundle, identifier, seccomp)
        assert text in err
        assert runtime.name == "runc" or f"linux.seccomp.{field}" in err

    def test_a_flag_that_is_none(self, runtime, bundle, identifier):
        err = refused(runtime, bundle, identifier, allow(flags=["SECCOMP_FILTER_FLAG_X"]))
        assert "seccomp flag" in err
        assert runtime.name == "runc" or "linux.seccomp.flags[0]" in err and "SECCOMP_FILTER_FLAG_X" in err

    @pytest.mark.parametrize("flag", ["TSYNC", "LOG", "SPEC_ALLOW"])
    def test_flags(self, flag, runtime, bundle, identifier):
        if runtime.name == "runc" and flag == "TSYNC":
            pytest.skip("runc 1.1 does not know the flag")
        bundle.spec["linux"]["seccomp"] = allow(
            rule("SCMP_ACT_ERRNO", "mkdir", "mkdirat"), flags=[f"SECCOMP_FILTER_FLAG_{flag}"]
        )
        assert run(runtime, bundle, identifier, "mkdir", "/new").code == 1

    def test_calls_that_nobody_knows_are_left_out(self, runtime, bundle, identifier):
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_ERRNO", "no_such_call", "mkdir", "mkdirat"))
        assert run(runtime, bundle, identifier, "mkdir", "/new").code == 1

    @pytest.mark.parametrize(
        "seccomp, text",
        [
            (
                {"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/x"},
                "SCMP_ACT_NOTIFY cannot be used as default action",
            ),
            (
                allow(rule("SCMP_ACT_NOTIFY", "write"), listenerPath="/x"),
                "SCMP_ACT_NOTIFY cannot be used for the write syscall",
            ),
            (allow(rule("SCMP_ACT_NOTIFY", "mkdir")), "listenerPath is not set"),
            (
                allow(rule("SCMP_ACT_NOTIFY", "mkdir"), listenerPath="/no/such.sock"),
                "connect with seccomp agent specified in the seccomp profile",
            ),
        ],
    )
    def test_notifications_that_cannot_be(self, seccomp, text, runtime, bundle, identifier):
        assert text in refused(runtime, bundle, identifier, seccomp)


class Agent:
    """Listens for notification descriptors and answers each call with an error."""

    def __init__(self, path):
        self.path = str(path)
        self.states = []
        self.calls = []
        self._descriptors = []
        self._stop, self._stopping = os.pipe()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        os.close(self._stopping)
        self._thread.join()
        self._listener.close()
        for descriptor in [*self._descriptors, self._stop]:
            os.close(descriptor)
        os.unlink(self.path)

    def _serve(self):
        while True:
            poll = select.poll()
            for source in (self._stop, self._listener, *self._descriptors):
                poll.register(source, select.POLLIN)
            for source, events in poll.poll():
                if source == self._stop:
                    return
                if source == self._listener.fileno():
                    self._accept()
                elif events & select.POLLIN:
                    self._answer(source)
                else:
                    self._drop(source)

    def _accept(self):
        connection, _ = self._listener.accept()
        with connection:
            text, ancillary, _, _ = connection.recvmsg(1 << 16, socket.CMSG_SPACE(4))
            self.states.append(json.loads(text))
            self._descriptors += array.array("i", ancillary[0][2][:4])

    def _answer(self, descriptor):
        notification = bytearray(80)
        with contextlib.suppress(OSError):
            fcntl.ioctl(descriptor, NOTIF_RECV, notification, True)
            identity, pid, _, number = struct.unpack_from("QIIi", notification)
            self.calls.append((pid, number))
            fcntl.ioctl(descriptor, NOTIF_SEND, bytearray(struct.pack("QqiI", identity, 0, -EDQUOT, 0)))

    def _drop(self, descriptor):
        """The filter's last process is gone; before Linux 6.11 whoever asks then waits for ever."""
        self._descriptors.remove(descriptor)
        os.close(descriptor)


@pytest.fixture
def agent(identifier):
    with Agent(f"/tmp/{identifier}.agent") as agent:
        yield agent


class TestNotifications:
    @pytest.mark.parametrize("no_new_privileges", [True, False])
    def test_the_agent_answers_for_the_kernel(self, no_new_privileges, runtime, bundle, identifier, agent):
        bundle.spec["annotations"] = {"org.example.key": "value"}
        bundle.spec["linux"]["seccomp"] = allow(
            rule("SCMP_ACT_NOTIFY", "mkdir", "mkdirat"), listenerPath=agent.path, listenerMetadata="for the agent"
        )
        bundle.set("mkdir", "/new", noNewPrivileges=no_new_privileges)
        pid = runtime.create(bundle, identifier)
        [state] = until(lambda: agent.states, "the agent got a descriptor")
        assert state["fds"] == ["seccompFd"] and state["pid"] == pid and state["metadata"] == "for the agent"
        container = state["state"]
        assert (container["id"], container["status"], container["pid"]) == (identifier, "creating", pid)
        assert container["bundle"] == str(bundle.directory) and container["annotations"]["org.example.key"] == "value"
        runtime.ok("start", identifier)
        runtime.stopped(identifier)
        assert agent.calls == [(pid, 83)]
        assert "quota exceeded" in (bundle.directory / "output").read_text().lower()

    def test_for_a_container_that_runs_at_once(self, runtime, bundle, identifier, agent):
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_NOTIFY", "mkdir"), listenerPath=agent.path)
        assert "quota exceeded" in run(runtime, bundle, identifier, "mkdir", "/new").err.lower()

    def test_for_a_process_that_joins(self, runtime, bundle, identifier, agent):
        bundle.spec["linux"]["seccomp"] = allow(rule("SCMP_ACT_NOTIFY", "mkdir"), listenerPath=agent.path)
        initial = runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", identifier, "mkdir", "/new")
        assert "quota exceeded" in result.err.lower()
        assert [state["state"]["status"] for state in agent.states] == ["creating", "running"]
        assert agent.states[1]["state"]["pid"] == initial != agent.states[1]["pid"] == agent.calls[0][0]

    def test_calls_that_the_runtime_makes_itself(self, runtime, bundle, identifier, agent):
        """The agent has the descriptor before the process needs an answer."""
        bundle.spec["linux"]["seccomp"] = allow(
            rule("SCMP_ACT_NOTIFY", "sendmsg", "recvmsg", "recvfrom", "mkdir"), listenerPath=agent.path
        )
        assert "quota exceeded" in run(runtime, bundle, identifier, "mkdir", "/new").err.lower()

    @beyond_runc("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
    def test_waiting_killably(self, runtime, bundle, identifier, agent):
        bundle.spec["linux"]["seccomp"] = allow(
            rule("SCMP_ACT_NOTIFY", "mkdir"),
            listenerPath=agent.path,
            flags=["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
        )
        assert "quota exceeded" in run(runtime, bundle, identifier, "mkdir", "/new").err.lower()


def assembled(number):
    """A static x86-64 program that makes one system call with null arguments and exits with its errno."""
    code = b"\xb8" + struct.pack("<I", number)  # mov eax, number
    code += b"\x31\xff\x31\xf6\x31\xd2"  # rdi, rsi and rdx are 0
    code += b"\x0f\x05\xf7\xd8"  # syscall; neg eax
    code += b"\x89\xc7\xb8\xe7\x00\x00\x00\x0f\x05"  # exit_group(eax)
    base = 0x400000
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, base + 120, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    size = 120 + len(code)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000) + code


def _names():
    """System calls by name from the kernel's headers."""
    found = {}
    with open("/usr/include/x86_64-linux-gnu/asm/unistd_64.h") as header:
        for line in header:
            words = line.split()
            if len(words) == 3 and words[1].startswith("__NR_"):
                found[words[1].removeprefix("__NR_")] = int(words[2])
    return found


ALL = _names()
ALL_BUT_MKDIR = [name for name in ALL if name not in ("mkdir", "mkdirat")]
NEWEST = {name for name, number in ALL.items() if number >= 440}
