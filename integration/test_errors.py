"""What goes wrong: the text and the exit code that docker users know, and no debris."""

import json
import os
import re
import socket

import pytest

import ociimage
from harness import command, http, images, leaks
from harness.client import Client
from harness.registry import Registry, free_port
from harness.waiting import until


def debris(engine):
    """What counts as left behind while the daemon runs and no container is there."""
    return {
        "mounts": [
            line
            for line in leaks.remaining_mounts(engine.data_root, engine.exec_root)
            if " overlay " in line or "/netns/" in line or "/shm" in line
        ],
        "links": sorted(leaks.links()),
        "tables": command.ok("nft", "list", "ruleset").out if engine.name == "skiffd" else "",
        "cgroups": sorted(
            path for path in leaks.container_cgroups() - engine.baseline.cgroups if not leaks.belongs_elsewhere(path)
        ),
        "processes": sorted(
            re.sub(r"^\d+ ", "", line)
            for line in leaks.remaining_processes()
            if "shim" in line or "runtime" in line or "runc" in line
        ),
        "directories": sorted(path for path in container_directories(engine)),
    }


def container_directories(engine):
    for root in (engine.data_root, engine.exec_root):
        for directory, names, _ in os.walk(root):
            for entry in names:
                if (
                    re.fullmatch(r"[0-9a-f]{64}(-init)?", entry)
                    and "image" not in directory
                    and "blobs" not in directory
                    and "overlay2" not in directory
                    and "layer" not in directory
                ):
                    yield os.path.join(directory, entry)


@pytest.fixture
def no_debris(engine, cli):
    """The test leaves mounts, links, rules, cgroups, processes and directories as they were."""
    before = debris(engine)
    yield
    engine.remove_containers()
    try:
        until(lambda: debris(engine) == before, "no debris", 5)
    except AssertionError:
        assert debris(engine) == before


class TestDaemon:
    def test_it_does_not_run(self, cli, session_directory):
        absent = session_directory / "absent.sock"
        lonely = Client(cli.name, f"unix://{absent}", session_directory)
        pattern = rf"Cannot connect to the Docker daemon at unix://{absent}\. Is the docker daemon running\?"
        if cli.name == "skiff":
            pattern = rf"cannot connect to .*{absent}.* running"
        lonely.fails("ps", code=1, text=pattern)
        lonely.fails("run", "busybox", "true", code=125, text=pattern)
        lonely.fails("version", code=1, text=pattern)

    def test_it_answers_errors_with_one_line(self, cli):
        result = cli.run("inspect", "nosuch")
        assert len(result.err.strip().splitlines()) == 1


@pytest.mark.usefixtures("no_debris")
class TestRun:
    def test_no_such_image(self, cli):
        result = cli.run("run", "--rm", "127.0.0.1:1/nosuch", "true")
        assert result.code == 125, str(result)
        assert "Unable to find image '127.0.0.1:1/nosuch:latest' locally" in result.err

    @pytest.mark.parametrize(
        "command, code, text",
        [
            (["nosuch"], 127, r'exec: "nosuch": executable file not found in \$PATH'),
            (["/no/such"], 127, r'exec: "/no/such": (stat /no/such: )?no such file or directory'),
            (["/etc"], 126, r'exec: "/etc": (permission denied|is a directory)'),
            (["/etc/passwd"], 126, r'exec: "/etc/passwd": permission denied'),
        ],
    )
    def test_a_command_that_cannot_run(self, command, code, text, cli):
        cli.fails("run", "--rm", "busybox", *command, code=code, text=text)

    def test_a_detached_command_that_cannot_run(self, cli, name):
        container = name()
        cli.fails("run", "-d", "--name", container, "busybox", "nosuch", code=127, text="executable file not found")
        state = cli.state(container)
        assert (state["Status"], state["ExitCode"]) == ("created", 127)

    def test_a_working_directory_that_is_a_file(self, cli):
        cli.fails("run", "--rm", "-w", "/etc/passwd", "busybox", "true", code=125, text="not a directory")

    def test_a_user_that_is_not_there(self, cli):
        cli.fails(
            "run",
            "--rm",
            "-u",
            "nosuch",
            "busybox",
            "true",
            code=125,
            text="unable to find user nosuch: no matching entries in passwd file",
        )

    @pytest.mark.parametrize("user", ["4294967296", "-1", "1:nosuch"])
    def test_a_user_that_cannot_be(self, user, cli):
        cli.fails("run", "--rm", "-u", user, "busybox", "true", code=125)

    def test_a_port_in_use(self, cli, name):
        port, container = free_port(), name()
        cli.ok("run", "-d", "--name", container, "-p", f"{port}:80", "busybox", "sleep", "1000")
        cli.fails(
            "run",
            "--name",
            name("second"),
            "-p",
            f"{port}:80",
            "busybox",
            "true",
            code=125,
            text=rf"Bind for 0\.0\.0\.0:{port} failed: port is already allocated",
        )
        assert cli.state(name("second"))["Status"] == "created"

    def test_a_port_of_a_process(self, cli):
        with socket.create_server(("0.0.0.0", 0)) as server:
            port = server.getsockname()[1]
            cli.fails("run", "--rm", "-p", f"{port}:80", "busybox", "true", code=125, text="address already in use")

    def test_a_name_in_use(self, cli, name):
        container = name()
        identifier = cli.ok("create", "--name", container, "busybox").word
        cli.fails(
            "run",
            "--name",
            container,
            "busybox",
            code=125,
            text=(
                rf'Conflict\. The container name "/{container}" is already in use by container "{identifier}"\. '
                r"You have to remove \(or rename\) that container to be able to reuse that name"
            ),
        )

    def test_a_bad_name(self, cli):
        cli.fails(
            "run",
            "--name",
            "no/such",
            "busybox",
            code=125,
            text=r"Invalid container name \(no/such\), only \[a-zA-Z0-9\]",
        )

    @pytest.mark.parametrize(
        "flags, text",
        [
            (["--memory", "nonsense"], "invalid (size|argument).*nonsense"),
            (["--memory", "1m"], "Minimum memory limit allowed is 6MB"),
            (["--cpus", "many"], "many"),
            (["--cpus", "10000"], "range of CPUs is from 0.01 to"),
            (["-p", "99999:80"], "(invalid|port).*99999|99999"),
            (["-p", "nonsense"], "(invalid|nonsense)"),
            (["-v", "relative/path:/x:nosuchmode"], "invalid"),
            (["-v", "name:relative"], "must be absolute|invalid mount path"),
            (["-e", "=value"], "invalid environment variable"),
            (["--network", "nosuch"], "network nosuch not found"),
            (["--cap-add", "NOSUCH"], "nosuch|invalid.*cap"),
            (["--restart", "sometimes"], "invalid restart policy|sometimes"),
            (["--env-file", "/no/such/file"], "no such file or directory"),
            (["--pids-limit", "many"], "many"),
            (["-w", "relative"], "working directory.*relative.*invalid|absolute|needs to be an absolute path"),
        ],
    )
    def test_a_bad_flag(self, flags, text, cli):
        cli.fails("run", *flags, "busybox", "true", code=125, text=text)

    def test_a_bad_reference(self, cli):
        cli.fails(
            "run",
            "--rm",
            "UPPER",
            "true",
            code=125,
            text="invalid reference format: repository name .*must be lowercase",
        )

    def test_no_such_container(self, cli):
        for words in (["start"], ["stop"], ["kill"], ["logs"], ["wait"], ["top"], ["rm"], ["attach"]):
            cli.fails(*words, "nosuch", code=1, text="No such container: nosuch")
        cli.fails("exec", "nosuch", "true", code=1, text="No such container: nosuch")

    def test_an_ambiguous_prefix(self, cli):
        ids = []
        while True:
            ids.append(cli.ok("create", "busybox").word)
            shared = [i for i in ids for j in ids if i != j and i[0] == j[0]]
            if shared:
                break
        cli.fails("inspect", shared[0][0], code=1, text="(multiple|more than one).*IDs? found|ambiguous|No such object")

    def test_a_mount_that_cannot_be(self, cli, tmp_path):
        (tmp_path / "file").write_text("x")
        result = cli.run("run", "--rm", "-v", f"{tmp_path}/file:/etc", "busybox", "true")
        assert result.code in (125, 126, 127), str(result)
        assert "not a directory" in result.err.lower() or "directory onto a file" in result.err

    def test_proc_as_a_link_leads_nowhere(self, cli, session_directory):
        # CVE-2023-27561: /proc must not be redirected by the image.
        for target in ("proc", "sys"):
            hostile = ociimage.Layer().whiteout(target).symlink(target, "/tmp")
            image = images.busybox.image(f"hostile-{target}:1", extra_layers=[hostile])
            path = ociimage.write_archive(session_directory / f"hostile-{target}.tar", ociimage.docker_files([image]))
            cli.ok("load", "-i", path)
            result = cli.run("run", "--rm", f"hostile-{target}:1", "cat", "/proc/mounts")
            refused = result.code in (125, 126, 127)
            assert refused or re.search(rf"^\S+ /{target} {target}", result.out, re.MULTILINE), str(result)
            cli.ok("rmi", f"hostile-{target}:1")


class TestLoad:
    @pytest.fixture(autouse=True)
    def nothing_stays(self, engine, cli):
        listing = ["images", "-a", "--no-trunc", "--format", "{{.Repository}} {{.Tag}} {{.ID}}"]
        before = cli.ok(*listing).out, set(disk_entries(engine))
        yield
        assert cli.ok(*listing).out == before[0]
        if engine.name == "skiffd":
            assert set(disk_entries(engine)) == before[1]

    def damaged(self, session_directory, name, edit):
        """An archive of an image that no other test has, changed by `edit`."""
        image = fresh_image()
        files = ociimage.docker_files([image])
        edit(files, image)
        return ociimage.write_archive(session_directory / name, files)

    def test_a_missing_file(self, cli):
        cli.fails("load", "-i", "/no/such/file", code=1, text="no such file or directory")

    def test_an_empty_file(self, cli):
        result = cli.run("load", "-i", "/dev/null")
        assert result.code in (0, 1) and "Loaded" not in result.out

    def test_what_is_no_archive(self, cli, session_directory):
        path = session_directory / "nonsense"
        path.write_bytes(b"nonsense" * 10_000)
        cli.fails("load", "-i", path, code=1)

    @pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
    def test_a_truncated_archive(self, kept, cli, session_directory):
        path = self.damaged(session_directory, "truncated.tar", lambda files, image: None)
        os.truncate(path, int(path.stat().st_size * kept))
        result = cli.run("load", "-i", path)
        assert result.code == 1, str(result)
        assert len(result.err.strip().splitlines()) == 1, result.err

    def test_a_corrupt_layer(self, cli, session_directory):
        def edit(files, image):
            layer = image.layers[1].diff_id.removeprefix("sha256:") + "/layer.tar"
            data = bytearray(files[layer])
            data[len(data) // 2] ^= 0xFF
            files[layer] = bytes(data)

        cli.fails(
            "load",
            "-i",
            self.damaged(session_directory, "corrupt.tar", edit),
            code=1,
            text="diffID|digest|checksum|invalid",
        )

    def test_a_missing_layer(self, cli, session_directory):
        def edit(files, image):
            del files[image.layers[1].diff_id.removeprefix("sha256:") + "/layer.tar"]

        cli.fails(
            "load",
            "-i",
            self.damaged(session_directory, "missing.tar", edit),
            code=1,
            text="no such file|missing|not found",
        )

    def test_a_bad_manifest(self, cli, session_directory):
        def edit(files, image):
            files["manifest.json"] = b'[{"Config": 1'

        cli.fails("load", "-i", self.damaged(session_directory, "manifest.tar", edit), code=1)

    def test_a_path_as_an_id(self, cli, session_directory):
        # CVE-2014-9358
        def edit(files, image):
            manifest = json.loads(files["manifest.json"])
            manifest[0]["Config"] = "../../../../etc/passwd"
            files["manifest.json"] = ociimage.encode(manifest)

        cli.fails("load", "-i", self.damaged(session_directory, "paths.tar", edit), code=1)

    def test_a_corrupt_layer_in_a_registry(self, cli, session_directory):
        with Registry(session_directory / "corrupt-registry") as registry:
            image = fresh_image()
            path = ociimage.write_archive(session_directory / "registry.tar", ociimage.combined_files([image]))
            reference = registry.push(f"oci-archive:{path}", "corrupt:1")
            registry.damage(ociimage.digest(image.layers[1].blob))
            cli.fails("pull", reference, code=1)
            cli.fails("run", "--rm", reference, "true", code=125)


def fresh_image():
    return images.busybox.image("fresh:1", extra_layers=[ociimage.Layer().file("random", os.urandom(200_000))])


def disk_entries(engine):
    """Files of the data root, without the databases' own."""
    for directory, _, files in os.walk(engine.data_root):
        for entry in files:
            if not re.search(r"\.(db|sqlite)(-\w+)?$|-wal$|-shm$|-journal$", entry):
                yield os.path.join(directory, entry)


class TestFullDisk:
    @pytest.fixture
    def small(self, make_engine, session_directory, cleanup):
        """A daemon whose data root is a small tmpfs."""
        engine = make_engine(bridge=False)
        engine.data_root.mkdir(parents=True)
        command.ok("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", engine.data_root)
        cleanup.callback(command.run, "umount", "-l", engine.data_root)
        cleanup.callback(engine.close)
        return engine.start()

    @pytest.mark.skiff_only  # dockerd's own databases fill such a disk
    def test_load_fails_and_goes_on(self, small, archives, session_directory, client_name):
        cli = small.client(client_name)
        big = images.busybox.image("big:1", extra_layers=[ociimage.Layer().file("big", os.urandom(20 << 20))])
        path = ociimage.write_archive(session_directory / "big.tar", ociimage.docker_files([big]))
        before = set(disk_entries(small))
        cli.fails("load", "-i", path, code=1, text="no space left on device")
        assert cli.ok("images", "-q").out == ""
        assert set(disk_entries(small)) == before
        cli.ok("load", "-i", archives.busybox)
        assert cli.ok("run", "--rm", "--network", "none", "busybox", "echo", "fits").out == "fits\n"

    @pytest.mark.skiff_only
    def test_a_container_that_fills_it(self, small, archives, client_name):
        cli = small.client(client_name)
        cli.ok("load", "-i", archives.busybox)
        result = cli.run("run", "--rm", "--network", "none", "busybox", "dd", "if=/dev/zero", "of=/big", "bs=1M")
        assert result.code == 1 and "No space left on device" in result.err
        assert cli.ok("run", "--rm", "--network", "none", "busybox", "echo", "again").out == "again\n"
