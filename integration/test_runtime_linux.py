"""The Linux part of a bundle's configuration beside mounts and filters: namespaces, devices, processes."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess

import pytest

from harness import command
from harness.waiting import until
from test_runtime import bundle, identifier, output, plain, run, runtime  # noqa: F401 (fixtures)
from test_runtime_mounts import mapping, user_namespace


def beyond_runc(what):
    return pytest.mark.skipif(os.environ.get("RUNTIME") == "runc", reason=f"runc 1.1 has no {what}")


def refused(runtime, bundle, identifier, field, text, **process):
    """The configuration is refused in runc's words, and ours name the field."""
    result = run(runtime, bundle, identifier, "true", **process)
    assert result.code == 1 and text in plain(result.err), str(result)
    assert runtime.name == "runc" or field in result.err, str(result)


@contextlib.contextmanager
def second_container(runtime, bundle, identifier):
    """A name for another container beside the test's own, removed afterwards."""
    second = f"{identifier}b"
    try:
        yield second
    finally:
        runtime.run("delete", "--force", second)


class TestNamespaces:
    FILES = {"pid": "pid", "network": "net", "ipc": "ipc", "uts": "uts", "cgroup": "cgroup", "time": "time"}

    @pytest.mark.parametrize("kind", ["pid", "network", "ipc", "uts", "cgroup", "time"])
    def test_joined_by_path(self, kind, runtime, bundle, identifier):
        if kind == "time" and runtime.name == "runc":
            pytest.skip("runc 1.1 has no time namespaces")
        namespaces = bundle.spec["linux"]["namespaces"]
        if kind in ("cgroup", "time"):
            namespaces.append({"type": kind})
        first = runtime.start(bundle.set("sleep", "1000"), identifier)
        file = self.FILES[kind]
        [entry] = [entry for entry in namespaces if entry["type"] == kind]
        entry["path"] = f"/proc/{first}/ns/{file}"
        bundle.spec["mounts"] = [mount for mount in bundle.spec["mounts"] if mount["type"] != "sysfs"]
        with second_container(runtime, bundle, identifier) as second:
            bundle.set("readlink", f"/proc/self/ns/{file}").write()
            result = runtime.ok("run", "--bundle", bundle.directory, second)
            assert result.word == os.readlink(f"/proc/{first}/ns/{file}")

    def test_a_user_namespace_joined_with_others(self, runtime, bundle, identifier):
        user_namespace(bundle)
        first = runtime.start(bundle.set("sleep", "1000"), identifier)
        for entry in bundle.spec["linux"]["namespaces"]:
            if entry["type"] in ("user", "network", "ipc"):
                entry["path"] = f"/proc/{first}/ns/{self.FILES.get(entry['type'], 'user')}"
        if runtime.name != "runc":  # which wants the mappings again
            del bundle.spec["linux"]["uidMappings"], bundle.spec["linux"]["gidMappings"]
        kinds = ("user", "net", "ipc", "uts")
        with second_container(runtime, bundle, identifier) as second:
            bundle.set("sh", "-c", "id -u; for kind in user net ipc uts; do readlink /proc/self/ns/$kind; done").write()
            text = runtime.ok("run", "--bundle", bundle.directory, second).out.split()
        theirs = [os.readlink(f"/proc/{first}/ns/{kind}") for kind in kinds]
        assert text[0] == "0" and text[1:4] == theirs[:3] and text[4] != theirs[3]

    def test_a_new_user_namespace_with_the_hosts_network(self, runtime, bundle, identifier):
        """What belongs to the host's user is joined before there is another one."""
        user_namespace(bundle)
        [network] = [entry for entry in bundle.spec["linux"]["namespaces"] if entry["type"] == "network"]
        network["path"] = "/proc/self/ns/net"
        bundle.spec["mounts"] = [mount for mount in bundle.spec["mounts"] if mount["type"] != "sysfs"]
        assert output(runtime, bundle, identifier, "readlink /proc/self/ns/net").strip() == os.readlink(
            "/proc/self/ns/net"
        )

    @beyond_runc("time namespaces")
    def test_clock_offsets(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"].append({"type": "time"})
        bundle.spec["linux"]["timeOffsets"] = {
            "boottime": {"secs": 1000000, "nanosecs": 500000000},
            "monotonic": {"secs": 5000},
        }
        runtime.start(bundle.set("sleep", "1000"), identifier)
        here = float(pathlib.Path("/proc/uptime").read_text().split()[0])
        there = float(runtime.ok("exec", identifier, "cat", "/proc/uptime").out.split()[0])
        assert 1000000 <= there - here < 1000060
        offsets = runtime.ok("exec", identifier, "cat", "/proc/self/timens_offsets").out.split()
        assert offsets == ["monotonic", "5000", "0", "boottime", "1000000", "500000000"]

    @beyond_runc("time namespaces")
    def test_offsets_without_the_namespace(self, runtime, bundle, identifier):
        bundle.spec["linux"]["timeOffsets"] = {"boottime": {"secs": 1}}
        refused(
            runtime,
            bundle,
            identifier,
            "linux.timeOffsets",
            "time namespace offsets specified, but time namespace isn't enabled in the config",
        )

    def test_mappings_show_inside(self, runtime, bundle, identifier):
        user_namespace(bundle)
        bundle.spec["linux"]["uidMappings"] = mapping(0, 100000, 10) + mapping(10, 200000, 5)
        bundle.spec["linux"]["gidMappings"] = mapping(0, 100000, 65536)
        user = {"uid": 3, "gid": 4, "additionalGids": [7]}
        text = output(runtime, bundle, identifier, "id; cat /proc/self/uid_map", user=user)
        assert text.startswith("uid=3 gid=4") and "7" in text.splitlines()[0]
        assert text.split()[-6:] == ["0", "100000", "10", "10", "200000", "5"]

    def test_of_the_host_where_none_is_named(self, runtime, bundle, identifier):
        bundle.spec["linux"]["namespaces"] = [
            entry for entry in bundle.spec["linux"]["namespaces"] if entry["type"] in ("mount", "pid")
        ]
        del bundle.spec["hostname"]
        bundle.spec["mounts"] = [mount for mount in bundle.spec["mounts"] if mount["type"] != "sysfs"]
        script = "for kind in net uts ipc; do readlink /proc/self/ns/$kind; done"
        assert output(runtime, bundle, identifier, script).split() == [
            os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "uts", "ipc")
        ]

    @pytest.mark.parametrize(
        "change, field, text",
        [
            (lambda linux: linux["namespaces"].append({"type": "pid"}), "linux.namespaces[5]", "duplicated ns"),
            (lambda linux: linux["namespaces"].append({"type": "x"}), "linux.namespaces[5].type", "does not exist"),
            (
                lambda linux: linux["namespaces"].append({"type": "user"}),
                "linux.uidMappings",
                "ser namespaces enabled, but no uid mapping",
            ),
            (
                lambda linux: linux["namespaces"][0].update(path="/no/such/file"),
                "/no/such/file",
                "lstat /no/such/file: no such file or directory",
            ),
        ],
        ids=["twice", "unknown", "unmapped", "missing"],
    )
    def test_that_cannot_be(self, change, field, text, runtime, bundle, identifier):
        change(bundle.spec["linux"])
        refused(runtime, bundle, identifier, field, text)

    def test_names_need_their_namespace(self, runtime, bundle, identifier):
        namespaces = bundle.spec["linux"]["namespaces"]
        bundle.spec["linux"]["namespaces"] = [entry for entry in namespaces if entry["type"] != "uts"]
        refused(
            runtime,
            bundle,
            identifier,
            "hostname",
            "unable to set hostname without a private UTS namespace",
        )

    def test_the_domain_name(self, runtime, bundle, identifier):
        if runtime.name == "runc":
            pytest.skip("runc 1.1 ignores domainname")
        bundle.spec["domainname"] = "example.org"
        assert output(runtime, bundle, identifier, "cat /proc/sys/kernel/domainname") == "example.org\n"


class TestKernelParameters:
    def test_by_dots_and_slashes(self, runtime, bundle, identifier):
        bundle.spec["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1", "net/ipv4/tcp_fin_timeout": "17"}
        script = "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/tcp_fin_timeout"
        assert output(runtime, bundle, identifier, script) == "1\n17\n"

    @pytest.mark.parametrize(
        "name, text",
        [
            ("vm.swappiness", "is not in a separate kernel namespace"),
            ("kernel.hostname", "hostname"),
        ],
    )
    def test_of_the_host(self, name, text, runtime, bundle, identifier):
        bundle.spec["linux"]["sysctl"] = {name: "1"}
        refused(runtime, bundle, identifier, f"linux.sysctl[{name}]", text)

    def test_of_the_hosts_own_network(self, runtime, bundle, identifier):
        [network] = [entry for entry in bundle.spec["linux"]["namespaces"] if entry["type"] == "network"]
        network["path"] = "/proc/self/ns/net"
        bundle.spec["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1"}
        text = "not allowed in host network namespace"
        refused(runtime, bundle, identifier, "linux.sysctl[net.ipv4.ip_forward]", text)


class TestDevices:
    def test_nodes_of_each_type(self, runtime, bundle, identifier):
        bundle.spec["linux"]["devices"] = [
            {"type": "c", "path": "/dev/char", "major": 1, "minor": 5, "fileMode": 0o600, "uid": 10, "gid": 11},
            {"type": "u", "path": "/dev/unbuffered", "major": 1, "minor": 5},
            {"type": "b", "path": "/else/where/block", "major": 7, "minor": 200, "fileMode": 0o660},
            {"type": "p", "path": "/dev/fifo", "fileMode": 0o640, "gid": 5},
        ]
        script = "stat -c '%n %F %t:%T %a %u:%g' /dev/char /dev/unbuffered /else/where/block /dev/fifo"
        assert output(runtime, bundle, identifier, script).splitlines() == [
            "/dev/char character special file 1:5 600 10:11",
            "/dev/unbuffered character special file 1:5 666 0:0",
            "/else/where/block block special file 7:c8 660 0:0",
            "/dev/fifo fifo 0:0 640 0:5",
        ]

    def test_that_every_container_has(self, runtime, bundle, identifier):
        script = (
            "cd /dev; stat -c '%n %t:%T %a' null zero full random urandom tty;"
            " for link in fd stdin stdout stderr ptmx; do readlink $link; done"
        )
        assert output(runtime, bundle, identifier, script).splitlines() == [
            "null 1:3 666",
            "zero 1:5 666",
            "full 1:7 666",
            "random 1:8 666",
            "urandom 1:9 666",
            "tty 5:0 666",
            "/proc/self/fd",
            "/proc/self/fd/0",
            "/proc/self/fd/1",
            "/proc/self/fd/2",
            "pts/ptmx",
        ]

    def test_in_a_user_namespace_are_the_hosts(self, runtime, bundle, identifier):
        user_namespace(bundle)
        assert output(runtime, bundle, identifier, "echo gone > /dev/null; head -c 3 /dev/zero | wc -c") == "3\n"

    def test_a_type_that_is_none(self, runtime, bundle, identifier):
        bundle.spec["linux"]["devices"] = [{"type": "x", "path": "/dev/x"}]
        refused(runtime, bundle, identifier, "linux.devices[0].type", "invalid device type")

    def test_none_over_a_bound_dev(self, runtime, bundle, identifier):
        bundle.spec["mounts"] = [
            mount for mount in bundle.spec["mounts"] if not mount["destination"].startswith("/dev")
        ] + [{"destination": "/dev", "type": "bind", "source": "/dev", "options": ["rbind"]}]
        bundle.spec["linux"]["devices"] = [{"type": "c", "path": f"/dev/{identifier}", "major": 1, "minor": 5}]
        assert run(runtime, bundle, identifier, "true").code == 0
        assert not os.path.exists(f"/dev/{identifier}")


@pytest.fixture
def link(identifier):
    """A veth in the namespace of the tests, with addresses; its name."""
    name = identifier[-8:]
    peer = f"{name}p"
    command.ok("ip", "link", "add", name, "type", "veth", "peer", "name", peer)
    for address in ("10.231.7.1/24", "2001:db8:7::1/64"):
        command.ok("ip", "address", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
    yield name
    command.run("ip", "link", "delete", peer)


@beyond_runc("netDevices")
class TestNetworkDevices:
    def addresses(self, runtime, identifier, name):
        text = runtime.ok("exec", identifier, "ip", "address", "show", "dev", name).out
        return text, set(re.findall(r"inet6? (\S+) .*scope global", text))

    def test_moves_with_its_addresses(self, runtime, bundle, identifier, link):
        bundle.spec["linux"]["netDevices"] = {link: {}}
        runtime.start(bundle.set("sleep", "1000"), identifier)
        text, addresses = self.addresses(runtime, identifier, link)
        assert addresses == {"10.231.7.1/24", "2001:db8:7::1/64"} and "UP" in text
        assert command.run("ip", "link", "show", link).code != 0

    def test_under_another_name(self, runtime, bundle, identifier, link):
        bundle.spec["linux"]["netDevices"] = {link: {"name": "eth0"}}
        runtime.start(bundle.set("sleep", "1000"), identifier)
        assert self.addresses(runtime, identifier, "eth0")[1] == {"10.231.7.1/24", "2001:db8:7::1/64"}

    def test_is_there_before_anything_runs(self, runtime, bundle, identifier, link, tmp_path):
        bundle.spec["linux"]["netDevices"] = {link: {"name": "eth0"}}
        bundle.spec["linux"]["sysctl"] = {"net.ipv4.conf.eth0.forwarding": "1"}
        seen = tmp_path / "seen"
        script = f"cp /proc/self/net/dev {seen}"
        bundle.spec["hooks"] = {"createContainer": [{"path": "/bin/sh", "args": ["sh", "-c", script]}]}
        assert output(runtime, bundle, identifier, "cat /proc/sys/net/ipv4/conf/eth0/forwarding") == "1\n"
        assert "eth0:" in seen.read_text()

    def test_into_a_joined_namespace(self, runtime, bundle, identifier, link):
        first = runtime.start(bundle.set("sleep", "1000"), identifier)
        [network] = [entry for entry in bundle.spec["linux"]["namespaces"] if entry["type"] == "network"]
        network["path"] = f"/proc/{first}/ns/net"
        bundle.spec["linux"]["netDevices"] = {link: {"name": "eth0"}}
        with second_container(runtime, bundle, identifier) as second:
            bundle.set("ip", "address", "show", "dev", "eth0").write()
            assert "10.231.7.1/24" in runtime.ok("run", "--bundle", bundle.directory, second).out

    def test_into_a_user_namespace(self, runtime, bundle, identifier, link):
        user_namespace(bundle)
        bundle.spec["linux"]["netDevices"] = {link: {"name": "eth0"}}
        assert "10.231.7.1/24" in output(runtime, bundle, identifier, "ip address show dev eth0")

    @pytest.mark.parametrize(
        "devices, field, text",
        [
            ({"nosuch0": {}}, "linux.netDevices[nosuch0]", "no such device"),
            ({"a/b": {}}, "linux.netDevices[a/b]", 'invalid network device name "a/b"'),
            ({"lo": {"name": "x" * 16}}, "linux.netDevices[lo]", "invalid network device name"),
        ],
    )
    def test_that_cannot_be(self, devices, field, text, runtime, bundle, identifier):
        bundle.spec["linux"]["netDevices"] = devices
        refused(runtime, bundle, identifier, field, text)

    def test_a_name_that_is_taken(self, runtime, bundle, identifier, link):
        bundle.spec["linux"]["netDevices"] = {link: {"name": "lo"}}
        refused(runtime, bundle, identifier, f"linux.netDevices[{link}]", "exists")
        command.ok("ip", "link", "show", link)

    def test_without_a_network_namespace(self, runtime, bundle, identifier, link):
        namespaces = bundle.spec["linux"]["namespaces"]
        bundle.spec["linux"]["namespaces"] = [entry for entry in namespaces if entry["type"] != "network"]
        bundle.spec["linux"]["netDevices"] = {link: {}}
        text = "unable to move network devices without a NET namespace"
        refused(runtime, bundle, identifier, "linux.netDevices", text)


@beyond_runc("memoryPolicy")
class TestMemoryPolicy:
    def policies(self, text):
        return {line.split()[1] for line in text.splitlines() if len(line.split()) > 1}

    @pytest.mark.parametrize(
        "policy, shown",
        [
            ({"mode": "MPOL_DEFAULT"}, "default"),
            ({"mode": "MPOL_LOCAL"}, "local"),
            ({"mode": "MPOL_BIND", "nodes": "0"}, "bind:0"),
            ({"mode": "MPOL_INTERLEAVE", "nodes": "0"}, "interleave:0"),
            ({"mode": "MPOL_PREFERRED", "nodes": "0"}, "prefer:0"),
            ({"mode": "MPOL_PREFERRED_MANY", "nodes": "0-0,0"}, "prefer (many):0"),
            ({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]}, "bind=static:0"),
            ({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]}, "bind=relative:0"),
        ],
    )
    def test_modes(self, policy, shown, runtime, bundle, identifier):
        bundle.spec["linux"]["memoryPolicy"] = policy
        runtime.start(bundle.set("sleep", "1000"), identifier)
        for text in (
            pathlib.Path(f"/proc/{runtime.state(identifier)['pid']}/numa_maps").read_text(),
            runtime.ok("exec", identifier, "cat", "/proc/self/numa_maps").out,
        ):
            assert f" {shown} " in text

    @pytest.mark.parametrize(
        "policy, field, text",
        [
            ({"mode": "MPOL_X"}, "mode", 'invalid memory policy mode "MPOL_X"'),
            ({"mode": "MPOL_BIND", "nodes": "a"}, "nodes", 'invalid memory policy nodes "a"'),
            ({"mode": "MPOL_BIND"}, "nodes", "memory policy mode requires at least one node but got 0"),
            ({"mode": "MPOL_LOCAL", "nodes": "0-1"}, "nodes", "memory policy mode requires 0 nodes but got 2"),
            ({"mode": "MPOL_BIND", "nodes": "0", "flags": ["X"]}, "flags[0]", 'invalid memory policy flag "X"'),
            ({"mode": "MPOL_BIND", "nodes": "900"}, "", "invalid argument"),
        ],
    )
    def test_that_cannot_be(self, policy, field, text, runtime, bundle, identifier):
        bundle.spec["linux"]["memoryPolicy"] = policy
        refused(runtime, bundle, identifier, f"linux.memoryPolicy{field and '.' + field}", text)


class TestResourceControl:
    """Intel RDT, which needs the file system resctrl."""

    @pytest.fixture(autouse=True)
    def without(self):
        if "resctrl" in pathlib.Path("/proc/self/mountinfo").read_text():
            pytest.skip("this host has resctrl")

    @pytest.mark.parametrize(
        "settings, field, text",
        [
            ({"closID": "a/b"}, "closID", 'invalid intelRdt.ClosID "a/b"'),
            (
                {"l3CacheSchema": "L3:0=f"},
                "l3CacheSchema",
                "intelRdt.l3CacheSchema is specified in config, but Intel RDT/CAT is not enabled",
            ),
            (
                {"memBwSchema": "MB:0=20"},
                "memBwSchema",
                "intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled",
            ),
        ],
    )
    def test_on_a_host_without(self, settings, field, text, runtime, bundle, identifier):
        bundle.spec["linux"]["intelRdt"] = settings
        refused(runtime, bundle, identifier, f"linux.intelRdt.{field}", text)

    def test_nothing_asked(self, runtime, bundle, identifier):
        bundle.spec["linux"]["intelRdt"] = {}
        assert run(runtime, bundle, identifier, "true").code == 0


class TestProcess:
    def cpus(self, text):
        return re.search(r"Cpus_allowed_list:\s*(\S+)", text).group(1)

    @beyond_runc("execCPUAffinity")
    @pytest.mark.skipif(os.cpu_count() < 2, reason="one CPU only")
    @pytest.mark.parametrize(
        "affinity, expected",
        [({"final": "1"}, "1"), ({"initial": "0", "final": "0-1"}, "0-1"), ({"initial": "1"}, "1")],
    )
    def test_affinity_of_exec(self, affinity, expected, runtime, bundle, identifier):
        runtime.start(bundle.set("sleep", "1000"), identifier)
        process = bundle.process("cat", "/proc/self/status", execCPUAffinity=affinity)
        assert self.cpus(runtime.ok("exec", "--process", process, identifier).out) == expected

    @beyond_runc("execCPUAffinity")
    def test_affinity_of_the_configuration(self, runtime, bundle, identifier):
        bundle.spec["process"]["execCPUAffinity"] = {"final": "0"}
        pid = runtime.start(bundle.set("sleep", "1000"), identifier)
        assert self.cpus(runtime.ok("exec", identifier, "cat", "/proc/self/status").out) == "0"
        assert self.cpus(pathlib.Path(f"/proc/{pid}/status").read_text()) == self.cpus(
            pathlib.Path("/proc/self/status").read_text()
        )

    @beyond_runc("execCPUAffinity")
    @pytest.mark.parametrize("text", ["x", "3-1", "1-", "-1", "99999999"])
    def test_an_affinity_that_is_none(self, text, runtime, bundle, identifier):
        affinity = {"initial": text}
        refused(
            runtime, bundle, identifier, "process.execCPUAffinity.initial", "bad CPU affinity", execCPUAffinity=affinity
        )

    @beyond_runc("scheduler")
    @pytest.mark.parametrize(
        "scheduler, number, nice",
        [
            ({"policy": "SCHED_OTHER", "nice": 5}, "0", "5"),
            ({"policy": "SCHED_BATCH", "nice": 19}, "3", "19"),
            ({"policy": "SCHED_IDLE"}, "5", "0"),
            ({"policy": "SCHED_FIFO", "priority": 10}, "1", "0"),
            ({"policy": "SCHED_RR", "priority": 20, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}, "2", "0"),
            ({"policy": "SCHED_DEADLINE", "runtime": 10**6, "deadline": 10**7, "period": 10**7}, "6", "0"),
        ],
        ids=lambda value: value["policy"] if isinstance(value, dict) else None,
    )
    def test_scheduling(self, scheduler, number, nice, runtime, bundle, identifier):
        if os.path.exists("/sys/fs/cgroup/cpu/cpu.rt_runtime_us"):
            # Such a kernel gives a cgroup no real time by itself.
            bundle.spec["linux"]["resources"]["cpu"] = {"realtimeRuntime": 10000}
        runtime.create(bundle.set("cat", "/proc/self/stat", scheduler=scheduler), identifier)
        runtime.ok("start", identifier)
        runtime.stopped(identifier)
        fields = (bundle.directory / "output").read_text().rpartition(")")[2].split()
        assert (fields[38], fields[16]) == (number, nice)

    @beyond_runc("scheduler")
    @pytest.mark.parametrize(
        "scheduler, field, text",
        [
            ({"policy": ""}, "policy", "scheduler policy is required"),
            ({"policy": "SCHED_X"}, "policy", "invalid scheduler policy: SCHED_X"),
            ({"policy": "SCHED_BATCH", "nice": 30}, "nice", "invalid scheduler.nice: 30"),
            (
                {"policy": "SCHED_OTHER", "priority": 1},
                "priority",
                "scheduler.priority can only be specified for SchedFIFO or SchedRR policy",
            ),
            (
                {"policy": "SCHED_OTHER", "runtime": 1},
                "runtime",
                "scheduler runtime/deadline/period can only be specified for SchedDeadline policy",
            ),
        ],
    )
    def test_scheduling_that_cannot_be(self, scheduler, field, text, runtime, bundle, identifier):
        refused(runtime, bundle, identifier, f"process.scheduler.{field}", text, scheduler=scheduler)

    @beyond_runc("ioPriority")
    @pytest.mark.parametrize(
        "priority, shown",
        [
            ({"class": "IOPRIO_CLASS_RT", "priority": 2}, "realtime: prio 2"),
            ({"class": "IOPRIO_CLASS_BE", "priority": 7}, "best-effort: prio 7"),
            ({"class": "IOPRIO_CLASS_IDLE"}, "idle"),
        ],
        ids=lambda value: value["class"] if isinstance(value, dict) else None,
    )
    def test_io_priority(self, priority, shown, runtime, bundle, identifier):
        assert output(runtime, bundle, identifier, "ionice", ioPriority=priority).startswith(shown)

    @beyond_runc("ioPriority")
    @pytest.mark.parametrize(
        "priority, field, text",
        [
            ({"class": "IOPRIO_CLASS_X"}, "class", "IOPRIO_CLASS_X"),
            ({"class": "IOPRIO_CLASS_BE", "priority": 8}, "priority", "invalid ioPriority.Priority: 8"),
        ],
    )
    def test_an_io_priority_that_cannot_be(self, priority, field, text, runtime, bundle, identifier):
        refused(runtime, bundle, identifier, f"process.ioPriority.{field}", text, ioPriority=priority)

    @beyond_runc("personality")
    def test_personality(self, runtime, bundle, identifier):
        bundle.spec["linux"]["personality"] = {"domain": "LINUX32"}
        runtime.start(bundle.set("sh", "-c", "uname -m; sleep 1000"), identifier)
        until(lambda: (bundle.directory / "output").read_text() == "i686\n", "the program's 32-bit name")
        assert runtime.ok("exec", identifier, "uname", "-m").word == "i686"

    @beyond_runc("personality")
    def test_personality_flags_are_ignored_aloud(self, runtime, bundle, identifier):
        bundle.spec["linux"]["personality"] = {"domain": "LINUX", "flags": ["X"]}
        result = run(runtime, bundle, identifier, "uname", "-m")
        assert result.word == os.uname().machine and "ignoring unsupported personality flags" in result.err

    @beyond_runc("personality")
    def test_a_personality_that_is_none(self, runtime, bundle, identifier):
        bundle.spec["linux"]["personality"] = {"domain": "BSD"}
        refused(runtime, bundle, identifier, "linux.personality.domain", "invalid personality domain BSD")

    def test_a_limit_above_the_hosts(self, runtime, bundle, identifier):
        hard = int(command.ok("sh", "-c", "ulimit -Hn").word)
        if command.run("sh", "-c", f"ulimit -Hn {hard + 1}").code == 0:
            pytest.skip("this process may raise limits")
        limits = [{"type": "RLIMIT_NOFILE", "hard": hard + 1, "soft": 100}]
        text = "error setting rlimits for ready process: error setting rlimit type 7"
        refused(runtime, bundle, identifier, "RLIMIT_NOFILE", text, rlimits=limits)

    @pytest.mark.parametrize(
        "limits, field, text",
        [
            ([{"type": "RLIMIT_X", "hard": 1, "soft": 1}], "process.rlimits[0].type", "wrong rlimit value: RLIMIT_X"),
        ],
    )
    def test_limits_that_cannot_be(self, limits, field, text, runtime, bundle, identifier):
        refused(runtime, bundle, identifier, field, text, rlimits=limits)

    def test_a_profile_on_a_host_without_apparmor(self, runtime, bundle, identifier):
        if os.path.exists("/sys/module/apparmor/parameters/enabled"):
            pytest.skip("this host has AppArmor")
        text = "unable to apply apparmor profile: apparmor failed to apply profile"
        refused(runtime, bundle, identifier, "process.apparmorProfile", text, apparmorProfile="docker-default")

    def test_a_label_on_a_host_without_selinux(self, runtime, bundle, identifier):
        if os.path.exists("/sys/fs/selinux/enforce"):
            pytest.skip("this host has SELinux")
        text = "selinux label is specified in config, but selinux is disabled or not supported"
        label = "system_u:system_r:svirt_lxc_net_t:s0"
        refused(runtime, bundle, identifier, "process.selinuxLabel", text, selinuxLabel=label)


@beyond_runc("features")
class TestFeatures:
    @pytest.fixture
    def features(self, runtime):
        return json.loads(runtime.ok("features").out)

    def test_mount_options_are_those_that_work(self, features):
        assert {"idmap", "ridmap", "rro", "rnosymfollow", "tmpcopyup", "rslave", "nosymfollow"} <= set(
            features["mountOptions"]
        )

    def test_no_mount_option_is_left_to_the_file_system(self, features, runtime, bundle, identifier):
        for option in set(features["mountOptions"]) - {"bind", "rbind", "idmap", "ridmap"}:
            mount = {"destination": f"/m-{option}", "type": "tmpfs", "source": "tmpfs", "options": [option]}
            bundle.spec["mounts"].append(mount)
        runtime.ok("run", "--bundle", bundle.set("true").write(), identifier)

    def test_what_linux_offers(self, features):
        linux = features["linux"]
        assert linux["namespaces"] == ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"]
        assert "SCMP_ACT_NOTIFY" in linux["seccomp"]["actions"]
        assert "SCMP_ARCH_X86_64" in linux["seccomp"]["archs"]
        assert set(linux["seccomp"]["supportedFlags"]) <= set(linux["seccomp"]["knownFlags"])
        assert "SECCOMP_FILTER_FLAG_LOG" in linux["seccomp"]["supportedFlags"]
        for switch in ("intelRdt", "netDevices", "apparmor", "selinux"):
            assert linux[switch] == {"enabled": True}
        assert linux["mountExtensions"] == {"idmap": {"enabled": True}}
