"""Items from outside go in; what a child found in each comes out, or why it was set aside: nothing an item does ends a run.

The jobs of the children stand here too: a file is opened, or guarded, read and understood, and told as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from pipeline.intake.fetch.inbox_folder import Found, Item, Remainder, contents_of, whole
from pipeline.machine import codec
from pipeline.machine.pool import BUG, TIME, JobAnswer, JobFailure, Jobs, Limits, Outcome, PoolJob
from pipeline.model import Envelope, Finding, Message, Reading

if TYPE_CHECKING:
    from pipeline.forms.form import Form

FIRST = Limits(seconds=20.0, cpu=3.0, each_megabyte=0.2)
"""What an item may take at first: a hundred times what an ordinary one takes; for its size ten times what a large one does."""
SECOND = Limits(seconds=40.0, cpu=12.0, each_megabyte=0.2)
"""What one may take that needed longer, alone, after all others."""
_HURRIED = replace(FIRST, seconds=12.0, cpu=0.5)
"""What an item may take once others have wasted a good deal of the run: its size is worth as much as ever.

By the wall it is what the program that reads .doc and its like needs to start on a computer with much else to do.
"""
JUDGED = Limits(seconds=20.0, cpu=3.0)
"""What judging the texts of one file may take: more than a hundred times what it takes, also in an old computer's first."""
_PATIENCE, _LAST_PATIENCE, _FOR_ONE_SOURCE = 8.0, 24.0, 12.0
"""Seconds wasted in a run from which on items are hurried; those of all second turns, from which on there is none; and those of one source."""
BUDGET = "budget"
UNPACKED = 200 * 1024 * 1024
"""Bytes that the items of one run may unpack to beyond their own size: ten times what a city's archives do."""

__all__ = ["whole"]  # besides what stands here, for those who open nothing

Key = TypeVar("Key")


@dataclass(slots=True)
class Spent:
    """What items of a run have wasted, in seconds; altogether and by where they came from."""

    whole: float = 0.0
    by_source: dict[str, float] = field(default_factory=dict)
    unpacked: int = 0
    """Bytes that items unpacked to, beyond their own size."""
    again: dict[str, float] = field(default_factory=dict)
    """Seconds that second turns took, whatever came of them, by who is said to have sent the items."""

    def takes(self, item: Item, found: Sequence[Found]) -> bool:
        """Count what ``item`` unpacked to; return whether a run can keep it: what is kept is kept for good."""
        growth = sum(len(one.content) for one in found if isinstance(one, Envelope)) - len(item.content)
        if self.unpacked + growth > UNPACKED:
            return False
        self.unpacked += max(0, growth)
        return True

    @property
    def limits(self) -> Limits:
        """What an item may take at first, after what others have wasted."""
        return _HURRIED if self.whole > _PATIENCE else FIRST

    def add(self, source: str, seconds: float) -> None:
        """Count what an item wasted."""
        self.whole += seconds
        if source:
            self.by_source[source] = self.by_source.get(source, 0.0) + seconds

    def is_used_up(self, source: str) -> bool:
        """Whether the items of ``source`` have wasted all that is theirs."""
        return bool(source) and self.by_source.get(source, 0.0) > _FOR_ONE_SOURCE

    def may_try_again(self, sender: str) -> bool:
        """Whether there is time for another second turn, and whether ``sender`` has not had all that is theirs."""
        is_left = not sender or self.again.get(sender, 0.0) <= _FOR_ONE_SOURCE
        return is_left and sum(self.again.values()) <= _LAST_PATIENCE

    def add_again(self, sender: str, seconds: float) -> None:
        """Count what a second turn took."""
        self.again[sender] = self.again.get(sender, 0.0) + seconds


@dataclass(frozen=True, slots=True)
class ItemWork(Generic[Key]):
    """One thing to be done under a key; ``source`` is on whose account it is done, empty where it is on nobody's.

    ``sender`` is who is only said to have sent it, as anybody can write: it shares second turns, the first is its own.
    """

    key: Key
    source: str
    job: Callable[[], PoolJob]
    sender: str = ""


def carried_out(pool: Jobs, works: Iterable[ItemWork[Key]], spent: Spent) -> Iterator[tuple[Key, Outcome]]:
    """Do ``works``; what takes long gets a second turn after the others, as long as the run has time for that.

    What its first turn took is not held against it: of second turns each sender has a share of its own.
    """
    slow: list[tuple[float, ItemWork[Key]]] = []
    for work, outcome in one_turn(pool, works, spent, lambda: spent.limits):
        if isinstance(outcome, JobFailure) and outcome.kind == TIME:
            slow.append((outcome.seconds, work))
        else:
            yield work.key, outcome
    for _, work in sorted(slow, key=lambda item: item[0]):  # first who had the least: they were hurried
        sender = work.sender or work.source
        if not spent.may_try_again(sender):
            yield work.key, JobFailure(TIME)
            continue
        began = monotonic()
        for again, outcome in one_turn(pool, [work], spent, lambda: SECOND, is_second=True):
            spent.add_again(sender, monotonic() - began)
            yield again.key, outcome


def one_turn(
    pool: Jobs,
    works: Iterable[ItemWork[Key]],
    spent: Spent,
    limits: Callable[[], Limits],
    *,
    is_second: bool = False,
) -> Iterator[tuple[ItemWork[Key], Outcome]]:
    """Do ``works``, each once, by ``limits``; what failed is counted as wasted."""
    begun: list[ItemWork[Key]] = []
    left: list[ItemWork[Key]] = []

    def jobs() -> Iterator[PoolJob]:
        for work in works:
            if not is_second and spent.is_used_up(work.source):
                left.append(work)
                continue
            begun.append(work)
            yield work.job()

    for number, outcome in pool.run(jobs(), limits):
        if isinstance(outcome, JobFailure):
            spent.add(begun[number].source, outcome.seconds)
        yield begun[number], outcome
    yield from ((work, JobFailure(BUDGET)) for work in left)


def opener(
    pool: Jobs,
) -> Callable[[Iterable[Item], str], Iterator[tuple[Item, Sequence[Found] | str]]]:
    """Return what opens items in ``pool``, for ``folder.fetch`` and ``folder.open_file``, without a ledger."""

    def opened_items(items: Iterable[Item], authserv_id: str) -> Iterator[tuple[Item, Sequence[Found] | str]]:
        works = [ItemWork(item, "", partial(opening, item, authserv_id)) for item in items]
        for item, outcome in carried_out(pool, works, Spent()):
            yield item, opened(item, outcome) if isinstance(outcome, JobAnswer) else outcome.kind

    return opened_items


def opening(item: Item, authserv_id: str) -> PoolJob:
    """Make the job that opens ``item``."""
    arguments = json.dumps([item.path, item.sha256, item.modified, item.with_documents, authserv_id])
    return PoolJob(f"{__name__}:open_item", arguments, (item.content,))


def open_item(arguments: str, blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Open an item, in a child: envelopes, messages and what is beside them as JSON, the contents of the former as bytes in their order.

    Of a file that is judged as it is nothing is told: whoever asked has it.
    """
    path, digest, modified, with_documents, authserv_id = json.loads(arguments)
    item = Item(path, digest, modified, blobs[0], with_documents)
    found = contents_of(item, authserv_id)
    if found == (whole(item),):
        return "[]", ()
    return json.dumps([_packed(one) for one in found]), [
        one.content for one in found if isinstance(one, Envelope)
    ]


def _packed(one: Found) -> tuple[str, str]:
    match one:
        case Envelope():
            return "file", codec.dumps(replace(one, content=b""))
        case Message():
            return "mail", codec.dumps(one)
        case Remainder():
            return "rest", codec.dumps(one)


def opened(item: Item, answer: JobAnswer) -> list[Found]:
    """Understand what ``open_item`` told of ``item``. Raises ValueError for what it never tells."""
    contents = iter(answer.blobs)
    found: list[Found] = []
    for kind, text in json.loads(answer.text):
        if kind == "file":
            found.append(replace(codec.loads(Envelope, text), content=next(contents, b"")))
        elif kind == "mail":
            found.append(codec.loads(Message, text))
        else:
            found.append(codec.loads(Remainder, text))
    return found or [whole(item)]


def reading(reference: str, content: bytes) -> PoolJob:
    """Make the job that reads a file as a submission on the form of that reference."""
    return PoolJob(f"{__name__}:read_file", json.dumps(reference), (content,))


def getting_ready(reference: str) -> PoolJob:
    """Make the job that loads what is needed to read a file on the form of that reference."""
    return PoolJob(f"{__name__}:get_ready", json.dumps(reference))


def get_ready(arguments: str, _blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Load the form and what reads, in a child."""
    from pipeline.forms.loader import load_reference  # noqa: PLC0415 - the parent only makes the jobs
    from pipeline.intake.read import reading as _reader  # noqa: F401, PLC0415

    load_reference(json.loads(arguments))
    return "", ()


def read_file(arguments: str, blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Read a file, in a child: its reading as JSON, without places that are the form's own."""
    from pipeline.forms.loader import load_reference  # noqa: PLC0415 - the parent only makes the jobs
    from pipeline.intake.read.reading import read  # noqa: PLC0415

    form = load_reference(json.loads(arguments))
    return codec.dumps(read(form, blobs[0]).without_places(form.places)), ()


def dividing(references: Sequence[tuple[str, int]], content: bytes) -> PoolJob:
    """Make the job that says for which of several forms and periods, by reference, a file is sent."""
    return PoolJob(f"{__name__}:divide_file", json.dumps(references), (content,))


def divide_file(arguments: str, blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
    """Say, in a child, for which form and period a file is sent: its number."""
    from pipeline.forms.loader import load_reference  # noqa: PLC0415 - the parent only makes the jobs
    from pipeline.intake.identify.dividing import Collected, home_of  # noqa: PLC0415

    collected = [Collected(load_reference(name), period) for name, period in json.loads(arguments)]
    return json.dumps(home_of(collected, blobs[0])), ()


def divided(outcome: Outcome, among: int) -> int:
    """Return the number that a child told, of ``among`` so many; where it told none the first form hears of the file."""
    if isinstance(outcome, JobFailure) or outcome.text not in map(str, range(among)):
        return 0
    return int(outcome.text)


def understood(form: Form, outcome: Outcome) -> Reading:
    """Return the reading on ``form`` that a child told; where there is none, the one that says why."""
    if isinstance(outcome, JobFailure):
        return set_aside(outcome.kind)
    try:
        return codec.loads(Reading, outcome.text).with_places(form.places)
    except (ValueError, TypeError, KeyError):
        return set_aside(BUG)


def set_aside(kind: str) -> Reading:
    """Make the reading of a file that was not read to its end."""
    return Reading(None, findings=(Finding.found("F01", variant=kind),))
