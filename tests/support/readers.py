"""Readers of runs are forked, each, from one process that has loaded what a reader loads: half a second less for each run.

A reader stays what it is: a process of its own, in a folder and an environment of its own, under a limit, ended by its number. What
is had once is the start of Python and its imports. Runs that are programs of their own begin their readers as ever, and so do the
tests of the pool.

As a program, started as a reader is, this file is that one process.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from select import select
from typing import IO

_ENOUGH = 100_000
"""Bytes of what is said of a reader: its environment is small."""


class Reader:
    """A reader, as far as the pool asks for one that it began itself."""

    def __init__(self, number: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid, self.stdin, self.stdout = number, stdin, stdout
        try:
            self._ends = os.pidfd_open(number)
        except ProcessLookupError:  # it has gone already
            self._ends = -1

    def poll(self) -> int | None:
        """Return a number once it has ended."""
        has_ended = self._ends < 0 or select([self._ends], [], [], 0)[0]
        return 0 if has_ended else None

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._ends, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until it has ended."""
        if self._ends >= 0:
            select([self._ends], [], [])
        return 0


def can_fork() -> bool:
    """Whether this system has what is needed."""
    return hasattr(os, "fork") and hasattr(os, "pidfd_open")


@cache
def address() -> str:
    """Start the process that readers are forked from; return where it listens. It ends with this one."""
    from pipeline.machine import pool  # noqa: PLC0415 - what is started here is this file, too

    folder = tempfile.mkdtemp(prefix="readers-")
    place = str(Path(folder) / "address")
    root = str(Path(__file__).resolve().parents[2])
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, root, place, *pool._package_folders()],  # noqa: SLF001 - as for a reader
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**pool.environment(folder), **pool._cache()},  # noqa: SLF001
    )
    assert process.stdin
    assert process.stdout
    assert process.stdout.read(1), "it listens"

    def end() -> None:
        process.communicate()
        Path(place).unlink()
        Path(folder).rmdir()

    atexit.register(end)
    return place


def forked_reader(memory: int, folder: str) -> Reader:
    """Begin a reader, as the pool does, by asking for it."""
    from pipeline.machine import pool  # noqa: PLC0415

    (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
    said = [memory, folder, {**pool.environment(folder), **pool._cache()}]  # noqa: SLF001
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(address())
        socket.send_fds(asking, [json.dumps(said).encode()], [theirs_in, theirs_out])
        number = int(asking.recv(_ENOUGH))
    os.close(theirs_in)
    os.close(theirs_out)
    return Reader(number, os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb"))


def main(root: str, place: str, *paths: str) -> None:
    """Load what a reader loads; then fork a reader whenever one is asked for, until the input ends."""
    sys.path[:] = [root, *sys.path]
    import pipeline  # noqa: F401, PLC0415 - by nothing but this folder

    sys.path[:] = [*sys.path[1:], *paths]
    from pipeline.intake.guard import isolation  # noqa: PLC0415

    isolation.get_ready(json.dumps("annual_report_2021"), ())
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(place)
        server.listen()
        signal.signal(signal.SIGCHLD, _let_go)
        os.write(1, b"!")
        waiting: list[socket.socket | int] = [server, 0]
        while server in select(waiting, [], [])[0]:
            asked, _ = server.accept()
            with asked:
                said, streams, _, _ = socket.recv_fds(asked, _ENOUGH, 2)
                number = os.fork()
                if number == 0:
                    server.close()
                    asked.close()
                    _read(streams, *json.loads(said))
                for stream in streams:
                    os.close(stream)
                asked.send(str(number).encode())


def _let_go(*_: object) -> None:
    """Let what has ended go."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _read(streams: list[int], memory: int, folder: str, environment: dict[str, str]) -> None:
    """Be a reader, until its input ends."""
    from pipeline.machine import child  # noqa: PLC0415

    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        tempfile.tempdir = None
        child.main(memory)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
