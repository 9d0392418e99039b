"""The daemon: its flags and its configuration file, its sockets and files, and several side by side."""

import json
import os
import re
import socket
import stat

import pytest

from harness import BIN, command, http, processes
from harness.registry import Registry

pytestmark = pytest.mark.skiff_only
ENGINE_OPTIONS = {"live_restore": False}
SECURE_ADDRESS = "10.199.0.2"


def program(name):

    return BIN / name


class TestStart:
    def test_version(self):
        out = command.ok(program("skiffd"), "--version").out
        assert re.search(r"\d+\.\d+", out)

    def test_help_names_the_flags(self):
        out = command.ok(program("skiffd"), "--help").out
        for flag in (
            "--data-root",
            "--exec-root",
            "--pidfile",
            "--config-file",
            "--log-level",
            "--bridge",
            "--bip",
            "--insecure-registry",
            "--registry-mirror",
            "--add-runtime",
            "--default-runtime",
            "-H",
        ):
            assert flag in out, flag

    def test_an_unknown_flag(self):
        result = command.run(program("skiffd"), "--nosuch")
        assert result.code != 0 and "nosuch" in result.err

    @pytest.mark.parametrize(
        "settings, text",
        [
            ('{"bip": ', "daemon.json|config"),
            ('{"nosuch-setting": 1}', "nosuch-setting"),
            ('{"log-level": "loud"}', "loud|log.level"),
            ('{"bip": "nonsense"}', "nonsense|bip"),
        ],
    )
    def test_a_bad_configuration_file(self, settings, text, tmp_path):
        path = tmp_path / "daemon.json"
        path.write_text(settings)
        result = command.run(
            program("skiffd"),
            "--config-file",
            path,
            "--data-root",
            tmp_path / "d",
            "--exec-root",
            tmp_path / "e",
            "-H",
            f"unix://{tmp_path}/s",
            seconds=20,
        )
        assert result.code == 1, str(result)
        assert re.search(text, result.err), result.err

    def test_a_setting_given_twice(self, tmp_path):
        path = tmp_path / "daemon.json"
        path.write_text('{"log-level": "debug"}')
        result = command.run(
            program("skiffd"),
            "--config-file",
            path,
            "--log-level",
            "info",
            "--data-root",
            tmp_path / "d",
            "--exec-root",
            tmp_path / "e",
            "-H",
            f"unix://{tmp_path}/s",
            seconds=20,
        )
        assert result.code == 1 and "both as a flag and in the configuration file" in result.err


class TestFiles:
    def test_the_pidfile_and_the_socket(self, engine, cli):
        assert int(engine.pidfile.read_text()) == engine.process.pid
        assert stat.S_IMODE(os.stat(engine.socket).st_mode) == 0o660

    def test_the_data_root_is_closed_to_others(self, engine, cli):
        assert stat.S_IMODE(os.stat(engine.data_root).st_mode) & 0o067 == 0

    def test_every_socket_is_roots(self, engine, cli, name):
        cli.ok("run", "-d", "--name", name(), "busybox", "sleep", "1000")
        for directory, _, files in os.walk(engine.exec_root):
            for entry in files:
                details = os.stat(os.path.join(directory, entry), follow_symlinks=False)
                if stat.S_ISSOCK(details.st_mode):
                    assert stat.S_IMODE(details.st_mode) & 0o007 == 0, os.path.join(directory, entry)

    def test_no_abstract_sockets(self, engine, cli, name):
        cli.ok("run", "-d", "--name", name(), "busybox", "sleep", "1000")
        assert not [line for line in open("/proc/net/unix") if "@" in line.split()[-1] and "skiff" in line]

    def test_a_second_daemon_on_the_same_roots_is_refused(self, engine, cli):
        result = command.run(*engine.arguments(), seconds=20)
        assert result.code == 1 and re.search("running|in use|lock", result.err), str(result)
        assert engine.answers()

    def test_a_socket_that_somebody_else_serves(self, make_engine):
        engine = make_engine(bridge=False)
        engine.base.mkdir(parents=True)
        engine.config_file.write_text("{}")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(engine.socket))
            other.listen()
            result = command.run(*engine.arguments(), seconds=20)
        assert result.code == 1 and "another daemon listens on it" in result.err, str(result)
        assert not engine.pidfile.exists()
        assert [process.line for process in processes.everything() if str(engine.base) in process.line] == []

    def test_a_supervisor_that_cannot_start(self, make_engine):
        engine = make_engine(bridge=False)
        engine.base.mkdir(parents=True)
        engine.config_file.write_text("{}")
        (engine.exec_root / "supervisor.sock" / "in the way").mkdir(parents=True)
        # It does not wait for one that is gone.
        result = command.run(*engine.arguments(), seconds=8)
        assert result.code == 1 and "skiff-supervisor ended at its start" in result.err, str(result)
        assert f"bind {engine.exec_root}/supervisor.sock" in result.err and "cannot clean" not in result.err, str(result)
        assert not engine.pidfile.exists()

    def test_an_end_by_sigterm_stops_containers(self, make_engine, archives, client_name):
        engine = make_engine(live_restore=False).start()
        cli = engine.client(client_name)
        cli.ok("load", "-i", archives.busybox)
        cli.ok("run", "-d", "--name", "ending", "--stop-timeout", "1", "-p", "127.0.0.1::80", "busybox", "sleep", "1000")
        pid = cli.state("ending")["Pid"]
        assert engine.terminate() == 0
        assert not processes.is_alive(pid)
        assert engine.baseline.leaks(engine.base) == []
        engine.start()
        assert cli.state("ending")["Status"] == "exited"
        engine.close()

    def test_an_end_by_sigterm_removes_the_socket_and_the_pidfile(self, make_engine):
        engine = make_engine(bridge=False).start()
        assert engine.terminate() == 0
        assert not engine.socket.exists() and not engine.pidfile.exists()


class TestSideBySide:
    def test_two_daemons_do_not_meet(self, make_engine, engine, cli, archives, client_name, name):
        other = make_engine().start()
        neighbour = other.client(client_name)
        neighbour.ok("load", "-i", archives.busybox)
        container = name()
        for client in (cli, neighbour):
            client.ok(
                "run",
                "-d",
                "--name",
                container,
                "-p",
                "127.0.0.1::80",
                "busybox",
                "sh",
                "-c",
                "echo $(hostname) > /var/www/index.html; exec httpd -f -h /var/www",
            )
        ids = [client.inspect(container)["Id"] for client in (cli, neighbour)]
        assert ids[0] != ids[1]
        assert engine.supervisor_pid != other.supervisor_pid
        addresses = [
            client.inspect(container)["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
            for client in (cli, neighbour)
        ]
        assert addresses[0].startswith(engine.subnet) and addresses[1].startswith(other.subnet)
        neighbour.ok("rm", "-f", container)
        assert cli.state(container)["Running"] is True
        other.close()
        assert cli.ok("exec", container, "echo", "unmoved").word == "unmoved"
        port = cli.inspect(container)["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"]
        assert command.ok("busybox", "wget", "-qO-", f"http://127.0.0.1:{port}/").word == ids[0][:12]


class TestSettings:
    def test_the_configuration_file(self, make_engine, archives, client_name):
        engine = make_engine(settings={"log-level": "debug", "labels": ["role=test"]}).start()
        engine.client(client_name).ok("load", "-i", archives.busybox)
        assert "busybox" in engine.client(client_name).ok("images").out
        engine.close()

    def test_several_hosts(self, make_engine, session_directory, client_name):
        second = session_directory / "second.sock"
        engine = make_engine("-H", f"unix://{second}", bridge=False).start()
        assert http.request(second, "GET", "/_ping").status == 200
        engine.close()

    def test_no_bridge(self, make_engine, archives, client_name):
        engine = make_engine(bridge=False).start()
        cli = engine.client(client_name)
        cli.ok("load", "-i", archives.busybox)
        assert cli.ok("run", "--rm", "--network", "none", "busybox", "echo", "alone").word == "alone"
        assert engine.close() == []

    def test_runtimes(self, make_engine, archives, client_name):
        engine = make_engine("--add-runtime", "other=/usr/sbin/runc", bridge=False).start()
        cli = engine.client(client_name)
        cli.ok("load", "-i", archives.busybox)
        assert (
            cli.ok("run", "--rm", "--runtime", "other", "--network", "none", "busybox", "echo", "by runc").word
            == "by runc"
        )
        cli.fails(
            "run",
            "--rm",
            "--runtime",
            "nosuch",
            "busybox",
            "true",
            code=125,
            text="(unknown|invalid) runtime.*nosuch|nosuch",
        )
        info = json.loads(cli.ok("info", "--format", "{{json .}}").out)
        assert "other" in info["Runtimes"]
        assert engine.close() == []

    def test_the_default_runtime(self, make_engine, archives, client_name):
        engine = make_engine(
            "--add-runtime", "other=/usr/sbin/runc", "--default-runtime", "other", bridge=False
        ).start()
        cli = engine.client(client_name)
        cli.ok("load", "-i", archives.busybox)
        identifier = cli.ok("run", "-d", "--network", "none", "busybox", "sleep", "1000").word
        assert cli.inspect(identifier)["HostConfig"]["Runtime"] == "other"
        assert engine.close() == []

    def test_insecure_registries(self, make_engine, archives, client_name, session_directory):
        with Registry(session_directory / "insecure", SECURE_ADDRESS, tls=True) as tls, Registry(
            session_directory / "plain", SECURE_ADDRESS
        ) as plain:
            careful = make_engine(bridge=False).start()
            careless = make_engine(
                "--insecure-registry", tls.name, "--insecure-registry", plain.name, bridge=False
            ).start()
            for registry in (tls, plain):
                reference = registry.push(f"oci-archive:{archives.layered_oci}", "layered:1")
                careful.client(client_name).fails("pull", reference, code=1)
                careless.client(client_name).ok("pull", reference)
            careful.close()
            careless.close()

    def test_mirrors(self, make_engine, archives, client_name, session_directory):
        with Registry(session_directory / "mirror") as mirror:
            mirror.push(f"oci-archive:{archives.layered_oci}", "library/mirrored:1")
            engine = make_engine("--registry-mirror", f"http://{mirror.name}", bridge=False).start()
            cli = engine.client(client_name)
            cli.ok("pull", "mirrored:1")
            assert cli.inspect("mirrored:1", "image")["RepoTags"] == ["mirrored:1"]
            engine.close()
