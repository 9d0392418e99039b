"""Images: pulled from registries, loaded from archives, unpacked layer by layer, listed and removed."""

import json
import os
import re
import stat

import pytest

import ociimage
from harness import images
from harness.registry import Registry

REGISTRY_ADDRESS = "10.199.0.1"


@pytest.fixture(scope="module")
def registry(session_directory):
    with Registry(session_directory / "registry") as registry:
        yield registry


@pytest.fixture(scope="module")
def pushed(registry, archives):
    """References of images in the registry."""
    return {
        "layered": registry.push(f"oci-archive:{archives.layered_oci}", "fleet/layered:1"),
        "busybox": registry.push(f"oci-archive:{archives.busybox}", "busybox:latest"),
        "platforms": registry.push(f"oci-archive:{archives.platforms_oci}", "platforms:1", "--all"),
        "schema2": registry.push(f"docker-archive:{archives.layered_docker}", "schema2:1", "--format", "v2s2"),
    }


def remove_images(cli):
    for line in cli.ok("images", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}").lines:
        repository, tag, digest, identifier = line.split()
        if (repository, tag) == ("busybox", "latest"):
            continue
        by_tag = f"{repository}:{tag}" if tag != "<none>" else None
        by_digest = f"{repository}@{digest}" if digest != "<none>" else None
        cli.run("rmi", "-f", by_tag or by_digest or identifier)


@pytest.fixture
def cli(cli):
    yield cli
    remove_images(cli)


def check_layers(cli, image, name):
    """Looks into a container of the image of `images.layered`."""
    script = r"""
        cat /work/kept /work/removed /work/changed /work/added /opaque/shown /file-then-directory/inside
        ls -d /work/gone /opaque/hidden /opaque/below 2>/dev/null
        ls -i /links-first | awk '{print $1}'; ls -i /links-second | awk '{print $1}'
        stat -c '%a %u %g %F %n' /owned /setuid /sticky /fifo
        readlink /absolute-link /dangling
        find / -xdev -name '.wh.*'
    """
    lines = cli.ok(
        "run",
        "--rm",
        image,
        "sh",
        "-c",
        script.replace("readlink /absolute-link /dangling", "readlink /absolute-link; readlink /dangling"),
    ).lines
    assert lines[:6] == ["lower", "upper", "middle", "middle", "middle", "upper"]
    assert lines[6] == lines[7], "hard links share an inode"
    assert lines[8:] == [
        "640 1234 4321 regular file /owned",
        "4755 0 0 regular file /setuid",
        "1777 0 0 directory /sticky",
        "644 0 0 fifo /fifo",
        "/work/kept",
        "/nowhere",
    ]
    check_attributes(cli, image, name)


def check_attributes(cli, image, name):
    container = name("attributes")
    cli.ok("run", "-d", "--name", container, image, "sleep", "1000")
    root = f"/proc/{cli.state(container)['Pid']}/root"
    assert os.getxattr(f"{root}/attribute", "user.skiff") == b"sails"
    assert os.stat(f"{root}/{images.layered()[1]}").st_size == 5
    text = cli.ok("exec", "-u", "1000", container, "/caps/cat", "/proc/self/status").out
    assert "CapEff:\t0000000000000400" in text, "the file's capability is in force"
    cli.ok("rm", "-f", container)


class TestLoad:
    def test_a_docker_save_archive(self, cli, archives, name):
        assert cli.ok("load", "-i", archives.layered_docker).out == "Loaded image: layered:1\n"
        check_layers(cli, "layered:1", name)

    @pytest.mark.skiff_only  # dockerd before 25 knows only Docker's own archives
    def test_an_oci_archive(self, cli, archives, name):
        assert cli.ok("load", "-i", archives.layered_oci).out == "Loaded image: layered:1\n"
        check_layers(cli, "layered:1", name)

    def test_from_standard_input(self, cli, archives):
        assert "Loaded image: layered:1" in cli.ok("load", input=archives.layered_docker.read_bytes()).out

    def test_compressed_archives(self, cli, archives, session_directory):
        import gzip

        packed = session_directory / "layered.tar.gz"
        packed.write_bytes(gzip.compress(archives.layered_docker.read_bytes(), 1))
        assert "Loaded image: layered:1" in cli.ok("load", "-i", packed).out

    def test_quietly(self, cli, archives):
        assert cli.ok("load", "-q", "-i", archives.layered_docker).out == "Loaded image: layered:1\n"

    def test_an_image_without_a_name_is_told_by_its_id(self, cli, session_directory):
        image, _ = images.layered()
        image.names = ()
        path = ociimage.write_archive(session_directory / "nameless.tar", ociimage.docker_files([image]))
        assert cli.ok("load", "-i", path).out == f"Loaded image ID: {image.id}\n"
        assert cli.inspect(image.id)["RepoTags"] in ([], None)

    def test_several_images_in_one_archive(self, cli, session_directory):
        several = [images.layered()[0], images.with_config()]
        path = ociimage.write_archive(session_directory / "several.tar", ociimage.docker_files(several))
        out = cli.ok("load", "-i", path).out
        assert "Loaded image: layered:1\n" in out and "Loaded image: configured:1\n" in out

    @pytest.mark.skiff_only
    def test_an_index_gives_the_hosts_platform(self, cli, archives):
        cli.ok("load", "-i", archives.platforms_oci)
        assert cli.ok("run", "--rm", "platforms:1", "cat", "/architecture").word == ociimage.ARCHITECTURE

    def test_loading_again_changes_nothing(self, cli, archives):
        cli.ok("load", "-i", archives.layered_docker)
        before = cli.inspect("layered:1")
        cli.ok("load", "-i", archives.layered_docker)
        assert cli.inspect("layered:1")["Id"] == before["Id"]


class TestPull:
    def test_from_a_registry_over_http(self, cli, pushed, name):
        out = cli.ok("pull", pushed["layered"]).out
        assert re.search(r"^1: Pulling from fleet/layered$", out, re.MULTILINE)
        assert re.search(r"^Digest: sha256:[0-9a-f]{64}$", out, re.MULTILINE)
        assert f"Status: Downloaded newer image for {pushed['layered']}" in out
        assert out.splitlines()[-1] == pushed["layered"]
        check_layers(cli, pushed["layered"], name)

    def test_again_is_up_to_date(self, cli, pushed):
        cli.ok("pull", "-q", pushed["layered"])
        assert f"Status: Image is up to date for {pushed['layered']}" in cli.ok("pull", pushed["layered"]).out

    def test_quietly(self, cli, pushed):
        assert cli.ok("pull", "-q", pushed["busybox"]).out == pushed["busybox"] + "\n"

    def test_by_digest(self, cli, pushed):
        cli.ok("pull", "-q", pushed["layered"])
        digest = cli.inspect(pushed["layered"])["RepoDigests"][0]
        cli.ok("rmi", "-f", pushed["layered"])
        cli.ok("pull", "-q", digest)
        assert cli.inspect(digest)["RepoDigests"] == [digest]

    def test_docker_schema_2(self, cli, pushed, name):
        cli.ok("pull", "-q", pushed["schema2"])
        check_layers(cli, pushed["schema2"], name)

    def test_an_index_gives_the_hosts_platform(self, cli, pushed):
        cli.ok("pull", pushed["platforms"])
        assert cli.ok("run", "--rm", pushed["platforms"], "cat", "/architecture").word == ociimage.ARCHITECTURE
        assert cli.inspect(pushed["platforms"], "image")["Architecture"] == ociimage.ARCHITECTURE

    def test_another_platform_on_demand(self, cli, pushed):
        other = images.foreign().architecture
        cli.ok("pull", "--platform", f"linux/{other}", pushed["platforms"])
        assert cli.inspect(pushed["platforms"], "image")["Architecture"] == other

    @pytest.mark.skiff_only  # dockerd 20.10 has no zstd
    def test_zstd_layers(self, cli, registry, archives, name):
        reference = registry.push(f"oci-archive:{archives.layered_oci}", "zstd:1", "--dest-compress-format", "zstd")
        cli.ok("pull", "-q", reference)
        check_layers(cli, reference, name)

    def test_run_pulls_what_is_missing(self, cli, pushed):
        result = cli.ok("run", "--rm", pushed["busybox"], "echo", "pulled")
        assert result.out == "pulled\n"
        assert f"Unable to find image '{pushed['busybox']}' locally" in result.err

    def test_images_share_layers(self, cli, pushed):
        cli.ok("pull", pushed["layered"])
        out = cli.ok("pull", pushed["platforms"]).out
        assert "Already exists" in out

    def test_a_missing_tag(self, cli, registry, pushed):
        cli.fails(
            "pull",
            f"{registry.name}/busybox:none",
            code=1,
            text=r"manifest for \S+/busybox:none not found: manifest unknown",
        )

    def test_a_missing_repository(self, cli, registry):
        cli.fails("pull", f"{registry.name}/none", code=1, text=r"not found|does not exist|denied")

    def test_a_registry_that_does_not_answer(self, cli):
        cli.fails("pull", "127.0.0.1:1/none", code=1, text=r"connection refused")

    def test_a_bad_reference(self, cli):
        cli.fails("pull", "Not/A/Reference!", code=1, text="invalid reference format")


class TestHTTPS:
    @pytest.fixture(scope="class")
    def secure(self, session_directory, archives):
        with Registry(session_directory / "secure", REGISTRY_ADDRESS, tls=True) as registry:
            registry.push(f"oci-archive:{archives.layered_oci}", "layered:1")
            yield registry

    def test_an_unknown_authority_is_refused(self, cli, secure):
        cli.fails("pull", f"{secure.name}/layered:1", code=1, text="certificate|x509")

    def test_a_known_authority_is_trusted(self, cli, secure, name):
        secure.trust()
        cli.ok("pull", f"{secure.name}/layered:1")
        check_layers(cli, f"{secure.name}/layered:1", name)


class TestIntegrity:
    def test_a_layer_that_is_not_its_digest_is_refused(self, cli, session_directory, archives):
        with Registry(session_directory / "damaged") as registry:
            reference = registry.push(f"oci-archive:{archives.layered_oci}", "damaged:1")
            registry.damage(ociimage.digest(images.layered()[0].layers[1].blob))
            cli.fails("pull", reference, code=1, text="digest|verif|checksum|corrupt|invalid")
        assert reference not in cli.ok("images", "--format", "{{.Repository}}:{{.Tag}}").out

    def test_a_configuration_that_lies_about_its_layers_is_refused(self, cli, session_directory):
        image, _ = images.layered()
        files = ociimage.docker_files([image])
        layer = next(name for name in files if name.startswith(image.layers[1].diff_id.removeprefix("sha256:")))
        files[layer] = image.layers[2].tar
        path = ociimage.write_archive(session_directory / "lying.tar", files)
        cli.fails("load", "-i", path, code=1, text="invalid diffID|digest|mismatch")
        assert "layered" not in cli.ok("images").out

    @pytest.mark.skiff_only
    def test_an_oci_blob_that_is_not_its_digest_is_refused(self, cli, session_directory):
        image, _ = images.layered()
        image.names = ("docker.io/library/layered:1",)
        files = ociimage.oci_files([image])
        files[ociimage.blob_path(image.layers[1].blob)] = image.layers[2].blob
        path = ociimage.write_archive(session_directory / "mismatch.tar", files)
        cli.fails("load", "-i", path, code=1, text="digest|mismatch|diffID")
        assert "layered" not in cli.ok("images").out

    @pytest.mark.skiff_only  # CVE-2021-41190
    def test_an_ambiguous_manifest_is_refused(self, cli, session_directory, archives):
        with Registry(session_directory / "ambiguous") as registry:
            reference = registry.push(f"oci-archive:{archives.busybox}", "ambiguous:1")
            image = images.busybox.image()
            manifest = json.loads(image.manifest)
            data = ociimage.encode({**manifest, "manifests": [image.descriptor]})
            digest = ociimage.digest(data)
            path = registry.blob_file(digest)
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
            links = registry.directory / "data/docker/registry/v2/repositories/ambiguous/_manifests"
            (links / "revisions/sha256" / digest[7:]).mkdir(parents=True)
            (links / "revisions/sha256" / digest[7:] / "link").write_text(digest)
            (links / "tags/1/current/link").write_text(digest)
            cli.fails("pull", reference, code=1)

    def test_paths_that_leave_the_root_stay_inside(self, cli, session_directory):
        canary = session_directory / "canary"
        canary.write_text("untouched")
        evil = (
            ociimage.Layer()
            .symlink("escape", str(session_directory))
            .file("escape/canary", "owned")
            .file("../../../../../../.." + str(canary), "owned")
            .hardlink("stolen", "../../../../../../etc/shadow")
        )
        image = images.busybox.image("evil:1", extra_layers=[evil])
        path = ociimage.write_archive(session_directory / "evil.tar", ociimage.docker_files([image]))
        cli.run("load", "-i", path)
        assert canary.read_text() == "untouched"


class TestConfiguration:
    @pytest.fixture(autouse=True)
    def loaded(self, cli, archives):
        cli.ok("load", "-i", archives.configured)

    def test_entrypoint_and_command(self, cli):
        assert cli.ok("run", "--rm", "configured:1").out == "entry default\n"
        assert cli.ok("run", "--rm", "configured:1", "other").out == "entry other\n"

    def test_entrypoint_overridden(self, cli):
        out = cli.ok(
            "run", "--rm", "--entrypoint", "/bin/sh", "configured:1", "-c", "id -un; pwd; echo $FROM_IMAGE; ls -d /data"
        ).out
        assert out == "www-data\n/var/www\nyes\n/data\n"

    def test_user_and_directory_overridden(self, cli):
        out = cli.ok(
            "run", "--rm", "-u", "1:100", "-w", "/new/dir", "--entrypoint", "sh", "configured:1", "-c", "id; pwd"
        ).out
        assert "uid=1(daemon) gid=100(users)" in out and out.endswith("/new/dir\n")

    def test_stop_signal(self, cli, name):
        container = name()
        cli.ok(
            "run",
            "-d",
            "--name",
            container,
            "-u",
            "root",
            "--entrypoint",
            "sh",
            "configured:1",
            "-c",
            "trap 'echo told; exit 7' USR1; echo ready; while :; do sleep 0.1; done",
        )
        from harness.waiting import until

        until(lambda: "ready" in cli.ok("logs", container).out, "the trap is set")
        cli.ok("stop", container)
        assert cli.state(container)["ExitCode"] == 7
        assert cli.ok("logs", container).out == "ready\ntold\n"

    def test_inspect(self, cli):
        image = cli.inspect("configured:1", "image")
        assert image["RepoTags"] == ["configured:1"]
        assert image["Config"]["Entrypoint"] == ["/bin/echo", "entry"]
        assert image["Config"]["Labels"] == {"org.example.label": "value"}
        assert list(image["Config"]["ExposedPorts"]) == ["80/tcp"]
        assert image["Architecture"] == ociimage.ARCHITECTURE and image["Os"] == "linux"
        assert image["RootFS"]["Type"] == "layers" and len(image["RootFS"]["Layers"]) == 1
        assert image["Size"] > 1 << 20


class TestListing:
    def test_columns(self, cli):
        header, row = cli.ok("images", "busybox").lines
        assert header.split() == ["REPOSITORY", "TAG", "IMAGE", "ID", "CREATED", "SIZE"]
        assert re.match(r"busybox\s+latest\s+[0-9a-f]{12}\s+.+ ago\s+[\d.]+[kM]B", row)

    def test_formats(self, cli):
        assert cli.ok("images", "--format", "{{.Repository}}:{{.Tag}}", "busybox").out == "busybox:latest\n"
        listed = json.loads(cli.ok("images", "--format", "json", "busybox").out)
        assert (listed["Repository"], listed["Tag"]) == ("busybox", "latest")
        identifier = cli.ok("images", "-q", "--no-trunc", "busybox").word
        assert identifier.startswith("sha256:") and len(identifier) == 71
        assert cli.ok("images", "-q", "busybox").word == identifier[7:19]

    def test_filter_by_reference(self, cli, archives):
        cli.ok("load", "-i", archives.configured)
        assert cli.ok("images", "--filter", "reference=conf*", "--format", "{{.Repository}}").out == "configured\n"
        assert (
            cli.ok("images", "--filter", "label=org.example.label=value", "--format", "{{.Repository}}").out
            == "configured\n"
        )


class TestRemoval:
    def test_untags_and_deletes(self, cli, archives):
        cli.ok("load", "-i", archives.configured)
        identifier = cli.ok("images", "-q", "--no-trunc", "configured").word
        out = cli.ok("rmi", "configured:1").out
        assert out.splitlines()[:2] == ["Untagged: configured:1", f"Deleted: {identifier}"]
        cli.fails("rmi", "configured:1", code=1, text="No such image: configured:1")

    def test_by_a_short_id(self, cli, archives):
        cli.ok("load", "-i", archives.configured)
        short = cli.ok("images", "-q", "configured").word
        assert "Untagged: configured:1" in cli.ok("rmi", short).out

    def test_an_image_in_use_stays(self, cli, archives, name):
        cli.ok("load", "-i", archives.configured)
        container = name()
        cli.ok("run", "-d", "--name", container, "--entrypoint", "sleep", "configured:1", "1000")
        cli.fails("rmi", "configured:1", code=1, text="conflict: unable to (remove repository reference|delete)")
        assert cli.ok("exec", container, "echo", "alive").word == "alive"
        cli.ok("rm", "-f", container)

    def test_force_keeps_going_over_what_is_missing(self, cli):
        cli.fails("rmi", "none:1", "none:2", code=1, text="No such image: none:2")
        result = cli.run("rmi", "-f", "none:1")
        assert result.code == 0, str(result)

    @pytest.mark.skiff_only
    def test_layers_leave_the_disk(self, engine, cli, archives):
        def usage():
            return sum(
                os.lstat(os.path.join(at, file)).st_blocks
                for at, _, files in os.walk(engine.data_root)
                for file in files
                if stat.S_ISREG(os.lstat(os.path.join(at, file)).st_mode)
            )

        before = usage()
        cli.ok("load", "-i", archives.layered_docker)
        assert usage() > before + 2000
        cli.ok("rmi", "layered:1")
        assert usage() < before + 500
