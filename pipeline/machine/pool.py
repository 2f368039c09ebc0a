"""Jobs go in; for each an answer comes out, or why there is none: whatever a job does, it does to a child with a clock.

Children are started when there is something to do and are fed many jobs. One that dies, or takes more time or memory than a
job may, costs that job and a new start. Answers are JSON and bytes, never objects: a child that was taken over can lie, no more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from threading import Thread
from time import monotonic
from typing import Protocol, Self, TypeAlias

from pipeline.machine import cache, child, processes

TIME, MEMORY, CRASH, BUG = "time", "memory", "crash", "bug"
_POLL_SECONDS = 0.05
A_FEW = 25
"""Jobs that are begun together where they are done on this machine."""
_WORTH_ANOTHER = 60
"""Jobs from which on another child is worth its start."""
_NAMES = ("SYSTEMROOT", "WINDIR", "SYSTEMDRIVE", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH")
"""What a child needs of the environment: to find its libraries and to read file names."""
_START = (
    "import sys;root,memory,*paths=sys.argv[1:];"
    "sys.path[:]=[root,*sys.path];import pipeline;"
    "sys.path[:]=[*sys.path[1:],*paths];"
    "from pipeline.machine.child import main;main(int(memory))"
)
"""Only the package itself is looked for in its own folder, and no module in the folder the program was called in."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take: seconds by the wall and of the processor, and bytes of memory."""

    seconds: float = 30.0
    cpu: float = 15.0
    memory: int = 300 * 1024 * 1024
    each_megabyte: float = 0.0
    """Seconds more, of either kind, for each million bytes that a job works at."""

    def of(self, job: PoolJob) -> Limits:
        """Return what ``job`` may take, which is worth its size."""
        more = self.each_megabyte * sum(map(len, job.blobs)) / 1_000_000
        return replace(self, seconds=self.seconds + more, cpu=self.cpu + more)


@dataclass(frozen=True, slots=True)
class PoolJob:
    """A function by module and name (see ``child.Function``), its arguments as JSON, and bytes."""

    function: str
    arguments: str = "null"
    blobs: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """What the function returned."""

    text: str
    blobs: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class JobFailure:
    """Why there is no answer: ``TIME``, ``MEMORY``, ``CRASH`` or ``BUG``; of a bug ``detail`` is the traceback."""

    kind: str
    detail: str = ""
    seconds: float = 0.0
    """How long it took to fail."""


Outcome: TypeAlias = JobAnswer | JobFailure
_READY = PoolJob("pipeline.machine.child:ready")
"""What a child does first where nobody says what it will need: it starts."""


def environment(folder: str | Path) -> dict[str, str]:
    """Return the environment of a child that works in ``folder``: no credentials, no settings of the user."""
    kept = {name: os.environ[name] for name in _NAMES if name in os.environ}
    return {**kept, **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(folder))}


class Jobs(Protocol):
    """Where jobs are done."""

    @property
    def appetite(self) -> int:
        """How many jobs at a time keep it busy."""

    def prepare(self, job: PoolJob) -> None:
        """Let those who do the jobs carry out ``job`` as soon as they wait for others: it loads what is needed next."""

    def run(
        self, jobs: Iterable[PoolJob], limits: Callable[[], Limits] = ...
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield number and outcome of each of ``jobs`` as it is done."""


class Pool:
    """Up to ``size`` children. Use it as a context, or ``close`` it."""

    appetite = A_FEW

    def __init__(self, size: int = 1) -> None:
        self._size = size
        self._lanes: list[_ChildLane] = []
        self._handed = 0
        self._first = _READY
        self._prepared: set[_ChildLane] = set()
        self._lost: set[_ChildLane] = set()
        self._preparing: dict[_ChildLane, SimpleQueue[tuple[_ChildLane, Outcome]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every child."""
        for lane in self._lanes:
            lane.end()
        for known in (self._lanes, self._prepared, self._lost, self._preparing):
            known.clear()

    def prepare(self, job: PoolJob) -> None:
        """Let every child carry out ``job`` once, as soon as it waits for others: nobody needs its answer.

        Children are not started for it, but one that is started beside others, or in the place of one that was lost, begins with it.
        """
        self._first = job
        self._prepared.clear()

    def run(
        self, jobs: Iterable[PoolJob], limits: Callable[[], Limits] = Limits
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield number and outcome of each of ``jobs`` as it is done; a job is taken from them when a child is free.

        ``limits`` is asked when a job is begun: what the others have wasted by then may count. What it takes to start a
        child in the place of one that was lost counts for no job: else the next one would fail, and lose the next child.
        """
        waiting: Iterator[tuple[int, PoolJob]] = enumerate(jobs)
        answers: SimpleQueue[tuple[_ChildLane, Outcome]] = SimpleQueue()
        busy: dict[_ChildLane, int] = {}
        is_left = True
        try:
            while True:
                for lane in self._free(busy):
                    following = next(waiting, None)
                    is_left = following is not None
                    if following is None:
                        break
                    if lane in self._lost:
                        self._lost.remove(lane)
                        self._begin_with_the_first(lane)
                        waiting = chain((following,), waiting)
                        continue
                    busy[lane] = following[0]
                    self._handed += 1
                    lane.begin(following[1], limits(), answers)
                if not busy:
                    if is_left and self._preparing:
                        self._wait_for_one()
                        continue
                    self._use_the_wait()
                    return
                if answered := self._answered(busy, answers):
                    lane, outcome = answered
                    yield busy.pop(lane), outcome
        finally:
            for lane in busy:  # nobody waits for these any more
                lane.end()

    def _answered(
        self, busy: Iterable[_ChildLane], answers: SimpleQueue[tuple[_ChildLane, Outcome]]
    ) -> tuple[_ChildLane, Outcome] | None:
        """Wait a moment for the next outcome; watch the clocks where none comes."""
        try:
            lane, outcome = answers.get(timeout=_POLL_SECONDS)
        except Empty:
            for watched in busy:
                watched.watch()
            return None
        if lane.is_gone:
            self._lost.add(lane)
        return lane, outcome

    def _free(self, busy: dict[_ChildLane, int]) -> Iterator[_ChildLane]:
        for lane, ready in [*self._preparing.items()]:
            if not ready.empty():
                del self._preparing[lane]
        yield from [lane for lane in self._lanes if lane not in busy and lane not in self._preparing]
        while len(self._lanes) < self._size and self._handed >= _WORTH_ANOTHER * len(self._lanes):
            lane = _ChildLane()
            self._lanes.append(lane)
            if len(self._lanes) == 1:
                yield lane
            else:  # no job waits for its start: others work meanwhile
                self._begin_with_the_first(lane)

    def _use_the_wait(self) -> None:
        """Let the children that have nothing to do get ready for what comes."""
        for lane in self._lanes if self._first is not _READY else ():
            if lane not in self._prepared and lane not in self._preparing:
                self._begin_with_the_first(lane)

    def _begin_with_the_first(self, lane: _ChildLane) -> None:
        self._prepared.add(lane)
        self._preparing[lane] = SimpleQueue()
        lane.begin(self._first, Limits(), self._preparing[lane])

    def _wait_for_one(self) -> None:
        """Wait until the first of the children that get ready is, or for a moment."""
        lane, ready = next(iter(self._preparing.items()))
        try:
            ready.get(timeout=_POLL_SECONDS)
        except Empty:
            lane.watch()
        else:
            del self._preparing[lane]


class Here:
    """Does jobs in this process, for whoever is a child already or tests: exceptions are caught, and there is no clock."""

    appetite = A_FEW

    def prepare(self, job: PoolJob) -> None:
        """Do nothing: here nobody waits."""

    def run(
        self,
        jobs: Iterable[PoolJob],
        limits: Callable[[], Limits] = Limits,  # noqa: ARG002
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield number and outcome of each of ``jobs``."""
        for number, job in enumerate(jobs):
            how, text, *blobs = child.answer(job.function, job.arguments, job.blobs)
            if how == child.DONE:
                yield number, JobAnswer(text.decode("utf-8", "replace"), tuple(blobs))
            else:
                yield (
                    number,
                    JobFailure(MEMORY if how == child.MEMORY else BUG, text.decode("utf-8", "replace")),
                )


_Handed: TypeAlias = "tuple[subprocess.Popen[bytes], PoolJob, SimpleQueue[tuple[_ChildLane, Outcome]]]"


class _ChildLane:
    """One child after another, and the job that it has in hand."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._limits = Limits()
        self._began = self._spent = 0.0
        self._verdict = ""
        self._handed: SimpleQueue[_Handed | None] = SimpleQueue()
        self._thread: Thread | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the child has ended."""
        return self._process is None or self._process.poll() is not None

    def begin(self, job: PoolJob, limits: Limits, answers: SimpleQueue[tuple[_ChildLane, Outcome]]) -> None:
        """Hand ``job`` to the child; its outcome is put into ``answers``."""
        process = self._started(limits)
        self._limits, self._began, self._spent, self._verdict = limits.of(job), monotonic(), -1.0, ""
        if self._thread is None:
            self._thread = Thread(target=self._serve, daemon=True)
            self._thread.start()
        self._handed.put((process, job, answers))

    def _serve(self) -> None:
        """Carry one job after another to the child, in a thread, until there is none."""
        while handed := self._handed.get():
            self._carry(*handed)
            handed = None  # what a job carries may be large, and the next may be long in coming

    def _started(self, limits: Limits) -> subprocess.Popen[bytes]:
        if self._process and self._process.poll() is None:
            return self._process
        self.end()
        self._folder = TemporaryDirectory(prefix="nianbao-", ignore_cleanup_errors=True)
        hard = (
            limits.memory + 128 * 1024 * 1024
        )  # of addresses, of which libraries take many that they never use
        self._process = _begun(hard, self._folder.name)
        return self._process

    def _carry(
        self, process: subprocess.Popen[bytes], job: PoolJob, answers: SimpleQueue[tuple[_ChildLane, Outcome]]
    ) -> None:
        """Send, wait and receive: either may block for as long as the child lives."""
        assert process.stdin  # noqa: S101 - pipes were asked for
        assert process.stdout  # noqa: S101
        try:
            child.write_frame(process.stdin, [job.function.encode(), job.arguments.encode(), *job.blobs])  # type: ignore[arg-type]
            answer = child.read_frame(process.stdout)  # type: ignore[arg-type]
        except (OSError, ValueError, child.BrokenFrameError):
            answer = None
        answers.put((self, self._outcome(answer)))

    def _outcome(self, answer: child.Frame | None) -> Outcome:
        took = monotonic() - self._began
        if self._verdict or not answer or len(answer) < 3:  # noqa: PLR2004 - stays or leaves, how it went, text
            self._kill()
            return JobFailure(self._verdict or CRASH, seconds=took)
        stays, how, text, *blobs = answer
        if stays == child.LEAVES or how == child.MEMORY:
            self._kill()
        if how == child.DONE:
            return JobAnswer(text.decode("utf-8", "replace"), tuple(blobs))
        return JobFailure(MEMORY if how == child.MEMORY else BUG, text.decode("utf-8", "replace"), took)

    def watch(self) -> None:
        """End the child if its job takes more than it may."""
        process = self._process
        seen = processes.taken(process.pid) if process else None
        if seen is None:
            return  # it has just gone: whoever reads its answer will notice
        spent, held = seen
        self._spent = spent if self._spent < 0 else self._spent
        if monotonic() - self._began > self._limits.seconds or spent - self._spent > self._limits.cpu:
            self._verdict = TIME
        elif held > self._limits.memory:
            self._verdict = MEMORY
        if self._verdict:
            self._kill()

    def _kill(self) -> None:
        """End the child and whatever it has started."""
        if self._process is None or self._process.poll() is not None:
            return
        family = processes.descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        processes.end_all(family)

    def end(self) -> None:
        """End the child, close its pipes and remove its folder."""
        if self._process:
            self._kill()
            if self._thread:
                self._handed.put(None)
                self._thread.join()
                self._thread = None
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    try:
                        pipe.close()
                    except OSError:  # what was not sent yet goes nowhere
                        continue
            self._process = None
        if self._folder:
            self._folder.cleanup()
            self._folder = None


def _begun(memory: int, folder: str) -> subprocess.Popen[bytes]:
    """Begin a child that works in ``folder``, and may take so many bytes of addresses."""
    root = str(Path(__file__).resolve().parents[2])
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [processes.interpreter(), "-I", "-S", "-c", _START, root, str(memory), *_package_folders()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**environment(folder), **_cache()},
    )


def _cache() -> dict[str, str]:
    """Say where forms lie that were built before: a child has another home."""
    return {cache.FOLDER: str(cache.folder() or "")}


def _package_folders() -> list[str]:
    """Return where this process has its packages from: no relative folder, none that only the call put there."""
    called_in = {"", str(Path.cwd()), str(Path(sys.argv[0]).resolve().parent) if sys.argv else ""}
    own = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return [path for path in sys.path if Path(path).is_absolute() and (path in own or path not in called_in)]
