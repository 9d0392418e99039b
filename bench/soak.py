#!/usr/bin/env python3
"""A skiff-supervisor under load and faults: nothing may be lost, nothing may stay, nothing may grow.

Runs in namespaces of its own (processes, mounts, network): whatever it does, it leaves nothing on the host.
"""

import argparse
import collections
import datetime
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import census
from cycles import Cycles
from disks import LoopDisk, fill, mount, unmount
from harness.waiting import until
from supervised import RUNNING, STOPPED, CallError
from workload import CGROUP, COUNT, IDLE, INSIDE, LINES, SCRIPTS, WRITER, Workload


BASE = "SKIFF_SOAK_BASE"


class Soak(Cycles, Workload):
    def many(self):
        count, lines = self.options.containers, 200
        client = self.client()
        names = [f"many{number}" for number in range(count)]
        script = "trap 'echo {last}; exit {code}' TERM; " + COUNT + IDLE
        began = time.monotonic()
        for number, name in enumerate(names):
            self.run(client, name, script, code=number % 100 + 1, lines=lines, last=lines + 1)
        seconds = time.monotonic() - began
        self.check(len(census.shims()) == count, f"{len(census.shims())} shims for {count} containers")
        self.say(
            f"{count} containers started in {seconds:.1f} s; supervisor {self.rss():.1f} MB resident, "
            f"{census.descriptors(self.supervisor.process.pid)} descriptors; shims "
            f"{statistics.mean(census.proportional(pid) for pid in census.shims()) / 1024:.2f} MB each (PSS)"
        )
        began = time.monotonic()
        self.supervisor.crash()
        seconds = time.monotonic() - began
        states = collections.Counter(client.get(name) for name in self.known(names))
        self.check(states == {(RUNNING, 0): count}, f"after kill -9 the containers' states are {dict(states)}")
        self.say(f"supervisor killed with {count} running: serves again after {seconds * 1000:.0f} ms, all found")
        until(lambda: all(self.has_lines(name, lines) for name in names), "all have written", 120, 0.2)
        for name in names:
            client.kill(name, signal.SIGTERM)
        total = 0
        for number, name in enumerate(names):
            found = self.finish(client, name, number % 100 + 1)
            self.check(len(found) == lines + 1, f"{name} has {len(found)} lines of {lines + 1}")
            total += len(found)
        self.say(f"{count} exits, {total} lines, each once and in order")
        client.close()

    def known(self, names):
        """Names, after a look whether the list has them too."""
        client = self.client()
        listed = client.names()
        client.close()
        self.check(sorted(listed) == sorted(names), f"{len(listed)} of {len(names)} containers are listed")
        return names

    # Disks.

    def slow_disk(self):
        disk = LoopDisk(self.base / "slow")
        client = self.client()
        try:
            self.frozen_disk(client, disk)
            self.throttled_disk(client, disk)
        finally:
            disk.close()
            client.close()

    def frozen_disk(self, client, disk):
        """A disk that takes nothing for a while: fsfreeze(8)."""
        log = disk.directory / "frozen.log"
        self.run(client, "frozen", WRITER, log, code=11)
        until(lambda: self.has_lines("frozen", 50, log), "it writes", 60)
        with disk.frozen():
            began = time.monotonic()
            self.run(client, "bystander", SCRIPTS["exit"], code=12, lines=LINES)
            self.finish(client, "bystander", 12)
            bystander = time.monotonic() - began
            began = time.monotonic()
            self.supervisor.crash()
            crash = time.monotonic() - began
            self.check(client.names() == ["frozen"], "the container on the slow disk is not listed")
            self.check(client.get("frozen") == (RUNNING, 0), "the container on the slow disk does not run")
            self.check(crash < 5, f"the supervisor took {crash:.1f} s to serve beside a slow disk")
            self.check(bystander < 10, f"another container took {bystander:.1f} s beside a slow disk")
            threading.Event().wait(self.options.slow)
        client.kill("frozen", signal.SIGTERM)
        found = self.finish(client, "frozen", 11, log)
        self.say(
            f"log disk frozen for {self.options.slow + crash + bystander:.1f} s: another container's life took "
            f"{bystander * 1000:.0f} ms meanwhile, a killed supervisor served after {crash * 1000:.0f} ms; {len(found)} "
            "lines, none lost"
        )

    def throttled_disk(self, client, disk):
        """A disk of 64 KiB a second, written through: each write of the log waits for it."""
        log = disk.directory / "throttled.log"
        lines = int(self.options.slow * 600)
        script = COUNT + "exit {code}"
        with disk.throttled(64 << 10, self.supervisor.process.pid, f"{CGROUP}-slow"):
            began = time.monotonic()
            self.run(client, "throttled", script, log, code=13, lines=lines)
            client.wait("throttled")
            seconds = time.monotonic() - began
        found = self.finish(client, "throttled", 13, log)
        self.check(len(found) == lines, f"{len(found)} of {lines} lines came through the slow disk")
        self.say(f"log disk of 64 KiB a second: {len(found)} of {lines} lines in {seconds:.1f} s, then the exit")

    def full_log_disk(self):
        directory = self.base / "full"
        directory.mkdir(exist_ok=True)
        mount("tmpfs", directory, "tmpfs", "size=256k")
        client = self.client()
        log = directory / "full.log"
        lines = 20000
        self.run(client, "full", COUNT + "exit {code}", log, code=14, lines=lines)
        found = self.finish_full(client, "full", 14, log)
        self.check(0 < len(found) < lines, f"{len(found)} lines of {lines} on a disk of 256 KiB")
        self.say(f"log disk of 256 KiB: {len(found)} of {lines} lines kept, whole and in order, exit told")
        log = directory / "later.log"
        self.run(client, "later", WRITER, log, code=15)
        until(lambda: self.has_lines("later", 20, log), "it writes", 60)
        filler = fill(directory)
        size = log.stat().st_size
        until(lambda: "being lost" in self.shim_log("later"), "the shim complains", 60)
        self.check(census.numbers(log)[-1] > 0 and log.stat().st_size <= size + 8192, "the log grew on a full disk")
        last = census.numbers(log)[-1]
        filler.unlink()
        until(lambda: census.numbers(log)[-1] > last, "lines come again once there is room", 60)
        client.kill("later", signal.SIGTERM)
        found = self.finish_full(client, "later", 15, log)
        self.say(f"log disk full for a while: lines come again once there is room ({found[-1] - len(found)} lost)")
        client.close()
        unmount(directory)

    def shim_log(self, name):
        return (self.supervisor.state / "supervisor" / "soak" / name / "shim.log").read_text()

    def finish_full(self, client, name, code, log):
        client.wait(name)
        found = census.numbers(log)
        self.check(all(a < b for a, b in zip(found, found[1:])), f"{name}: lines are out of order or doubled")
        self.finish(client, name, code, log, lines=False)
        return found

    def full_state(self):
        client = self.client()
        for name in ("told", "kept", "ended"):
            self.run(client, name, SCRIPTS["term"], code=16, lines=LINES)
            until(lambda: self.has_lines(name, LINES), "it writes", 60)
        filler = fill(self.supervisor.state)
        client.kill("told", signal.SIGTERM)
        self.finish(client, "told", 16)
        fill(self.supervisor.state, "more")
        try:
            self.run(client, "refused", SCRIPTS["exit"], code=1, lines=1)
            self.fail("a container was created though the state directory is full")
        except CallError as error:
            self.check("space" in str(error), f"a full state directory is told as {error}")
            said = str(error).replace(str(self.base), "…")
        self.check(client.get("refused") is None, "what could not be created is known")
        self.forget("refused")
        client.kill("ended", signal.SIGTERM)
        self.check(client.wait("ended") == 16, "an exit on a full disk is not told")
        self.supervisor.crash()
        states = {name: client.get(name) for name in client.names()}
        self.check(states == {"kept": (RUNNING, 0), "ended": (STOPPED, 16)}, f"after a restart: {states}")
        self.finish(client, "ended", 16)
        filler.unlink()
        (self.supervisor.state / "more").unlink()
        client.kill("kept", signal.SIGTERM)
        self.finish(client, "kept", 16)
        self.run(client, "refused", SCRIPTS["exit"], code=17, lines=LINES)
        self.finish(client, "refused", 17)
        self.say(f"state directory full: exits and deletions go on, also over a kill -9; Create says “{said}”")
        client.close()

    # All.

    def all(self):
        (self.base / "logs").mkdir()
        self.supervisor.state.mkdir()
        mount("tmpfs", self.supervisor.state, "tmpfs", "size=32m")
        self.supervisor.start()
        self.events.thread.start()
        client = self.client()
        for number in range(3):
            self.run(client, f"warm{number}", SCRIPTS["exit"], code=1, lines=LINES)
            self.finish(client, f"warm{number}", 1)
        client.close()
        self.settle("warming up")
        self.say(f"idle: supervisor {self.rss():.1f} MB resident, {self.idle_descriptors()} descriptors")
        phases = [
            ("Many at once", self.many),
            ("Cycles", self.cycles),
            ("Slow log disk", self.slow_disk),
            ("Full log disk", self.full_log_disk),
            ("Full state directory", self.full_state),
        ]
        for title, phase in phases:
            if self.options.only and self.options.only not in title.lower():
                continue
            print(title, flush=True)
            self.report.append(f"\n## {title}\n")
            before = self.idle_descriptors()
            try:
                phase()
            except Exception as error:
                self.fail(f"{title}: {error!r}")
                traceback.print_exc()
                self.sweep()
            self.settle(title)
            after = self.idle_descriptors()
            self.check(after <= before + 1, f"{title}: the supervisor has {after} descriptors, had {before}")
            self.say(
                "afterwards no process, mount, cgroup, socket, bundle or runtime state is left; the supervisor has "
                f"{after} descriptors, had {before}"
            )
        self.supervisor.end()

    def sweep(self):
        client = self.client()
        for name in client.names():
            try:
                client.delete(name, force=True)
            except (CallError, OSError) as error:
                self.fail(f"{name} cannot be deleted: {error}")
        client.close()

    def idle_descriptors(self):
        """Without connections that a client has just left."""
        counts = [census.descriptors(self.supervisor.process.pid)]

        def steady():
            counts.append(census.descriptors(self.supervisor.process.pid))
            return len(counts) > 3 and len(set(counts[-3:])) == 1

        until(steady, "descriptors are steady", 10, 0.05)
        return counts[-1]


def inside(options):
    """The soak itself, below a first process that takes in orphans."""
    worker = os.fork()
    if worker:
        while True:
            pid, status = os.wait()
            if pid == worker:
                return os.waitstatus_to_exitcode(status)
    os.makedirs("/run/skiff", exist_ok=True)
    mount("tmpfs", "/run/skiff", "tmpfs")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    base = pathlib.Path(os.environ[BASE])
    soak = Soak(base, options)
    began = time.monotonic()
    try:
        soak.all()
    finally:
        for name in ("full", "state"):
            unmount(base / name)
    minutes = (time.monotonic() - began) / 60
    if options.report:
        write_report(soak, minutes, options.report)
    print(f"soak: {len(soak.failures)} failures, {minutes:.1f} minutes", flush=True)
    return 1 if soak.failures else 0


def write_report(soak, minutes, path):
    lines = [
        "# What `make soak` did and found",
        "",
        f"{datetime.date.today()}, Linux {platform.release()}, {os.cpu_count()} cores, {minutes:.1f} minutes, seed "
        f"{soak.options.seed}; one skiff-supervisor driven over ttrpc, overlay root file systems, json-file logs.",
        "",
    ]
    lines += [line if not line or line.startswith(("\n", "#")) else f"- {line}" for line in soak.report]
    lines += ["", "## Failures", ""]
    lines += [f"- {failure}" for failure in soak.failures] or ["None."]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="a minute's worth")
    parser.add_argument("--cycles", type=int)
    parser.add_argument("--containers", type=int)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=20, help="how long the cycles may take")
    parser.add_argument("--slow", type=float, help="seconds of a slow disk")
    parser.add_argument("--seed", type=int, default=20240229)
    parser.add_argument("--only", help="phases with this word in their title")
    parser.add_argument("--report", help="the Markdown file to write")
    parser.add_argument("--keep", action="store_true", help="keep the directory")
    options = parser.parse_args()
    short = options.short
    options.cycles = options.cycles or (120 if short else 5000)
    options.containers = options.containers or (30 if short else 200)
    options.slow = options.slow or (2 if short else 10)
    options.crash_every = 12 if short else 40
    options.kill_every = 10 if short else 20
    if os.geteuid() != 0:
        sys.exit("soak: containers need root: run it by sudo")
    if os.environ.get(INSIDE):
        sys.exit(inside(options))
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--mount", "--net"]
    os.environ[INSIDE] = str(os.getpid())
    os.environ[BASE] = tempfile.mkdtemp(prefix="sksoak-", dir="/var/tmp")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("soak: ended by a signal"))
    try:
        sys.exit(subprocess.run([*command, sys.executable, *sys.argv]).returncode)
    finally:
        until(removed_cgroups, "the cgroups are removed")
        if not options.keep:
            shutil.rmtree(os.environ[BASE], ignore_errors=True)


def removed_cgroups():
    """What was in the soak's own parent directories was looked for; they go, with what an interrupted soak left."""
    parents = [
        parent
        for hierarchy in census.CGROUPS.iterdir()
        for parent in hierarchy.glob(f"skiff-soak-{os.getpid()}*")
    ]
    for parent in parents:
        for directory, _, _ in os.walk(parent, topdown=False):
            try:
                os.rmdir(directory)
            except OSError:
                pass
    return not any(parent.exists() for parent in parents)


if __name__ == "__main__":
    main()
