"""Containers made, ended and removed, several at a time, while supervisor and shims are killed."""

import collections
import os
import signal
import statistics
import threading
import time
import traceback

import census
from harness.waiting import until
from supervised import CREATED, EXISTS, NOT_FOUND, PRECONDITION, STOPPED, CallError
from workload import LINES, SCRIPTS, WRITER

# What the supervisor may have more at the end of a lifetime than after its first tenth, in kilobytes: an allocator
# scatters what it has to keep, the retained events among it.
RSS_TOLERANCE = 1024


class Cycles:
    """To be mixed into a workload."""

    def cycles(self):
        options = self.options
        self.deadline = time.monotonic() + options.minutes * 60
        self.shims_killed = set()
        self.done = 0
        self.steady = options.cycles * 3 // 5  # from here on the supervisor lives
        self.counts = collections.Counter()
        client = self.client()
        self.run(client, "witness", WRITER, code=7)
        witness = next(pid for pid, name in census.shims().items() if name == "witness")
        before = census.memory(witness, "RssAnon"), census.descriptors(witness)
        numbers = iter(range(options.cycles))
        lock = threading.Lock()
        workers = [
            threading.Thread(target=self.work, args=(number, numbers, lock)) for number in range(options.workers)
        ]
        began = time.monotonic()
        for worker in workers:
            worker.start()
        self.disturb(workers)
        for worker in workers:
            worker.join()
        seconds = time.monotonic() - began
        counts = self.counts
        self.say(
            f"{self.done} of {options.cycles} cycles in {seconds:.0f} s ({self.done / seconds:.1f} a second, "
            f"{options.workers} at a time): {counts['supervisor']} × kill -9 of the supervisor, {counts['shim']} × of a "
            f"shim ({counts['cut']} containers cut off by it), {counts['stopped']} × a shim stopped"
        )
        after = census.memory(witness, "RssAnon"), census.descriptors(witness)
        self.check(after[0] <= before[0] + 16, f"the witness's shim grew from {before[0]} to {after[0]} kB")
        self.check(after[1] <= before[1], f"the witness's shim has {after[1]} descriptors, had {before[1]}")
        client.kill("witness", signal.SIGTERM)
        found = self.finish(client, "witness", 7)
        self.say(
            f"a witness wrote {len(found)} lines over it all, each once and in order; its shim's anonymous memory "
            f"{before[0]} → {after[0]} kB, descriptors {before[1]} → {after[1]}"
        )
        client.close()

    def work(self, worker, numbers, lock):
        client = self.client()
        while time.monotonic() < self.deadline:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            # Every other name is used again and again.
            name = f"again{worker}" if number % 2 else f"c{number}"
            try:
                self.cycle(client, name, number)
            except Exception as error:  # a cycle that fails must not end the others
                self.fail(f"cycle {number} of {name}: {error!r}")
                traceback.print_exc()
                return
            self.done += 1
        client.close()

    def cycle(self, client, name, number):
        kind, code = ("exit", "kill", "term")[number % 3], number % 100 + 1
        log = self.log(f"{name}-{number}")
        self.shims_killed.discard(name)
        self.until_done(client, name, lambda: self.create(client, name, SCRIPTS[kind], log, code=code, lines=LINES))
        self.until_started(client, name)
        if kind != "exit":
            until(lambda: self.has_lines(name, LINES, log) or self.is_cut(client, name), f"{name} writes", 60, 0.002)
            self.again(name, lambda: client.kill(name, signal.SIGKILL if kind == "kill" else signal.SIGTERM), NOT_FOUND)
        status = self.again(name, lambda: client.wait(name))
        state = self.again(name, lambda: client.get(name))
        expected = 137 if kind == "kill" else code
        was_cut = name in self.shims_killed and status == 137
        self.check(status == expected or was_cut, f"cycle {number}: {name} ended with {status}, not {expected}")
        self.check(state == (STOPPED, status), f"cycle {number}: {name}: Get says {state}, Wait {status}")
        self.told[name].append(status)
        found = census.numbers(log) if log.exists() else []
        whole = list(range(1, (len(found) if name in self.shims_killed else LINES) + 1))
        self.check(found == whole, f"cycle {number}: {name} has the lines {found}")
        if name in self.shims_killed:
            self.counts["cut"] += 1
        self.again(name, lambda: client.delete(name), NOT_FOUND)
        self.forget(name, log)

    def is_cut(self, client, name):
        """Whether the container will write no more since its shim was killed."""
        if name not in self.shims_killed:
            return False
        state = self.again(name, lambda: client.get(name))
        return state is None or state[0] == STOPPED

    def again(self, name, call, *fine):
        """Calls until it is answered: a call that a killed supervisor leaves unanswered, or one that a killed shim
        spoils, is made once more. `fine`: the errors that say that it was done."""
        limit = time.monotonic() + 60
        while True:
            try:
                return call()
            except OSError:
                pass
            except CallError as error:
                if error.code in fine:
                    return None
                if name not in self.shims_killed and error.code != PRECONDITION or time.monotonic() > limit:
                    raise
                if error.code == PRECONDITION and "gone" in str(error):
                    return None
                threading.Event().wait(0.01)

    def until_done(self, client, name, create):
        """Creates the container, once, whoever is killed meanwhile."""
        limit = time.monotonic() + 60
        lost = False
        while True:
            try:
                return create()
            except OSError:
                lost = True
            except CallError as error:
                if error.code == EXISTS and lost:
                    return None
                if not (lost or name in self.shims_killed) or time.monotonic() > limit:
                    raise
                threading.Event().wait(0.01)
            if self.again(name, lambda: client.get(name)):
                return None

    def until_started(self, client, name):
        limit = time.monotonic() + 60
        while True:
            try:
                return client.start(name)
            except OSError:
                pass
            except CallError as error:
                if error.code != PRECONDITION and name not in self.shims_killed or time.monotonic() > limit:
                    raise
                threading.Event().wait(0.005)
            state = self.again(name, lambda: client.get(name))
            if state and state[0] != CREATED:
                return None

    def disturb(self, workers):
        """Kills the supervisor, shims, and stops a shim, by the cycles' progress."""
        options = self.options
        next_crash, next_kill = options.crash_every, options.kill_every
        stop_at, samples = options.cycles // 4, []
        while any(worker.is_alive() for worker in workers):
            done = self.done
            if done >= next_crash and done < self.steady:
                next_crash = done + options.crash_every
                self.supervisor.crash()
                self.counts["supervisor"] += 1
            if done >= next_kill:
                next_kill = done + options.kill_every
                self.kill_a_shim()
            if done >= stop_at:
                stop_at = options.cycles + 1
                self.stop_a_shim()
            if done >= self.steady:
                if not samples or done >= samples[-1][0] + max(10, options.cycles // 100):
                    samples.append((done, census.memory(self.supervisor.process.pid)))
            threading.Event().wait(0.01)
        self.judge(samples)

    def judge(self, samples):
        """The supervisor's memory over its last lifetime, which is long."""
        if len(samples) < 5:
            return
        tenth = max(1, len(samples) // 10)
        first = statistics.median(kilobytes for _, kilobytes in samples[tenth : tenth * 2])
        last = statistics.median(kilobytes for _, kilobytes in samples[-tenth:])
        limit = RSS_TOLERANCE + first // 20
        self.check(last <= first + limit, f"the supervisor grew from {first:.0f} to {last:.0f} kB")
        self.say(
            f"supervisor's memory over its last {samples[-1][0] - samples[0][0]} cycles: {first / 1024:.1f} MB after a "
            f"tenth, {last / 1024:.1f} MB at the end (≤ {limit / 1024:.1f} MB more is taken for flat)"
        )

    def kill_a_shim(self):
        shims = [(pid, name) for pid, name in census.shims().items() if name not in ("witness", "stopped")]
        if not shims:
            return
        pid, name = self.random.choice(shims)
        self.shims_killed.add(name)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.counts["shim"] += 1
        with open(self.base / "kills.log", "a") as log:
            print(f"{time.time():.6f} {pid} {name}", file=log)

    def stop_a_shim(self):
        """A shim that is stopped holds up its own container alone, also while the supervisor is killed."""
        client = self.client()
        self.again("stopped", lambda: self.run(client, "stopped", WRITER, code=9))
        until(lambda: self.has_lines("stopped", 100), "it writes", 60)
        pid = next(pid for pid, name in census.shims().items() if name == "stopped")
        os.kill(pid, signal.SIGSTOP)
        self.counts["stopped"] += 1
        try:
            done = self.done
            until(lambda: self.done >= done + 5, "others go on while a shim is stopped", 60)
            began = time.monotonic()
            self.supervisor.crash()
            self.counts["supervisor"] += 1
            seconds = time.monotonic() - began
            self.check("stopped" in client.names(), "a container whose shim is stopped is not listed")
            done = self.done
            until(lambda: self.done >= done + 5, "others go on after a restart while a shim is stopped", 60)
        finally:
            os.kill(pid, signal.SIGCONT)
        self.again("stopped", lambda: client.kill("stopped", signal.SIGTERM))
        found = self.finish(client, "stopped", 9)
        self.say(
            f"a shim stopped, the supervisor killed meanwhile: it served again after {seconds * 1000:.0f} ms, other "
            f"cycles went on; the container's {len(found)} lines are complete"
        )
        client.close()
