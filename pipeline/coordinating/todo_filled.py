"""待办.xlsx goes in, as a person saved it with whatever program; what was written into its yellow cells comes out.

Columns are found by their headings, rows by the number at their end; how the rest looks by now does not matter. What was
written and cannot be understood is told: nobody decides something that then did not happen.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

OPEN, OTHER, DONE = "待决定", "其他决定", "已决定"
KEY = "编号"
CHOICE, MORE, REASON, PERSON = "决定", "补充", "理由", "决定人"
REVOKE, REVOKE_REASON, REVOKE_PERSON = "撤销", "撤销的理由", "撤销人"
_COLUMNS: Mapping[str, Sequence[str]] = {
    OPEN: (CHOICE, REASON, PERSON, MORE),
    OTHER: (CHOICE, REASON, PERSON, MORE),
    DONE: (REVOKE, REVOKE_REASON, REVOKE_PERSON),
}
"""Where a person writes, by sheet; the last one may be missing in a workbook of an earlier program."""
_NEEDED = 3
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, LookupError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What the library's reader of archives raises for bytes that are none, or a part that is not whole."""
_LARGEST = 50 * 1024 * 1024
"""Bytes of such a workbook for more agencies than there are."""
_FAR = re.compile(rb"<c r=\"[A-Z]{2,3}\d")
"""A cell far to the right, where the workbook has none: whoever reads up to it reads a million columns of nothing."""


@dataclass(frozen=True, slots=True)
class FilledDecision:
    """What a person wrote into a row: the row's number, and texts that may be empty; ``more`` is a date, or an agency."""

    key: str
    choice: str = ""
    reason: str = ""
    person: str = ""
    more: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written."""
        return not (self.choice or self.reason or self.person or self.more)


@dataclass(frozen=True, slots=True)
class FilledBook:
    """What was written, row by row, and in sentences what of it cannot be understood."""

    decisions: Sequence[FilledDecision] = ()
    lost: Sequence[str] = ()


class _UnreadError(Exception):
    """Says in Chinese why nothing of a workbook was read."""


def read_filled(path: Path) -> FilledBook:
    """Return what was written. Raises OSError; never for what a person did to the workbook."""
    try:
        sheets = _sheets(path)
    except _UnreadError as error:
        return FilledBook(lost=(f"{error}，里面写的决定都没有办",))
    found = [item for name in _COLUMNS for item in _in_sheet(name, sheets.get(name))]
    return FilledBook(
        [item for item in found if isinstance(item, FilledDecision)],
        [item for item in found if isinstance(item, str)],
    )


def _sheets(path: Path) -> Mapping[str, Sequence[Sequence[object]]]:
    """Return the rows of the sheets that are known. Raises _UnreadError for what is no such workbook."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where there is one

    if path.stat().st_size > _LARGEST:
        raise _UnreadError("太大，没有读")
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
            if any(_FAR.search(package.read(name)) for name in parts):
                raise _UnreadError("右边很远的地方写有内容，没有读；请删去多余的列")
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
            if name in _COLUMNS
        }
    except (CalamineError, *_DAMAGED):
        raise _UnreadError("已经损坏，或者不是 Excel 工作簿") from None


def _in_sheet(sheet: str, values: Sequence[Sequence[object]] | None) -> Iterator[FilledDecision | str]:
    """Yield what was decided on a sheet, and in sentences what cannot be understood."""
    if values is None:
        yield f"没有“{sheet}”这个表，写在别的表里的决定没有办；请不要改表的名称"
        return
    rows, names = [*map(_texts, values)], _COLUMNS[sheet]
    wanted = {KEY, *names[:_NEEDED]}
    head = next((number for number, row in enumerate(rows) if wanted <= set(row)), None)
    if head is None:
        told = "”“".join((KEY, *names[:_NEEDED]))
        yield f"“{sheet}”的标题行被改过，找不到“{told}”各栏，这个表里写的决定没有办"
        return
    at = [rows[head].index(name) for name in (KEY, *names) if name in rows[head]]
    for number, row in enumerate(rows[head + 1 :], head + 2):
        item = FilledDecision(*(row[place] for place in at))
        if item.is_blank:
            continue
        lost = f"“{sheet}”第 {number} 行（{_spoken(row, item)}）没有“{KEY}”，认不出是哪件事，没有办；请写在程序列出的那一行"
        yield item if item.key else lost


def _spoken(row: Sequence[str], item: FilledDecision) -> str:
    """Say what a row is about, in its own words."""
    return "，".join(filter(None, (row[0][:_SHORT], item.choice[:_SHORT] or item.reason[:_SHORT])))


_SHORT = 30


def _texts(row: Sequence[object]) -> list[str]:
    return [" ".join(_text(value).split()) for value in row]


def _text(value: object) -> str:
    """Return a cell as it is read; a day that a program took for one is spelled as such."""
    match value:
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
