"""待办.xlsx goes in, as a person saved it with whatever program; what was written into its yellow cells comes out.

Columns are found by their headings, rows by the number at their end; how the rest looks by now does not matter.
"""

from __future__ import annotations

import zipfile
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


def read_filled(path: Path) -> list[FilledDecision]:
    """Return what was written. Raises OSError; a file that is no workbook any more holds nothing."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only where there is one

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
            if name in _COLUMNS
        }
    except (CalamineError, zipfile.BadZipFile):
        return []
    return [item for name, rows in sheets.items() for item in _in_rows([*map(_texts, rows)], _COLUMNS[name])]


def _in_rows(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Iterator[FilledDecision]:
    wanted = {KEY, *names[:_NEEDED]}
    head = next((number for number, row in enumerate(rows) if wanted <= set(row)), None)
    if head is None:
        return
    at = [rows[head].index(name) for name in (KEY, *names) if name in rows[head]]
    for row in rows[head + 1 :]:
        item = FilledDecision(*(row[place] for place in at))
        if item.key and not item.is_blank:
            yield item


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
