"""A cluster's executor goes in; what opens and reads on its machines what comes from outside comes out.

Every worker hands its jobs to a child of its own, under the same clock and limits as here: a hostile file ends that child,
never the worker. Jobs travel in chunks, a few ahead of the workers, so that neither side ever holds all of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

from pipeline.machine.pool import Limits, Outcome, Pool, PoolJob

_CHUNK = 25
_CHUNK_BYTES = 8 * 1024 * 1024
_AHEAD = 2
"""Chunks for each worker that are under way: one is worked at, one waits beside it."""
_there = threading.local()
"""In a worker: the child of each of its threads."""


@dataclass(frozen=True, slots=True)
class RemotePool:
    """Does jobs on a cluster of so many ``workers``; what a chunk is ``lost`` by, worker after worker, is done by ``own``."""

    executor: Executor
    workers: int
    lost: tuple[type[BaseException], ...]
    own: Pool = field(default_factory=Pool)

    @property
    def appetite(self) -> int:
        """How many jobs keep every worker busy."""
        return _CHUNK * _AHEAD * self.workers

    def prepare(self, job: PoolJob) -> None:
        """Do nothing: what a worker's child needs it loads with its first chunk."""

    def run(
        self, jobs: Iterable[PoolJob], limits: Callable[[], Limits] = Limits
    ) -> Iterator[tuple[int, Outcome]]:
        """Yield number and outcome of each of ``jobs`` as it is done; see ``Pool.run``."""
        chunks = _chunks(enumerate(jobs))
        under_way: dict[Future[list[Outcome]], list[tuple[int, PoolJob]]] = {}
        try:
            while True:
                while len(under_way) < _AHEAD * self.workers and (chunk := next(chunks, None)):
                    sent = self.executor.submit(done_there, limits(), [job for _, job in chunk])
                    under_way[sent] = chunk
                if not under_way:
                    return
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    chunk = under_way.pop(future)
                    yield from zip(
                        (number for number, _ in chunk), self._outcomes(future, chunk, limits), strict=True
                    )
        finally:
            for future in under_way:  # nobody waits for these any more
                future.cancel()

    def _outcomes(
        self,
        future: Future[list[Outcome]],
        chunk: Sequence[tuple[int, PoolJob]],
        limits: Callable[[], Limits],
    ) -> list[Outcome]:
        try:
            return future.result()
        except self.lost:
            return _in_order(self.own, [job for _, job in chunk], limits)


def done_there(limits: Limits, jobs: Sequence[PoolJob]) -> list[Outcome]:
    """Do ``jobs`` in a worker, in a child of the thread's own that stays for the next."""
    pool: Pool | None = getattr(_there, "pool", None)
    if pool is None:
        pool = _there.pool = Pool()
    return _in_order(pool, jobs, lambda: limits)


def _in_order(pool: Pool, jobs: Sequence[PoolJob], limits: Callable[[], Limits]) -> list[Outcome]:
    return [outcome for _, outcome in sorted(pool.run(jobs, limits), key=lambda done: done[0])]


def _chunks(jobs: Iterable[tuple[int, PoolJob]]) -> Iterator[list[tuple[int, PoolJob]]]:
    chunk: list[tuple[int, PoolJob]] = []
    held = 0
    for number, job in jobs:
        chunk.append((number, job))
        held += sum(map(len, job.blobs))
        if len(chunk) >= _CHUNK or held > _CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk
