"""Mounts of a bundle's configuration: options, propagation, id mapping, copies, the kernel's file systems."""

import os
import pathlib
import re
import subprocess

import pytest

from harness import namespace
from test_runtime import bundle, identifier, output, plain, run, runtime  # noqa: F401 (fixtures)


def beyond_runc(what):
    return pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason=f"runc 1.1 has no {what}")


@pytest.fixture(autouse=True)
def own_mounts():
    """What a test mounts on its host side goes with it."""
    with namespace.private_mounts():
        yield


@pytest.fixture
def data(tmp_path):
    """A directory of the host with a file system mounted in it."""
    directory = tmp_path / "data"
    (directory / "sub").mkdir(parents=True)
    (directory / "file").write_text("bound\n")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", directory / "sub"], check=True)
    yield directory
    subprocess.run(["umount", "--lazy", directory / "sub"], check=True)


def mount(bundle, destination, source="tmpfs", kind="tmpfs", options=(), **more):
    bundle.spec["mounts"].append(
        {"destination": destination, "type": kind, "source": str(source), "options": list(options), **more}
    )


def bind(bundle, destination, source, *options, **more):
    mount(bundle, destination, source, "bind", options, **more)


def mapping(container, host, size=1):
    return [{"containerID": container, "hostID": host, "size": size}]


def user_namespace(bundle, host=100000):
    """Gives the container a user namespace, and the root file system to its root."""
    bundle.spec["linux"]["namespaces"].append({"type": "user"})
    bundle.spec["linux"].update(uidMappings=mapping(0, host, 65536), gidMappings=mapping(0, host, 65536))
    for directory in (bundle.directory, *bundle.directory.parents):
        if directory.is_relative_to("/tmp/pytest-of-root"):
            os.chmod(directory, 0o755)
    for at, names, files in os.walk(bundle.rootfs):
        for entry in [".", *names, *files]:
            os.chown(os.path.join(at, entry), host, host, follow_symlinks=False)


def mounts_seen(text):
    """{mount point: (options, propagation)} of a mountinfo."""
    found = {}
    for line in text.splitlines():
        before, _, _ = line.partition(" - ")
        fields = before.split()
        found[fields[4]] = (set(fields[5].split(",")), fields[6:])
    return found


def table(runtime, bundle, identifier):
    return mounts_seen(output(runtime, bundle, identifier, "cat /proc/self/mountinfo"))


class TestOptions:
    @pytest.mark.parametrize(
        "option, attribute",
        [
            ("ro", "ro"),
            ("nosuid", "nosuid"),
            ("nodev", "nodev"),
            ("noexec", "noexec"),
            ("noatime", "noatime"),
            ("nodiratime", "nodiratime"),
            ("relatime", "relatime"),
        ],
    )
    def test_of_one_mount(self, option, attribute, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "rbind", option)
        mount(bundle, "/scratch", options=[option])
        seen = table(runtime, bundle, identifier)
        assert attribute in seen["/data"][0] and attribute in seen["/scratch"][0]
        if option != "relatime":
            assert attribute not in seen["/data/sub"][0]

    @pytest.mark.parametrize(
        "option, attribute",
        [
            ("rro", "ro"),
            ("rnosuid", "nosuid"),
            ("rnodev", "nodev"),
            ("rnoexec", "noexec"),
            ("rnoatime", "noatime"),
            ("rnodiratime", "nodiratime"),
            ("rnosymfollow", "nosymfollow"),
        ],
    )
    def test_of_a_whole_tree(self, option, attribute, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "rbind", option)
        seen = table(runtime, bundle, identifier)
        assert attribute in seen["/data"][0] and attribute in seen["/data/sub"][0]

    @pytest.mark.parametrize(
        "option",
        [
            "rrw",
            "rsuid",
            "rdev",
            "rexec",
            "rdiratime",
            "rsymfollow",
            pytest.param("ratime", marks=beyond_runc("valid flags for ratime")),
        ],
    )
    def test_that_take_back_what_the_source_has(self, option, runtime, bundle, identifier, data):
        attribute = {"rrw": "ro"}.get(option, "no" + option[1:])
        subprocess.run(["mount", "-o", f"remount,{attribute}", data / "sub"], check=True)
        bind(bundle, "/data", data, "rbind", option)
        assert attribute not in table(runtime, bundle, identifier)["/data/sub"][0]

    def test_the_last_one_wins(self, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "rbind", "ro", "noexec", "rw", "exec")
        assert not {"ro", "noexec"} & table(runtime, bundle, identifier)["/data"][0]

    def test_flags_of_the_file_system(self, runtime, bundle, identifier):
        mount(bundle, "/scratch", options=["sync", "dirsync", "lazytime", "silent", "nosymfollow"])
        text = output(runtime, bundle, identifier, "grep ' /scratch ' /proc/self/mountinfo")
        assert text.split(" - ")[1].split()[-1].startswith("rw,sync,dirsync,") and "lazytime" in text
        assert "nosymfollow" in text

    def test_an_option_that_nobody_knows(self, runtime, bundle, identifier):
        mount(bundle, "/scratch", options=["bogus"])
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1
        assert re.search(r'error mounting "tmpfs" to rootfs at "/scratch".*bogus.*invalid argument', plain(result.err))

    @beyond_runc("check of a bind mount's options")
    def test_a_bind_mount_with_options_of_a_file_system(self, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "bind", "size=1m")
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 0 and "level=warning" in result.err
        warning = "mounts[5].options: bind mounts cannot have any filesystem-specific options applied: ignoring size=1m"
        assert warning in result.err

    def test_a_read_only_tmpfs_takes_mount_points_before(self, runtime, bundle, identifier, data):
        mount(bundle, "/scratch", options=["ro"])
        bind(bundle, "/scratch/a/file", data / "file", "bind")
        script = "cat /scratch/a/file; touch /scratch/new"
        result = run(runtime, bundle, identifier, "sh", "-c", script)
        assert result.out == "bound\n" and "Read-only file system" in result.err

    def test_a_read_only_dev_has_its_devices(self, runtime, bundle, identifier):
        bundle.spec["mounts"][1]["options"].append("ro")
        result = run(runtime, bundle, identifier, "sh", "-c", "echo x > /dev/null && echo fine; touch /dev/new")
        assert result.out == "fine\n" and "Read-only file system" in result.err

    @beyond_runc("fixed mode of a tmpfs over a directory")
    def test_a_tmpfs_has_the_mode_of_what_it_hides(self, runtime, bundle, identifier):
        (bundle.rootfs / "there").mkdir()
        os.chmod(bundle.rootfs / "there", 0o3751)
        mount(bundle, "/there")
        mount(bundle, "/new")
        mount(bundle, "/tmp", options=["mode=0700"])
        assert output(runtime, bundle, identifier, "stat -c %a /there /new /tmp") == "3751\n1777\n700\n"

    def test_propagation(self, runtime, bundle, identifier, data):
        bundle.spec["linux"]["rootfsPropagation"] = "shared"
        bind(bundle, "/shared", data, "rbind", "rshared")
        bind(bundle, "/private", data, "rbind", "rprivate")
        bind(bundle, "/one", data, "rbind", "rprivate", "unbindable")
        seen = table(runtime, bundle, identifier)
        assert seen["/shared"][1][0].startswith("shared:") and seen["/shared/sub"][1][0].startswith("shared:")
        assert seen["/private"][1] == [] and seen["/one"][1] == ["unbindable"] and seen["/one/sub"][1] == []

    @pytest.mark.parametrize(
        "value, pattern",
        [
            ("private", "^$"),
            ("rprivate", "^$"),
            ("slave", "^(master:.*)?$"),
            pytest.param("unbindable", "^unbindable$", marks=beyond_runc("way to bind an unbindable root")),
        ],
    )
    def test_propagation_of_the_root(self, value, pattern, runtime, bundle, identifier):
        bundle.spec["linux"]["rootfsPropagation"] = value
        assert re.match(pattern, " ".join(table(runtime, bundle, identifier)["/"][1]))

    def test_a_propagation_that_is_none(self, runtime, bundle, identifier):
        bundle.spec["linux"]["rootfsPropagation"] = "loud"
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "rootfsPropagation=loud is not supported" in result.err


class TestTargets:
    def test_are_made(self, runtime, bundle, identifier, data):
        bind(bundle, "/a/b/c", data, "bind")
        bind(bundle, "/a/d/file", data / "file", "bind")
        assert output(runtime, bundle, identifier, "cat /a/b/c/file /a/d/file") == "bound\nbound\n"

    def test_follow_links_inside_the_root(self, runtime, bundle, identifier, data, tmp_path):
        (bundle.rootfs / "link").symlink_to("/real")
        (bundle.rootfs / "escape").symlink_to(f"../../../..{tmp_path}/outside")
        bind(bundle, "/link", data, "bind")
        bind(bundle, "/escape", data, "bind")
        assert output(runtime, bundle, identifier, "cat /real/file /escape/file") == "bound\nbound\n"
        assert not (tmp_path / "outside").exists()

    def test_relative_ones_are_below_the_root(self, runtime, bundle, identifier):
        mount(bundle, "relative/place")
        result = run(runtime, bundle, identifier, "grep", " /relative/place ", "/proc/self/mountinfo")
        assert result.code == 0 and "mount destination relative/place is not absolute" in result.err

    def test_a_relative_source_is_in_the_bundle(self, runtime, bundle, identifier):
        (bundle.directory / "own").write_text("of the bundle\n")
        bind(bundle, "/own", "own", "bind")
        assert output(runtime, bundle, identifier, "cat /own") == "of the bundle\n"

    def test_a_directory_onto_a_file(self, runtime, bundle, identifier, data):
        bind(bundle, "/etc/passwd", data, "bind")
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and re.search(r'error mounting .* at "/etc/passwd".*not a directory', plain(result.err))

    def test_in_proc_only_a_few(self, runtime, bundle, identifier, data):
        bind(bundle, "/proc/meminfo", data / "file", "bind")
        assert output(runtime, bundle, identifier, "cat /proc/meminfo") == "bound\n"
        bind(bundle, "/proc/sys/kernel/hostname", data / "file", "bind")
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "cannot be mounted because it is inside" in result.err


class TestCopyUp:
    def test_a_tmpfs_with_what_it_hides(self, runtime, bundle, identifier):
        place = bundle.rootfs / "place"
        (place / "dir").mkdir(parents=True)
        (place / "dir/file").write_text("content\n")
        (place / "link").symlink_to("dir/file")
        os.chown(place / "dir/file", 1000, 1001)
        os.chmod(place / "dir/file", 0o4755)
        os.chmod(place / "dir", 0o711)
        mount(bundle, "/place", options=["tmpcopyup"])
        script = (
            "cd /place; cat link; stat -c '%n %F %a %u:%g' dir dir/file link; rm -r dir; grep -c ' /place '"
            " /proc/mounts"
        )
        text = output(runtime, bundle, identifier, script)
        assert text.splitlines() == [
            "content",
            "dir directory 711 0:0",
            "dir/file regular file 4755 1000:1001",
            "link symbolic link 777 0:0",
            "1",
        ]
        assert (place / "dir/file").exists()

    @beyond_runc("copy of a fifo")
    def test_what_is_no_file(self, runtime, bundle, identifier):
        (bundle.rootfs / "place").mkdir()
        os.mkfifo(bundle.rootfs / "place/fifo", 0o600)
        mount(bundle, "/place", options=["tmpcopyup"])
        assert output(runtime, bundle, identifier, "stat -c '%F %a' /place/fifo") == "fifo 600\n"

    def test_a_read_only_one(self, runtime, bundle, identifier):
        mount(bundle, "/etc", options=["tmpcopyup", "ro"])
        result = run(runtime, bundle, identifier, "sh", "-c", "head -c 4 /etc/passwd; touch /etc/new")
        assert result.out == "root" and "Read-only file system" in result.err


@beyond_runc("id-mapped mounts")
class TestIDMapping:
    def test_by_mappings_of_its_own(self, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "rbind", uidMappings=mapping(0, 4321), gidMappings=mapping(0, 1234))
        assert output(runtime, bundle, identifier, "stat -c %u:%g /data/file /data/sub") == "4321:1234\n0:0\n"

    def test_of_a_whole_tree(self, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "rbind", "ridmap", uidMappings=mapping(0, 4321), gidMappings=mapping(0, 1234))
        assert output(runtime, bundle, identifier, "stat -c %u:%g /data/file /data/sub") == "4321:1234\n4321:1234\n"

    @pytest.mark.parametrize("option", ["idmap", "ridmap"])
    def test_by_the_mappings_of_the_user_namespace(self, option, runtime, bundle, identifier, data):
        user_namespace(bundle)
        os.chmod(data, 0o700)
        bind(bundle, "/data", data, "rbind", option)
        text = output(runtime, bundle, identifier, "cat /data/file; touch /data/new; stat -c %u /data/new /data/sub")
        assert text.split() == ["bound", "0", "0" if option == "ridmap" else "65534"]
        assert os.stat(data / "new").st_uid == 0

    def test_without_any_mappings(self, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "bind", "idmap")
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "id-mapped mounts must have both uid and gid mappings specified" in result.err

    def test_with_half_of_the_mappings(self, runtime, bundle, identifier, data):
        bind(bundle, "/data", data, "bind", uidMappings=mapping(0, 4321))
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "mounts[5].gidMappings" in result.err
        assert "id-mapped mounts must have both uid and gid mappings specified" in result.err

    def test_of_a_file_system_of_its_own(self, runtime, bundle, identifier):
        mount(bundle, "/data", uidMappings=mapping(0, 4321), gidMappings=mapping(0, 1234))
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "id-mapped mounts are only supported for bind-mounts" in result.err

    def test_of_a_file_system_that_cannot(self, runtime, bundle, identifier):
        bind(bundle, "/data", "/sys/kernel", "bind", uidMappings=mapping(0, 4321), gidMappings=mapping(0, 1234))
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "failed to set MOUNT_ATTR_IDMAP" in result.err


class TestUserNamespace:
    def test_a_source_that_only_the_host_can_reach(self, runtime, bundle, identifier, data):
        user_namespace(bundle)
        os.chmod(data.parent, 0o755)
        hidden = data / "hidden"
        (hidden / "inner").mkdir(parents=True)
        (hidden / "inner/file").write_text("reached\n")
        os.chmod(hidden, 0o700)
        bind(bundle, "/inner", hidden / "inner", "rbind", "ro")
        assert output(runtime, bundle, identifier, "cat /inner/file") == "reached\n"

    def test_nothing_mounted_appears_on_the_host(self, runtime, bundle, identifier, data):
        subprocess.run(["mount", "--make-rshared", data / "sub"], check=True)
        user_namespace(bundle)
        (data / "sub/point").mkdir()
        bind(bundle, "/data", data, "rbind")
        mount(bundle, "/data/sub/point")
        runtime.start(bundle.set("sleep", "1000"), identifier)
        assert not os.path.ismount(data / "sub/point")

    def test_the_kernels_file_systems(self, runtime, bundle, identifier):
        user_namespace(bundle)
        mount(bundle, "/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"])
        text = output(runtime, bundle, identifier, "cut -d' ' -f2,3 /proc/mounts")
        for line in ("/proc proc", "/sys sysfs", "/dev/pts devpts", "/dev/mqueue mqueue", "/dev/shm tmpfs"):
            assert line in text.splitlines()


class TestCgroups:
    @pytest.mark.parametrize("own_namespace", [False, True], ids=["host", "own"])
    @pytest.mark.parametrize("access", ["ro", "rw"])
    def test_shows_the_containers_own(self, own_namespace, access, runtime, bundle, identifier):
        if own_namespace:
            bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
        mount(bundle, "/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", access])
        memory = "/sys/fs/cgroup/memory" if pathlib.Path("/sys/fs/cgroup/memory").exists() else "/sys/fs/cgroup"
        script = f"cat {memory}/cgroup.procs; mkdir {memory}/inner && rmdir {memory}/inner && echo written"
        result = run(runtime, bundle, identifier, "sh", "-c", script)
        assert "1" in result.out.split()
        assert ("written" in result.out) == (access == "rw")

    def test_a_namespace_has_its_root_there(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
        text = output(runtime, bundle, identifier, "cat /proc/self/cgroup")
        limited = [line for line in text.splitlines() if ":memory:" in line or line.startswith("0::")]
        assert all(line.endswith(":/") for line in limited[:1])


class TestLabels:
    def test_a_mount_label_needs_selinux(self, runtime, bundle, identifier):
        if os.path.exists("/sys/fs/selinux/enforce"):
            pytest.skip("this host has SELinux")
        bundle.spec["linux"]["mountLabel"] = "system_u:object_r:svirt_sandbox_file_t:s0"
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and re.search(r'at "/dev".*context.*invalid argument', plain(result.err))
