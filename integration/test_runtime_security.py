"""How other runtimes fell (TestThreats of test_runtime.py has the simple ones), with races and leaked descriptors."""

import array
import errno
import hashlib
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess

import busybox
import ociimage
import pytest

from harness import programs, races
from harness.bundles import Bundle
from harness.waiting import until
from test_runtime import bundle, identifier, not_runc, output, plain, run, runtime  # noqa: F401 (fixtures)

ours_only = lambda why: pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason=why)

DESCRIPTORS = range(3, 65)
RACES = int(os.environ.get("SKIFF_RACES", 1000))


@pytest.fixture
def outside(tmp_path):
    """A directory of the host that no container may change."""
    directory = tmp_path / "outside"
    directory.mkdir()
    (directory / "canary").write_text("alive\n")
    yield directory
    assert {path.name: path.read_text() for path in directory.iterdir()} == {"canary": "alive\n"}


def shared_volume(tmp_path):
    volume = tmp_path / "volume"
    volume.mkdir()
    return volume


def bind(bundle, source, destination, *options):
    bundle.spec["mounts"].append(
        {"destination": destination, "type": "bind", "source": str(source), "options": ["rbind", *options]}
    )


def without_mount(bundle, *destinations):
    bundle.spec["mounts"] = [mount for mount in bundle.spec["mounts"] if mount["destination"] not in destinations]


class TestOwnFile:
    """CVE-2019-5736: a container that writes to the runtime's program."""

    ATTACK = """
        mkfifo /fifo
        echo ready
        while :; do
            for process in /proc/[0-9]*; do
                case $(readlink $process/exe) in */busybox | '') continue;; esac
                exec 3< $process/exe || continue
                kill -9 ${process#/proc/}
                if echo overwritten > /proc/self/fd/3; then echo lost; else echo kept; fi
                exit
            done
        done
    """

    @ours_only("runc does not wait at a fifo for its log")
    def test_a_program_held_open_is_not_writable_after_its_end(self, runtime, bundle, identifier):
        before = hashlib.sha256(pathlib.Path(runtime.path).read_bytes()).digest()
        runtime.start(bundle.set("sh", "-c", self.ATTACK), identifier)
        text = lambda: (bundle.directory / "output").read_text()
        until(lambda: "ready" in text(), "the attacker waits")
        # The runtime's program, run by the container's user as the container's own, and blocked in its start.
        runtime.run("exec", identifier, "/proc/self/exe", "--log", "/fifo", "list")
        until(lambda: re.search("lost|kept", text()), "the attack is over")
        assert "kept" in text(), text()
        assert hashlib.sha256(pathlib.Path(runtime.path).read_bytes()).digest() == before


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the program that swaps is an x86-64 one")
class TestRaces:
    """CVE-2021-30465, CVE-2024-45310, CVE-2025-52565: what a path leads to changes while it is used."""

    @not_runc
    @pytest.mark.parametrize("kind", ["directory", "file"])
    def test_mount_targets_in_a_shared_volume(self, kind, runtime, bundle, identifier, tmp_path, outside):
        volume = shared_volume(tmp_path)
        (volume / "place").mkdir()
        (volume / "link").symlink_to("../" * 12 + str(outside)[1:])
        bind(bundle, volume, "/volume")
        if kind == "directory":
            bundle.spec["mounts"].append({"destination": "/volume/place/new", "type": "tmpfs", "source": "marker"})
        else:
            (tmp_path / "marker").write_text("")
            bind(bundle, tmp_path / "marker", "/volume/place/new")
        bundle.set("grep", "-c", "marker", "/proc/self/mountinfo").write()
        codes = []
        place = os.open(volume / "place", os.O_RDONLY | os.O_DIRECTORY)

        def both_ways_taken():
            """The race was one: targets were made in the directory, and where the link leads to within the root."""
            return (bundle.rootfs / str(outside)[1:]).is_dir() and os.listdir(place)

        with races.swapping(runtime, f"{identifier}-other", tmp_path / "other", volume, ("place", "link")):
            while len(codes) < RACES or not both_ways_taken() and len(codes) < 50 * RACES:
                result = runtime.run("run", "--bundle", bundle.directory, identifier)
                codes.append(result.code)
                # A mount that the container does not see went elsewhere.
                assert (result.code, result.word) == (0, "1") or "error mounting" in result.err, str(result)
        assert 0 in codes and both_ways_taken()
        os.close(place)
        assert os.listdir(outside) == ["canary"]

    @ours_only("Debian's runc 1.1 makes no container there")
    def test_the_console_in_a_shared_dev(self, runtime, bundle, identifier, tmp_path, outside):
        volume = shared_volume(tmp_path)
        (volume / "console").write_text("")
        (volume / "console-link").symlink_to("../" * 12 + str(outside / "console")[1:])
        (volume / "pts").mkdir()
        (volume / "pts-link").symlink_to("../" * 12 + str(outside)[1:])
        (volume / "null").symlink_to(outside / "canary")
        without_mount(bundle, "/dev", "/dev/pts", "/dev/shm")
        bundle.spec["linux"]["maskedPaths"] = []
        bind(bundle, volume, "/dev")
        bundle.spec["mounts"].append(
            {
                "destination": "/dev/pts",
                "type": "devpts",
                "source": "devpts",
                "options": ["newinstance", "ptmxmode=0666"],
            }
        )
        bundle.set("true", terminal=True).write()
        path = f"/tmp/{identifier}.sock"
        made = 0
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(20)
            try:
                pairs = ("console", "console-link"), ("pts", "pts-link")
                with races.swapping(runtime, f"{identifier}-other", tmp_path / "other", volume, *pairs):
                    for _ in range(RACES // 3):
                        made += self.create(runtime, bundle, identifier, listener, path)
            finally:
                os.unlink(path)
        assert made > 0
        assert sorted(os.listdir(volume)) == ["console", "console-link", "null", "pts", "pts-link"]

    def create(self, runtime, bundle, identifier, listener, path):
        code = subprocess.run(
            [runtime.path, "--root", runtime.root, "create", "--bundle", bundle.directory, "--console-socket", path]
            + [identifier],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
        ).returncode
        listener.setblocking(False)
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            assert code != 0
            return False
        with connection:
            connection.settimeout(10)
            _, ancillary, _, _ = connection.recvmsg(256, socket.CMSG_SPACE(array.array("i").itemsize))
        for _, _, data in ancillary:
            os.close(array.array("i", data)[0])
        runtime.run("delete", "--force", identifier)
        return code == 0


class TestKernelFileSystems:
    @pytest.mark.parametrize("path", ["proc", "sys"])
    @pytest.mark.parametrize("target", ["/tmp", "tmp", "/proc/self/fd", "."])
    def test_a_link_is_refused(self, target, path, runtime, bundle, identifier):  # CVE-2023-27561, CVE-2023-28642
        (bundle.rootfs / path).rmdir()
        (bundle.rootfs / path).symlink_to(target)
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "must be mounted on ordinary directory" in result.err

    @ours_only("Debian's runc 1.1 fails later or not at all")
    @pytest.mark.parametrize("place", ["/proc/sys", "/proc/self/attr", "/proc/1", "/proc/../proc/sys"])
    def test_nothing_is_mounted_inside_proc(self, place, runtime, bundle, identifier):  # CVE-2019-16884
        bundle.spec["mounts"].append({"destination": place, "type": "tmpfs", "source": "tmpfs"})
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and "inside /proc" in result.err, str(result)

    def test_settings_reach_the_kernel_only(self, runtime, bundle, identifier, tmp_path):  # CVE-2025-52881
        false = tmp_path / "false"
        for file in ("sys/net/ipv4/ip_forward", "self/attr/exec", "self/oom_score_adj"):
            (false / file).parent.mkdir(parents=True, exist_ok=True)
            (false / file).write_text("untouched\n")
        without_mount(bundle, "/proc")
        bind(bundle, false, "/proc")
        bundle.spec["mounts"].append({"destination": "/kernel", "type": "proc", "source": "proc"})
        bundle.spec["linux"].update({"sysctl": {"net.ipv4.ip_forward": "1"}, "maskedPaths": [], "readonlyPaths": []})
        result = run(
            runtime, bundle, identifier, "cat", "/kernel/sys/net/ipv4/ip_forward", "/kernel/self/oom_score_adj",
            oomScoreAdj=77,
        )
        assert (result.code, result.out) == (0, "1\n77\n") or "proc" in result.err, str(result)
        assert {path.read_text() for path in false.rglob("*") if path.is_file()} == {"untouched\n"}

    def test_a_cgroup_mounted_read_only_stays_so(self, runtime, bundle, identifier):  # CVE-2023-25809
        bundle.spec["mounts"].append(
            {
                "destination": "/sys/fs/cgroup",
                "type": "cgroup",
                "source": "cgroup",
                "options": ["nosuid", "noexec", "nodev", "relatime", "ro"],
            }
        )
        script = """
            for file in $(find /sys/fs/cgroup -name cgroup.procs); do
                directory=${file%/*}
                echo 0 > $file && echo written
                mkdir $directory/new && echo made
                mount -o remount,rw $directory && echo remounted
            done
            mkdir /sys/fs/cgroup/new && echo made
            find /sys/fs/cgroup -name cgroup.procs | wc -l
        """
        result = run(runtime, bundle, identifier, "sh", "-c", script)
        assert result.code == 0 and int(result.out) > 0, str(result)
        assert "Read-only file system" in result.err


class TestDescriptors:
    """CVE-2024-21626: a directory of the host that stays open is a way out of the container."""

    @pytest.fixture
    def leaking(self, runtime):
        """Runs the runtime with directories of the host open behind the standard streams."""
        opened = [os.open("/", os.O_RDONLY) for _ in range(8)]
        for descriptor in opened:
            os.set_inheritable(descriptor, True)

        def call(*arguments):
            return subprocess.run(
                [runtime.path, "--root", runtime.root, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                close_fds=False,
                timeout=30,
            )

        yield call
        for descriptor in opened:
            os.close(descriptor)

    def test_as_the_working_directory(self, runtime, bundle, identifier, leaking):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        other = Bundle(bundle.directory.parent / "other")
        for number in DESCRIPTORS:
            result = leaking("exec", "--cwd", f"/proc/self/fd/{number}", identifier, "pwd")
            assert result.returncode != 0, f"{number}: {result.stdout}"
            other.set("pwd", cwd=f"/proc/self/fd/{number}").write()
            result = leaking("run", "--bundle", other.directory, identifier + "b")
            assert result.returncode != 0, f"{number}: {result.stdout}"

    def test_as_a_part_of_the_program_s_path(self, runtime, bundle, identifier, leaking):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        other = Bundle(bundle.directory.parent / "other")
        for number in DESCRIPTORS:
            for up in ("", "/..", "/../.."):
                program = f"/proc/self/fd/{number}{up}/bin/busybox"
                result = leaking("exec", identifier, program, "true")
                assert result.returncode != 0, program
            other.set(f"/proc/self/fd/{number}/../bin/busybox", "true").write()
            result = leaking("run", "--bundle", other.directory, identifier + "b")
            assert result.returncode != 0, number

    def test_by_a_link_of_the_image(self, runtime, bundle, identifier, leaking):
        for number in DESCRIPTORS:
            (bundle.rootfs / f"bin/escape{number}").symlink_to(f"/proc/self/fd/{number}/../bin/busybox")
        runtime.start(bundle.set("sleep", "1000"), identifier)
        for number in DESCRIPTORS:
            assert leaking("exec", identifier, f"escape{number}", "true").returncode != 0, number

    def test_none_is_inherited(self, runtime, bundle, identifier, leaking):
        bundle.set("sh", "-c", "ls /proc/self/fd; exec sleep 1000").write()
        other = Bundle(bundle.directory.parent / "other").set("ls", "/proc/self/fd")
        other.write()
        # ls itself has one more open, the directory.
        assert leaking("run", "--bundle", other.directory, identifier + "b").stdout.split() == ["0", "1", "2", "3"]
        runtime.start(bundle, identifier)
        assert leaking("exec", identifier, "ls", "/proc/self/fd").stdout.split() == ["0", "1", "2", "3"]


class TestMasking:
    """CVE-2025-31133: what hides a file is not the null device."""

    @not_runc
    @pytest.mark.parametrize("null", ["link", "file", "device"])
    def test_a_null_device_of_the_container_s_own(self, null, runtime, bundle, identifier, tmp_path):
        dev = tmp_path / "dev"
        dev.mkdir()
        if null == "link":
            (dev / "null").symlink_to("/proc/sys/kernel/core_pattern")
        elif null == "file":
            (dev / "null").write_text("shown\n")
        else:
            os.mknod(dev / "null", 0o20666, os.makedev(1, 5))
        without_mount(bundle, "/dev", "/dev/pts", "/dev/shm")
        bind(bundle, dev, "/dev")
        bundle.spec["linux"]["maskedPaths"] = ["/proc/keys"]
        result = run(runtime, bundle, identifier, "true")
        assert result.code == 1 and 'can\'t mask path "/proc/keys"' in plain(result.err), str(result)

    @not_runc
    def test_the_kernel_s_settings_stay_read_only(self, runtime, bundle, identifier):
        shutil.rmtree(bundle.rootfs / "dev")
        (bundle.rootfs / "dev").mkdir()
        (bundle.rootfs / "dev/null").symlink_to("/proc/sys/kernel/core_pattern")
        without_mount(bundle, "/dev", "/dev/pts", "/dev/shm")
        result = run(runtime, bundle, identifier, "sh", "-c", "echo broken > /proc/sys/kernel/core_pattern")
        assert result.code == 1 and "Read-only file system" in result.err, str(result)


class TestUsers:
    """CVE-2026-30892, CVE-2024-40635: a malformed user that becomes root."""

    @pytest.mark.parametrize(
        "user", ["1:", ":1", "-1", "1:-1", "4294967295", "1:4294967295", "1:2:3", "1 ", "0x1", "root", "1:root"]
        + [pytest.param(user, marks=not_runc) for user in ("4294967296", "1:4294967296")],
    )
    def test_of_exec(self, user, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        result = runtime.run("exec", f"--user={user}", identifier, "id", "-u")
        assert result.code != 0 and result.out == "", str(result)

    @pytest.mark.parametrize("key", ["uid", "gid"])
    @pytest.mark.parametrize("value", [-1, 1 << 32, (1 << 32) - 1, 1.5, "0"])
    def test_of_the_configuration(self, value, key, runtime, bundle, identifier):
        result = run(runtime, bundle, identifier, "id", "-u", user={"uid": 0, "gid": 0, key: value})
        assert result.code != 0 and result.out == "", str(result)


class TestImageFiles:
    """Nothing that the runtime reads of a container can hold it up."""

    @not_runc
    @pytest.mark.parametrize("kind", ["fifo", "endless", "directory", "loop"])
    def test_an_odd_file_of_accounts(self, kind, runtime, bundle, identifier):
        accounts = bundle.rootfs / "etc/passwd"
        accounts.unlink()
        if kind == "fifo":
            os.mkfifo(accounts)
        elif kind == "endless":
            accounts.symlink_to("/dev/zero")
        elif kind == "directory":
            accounts.mkdir()
        else:
            accounts.symlink_to("passwd")
        assert output(runtime, bundle, identifier, "echo $HOME") == "/\n"

    def test_rights_of_exec_are_not_inheritable(self, runtime, bundle, identifier):  # CVE-2022-29162
        runtime.start(bundle.set("sleep", "1000"), identifier)
        text = runtime.ok("exec", "--cap", "CAP_NET_RAW", identifier, "cat", "/proc/self/status").out
        assert "CapInh:\t0000000000000000" in text and "CapAmb:\t0000000000000000" in text
        assert "CapEff:\t0000000020002420" in text


AF_INET, AF_ALG, AF_VSOCK = 2, 38, 40


@pytest.mark.skiff_only
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the programs are x86-64 and i386 ones")
class TestDefaultFilter:
    """The engine's default seccomp profile: no AF_ALG (page-cache writes), and 32-bit programs work.

    A filter sees the arguments of socket(2) alone. Those of socketcall(2) lie behind a pointer, so there only a
    security module can tell families apart; the call stays allowed, since C libraries of i386 know no other."""

    PROGRAMS = {
        "inet-64": programs.socket_64(AF_INET, 1),
        "inet-32": programs.socket_32(AF_INET, 1),
        "inet-socketcall": programs.socketcall_32(AF_INET, 1),
        "alg-64": programs.socket_64(AF_ALG, 5),
        "alg-32": programs.socket_32(AF_ALG, 5),
        "alg-32-in-64": programs.socket_of_32_bits_in_64(AF_ALG, 5),
        "vsock-64": programs.socket_64(AF_VSOCK, 1),
        "vsock-32": programs.socket_32(AF_VSOCK, 1),
    }

    @pytest.fixture(scope="class")
    def image(self, engine, tmp_path_factory):
        layer = ociimage.Layer()
        for name, content in self.PROGRAMS.items():
            layer.file(f"bin/{name}", content, 0o755)
        archive = tmp_path_factory.mktemp("programs") / "programs.tar"
        ociimage.write_archive(archive, ociimage.combined_files([busybox.image("programs:1", extra_layers=[layer])]))
        engine.client("skiff").ok("load", "-i", archive)
        return "programs:1"

    @pytest.mark.parametrize("program", PROGRAMS)
    def test_sockets(self, program, cli, image):
        expected = 0 if program.startswith("inet") else errno.EPERM
        assert cli.run("run", "--rm", image, program).code == expected
