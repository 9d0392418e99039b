"""skiff-ctr against a supervisor of its own, as a user types it."""

import json
import os
import re
import select
import signal
import subprocess

import pexpect
import pytest

from harness import BIN, command, leaks
from harness.registry import Registry
from harness.supervisor import Supervisor
from harness.waiting import until

IMAGE = "docker.io/library/busybox:latest"
RUNC = "/usr/sbin/runc"


class Control:
    """skiff-ctr with the addresses of its supervisor and images."""

    def __init__(self, base):
        self.base = base
        self.supervisor = Supervisor(base)
        self.images = base / "images"

    def arguments(self, *arguments, namespace=None):
        flags = ["--address", self.supervisor.socket, "--images-root", self.images]
        flags += ["--namespace", namespace] if namespace else []
        return [str(argument) for argument in (BIN / "skiff-ctr", *flags, *arguments)]

    def run(self, *arguments, namespace=None, **options):
        return command.run(*self.arguments(*arguments, namespace=namespace), **options)

    def ok(self, *arguments, **options):
        result = self.run(*arguments, **options)
        assert result.code == 0, str(result)
        return result

    def refused(self, *arguments, **options):
        """What it says of a command that cannot be done; the exit code is 1."""
        result = self.run(*arguments, **options)
        assert result.code == 1 and result.err.startswith("skiff-ctr: "), str(result)
        return result.err

    def rows(self, *arguments, **options):
        """A table without its heading, each row as words."""
        return [line.split() for line in self.ok(*arguments, **options).out.splitlines()[1:]]

    def ids(self, *arguments, **options):
        return [row[0] for row in self.rows(*arguments, **options)]


@pytest.fixture(scope="module")
def ctr(tmp_path_factory, archives):
    before = leaks.Baseline()
    base = tmp_path_factory.mktemp("ctr")
    control = Control(base)
    control.supervisor.start()
    control.ok("images", "import", archives.busybox)
    yield control
    for identifier in control.ids("containers", "ls"):
        control.run("tasks", "rm", "--force", identifier)
        control.run("containers", "rm", identifier)
    control.supervisor.end()
    assert not before.leaks(base, network=False)


@pytest.fixture
def box(ctr, name):
    """An id; what a test leaves under it is removed."""
    identifier = name("box")
    yield identifier
    ctr.run("tasks", "rm", "--force", identifier)
    ctr.run("containers", "rm", identifier)
    assert identifier not in ctr.ids("containers", "ls") and identifier not in ctr.ids("tasks", "ls")


@pytest.fixture
def sleeper(ctr, box):
    ctr.ok("run", "-d", IMAGE, box, "sleep", "1000")
    return box


class TestRun:
    def test_output_and_exit_status(self, ctr, box):
        result = ctr.run("run", "--rm", IMAGE, box, "sh", "-c", "echo out; echo err >&2; exit 7")
        assert (result.code, result.out, result.err) == (7, "out\n", "err\n")
        assert box not in ctr.ids("c", "ls") and box not in ctr.ids("t", "ls")

    def test_input(self, ctr, box):
        assert ctr.ok("run", "--rm", IMAGE, box, "sort", input="b\na\n").out == "a\nb\n"

    def test_without_rm_the_container_stays(self, ctr, box):
        ctr.ok("run", IMAGE, box, "true")
        assert box in ctr.ids("containers", "ls") and box not in ctr.ids("tasks", "ls")
        ctr.ok("containers", "rm", box)

    def test_detached(self, ctr, sleeper):
        [task] = [row for row in ctr.rows("tasks", "ls") if row[0] == sleeper]
        assert task[2] == "RUNNING" and os.path.exists(f"/proc/{task[1]}")

    def test_detached_and_removed_is_refused(self, ctr, box):
        assert "cannot be specified together" in ctr.refused("run", "-d", "--rm", IMAGE, box, "true")

    def test_environment_directory_and_user(self, ctr, box):
        flags = ["--env", "A=b", "--cwd", "/tmp", "--user", "1000:100"]
        result = ctr.ok("run", "--rm", *flags, IMAGE, box, "sh", "-c", "echo $A $PWD $(id -u) $(id -g)")
        assert result.out == "b /tmp 1000 100\n"

    def test_a_mount(self, ctr, box, tmp_path):
        (tmp_path / "file").write_text("from the host\n")
        mount = f"type=bind,src={tmp_path},dst=/host,options=rbind:ro"
        result = ctr.run("run", "--rm", "--mount", mount, IMAGE, box, "sh", "-c", "cat /host/file; touch /host/x")
        assert result.out == "from the host\n" and "Read-only" in result.err

    def test_a_terminal(self, ctr, box):
        child = pexpect.spawn(*self.split(ctr.arguments("run", "--rm", "-t", IMAGE, box, "sh")), timeout=20)
        child.setwinsize(30, 111)
        child.sendline("stty size; exit 5")
        child.expect("30 111")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 5

    @staticmethod
    def split(arguments):
        return arguments[0], arguments[1:]

    def test_signals_are_passed_on(self, ctr, box):
        script = "trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.1; done"
        arguments = ctr.arguments("run", "--rm", IMAGE, box, "sh", "-c", script)
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            process.send_signal(signal.SIGTERM)
            assert process.stdout.read() == "caught\n"
            assert process.wait(20) == 9

    def test_a_root_file_system(self, ctr, box, tmp_path):
        ctr.ok("images", "mount", "--rw", IMAGE, self.directory(tmp_path / "root"))
        try:
            assert ctr.ok("run", "--rm", "--rootfs", tmp_path / "root", box, "echo", "hi").out == "hi\n"
        finally:
            ctr.ok("images", "unmount", tmp_path / "root")

    @staticmethod
    def directory(path):
        path.mkdir()
        return path

    def test_another_runtime(self, ctr, box):
        ctr.ok("run", "-d", "--runc-binary", RUNC, IMAGE, box, "sleep", "1000")
        assert RUNC in json.dumps(json.loads(ctr.ok("c", "info", box).out)["Runtime"])
        assert ctr.ok("exec", box, "echo", "in").out == "in\n"

    @pytest.mark.parametrize(
        "arguments, text",
        [
            (["nosuch:1", "x", "true"], "No such image: nosuch:1"),
            (["--bogus", IMAGE, "x"], "unknown flag: --bogus"),
            ([IMAGE], "container id must be provided"),
            (["--memory-limit", "much", IMAGE, "x", "true"], "much"),
            (["--mount", "type=bind", IMAGE, "x", "true"], "mount"),
            ([IMAGE, "not/an/id", "true"], "not/an/id"),
            ([IMAGE, "x", "/no/such/program"], "/no/such/program"),
        ],
    )
    def test_what_cannot_be_leaves_nothing(self, ctr, arguments, text):
        before = ctr.ids("c", "ls"), ctr.ids("snapshots", "ls")
        assert text in ctr.refused("run", "--rm", *arguments)
        assert (ctr.ids("c", "ls"), ctr.ids("snapshots", "ls")) == before and ctr.ids("t", "ls") == []


class TestTasks:
    def test_a_container_is_started_several_times(self, ctr, box):
        ctr.ok("containers", "create", IMAGE, box, "sh", "-c", "echo once >>/file; cat /file")
        assert ctr.ok("tasks", "start", box).out == "once\n"
        assert ctr.ok("start", box).out == "once\nonce\n"

    def test_exec(self, ctr, sleeper):
        result = ctr.run("tasks", "exec", "--exec-id", "e1", sleeper, "sh", "-c", "echo in; exit 4")
        assert (result.code, result.out) == (4, "in\n")
        assert ctr.ok("exec", sleeper, "sort", input="b\na\n").out == "a\nb\n"
        assert "/no/such" in ctr.refused("exec", sleeper, "/no/such")

    def test_exec_on_a_terminal(self, ctr, sleeper):
        child = pexpect.spawn(*TestRun.split(ctr.arguments("exec", "-t", sleeper, "tty")), timeout=20)
        child.expect("/dev/pts/0")
        child.expect(pexpect.EOF)

    def test_detached_exec_is_among_the_processes(self, ctr, sleeper):
        ctr.ok("exec", "-d", "--exec-id", "two", sleeper, "sleep", "1000")
        shown = ctr.ok("ps", sleeper).out.splitlines()
        assert re.fullmatch(r"PID\s+INFO\s*", shown[0]) and len(shown) == 3
        assert any('exec_id:"two"' in line for line in shown)
        ctr.ok("kill", "--exec-id", "two", "-s", "KILL", sleeper)
        assert ctr.run("tasks", "rm", "--exec-id", "two", sleeper).code == 137

    def test_kill_wait_and_delete(self, ctr, sleeper):
        ctr.ok("tasks", "kill", "-s", "9", sleeper)
        result = ctr.run("wait", sleeper)
        assert (result.code, result.out) == (137, "137\n")
        assert self.status(ctr, sleeper) == ["STOPPED"]
        assert "delete it first" in ctr.refused("c", "rm", sleeper)
        assert ctr.run("tasks", "rm", sleeper).code == 137
        assert sleeper not in ctr.ids("t", "ls")

    def test_a_running_one_is_deleted_by_force(self, ctr, sleeper):
        assert "still running" in ctr.refused("tasks", "rm", sleeper)
        ctr.run("tasks", "rm", "--force", sleeper)
        assert sleeper not in ctr.ids("t", "ls")

    def test_attach(self, ctr, box):
        ctr.ok("run", "-d", IMAGE, box, "sh", "-c", "while ! [ -e /go ]; do sleep 0.1; done; echo attached; exit 6")
        with subprocess.Popen(ctr.arguments("attach", box), stdout=subprocess.PIPE, text=True) as process:
            ctr.ok("exec", box, "touch", "/go")
            process.wait(20)
            assert process.returncode == 6

    def test_pause_and_resume(self, ctr, sleeper):
        ctr.ok("pause", sleeper)
        assert self.status(ctr, sleeper) == ["PAUSED"]
        ctr.ok("tasks", "resume", sleeper)
        assert self.status(ctr, sleeper) == ["RUNNING"]

    @staticmethod
    def status(ctr, identifier):
        return [row[2] for row in ctr.rows("t", "ls") if row[0] == identifier]

    def test_metrics(self, ctr, sleeper):
        shown = ctr.ok("metrics", sleeper).out
        assert shown.split()[:2] == ["ID", "TIMESTAMP"] and "METRIC" in shown and "pids.current" in shown
        assert json.loads(ctr.ok("tasks", "metrics", "--format", "json", sleeper).out)

    def test_update(self, ctr, sleeper, tmp_path):
        (tmp_path / "resources.json").write_text('{"pids": {"limit": 77}}')
        ctr.ok("tasks", "update", sleeper, tmp_path / "resources.json")
        pid = ctr.rows("t", "ls")[0][1]
        assert re.search(r"pids.limit\s+77", ctr.ok("metrics", sleeper).out), pid
        (tmp_path / "resources.json").write_text("{")
        assert "JSON" in ctr.refused("tasks", "update", sleeper, tmp_path / "resources.json")

    def test_pid_file(self, ctr, box, tmp_path):
        ctr.ok("c", "create", IMAGE, box, "sleep", "1000")
        ctr.ok("t", "start", "-d", "--pid-file", tmp_path / "pid", box)
        assert (tmp_path / "pid").read_text() == [row[1] for row in ctr.rows("t", "ls") if row[0] == box][0]

    def test_checkpoints(self, ctr, sleeper, tmp_path):
        result = ctr.run("checkpoint", "--image-path", tmp_path / "images", sleeper)
        if result.code != 0:  # CRIU does not work on every kernel
            assert "criu failed" in result.err and sleeper in ctr.ids("t", "ls"), str(result)
            assert ctr.ok("exec", sleeper, "echo", "alive").out == "alive\n"
            return
        ctr.run("tasks", "rm", "--force", sleeper)
        ctr.ok("restore", "-d", "--image-path", tmp_path / "images", sleeper)
        assert ctr.ok("exec", sleeper, "echo", "alive").out == "alive\n"

    @pytest.mark.parametrize("words", ["kill", "pause", "resume", "ps", "metrics", "wait", "attach", "tasks start"])
    def test_of_no_container(self, ctr, words):
        assert "nosuch" in ctr.refused(*words.split(), "nosuch")

    def test_an_unknown_signal(self, ctr, sleeper):
        assert 'unknown signal "SIGBOGUS"' in ctr.refused("kill", "-s", "SIGBOGUS", sleeper)


class TestContainers:
    def test_create_info_and_labels(self, ctr, box):
        ctr.ok("c", "create", "--label", "a=b", IMAGE, box, "true")
        shown = ctr.ok("c", "ls").out.splitlines()
        assert re.fullmatch(r"CONTAINER\s+IMAGE\s+RUNTIME\s*", shown[0])
        assert [IMAGE, "io.containerd.skiff.v1"] == next(line.split()[1:] for line in shown if line.startswith(box))
        info = json.loads(ctr.ok("containers", "info", box).out)
        assert info["ID"] == box and info["Image"] == IMAGE and info["Labels"]["a"] == "b"
        ctr.ok("containers", "label", box, "c=d", "a=")
        labels = json.loads(ctr.ok("c", "info", box).out)["Labels"]
        assert labels["c"] == "d" and not labels.get("a")
        assert box in ctr.ok("c", "ls", "-q").out.split()

    def test_filters(self, ctr, box):
        ctr.ok("c", "create", "--label", f"mark={box}", IMAGE, box, "true")
        assert ctr.ids("c", "ls", f"labels.mark=={box}") == [box]
        assert ctr.ids("c", "ls", "id==nosuch") == []

    def test_an_id_is_taken_once(self, ctr, box):
        ctr.ok("c", "create", IMAGE, box, "true")
        assert "already exists" in ctr.refused("c", "create", IMAGE, box, "true")
        assert box in ctr.ids("c", "ls")

    def test_several_are_removed(self, ctr, name):
        ids = [name("a"), name("b")]
        for identifier in ids:
            ctr.ok("c", "create", IMAGE, identifier, "true")
        result = ctr.run("c", "rm", ids[0], "nosuch", ids[1])
        assert result.code == 1 and "nosuch" in result.err
        assert not set(ids) & set(ctr.ids("c", "ls"))

    def test_they_survive_the_supervisor(self, ctr, box):
        ctr.ok("c", "create", IMAGE, box, "echo", "later")
        ctr.supervisor.process.kill()
        ctr.supervisor.process.wait(10)
        ctr.supervisor.start()
        assert ctr.ok("t", "start", box).out == "later\n"


class TestImages:
    def test_list(self, ctr):
        shown = ctr.ok("images", "ls").out.splitlines()
        assert shown[0].split() == ["REF", "TYPE", "DIGEST", "SIZE", "PLATFORMS", "LABELS"]
        assert any(line.startswith(IMAGE + " ") for line in shown)
        assert IMAGE in ctr.ok("i", "ls", "-q").out.split()

    def test_tag_and_remove(self, ctr):
        ctr.ok("images", "tag", IMAGE, "docker.io/library/mine:1")
        assert "docker.io/library/mine:1" in ctr.ok("i", "ls", "-q").out.split()
        assert "docker.io/library/mine:1" in ctr.ok("images", "rm", "docker.io/library/mine:1").out
        assert ctr.ok("i", "ls", "-q").out.split() == [IMAGE]
        assert "No such image: nosuch" in ctr.refused("images", "rm", "nosuch")

    def test_export_is_imported_again(self, ctr, box, tmp_path):
        ctr.ok("images", "export", tmp_path / "out.tar", IMAGE)
        names = command.ok("tar", "-tf", tmp_path / "out.tar").out.split()
        assert {"oci-layout", "index.json"} <= set(names)
        other = Control(tmp_path)
        other.supervisor = ctr.supervisor
        other.ok("images", "import", tmp_path / "out.tar")
        assert other.ok("i", "ls", "-q").out.split() == [IMAGE]
        assert "nosuch" in ctr.refused("images", "export", tmp_path / "no.tar", "nosuch:1")
        assert not (tmp_path / "no.tar").exists()

    def test_what_is_no_archive(self, ctr, tmp_path):
        (tmp_path / "bad.tar").write_text("this is no archive")
        ctr.refused("images", "import", tmp_path / "bad.tar")
        assert "missing.tar" in ctr.refused("images", "import", tmp_path / "missing.tar")
        assert ctr.ok("i", "ls", "-q").out.split() == [IMAGE]

    def test_check(self, ctr):
        [row] = ctr.rows("images", "check")
        assert row[0] == IMAGE and "complete" in row and row[-1] == "true"

    def test_mount(self, ctr, tmp_path):
        place = tmp_path / "mnt"
        place.mkdir()
        ctr.ok("images", "mount", IMAGE, place)
        assert (place / "bin" / "busybox").exists()
        with pytest.raises(OSError):
            (place / "new").touch()
        ctr.ok("images", "unmount", place)
        assert list(place.iterdir()) == []

    def test_pull(self, ctr, tmp_path, archives, box):
        with Registry(tmp_path / "registry") as registry:
            name = registry.push(f"docker-archive:{archives.busybox}", "pulled:1")
            ctr.ok("images", "pull", "--plain-http", name)
            assert name in ctr.ok("i", "ls", "-q").out.split()
            assert ctr.ok("run", "--rm", name, box, "echo", "pulled").out == "pulled\n"
            assert "nosuch" in ctr.refused("images", "pull", "--plain-http", f"{registry.name}/nosuch:1")
        ctr.ok("images", "rm", name)


class TestContentAndSnapshots:
    def test_content(self, ctr):
        shown = ctr.ok("content", "ls").out.splitlines()
        assert shown[0].split() == ["DIGEST", "SIZE", "AGE", "LABELS"]
        digests = ctr.ok("content", "ls", "-q").out.split()
        manifests = [ctr.ok("content", "get", digest).out for digest in digests if self.is_text(shown, digest)]
        assert any('"layers"' in text for text in manifests)
        assert "sha256:00" in ctr.refused("content", "get", "sha256:00")

    @staticmethod
    def is_text(shown, digest):
        return not any(line.startswith(digest) and "layer" in line for line in shown)

    def test_snapshots(self, ctr, sleeper):
        shown = ctr.ok("snapshots", "ls").out.splitlines()
        assert shown[0].split() == ["KEY", "PARENT", "KIND"]
        kinds = [line.split()[-1] for line in shown[1:]]
        assert {"Active", "Committed"} <= set(kinds)
        tree = ctr.ok("snapshots", "tree").out
        assert "sha256:" in tree and sleeper in tree
        assert ctr.ok("snapshots", "usage").out.splitlines()[0].split() == ["KEY", "SIZE", "INODES"]
        assert "nosuch" in ctr.refused("snapshots", "rm", "nosuch")


class TestNamespaces:
    def test_they_are_kept_apart(self, ctr, box):
        ctr.ok("c", "create", IMAGE, box, "true")
        ctr.ok("c", "create", IMAGE, box, "true", namespace="tenant")
        assert ctr.ids("c", "ls", namespace="tenant") == [box]
        ctr.ok("c", "rm", box, namespace="tenant")
        assert box in ctr.ids("c", "ls")

    def test_create_label_and_remove(self, ctr):
        ctr.ok("namespaces", "create", "kept", "k=v")
        assert ["kept", "k=v"] in ctr.rows("ns", "ls")
        ctr.ok("ns", "label", "kept", "k=w")
        assert ["kept", "k=w"] in ctr.rows("ns", "ls")
        ctr.ok("ns", "rm", "kept")
        assert "kept" not in ctr.ids("ns", "ls")

    def test_one_in_use_stays(self, ctr, box):
        ctr.ok("c", "create", IMAGE, box, "true", namespace="busy")
        ctr.refused("ns", "rm", "busy")
        ctr.ok("c", "rm", box, namespace="busy")


class TestEvents:
    def test_a_life_is_told_in_order(self, ctr, box):
        with subprocess.Popen(ctr.arguments("events"), stdout=subprocess.PIPE, text=True) as events:
            try:
                # Until it listens: what came before is not told.
                probe = iter(range(1, 1000))
                until(lambda: self.heard(ctr, events, f"{box}-{next(probe)}"), "events are told")
                assert ctr.run("run", "--rm", IMAGE, box, "sh", "-c", "exit 3").code == 3
                told = []
                while not told or told[-1][0] != "/tasks/delete":
                    words = events.stdout.readline().split(maxsplit=6)
                    event = json.loads(words[-1])
                    if event["container_id"] == box:
                        told.append((words[5], event))
                assert [topic for topic, _ in told] == ["/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete"]
                assert told[2][1]["exit_status"] == 3
                cursors = [event["cursor"] for _, event in told]
                assert cursors == sorted(set(cursors))
            finally:
                events.kill()

    @staticmethod
    def heard(ctr, events, identifier):
        ctr.ok("run", "--rm", IMAGE, identifier, "true")
        return bool(select.select([events.stdout], [], [], 1)[0])


class TestBesideAnEngine:
    """The same images as a running skiffd has."""

    @pytest.fixture
    def beside(self, ctr, engine):
        control = Control(ctr.base)
        control.images = engine.data_root / "images"
        return control

    def test_each_sees_what_the_other_brings(self, beside, engine, box, archives):
        skiff = engine.client("skiff")
        assert IMAGE in beside.ok("images", "ls", "-q").out.split()
        assert beside.ok("run", "--rm", IMAGE, box, "echo", "shared").out == "shared\n"
        beside.ok("images", "tag", IMAGE, "docker.io/library/from-ctr:1")
        assert skiff.ok("run", "--rm", "from-ctr:1", "echo", "engine").out == "engine\n"
        skiff.ok("rmi", "from-ctr:1")
        assert "docker.io/library/from-ctr:1" not in beside.ok("images", "ls", "-q").out.split()

    def test_removing_an_image_breaks_no_container(self, beside, engine, archives, name):
        skiff = engine.client("skiff")
        skiff.ok("tag", "busybox:latest", "kept:1")
        container = name("kept")
        skiff.ok("create", "--name", container, "kept:1", "echo", "still")
        beside.run("images", "rm", "docker.io/library/kept:1", "docker.io/library/busybox:latest")
        assert skiff.ok("start", "-a", container).out == "still\n"
        skiff.ok("rm", container)
        skiff.ok("load", "-i", archives.busybox)

    def test_an_engine_that_starts_keeps_the_snapshots(self, beside, engine, box):
        beside.ok("run", "-d", IMAGE, box, "sleep", "1000")
        engine.restart()
        assert beside.ok("exec", box, "ls", "/bin/busybox").out == "/bin/busybox\n"
        beside.ok("tasks", "kill", "-s", "KILL", box)
        beside.run("tasks", "rm", "--force", box)
        assert beside.ok("tasks", "start", "-d", box).code == 0
        beside.run("tasks", "rm", "--force", box)
        beside.ok("containers", "rm", box)
        assert not [key for key in beside.ids("snapshots", "ls") if box in key]


class TestProgram:
    def test_version(self, ctr):
        shown = ctr.ok("version").out
        assert "Client:" in shown and "Server:" in shown
        assert "skiff-ctr" in ctr.ok("--version").out

    def test_specification(self, ctr):
        spec = json.loads(ctr.ok("oci", "spec").out)
        assert spec["ociVersion"].startswith("1.") and spec["process"]["cwd"] == "/"

    @pytest.mark.parametrize("words", [["bogus"], ["tasks", "bogus"], ["images", "bogus"]])
    def test_unknown_commands(self, ctr, words):
        assert f'unknown command "{" ".join(words)}"' in ctr.refused(*words)

    def test_help(self, ctr):
        for words in (["--help"], ["tasks", "--help"], ["run", "--help"]):
            assert "Usage:" in ctr.ok(*words).out

    def test_no_supervisor(self, tmp_path):
        result = command.run(BIN / "skiff-ctr", "--address", tmp_path / "none.sock", "tasks", "ls")
        assert result.code == 1 and "failed to dial" in result.err and "none.sock" in result.err

    def test_a_deadline(self, ctr, sleeper):
        assert "deadline" in ctr.refused("--timeout", "300ms", "wait", sleeper)
