"""What the OCI validation programs (scripts/validation) ask for and no other test of the runtime's does.

RUNTIME=runc tries the tests on runc; those that only crun passes were tried on it by the programs themselves.
"""

import json
import os
import subprocess

import pytest

from harness import command, namespace
from test_runtime import bundle, identifier, output, run, runtime  # noqa: F401 (fixtures)

KINDS = {"cgroup": "cgroup", "ipc": "ipc", "mnt": "mount", "net": "network", "pid": "pid", "uts": "uts"}


@pytest.fixture(autouse=True)
def own_mounts():
    """A container without a mount namespace mounts on the host, which is one of the test's own."""
    with namespace.private_mounts():
        yield


def below(directory):
    lines = open("/proc/self/mountinfo").read().splitlines()
    return sorted(line.split()[4] for line in lines if line.split()[4].startswith(f"{directory}"))


def beyond_runc(what):
    return pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason=f"runc 1.1 {what}")


class TestNamespaces:
    """linux_ns_itype: without a type in the configuration, the runtime's namespace is the container's."""

    @pytest.fixture
    def inheriting(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"] = []
        del bundle.spec["hostname"]
        bundle.spec["linux"]["maskedPaths"] = bundle.spec["linux"]["readonlyPaths"] = []
        yield bundle
        if os.environ.get("RUNTIME") == "runc":
            runtime.run("delete", "--force", identifier)
            subprocess.run(["umount", "--lazy", bundle.rootfs], stderr=subprocess.DEVNULL)

    def test_all_are_inherited(self, runtime, inheriting, identifier):
        pid = runtime.start(inheriting.set("sleep", "1000"), identifier)
        for name in KINDS:
            assert os.readlink(f"/proc/{pid}/ns/{name}") == os.readlink(f"/proc/self/ns/{name}"), name
        assert os.readlink(f"/proc/{pid}/root") == str(inheriting.rootfs)

    def test_the_files_are_the_container_s(self, runtime, inheriting, identifier):
        script = "ls /bin/busybox /dev/null; ls -d /boot /usr/share || echo none; cat /proc/1/comm"
        lines = output(runtime, inheriting, identifier, script).splitlines()
        assert lines == ["/bin/busybox", "/dev/null", "none", open("/proc/1/comm").read().strip()]

    @beyond_runc("refuses them without a mount namespace")
    def test_masked_paths_are_masked_in_it_alone(self, runtime, inheriting, identifier):
        inheriting.spec["linux"]["maskedPaths"] = ["/proc/version"]
        assert output(runtime, inheriting, identifier, "wc -c < /proc/version") == "0\n"
        assert open("/proc/version").read().startswith("Linux")

    @beyond_runc("cannot execute without a namespace to join")
    @pytest.mark.parametrize("namespaces", [[], ["uts"], ["pid", "ipc"]])
    def test_exec_has_the_container_s_root(self, namespaces, runtime, inheriting, identifier):
        inheriting.spec["linux"]["namespaces"] = [{"type": kind} for kind in namespaces]
        runtime.start(inheriting.set("sleep", "1000"), identifier)
        (inheriting.rootfs / "mark").write_text("inside\n")
        assert runtime.ok("exec", identifier, "cat", "/mark").out == "inside\n"
        assert runtime.ok("exec", "--cwd", "/tmp", identifier, "pwd").out == "/tmp\n"

    @beyond_runc("leaves its mounts on the host")
    def test_nothing_stays_mounted(self, runtime, inheriting, identifier):
        runtime.start(inheriting.set("sleep", "1000"), identifier)
        assert str(inheriting.rootfs) in below(inheriting.rootfs)
        runtime.ok("delete", "--force", identifier)
        assert below(inheriting.rootfs) == []

    @beyond_runc("leaves its mounts on the host")
    def test_a_failed_start_leaves_nothing_mounted(self, runtime, inheriting, identifier):
        assert run(runtime, inheriting, identifier, "nosuch").code == 1
        assert below(inheriting.rootfs) == []

    @beyond_runc("leaves its mounts on the host")
    def test_what_the_bundle_s_owner_mounted_stays(self, runtime, inheriting, identifier):
        subprocess.run(["mount", "--bind", inheriting.rootfs, inheriting.rootfs], check=True)
        try:
            output(runtime, inheriting, identifier, "true")
            assert below(inheriting.rootfs) == [str(inheriting.rootfs)]
        finally:
            subprocess.run(["umount", inheriting.rootfs], check=True)

    @beyond_runc("leaves its mounts on the host")
    def test_shared_mounts_of_the_host_stay_as_they_are(self, runtime, inheriting, identifier, tmp_path):
        shared = tmp_path / "shared"
        shared.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "none", shared], check=True)
        subprocess.run(["mount", "--make-shared", shared], check=True)
        (shared / "inner").mkdir()
        bind = {"destination": "/data", "type": "bind", "source": str(shared), "options": ["rbind"]}
        inheriting.spec["mounts"].append(bind)
        inheriting.spec["mounts"].append({"destination": "/data/inner", "type": "tmpfs", "source": "tmpfs"})
        output(runtime, inheriting, identifier, "grep -q ' /data/inner ' /proc/mounts || test -d /data/inner")
        assert below(shared) == [str(shared)]
        subprocess.run(["umount", shared], check=True)


class TestMounts:
    def test_options_of_a_file_system_do_nothing_to_a_bind_mount(self, runtime, bundle, identifier, tmp_path):
        """mounts: the kernel ignores them."""
        (tmp_path / "data").mkdir()
        options = ["nosuid", "strictatime", "mode=755", "size=1k", "bind", "private"]
        bundle.spec["mounts"].append({"destination": "/data", "source": str(tmp_path / "data"), "options": options})
        assert "nosuid" in output(runtime, bundle, identifier, "grep ' /data ' /proc/mounts")


class TestFilters:
    @beyond_runc("starts nothing under such a filter")
    @pytest.mark.parametrize("confined", [True, False])
    @pytest.mark.parametrize("cwd", ["/", "/var/www", "/proc/self", "/dev/pts"])
    def test_a_filter_may_deny_getcwd(self, cwd, confined, runtime, bundle, identifier):
        """linux_seccomp: the runtime, which makes sure of the working directory, has other means."""
        rule = {"names": ["getcwd"], "action": "SCMP_ACT_ERRNO"}
        bundle.spec["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}
        bundle.set("sh", "-c", "/bin/pwd; true", cwd=cwd, noNewPrivileges=confined).write()
        result = runtime.run("run", "--bundle", bundle.directory, identifier)
        assert result.code == 0 and "not permitted" in result.err, str(result)

    @beyond_runc("starts nothing under such a filter")
    def test_a_way_out_is_still_seen(self, runtime, bundle, identifier):
        """A filter that denies getcwd does not hide that the working directory is outside (CVE-2024-21626)."""
        rule = {"names": ["getcwd"], "action": "SCMP_ACT_ERRNO"}
        bundle.spec["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}
        runtime.start(bundle.set("sleep", "1000", noNewPrivileges=False), identifier)
        words = [runtime.path, "--root", runtime.root, "exec", "--preserve-fds", "1", "--cwd", "/proc/self/fd/3"]
        result = command.run("sh", "-c", 'exec "$@" 3</', "sh", *words, identifier, "ls", "..")
        assert result.code == 255 and "outside of container mount namespace root" in result.err


class TestHooks:
    @beyond_runc("says creating")
    def test_prestart_hooks_see_a_created_container(self, runtime, bundle, identifier, tmp_path):
        """hooks_stdin: so says the programs' reading of the life cycle."""
        hook = {"path": "/bin/sh", "args": ["sh", "-c", f"cat > {tmp_path}/seen"]}
        bundle.spec["hooks"] = {"prestart": [hook]}
        output(runtime, bundle, identifier, "true")
        assert json.loads((tmp_path / "seen").read_text())["status"] == "created"
