"""Containers that count, and what has to hold of them whatever happens to their supervisor."""

import collections
import os
import random
import shutil
import threading
import time

import census
from harness.waiting import until
from supervised import EVENT_EXIT, STOPPED, CallError, Client, Connection, Supervisor, overlay, shell

INSIDE = "SKIFF_SOAK_INSIDE"
CGROUP = f"skiff-soak-{os.environ.get(INSIDE, '')}"
LINES = 20
COUNT = "i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo $i; done; "
IDLE = "while :; do sleep 1000 & wait; done"
SCRIPTS = {
    "exit": COUNT + "exit {code}",
    "kill": COUNT + "exec sleep 1000",
    "term": "trap 'exit {code}' TERM; " + COUNT + IDLE,
}
WRITER = "trap 'exit {code}' TERM; i=0; while :; do i=$((i+1)); echo $i; [ $((i % 10)) = 0 ] && sleep 0.02; done"


class Events:
    """Follows all events over crashes of the supervisor: cursors may neither jump nor repeat."""

    def __init__(self, path):
        self.path = path
        self.cursor = 0
        self.exits = collections.defaultdict(list)
        self.gaps = []
        self.thread = threading.Thread(target=self.follow, daemon=True)

    def follow(self):
        while True:
            try:
                for event in Connection(self.path, None).subscribe(self.cursor):
                    self.take(event)
            except OSError:
                threading.Event().wait(0.01)
            except CallError as error:
                self.gaps.append(str(error))
                return

    def take(self, event):
        if event[1] != self.cursor + 1:
            self.gaps.append(f"cursor {event[1]} after {self.cursor}")
        self.cursor = event[1]
        if event.get(6) == EVENT_EXIT:
            self.exits[event[4].decode()].append(event.get(8, 0))


class Workload:
    def __init__(self, base, options):
        self.base = base
        self.options = options
        self.random = random.Random(options.seed)
        self.supervisor = Supervisor(base)
        self.events = Events(self.supervisor.socket)
        self.failures = []
        self.report = []
        # The exits that clients were told, by container, in order.
        self.told = collections.defaultdict(list)

    def fail(self, message):
        self.failures.append(message)
        print(f"  FAILED {message}", flush=True)

    def check(self, condition, message):
        if not condition:
            self.fail(message)

    def say(self, message):
        self.report.append(message)
        print(f"  {message}", flush=True)

    def client(self):
        return Client(self.supervisor.socket)

    def log(self, name, directory=None):
        return (directory or self.base / "logs") / f"{name}.log"

    def create(self, client, name, script, log=None, **options):
        mounts = overlay(self.base / "upper", name)
        url = f"json-file://{log or self.log(name)}"
        return client.create(name, shell(script.format(**options), CGROUP, name), mounts, url)

    def run(self, client, name, script, log=None, **options):
        self.create(client, name, script, log, **options)
        client.start(name)

    def forget(self, name, log=None):
        shutil.rmtree(self.base / "upper" / name, ignore_errors=True)
        (log or self.log(name)).unlink(missing_ok=True)

    def finish(self, client, name, expected, log=None, lines=True):
        """Waits for a container's end, compares what is known of it, and deletes it."""
        status = client.wait(name)
        self.check(status == expected, f"{name} ended with {status}, not {expected}")
        self.check(client.get(name) == (STOPPED, status), f"{name}: Get says {client.get(name)}, Wait {status}")
        self.told[name].append(status)
        found = census.numbers(log or self.log(name))
        if lines:
            self.check(found == list(range(1, len(found) + 1)), f"{name}: lines are missing or doubled")
        client.delete(name)
        self.forget(name, log)
        return found

    def settle(self, what):
        """After a phase: nothing may be there that a container had, and every exit was told by an event, once."""
        left = {}

        def clean():
            left.clear()
            left.update(census.leaks(self.supervisor, CGROUP))
            return not left

        try:
            until(clean, "nothing is left", 20, 0.1)
        except AssertionError:
            for kind, values in left.items():
                self.fail(f"{what}: {len(values)} {kind} left: {values[:3]}")
        try:
            until(lambda: dict(self.events.exits) == dict(self.told), "every exit has its event", 10, 0.05)
        except AssertionError:
            wrong = [name for name in {*self.told, *self.events.exits} if self.told[name] != self.events.exits[name]]
            for name in wrong[:5]:
                self.fail(f"{what}: {name} ended with {self.told[name]}, its events say {self.events.exits[name]}")
            self.fail(f"{what}: events of {len(wrong)} containers differ")
            for name in wrong:
                self.told[name] = list(self.events.exits[name])
        for gap in self.events.gaps:
            self.fail(f"{what}: events: {gap}")
        self.events.gaps.clear()

    def rss(self):
        return census.memory(self.supervisor.process.pid) / 1024

    def has_lines(self, name, lines, log=None):
        """Whether the log's last record is there, without reading a half-written one."""
        try:
            with open(log or self.log(name), "rb") as file:
                return file.read().count(b"\n") >= lines
        except FileNotFoundError:
            return False
