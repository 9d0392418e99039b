"""The real clients: the docker CLI by DOCKER_HOST, docker-py, and the protocol that they rely on."""

import io
import json
import re
import struct

import docker
import docker.errors
import pytest

from harness import http
from harness.registry import Registry
from harness.waiting import until

CLIENTS = ["docker"]


@pytest.fixture
def api(engine, cli):
    """docker-py on the engine (`cli` removes the containers afterwards)."""
    client = docker.DockerClient(base_url=engine.url, version="auto", timeout=30)
    yield client
    client.close()


@pytest.fixture
def ask(engine, cli):
    """One request to the engine."""
    return lambda method, target, body=None, **options: http.request(engine.socket, method, target, body, **options)


@pytest.fixture
def created(ask, name):
    """Creates a container by the API; returns its id."""

    def create(command, **config):
        response = ask("POST", f"/containers/create?name={name()}", {"Image": "busybox", "Cmd": command, **config})
        assert response.status == 201, response.body
        return json.loads(response.body)["Id"]

    return create


class TestDockerCLI:
    """Further words of the docker CLI; test_cli.py and test_terminal.py run with it too."""

    def test_the_environment_chooses_the_engine(self, engine, cli):
        assert cli.ok("version", "--format", "{{.Client.APIVersion}} {{.Server.APIVersion}}").out
        assert cli.env["DOCKER_HOST"] == engine.url

    def test_container_and_image_words(self, cli, name):
        container = name()
        cli.ok("container", "run", "-d", "--name", container, "busybox", "sleep", "1000")
        assert container in cli.ok("container", "ls", "--format", "{{.Names}}").lines
        assert cli.ok("container", "inspect", "-f", "{{.State.Running}}", container).word == "true"
        assert "busybox" in cli.ok("image", "ls").out
        assert cli.ok("image", "inspect", "-f", "{{.Os}}", "busybox").word == "linux"

    def test_the_contents_of_a_pull_are_told_as_they_come(self, cli, session_directory, archives):
        with Registry(session_directory / "clients") as registry:
            reference = registry.push(f"oci-archive:{archives.layered_oci}", "layered:1")
            out = cli.ok("pull", reference).out
            assert out.count("Pull complete") + out.count("Already exists") == 4
            cli.ok("rmi", "-f", reference)


class TestDockerPy:
    def test_version_and_info(self, api):
        assert api.ping() is True
        assert api.version()["ApiVersion"] and api.info()["Driver"]

    def test_run(self, api):
        assert api.containers.run("busybox", ["echo", "hello"], remove=True) == b"hello\n"

    def test_run_tells_a_failure(self, api):
        with pytest.raises(docker.errors.ContainerError) as caught:
            api.containers.run("busybox", ["sh", "-c", "echo broken >&2; exit 3"], remove=True)
        assert caught.value.exit_status == 3 and caught.value.stderr == b"broken\n"

    def test_run_detached_with_options(self, api, name, tmp_path):
        container = api.containers.run(
            "busybox",
            ["sleep", "1000"],
            detach=True,
            name=name(),
            environment={"A": "1"},
            labels={"kind": "test"},
            mem_limit="64m",
            volumes={str(tmp_path): {"bind": "/data", "mode": "rw"}},
            ports={"80/tcp": None},
            hostname="py",
        )
        container.reload()
        assert container.status == "running" and container.labels == {"kind": "test"}
        assert container.ports["80/tcp"][0]["HostPort"]
        assert container.exec_run("hostname").output == b"py\n"
        assert [c.name for c in api.containers.list(filters={"label": "kind=test"})] == [container.name]

    def test_exec_run(self, api, name):
        container = api.containers.run("busybox", ["sleep", "1000"], detach=True, name=name())
        result = container.exec_run(["sh", "-c", "echo out; echo err >&2; exit 4"], demux=True)
        assert (result.exit_code, result.output) == (4, (b"out\n", b"err\n"))
        assert container.exec_run("id -un", user="nobody", workdir="/tmp", environment={"X": "y"}).output == b"nobody\n"

    def test_exec_run_streams(self, api, name):
        container = api.containers.run("busybox", ["sleep", "1000"], detach=True, name=name())
        output = container.exec_run(["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"], stream=True).output
        assert b"".join(output) == b"1\n2\n3\n"

    def test_exec_run_with_a_socket(self, api, name):
        container = api.containers.run("busybox", ["sleep", "1000"], detach=True, name=name())
        connection = container.exec_run("cat", stdin=True, socket=True).output
        raw = connection._sock
        raw.settimeout(20)
        raw.sendall(b"through\n")
        reader = raw.makefile("rb")
        stream, length = struct.unpack(">BxxxL", reader.read(8))
        assert (stream, reader.read(length)) == (1, b"through\n")
        connection.close()

    def test_logs_stream(self, api, name):
        container = api.containers.run(
            "busybox", ["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"], detach=True, name=name()
        )
        assert b"".join(container.logs(stream=True)) == b"1\n2\n3\n"
        assert container.logs(tail=1) == b"3\n"
        assert container.logs(stdout=False) == b""

    def test_logs_follow(self, api, name):
        container = api.containers.run(
            "busybox", ["sh", "-c", "echo first; sleep 0.5; echo second"], detach=True, name=name()
        )
        lines = list(container.logs(stream=True, follow=True))
        assert b"".join(lines) == b"first\nsecond\n"

    def test_attach(self, api, name):
        container = api.containers.create("busybox", ["sh", "-c", "echo one; sleep 0.2; echo two"], name=name())
        stream = container.attach(stream=True, logs=True)
        container.start()
        assert b"".join(stream) == b"one\ntwo\n"

    def test_attach_socket(self, api, name):
        container = api.containers.create("busybox", ["cat"], name=name(), stdin_open=True, tty=False)
        connection = container.attach_socket(params={"stdin": 1, "stdout": 1, "stream": 1})
        container.start()
        raw = connection._sock
        raw.settimeout(20)
        raw.sendall(b"ping\n")
        reader = raw.makefile("rb")
        _, length = struct.unpack(">BxxxL", reader.read(8))
        assert reader.read(length) == b"ping\n"
        connection.close()

    def test_life(self, api, name):
        container = api.containers.create("busybox", ["sleep", "1000"], name=name())
        container.start()
        container.stop(timeout=0)
        assert container.wait()["StatusCode"] == 137
        container.restart(timeout=0)
        container.reload()
        assert container.status == "running"
        assert container.top()["Processes"]
        assert container.stats(stream=False)["memory_stats"]["usage"] > 0
        container.kill("SIGKILL")
        container.wait()
        container.remove()
        with pytest.raises(docker.errors.NotFound):
            api.containers.get(container.id)

    def test_images(self, api, session_directory, archives):
        with Registry(session_directory / "dockerpy") as registry:
            reference = registry.push(f"oci-archive:{archives.layered_oci}", "layered:1")
            image = api.images.pull(reference)
            assert reference in image.tags
            assert api.images.get(reference).id == image.id
            assert reference in [tag for item in api.images.list() for tag in item.tags]
            api.images.remove(reference, force=True)
            with pytest.raises(docker.errors.ImageNotFound):
                api.images.get(reference)

    def test_load(self, api, archives):
        loaded = api.images.load(archives.configured.read_bytes())
        assert loaded[0].tags == ["configured:1"]
        api.images.remove("configured:1")

    def test_errors(self, api, name):
        with pytest.raises(docker.errors.ImageNotFound):
            api.images.get("nosuch:image")
        with pytest.raises(docker.errors.NotFound):
            api.containers.get("nosuch")
        with pytest.raises(docker.errors.APIError) as caught:
            api.containers.run("busybox", "nosuch", name=name())
        assert caught.value.status_code in (400, 404) and "executable file not found" in str(caught.value)

    def test_events(self, api, name):
        events = api.events(decode=True, filters={"type": "container"})
        container = api.containers.run("busybox", "true", detach=True, name=name())
        container.wait()
        seen = []
        for event in events:
            seen.append(event["Action"])
            if event["Action"] == "die":
                break
        events.close()
        assert seen[:2] == ["create", "start"] or seen[:3] == ["create", "attach", "start"]


class TestNegotiation:
    def test_ping(self, ask):
        response = ask("GET", "/_ping")
        assert (response.status, response.body) == (200, b"OK")
        assert re.fullmatch(r"1\.\d+", response.headers["api-version"])
        assert response.headers["ostype"] == "linux"
        assert "docker-experimental" in response.headers
        assert response.headers["cache-control"].startswith("no-cache")

    def test_ping_by_head(self, ask):
        response = ask("HEAD", "/_ping")
        assert response.status == 200 and response.headers["api-version"]

    @pytest.mark.parametrize("version", ["v1.24", "v1.30", "v1.41"])
    def test_old_versions_are_served(self, version, ask):
        assert ask("GET", f"/{version}/containers/json").status == 200

    def test_unknown_versions_are_refused(self, ask):
        newer = ask("GET", "/v1.999/containers/json")
        assert newer.status == 400 and "too new" in json.loads(newer.body)["message"]

    def test_unknown_paths(self, ask):
        response = ask("GET", "/nosuch")
        assert response.status == 404 and "page not found" in json.loads(response.body)["message"]

    def test_errors_are_json(self, ask):
        response = ask("GET", "/containers/nosuch/json")
        assert response.status == 404 and response.headers["content-type"].startswith("application/json")
        assert json.loads(response.body) == {"message": "No such container: nosuch"}

    def test_a_bad_body(self, engine, ask):
        status = ask("POST", "/containers/create", b"{", headers={"Content-Type": "application/json"}).status
        assert status == (500 if engine.name == "dockerd" else 400)

    def test_connections_are_kept(self, engine, cli):
        with http.Connection(engine.socket) as connection:
            for _ in range(3):
                connection.send("GET", "/version")
                status, headers = connection.read_head()
                assert status == 200 and json.loads(connection.read_body(headers))["ApiVersion"]


class TestStreams:
    def attach(self, engine, identifier, query, upgrade=True):
        connection = http.Connection(engine.socket)
        fields = {"Connection": "Upgrade", "Upgrade": "tcp"} if upgrade else {}
        connection.send("POST", f"/containers/{identifier}/attach?{query}", headers=fields)
        status, headers = connection.read_head()
        return connection, status, headers

    def start(self, ask, identifier):
        assert ask("POST", f"/containers/{identifier}/start").status == 204

    def test_an_upgraded_attach(self, engine, ask, created):
        identifier = created(["sh", "-c", "echo out; echo err >&2"])
        connection, status, headers = self.attach(engine, identifier, "stream=1&stdout=1&stderr=1")
        with connection:
            assert status == 101 and headers["upgrade"] == "tcp" and headers["connection"].lower() == "upgrade"
            assert headers["content-type"] in (
                "application/vnd.docker.raw-stream",
                "application/vnd.docker.multiplexed-stream",
            )
            self.start(ask, identifier)
            assert sorted(connection.frames()) == [(1, b"out\n"), (2, b"err\n")]

    def test_an_attach_without_upgrade(self, engine, ask, created):
        identifier = created(["echo", "out"])
        connection, status, headers = self.attach(engine, identifier, "stream=1&stdout=1", upgrade=False)
        with connection:
            assert status == 200
            self.start(ask, identifier)
            assert list(connection.frames()) == [(1, b"out\n")]

    def test_a_terminal_is_a_raw_stream(self, engine, ask, created):
        identifier = created(["sh", "-c", "echo out; echo err >&2"], Tty=True)
        connection, status, headers = self.attach(engine, identifier, "stream=1&stdout=1&stderr=1")
        with connection:
            assert (status, headers["content-type"]) == (101, "application/vnd.docker.raw-stream")
            self.start(ask, identifier)
            assert connection.reader.read() == b"out\r\nerr\r\n"

    def test_half_close_ends_the_input_alone(self, engine, ask, created):
        identifier = created(["sh", "-c", "cat; echo all"], OpenStdin=True, StdinOnce=True, AttachStdin=True)
        connection, status, _ = self.attach(engine, identifier, "stream=1&stdin=1&stdout=1&stderr=1")
        with connection:
            assert status == 101
            self.start(ask, identifier)
            connection.socket.sendall(b"input\n")
            connection.half_close()
            received = b"".join(payload for _, payload in connection.frames())
            assert received == b"input\nall\n"
        assert json.loads(ask("POST", f"/containers/{identifier}/wait").body)["StatusCode"] == 0

    def test_half_close_of_an_exec(self, engine, ask, created):
        identifier = created(["sleep", "1000"])
        self.start(ask, identifier)
        options = {
            "Cmd": ["sh", "-c", "wc -c; exit 3"],
            "AttachStdin": True,
            "AttachStdout": True,
            "AttachStderr": True,
        }
        exec_id = json.loads(ask("POST", f"/containers/{identifier}/exec", options).body)["Id"]
        with http.Connection(engine.socket) as connection:
            connection.send(
                "POST",
                f"/exec/{exec_id}/start",
                {"Detach": False, "Tty": False},
                {"Connection": "Upgrade", "Upgrade": "tcp"},
            )
            status, headers = connection.read_head()
            assert (status, headers["upgrade"]) == (101, "tcp")
            connection.socket.sendall(b"x" * 1_000_000)
            connection.half_close()
            assert list(connection.frames()) == [(1, b"1000000\n")]
        details = json.loads(ask("GET", f"/exec/{exec_id}/json").body)
        assert (details["Running"], details["ExitCode"]) == (False, 3)

    def test_logs_are_multiplexed(self, engine, ask, created):
        identifier = created(["sh", "-c", "echo out; echo err >&2"])
        self.start(ask, identifier)
        ask("POST", f"/containers/{identifier}/wait")
        response = ask("GET", f"/containers/{identifier}/logs?stdout=1&stderr=1")
        frames, body = [], io.BytesIO(response.body)
        while len(header := body.read(8)) == 8:
            stream, length = struct.unpack(">BxxxL", header)
            frames.append((stream, body.read(length)))
        assert sorted(frames) == [(1, b"out\n"), (2, b"err\n")]

    def test_a_client_that_leaves_stops_nothing(self, engine, ask, created):
        identifier = created(["sh", "-c", "for i in $(seq 2000); do echo line $i; done; sleep 1000"])
        connection, _, _ = self.attach(engine, identifier, "stream=1&stdout=1")
        self.start(ask, identifier)
        connection.close()
        until(
            lambda: b"line 2000" in ask("GET", f"/containers/{identifier}/logs?stdout=1&tail=1").body,
            "all lines are logged",
        )

    def test_a_slow_client_loses_no_log_line(self, engine, ask, created):
        identifier = created(["sh", "-c", "seq 200000; echo end; sleep 1000"])
        connection, _, _ = self.attach(engine, identifier, "stream=1&stdout=1")
        with connection:  # which reads nothing
            self.start(ask, identifier)
            until(
                lambda: b"end" in ask("GET", f"/containers/{identifier}/logs?stdout=1&tail=1").body
                or engine.name == "dockerd",
                "the container is not held up",
                20,
            )

    def test_wait_conditions(self, engine, ask, created):
        identifier = created(["sh", "-c", "exit 6"], HostConfig={"AutoRemove": True})
        with http.Connection(engine.socket) as connection:
            connection.send("POST", f"/containers/{identifier}/wait?condition=removed")
            status, headers = connection.read_head()
            assert status == 200
            self.start(ask, identifier)
            assert json.loads(connection.read_body(headers))["StatusCode"] == 6

    def test_resize(self, ask, created):
        identifier = created(["sh", "-c", "sleep 1000"], Tty=True)
        self.start(ask, identifier)
        assert ask("POST", f"/containers/{identifier}/resize?h=50&w=120").status == 200
