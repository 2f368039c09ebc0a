"""What came goes in, item by item; what it holds comes out, or why it was set aside: no item ends a run, and none twice.

An item is known by name, in the ledger and in the log, before it is begun. One that the last run did not end is done alone;
one that two runs did not end is not begun again. Whatever was set aside is not tried again unless somebody asks.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.intake.fetch.archive import MAILS, has_suffix
from pipeline.intake.fetch.inbox_folder import Found, Item, Remainder
from pipeline.intake.guard import isolation as intake
from pipeline.intake.guard.isolation import ItemWork, Spent
from pipeline.ledger import Ledger, arrivals
from pipeline.ledger import set_aside as marks
from pipeline.ledger.set_aside import Stage
from pipeline.machine.ahead import load_ahead
from pipeline.machine.digest import digest_of, program
from pipeline.machine.pool import BUG, Here, JobAnswer, JobFailure, Jobs, Outcome, PoolJob
from pipeline.model import Envelope, Reading, SenderProof

_CHUNK_BYTES = 8 * 1024 * 1024
_TRIES = 2
STOPPED = "stopped"
_WORDS: Mapping[Stage, str] = {Stage.OPEN: "打开", Stage.READ: "读取", Stage.JUDGE: "校验"}

_NEEDED_NEXT = ("pipeline.judging.rules.judge", "pipeline.publishing.outputs", "pipeline.letters.text")
"""What works at the files that are being opened and read: pandas and pandera alone take a fifth of a small run."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """A file that is to be read: where it lies, who pays for what it wastes, and how to get its content when its turn has come."""

    path: str
    source: str
    content: Callable[[], bytes]

    @classmethod
    def of(cls, item: Envelope, ledger: Ledger) -> File:
        """Take a file as it came; its content is in the ledger."""
        return cls(item.path, _payer(item), partial(ledger.originals.load, item.sha256))


def _payer(item: Envelope) -> str:
    """Return on whose account a file is read: the sender's whom the own server vouches for, else that of the mail that brought it.

    Anybody can write the address of an agency into slow mails of their own: its own files must not wait for that. Nobody
    pays for what lies in the inbox by itself.
    """
    if item.proof is SenderProof.VERIFIED and item.sender:
        return item.sender
    parts = item.path.split("/") if item.source == "mail" else []
    mail = next((at for at, part in enumerate(parts, 1) if has_suffix(part, MAILS)), 0)
    return "/".join(parts[:mail])


@dataclass(frozen=True, slots=True)
class Barrier:
    """What a run works at items with; ``tell`` writes a line into its log, ``prepare`` is told how many files are judged next.

    ``ahead`` is done while this process waits for the first files: it makes ready what judges them.
    """

    ledger: Ledger
    year: int
    now: datetime
    pool: Jobs = field(default_factory=Here)
    tell: Callable[[str], object] = lambda _: None
    spent: Spent = field(default_factory=Spent)
    prepare: Callable[[int], object] = lambda _: None
    ahead: Callable[[], object] = lambda: None

    def open(self, items: Iterable[Item], authserv_id: str) -> Iterator[tuple[Item, Sequence[Found] | str]]:
        """Open ``items``, as an opener of ``folder.fetch``: each comes out with what is in it, or why that is not known."""
        for chunk in self._chunks(Stage.OPEN, items, lambda item: item.path, lambda item: len(item.content)):
            works = [
                ItemWork(item, "", partial(intake.opening, item, authserv_id), item.said_sender)
                for item in chunk
                if item.needs_opening
            ]
            yield from ((item, (intake.whole(item),)) for item in chunk if not item.needs_opening)
            for item, outcome in self._done(Stage.OPEN, works, lambda item: (item.path, item.path)):
                yield item, self._opened(item, outcome)

    def _opened(self, item: Item, outcome: Outcome) -> Sequence[Found] | str:
        if isinstance(outcome, JobAnswer):
            try:
                found = intake.opened(item, outcome)
                arrivals.rehearse((one for one in found if not isinstance(one, Remainder)), self.now)
            except Exception:  # noqa: BLE001 - the barrier: what cannot be recorded of one item ends the records of no other
                outcome = JobFailure(BUG, traceback.format_exc())
            else:
                if self.spent.takes(item, found):
                    return found
                outcome = JobFailure(intake.BUDGET)
        self._note(Stage.OPEN, item.sha256, item.path, outcome)
        return outcome.kind

    def read(
        self, form: Form, files: Mapping[str, File], advance: Callable[[int], object]
    ) -> Iterator[dict[str, Reading]]:
        """Read ``files``, by their digests, on ``form``, chunk by chunk."""
        done = 0
        for chunk in self._chunks(Stage.READ, files, lambda digest: digest, lambda _: 0):
            works = [
                ItemWork(digest, files[digest].source, partial(self._job, form.reference, files[digest]))
                for digest in chunk
            ]
            found: dict[str, Reading] = {}
            for digest, outcome in self._done(Stage.READ, works, lambda digest: (digest, files[digest].path)):
                if isinstance(outcome, JobFailure):
                    self._note(Stage.READ, digest, files[digest].path, outcome)
                found[digest] = intake.understood(form, outcome)
                done += 1
                advance(done)
            yield {digest: found[digest] for digest in chunk}

    def divide(
        self, references: Sequence[tuple[str, int]], files: Mapping[str, File]
    ) -> Iterator[tuple[str, int]]:
        """Say of each of ``files``, by digest, for which form and period of ``references`` it is sent."""
        for chunk in self._chunks(Stage.READ, files, lambda digest: digest, lambda _: 0):
            works = [
                ItemWork(digest, files[digest].source, partial(self._division, references, files[digest]))
                for digest in chunk
            ]
            for digest, outcome in self._done(Stage.READ, works, lambda digest: (digest, files[digest].path)):
                yield digest, intake.divided(outcome, len(references))

    @staticmethod
    def _division(references: Sequence[tuple[str, int]], file: File) -> PoolJob:
        return intake.dividing(references, file.content())

    @staticmethod
    def _job(reference: str, file: File) -> PoolJob:
        return intake.reading(reference, file.content())

    def in_time(self, works: Sequence[ItemWork[str]], paths: Mapping[str, str]) -> dict[str, JobFailure]:
        """Do ``works``, whose results nobody needs, in children and under a clock; return what failed, by key.

        ``paths`` are the files by key.
        """
        failed: dict[str, JobFailure] = {}
        for work in works:
            self._begin(Stage.JUDGE, {work.key: paths[work.key]})
            for _, outcome in intake.one_turn(self.pool, [work], self.spent, lambda: intake.JUDGED):
                if isinstance(outcome, JobFailure):
                    failed[work.key] = outcome
            marks.end(self.ledger, self.year, Stage.JUDGE, [work.key])
        for key, failure in failed.items():
            self._note(Stage.JUDGE, key, paths[key], failure)
        return failed

    def note_left(self, key: str, path: str) -> JobFailure:
        """Set a file aside because what comes may take no more of this run."""
        failure = JobFailure(intake.BUDGET)
        self._note(Stage.JUDGE, key, path, failure)
        return failure

    def tried(self, key: str, path: str, action: Callable[[], T]) -> T | JobFailure:
        """Carry out ``action``, the judgement of one file, in this process: an exception is its failure."""
        tries = marks.interrupted(self.ledger, self.year, Stage.JUDGE).get(key, 0)
        if tries >= _TRIES:
            failure = JobFailure(STOPPED)
        else:
            self._begin(Stage.JUDGE, {key: path})
            done: T | JobFailure
            try:
                done = action()
            except Exception:  # noqa: BLE001 - the barrier: what one file does, it does to itself
                done = failure = JobFailure(BUG, traceback.format_exc())
            marks.end(self.ledger, self.year, Stage.JUDGE, [key])
            if not isinstance(done, JobFailure):
                return done
        self._note(Stage.JUDGE, key, path, failure)
        return failure

    def together(self, paths: Mapping[str, str], action: Callable[[], T]) -> T | None:
        """Carry out ``action``, the judgement of the files ``paths``; None where one by one they must be tried.

        That is so where it fails, and where the last run did not come to the end of one of them.
        """
        if not marks.interrupted(self.ledger, self.year, Stage.JUDGE).keys().isdisjoint(paths):
            return None
        self._begin(Stage.JUDGE, paths)
        try:
            done = action()
        except Exception:  # noqa: BLE001 - the barrier: which of the files it was is found out next
            self.tell("  程序出错　校验一批文件时出错，逐个再试\n" + traceback.format_exc())
            done = None
        marks.end(self.ledger, self.year, Stage.JUDGE, paths)
        return done

    def _chunks(
        self, stage: Stage, items: Iterable[T], key: Callable[[T], str], size: Callable[[T], int]
    ) -> Iterator[list[T]]:
        """Group ``items``; those that the last run left unended come alone."""
        before = marks.interrupted(self.ledger, self.year, stage)
        chunk: list[T] = []
        held = 0
        for item in items:
            if key(item) in before:
                yield [item]
                continue
            chunk.append(item)
            held += size(item)
            if len(chunk) >= self.pool.appetite or held > _CHUNK_BYTES:
                yield chunk
                chunk, held = [], 0
        if chunk:
            yield chunk

    def _done(
        self, stage: Stage, works: Sequence[ItemWork[T]], named: Callable[[T], tuple[str, str]]
    ) -> Iterator[tuple[T, Outcome]]:
        """Do ``works`` between their marks."""
        before = marks.interrupted(self.ledger, self.year, stage)
        fresh = [work for work in works if before.get(named(work.key)[0], 0) < _TRIES]
        yield from ((work.key, JobFailure(STOPPED)) for work in works if work not in fresh)
        if fresh:
            load_ahead(*_NEEDED_NEXT, then=self.ahead)
            names = dict(named(work.key) for work in fresh)
            self._begin(stage, names)
            yield from intake.carried_out(self.pool, fresh, self.spent)
            marks.end(self.ledger, self.year, stage, names)

    def _begin(self, stage: Stage, paths: Mapping[str, str]) -> None:
        self.tell(f"  开始{_WORDS[stage]}　{'、'.join(paths.values())}")
        marks.begin(self.ledger, self.year, stage, paths, now=self.now)

    def _note(self, stage: Stage, digest: str, path: str, failure: JobFailure) -> None:
        said = f"  搁置　{path}　{_WORDS[stage]}没有完成（{failure.kind}）"
        self.tell(f"{said}\n{failure.detail}" if failure.detail else said)
        marks.note(self.ledger, self.year, stage, {digest: (path, failure.kind)}, now=self.now)


def reader_of(district: District) -> str:
    """Name what a reading depends on besides its file."""
    return digest_of((program(), district.form, district.form_mark))
