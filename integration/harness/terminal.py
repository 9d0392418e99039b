"""A client on a terminal, typed to and read as a person does."""

import pexpect


class Terminal:
    """Runs a client with a pseudo-terminal as its standard streams."""

    def __init__(self, client, *arguments, rows=24, columns=80, seconds=15):
        self.child = pexpect.spawn(
            client.path,
            [str(argument) for argument in arguments],
            env=client.env,
            dimensions=(rows, columns),
            timeout=seconds,
            encoding="utf-8",
            codec_errors="replace",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.close(force=True)

    def expect(self, pattern):
        """Waits for the pattern; returns what matched."""
        self.child.expect(pattern)
        return self.child.match

    def type(self, text):
        self.child.send(text)

    def resize_until_seen(self, rows):
        """Changes the size until the command tells it as `stty size` does.

        A change before the client watches for them is lost, so it is made again."""
        for columns in range(100, 115):
            self.child.setwinsize(rows, columns)
            try:
                return self.child.expect(rf"{rows} {columns}\r\n", timeout=1)
            except pexpect.TIMEOUT:
                continue
        raise AssertionError(f"no change of the size arrives: {self.child.before}")

    def finish(self):
        """Waits for the end; returns the rest of the output and the exit status."""
        self.child.expect(pexpect.EOF)
        rest = self.child.before
        self.child.close()
        return rest, self.child.exitstatus
