"""Notices go in; the marks of single cells come out: how heavy, and a comment that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.forms.form import Form
from pipeline.messages import SEVERITY_WORDS
from pipeline.model import Notice, Severity
from pipeline.publishing.workbook.areas import line_count

AUTHOR = "政务公开办"
_LONGEST_SENTENCE = 2000
_BOX_WIDTH = 300
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one cell: the heaviest severity and what all its notices say."""

    severity: str
    comment: str

    def options(self, font: str) -> dict[str, str | float]:
        """Return the look of the comment box, large enough to be read without dragging it."""
        lines = line_count(self.comment, _BOX_WIDTH / 6)
        height = 17 * lines + 14
        return {
            "author": AUTHOR, "font_name": font, "font_size": 9, "width": _BOX_WIDTH, "height": height,
        }  # fmt: skip


def marks_of(form: Form, notices: Iterable[Notice]) -> dict[str, Mark]:
    """Return the mark of each field that a notice speaks of."""
    by_key: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.key in form.places:
            by_key.setdefault(str(notice.key), []).append(notice)
    return {key: _mark(found) for key, found in by_key.items()}


def _mark(notices: list[Notice]) -> Mark:
    heaviest = max((Severity(notice.severity) for notice in notices), key=lambda severity: severity.weight)
    return Mark(heaviest.value, "\n".join(_sentence(notice) for notice in notices))


def _sentence(notice: Notice) -> str:
    hint = f"\n怎么改：{shortened(notice.hint)}" if notice.hint else ""
    return _printable(
        f"【{SEVERITY_WORDS[notice.severity]}】{shortened(notice.fault or notice.message)}{hint}"
    )


def _printable(text: str) -> str:
    """Replace what XML cannot hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def shortened(text: str, most: int = _LONGEST_SENTENCE) -> str:
    """Return ``text``, or its beginning and how long it is."""
    return text if len(text) <= most else f"{text[:most]}……（共 {len(text)} 字）"
