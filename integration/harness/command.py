"""Running commands to their end."""

import dataclasses
import select
import shlex
import subprocess


@dataclasses.dataclass
class Result:
    arguments: list
    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def word(self):
        return self.out.strip()

    def __str__(self):
        return f"$ {shlex.join(self.arguments)}\n{self.out}{self.err}[exit {self.code}]"


def run(*arguments, input=None, env=None, seconds=60, cwd=None):
    arguments = [str(argument) for argument in arguments]
    data = input.encode() if isinstance(input, str) else input
    finished = subprocess.run(
        arguments,
        input=data,
        stdin=subprocess.DEVNULL if data is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        timeout=seconds,
        cwd=cwd,
    )
    decode = lambda data: data.decode("utf-8", "replace")
    return Result(arguments, finished.returncode, decode(finished.stdout), decode(finished.stderr))


def ok(*arguments, **options):
    result = run(*arguments, **options)
    assert result.code == 0, str(result)
    return result


def run_into(stream, *arguments, seconds=60):
    """Runs a command that leaves its output stream open to others; returns its exit status."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=stream,
        timeout=seconds,
    ).returncode


class Background(subprocess.Popen):
    """A command that goes on while the test does, read line by line with a deadline."""

    def line(self, seconds=20):
        """The next line of its output; fails when none comes in time."""
        assert select.select([self.stdout], [], [], seconds)[0], f"no output of {self.args} within {seconds} s"
        return self.stdout.readline()

    def type(self, data):
        self.stdin.write(data)
        self.stdin.flush()
