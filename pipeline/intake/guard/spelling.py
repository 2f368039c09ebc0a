"""The XML of a part of an .xlsx goes in; the same in one plain spelling comes out, which every reader understands alike.

An event parser reads each part, rows and shared texts that came before aside (see ``stretches``): what is no XML is refused. A part
that is spelled as Excel and WPS spell it stays as it is; so does one that only writes Chinese as references (openpyxl), with the
characters themselves. Any other, with prefixes, comments, references inside of values, cells without addresses, is written anew from
its events (see ``rewriting``), so that the reader and everything that looks at its bytes see the same cells.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.intake.guard.ordinary import decoded, is_ordinary
from pipeline.intake.guard.rewriting import Rewriter
from pipeline.intake.guard.stretches import KnownStretches
from pipeline.intake.guard.wellformed import are_well_formed, is_surely_ordinary

_SMALL = 64 * 1024
_DECLARED_ASCII = re.compile(
    rb"\s{0,9}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"'](?:us-)?ascii", re.IGNORECASE
)
_REFERENCES = re.compile(rb"(?:&#\d{3,7};)++")
"""Characters beyond ASCII, as a program writes them that writes ASCII only."""
_WITH_REFERENCES = re.compile(rb"(&#[&#;\d]++)")
"""Where references are, with the digits and signs among them: found in a fraction of the time, and much the same in every file."""
_BEYOND_ASCII = ((0xA0, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_ROWS = r"""
    (?:<row[ ]r="(\d{1,3})"(?:[ ](?!r=)[\w:]{1,40}="[^"<]*+")*+(?:/>|>
        (?:<c[ ]r="[AB]?[A-Z]\1"(?:[ ]s="\d{1,5}")?+CELL)*+
    </row>))*+
    """
_FORMULA = r"""(?:<f(?:[ ][^<>']*+)?+>(?:(?<=/>)|[^<]*+</f>))?+"""
_TEXT_WITHIN = r"""<is><t(?:[ ]xml:space="preserve")?+>[^<]*+</t></is>"""


def _rows(*kinds: tuple[str, str]) -> re.Pattern[bytes]:
    """Match rows of cells, each of one of ``kinds``: its type as an attribute, and what it holds after a formula."""
    cells = "|".join(f"{kind}(?:/>|>{_FORMULA}(?:{held})?+</c>)" for kind, held in kinds)
    return re.compile(_ROWS.replace("CELL", f"(?:{cells})").encode(), re.VERBOSE)


_CELLS_AS_USUAL = _rows((r"""(?:[ ]t="\w{1,9}")?+""", f"<v>[^<]*+</v>|<v/>|{_TEXT_WITHIN}"))
"""Rows of cells as programs write them: an address up to BZ999 in the row in which it stands, then a formula, then a value or a text, and nothing inside another.

Possessive throughout: no byte is looked at twice, whatever stands there.
"""
_CELLS_TO_WAIT = _rows(
    (
        '(?:[ ]t="n")?+',
        r"<v>(?:-?\d{1,20}(?:\.\d{1,20})?+(?:[eE][-+]?\d{1,3})?+)?+</v>|<v/>",
    ),
    ('[ ]t="s"', r"<v>\d{1,7}</v>"),
    ('[ ]t="str"', "<v>[^<]*+</v>|<v/>"),
    ('[ ]t="inlineStr"', _TEXT_WITHIN),
    ('[ ]t="b"', "<v>[01]</v>"),
    ('[ ]t="e"', r"<v>\#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)</v>"),
)
"""The same, and each value is one of its type, so that no reader will refuse it later on."""
_SHARED_TEXTS = rb'(?:<si><t(?: xml:space="preserve")?+>[^<]*+</t></si>)*+'
_TEXTS_AS_USUAL = re.compile(_SHARED_TEXTS)
_TEXTS_TO_THE_END = re.compile(_SHARED_TEXTS + rb"</sst>\s{0,9}")
"""Shared texts of which each looks the same throughout, possessive as well."""
_CELLS_BEGIN, _CELLS_END = b"<sheetData>", b"</sheetData>"
_CELL = re.compile(rb"<(?:c|row)[\s/>]")
_ODD_IN_TEXTS = (b"<sheetData", b"strike", b"vertAlign", b"<styleSheet")
_FEW = 500
"""Of signs that are hardly there: so many are looked at one by one, which is much faster than to search for two at once."""
_PREFIXED = re.compile(rb":(?:c|row|v|f|is|t|si|sst|r|mergeCells?|cols?|sheetData|strike|vertAlign)[\s/>]")


class Spelled(NamedTuple):
    """A part in the plain spelling. ``is_near``: of a sheet, every cell and row is plainly addressed, none beyond BZ999."""

    data: bytes
    is_near: bool = False


def plain(data: bytes) -> bytes:
    """Return a sheet, the shared texts or the styles in the plain spelling. Raises Refused."""
    return spelled(data).data


def spelled(data: bytes) -> Spelled:
    """Return a part in the plain spelling, and what was seen of its extents on the way. Raises Refused."""
    return _remembered(data) if len(data) <= _SMALL else _spelled(data)


def unspelled(data: bytes) -> Spelled | None:
    """Look at a sheet that will hardly be read, without writing it anew; None where some cell is not plainly addressed and near.

    Its texts may hold references, which ``plain`` writes as characters. Raises Refused.
    """
    return _remembered_unspelled(data) if len(data) <= _SMALL else _unspelled(data)


def _unspelled(data: bytes) -> Spelled | None:
    around = _around(data, _CELLS_BEGIN, _CELLS_END)
    if around and _rows_to_wait.are_usual(data[slice(*around)]):
        return Spelled(data, is_near=True)
    return _unspelled_whole(data)


def _unspelled_whole(data: bytes) -> Spelled | None:
    start, end = data.find(_CELLS_BEGIN), data.rfind(_CELLS_END)
    is_plain = (
        0 <= start < end
        and decoded(data) is data
        and _CELLS_TO_WAIT.fullmatch(data, start + len(_CELLS_BEGIN), end)
        and not (_has_odd_marks(data[:start]) or _has_odd_marks(data[end:]))
    )
    return Spelled(data, is_near=True) if is_plain and _is_near(data) and is_ordinary(data) else None


def _spelled(data: bytes) -> Spelled:
    return _spelled_by_stretches(data) or _spelled_whole(data)


def _spelled_by_stretches(data: bytes) -> Spelled | None:
    """Spell a sheet or the shared texts without a look at what came before; None where something is not as usual."""
    if around := _around(data, _CELLS_BEGIN, _CELLS_END):
        rows = data[slice(*around)]
        if not _are_single(rows, b'<row r="'):
            return None
        written = _known_rows.spelled(rows)
        if written is None:
            written = _plain_rows(rows)
        if written is not None:
            return Spelled(
                data if written is rows else data[: around[0]] + written + data[around[1] :], is_near=True
            )
    elif around := _around(data, b"<si>", b"</sst>"):
        texts = data[slice(*around)]
        return Spelled(data) if _known_texts.are_usual(texts) or _plain_texts(texts) is not None else None
    return None


def _around(data: bytes, first: bytes, last: bytes) -> tuple[int, int] | None:
    """Return where the elements begin and end that stand from ``first`` to ``last``; None unless all around them is ordinary."""
    start, end = data.find(first), data.rfind(last)
    if not 0 <= start <= end or len(data) - (end - start) > _SMALL:
        return None
    start += len(first) if first == _CELLS_BEGIN else 0
    return (start, end) if _is_plain_frame(data[:start], data[end:]) else None


@lru_cache(maxsize=64)
def _is_plain_frame(before: bytes, after: bytes) -> bool:
    """Say whether what stands around rows or shared texts is ordinary, in UTF-8, and holds none of them itself."""
    frame = before + after
    return (
        is_surely_ordinary(frame)
        and not _DECLARED_ASCII.match(before, 0, 400)
        and not _are_odd_texts(frame.replace(_CELLS_BEGIN + _CELLS_END, b"", 1))
        and not _CELL.search(frame)
    )


def _plain_rows(rows: bytes) -> bytes | None:
    """Spell rows plainly; None where they are not as usual."""
    found = _characters_in(rows)
    is_usual = (
        _CELLS_AS_USUAL.fullmatch(found)
        and not _has_pair(found, b"&", b"#")
        and _are_single(rows, b'<c r="')
        and are_well_formed(rows)
    )
    return found if is_usual else None


def _rows_that_wait(rows: bytes) -> bytes | None:
    """Return rows of which each value is one of its type, whatever figures are in them; None where they are not as usual."""
    is_usual = b't="b"' not in rows and _CELLS_TO_WAIT.fullmatch(rows) and are_well_formed(rows)
    return rows if is_usual else None


def _plain_texts(texts: bytes) -> bytes | None:
    """Return shared texts of which each looks the same throughout; None where they are not as usual."""
    is_usual = (
        _TEXTS_AS_USUAL.fullmatch(texts) and not _has_pair(texts, b"&", b"#") and are_well_formed(texts)
    )
    return texts if is_usual else None


_known_rows = KnownStretches(b"</row>", _plain_rows)
_rows_to_wait = KnownStretches(b"</row>", _rows_that_wait)
_known_texts = KnownStretches(b"</si>", _plain_texts)


def _spelled_whole(data: bytes) -> Spelled:
    text = decoded(data)
    if is_ordinary(text) and text is data:
        found = _with_characters(data)
        if not _is_odd(found):
            return Spelled(found, _is_near(found))
    return Spelled(Rewriter(text).written)


def _with_characters(data: bytes) -> bytes:
    """Return the cells of ordinary XML with characters instead of references to them; those that mean something in XML stay.

    XML that says that it is ASCII stays as it is: it could not hold them.
    """
    start, end = data.find(_CELLS_BEGIN), data.rfind(_CELLS_END)
    if start < 0 or not _has_pair(data, b"&", b"#", start, end) or _DECLARED_ASCII.match(data, 0, 400):
        return data
    return data[:start] + _characters_in(data[start:end]) + data[end:]


def _characters_in(rows: bytes) -> bytes:
    if not _has_pair(rows, b"&", b"#"):
        return rows
    pieces = _WITH_REFERENCES.split(rows)
    written = pieces[1::2]
    is_short = max(map(len, written), default=0) < _WORTH_REMEMBERING
    pieces[1::2] = map(_remembered_characters if is_short else _characters, written)
    return b"".join(pieces)


def _characters(text: bytes) -> bytes:
    return _REFERENCES.sub(_of_references, text)


def _of_references(found: re.Match[bytes]) -> bytes:
    numbers = [int(number) for number in found[0][2:-1].split(b";&#")]
    if not all(any(least <= number <= most for least, most in _BEYOND_ASCII) for number in numbers):
        return found[0]
    return "".join(map(chr, numbers)).encode()


_remembered_characters = lru_cache(maxsize=2048)(_characters)  # labels are the same in every file
_WORTH_REMEMBERING = 8000
"""Bytes of references; longer ones are long texts of a clerk."""


_remembered = lru_cache(maxsize=64)(_spelled)  # half of the parts are the same in every file of a campaign
_remembered_unspelled = lru_cache(maxsize=8)(_unspelled)


def _is_odd(data: bytes) -> bool:
    """Say whether ordinary XML has to be written anew."""
    start, end = data.find(_CELLS_BEGIN), data.rfind(_CELLS_END)
    if start < 0:
        texts = data.find(b"<si>")
        looked_at = data[:texts] if texts >= 0 and _TEXTS_TO_THE_END.fullmatch(data, texts) else data
        return _has_pair(data, b"&", b"#") or _are_odd_texts(looked_at)
    if _has_odd_marks(data[:start]) or _has_odd_marks(data[end:]):
        return True
    start += len(_CELLS_BEGIN)
    return (
        _has_pair(data, b"&", b"#", start, end)
        or not _CELLS_AS_USUAL.fullmatch(data, start, end)
        or not _are_single(data[start:end], b'<c r="')
    )


def _are_single(rows: bytes, opening: bytes) -> bool:
    """Say whether no two rows, or no two cells, have one address; of rows as usual it is enough to ask this of those that are new."""
    addressed = rows.split(opening)[1:]
    return len({element[: element.find(b'"')] for element in addressed}) == len(addressed)


def _are_odd_texts(data: bytes) -> bool:
    return (
        _has_odd_marks(data)
        or any(mark in data for mark in _ODD_IN_TEXTS)
        or data.count(b"<si") > data.count(b"<si>")
    )


def _has_odd_marks(data: bytes) -> bool:
    """Say whether names have prefixes or values stand in single quotes; among the cells as usual there are none."""
    return _has_pair(data, b"=", b"'") or _PREFIXED.search(data) is not None


def _has_pair(data: bytes, first: bytes, second: bytes, start: int = 0, end: int | None = None) -> bool:
    """Say whether ``first`` stands right before ``second``, each of one byte, the latter rare."""
    at = data.find(second, start, end)
    for _ in range(_FEW):
        if at < 0:
            return False
        if data[at - 1 : at] == first:
            return True
        at = data.find(second, at + 1, end)
    return at >= 0 and data.find(first + second, at - 1, end) >= 0


def _is_near(data: bytes) -> bool:
    """Say whether the cells of a part that is not odd are all in the one place that was looked at."""
    start, end = data.find(_CELLS_BEGIN), data.rfind(_CELLS_END)
    if start < 0:
        return False
    before, after = data[:start], data[end + len(_CELLS_END) :]
    return not any(b"sheetData" in part or _CELL.search(part) for part in (before, after))
