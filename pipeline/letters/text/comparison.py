"""The findings of two versions go in; what is mended, what is still open and what is new come out.

Two findings are the same where code and cell are: the clerk may have typed another wrong value, the problem remains.
A cell that is now wrong in another way is not mended; what is wrong with it is new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.model import Notice, Severity, by_cause


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the findings that a clerk had to act on."""

    mended: tuple[Notice, ...]
    still_open: tuple[Notice, ...]
    new: tuple[Notice, ...]


def compare(before: Iterable[Notice], now: Iterable[Notice]) -> Comparison:
    """Compare two lists by code and cell; notes (说明) ask for nothing and are left out.

    What followed from another finding was not told and is neither mended nor open: it stands with its head.
    """
    old = {_mark(head): head for head, *_ in _by_head(before)}
    present = [item for item in now if item.severity != Severity.INFO]
    marks = {_mark(item) for item in present}
    wrong = {item.key for item in present if item.key}
    heads = {id(item): own[0] for own in _by_head(present) for item in own}
    is_old = [_mark(heads[id(item)]) in old for item in present]
    return Comparison(
        mended=tuple(item for mark, item in old.items() if mark not in marks and item.key not in wrong),
        still_open=tuple(item for item, was in zip(present, is_old, strict=True) if was),
        new=tuple(item for item, was in zip(present, is_old, strict=True) if not was),
    )


def _by_head(notices: Iterable[Notice]) -> list[list[Notice]]:
    """Return notices behind the one of their cause that is told, the first."""
    asking = (item for item in notices if item.severity != Severity.INFO)
    return by_cause(asking, lambda item: item.cause)


def _mark(notice: Notice) -> tuple[str, str | None, str | None]:
    """Where a finding is of no cell, its sheet and its fault tell it from others of the same code."""
    return notice.code, notice.key, None if notice.key else f"{notice.sheet}{notice.fault}"
