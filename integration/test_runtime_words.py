"""What the runtime says when something fails: the words and exit codes of runc, which people and tools look for.

RUNTIME=runc runs every case on the real peer first.
"""

import json
import os
import re

import pytest

from test_runtime import bundle, identifier, not_runc, plain, runtime  # noqa: F401 (fixtures)

COMMANDS = ["start", "kill", "delete", "state", "pause", "resume", "ps", "events", "update"]


def fails(result, code, *phrases):
    """Every phrase, a regular expression, is on standard error, in a line of level error."""
    assert result.code == code, str(result)
    last = plain(result.err).splitlines()[-1]
    assert re.match(r'time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)" level=error msg=', last), str(result)
    for phrase in phrases:
        assert re.search(phrase, last), f"no {phrase!r} in {result}"


class TestCommandLine:
    @pytest.mark.parametrize("command", ["create", "run", *COMMANDS])
    def test_a_missing_argument(self, command, runtime):
        result = runtime.run(command)
        bound = "a minimum of" if command in ("kill", "ps") else "exactly"
        fails(result, 1, rf'{runtime.name}: "{command}" requires {bound} 1 argument\(s\)')
        assert result.out.startswith("Incorrect Usage") and f"{command} - " in result.out

    def test_exec_without_arguments(self, runtime):
        fails(runtime.run("exec"), 1, r'"exec" requires a minimum of 1 argument\(s\)')

    @pytest.mark.parametrize("command", ["create", "start", "state", "delete", "events", "update", "pause"])
    def test_too_many_arguments(self, command, runtime):
        fails(runtime.run(command, "a", "b"), 1, rf'"{command}" requires exactly 1 argument\(s\)')

    def test_kill_with_too_many_arguments(self, runtime):
        fails(runtime.run("kill", "a", "b", "c"), 1, r'"kill" requires a maximum of 2 argument\(s\)')

    @pytest.mark.parametrize("command", ["list", "spec", "features"])
    def test_an_argument_where_there_is_none(self, command, runtime):
        fails(runtime.run(command, "extra"), 1, rf'"{command}" requires exactly 0 argument\(s\)')

    @pytest.mark.parametrize(
        "arguments", [("state", "--bogus", "x"), ("--bogus", "list"), ("exec", "-bogus", "x", "y")]
    )
    def test_an_unknown_flag(self, arguments, runtime):
        fails(runtime.run(*arguments), 1, "flag provided but not defined: -bogus")

    def test_a_flag_without_its_value(self, runtime):
        fails(runtime.run("create", "--bundle"), 1, "flag needs an argument: -bundle")

    @pytest.mark.parametrize(
        "arguments, text",
        [
            (("run", "--preserve-fds", "x", "id"), 'invalid value "x" for flag -preserve-fds: parse error'),
            (("run", "--detach=x", "id"), 'invalid boolean value "x" for -detach: parse error'),
            (("exec", "-g", "x", "id", "true"), 'invalid value "x" for flag -g: '),
            (("update", "--pids-limit", "x", "id"), 'invalid value "x" for flag -pids-limit: parse error'),
            (("events", "--interval", "x", "id"), 'invalid value "x" for flag -interval: parse error'),
        ],
    )
    def test_a_value_that_is_none(self, arguments, text, runtime):
        result = runtime.run(*arguments)
        fails(result, 1, re.escape(text))
        assert "Incorrect Usage: " in result.out

    def test_no_such_command(self, runtime):
        fails(runtime.run("nosuch"), 3, "No help topic for 'nosuch'")

    def test_a_log_that_cannot_be_written(self, runtime):
        result = runtime.run("--log", "/no/such/log", "list")
        assert result.code == 1 and "open /no/such/log: no such file or directory" in result.err

    def test_an_unknown_log_format(self, runtime):
        result = runtime.run("--log-format", "yaml", "list")
        assert result.code == 1 and "invalid log-format: yaml" in result.err

    def test_systemd_where_there_is_none(self, runtime, bundle, identifier):
        if os.path.exists("/run/systemd/system"):
            pytest.skip("systemd runs here")
        bundle.write()
        result = runtime.run("--systemd-cgroup", "create", "--bundle", bundle.directory, identifier)
        fails(result, 1, "systemd not running on this host, cannot use systemd cgroups manager")


class TestContainers:
    @pytest.mark.parametrize("command", COMMANDS)
    def test_no_such_container(self, command, runtime):
        fails(runtime.run(command, "nosuch"), 1, "container does not exist")

    @pytest.mark.parametrize(
        "arguments", [("kill", "nosuch", "BOGUS"), ("events", "--interval", "0s", "nosuch"), ("delete", "nosuch")]
    )
    def test_that_there_is_none_comes_first(self, arguments, runtime):
        fails(runtime.run(*arguments), 1, "container does not exist")

    def test_exec_in_none(self, runtime):
        fails(runtime.run("exec", "nosuch", "true"), 255, "exec failed: container does not exist")

    @pytest.mark.parametrize("bad", ["a/b", "..", "a b", "a$"])
    @pytest.mark.parametrize("command", ["state", "start", "kill", "delete"])
    def test_an_id_that_is_none(self, command, bad, runtime):
        fails(runtime.run(command, bad), 1, "invalid container ID format")

    def test_an_empty_id(self, runtime):
        fails(runtime.run("state", ""), 1, "container id cannot be empty")

    @pytest.mark.parametrize("command", ["create", "run"])
    def test_an_id_in_use(self, command, runtime, bundle, identifier):
        runtime.create(bundle, identifier)
        result = runtime.run(command, "--bundle", bundle.directory, identifier)
        fails(result, 1, f"{runtime.name} {command} failed: container with given ID already exists")

    def test_of_a_running_container(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        fails(runtime.run("start", identifier), 1, "cannot start an already running container")
        text = f"cannot delete container {identifier} that is not stopped: running"
        fails(runtime.run("delete", identifier), 1, text)
        fails(runtime.run("resume", identifier), 1, "container not paused")
        fails(runtime.run("kill", identifier, "BOGUS"), 1, 'unknown signal "BOGUS"')
        fails(runtime.run("kill", identifier, "999"), 1, "unable to signal init: invalid argument")
        fails(runtime.run("ps", "--format", "xml", identifier), 1, "invalid format option")
        fails(runtime.run("events", "--interval", "0s", identifier), 1, "duration interval must be greater than 0")
        fails(runtime.run("list", "--format", "xml"), 1, "invalid format option")

    def test_of_a_paused_container(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        runtime.ok("pause", identifier)
        text = r"cannot exec in a paused container \(use --ignore-paused to override\)"
        fails(runtime.run("exec", identifier, "true"), 255, text)
        fails(runtime.run("start", identifier), 1, "cannot start a container in the paused state")
        fails(runtime.run("pause", identifier), 1, "container not running")
        fails(runtime.run("delete", identifier), 1, f"cannot delete container {identifier} that is not stopped: paused")

    def test_of_a_stopped_container(self, runtime, bundle, identifier):
        runtime.start(bundle.set("true"), identifier)
        runtime.stopped(identifier)
        fails(runtime.run("exec", identifier, "true"), 255, "cannot exec in a stopped container")
        fails(runtime.run("start", identifier), 1, "cannot start a container that has stopped")
        fails(runtime.run("kill", identifier, "TERM"), 1, "container not running")
        fails(runtime.run("pause", identifier), 1, "container not running")
        fails(runtime.run("resume", identifier), 1, "container not paused")
        fails(runtime.run("events", identifier), 1, f"container with id {identifier} is not running")
        fails(runtime.run("events", "--stats", identifier), 1, f"container with id {identifier} is not running")
        fails(runtime.run("update", "--memory", "64m", identifier), 1, "container not running")

    @pytest.mark.parametrize(
        "arguments, text",
        [
            (("--memory", "bogus"), "invalid value for memory: invalid size: 'bogus'"),
            (("--cpu-share", "x"), 'invalid value for cpu-share: strconv.ParseUint: parsing "x": invalid syntax'),
            (("--cpu-quota", "1"), r'write "?1"?.*cpu.cfs_quota_us: invalid argument|cpu.max: invalid argument'),
            (("--cpuset-cpus", "999"), r"cpuset.cpus: (numerical result out of range|invalid argument)"),
            (("--l3-cache-schema", "L3:0=f"), "Intel RDT/CAT: l3 cache schema is not enabled"),
            (("--mem-bw-schema", "MB:0=20"), "Intel RDT/MBA: memory bandwidth schema is not enabled"),
            (("--resources", "/no/such"), "open /no/such: no such file or directory"),
            (("--resources", "/dev/null"), "EOF"),
        ],
    )
    def test_an_update_that_cannot_be(self, arguments, text, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        fails(runtime.run("update", *arguments, identifier), 1, text)

    def test_kernel_memory_is_warned_of(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.ok("update", "--kernel-memory", "64m", identifier)
        assert 'level=warning msg="Kernel memory settings are ignored and will be removed"' in result.err


class TestBundles:
    def test_none(self, runtime, identifier):
        result = runtime.run("create", "--bundle", "/no/such", identifier)
        fails(result, 1, f"{runtime.name} create failed: chdir /no/such: no such file or directory")

    def test_a_file(self, runtime, identifier, tmp_path):
        (tmp_path / "file").write_text("")
        result = runtime.run("create", "--bundle", tmp_path / "file", identifier)
        fails(result, 1, f"chdir {tmp_path}/file: not a directory")

    def test_no_configuration(self, runtime, identifier, tmp_path):
        result = runtime.run("run", "--bundle", tmp_path, identifier)
        fails(result, 1, f"{runtime.name} run failed: JSON specification file config.json not found")

    @pytest.mark.parametrize(
        "text, phrase",
        [
            ("", "EOF"),
            ("{", "unexpected EOF"),
            ("[]", "array"),
            ('{"ociVersion":"1.0.2"}', "process property must not be empty"),
            ('{"ociVersion":"1.0.2","process":{"args":[],"cwd":"/"}}', "args must not be empty"),
            ('{"ociVersion":"1.0.2","process":{"args":["x"],"cwd":""}}', "Cwd property must not be empty"),
            ('{"ociVersion":"1.0.2","process":{"args":["x"],"cwd":"a"}}', "Cwd must be an absolute path"),
            ('{"ociVersion":"1.0.2","process":{"args":["x"],"cwd":"/"},"linux":{}}', "root must be specified"),
        ],
    )
    def test_a_bad_configuration(self, text, phrase, runtime, bundle, identifier):
        (bundle.directory / "config.json").write_text(text)
        fails(runtime.run("run", "--bundle", bundle.directory, identifier), 1, phrase)

    def test_a_missing_root(self, runtime, bundle, identifier):
        bundle.spec["root"]["path"] = "nosuch"
        bundle.write()
        result = runtime.run("run", "--bundle", bundle.directory, identifier)
        fails(result, 1, f"invalid rootfs: stat {bundle.directory}/nosuch: no such file or directory")

    def test_a_terminal_without_anybody_to_give_it_to(self, runtime, bundle, identifier):
        bundle.set("true", terminal=True).write()
        result = runtime.run("run", "--detach", "--bundle", bundle.directory, identifier)
        fails(result, 1, "cannot allocate tty if runc will detach without setting console socket")

    def test_a_console_socket_without_a_terminal(self, runtime, bundle, identifier):
        bundle.set("true").write()
        result = runtime.run("run", "--console-socket", "/no/such", "--bundle", bundle.directory, identifier)
        fails(result, 1, "cannot use console socket if runc will not detach or allocate tty")

    def test_a_console_socket_that_is_none(self, runtime, bundle, identifier):
        bundle.set("true", terminal=True).write()
        result = runtime.run("create", "--console-socket", "/no/such", "--bundle", bundle.directory, identifier)
        fails(result, 1, "/no/such: (connect: )?no such file or directory")

    def test_a_pid_file_that_cannot_be_written(self, runtime, bundle, identifier):
        bundle.set("true").write()
        result = runtime.run("run", "-d", "--pid-file", "/no/such/pid", "--bundle", bundle.directory, identifier)
        fails(result, 1, r"/no/such/\.?pid: no such file or directory")

    @pytest.mark.parametrize(
        "program, phrase",
        [
            ("nosuch", r'exec: "nosuch": executable file not found in \$PATH'),
            ("", r'exec: "": executable file not found in \$PATH'),
            ("/no/such", 'exec: "/no/such": stat /no/such: no such file or directory'),
            ("/etc/passwd", 'exec: "/etc/passwd": permission denied'),
            ("/etc", 'exec: "/etc": (permission denied|is a directory)'),
        ],
    )
    def test_a_program_that_cannot_run(self, program, phrase, runtime, bundle, identifier):
        bundle.set(program).write()
        result = runtime.run("run", "--bundle", bundle.directory, identifier)
        fails(result, 1, rf"{runtime.name} run failed: unable to start container process: .*{phrase}")
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", identifier, program)
        fails(result, 255, rf"exec failed: unable to start container process: .*{phrase}")

    def test_unknown_capabilities_are_warned_of(self, runtime, bundle, identifier):
        bundle.set("true", capabilities={"bounding": ["CAP_NOPE"]}).write()
        result = runtime.ok("run", "--bundle", bundle.directory, identifier)
        assert 'level=warning msg="ignoring unknown or unavailable capabilities: [CAP_NOPE]"' in result.err

    @not_runc  # which moves the process in first
    def test_a_memory_limit_that_nothing_can_start_in(self, runtime, bundle, identifier):
        bundle.spec["linux"]["resources"]["memory"] = {"limit": 1}
        bundle.write()
        result = runtime.run("run", "--bundle", bundle.directory, identifier)
        fails(result, 1, r"container init was OOM-killed \(memory limit too low\?\)")


class TestExec:
    @pytest.mark.parametrize(
        "flags, phrase",
        [
            (("--user", "foo"), 'parsing "?foo"?.*invalid syntax'),
            (("--user", "1:foo"), 'parsing "?foo"?.*invalid syntax'),
            (("--cwd", "relative"), "Cwd must be an absolute path"),
            (("--process-label", "label"), "selinux label is specified in config, but selinux is disabled"),
            (("--tty", "--detach"), "cannot allocate tty if runc will detach without setting console socket"),
            (("--console-socket", "/x"), "cannot use console socket if runc will not detach or allocate tty"),
            (("--cgroup", "nosuch"), "nosuch(/cgroup.procs)?: no such file or directory"),
            (("--cgroup", "cpu:nosuch"), "nosuch/(tasks|cgroup.procs): no such file or directory"),
            (("--cgroup", "foo:nosuch"), "unknown controller foo in SubCgroupPaths"),
            (("--cgroup", "../.."), r"\.\./\.\. is not a sub cgroup path"),
            (("--cgroup", "a", "--cgroup", "b"), r"invalid --cgroup argument: a \(missing <controller>: prefix\)"),
            (("--cgroup", "a:b:c"), "invalid --cgroup argument: a:b:c"),
        ],
    )
    def test_what_cannot_be(self, flags, phrase, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        fails(runtime.run("exec", *flags, identifier, "true"), 255, phrase)

    def test_no_program(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        fails(runtime.run("exec", identifier), 255, "(process|exec) args cannot be empty")

    def test_a_process_file_that_is_none(self, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", "--process", "/no/such", identifier)
        fails(result, 255, "exec failed: .*open /no/such: no such file or directory")
        fails(runtime.run("exec", "--process", "/dev/null", identifier), 255, "EOF")


class TestLog:
    """With a file, the line of the log goes there and the bare message to standard error."""

    def test_json(self, runtime, tmp_path):
        log = tmp_path / "log"
        result = runtime.run("--log", log, "--log-format", "json", "state", "nosuch")
        assert (result.err, result.code) == ("container does not exist\n", 1)
        line = json.loads(log.read_text())
        assert (line["level"], line["msg"]) == ("error", "container does not exist")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", line["time"])

    def test_text_is_appended(self, runtime, tmp_path):
        log = tmp_path / "log"
        for name in ("nosuch", "a/b"):
            runtime.run("--log", log, "state", name)
        first, second = log.read_text().splitlines()
        assert first.endswith(' level=error msg="container does not exist"')
        assert "level=error" in second and "invalid container ID format" in second

    def test_json_on_standard_error(self, runtime):
        line = json.loads(runtime.run("--log-format", "json", "state", "nosuch").err)
        assert (line["level"], line["msg"]) == ("error", "container does not exist")

    def test_the_file_is_there_without_an_error(self, runtime, tmp_path):
        runtime.ok("--log", tmp_path / "log", "features")
        assert (tmp_path / "log").read_text() == ""
