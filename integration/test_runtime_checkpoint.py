"""checkpoint and restore by CRIU. CRIU=path picks one; what `criu check` refuses is skipped.

Tried on runc first: RUNTIME=runc. Debian's CRIU 3.17 needs its kernel 6.1 (`make test-vm`)."""

import array
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess

import pexpect
import pytest

from harness import command, processes, programs
from harness.bundles import Bundle
from harness.waiting import until
from test_runtime import bundle, identifier, plain, runtime  # noqa: F401 (fixtures)

CRIU = os.environ.get("CRIU", "criu")
COUNTER = "i=0; while :; do i=$((i+1)); echo $i >>/count; sleep 0.05; done"
WRITE, OPEN, POLL, SOCKET, CONNECT, FLOCK = 1, 2, 7, 41, 42, 73  # system calls of x86-64
IS_RUNC = os.path.basename(os.environ.get("RUNTIME", "")) == "runc"


def cannot_check():
    if not shutil.which(CRIU):
        return f"there is no {CRIU}"
    result = command.run(CRIU, "check")
    return None if result.code == 0 else f"{CRIU} check: {(result.err.splitlines() or ['fails'])[-1]}"


@pytest.fixture(scope="module")
def criu():
    """Tests that need a CRIU which works on this kernel."""
    reason = cannot_check()
    if reason:
        pytest.skip(reason)
    return CRIU


def kernel():
    return tuple(map(int, os.uname().release.split(".")[:2]))


def criu_since(version, problem):
    """For what an older CRIU cannot do, whichever runtime asks it."""
    said = command.run(CRIU, "--version").out if shutil.which(CRIU) else ""
    own = re.search(r"Version: (\d+)\.(\d+)", said)
    is_older = own is not None and tuple(map(int, own.groups())) < version
    return pytest.mark.skipif(is_older, reason=f"CRIU before {version[0]}.{version[1]} {problem}, with runc too")


def beyond_runc(reason):
    return pytest.mark.skipif(IS_RUNC, reason=reason)


class Container:
    """A container with directories for its images."""

    def __init__(self, runtime, bundle, identifier, directory):
        self.runtime, self.bundle, self.id = runtime, bundle, identifier
        self.images, self.work, self.log = directory / "images", directory / "work", directory / "log"
        self.pid_file = directory / "pid"

    def arguments(self, *arguments):
        return [
            str(argument)
            for argument in (self.runtime.path, "--root", self.runtime.root, "--log", self.log, "--criu", CRIU, *arguments)
        ]

    def call(self, *arguments, ok=True, **streams):
        """Runs the runtime with streams that no container keeps open; returns the log where it fails."""
        self.log.unlink(missing_ok=True)
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        code = subprocess.run(self.arguments(*arguments), timeout=60, **{**quiet, **streams}).returncode
        said = self.log.read_text() if self.log.exists() else ""
        assert (code == 0) == ok, f"{arguments}: exit {code}: {said}\n{self.errors()}"
        return plain(said)

    def errors(self):
        """What CRIU's logs say went wrong."""
        logs = [*self.images.glob("*.log"), *self.work.glob("*.log")]
        lines = [line for log in logs for line in log.read_text().splitlines()]
        return "\n".join(line for line in lines if "Error" in line)

    def run(self, *flags, **streams):
        self.bundle.write()
        self.call("run", "--detach", "--bundle", self.bundle.directory, *flags, self.id, **streams)
        return self

    @property
    def paths(self):
        return ["--image-path", self.images, "--work-path", self.work]

    def checkpoint(self, *flags, **options):
        return self.call("checkpoint", *self.paths, *flags, self.id, **options)

    def restore(self, *flags, **options):
        flags = ["--detach", "--pid-file", self.pid_file, "--bundle", self.bundle.directory, *flags]
        said = self.call("restore", *self.paths, *flags, self.id, **options)
        self.pid = int(self.pid_file.read_text()) if self.pid_file.exists() else None
        return said

    def program(self, code):
        """Puts a program into the container; returns its path."""
        path = self.bundle.rootfs / "program"
        path.write_bytes(code)
        path.chmod(0o755)
        return "/program"

    def exec(self, script):
        return self.runtime.ok("exec", self.id, "sh", "-c", script).out

    def is_there(self):
        return self.runtime.run("state", self.id).code == 0

    def status(self):
        return self.runtime.state(self.id)["status"]

    # The counter.

    @property
    def counted(self):
        path = self.bundle.rootfs / "count"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    def counts_on(self):
        """Waits until it counts on, without a gap or a new start."""
        before = len(self.counted)
        until(lambda: len(self.counted) > before + 2, f"{self.id} counts beyond {before}: {self.errors()}")
        assert self.counted == list(range(1, len(self.counted) + 1))


@pytest.fixture
def container(criu, runtime, bundle, identifier, tmp_path):
    return Container(runtime, bundle, identifier, tmp_path)


@pytest.fixture
def counter(container):
    container.bundle.set("sh", "-c", COUNTER)
    return container


def counting(container, *flags):
    container.run(*flags).counts_on()
    return container


class TestRoundTrip:
    def test_goes_on_where_it_was(self, counter):
        counting(counter).checkpoint()
        assert not counter.is_there()
        stopped_at = len(counter.counted)
        counter.restore()
        counter.counts_on()
        assert len(counter.counted) > stopped_at
        state = counter.runtime.state(counter.id)
        assert (state["status"], state["pid"]) == ("running", counter.pid) and processes.is_alive(counter.pid)

    def test_a_restored_container_is_a_whole_one(self, counter):
        counter.bundle.spec["linux"]["resources"]["memory"] = {"limit": 64 << 20}
        counting(counter).checkpoint()
        counter.restore()
        assert counter.exec("echo $$; hostname").split()[1] == "vessel"
        assert "sh -c" in counter.runtime.ok("ps", counter.id).out
        stats = json.loads(counter.runtime.ok("events", "--stats", counter.id).out)["data"]
        assert stats["memory"]["usage"]["limit"] == 64 << 20 and stats["pids"]["current"] >= 1
        counter.runtime.ok("pause", counter.id)
        assert counter.status() == "paused"
        counter.runtime.ok("resume", counter.id)
        counter.counts_on()
        counter.runtime.ok("update", "--memory", str(128 << 20), counter.id)
        counter.runtime.ok("kill", counter.id, "KILL")
        counter.runtime.stopped(counter.id)
        counter.runtime.ok("delete", counter.id)

    def test_twice(self, counter):
        counting(counter)
        for _ in range(2):
            counter.checkpoint()
            counter.restore()
            counter.counts_on()

    def test_a_paused_container(self, counter):
        counting(counter)
        counter.runtime.ok("pause", counter.id)
        counter.checkpoint("--leave-running")
        assert counter.status() == "paused"
        counter.runtime.ok("resume", counter.id)
        counter.counts_on()

    def test_leave_running(self, counter):
        counting(counter).checkpoint("--leave-running")
        assert counter.status() == "running"
        counter.counts_on()

    def test_foreground(self, counter):
        counting(counter).checkpoint()
        flags = [*counter.paths, "--bundle", counter.bundle.directory, "--pid-file", counter.pid_file]
        with subprocess.Popen(
            counter.arguments("restore", *flags, counter.id), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ) as foreground:
            try:
                until(lambda: counter.pid_file.exists() or foreground.poll() is not None, "it is restored", 30)
                counter.counts_on()
                assert processes.read(int(counter.pid_file.read_text())).parent == foreground.pid
                # Signals are passed on; the first process of a pid namespace takes only those it handles.
                counter.runtime.ok("kill", counter.id, "KILL")
                assert foreground.wait(20) == 137
            finally:
                foreground.kill()
        assert not counter.is_there()

    def test_another_id(self, counter, tmp_path):
        counting(counter).checkpoint()
        first, counter.id = counter.id, counter.id + "b"
        counter.runtime.used.append(counter.id)
        try:
            counter.restore()
            counter.counts_on()
            text = pathlib.Path(f"/proc/{counter.pid}/cgroup").read_text()
            inside = [line for line in text.splitlines() if first in line]
            assert inside and all(line.endswith("/" + counter.id) for line in inside), text
        finally:
            counter.runtime.run("delete", "--force", counter.id)

    def test_streams_are_the_restoring_caller_s(self, container):
        container.bundle.set("sh", "-c", "while read -r line; do echo got $line; done")
        read, write = os.pipe()
        with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as old:
            container.run(stdin=read, stdout=old.stdin)
            os.write(write, b"one\n")
            assert old.stdout.readline() == b"got one\n"
            container.checkpoint()
            os.close(read), os.close(write), old.stdin.close()
        (read, write), (back, far) = os.pipe(), os.pipe()
        try:
            container.restore(stdin=read, stdout=far)
            os.close(far)
            os.write(write, b"two\n")
            with os.fdopen(back, "rb", buffering=0) as stream:
                assert stream.readline() == b"got two\n"
        finally:
            os.close(read), os.close(write)


class TestMemory:
    def test_pre_dumps(self, counter):
        counting(counter)
        base = counter.images
        counter.images = base / "1"
        if command.run(CRIU, "check", "--feature", "mem_dirty_track").code != 0:
            assert "CRIU is missing features" in counter.checkpoint("--pre-dump", ok=False)
            pytest.skip("this kernel does not track memory")
        counter.checkpoint("--pre-dump")
        assert counter.status() == "running"
        counter.counts_on()
        counter.images = base / "2"
        counter.images.mkdir(parents=True)
        counter.checkpoint("--pre-dump", "--parent-path", "../1")
        counter.counts_on()
        counter.images = base / "3"
        counter.images.mkdir()
        counter.checkpoint("--parent-path", "../2", "--auto-dedup")
        assert (counter.images / "parent").is_symlink() and not counter.is_there()
        counter.restore("--auto-dedup")
        counter.counts_on()

    def test_page_server(self, counter, tmp_path):
        pages = tmp_path / "pages"
        pages.mkdir()
        port = free_port()
        counting(counter)
        with background(CRIU, "page-server", "-D", pages, "--address", "127.0.0.1", "--port", port) as server:
            until(lambda: listens(port), "the page server listens")
            counter.checkpoint("--page-server", f"127.0.0.1:{port}")
            server.wait(20)
        assert list(pages.glob("pages-*.img")) and not list(counter.images.glob("pages-*.img"))
        for path in pages.glob("*.img"):
            shutil.copy(path, counter.images)
        counter.restore()
        counter.counts_on()

    def test_lazy_pages(self, counter):
        counting(counter)
        if command.run(CRIU, "check", "--feature", "uffd-noncoop").code != 0:
            pytest.skip("this kernel has no userfaultfd for lazy pages")
        if kernel() > (6, 12):
            pytest.skip("CRIU's lazy-pages ends early on this kernel and the restore hangs, with runc too")
        first, port = counter.id, free_port()
        counter.images.mkdir()
        ready, tell = os.pipe()
        flags = [*counter.paths, "--lazy-pages", "--page-server", f"127.0.0.1:{port}", "--status-fd", tell]
        with contextlib.ExitStack() as stack:
            dump = stack.enter_context(background(*counter.arguments("checkpoint", *flags, first), pass_fds=[tell]))
            os.close(tell)
            with os.fdopen(ready, "rb", buffering=0) as status:
                assert status.read(1) == b"\0", counter.errors()
            server = ["--page-server", "--address", "127.0.0.1", "--port", port]
            daemon = stack.enter_context(
                background(CRIU, "lazy-pages", *server, "-D", counter.images, "-W", counter.work)
            )
            until((counter.work / "lazy-pages.socket").exists, "the lazy pages daemon listens")
            # The first container is removed only when its last page is here.
            counter.id = first + "b"
            counter.runtime.used.append(counter.id)
            stack.callback(counter.runtime.run, "delete", "--force", counter.id)
            counter.restore("--lazy-pages")
            counter.counts_on()
            assert (dump.wait(30), daemon.wait(30)) == (0, 0), counter.errors()
            assert counter.runtime.run("state", first).code != 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    return f":{port:04X} 00000000:0000 0A" in pathlib.Path("/proc/net/tcp").read_text()


@contextlib.contextmanager
def background(*arguments, **options):
    """A program that is ended at the end."""
    with subprocess.Popen(
        [str(argument) for argument in arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


class TestWhatProcessesHave:
    def test_file_locks(self, container):
        container.bundle.set(container.program(locker("/lock")))
        container.run()

        def is_taken():
            with open(container.bundle.rootfs / "lock", "wb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return True

        until((container.bundle.rootfs / "lock").exists, "the program runs")
        until(is_taken, "the lock is taken")
        assert "criu failed" in container.checkpoint(ok=False)
        container.checkpoint("--file-locks")
        assert not is_taken()
        container.restore("--file-locks")
        assert is_taken()

    @criu_since((4, 0), "loses what comes after the restore here")
    def test_established_connections(self, container, namespace):
        """In a namespace of somebody else, as an engine makes it; there is `lo`."""
        path = namespace
        container.bundle.spec["linux"]["namespaces"] = [
            {**entry, "path": path} if entry["type"] == "network" else entry
            for entry in container.bundle.spec["linux"]["namespaces"]
        ]
        script = "mkfifo /in; (nc -l -p 7000 -e cat &); until nc 127.0.0.1 7000 </in >>/out; do :; done & exec 9>/in; "
        container.bundle.set("sh", "-c", script + "echo up >&9; " + COUNTER)
        out = container.bundle.rootfs / "out"
        counting(container)
        until(lambda: out.exists() and out.read_text() == "up\n", "the connection is there")
        container.checkpoint(ok=False)
        container.checkpoint("--tcp-established")
        container.restore("--tcp-established")
        container.counts_on()
        container.exec("echo again >/in")
        until(lambda: out.read_text() == "up\nagain\n", f"the connection works: {out.read_text()}")
        assert os.stat(f"/proc/{container.pid}/ns/net").st_ino == os.stat(path).st_ino

    def test_unix_sockets_that_lead_outside(self, container, cleanup):
        """A program that sends to a datagram socket of the host, as one that logs does; CRIU finds the other end in
        the same network namespace alone."""
        namespaces = container.bundle.spec["linux"]["namespaces"]
        namespaces[:] = [entry for entry in namespaces if entry["type"] != "network"]
        # The name is the same on both sides, and short.
        place = pathlib.Path(f"/tmp/{container.id}")
        place.mkdir()
        cleanup.callback(shutil.rmtree, place)
        container.bundle.spec["mounts"].append(
            {"destination": str(place), "type": "bind", "source": str(place), "options": ["bind"]}
        )
        program = container.program(sender(f"{place}/log"))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(f"{place}/log")
            log.settimeout(20)
            container.bundle.set(program)
            container.run()
            assert log.recv(10) == b"x"
            container.checkpoint(ok=False)
            container.checkpoint("--ext-unix-sk")
            log.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while log.recv(10):
                    pass
            log.settimeout(20)
            container.restore("--ext-unix-sk")
            assert log.recv(10) == b"x"

    def test_open_files_without_a_name(self, container):
        container.bundle.set("sh", "-c", "exec 9<>/gone; echo kept >&9; rm /gone; " + COUNTER)
        counting(container).checkpoint()
        container.restore()
        container.counts_on()
        assert container.exec("cat /proc/1/fd/9") == "kept\n"

    @beyond_runc("it has no --tcp-skip-in-flight and --link-remap")
    def test_newer_flags(self, counter):
        counting(counter).checkpoint("--tcp-skip-in-flight", "--link-remap", "--manage-cgroups-mode", "soft")
        counter.restore("--manage-cgroups-mode", "soft")
        counter.counts_on()


def sender(path):
    """A program that sends "x" to a datagram socket again and again, ten times a second."""
    address = struct.pack("<H", socket.AF_UNIX) + path.encode() + b"\0"
    return programs.looping(
        (SOCKET, socket.AF_UNIX, socket.SOCK_DGRAM, 0),
        (CONNECT, programs.RESULT, address, len(address)),
        again=[(WRITE, programs.RESULT, b"x", 1), (POLL, 0, 0, 100)],
    )


def locker(path):
    """A program that takes a lock and keeps it."""
    return programs.looping(
        (OPEN, path.encode() + b"\0", os.O_RDWR | os.O_CREAT, 0o644),
        (FLOCK, programs.RESULT, fcntl.LOCK_EX),
        again=[(POLL, 0, 0, 1000)],
    )


@pytest.fixture
def namespace(tmp_path):
    """A network namespace with its loopback up, by a mount as `ip netns` makes it."""
    path = tmp_path / "netns"
    path.touch()
    command.ok("unshare", f"--net={path}", "ip", "link", "set", "lo", "up")
    yield str(path)
    command.ok("umount", path)


class TestMounts:
    def test_bind_mounts(self, counter, tmp_path):
        host = tmp_path / "host"
        (host / "below").mkdir(parents=True)
        (host / "file").write_text("host's\n")
        (counter.bundle.rootfs / "run").mkdir(exist_ok=True)
        (counter.bundle.rootfs / "link").symlink_to("/run")
        counter.bundle.spec["mounts"] += [
            {"destination": "/data", "type": "bind", "source": str(host), "options": ["rbind", "rw"]},
            {"destination": "/data/below/inner", "type": "bind", "source": str(host), "options": ["bind", "ro"]},
            {"destination": "/etc/one", "type": "bind", "source": str(host / "file"), "options": ["bind", "ro"]},
            {"destination": "/link/named", "type": "bind", "source": str(host / "file"), "options": ["bind"]},
            {"destination": "/scratch", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m", "mode=700"]},
            {"destination": "/scratch/in/it", "type": "bind", "source": str(host / "file"), "options": ["bind"]},
        ]
        counting(counter)
        counter.exec("echo memory >/scratch/kept")
        look = (
            "cat /data/file /etc/one /run/named /scratch/kept /scratch/in/it /data/below/inner/file;"
            "touch /data/new; touch /data/below/inner/new /etc/one 2>&1 | wc -l; stat -c %a /scratch"
        )
        before = counter.exec(look)
        counter.checkpoint()
        (host / "new").unlink()
        counter.restore()
        counter.counts_on()
        assert counter.exec(look) == before and (host / "new").exists()

    @criu_since((4, 0), "cannot make a slave of a bind mount's source")
    def test_a_volume_that_receives_the_host_s_mounts(self, counter, tmp_path, cleanup):
        """As on a machine of systemd, all of whose mounts are shared."""
        host = tmp_path / "host"
        host.mkdir()
        command.ok("mount", "--bind", host, host)
        cleanup.callback(command.ok, "umount", "--lazy", host)
        command.ok("mount", "--make-shared", host)
        (host / "file").write_text("host's\n")
        counter.bundle.spec["mounts"] += [
            {"destination": f"/data-{mode}", "type": "bind", "source": str(host), "options": ["rbind", mode]}
            for mode in ("rprivate", "rslave")
        ]
        counting(counter).checkpoint()
        counter.restore()
        counter.counts_on()
        assert counter.exec("cat /data-rprivate/file /data-rslave/file").split() == ["host's", "host's"]

    def test_mount_points_are_made_where_the_root_is_new(self, counter, tmp_path):
        """As after a move to another machine, whose copy of the root is that of the image."""
        host = tmp_path / "host"
        host.mkdir()
        (host / "file").write_text("host's\n")
        counter.bundle.spec["mounts"] += [
            {"destination": "/new/data", "type": "bind", "source": str(host), "options": ["rbind"]},
            {"destination": "/new/data/file2", "type": "bind", "source": str(host / "file"), "options": ["bind"]},
            {"destination": "/new/scratch", "type": "tmpfs", "source": "tmpfs", "options": []},
        ]
        counting(counter).checkpoint()
        shutil.rmtree(counter.bundle.rootfs / "new")
        counter.restore()
        counter.counts_on()
        assert counter.exec("cat /new/data/file /new/data/file2; ls -d /new/scratch").split() == ["host's"] * 2 + [
            "/new/scratch"
        ]

    def test_masked_and_read_only_paths(self, counter):
        secret = counter.bundle.rootfs / "secret"
        secret.mkdir()
        (secret / "file").write_text("text")
        (counter.bundle.rootfs / "hidden").write_text("text")
        counter.bundle.spec["linux"]["maskedPaths"] += ["/secret", "/hidden", "/not-there", "/proc/timer_list"]
        look = "ls /secret | wc -l; cat /hidden /proc/timer_list | wc -c; echo 1 2>&1 >/proc/sys/kernel/panic | wc -l"
        counting(counter)
        assert counter.exec(look).split() == ["0", "0", "1"]
        counter.checkpoint()
        counter.restore()
        counter.counts_on()
        assert counter.exec(look).split() == ["0", "0", "1"]

    @criu_since((4, 0), "restores it writable")
    def test_a_read_only_root(self, container):
        container.bundle.spec["root"]["readonly"] = True
        container.bundle.spec["mounts"].append({"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"})
        container.bundle.set("sh", "-c", COUNTER.replace("/count", "/tmp/count"))
        container.run()
        count = lambda: int(container.exec("tail -n 1 /tmp/count || echo 0") or 0)
        until(lambda: count() > 2, "it counts")
        container.checkpoint()
        container.restore()
        until(lambda: count() > 4, "it counts on")
        assert "Read-only" in container.exec("touch /x 2>&1; true")

    @beyond_runc("1.1 has no mappings of single mounts")
    @pytest.mark.skipif(kernel() < (6, 3), reason="a tmpfs translates no ids before Linux 6.3")
    def test_mounts_with_translated_ids(self, counter, tmp_path):
        host = tmp_path / "host"
        host.mkdir()
        (host / "file").touch()
        os.chown(host / "file", 1000, 1000)
        mapping = [{"containerID": 1000, "hostID": 2000, "size": 1}]
        counter.bundle.spec["mounts"].append(
            {
                "destination": "/mapped",
                "type": "bind",
                "source": str(host),
                "options": ["rbind"],
                "uidMappings": mapping,
                "gidMappings": mapping,
            }
        )
        counting(counter)
        assert counter.exec("stat -c %u:%g /mapped/file") == "2000:2000\n"
        counter.checkpoint()
        counter.restore()
        counter.counts_on()
        assert counter.exec("stat -c %u:%g /mapped/file") == "2000:2000\n"


class TestNamespaces:
    def test_network_is_made_empty(self, counter):
        counting(counter).checkpoint("--empty-ns", "network")
        counter.restore("--empty-ns", "network")
        counter.counts_on()
        assert re.findall(r"^\s*(\w+):", counter.exec("cat /proc/net/dev"), re.MULTILINE) == ["lo"]

    @beyond_runc("it leaves the loopback down")
    def test_loopback_is_up(self, counter):
        counting(counter).checkpoint()
        counter.restore()
        counter.counts_on()
        assert "UP" in counter.exec("ip link show lo")

    def test_user_namespace(self, container):
        for kind in ("uidMappings", "gidMappings"):
            container.bundle.spec["linux"][kind] = [{"containerID": 0, "hostID": 200000, "size": 1000}]
        container.bundle.spec["linux"]["namespaces"].append({"type": "user"})
        container.bundle.spec["linux"].pop("resources")
        directory = container.bundle.rootfs
        for path in [directory, *directory.rglob("*")]:
            os.lchown(path, 200000, 200000)
        # The namespace's root walks to the root file system.
        for parent in directory.parents:
            if parent.stat().st_mode & 0o5 != 0o5:
                parent.chmod(parent.stat().st_mode | 0o5)
        container.bundle.set("sh", "-c", COUNTER)
        counting(container).checkpoint()
        # Some images are opened by the container's own root, and by CRIU 4.2 also before it has an id.
        container.images.chmod(0o755)
        for path in container.images.iterdir():
            path.chmod(0o644)
        container.restore()
        container.counts_on()
        assert container.exec("id -u; cat /proc/self/uid_map").split() == ["0", "0", "200000", "1000"]
        assert os.stat(f"/proc/{container.pid}").st_uid == 200000

    @pytest.mark.parametrize("has_cgroup_namespace", [False, True])
    def test_cgroup_mounts(self, counter, has_cgroup_namespace):
        if has_cgroup_namespace:
            counter.bundle.spec["linux"]["namespaces"].append({"type": "cgroup"})
        counter.bundle.spec["mounts"].append(
            {
                "destination": "/sys/fs/cgroup",
                "type": "cgroup",
                "source": "cgroup",
                "options": ["nosuid", "noexec", "nodev", "relatime", "ro"],
            }
        )
        look = "cd /sys/fs/cgroup; ls"
        if not IS_RUNC:
            look += "; cat cgroup.procs pids/cgroup.procs 2>/dev/null | sort -n | head -n 1"
        counting(counter)
        before = counter.exec(look)
        counter.checkpoint()
        counter.restore()
        counter.counts_on()
        assert counter.exec(look) == before
        if not IS_RUNC:
            assert before.split()[-1] == "1"

    @pytest.mark.parametrize("mode", ["soft", "full", "ignore"])
    def test_cgroup_modes(self, counter, mode):
        if mode == "ignore" and IS_RUNC:
            pytest.skip("1.1 has no mode ignore")
        counting(counter).checkpoint("--manage-cgroups-mode", mode)
        counter.restore("--manage-cgroups-mode", mode)
        counter.counts_on()
        assert str(counter.pid) in counter.runtime.ok("ps", "--format", "json", counter.id).out

    @beyond_runc("1.1 knows the mode only for checkpoints")
    def test_strict_wants_no_cgroup(self, counter):
        counting(counter).checkpoint("--manage-cgroups-mode", "strict")
        said = counter.restore("--manage-cgroups-mode", "strict", ok=False)
        assert "criu failed: type" in said and "restore.log" in said
        assert not counter.is_there()


class TestTerminal:
    @contextlib.contextmanager
    def listener(self, container):
        path = f"/tmp/{container.id}.sock"
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen()
            server.settimeout(20)
            try:
                yield server, path
            finally:
                os.unlink(path)

    @staticmethod
    def master(server):
        connection, _ = server.accept()
        with connection:
            connection.settimeout(20)
            _, ancillary, _, _ = connection.recvmsg(256, socket.CMSG_SPACE(4))
        [(_, _, data)] = ancillary
        return os.fdopen(array.array("i", data)[0], "r+b", buffering=0)

    def test_console_socket(self, container):
        container.bundle.set("sh", "-c", "while read -r line; do echo got $line; done", terminal=True)
        with self.listener(container) as (server, path):
            container.run("--console-socket", path)
            with self.master(server) as console:
                talk(console, b"one")
                container.checkpoint("--shell-job")
            container.restore("--console-socket", path, "--shell-job")
            with self.master(server) as console:
                talk(console, b"two")

    def test_a_terminal_needs_somebody(self, container):
        container.bundle.set("sh", "-c", "while read -r line; do echo got $line; done", terminal=True)
        with self.listener(container) as (server, path):
            container.run("--console-socket", path)
            with self.master(server) as console:
                talk(console, b"one")
                container.checkpoint()
        said = container.restore(ok=False)
        assert "cannot allocate tty if runc will detach without setting console socket" in said

    def test_foreground(self, container):
        container.bundle.set("sh", "-c", "while read -r line; do echo got $line; done", terminal=True)
        with self.listener(container) as (server, path):
            container.run("--console-socket", path)
            with self.master(server) as console:
                talk(console, b"one")
                container.checkpoint()
        flags = [*container.paths, "--bundle", container.bundle.directory]
        program, *arguments = container.arguments("restore", *flags, container.id)
        child = pexpect.spawn(program, arguments, timeout=30)
        try:
            until(lambda: container.is_there() and container.status() == "running" or not child.isalive(), "it runs", 30)
            child.send("two\n")
            child.expect("got two")
            container.runtime.ok("kill", container.id, "KILL")
            child.expect(pexpect.EOF)
            child.wait()
            assert child.exitstatus == 137
        finally:
            child.close(force=True)


def talk(console, word):
    console.write(word + b"\n")
    seen = b""
    while b"got " + word not in seen:
        seen += console.read(100)


class TestHooks:
    def test_those_of_a_creation_run_with_the_restored_process(self, counter, tmp_path):
        log = tmp_path / "hooks"
        script = tmp_path / "hook"
        script.write_text(f'#!/bin/sh\nread -r state\necho "$1|$state|$(readlink /proc/self/ns/mnt)" >> {log}\n')
        script.chmod(0o755)
        points = ["prestart", "createRuntime", "poststart", "poststop"]
        counter.bundle.spec["hooks"] = {
            point: [{"path": str(script), "args": ["hook", point], "env": ["PATH=/bin:/usr/bin"]}] for point in points
        }
        counting(counter).checkpoint()
        log.unlink()
        counter.restore()
        counter.counts_on()
        entries = [line.split("|") for line in log.read_text().splitlines()]
        # runc runs no poststart hooks here.
        assert [entry[0] for entry in entries][:2] == ["prestart", "createRuntime"]
        for _, state, mounts in entries:
            state = json.loads(state)
            assert (state["id"], state["pid"]) == (counter.id, counter.pid)
            assert mounts == os.readlink("/proc/self/ns/mnt")
        if not IS_RUNC:
            assert [(entry[0], json.loads(entry[1])["status"]) for entry in entries[2:]] == [("poststart", "running")]

    def test_a_failing_one_leaves_nothing(self, counter):
        counting(counter).checkpoint()
        counter.bundle.spec["hooks"] = {"prestart": [{"path": "/bin/false", "args": ["false"]}]}
        counter.bundle.write()
        said = counter.restore(ok=False)
        assert "hook" in said and not counter.is_there()

    @beyond_runc("it leaves what it mounted")
    @pytest.mark.parametrize("point", ["prestart", "poststart"])
    def test_a_killed_runtime_leaves_what_delete_removes(self, counter, tmp_path, point):
        counting(counter).checkpoint()
        marker = tmp_path / "in-hook"
        hook = {"path": "/bin/sh", "args": ["sh", "-c", f"echo $$ >{marker}; exec sleep 1000"], "env": ["PATH=/bin"]}
        counter.bundle.spec["hooks"] = {point: [hook]}
        counter.bundle.write()
        flags = [*counter.paths, "--bundle", counter.bundle.directory, "--detach", counter.id]
        with background(*counter.arguments("restore", *flags)) as restoring:
            until(lambda: marker.exists() and marker.read_text(), "the hook runs", 30)
            restoring.kill()
            restoring.wait()
        processes.kill(int(marker.read_text()))
        counter.runtime.ok("delete", "--force", counter.id)
        assert not counter.is_there()


class TestErrors:
    def test_states(self, container, runtime, bundle, identifier):
        assert "container does not exist" in container.checkpoint(ok=False)
        runtime.create(bundle.set("sleep", "1000"), identifier)
        assert "Container cannot be checkpointed in created state" in container.checkpoint(ok=False)
        runtime.ok("kill", identifier, "KILL")
        runtime.stopped(identifier)
        assert "Container cannot be checkpointed in stopped state" in container.checkpoint(ok=False)

    def test_the_id_is_taken(self, counter):
        counting(counter).checkpoint("--leave-running")
        assert "container with given ID already exists" in counter.restore(ok=False)
        counter.counts_on()

    def test_no_images(self, counter):
        counter.bundle.write()
        counter.images.mkdir()
        said = counter.restore(ok=False)
        assert "descriptors.json: no such file or directory" in said and not counter.is_there()

    def test_broken_images(self, counter):
        counting(counter).checkpoint()
        (counter.images / "pstree.img").write_bytes(b"nonsense")
        said = counter.restore(ok=False)
        assert re.search(r"criu failed: type \w+ errno -?\d+", said) and str(counter.work / "restore.log") in said
        assert not counter.is_there()

    def test_what_criu_cannot_dump_runs_on(self, container, tmp_path):
        """A file of the host as standard output is none of the container's."""
        container.bundle.set("sh", "-c", COUNTER)
        with open(tmp_path / "file", "wb") as stream:
            container.run(stdout=stream)
        container.counts_on()
        said = container.checkpoint(ok=False)
        assert re.search(r"criu failed: type \w+ errno -?\d+", said) and str(container.work / "dump.log") in said
        container.counts_on()


class TestWords:
    """What is refused before CRIU is asked, or because there is none."""

    def call(self, runtime, *arguments):
        result = runtime.run(*arguments)
        assert result.code != 0, str(result)
        return plain(result.err)

    @pytest.fixture
    def running(self, runtime, bundle, identifier):
        bundle.set("sleep", "1000")
        runtime.start(bundle, identifier)
        return identifier

    def test_no_criu(self, runtime, running, tmp_path):
        said = self.call(runtime, "--criu", "no-such-criu", "checkpoint", "--image-path", tmp_path / "images", running)
        assert 'exec: "no-such-criu": executable file not found in $PATH' in said
        assert runtime.state(running)["status"] == "running"

    def test_no_criu_to_restore(self, runtime, bundle, identifier, tmp_path):
        bundle.write()
        flags = ["--image-path", tmp_path, "--bundle", bundle.directory, "--detach"]
        said = self.call(runtime, "--criu", "no-such-criu", "restore", *flags, identifier)
        assert 'exec: "no-such-criu": executable file not found in $PATH' in said
        assert runtime.run("state", identifier).code != 0

    @pytest.mark.parametrize(
        "flags, words",
        [
            (["--empty-ns", "ipc"], 'namespace "ipc" is not supported'),
            (["--manage-cgroups-mode", "loose"], "Invalid manage cgroups mode"),
            (["--page-server", "nowhere"], "Use --page-server ADDRESS:PORT to specify page server"),
            (["--page-server", "host:x"], "Invalid port number"),
            (["--parent-path", "/x"], "--parent-path must be relative"),
            (["--parent-path", "not-there"], "invalid --parent-path: stat"),
        ],
    )
    def test_values(self, runtime, running, tmp_path, flags, words):
        images = tmp_path / "images"
        images.mkdir()
        assert words in self.call(runtime, "checkpoint", "--image-path", images, *flags, running)
        assert runtime.state(running)["status"] == "running"

    def test_no_bundle(self, runtime, identifier, tmp_path):
        flags = ["--image-path", tmp_path, "--bundle", tmp_path, "--detach"]
        assert "JSON specification file config.json not found" in self.call(runtime, "restore", *flags, identifier)

    @pytest.mark.parametrize("name", ["checkpoint", "restore"])
    def test_arguments(self, runtime, name):
        assert f'"{name}" requires exactly 1 argument' in self.call(runtime, name)
        assert "flag provided but not defined: -nonsense" in self.call(runtime, name, "--nonsense", "x")
        text = runtime.ok(name, "--help").out
        for flag in ("--image-path", "--work-path", "--manage-cgroups-mode", "--lazy-pages", "--auto-dedup"):
            assert flag in text
