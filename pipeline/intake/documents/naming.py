"""The lines at the head of a document go in; whose report of which year it says it is comes out.

A title may stand on several lines and in several places. Where two of them contradict each other, nothing is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.intake.read.labels import normalise, period_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_MOST_LINES = 4
_HEAD, _LONGEST_LINE = 20, 120
"""Lines among which labels are looked for, and signs of each."""
_DATE = re.compile(r"\d{1,2}月\d{1,2}日|\d[-/.]\d{1,2}[-/.]\d")
"""A day on which something was filled in is no year that is reported."""
_LONGEST_NAME = 40
_PARTS = re.compile(r"[_|—–―\-]+")
_SPELLED_YEAR = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)")
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_NO_NAME = re.compile(r"[>,。:!?|/]|\d{3}")


@dataclass(frozen=True, slots=True)
class Named:
    """What a title says: empty and None where it says nothing or contradicts itself. ``lines`` are those it takes up."""

    agency: str = ""
    year: int | None = None
    lines: range = range(0)


def name_of(form: Form, head: Sequence[str], titles: Iterable[str], around: Sequence[str]) -> Named:
    """Read the title among the lines above the report (``head``), else in what the document calls itself, else nearby."""
    for lines in (head, _pieces(titles), around):
        found = list(_named(form, lines))
        if found:
            return _agreed(found)
    return next((named for lines in (head, around) if (named := _labelled(form, lines))), Named())


def _labelled(form: Form, lines: Sequence[str]) -> Named | None:
    """Read what stands behind the form's own labels, as above a table: 填报单位：某某局　　2023年第四季度. None where no agency does."""
    agency, period = (form.entry_with_role(role).label for role in ("agency", "year"))
    whose = re.compile(
        rf"{re.escape(agency)}\s?:\s?(?P<name>[^\s:,;]{{2,{_LONGEST_NAME}}}?)(?=\s|20\d\d年|$)(?P<rest>.*)"
    )
    which = re.compile(rf"{re.escape(period)}\s?:\s?(?P<rest>\S.*)")
    names: set[str] = set()
    said: set[int] = set()
    for line in lines[:_HEAD]:
        plain = unicodedata.normalize("NFKC", line[:_LONGEST_LINE]).strip()
        for found in (whose.match(plain), which.search(plain)):
            if found:
                names |= {found["name"]} if "name" in found.groupdict() else set()
                stated = None if _DATE.search(found["rest"]) else period_of(form.period, found["rest"])
                said |= {stated} if stated else set()
    if len(names) != 1:
        return None
    return Named(names.pop(), said.pop() if len(said) == 1 else None)


def _pieces(titles: Iterable[str]) -> list[str]:
    """Return titles whole and in the parts that portals join: name, column, site."""
    return [piece for title in titles for piece in (title, *_PARTS.split(title))]


def _named(form: Form, lines: Sequence[str]) -> Iterator[Named]:
    covered = -1
    for start in range(len(lines)):
        if start <= covered:
            continue
        for count in range(1, _MOST_LINES + 1):
            if start + count > len(lines):
                break
            found = _title(form, "".join(lines[start : start + count]))
            if found:
                covered = start + count - 1
                yield Named(found[0], found[1], range(start, start + count))
                break


def _title(form: Form, text: str) -> tuple[str, int] | None:
    plain = _SPELLED_YEAR.sub(lambda found: found[0].translate(_DIGITS), normalise(text).strip('《》()"'))
    for pattern in form.document_titles:
        found = re.fullmatch(pattern, plain)
        if found and len(found["agency"]) <= _LONGEST_NAME and not _NO_NAME.search(found["agency"]):
            period = period_of(form.period, found["year"] if form.period == "year" else plain)
            return (found["agency"], period) if period else None
    return None


def _agreed(found: Sequence[Named]) -> Named:
    years = {item.year for item in found}
    names = {item.agency for item in found if item.agency}
    longest = max(names, key=len, default="")
    agency = longest if all(name in longest for name in names) else ""
    return Named(agency, years.pop() if len(years) == 1 else None, found[-1].lines)
