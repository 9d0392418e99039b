"""The six hooks: when, where and with what they run, and what becomes of a container when one fails."""

import json
import os
import pathlib

import pytest

from harness.waiting import until
from test_runtime import bundle, identifier, plain, run, runtime  # noqa: F401 (fixtures)

POINTS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]


def beyond_runc(what):
    return pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason=f"runc 1.1 has no {what}")


@pytest.fixture
def log(tmp_path):
    return tmp_path / "hooks.log"


@pytest.fixture
def record(bundle, log, tmp_path):
    """Adds a hook that notes its point, its state and some facts about where it runs."""
    (bundle.rootfs / "log").touch()
    script = '#!/bin/sh\nread -r state\necho "$1|$state|$(readlink /proc/self/ns/mnt)|$(readlink /proc/self/ns/net)" >> $2\n'
    outside = tmp_path / "hook"
    outside.write_text(script)
    outside.chmod(0o755)
    inside = bundle.rootfs / "hook"
    inside.write_text(script)
    inside.chmod(0o755)

    def add(*points):
        hooks = bundle.spec.setdefault("hooks", {})
        for point in points:
            if point == "startContainer":
                hook = {"path": "/hook", "args": ["hook", point, "/log"], "env": ["PATH=/bin"]}
            else:
                hook = {"path": str(outside), "args": ["hook", point, str(log)], "env": [f"PATH={os.environ['PATH']}"]}
            hooks.setdefault(point, []).append(hook)

    return add


def entries(*logs):
    found = []
    for path in logs:
        for line in path.read_text().splitlines():
            point, state, mount, network = line.split("|")
            found.append((point, json.loads(state), mount, network))
    return found


def fail(bundle, point, *command, **more):
    bundle.spec.setdefault("hooks", {})[point] = [
        {"path": command[0] if command else "/bin/false", "args": list(command or ["false"]), **more}
    ]


class TestPlaces:
    @beyond_runc("poststart hooks at the start")
    def test_order_and_state(self, runtime, bundle, identifier, record, log):
        record(*POINTS)
        pid = runtime.create(bundle.set("sleep", "1000"), identifier)
        assert [entry[0] for entry in entries(log)] == ["prestart", "createRuntime", "createContainer"]
        for point, state, _, _ in entries(log):
            status = "created" if point == "prestart" else "creating"
            assert (state["id"], state["status"], state["pid"]) == (identifier, status, pid)
            assert state["bundle"] == str(bundle.directory) and state["ociVersion"]
        runtime.ok("start", identifier)
        # As with runc, `start` does not wait for the hook in the container.
        [(_, inner, _, _)] = until(lambda: entries(bundle.rootfs / "log"), "the hook in the container has run")
        assert inner["status"] == "created" and inner["pid"] == 1
        assert [(entry[0], entry[1]["status"]) for entry in entries(log)[3:]] == [("poststart", "running")]
        runtime.ok("delete", "--force", identifier)
        last = entries(log)[-1]
        assert (last[0], last[1]["status"], last[1].get("pid", 0)) == ("poststop", "stopped", 0)

    def test_namespaces(self, runtime, bundle, identifier, record, log):
        record("prestart", "createRuntime", "createContainer", "startContainer")
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        until(lambda: (bundle.rootfs / "log").read_text(), "the last hook has run")
        places = {entry[0]: entry[2:] for entry in entries(log, bundle.rootfs / "log")}
        own, theirs = (tuple(os.readlink(f"/proc/{p}/ns/{kind}") for kind in ("mnt", "net")) for p in ("self", pid))
        assert places == {"prestart": own, "createRuntime": own, "createContainer": theirs, "startContainer": theirs}

    def test_the_mounts_are_made_before(self, runtime, bundle, identifier, tmp_path):
        """A hook that runs before the root is changed sees the container's mounts below the bundle."""
        seen = tmp_path / "seen"
        bundle.spec["hooks"] = {
            "createContainer": [
                {"path": "/bin/sh", "args": ["sh", "-c", f"grep -c ' {bundle.rootfs}/proc ' /proc/self/mounts > {seen}"]}
            ]
        }
        assert run(runtime, bundle, identifier, "true").code == 0
        assert seen.read_text() == "1\n"

    @beyond_runc("clean environment of hooks")
    def test_environment_and_arguments(self, runtime, bundle, identifier, tmp_path):
        seen = tmp_path / "seen"
        script = f"tr '\\0' '\\n' < /proc/self/environ > {seen}; echo $0 $1 >> {seen}"
        bundle.spec["hooks"] = {
            "createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", script, "zero", "one"], "env": ["A=b", "C=d e"]}]
        }
        assert run(runtime, bundle, identifier, "true").code == 0
        lines = seen.read_text().splitlines()
        assert "A=b" in lines and "C=d e" in lines and lines[-1] == "zero one"
        assert not any(line.startswith("HOME=") for line in lines)

    @pytest.mark.parametrize("kind", ["pid", "time"])
    @beyond_runc("time namespaces")
    def test_stay_in_the_runtimes_own_namespaces(self, kind, runtime, bundle, identifier, tmp_path):
        namespaces = bundle.spec["linux"]["namespaces"]
        if kind == "time":
            namespaces.append({"type": "time"})
            bundle.spec["linux"]["timeOffsets"] = {"boottime": {"secs": 1000}}
        else:
            other = runtime.start(bundle.set("sleep", "1000"), identifier)
            namespaces[0]["path"] = f"/proc/{other}/ns/pid"
        seen = tmp_path / "seen"
        bundle.spec["hooks"] = {
            "createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", f"readlink /proc/self/ns/{kind} > {seen}"]}]
        }
        second = f"{identifier}b"
        bundle.set("true").write()
        try:
            runtime.ok("run", "--bundle", bundle.directory, second)
        finally:
            runtime.run("delete", "--force", second)
        assert seen.read_text().strip() == os.readlink(f"/proc/self/ns/{kind}")


class TestFailure:
    @pytest.mark.parametrize("point", ["prestart", "createRuntime", "createContainer", "startContainer"])
    def test_before_the_program_undoes_the_container(self, point, runtime, bundle, identifier):
        marker = bundle.rootfs / "ran"
        command = ["/bin/sh", "-c", "echo out; echo err >&2; exit 3"]
        fail(bundle, point, *command)
        result = run(runtime, bundle, identifier, "touch", "/ran")
        assert result.code != 0 and not marker.exists()
        text = plain(result.err).replace("\\n", "\n")
        assert "hook #0" in text and "exit status 3, stdout: out\n, stderr: err\n" in text
        assert runtime.name == "runc" or f"error running {point} hook #0" in text and f"hooks.{point}[0]" in text
        if point != "startContainer":
            assert runtime.run("state", identifier).code == 1

    def test_of_the_start(self, runtime, bundle, identifier):
        fail(bundle, "startContainer", "/bin/false")
        runtime.create(bundle.set("touch", "/ran"), identifier)
        runtime.run("start", identifier)
        runtime.stopped(identifier)
        assert "hook #0" in (bundle.directory / "output").read_text() and not (bundle.rootfs / "ran").exists()

    @beyond_runc("poststart hooks at the start")
    def test_after_the_start_ends_the_container(self, runtime, bundle, identifier):
        fail(bundle, "poststart")
        runtime.create(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("start", identifier)
        assert result.code == 1 and "error running poststart hook #0: exit status 1" in result.err
        runtime.stopped(identifier)

    @pytest.mark.parametrize("detach", [[], ["--detach"]], ids=["foreground", "detached"])
    def test_after_the_start_of_a_run(self, detach, runtime, bundle, identifier):
        fail(bundle, "poststart")
        bundle.set("sleep", "1000").write()
        result = runtime.run("run", *detach, "--bundle", bundle.directory, identifier)
        assert result.code == 1 and "hook #0" in result.err
        assert runtime.run("state", identifier).code == 1

    def test_after_the_end_is_a_warning(self, runtime, bundle, identifier, record, log):
        record("poststop", "poststop")
        bundle.spec["hooks"]["poststop"].insert(1, {"path": "/bin/false"})
        runtime.start(bundle.set("true"), identifier)
        runtime.stopped(identifier)
        result = runtime.run("delete", identifier)
        assert "error running" in result.err and "hook" in result.err
        assert runtime.run("state", identifier).code == 1
        if runtime.name != "runc":  # which stops at the first that fails
            assert result.code == 0 and len(entries(log)) == 2

    def test_a_program_that_is_not_there(self, runtime, bundle, identifier):
        fail(bundle, "createRuntime", "/no/such/hook")
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "fork/exec /no/such/hook: no such file or directory" in result.err

    @pytest.mark.parametrize("point", ["createRuntime", "createContainer"])
    def test_one_that_does_not_end(self, point, runtime, bundle, identifier):
        fail(bundle, point, "/bin/sleep", "1000", timeout=1)
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "hook ran past specified timeout of 1" in result.err

    @beyond_runc("check of timeouts")
    def test_a_timeout_that_is_none(self, runtime, bundle, identifier):
        fail(bundle, "createRuntime", timeout=0)
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "hooks.createRuntime[0].timeout" in result.err

    def test_one_that_reads_nothing_of_a_big_state(self, runtime, bundle, identifier):
        bundle.spec["annotations"] = {f"org.example.{number}": "x" * 1000 for number in range(200)}
        bundle.spec["hooks"] = {"createRuntime": [{"path": "/bin/true"}]}
        assert run(runtime, bundle, identifier, "true").code == 0
