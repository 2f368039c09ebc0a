"""The other end of a pool: jobs come in on standard input, each answer goes out on standard output, until the input ends.

A child holds nothing of value: it runs isolated (``-I -S``), in an empty folder of its own, without the parent's environment,
and imports from where the parent's packages lie, never from the folder in which somebody happened to call the program.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import BinaryIO, TypeAlias

Frame: TypeAlias = list[bytes]
"""What goes through the pipe at once: of a job the function's name, its arguments as JSON and bytes; of an answer the like."""
Function: TypeAlias = Callable[[str, Sequence[bytes]], tuple[str, Sequence[bytes]]]
"""What a job names: JSON and bytes go in and come out, so that nothing a child says can be more than data."""

DONE, FAILED, MEMORY = b"done", b"failed", b"memory"
STAYS, LEAVES = b"stays", b"leaves"
LARGEST = 256 * 1024 * 1024
"""Bytes of a frame; nobody sends more on purpose."""
_PART = 4096
"""What a part costs beside its bytes, so that there cannot be endlessly many empty ones."""
_RETIRES_AT = 160 * 1024 * 1024
"""What a child has ever held; beyond it the child is replaced, because freed memory seldom goes back to the system."""


class BrokenFrameError(Exception):
    """The other end has gone, or sends what is no frame."""


def write_frame(stream: BinaryIO, parts: Frame) -> None:
    """Send ``parts``. Raises OSError where nobody listens any more."""
    stream.write(struct.pack(">I", len(parts)))
    for part in parts:
        stream.write(struct.pack(">Q", len(part)))
        stream.write(part)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame | None:
    """Receive what ``write_frame`` sent; None where the stream has ended properly. Raises BrokenFrameError."""
    head = stream.read(4)
    if not head:
        return None
    parts, left = [], LARGEST
    for _ in range(int.from_bytes(head, "big")):
        size = int.from_bytes(stream.read(8), "big")
        left -= size + _PART
        if left < 0:
            raise BrokenFrameError
        part = stream.read(size)
        if len(part) < size:
            raise BrokenFrameError
        parts.append(part)
    return parts


def main(memory: int) -> None:
    """Serve until the input ends; ``memory`` is the hard limit in bytes, where the system has one."""
    import os  # noqa: PLC0415 - a child loads what its jobs need, little else

    _limit_memory(memory)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints does not get between the answers
    while (job := read_frame(sys.stdin.buffer)) is not None:
        name, arguments, *blobs = job
        found = answer(name.decode(), arguments.decode(), blobs)
        leaves = _held() > _RETIRES_AT
        write_frame(answers, [LEAVES if leaves else STAYS, *found])
        if leaves:
            return


def answer(name: str, arguments: str, blobs: Sequence[bytes]) -> Frame:
    """Do a job; whatever goes wrong in it is its answer."""
    module, _, function = name.partition(":")
    try:
        found: Function = getattr(import_module(module), function)
        text, inner = found(arguments, blobs)
        return [DONE, text.encode(), *inner]
    except MemoryError:
        return [MEMORY, b""]
    except Exception:  # noqa: BLE001 - the barrier: whatever one item does, it does to itself
        import traceback  # noqa: PLC0415

        return [FAILED, traceback.format_exc().encode("utf-8", "replace")]


def _limit_memory(memory: int) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - absent on Windows, where the parent's watch is the limit

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))  # ``unlimited`` lifts it
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def ready(_arguments: str, _blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Answer: a child that can has started."""
    return "", ()


@contextmanager
def unlimited() -> Iterator[None]:
    """Lift the limit of memory while a program is started that has a limit of its own, by what it really holds."""
    try:
        import resource  # noqa: PLC0415
    except ImportError:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _held() -> int:
    """Return the most memory this process ever held, in bytes; 0 where the system does not tell.

    Linux counts in ``ru_maxrss`` what the process held that started this one, so it is asked in another way there.
    """
    with suppress(OSError), open("/proc/self/status", "rb") as status:  # noqa: PTH123 - little is loaded here
        return next((int(line.split()[1]) * 1024 for line in status if line.startswith(b"VmHWM:")), 0)
    with suppress(ImportError):
        import resource  # noqa: PLC0415

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return 0
