"""The default bridge: addresses, neighbours, published ports, the way out, and what is left of it."""

import ipaddress
import os
import re
import socket
import subprocess
import urllib.request

import pytest

from harness import command, leaks
from harness.namespace import socket_in
from harness.registry import free_port
from harness.waiting import until

OUTSIDE, GATEWAY = "192.0.2.2", "192.0.2.1"


@pytest.fixture
def outside(cleanup):
    """A host beyond the engine's host: a network namespace behind a veth pair. Returns how to run there."""
    namespace = f"skint-out-{os.getpid()}"
    command.ok("ip", "netns", "add", namespace)
    cleanup.callback(command.run, "ip", "netns", "del", namespace)
    command.ok("ip", "link", "add", "skintout", "type", "veth", "peer", "name", "eth0", "netns", namespace)
    cleanup.callback(command.run, "ip", "link", "del", "skintout")
    command.ok("ip", "address", "add", f"{GATEWAY}/24", "dev", "skintout")
    command.ok("ip", "link", "set", "skintout", "up")
    inside = ["ip", "netns", "exec", namespace]
    for arguments in (
        ["address", "add", f"{OUTSIDE}/24", "dev", "eth0"],
        ["link", "set", "eth0", "up"],
        ["link", "set", "lo", "up"],
    ):
        command.ok(*inside, "ip", *arguments)
    return inside


@pytest.fixture
def web(cli, name):
    """Starts a web server that tells its word; returns its container's name."""

    def start(word="hello", *flags, suffix="web"):
        container = name(suffix)
        cli.ok(
            "run",
            "-d",
            "--name",
            container,
            *flags,
            "busybox",
            "sh",
            "-c",
            f"echo {word} > /var/www/index.html; exec httpd -f -h /var/www -p 80",
        )
        return container

    return start


def address_of(cli, container):
    return cli.inspect(container)["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]


def fetch(address, port, seconds=2):
    with urllib.request.urlopen(f"http://{address}:{port}/", timeout=seconds) as response:
        return response.read().decode().strip()


def fetched(address, port, word):
    """Waits until the server is up, and checks what it says."""

    def ask():
        try:
            return fetch(address, port)
        except OSError:
            return None

    assert until(ask, f"{address}:{port} answers") == word


class TestBridge:
    def test_an_address_of_the_subnet(self, engine, cli):
        out = cli.ok("run", "--rm", "busybox", "sh", "-c", "ip -4 -o address show eth0; ip route").out
        address = re.search(r"inet (\S+)/24", out).group(1)
        assert ipaddress.ip_address(address) in ipaddress.ip_network(f"{engine.subnet}.0/24")
        assert f"default via {engine.subnet}.1 dev eth0" in out

    def test_inspect_tells_it(self, engine, cli, web):
        container = web()
        settings = cli.inspect(container)["NetworkSettings"]
        endpoint = settings["Networks"]["bridge"]
        assert endpoint["Gateway"] == f"{engine.subnet}.1" and endpoint["IPPrefixLen"] == 24
        assert re.fullmatch(r"([0-9a-f]{2}:){5}[0-9a-f]{2}", endpoint["MacAddress"])
        inside = cli.ok("exec", container, "ip", "-o", "link", "show", "eth0").out
        assert endpoint["MacAddress"] in inside

    def test_addresses_differ(self, cli, web):
        addresses = {address_of(cli, web(suffix=f"web{number}")) for number in range(4)}
        assert len(addresses) == 4

    def test_the_host_reaches_a_container(self, cli, web):
        fetched(address_of(cli, web("direct")), 80, "direct")

    def test_containers_reach_each_other(self, cli, web):
        address = address_of(cli, web("neighbour"))
        fetched(address, 80, "neighbour")
        assert cli.ok("run", "--rm", "busybox", "wget", "-qO-", f"http://{address}/").word == "neighbour"
        assert cli.run("run", "--rm", "busybox", "ping", "-c", "1", "-W", "3", address).code == 0

    def test_a_container_reaches_the_host(self, engine, cli):
        with socket.create_server((f"{engine.subnet}.1", 0)) as server:
            server.settimeout(10)
            port = server.getsockname()[1]
            client = cli.start("run", "--rm", "busybox", "nc", "-w", "5", f"{engine.subnet}.1", port)
            connection, _ = server.accept()
            connection.sendall(b"ahoy\n")
            connection.close()
            assert client.communicate(timeout=20)[0] == b"ahoy\n"

    def test_the_way_out_is_translated(self, cli, outside):
        listener = subprocess.Popen(
            [*outside, "busybox", "nc", "-l", "-p", "7000", "-e", "/bin/cat"], stdin=subprocess.DEVNULL
        )
        try:
            seen = cli.ok(
                "run",
                "--rm",
                "-i",
                "busybox",
                "sh",
                "-c",
                f"for i in $(seq 50); do echo through | nc -w 2 {OUTSIDE} 7000 && break; sleep 0.1; done",
            ).word
            assert seen == "through"
        finally:
            listener.kill()
            listener.wait()

    def test_the_outside_sees_the_hosts_address(self, cli, outside):
        server = subprocess.Popen(
            [*outside, "busybox", "httpd", "-f", "-vv", "-p", "8000", "-h", "/tmp"], stderr=subprocess.PIPE
        )
        try:
            cli.run(
                "run",
                "--rm",
                "busybox",
                "sh",
                "-c",
                f"for i in $(seq 50); do nc -z -w 1 {OUTSIDE} 8000 && break; sleep 0.1; done; wget -qO- http://{OUTSIDE}:8000/",
            )
        finally:
            server.kill()
        seen = server.stderr.read().decode()
        server.wait()
        assert f"{GATEWAY}]:" in seen, seen


class TestOtherModes:
    def test_none_has_only_loopback(self, cli):
        out = cli.ok(
            "run",
            "--rm",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "ls /sys/class/net; ip route; ping -c 1 127.0.0.1",
        ).out
        assert out.splitlines()[0] == "lo" and "1 packets received" in out

    def test_host_is_the_hosts(self, cli):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            client = cli.start("run", "--rm", "--network", "host", "busybox", "nc", "-w", "5", "127.0.0.1", port)
            server.settimeout(10)
            connection, _ = server.accept()
            connection.sendall(b"host\n")
            connection.close()
            assert client.communicate(timeout=20)[0] == b"host\n"
        assert cli.ok("run", "--rm", "--network", "host", "busybox", "hostname").word == socket.gethostname()

    def test_inspect_names_the_mode(self, cli, name):
        for mode in ("none", "host"):
            container = name(mode)
            cli.ok("create", "--name", container, "--network", mode, "busybox", "true")
            details = cli.inspect(container)
            assert details["HostConfig"]["NetworkMode"] == mode
            assert list(details["NetworkSettings"]["Networks"]) == [mode]


class TestPublishing:
    def test_on_loopback(self, cli, web):
        port = free_port()
        web("published", "-p", f"127.0.0.1:{port}:80")
        fetched("127.0.0.1", port, "published")

    def test_on_every_address(self, engine, cli, web):
        port = free_port()
        web("everywhere", "-p", f"{port}:80")
        fetched("127.0.0.1", port, "everywhere")
        fetched(f"{engine.subnet}.1", port, "everywhere")

    def test_a_port_of_the_engines_choice(self, cli, web):
        container = web("chosen", "-p", "127.0.0.1::80")
        bindings = cli.inspect(container)["NetworkSettings"]["Ports"]["80/tcp"]
        assert bindings[0]["HostIp"] == "127.0.0.1"
        fetched("127.0.0.1", int(bindings[0]["HostPort"]), "chosen")

    def test_from_outside(self, cli, web, outside):
        port = free_port()
        container = web("reached", "-p", f"{port}:80")
        fetched(address_of(cli, container), 80, "reached")
        assert (
            command.ok(*outside, "busybox", "timeout", "5", "wget", "-qO-", f"http://{GATEWAY}:{port}/").word
            == "reached"
        )

    def test_loopback_stays_closed_from_outside(self, cli, web, outside):
        port = free_port()
        container = web("private", "-p", f"127.0.0.1:{port}:80")
        fetched("127.0.0.1", port, "private")
        assert command.run(*outside, "busybox", "timeout", "2", "wget", "-qO-", f"http://{GATEWAY}:{port}/").code != 0
        # CVE-2025-54388: a neighbour that routes to the host's loopback or bridge
        command.ok(*outside, "ip", "route", "add", "default", "via", GATEWAY)
        for address in ("127.0.0.1", address_of(cli, container)):
            result = command.run(*outside, "busybox", "timeout", "2", "wget", "-qO-", f"http://{address}:{port}/")
            assert "private" not in result.out

    def test_from_other_containers(self, engine, cli, web):
        port = free_port()
        container = web("through the host", "-p", f"{port}:80")
        fetched(address_of(cli, container), 80, "through the host")
        out = cli.ok("run", "--rm", "busybox", "timeout", "5", "wget", "-qO-", f"http://{engine.subnet}.1:{port}/").word
        assert out == "through the host"

    def test_from_itself(self, engine, cli, web):
        port = free_port()
        container = web("myself", "-p", f"{port}:80")
        fetched("127.0.0.1", port, "myself")
        out = cli.ok("exec", container, "timeout", "5", "wget", "-qO-", f"http://{engine.subnet}.1:{port}/").word
        assert out == "myself"

    def test_udp(self, cli, name):
        port, container = free_port(), name()
        cli.ok("run", "-d", "--name", container, "-p", f"127.0.0.1:{port}:5000/udp", "busybox", "sleep", "1000")
        with socket_in(cli.state(container)["Pid"], ("0.0.0.0", 5000)) as server, socket.socket(
            socket.AF_INET, socket.SOCK_DGRAM
        ) as client:
            server.settimeout(5)
            client.settimeout(5)
            client.connect(("127.0.0.1", port))
            for word in (b"ping", b"again"):
                client.send(word)
                data, peer = server.recvfrom(100)
                server.sendto(data.upper(), peer)
                assert client.recv(100) == word.upper()

    def test_several_ports_and_ranges(self, cli, name):
        first, container = free_port(), name()
        cli.ok(
            "run",
            "-d",
            "--name",
            container,
            "-p",
            f"127.0.0.1:{first}:80",
            "-p",
            "127.0.0.1::81",
            "-p",
            "90-91",
            "busybox",
            "sleep",
            "1000",
        )
        ports = cli.inspect(container)["NetworkSettings"]["Ports"]
        assert sorted(ports) == ["80/tcp", "81/tcp", "90/tcp", "91/tcp"]
        listed = cli.ok("ps", "--format", "{{.Ports}}").out
        assert f"127.0.0.1:{first}->80/tcp" in listed

    def test_ps_tells_the_ports(self, cli, web):
        port = free_port()
        web("listed", "-p", f"{port}:80")
        assert f"0.0.0.0:{port}->80/tcp" in cli.ok("ps", "--format", "{{.Ports}}").out

    def test_a_large_transfer(self, cli, name):
        port, container = free_port(), name()
        cli.ok(
            "run",
            "-d",
            "--name",
            container,
            "-p",
            f"127.0.0.1:{port}:80",
            "busybox",
            "sh",
            "-c",
            "head -c 50000000 /dev/zero > /var/www/big; exec httpd -f -h /var/www -p 80",
        )

        def download():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/big", timeout=10) as response:
                    return len(response.read())
            except OSError:
                return None

        assert until(download, "the file comes", 20) == 50_000_000

    def test_a_port_is_free_again_after_the_end(self, cli, web):
        port = free_port()
        for word in ("first", "second"):
            container = web(word, "-p", f"127.0.0.1:{port}:80", suffix=word)
            fetched("127.0.0.1", port, word)
            cli.ok("rm", "-f", container)
        with pytest.raises(OSError):
            fetch("127.0.0.1", port)

    def test_a_taken_port(self, cli, name, web):
        port = free_port()
        web("owner", "-p", f"127.0.0.1:{port}:80")
        cli.fails(
            "run", "--rm", "-p", f"127.0.0.1:{port}:80", "busybox", "true", code=125, text="port is already allocated"
        )

    def test_a_port_that_a_process_holds(self, cli):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            cli.fails(
                "run", "--rm", "-p", f"127.0.0.1:{port}:80", "busybox", "true", code=125, text="address already in use"
            )

    def test_a_stopped_container_takes_its_port_again(self, cli, web):
        port = free_port()
        container = web("again", "-p", f"127.0.0.1:{port}:80")
        cli.ok("stop", "-t", "0", container)
        cli.ok("start", container)
        fetched("127.0.0.1", port, "again")


class TestLeftovers:
    def test_links_leave_with_containers(self, cli, web):
        before = leaks.links()
        container = web()
        made = leaks.links() - before
        assert len(made) == 1
        cli.ok("rm", "-f", container)
        until(lambda: not made & leaks.links(), "the link is gone")

    @pytest.mark.skiff_only
    def test_rules_leave_with_containers(self, cli, web):
        before = command.ok("nft", "list", "ruleset").out
        container = web("rules", "-p", f"127.0.0.1:{free_port()}:80", "-p", f"{free_port()}:81/udp")
        assert command.ok("nft", "list", "ruleset").out != before
        cli.ok("rm", "-f", container)
        until(lambda: command.ok("nft", "list", "ruleset").out == before, "the rules are as before")

    @pytest.mark.skiff_only
    def test_no_process_per_port(self, engine, cli, web):
        from harness import processes

        container = web("direct", "-p", f"127.0.0.1:{free_port()}:80")
        pid = cli.state(container)["Pid"]
        shim = processes.read(pid).parent
        owned = [p for p in processes.everything() if p.parent in (engine.process.pid, engine.supervisor_pid)]
        assert {p.pid for p in owned} <= {engine.supervisor_pid, shim}

    def test_a_port_goes_on_over_a_restart_of_the_daemon(self, engine, cli, web):
        port = free_port()
        container = web("steady", "-p", f"127.0.0.1:{port}:80")
        fetched("127.0.0.1", port, "steady")
        engine.restart()
        fetched("127.0.0.1", port, "steady")
        address = address_of(cli, container)
        other = web("new", suffix="other")
        assert address_of(cli, other) != address
        cli.ok("rm", "-f", container, other)
        with pytest.raises(OSError):
            fetch("127.0.0.1", port)
