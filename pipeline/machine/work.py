"""Chunks of a stage go in, results come out in order: in this process, in several, or on a cluster.

Small batches are done here: starting a process costs more than reading a hundred files. The chunk functions are plain
module functions of plain values, so ``concurrent.futures`` and ``dask.distributed`` run them alike.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pipeline.machine.pool import Here, Jobs, Pool
from pipeline.model import ConfigError, EnvironmentFailedError

if TYPE_CHECKING:
    from concurrent.futures import Executor

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")

Progress = Callable[[str, int, int], None]
"""Called with the stage's Chinese name, how much is done, and how much there is."""
SERIAL_BELOW = 200
"""Files; under this one process is faster than several."""
_CHUNK = 25
_SHARES = 8
"""Chunks at the least that several processes are handed, so that none of them waits for long at the end."""
_AHEAD = 64
"""Chunks that are under way at the most: what waits for other processes is in memory twice."""
_PATIENCE = 10
"""Seconds in which a cluster must answer."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Workforce:
    """How heavy stages are carried out; without an executor, in this process."""

    executor: Executor | None = None
    serial_below: int = 0
    """Items; a stage with fewer is carried out in this process: ten new files need no helpers."""
    pool: Jobs = field(default_factory=Here)
    """Where what comes from outside is opened and read."""
    lost: tuple[type[BaseException], ...] = ()
    """What says that workers died over a chunk, one after another: it is carried out here then."""
    helpers: int = 0
    """Processes of this machine that are started when there is something to do; those of a cluster run already."""

    def prepare(self, items: int, module: str) -> None:
        """Let the helpers start and load ``module``, while this process does what comes before a stage with so many ``items``."""
        if self.executor and items >= self.serial_below:
            for _ in range(self.helpers):
                self.executor.submit(import_module, module)

    def map(
        self,
        function: Callable[[Shared, Sequence[Item]], list[Result]],
        shared: Shared,
        items: Sequence[Item],
        advance: Callable[[int], None],
    ) -> list[Result]:
        """Apply ``function(shared, chunk)`` to chunks of ``items``; return the joined results in order."""
        return self.begin(function, shared, items, advance)()

    def begin(
        self,
        function: Callable[[Shared, Sequence[Item]], list[Result]],
        shared: Shared,
        items: Sequence[Item],
        advance: Callable[[int], None],
        *,
        weight: int = 1,
    ) -> Callable[[], list[Result]]:
        """Begin what ``map`` does; other processes work at it until the results are asked for by calling what is returned.

        ``weight`` is how many times the work of a report each item is.
        """
        executor = self.executor if len(items) * weight >= self.serial_below else None
        size = min(_CHUNK, max(1, len(items) // _SHARES)) if executor else _CHUNK
        chunks = [items[start : start + size] for start in range(0, len(items), size)]
        if executor is None:
            parts: Iterator[list[Result]] = (function(shared, chunk) for chunk in chunks)
        else:
            parts = self._parts(executor, function, shared, chunks)

        def finish() -> list[Result]:
            results: list[Result] = []
            advance(0)
            for part in parts:
                results += part
                advance(len(results))
            return results

        return finish

    def _parts(
        self,
        executor: Executor,
        function: Callable[[Shared, Sequence[Item]], list[Result]],
        shared: Shared,
        chunks: Sequence[Sequence[Item]],
    ) -> Iterator[list[Result]]:
        """Begin the first chunks at once, and another whenever the result of one is taken: never all are under way."""
        waiting, packed = iter(chunks), pickle.dumps(shared, pickle.HIGHEST_PROTOCOL)
        under_way = deque(
            (chunk, executor.submit(_carry_out, function, packed, chunk)) for chunk in islice(waiting, _AHEAD)
        )

        def parts() -> Iterator[list[Result]]:
            while under_way:
                chunk, future = under_way.popleft()
                try:
                    part = future.result()
                except self.lost:
                    part = function(shared, chunk)
                under_way.extend(
                    (more, executor.submit(_carry_out, function, packed, more)) for more in islice(waiting, 1)
                )
                yield part

        return parts()


def _carry_out(
    function: Callable[[Shared, Sequence[Item]], list[Result]], packed: bytes, chunk: Sequence[Item]
) -> list[Result]:
    """Carry out a chunk, in a worker."""
    return function(_unpacked(packed), chunk)


@lru_cache(maxsize=2)  # what all chunks share is the same for each
def _unpacked(packed: bytes) -> Any:  # noqa: ANN401 - whatever they share
    return pickle.loads(packed)  # noqa: S301 - the parent's own, as every chunk is


@contextmanager
def open_work(files: int, *, workers: int | None = None, engine: str | None = None) -> Iterator[Workforce]:
    """Choose the executor: ``engine`` (a dask scheduler's address), else processes where there is enough to do.

    What comes from outside is read in children of their own (see ``pool``), whatever carries out the rest.
    """
    with Pool(workers or min(_MOST_READERS, os.cpu_count() or 1)) as pool, ExitStack() as stack:
        wanted = workers or (1 if files < SERIAL_BELOW else os.cpu_count() or 1)
        if engine:
            from pipeline.machine.cluster import RemotePool  # noqa: PLC0415 - with a cluster only

            executor, machines, lost = stack.enter_context(_dask(engine))
            yield Workforce(executor, pool=RemotePool(executor, machines, lost, pool), lost=lost)
        elif wanted == 1:
            yield Workforce(pool=pool)
        else:
            from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - a small batch has no use for it

            wanted = min(wanted, _MOST_PROCESSES)
            executor = stack.enter_context(_processes(wanted))
            below = 0 if workers else SERIAL_BELOW
            yield Workforce(executor, below, pool, (BrokenExecutor,), helpers=wanted)


def _processes(number: int) -> Executor:
    """Make the executor of so many processes; none is started before there is something to do."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - a small batch has no use for it
    from multiprocessing import get_context  # noqa: PLC0415

    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_forget_credentials)


def _forget_credentials() -> None:
    """Drop the users and passwords of mail servers: a process that writes documents has no use for them."""
    for name in [name for name in os.environ if name.startswith("NIANBAO_")]:
        del os.environ[name]


_MOST_PROCESSES = 61 if sys.platform == "win32" else 10_000
"""So many processes Windows can wait for at once; Python refuses more there."""
_MOST_READERS = 2
"""More would be faster only for thousands of files, and each holds memory; ``--workers`` says otherwise."""


def _refuse_open_line(address: str) -> None:
    """Refuse a cluster on another machine that is not spoken to over TLS: what comes back from it is run here."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme not in ("tls", "inproc") and parts.hostname not in _LOOPBACK:
        raise ConfigError(
            f"计算集群 {address} 不在本机，又没有加密。集群送回的结果会在本机执行，只能用自己管理、用证书加密的集群："
            "请在 dask 配置中写好证书，地址写成 tls:// 开头。"
        )


@contextmanager
def _dask(address: str) -> Iterator[tuple[Executor, int, tuple[type[BaseException], ...]]]:
    """Yield the cluster's executor, how many threads its workers have, and what says that workers died over a chunk."""
    _refuse_open_line(address)
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415 - an optional extra
        from distributed.client import FutureCancelledError  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError("使用 --engine 需要先安装附加组件：pip install 'nianbao[dask]'。") from error
    try:
        client: Any = Client(address, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise EnvironmentFailedError(f"连不上计算集群 {address}，请检查地址后重新运行。") from error
    with client:
        executor: Executor = client.get_executor()
        yield executor, max(1, sum(client.nthreads().values())), (KilledWorker, FutureCancelledError)
