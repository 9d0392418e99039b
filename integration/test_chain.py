"""The chain of programs, and what a container sees of its namespaces, cgroups, devices and files."""

import os
import pathlib
import re

import pytest

from harness import processes
from harness.engine import Skiffd, engine_class
from harness.waiting import until

DEFAULT_CAPABILITIES = "00000000a80425fb"
SHIM = "skiff-shim" if engine_class() is Skiffd else "containerd-shim"


def shell(cli, script, *flags, code=0):
    result = cli.run("run", "--rm", *flags, "busybox", "sh", "-c", script)
    assert result.code == code, str(result)
    return result.out


@pytest.fixture
def sleeper(cli, name):
    """A container that runs until it is removed: its name and its process id on the host."""
    container = name("sleeper")
    cli.ok("run", "-d", "--name", container, "busybox", "sleep", "1000")
    return container, cli.state(container)["Pid"]


class TestPrograms:
    def test_the_container_is_the_only_child_of_its_shim(self, cli, sleeper):
        _, pid = sleeper
        shim = processes.read(processes.read(pid).parent)
        assert SHIM in shim.arguments[0]
        assert [child.pid for child in processes.children(shim.pid)] == [pid]

    @pytest.mark.skiff_only
    def test_every_layer_is_a_process_of_its_own(self, engine, cli, sleeper):
        _, pid = sleeper
        shim = processes.read(pid).parent
        pids = [engine.process.pid, engine.supervisor_pid, shim, pid]
        programs = [os.path.basename(processes.program_of(pid)) for pid in pids]
        assert programs == ["skiffd", "skiff-supervisor", "skiff-shim", "busybox"]

    @pytest.mark.skiff_only
    def test_the_runtime_has_left_once_the_container_runs(self, engine, cli, sleeper):
        here = [p.line for p in processes.everything() if p.name == "skiff-runtime" and str(engine.base) in p.line]
        assert here == []

    def test_a_container_outlives_a_restart_of_the_daemon(self, engine, cli, sleeper):
        container, pid = sleeper
        engine.restart()
        state = cli.state(container)
        assert (state["Status"], state["Pid"]) == ("running", pid)
        assert cli.ok("exec", container, "echo", "still here").out == "still here\n"

    def test_each_shim_ends_with_its_container(self, cli, sleeper):
        container, pid = sleeper
        shim = processes.read(pid).parent
        cli.ok("rm", "-f", container)
        until(lambda: not processes.is_alive(shim), "the shim is gone")


class TestNamespaces:
    @pytest.mark.parametrize("kind", ["mnt", "uts", "ipc", "pid", "net"])
    def test_a_container_has_its_own(self, kind, cli, sleeper):
        _, pid = sleeper
        assert os.readlink(f"/proc/{pid}/ns/{kind}") != os.readlink(f"/proc/self/ns/{kind}")

    def test_the_command_is_process_1(self, cli):
        assert shell(cli, "echo $$") == "1\n"

    def test_only_standard_streams_are_open(self, cli, sleeper):
        container, pid = sleeper
        assert sorted(os.listdir(f"/proc/{pid}/fd")) == ["0", "1", "2"]
        listed = cli.ok("exec", container, "ls", "/proc/self/fd").out.split()
        assert listed == ["0", "1", "2", "3"]  # 3 is the directory that ls reads

    def test_a_leaked_descriptor_is_no_working_directory(self, cli):
        for number in (3, 7, 8, 9, 20):
            result = cli.run("run", "--rm", "-w", f"/proc/self/fd/{number}", "busybox", "cat", "../../etc/hostname")
            assert result.code != 0, str(result)

    def test_the_runtime_cannot_be_overwritten_from_inside(self, cli):
        program = engine_class() is Skiffd and "skiff-runtime" or "runc"
        result = cli.run("run", "--rm", "busybox", "sh", "-c", "echo broken > /proc/self/exe")
        assert result.code != 0, f"{program}: {result}"

    def test_mounts_stay_inside(self, cli, sleeper):
        container, _ = sleeper
        mounts = pathlib.Path("/proc/self/mountinfo").read_text()
        inside = cli.ok("exec", container, "cat", "/proc/mounts").out
        assert inside.splitlines()[0].startswith("overlay / overlay rw")
        assert "/sys/firmware" not in mounts


class TestCgroups:
    def test_memory_limit(self, cli):
        assert shell(cli, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes", "--memory", "64m") == f"{64 << 20}\n"

    def test_cpu_quota(self, cli):
        out = shell(cli, "cd /sys/fs/cgroup/cpu; cat cpu.cfs_quota_us cpu.cfs_period_us", "--cpus", "0.5")
        quota, period = map(int, out.split())
        assert quota / period == 0.5

    def test_pids_limit_holds(self, cli):
        script = "cat /sys/fs/cgroup/pids/pids.max; for i in 1 2 3 4 5 6 7 8; do sleep 5 & done; wait"
        result = cli.run("run", "--rm", "--pids-limit", "5", "busybox", "sh", "-c", script)
        assert result.lines[0] == "5"
        assert "can't fork" in result.err

    def test_memory_limit_kills(self, cli, name):
        container = name()
        result = cli.run(
            "run",
            "--name",
            container,
            "--memory",
            "16m",
            "busybox",
            "sh",
            "-c",
            "dd if=/dev/zero of=/dev/null bs=200M count=1",
        )
        assert result.code == 137, str(result)
        assert cli.state(container)["OOMKilled"] is True

    def test_every_controller_has_the_container(self, cli, sleeper):
        _, pid = sleeper
        paths = dict(line.split(":", 2)[1:] for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines())
        for controller in ("cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"):
            assert re.search(r"[0-9a-f]{64}", paths[controller]), (controller, paths)

    def test_cgroups_are_read_only_inside(self, cli):
        result = cli.run("run", "--rm", "busybox", "sh", "-c", "echo 1 > /sys/fs/cgroup/pids/pids.max")
        assert result.code != 0 and "Read-only file system" in result.err

    def test_devices_are_denied(self, cli):
        script = "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk"
        result = cli.run("run", "--rm", "busybox", "sh", "-c", script)
        assert "Operation not permitted" in result.err, str(result)


class TestConfinement:
    def status(self, cli, *flags):
        text = shell(cli, "cat /proc/self/status", *flags)
        return {line.split(":")[0]: line.split(":")[1].strip() for line in text.splitlines()}

    def test_default_capabilities(self, cli):
        status = self.status(cli)
        assert (status["CapEff"], status["CapPrm"], status["CapBnd"]) == (DEFAULT_CAPABILITIES,) * 3
        assert status["CapInh"] == "0" * 16

    def test_other_users_have_no_effective_capabilities(self, cli):
        status = self.status(cli, "-u", "1000")
        assert status["CapEff"] == status["CapPrm"] == status["CapInh"] == "0" * 16
        assert status["CapBnd"] == DEFAULT_CAPABILITIES

    def test_added_and_dropped_capabilities(self, cli):
        status = self.status(cli, "--cap-drop", "ALL", "--cap-add", "CHOWN", "--cap-add", "CAP_NET_ADMIN")
        assert int(status["CapEff"], 16) == 1 << 0 | 1 << 12

    def test_exec_is_confined_like_the_container(self, cli, sleeper):
        container, _ = sleeper
        text = cli.ok("exec", container, "cat", "/proc/self/status").out
        assert f"CapEff:\t{DEFAULT_CAPABILITIES}" in text
        assert "CapInh:\t0000000000000000" in text
        assert "Seccomp:\t2" in text

    def test_seccomp_filters(self, cli):
        assert self.status(cli)["Seccomp"] == "2"
        result = cli.run("run", "--rm", "-u", "1000", "busybox", "unshare", "-U", "true")
        assert result.code != 0 and "Operation not permitted" in result.err

    @pytest.mark.skiff_only  # Debian's runc wants capabilities that a confined root has not
    def test_privileged_lifts_the_confinement(self, cli):
        status = self.status(cli, "--privileged")
        own = re.search(r"CapBnd:\s*(\w+)", pathlib.Path("/proc/self/status").read_text()).group(1)
        assert (status["CapEff"], status["Seccomp"]) == (own, "0")
        assert shell(cli, "mount -t tmpfs none /tmp && echo mounted", "--privileged") == "mounted\n"

    def test_masked_paths_are_empty(self, cli):
        out = shell(
            cli,
            "for p in /proc/kcore /proc/keys /proc/timer_list; do [ -e $p ] && head -c 4 $p; done; "
            "ls /sys/firmware /proc/scsi 2>/dev/null; true",
        )
        assert [line for line in out.splitlines() if line and not line.startswith("/")] == []

    @pytest.mark.parametrize(
        "path", ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper"]
    )
    def test_kernel_settings_are_read_only(self, path, cli):
        result = cli.run("run", "--rm", "busybox", "sh", "-c", f"[ -e {path} ] || echo Read-only; echo x > {path}")
        assert "Read-only" in result.err + result.out, str(result)

    def test_the_file_system_is_read_only_on_demand(self, cli):
        result = cli.run("run", "--rm", "--read-only", "busybox", "touch", "/file")
        assert result.code == 1 and "Read-only file system" in result.err


class TestFiles:
    def test_devices(self, cli):
        out = shell(
            cli,
            "cd /dev; ls -l null zero full tty random urandom | awk '{print $1, $5 $6, $10}'; "
            "for link in fd stdin stdout stderr ptmx; do readlink $link; done; cat /proc/mounts",
        )
        for device in ("1,3 null", "1,5 zero", "1,7 full", "5,0 tty", "1,8 random", "1,9 urandom"):
            assert f"crw-rw-rw- {device}" in out
        for target in ("/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2", "pts/ptmx"):
            assert target in out.splitlines()
        assert re.search(r"shm /dev/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k", out)
        assert re.search(r"mqueue /dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime", out)
        assert re.search(r"devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666", out)

    def test_proc_and_sys(self, cli):
        out = shell(cli, "cat /proc/mounts")
        assert "proc /proc proc rw,nosuid,nodev,noexec,relatime" in out
        assert "sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime" in out

    def test_hostname_is_the_short_id(self, cli, name):
        container = name()
        identifier = cli.ok("run", "-d", "--name", container, "busybox", "sleep", "1000").word
        assert cli.ok("exec", container, "hostname").word == identifier[:12]
        assert cli.ok("exec", container, "cat", "/etc/hostname").word == identifier[:12]

    def test_hosts_names_the_container(self, cli):
        out = shell(cli, "cat /etc/hosts; ip -4 -o address show eth0 | awk '{print $4}'", "--hostname", "vessel")
        *hosts, address = out.splitlines()
        assert re.search(r"^127\.0\.0\.1\s+localhost$", "\n".join(hosts), re.MULTILINE)
        assert re.search(r"^::1\s+.*ip6-localhost", "\n".join(hosts), re.MULTILINE)
        assert f"{address.split('/')[0]}\tvessel" in hosts

    def test_resolv_conf_has_the_hosts_name_servers(self, cli):
        of_host = re.findall(r"^nameserver\s+(\S+)", pathlib.Path("/etc/resolv.conf").read_text(), re.MULTILINE)
        usable = [server for server in of_host if not server.startswith("127.")]
        inside = re.findall(r"^nameserver\s+(\S+)", shell(cli, "cat /etc/resolv.conf"), re.MULTILINE)
        assert inside == usable or (not usable and inside)

    def test_etc_files_can_be_changed_inside(self, cli, sleeper):
        container, _ = sleeper
        cli.ok("exec", container, "sh", "-c", "echo 192.0.2.1 elsewhere >> /etc/hosts")
        assert "elsewhere" in cli.ok("exec", container, "cat", "/etc/hosts").out
        assert "elsewhere" not in pathlib.Path("/etc/hosts").read_text()

    def test_changes_stay_in_the_container(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "sh", "-c", "echo mine > /file; rm /bin/wget")
        assert shell(cli, "ls /file 2>&1; ls /bin/wget", code=0).endswith("/bin/wget\n")
        cli.ok("rm", container)

    def test_a_stopped_container_keeps_its_changes(self, cli, name):
        container = name()
        cli.ok("run", "--name", container, "busybox", "sh", "-c", "cat /file; echo more >> /file")
        assert cli.ok("start", "-a", container).out == "more\n"

    def test_environment(self, cli):
        lines = shell(cli, "env", "-e", "A=1").splitlines()
        assert "A=1" in lines and "HOME=/root" in lines
        assert any(line.startswith("HOSTNAME=") for line in lines)
        assert any(line.startswith("PATH=/usr/local/sbin:") for line in lines)

    def test_resource_limits_never_stop_a_start(self, cli):
        assert int(shell(cli, "ulimit -n")) >= 1024
