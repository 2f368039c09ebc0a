"""The name of a file and whose it says it is go in; the other agency that its name speaks of comes out.

A clerk who fills in another agency's template leaves that one's name in it, and calls the file by his own. Only what is plain
counts: a whole name of one other agency on the roster, and no word of the agency that the file itself states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipeline.intake.read.labels import normalise

if TYPE_CHECKING:
    from pipeline.model import Agency

_SHORTEST_NAME = 3
_SHORTEST_STEM = 2
_SUBJECT = re.compile(r"政府信息(?:公开)?|政务公开|信息公开")
"""What the report is about: 临平区政府信息公开年报 does not speak of 区政府."""
_OF_A_PLACE = re.compile(r".{0,6}[省市区县旗镇乡]")
_OF_THE_CITY = re.compile(r"[省市厅]$")
"""Before a name that names no place: 市财政局 is not the district's 财政局."""
_TO = re.compile(r"(?:(?<!年)报|报送|上报|[致给呈送发交转])$")
_BY = re.compile(r"(?:收|转|下发|印发|发|要求|退回|审核|审定|核|反馈|提供|统一|制)")
"""Around the name of whom a file goes to, or from whom its template or its corrections came."""
_ENDS = re.compile(r"(?:人民政府|办事处|街道办|委员会|办公室|街道|管理局|[镇乡局委办])$")


def names_of(roster: Iterable[Agency]) -> tuple[tuple[str, Agency], ...]:
    """Return the names, folded, by which the name of a file may speak of an agency."""
    names = ((_folded(name), agency) for agency in roster for name in agency.names)
    return tuple((name, agency) for name, agency in names if len(name) >= _SHORTEST_NAME)


def other_named(
    path: str, own: Agency, said: Iterable[str], names: Sequence[tuple[str, Agency]]
) -> Agency | None:
    """Return the one agency, other than ``own``, one of whose ``names`` stands in the name of the file at ``path``.

    None where the path has a word of ``own``, or of what the file ``said`` of itself, where one name contains the other,
    or where the two bodies are parts of one another.
    """
    text = _SUBJECT.sub("　", _folded(PurePosixPath(path).stem))
    mine = {_folded(name) for name in (*own.names, *said) if name}
    whole = _SUBJECT.sub("　", _folded(path))
    if any(stem in whole for name in mine for stem in _stems(name)):
        return None
    hits = [(name, agency) for name, agency in names if name in text and _stands_in(text, name)]
    longest = [(name, agency) for name, agency in hits if not any(name in other != name for other, _ in hits)]
    if len({agency.code for _, agency in longest}) != 1:
        return None
    name, found = longest[0]
    is_same = any(name in one or one in name for one in mine)
    return None if is_same or _are_related(own, found) else found


def _folded(text: str) -> str:
    return normalise(text).casefold()


def _stems(name: str) -> Iterator[str]:
    """Yield a name and what is left of it without its place and its kind of body: 北塘镇人民政府 is also called 北塘."""
    yield name
    left = name
    while (shorter := _ENDS.sub("", left)) != left:
        left = shorter
        for stem in (left, left[_end_of_place(left) :]):
            if len(stem) >= _SHORTEST_STEM:
                yield stem


def _end_of_place(name: str) -> int:
    found = re.match(r".*[省市区县旗]", name)
    return found.end() if found else 0


def _stands_in(text: str, name: str) -> bool:
    """Whether ``name`` stands in ``text`` as that of the body whose file it is."""
    for found in re.finditer(re.escape(name), text):
        before, after = text[: found.start()], text[found.end() :]
        is_of_another = _OF_THE_CITY.search(before) and not _OF_A_PLACE.match(name)
        if not (is_of_another or _TO.search(before) or _BY.match(after)):
            return True
    return False


def _are_related(one: Agency, other: Agency) -> bool:
    """Whether one is, or was, a part of the other."""
    return any(
        part.code in (whole.merged_into, whole.split_from) for part, whole in ((one, other), (other, one))
    )
