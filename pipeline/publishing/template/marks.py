"""Notices go in; the marks of single cells come out: what must be changed, what is to be looked at, and why.

A cell to be changed, or to be confirmed, has the colour of its severity; one where an error only shows is pale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.forms.form import Form
from pipeline.model import Notice, Severity, by_cause
from pipeline.publishing.template.areas import line_count
from pipeline.wording.colours import RELATED
from pipeline.wording.messages import SEVERITY_WORDS

_FILL = "请填写这一格"
_LONGEST_SENTENCE = 2000
_BOX_WIDTH = 300
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


@dataclass(frozen=True, slots=True)
class CellMark:
    """The mark of one cell: its look (the heaviest severity, or ``related``) and what all its notices say."""

    severity: str
    comment: str
    author: str = ""
    """Who says so: the office that collects the form."""

    def options(self, font: str) -> dict[str, str | float]:
        """Return the look of the comment box, large enough to be read without dragging it."""
        lines = line_count(self.comment, _BOX_WIDTH / 6)
        height = 17 * lines + 14
        return {
            "author": self.author, "font_name": font, "font_size": 9, "width": _BOX_WIDTH, "height": height,
        }  # fmt: skip


def marks_of(form: Form, notices: Iterable[Notice]) -> dict[str, CellMark]:
    """Return the mark of each field that a notice speaks of."""
    by_key: dict[str, list[Notice]] = {}
    several = list(notices)
    for notice in several:
        for key in dict.fromkeys((*notice.change, *notice.look)) or [notice.key or ""]:
            if form.place_of(key):
                by_key.setdefault(key, []).append(notice)
    first = frozenset(id(head) for head, *_ in by_cause(several, lambda notice: notice.cause))
    return {key: _mark(form, key, found, first) for key, found in by_key.items()}


def looks_of(form: Form, notices: Iterable[Notice]) -> frozenset[str]:
    """Return the looks that cells of the workbook have."""
    return frozenset(mark.severity for mark in marks_of(form, notices).values())


def _mark(form: Form, key: str, notices: list[Notice], first: frozenset[int]) -> CellMark:
    """Return the mark of one cell; ``first`` are the notices, by identity, that follow from no other."""
    heaviest = max(
        (Severity(notice.severity) for notice in notices if _asks(notice, key, is_first=id(notice) in first)),
        key=lambda severity: severity.weight,
        default=None,
    )
    sentences = dict.fromkeys(_sentence(notice, key) for notice in notices)
    return CellMark(heaviest.value if heaviest else RELATED, "\n".join(sentences), form.words.office)


def _asks(notice: Notice, key: str, *, is_first: bool) -> bool:
    """Whether the notice asks something of this very cell: to change it or, of a warning that shows here alone, to confirm it."""
    is_confirmed_here = (
        is_first and notice.severity == Severity.WARNING and notice.key == key and not notice.change
    )
    return key in notice.change or not notice.look or is_confirmed_here


def _sentence(notice: Notice, key: str) -> str:
    """Say the problem; where it shows in another cell, also in which."""
    where = f"{notice.sheet} {notice.cell}：" if notice.key != key and notice.cell else ""
    to_fill = notice.key is None and key in notice.change
    hint = f"\n怎么改：{_FILL if to_fill else shortened(notice.hint)}" if notice.hint else ""
    said = shortened(notice.fault or notice.message)
    return _printable(f"【{SEVERITY_WORDS[notice.severity]}】{where}{said}{hint}")


def _printable(text: str) -> str:
    """Replace what XML cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def shortened(text: str, most: int = _LONGEST_SENTENCE) -> str:
    """Return ``text``, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}……（共 {len(text)} 字）"
