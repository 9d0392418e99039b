"""The command-line clients: skiff, and the real docker CLI."""

import functools
import json
import os
import re
import shutil
import subprocess

from . import BIN, command

DOCKER_CANDIDATES = ("/usr/local/bin/docker", "/usr/bin/docker")


@functools.cache
def newest_docker():
    """The path and version of the newest docker CLI installed."""
    versions = []
    for path in DOCKER_CANDIDATES:
        if shutil.which(path):
            text = command.ok(path, "--version").out
            versions.append((tuple(int(part) for part in re.search(r"(\d+)\.(\d+)", text).groups()), path))
    assert versions, "no docker CLI installed: run 'make deps'"
    return max(versions)


def path_of(name):
    return newest_docker()[1] if name == "docker" else str(BIN / name)


class Client:
    """One client program bound to one daemon."""

    def __init__(self, name, url, home):
        self.name = name
        self.path = path_of(name)
        self.url = url
        self.env = {
            **{key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ},
            "HOME": str(home),
            "DOCKER_CONFIG": str(home / "docker-config"),
            "DOCKER_CLI_HINTS": "false",
            "DOCKER_HOST": url,
            "TERM": "xterm",
        }

    def run(self, *arguments, input=None, seconds=60, env=None):
        return command.run(self.path, *arguments, input=input, env={**self.env, **(env or {})}, seconds=seconds)

    def ok(self, *arguments, **options):
        """Runs the client, which must succeed."""
        result = self.run(*arguments, **options)
        assert result.code == 0, str(result)
        return result

    def fails(self, *arguments, code, text=None, **options):
        """Runs the client, which must exit with `code` and say something that matches `text`."""
        result = self.run(*arguments, **options)
        assert result.code == code, str(result)
        if text is not None:
            assert re.search(text, result.err + result.out, re.IGNORECASE), f"no /{text}/ in\n{result}"
        return result

    def start(self, *arguments, stdin=subprocess.PIPE, **options):
        """Starts the client in the background."""
        return command.Background(
            [self.path, *map(str, arguments)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.env,
            bufsize=0,  # so that what was read is what select() no longer sees
            **options,
        )

    def inspect(self, name, kind=None):
        arguments = ["inspect", *(["--type", kind] if kind else []), name]
        return json.loads(self.ok(*arguments).out)[0]

    def state(self, name):
        return self.inspect(name, "container")["State"]
