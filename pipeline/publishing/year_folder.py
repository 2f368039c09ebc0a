"""Files of a run go in; they stand in the year's folder, which people share: nothing that a person did there is lost.

Every file is written beside its place first; then all are forced to the disk and their digests recorded; then each is
renamed into its place. So whatever else stands there was put there by somebody: it is kept beside under a name that says so before its place is
taken. A file that cannot be replaced, because a program has it open, gets its new state beside it, and the run goes on.

Names are joined as ``durable`` joins them, for there are thousands.
"""
# ruff: noqa: PTH113, PTH116, PTH118

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count, islice
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from pipeline.machine import durable
from pipeline.machine.durable import (
    checkpoint,
    discard,
    flush,
    patiently,
    put_in_place,
    read_whole,
    write_beside,
    write_whole,
)
from pipeline.model import Made
from pipeline.publishing.files import folded_path, is_spelled_so, same_bytes

_IN_THE_WAY = (PermissionError, IsADirectoryError)
"""What a disk says where a program has a file open, or a folder stands in its place."""
EDITED, BEFORE, NEW = "手工修改", "升级前", "新"
"""What the names of files say that stand beside others: a person's own state, what was there when nobody kept account of it,
and the state that belongs in its place."""


class Staged(NamedTuple):
    """A file that is to stand at ``path``; ``is_new``: it lies beside its place, for something else stands there."""

    path: str
    digest: str
    size: int
    is_new: bool


class Aside(NamedTuple):
    """A file of ``path`` and the path under which another state of it stands beside it."""

    path: str
    beside: str


def stage(folder: Path, path: str, content: bytes) -> Staged:
    """Write ``content`` beside the place of ``path`` unless it stands there already. Raises OSError. Runs in any worker."""
    [staged] = stage_copies(folder, [path], content)
    return staged


def stage_copies(folder: Path, paths: Iterable[str], content: bytes) -> list[Staged]:
    """Do what ``stage`` does for several places of the same content."""
    digest = hashlib.sha256(content).hexdigest()
    staged = []
    for path in paths:
        place = os.path.join(folder, path)
        is_new = not same_bytes(place, content)
        if is_new:
            write_beside(place, content, flushes=False)
        staged.append(Staged(path, digest, len(content), is_new))
    return staged


def is_as_written(folder: Path, path: str, made: Made) -> bool:
    """Whether ``path`` in ``folder`` holds what was written there last; one that nobody touched since is not opened."""
    place = os.path.join(folder, path)
    try:
        stat = os.stat(place)
    except OSError:
        return False
    if not S_ISREG(stat.st_mode):
        return False
    if (stat.st_size, stat.st_mtime_ns) == (made.size, made.modified):
        return True
    return stat.st_size == made.size and _digest(Path(place)) == made.digest


@dataclass(slots=True)
class YearFolder:
    """The folder of a year as a run leaves it. ``known`` is what the runs before wrote, by path.

    ``note`` records the digests of what is about to be put in place. ``drafts`` are files that people are asked to
    complete: one that was edited stays as it is as long as nothing else would be written. ``adopts``: what nothing is
    known of was written by a program that kept no account of it.
    """

    path: Path
    known: Mapping[str, Made]
    note: Callable[[Mapping[str, str]], object]
    today: date
    drafts: frozenset[str] = frozenset()
    adopts: bool = False
    written: list[str] = field(default_factory=list)
    kept: list[Aside] = field(default_factory=list)
    """What persons had done to files that were replaced."""
    blocked: list[Aside] = field(default_factory=list)
    """What could not be replaced."""
    made: dict[str, Made] = field(default_factory=dict)
    """What stands in the folder now, of what went through here."""
    _by_folded: dict[str, str] = field(default_factory=dict)
    """The first ``_folded`` paths of ``made``, by what a disk may take for them; most runs never ask."""
    _folded: int = 0

    def write(self, path: str, content: bytes) -> None:
        """Put one file in its place."""
        self.place([stage(self.path, path, content)])

    def place(self, staged: Iterable[Staged]) -> None:
        """Put every file in its place. Raises OSError where not even a place beside can be had; what was written beside is taken away then."""
        several: dict[str, Staged] = {}
        try:
            several.update((item.path, item) for item in staged)  # of two under one name the later
            if any(item.is_new for item in several.values()):
                flush(self.path)
            self.note({item.path: item.digest for item in several.values() if self._is_news(item)})
            for item in several.values():
                self.made[item.path] = self._placed(item)
        except OSError:
            for item in several.values():
                discard(self.path / item.path)
            raise

    def stay(self, path: str, basis: str) -> None:
        """Leave a file that stands as it was written and is made of ``basis``, the same as before."""
        known = self.known[path]
        self.made[path] = Made(basis, known.size, known.read, known.digest, modified=known.modified)

    def where(self, path: str) -> str:
        """Return where the state of ``path`` that this run made stands: in its place or, if that was blocked, beside it."""
        made = self.made.get(path)
        return (made.beside if made else "") or path

    def remove(self, path: str) -> bool:
        """Remove what is not written any more; what a person made of it stays, under another name. Return whether it was there."""
        place = self.path / path
        if not place.is_file() or self._stands_under_another_case(path):
            return False
        try:
            if mark := self._foreign(path):
                self._keep(path, mark)
            else:
                durable.remove(place)
        except _IN_THE_WAY:
            self.blocked.append(Aside(path, ""))
        return True

    def _stands_under_another_case(self, path: str) -> bool:
        """Whether the file at ``path`` is one that this run made, which the disk finds by either name."""
        if self._folded < len(self.made):
            self._by_folded |= {folded_path(other): other for other in islice(self.made, self._folded, None)}
            self._folded = len(self.made)
        other = self._by_folded.get(folded_path(path))
        return other not in {None, path} and not (
            is_spelled_so(self.path, path) and is_spelled_so(self.path, str(other))
        )

    def _written_at(self, path: str) -> Made | None:
        """Return what the runs before wrote at ``path``, or where the disk tells no case apart under the name that it had then."""
        known = self.known.get(path)
        if (known and known.digest) or is_spelled_so(self.path, path):
            return known
        wanted = folded_path(path)
        return next((made for other, made in self.known.items() if folded_path(other) == wanted), known)

    def _is_news(self, item: Staged) -> bool:
        known = self.known.get(item.path)
        return known is None or known.digest != item.digest

    def _placed(self, item: Staged) -> Made:
        beside = self._put(item) if item.is_new else ""
        if not item.is_new and item.path not in self.known:
            self._respell(item.path)
        stat = os.stat(os.path.join(self.path, beside or item.path))
        known = self.known.get(item.path)
        if known and known.beside and known.beside != beside:
            self._drop(known.beside, known)
        return Made(
            "", item.size, None, item.digest, modified=0 if beside else stat.st_mtime_ns, beside=beside
        )

    def _respell(self, path: str) -> None:
        """Give a file that holds what it is to hold, and was found by a name that differs in case, its own name."""
        if is_spelled_so(self.path, path):
            return
        place = self.path / path
        wanted = folded_path(place.name)
        for former in [name for name in os.listdir(place.parent) if folded_path(name) == wanted]:  # noqa: PTH208
            with suppress(*_IN_THE_WAY):  # somebody has it open: it is found by either name here
                patiently(partial(place.with_name(former).rename, place))

    def _put(self, item: Staged) -> str:
        """Replace what stands in the place of ``item``; return the path beside it where that cannot be."""
        place = os.path.join(self.path, item.path)
        if os.path.isfile(place) and (mark := self._foreign(item.path)):
            if item.path in self.drafts and not self._is_news(item):
                discard(self.path / item.path)
                return ""
            try:
                self._keep(item.path, mark)
            except _IN_THE_WAY:
                return self._put_beside(item.path)
        try:
            put_in_place(place)
        except _IN_THE_WAY:
            return self._put_beside(item.path)
        self.written.append(item.path)
        return ""

    def _put_beside(self, path: str) -> str:
        """Give the new state of ``path`` a name of its own; the same one every time, unless that is open as well.

        Where a name is refused that nothing has yet, it is the new state itself that somebody holds, or the folder lets nobody write.
        """
        place, last = self.path / path, OSError(path)
        for name in _names(place, NEW, tries=9):
            try:
                put_in_place(place, under=name)
            except _IN_THE_WAY as error:
                last = type(error)(error.errno, error.strerror, str(place))
                if name.exists():
                    continue
                break
            beside = name.relative_to(self.path).as_posix()
            self.blocked.append(Aside(path, beside))
            return beside
        discard(place)
        raise last

    def _foreign(self, path: str) -> str:
        """Return by which mark the file at ``path`` is to be kept: one that a person changed, or put there, or may have changed.

        Of what a program wrote that kept no digests the size may be known. Where nothing is, what people work on is kept
        without a claim that they did.
        """
        known = self._written_at(path)
        if known and known.digest:
            return "" if _digest(self.path / path) in (known.digest, known.former) else EDITED
        if known and known.size:
            return "" if os.stat(os.path.join(self.path, path)).st_size == known.size else EDITED
        if not self.adopts and not (known and known.basis):
            return EDITED
        return BEFORE if path in self.drafts or "/" not in path else ""

    def _keep(self, path: str, mark: str) -> None:
        place = self.path / path
        beside = next(name for name in _names(place, f"{mark} {self.today:%m-%d}") if not name.exists())
        patiently(partial(place.rename, beside))
        checkpoint(f"keep {beside.name}")
        if mark == EDITED:
            self.kept.append(Aside(path, beside.relative_to(self.path).as_posix()))

    def _drop(self, beside: str, known: Made) -> None:
        """Remove what stood beside a blocked file, which has it in its own place now."""
        place = self.path / beside
        try:
            if place.is_file() and _digest(place) in (known.digest, known.former):
                durable.remove(place)
        except _IN_THE_WAY:  # somebody reads it; it says what it says
            return


def keep_copy(place: Path, day: date) -> str:
    """Keep what a person made of the file at ``place`` beside it, once; return the name. Raises OSError."""
    content = read_whole(place)
    for beside in _names(place, f"{EDITED} {day:%m-%d}"):
        if not beside.exists():
            write_whole(beside, content)
        if read_whole(beside) == content:
            return beside.name
    raise AssertionError("names have no end")


def _names(place: Path, mark: str, tries: int | None = None) -> Iterable[Path]:
    numbers = count(1) if tries is None else range(1, tries + 1)
    for number in numbers:
        yield place.with_name(f"{place.stem}（{mark}{f' {number}' if number > 1 else ''}）{place.suffix}")


def _digest(place: Path) -> str:
    with durable.naming_file(place), place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
