"""The command line, command by command: words, flags, columns and exit codes."""

import json
import re
import select
import signal
import time

import pytest

from harness import http
from harness.waiting import until

CLIENTS = ["skiff", "docker"]


@pytest.fixture
def background(cli, name):
    """Starts a container that waits; returns its name."""

    def start(*flags, command=("sleep", "1000"), suffix="bg"):
        container = name(suffix)
        cli.ok("run", "-d", "--name", container, *flags, "busybox", *command)
        return container

    return start


def json_lines(result):
    return [json.loads(line) for line in result.lines]


class TestRun:
    def test_exits_with_the_status_of_the_command(self, cli):
        assert cli.run("run", "--rm", "busybox", "sh", "-c", "exit 42").code == 42

    def test_a_signal_gives_128_and_its_number(self, cli):
        assert cli.run("run", "--rm", "--init", "busybox", "sh", "-c", "kill -TERM $$").code == 143

    def test_separates_output_from_errors(self, cli):
        result = cli.run("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2")
        assert (result.out, result.err) == ("out\n", "err\n")

    def test_reads_standard_input_on_demand(self, cli):
        assert cli.ok("run", "--rm", "-i", "busybox", "sort", input="b\na\n").out == "a\nb\n"
        assert cli.ok("run", "--rm", "busybox", "cat", input="unseen\n").out == ""

    def test_carries_much_data_both_ways(self, cli):
        data = b"".join(b"%07d\n" % number for number in range(300_000))
        result = cli.run("run", "--rm", "-i", "busybox", "cat", input=data)
        assert result.code == 0 and result.out.encode() == data

    def test_detached_prints_the_id(self, cli, name):
        container = name()
        identifier = cli.ok("run", "-d", "--name", container, "busybox", "sleep", "1000").word
        assert re.fullmatch(r"[0-9a-f]{64}", identifier)
        assert cli.inspect(container)["Id"] == identifier

    def test_rm_removes_the_container(self, cli, name):
        container = name()
        cli.ok("run", "--rm", "--name", container, "busybox", "true")
        until(lambda: container not in cli.ok("ps", "-a", "--format", "{{.Names}}").lines, "it is removed")

    def test_rm_removes_a_detached_container(self, cli, name):
        container = name()
        cli.ok("run", "-d", "--rm", "--name", container, "busybox", "true")
        until(lambda: container not in cli.ok("ps", "-a", "--format", "{{.Names}}").lines, "it is removed")

    def test_names_itself(self, cli):
        identifier = cli.ok("run", "-d", "busybox", "true").word
        assert re.fullmatch(r"/[a-z]+_[a-z]+\d?", cli.inspect(identifier)["Name"])

    def test_environment(self, cli, tmp_path):
        file = tmp_path / "env"
        file.write_text("# comment\nFROM_FILE=file value\nFROM_CLIENT\nBOTH=file\n")
        out = cli.ok(
            "run",
            "--rm",
            "-e",
            "GIVEN=1=2",
            "-e",
            "FROM_CLIENT_TOO",
            "-e",
            "UNSET_THERE",
            "-e",
            "BOTH=flag",
            "--env-file",
            file,
            "busybox",
            "env",
            env={"FROM_CLIENT": "c1", "FROM_CLIENT_TOO": "c2"},
        ).lines
        for line in ("GIVEN=1=2", "FROM_FILE=file value", "FROM_CLIENT=c1", "FROM_CLIENT_TOO=c2", "BOTH=flag"):
            assert line in out
        assert not any(line.startswith("UNSET_THERE") for line in out)

    def test_working_directory(self, cli):
        assert cli.ok("run", "--rm", "-w", "/made/for/it", "busybox", "pwd").word == "/made/for/it"

    @pytest.mark.parametrize(
        "user, expected",
        [
            ("1000", "uid=1000 gid=0(root)"),
            ("1000:2000", "uid=1000 gid=2000"),
            ("nobody", "uid=65534(nobody) gid=65534(nogroup)"),
            ("nobody:users", "uid=65534(nobody) gid=100(users)"),
        ],
    )
    def test_user(self, user, expected, cli):
        assert cli.ok("run", "--rm", "-u", user, "busybox", "id").out.startswith(expected)

    def test_bind_mounts(self, cli, tmp_path):
        (tmp_path / "file").write_text("from the host\n")
        out = cli.ok(
            "run", "--rm", "-v", f"{tmp_path}:/data", "busybox", "sh", "-c", "cat /data/file; echo back > /data/new"
        ).out
        assert out == "from the host\n" and (tmp_path / "new").read_text() == "back\n"
        result = cli.run("run", "--rm", "-v", f"{tmp_path}:/data:ro", "busybox", "touch", "/data/no")
        assert result.code == 1 and "Read-only file system" in result.err

    def test_a_bind_mount_makes_its_source(self, cli, tmp_path):
        cli.ok("run", "--rm", "-v", f"{tmp_path}/absent:/data", "busybox", "ls", "/data")
        assert (tmp_path / "absent").is_dir()

    def test_a_single_file_can_be_mounted(self, cli, tmp_path):
        (tmp_path / "file").write_text("one\n")
        assert cli.ok("run", "--rm", "-v", f"{tmp_path}/file:/etc/one", "busybox", "cat", "/etc/one").out == "one\n"

    def test_named_volumes_outlive_containers(self, cli, name):
        volume = name("volume")
        cli.ok("run", "--rm", "-v", f"{volume}:/data", "busybox", "sh", "-c", "echo kept > /data/file")
        assert cli.ok("run", "--rm", "-v", f"{volume}:/data", "busybox", "cat", "/data/file").out == "kept\n"

    def test_hostname(self, cli):
        assert cli.ok("run", "--rm", "--hostname", "ahoy", "busybox", "hostname").word == "ahoy"

    def test_entrypoint(self, cli):
        assert cli.ok("run", "--rm", "--entrypoint", "echo", "busybox", "a", "b").out == "a b\n"

    def test_init_reaps(self, cli):
        out = cli.ok("run", "--rm", "--init", "busybox", "sh", "-c", "echo $$; cat /proc/1/comm").lines
        assert int(out[0]) > 1 and out[1] in ("docker-init", "skiff-init", "tini", "init")

    def test_memory_cpu_and_pids_are_recorded(self, cli, background):
        host = cli.inspect(background("--memory", "32m", "--cpus", "1.5", "--pids-limit", "50", "--read-only"))[
            "HostConfig"
        ]
        assert (host["Memory"], host["NanoCpus"], host["PidsLimit"], host["ReadonlyRootfs"]) == (
            32 << 20,
            1_500_000_000,
            50,
            True,
        )

    def test_capabilities_are_recorded(self, cli, background):
        host = cli.inspect(background("--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN"))["HostConfig"]
        assert [value.removeprefix("CAP_") for value in host["CapAdd"] + host["CapDrop"]] == ["NET_ADMIN", "CHOWN"]

    def test_restart_no_is_the_default(self, cli, background):
        assert cli.inspect(background("--restart", "no"))["HostConfig"]["RestartPolicy"]["Name"] == "no"
        assert cli.inspect(background(suffix="other"))["HostConfig"]["RestartPolicy"]["Name"] == "no"

    def test_labels(self, cli, background):
        container = background("--label", "a=1", "-l", "b")
        labels = cli.inspect(container)["Config"]["Labels"]
        assert (labels["a"], labels["b"]) == ("1", "")

    def test_signals_are_forwarded(self, cli, name):
        container = name()
        client = cli.start(
            "run",
            "--name",
            container,
            "busybox",
            "sh",
            "-c",
            "trap 'echo got it; exit 3' TERM; echo ready; while :; do sleep 0.1; done",
        )
        assert client.line() == b"ready\n"
        client.send_signal(signal.SIGTERM)
        out, _ = client.communicate(timeout=20)
        assert (out, client.returncode) == (b"got it\n", 3)

    def test_what_is_seen_to_run_can_be_signalled_and_removed(self, engine, cli, name):
        """Even where its start is not over."""
        script = "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done"
        for number in range(20):
            container = name(f"n{number}")
            client = cli.start("run", "--name", container, "busybox", "sh", "-c", script)
            assert client.line() == b"ready\n"
            if number % 2:
                assert http.request(engine.socket, "POST", f"/containers/{container}/kill?signal=TERM").status == 204
            else:
                assert http.request(engine.socket, "DELETE", f"/containers/{container}?force=1").status == 204
            client.communicate(timeout=20)
            assert client.returncode == (3 if number % 2 else 137)


class TestCreateAndStart:
    def test_created_then_started(self, cli, name):
        container = name()
        identifier = cli.ok("create", "--name", container, "busybox", "echo", "late").word
        assert cli.state(container)["Status"] == "created"
        assert cli.ok("start", container).word == container
        assert cli.ok("wait", container).word == "0"
        assert cli.ok("logs", identifier[:12]).out == "late\n"

    def test_start_attached(self, cli, name):
        container = name()
        cli.ok("create", "-i", "--name", container, "busybox", "sh", "-c", "cat; exit 5")
        result = cli.run("start", "-a", "-i", container, input="through\n")
        assert (result.out, result.code) == ("through\n", 5)

    def test_started_again(self, cli, name):
        container = name()
        assert cli.ok("run", "--name", container, "busybox", "echo", "once").out == "once\n"
        cli.ok("start", container)
        cli.ok("wait", container)
        assert cli.ok("logs", container).out == "once\nonce\n"

    def test_starting_what_runs_is_no_error(self, cli, background):
        container = background()
        assert cli.ok("start", container).word == container


class TestPs:
    def test_columns(self, cli, background):
        container = background()
        header, row = cli.ok("ps", "--filter", f"name={container}").lines
        assert header.split() == ["CONTAINER", "ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"]
        assert re.match(rf'[0-9a-f]{{12}}\s+busybox\s+"sleep 1000"\s+.+ ago\s+Up .*\s+{container}$', row)

    def test_only_running_ones_unless_all(self, cli, name, background):
        running, exited = background(), name("exited")
        cli.run("run", "--name", exited, "busybox", "sh", "-c", "exit 3")
        assert cli.ok("ps", "--format", "{{.Names}}").lines == [running]
        assert cli.ok("ps", "-a", "--format", "{{.Names}}").lines == [exited, running]
        assert re.match(
            r"Exited \(3\) .* ago", cli.ok("ps", "-a", "--filter", f"name={exited}", "--format", "{{.Status}}").out
        )

    def test_quiet(self, cli, background):
        container = background()
        identifier = cli.inspect(container)["Id"]
        assert cli.ok("ps", "-q").word == identifier[:12]
        assert cli.ok("ps", "-aq", "--no-trunc").word == identifier

    def test_filters(self, cli, name, background):
        running, exited = background("--label", "color=red"), name("exited")
        cli.run("run", "--name", exited, "--label", "color=blue", "busybox", "sh", "-c", "exit 3")

        def names(*filters):
            arguments = [word for text in filters for word in ("--filter", text)]
            return cli.ok("ps", "-a", "--format", "{{.Names}}", *arguments).lines

        assert names("label=color=red") == [running]
        assert names("label=color") == [exited, running]
        assert names("status=exited") == [exited]
        assert names("exited=3") == [exited]
        assert names(f"name={running}", "status=running") == [running]
        assert names("ancestor=busybox") == [exited, running]
        assert names(f"id={cli.inspect(exited)['Id'][:10]}") == [exited]
        cli.fails("ps", "--filter", "nonsense=1", code=1, text="invalid filter")

    def test_formats(self, cli, background):
        container = background()
        row = json_lines(cli.ok("ps", "--format", "json"))[0]
        assert (row["Names"], row["Image"], row["State"]) == (container, "busybox", "running")
        table = cli.ok("ps", "--format", "table {{.Names}}\t{{.Image}}").lines
        assert [line.split() for line in table] == [["NAMES", "IMAGE"], [container, "busybox"]]


class TestLogs:
    def test_both_streams(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "sh", "-c", "echo out; echo err >&2")
        result = cli.ok("logs", container)
        assert (result.out, result.err) == ("out\n", "err\n")

    def test_tail(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "seq", "100")
        assert cli.ok("logs", "--tail", "3", container).out == "98\n99\n100\n"
        assert cli.ok("logs", "--tail", "0", container).out == ""
        assert cli.ok("logs", "-n", "1", container).out == "100\n"
        assert len(cli.ok("logs", "--tail", "all", container).lines) == 100

    def test_timestamps(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "echo", "line")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line\n", cli.ok("logs", "-t", container).out)

    def test_since_and_until(self, cli, name):
        container = name()
        cli.ok("run", "-d", "--name", container, "busybox", "sh", "-c", "echo early; sleep 1.2; echo late; sleep 1000")
        until(lambda: "late" in cli.ok("logs", container).out, "both lines are there")
        stamp = cli.ok("logs", "-t", "--tail", "1", container).out.split()[0]
        assert cli.ok("logs", "--since", stamp, container).out == "late\n"
        assert cli.ok("logs", "--since", "1h", container).out == "early\nlate\n"
        assert cli.ok("logs", "--until", stamp, container).out in ("early\n", "early\nlate\n")
        assert cli.ok("logs", "--since", str(int(time.time()) + 100), container).out == ""

    def test_follow_ends_with_the_container(self, cli, name):
        container = name()
        cli.ok("run", "-d", "--name", container, "busybox", "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done")
        assert cli.ok("logs", "-f", container).out == "1\n2\n3\n"

    def test_follow_shows_lines_as_they_come(self, cli, name):
        container = name()
        cli.ok("run", "-d", "-i", "--name", container, "busybox", "cat")
        follower = cli.start("logs", "-f", container)
        writer = cli.start("attach", container)
        for word in (b"one\n", b"two\n"):
            writer.type(word)
            assert follower.line() == word
        cli.ok("kill", container)
        assert follower.wait(20) == 0
        writer.communicate(timeout=20)

    def test_long_lines_come_whole(self, cli, name):
        container = name()
        cli.ok("run", "-d", "--name", container, "busybox", "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; echo")
        cli.ok("wait", container)
        assert cli.ok("logs", container).out == "x" * 100_000 + "\n"

    def test_output_without_a_last_newline(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "printf", "no newline")
        assert cli.ok("logs", container).out == "no newline"


class TestExec:
    def test_runs_beside_the_command(self, cli, background):
        container = background()
        result = cli.run("exec", container, "sh", "-c", "echo out; echo err >&2; exit 9")
        assert (result.out, result.err, result.code) == ("out\n", "err\n", 9)

    def test_flags(self, cli, background):
        container = background()
        out = cli.ok(
            "exec", "-e", "A=b", "-w", "/tmp", "-u", "nobody", container, "sh", "-c", "echo $A; pwd; id -un"
        ).out
        assert out == "b\n/tmp\nnobody\n"

    def test_standard_input(self, cli, background):
        container = background()
        assert cli.ok("exec", "-i", container, "sort", input="b\na\n").out == "a\nb\n"
        assert cli.ok("exec", container, "cat", input="unseen").out == ""

    def test_detached(self, cli, background):
        container = background()
        assert cli.ok("exec", "-d", container, "touch", "/made").out == ""
        until(lambda: cli.run("exec", container, "ls", "/made").code == 0, "the command ran")

    def test_is_not_in_the_log(self, cli, background):
        container = background()
        cli.ok("exec", container, "echo", "secret")
        assert cli.ok("logs", container).out == ""

    @pytest.mark.parametrize("command, code", [(["nosuch"], 127), (["/etc"], 126), (["/etc/passwd"], 126)])
    def test_what_cannot_run(self, command, code, engine, cli, background):
        result = cli.run("exec", background(), *command)
        # dockerd 20.10 has not yet the 127 of its successors.
        assert result.code == (126 if engine.name == "dockerd" else code), str(result)

    def test_of_a_stopped_container(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "true")
        cli.fails("exec", container, "true", code=1, text="is not running")


class TestAttach:
    def test_output_and_status(self, cli, name):
        container = name()
        cli.ok(
            "run",
            "-d",
            "-i",
            "--name",
            container,
            "busybox",
            "sh",
            "-c",
            "read line; echo got $line; sleep 0.3; exit 4",
        )
        client = cli.start("attach", container)
        client.type(b"it\n")  # and its input stays open: the end of it would be the end of the attachment
        assert client.line() == b"got it\n"
        assert client.wait(20) == 4

    @pytest.mark.skiff_only  # dockerd 20.10 may lose the output of a command that ends at once
    def test_the_last_output_always_arrives(self, cli, name):
        for number in range(10):
            container = name(f"last{number}")
            cli.ok("run", "-d", "-i", "--name", container, "busybox", "sh", "-c", "read line; echo got $line; exit 4")
            client = cli.start("attach", container)
            client.type(b"it\n")
            assert (client.line(), client.wait(20)) == (b"got it\n", 4)

    def test_two_clients_see_the_same(self, cli, name):
        container = name()
        cli.ok("run", "-d", "-i", "--name", container, "busybox", "sh", "-c", "while read line; do echo $line; done")
        clients = [cli.start("attach", container), cli.start("attach", "--no-stdin", container)]
        seen = [set(), set()]

        def both_see_the_same():
            # What is written before a client is attached does not reach it.
            clients[0].type(b"line %d\n" % len(seen[0]))
            for client, lines in zip(clients, seen):
                if select.select([client.stdout], [], [], 0.5)[0]:
                    lines.add(client.stdout.readline())
            return seen[0] & seen[1]

        until(both_see_the_same, "a line reaches both")
        cli.ok("kill", container)
        for client in clients:
            client.communicate(timeout=20)

    def test_of_a_stopped_container(self, cli, name):
        container = name()
        cli.ok("create", "--name", container, "busybox", "true")
        cli.fails("attach", container, code=1, text="cannot attach to a stopped container")


class TestEnding:
    def test_stop_asks_first(self, cli, background):
        container = background(command=("sh", "-c", "trap 'exit 6' TERM; while :; do sleep 0.05; done"))
        assert cli.ok("stop", container).word == container
        assert cli.state(container)["ExitCode"] in (6, 143)

    def test_stop_kills_after_the_timeout(self, cli, background):
        container = background(command=("sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"))
        cli.ok("stop", "-t", "1", container)
        assert cli.state(container)["ExitCode"] == 137

    def test_stop_of_a_stopped_container(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "true")
        assert cli.ok("stop", container).word == container

    def test_kill(self, cli, background):
        container = background()
        assert cli.ok("kill", container).word == container
        assert cli.ok("wait", container).word == "137"

    def test_kill_with_a_signal(self, cli, background):
        container = background(command=("sh", "-c", "trap 'exit 5' USR2; echo ready; while :; do sleep 0.05; done"))
        until(lambda: cli.ok("logs", container).out, "the trap is set")
        cli.ok("kill", "-s", "SIGUSR2", container)
        assert cli.ok("wait", container).word == "5"
        cli.fails("kill", container, code=1, text="is not running")

    def test_kill_of_a_bad_signal(self, cli, background):
        cli.fails("kill", "-s", "NOSUCH", background(), code=1, text="invalid signal")

    def test_wait_for_several(self, cli, background):
        first = background(command=("sh", "-c", "sleep 0.3; exit 1"), suffix="a")
        second = background(command=("sh", "-c", "exit 2"), suffix="b")
        assert cli.ok("wait", first, second).lines == ["1", "2"]

    def test_rm(self, cli, background):
        container = background()
        cli.fails("rm", container, code=1, text="(container is running|cannot remove).*")
        assert cli.ok("rm", "-f", container).word == container
        cli.fails("inspect", container, code=1, text="No such object")

    def test_rm_of_a_missing_container(self, cli):
        cli.fails("rm", "nosuch", code=1, text="No such container: nosuch")
        assert cli.run("rm", "-f", "nosuch").code == 0

    def test_rm_takes_anonymous_volumes(self, cli, background):
        container = background("-v", "/anonymous")
        mount = cli.inspect(container)["Mounts"][0]
        assert (mount["Type"], mount["Destination"]) == ("volume", "/anonymous")
        cli.ok("rm", "-f", "-v", container)


class TestInspect:
    def test_a_container(self, cli, background):
        container = background("-e", "A=1", "-w", "/tmp")
        details = cli.inspect(container)
        assert details["Name"] == f"/{container}"
        assert (details["Path"], details["Args"]) == ("sleep", ["1000"])
        assert details["State"]["Running"] is True and details["State"]["Pid"] > 0
        assert details["Image"].startswith("sha256:")
        assert "A=1" in details["Config"]["Env"] and details["Config"]["WorkingDir"] == "/tmp"
        assert details["Config"]["Image"] == "busybox"
        assert re.match(r"\d{4}-\d\d-\d\dT.*Z", details["Created"])
        assert details["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]

    def test_formats(self, cli, background):
        container = background()
        assert cli.ok("inspect", "-f", "{{.State.Status}} {{.Config.Image}}", container).out == "running busybox\n"
        assert cli.ok("inspect", "--format", "{{json .Config.Cmd}}", container).out == '["sleep","1000"]\n'
        assert re.fullmatch(
            r"[0-9.]+\n",
            cli.ok("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container).out,
        )

    def test_several_and_by_prefix(self, cli, background):
        first, second = background(suffix="a"), background(suffix="b")
        identifier = cli.inspect(first)["Id"]
        both = json.loads(cli.ok("inspect", identifier[:8], second).out)
        assert [item["Name"] for item in both] == [f"/{first}", f"/{second}"]

    def test_a_missing_object(self, cli):
        result = cli.fails("inspect", "nosuch", code=1, text="No such object: nosuch")
        assert result.out == "[]\n"


class TestTopAndStats:
    def test_top(self, cli, background):
        header, *rows = cli.ok("top", background()).lines
        assert header.split() == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
        assert len(rows) == 1 and rows[0].endswith("sleep 1000")

    def test_top_with_arguments_of_ps(self, cli, background):
        header, row = cli.ok("top", background(), "-o", "pid,comm").lines
        assert header.split() == ["PID", "COMMAND"] and row.split()[1] == "sleep"

    def test_stats_once(self, cli, background):
        container = background("--memory", "64m")
        header, row = cli.ok("stats", "--no-stream", container).lines
        assert re.split(r"\s{2,}", header.strip()) == [
            "CONTAINER ID",
            "NAME",
            "CPU %",
            "MEM USAGE / LIMIT",
            "MEM %",
            "NET I/O",
            "BLOCK I/O",
            "PIDS",
        ]
        fields = re.split(r"\s{2,}", row.strip())
        assert fields[1] == container and fields[3].endswith("/ 64MiB") and fields[7] == "1"

    def test_stats_as_json(self, cli, background):
        container = background()
        row = json_lines(cli.ok("stats", "--no-stream", "--format", "json", container))[0]
        assert row["Name"] == container and row["PIDs"] == "1"


class TestVersionAndInfo:
    def test_version(self, cli):
        out = cli.ok("version").out
        assert re.search(r"^Client:", out) and re.search(r"^Server:", out, re.MULTILINE)
        assert re.search(r"API version:\s+1\.\d+", out)
        assert re.fullmatch(r"1\.\d+\n", cli.ok("version", "--format", "{{.Server.APIVersion}}").out)

    def test_info(self, cli, background):
        background()
        info = json.loads(cli.ok("info", "--format", "{{json .}}").out)
        assert info["ContainersRunning"] == 1 and info["Driver"] and info["OSType"] == "linux"
        assert info["CgroupDriver"] == "cgroupfs" and info["NCPU"] > 0
        out = cli.ok("info").out
        for words in ("Containers: 1", " Running: 1", "Kernel Version:", "Storage Driver:"):
            assert words in out


class TestUsage:
    def test_help(self, cli):
        out = cli.ok("--help").out
        for command in ("run", "ps", "exec", "logs", "pull", "images"):
            assert re.search(rf"^\s+{command}\s", out, re.MULTILINE), command
        assert "--publish" in cli.ok("run", "--help").out

    def test_an_unknown_command(self, cli):
        cli.fails("nosuch", code=1, text="nosuch")

    def test_an_unknown_flag(self, cli):
        cli.fails("run", "--nosuch", "busybox", code=125, text="unknown flag: --nosuch")
        cli.fails("ps", "--nosuch", code=125, text="unknown flag: --nosuch")

    def test_too_few_arguments(self, cli):
        cli.fails("run", code=1, text="requires at least 1 argument")

    def test_flags_after_the_image_belong_to_the_command(self, cli):
        assert cli.ok("run", "--rm", "busybox", "echo", "--rm", "-d").out == "--rm -d\n"
