"""待办.xlsx goes in, as a person saved it with whatever program; what was written into its yellow cells comes out.

Columns are found by their headings, rows by the number at their end; how the rest looks by now does not matter. What was
written and cannot be understood is told: nobody decides something that then did not happen, or of another than the row names.
It is read as a file from outside is: guarded first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from pipeline.machine.durable import read_whole
from pipeline.model import ConfigError, Finding
from pipeline.publishing.todo_book import (
    ABOUT,
    CHOICE,
    DONE,
    KEY,
    MORE,
    OPEN,
    OTHER,
    PERSON,
    REASON,
    REVOKE,
    REVOKE_PERSON,
    REVOKE_REASON,
    FilledDecision,
    Todo,
    marked,
    of_row,
)

_COLUMNS: Mapping[str, Sequence[str]] = {
    OPEN: (CHOICE, REASON, PERSON, MORE),
    OTHER: (CHOICE, REASON, PERSON, MORE),
    DONE: (REVOKE, REVOKE_REASON, REVOKE_PERSON),
}
"""Where a person writes, by sheet; the last one may be missing in a workbook of an earlier program."""
_NEEDED = 3
_FAR = "右边或下面很远的地方写有内容，没有读；请删去多余的行和列"
_TOO_LARGE = "太大，没有读"
_REFUSED = {
    "too_large": _TOO_LARGE,
    "encrypted": "设有密码，没有读；请去掉密码",
    "hostile": "结构不正常（{reason}），可能已经损坏，没有读；右边或下面很远的地方写有内容的，请删去多余的行和列",
}
"""Why the guard refused a workbook; for any other reason it is damaged."""
_SUFFIX = ".xlsx"
_OTHER_KINDS = ("xls", "xlsb", "ods")
"""Kinds of workbooks that are whole, although their name says another kind."""
_RENAMED = "内容是 .{kind} 格式，只把名称改成了 .xlsx，没有读；请用 Excel 或 WPS 打开，另存为 .xlsx"
_DAMAGED = "已经损坏，或者不是 Excel 工作簿"


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
        sheets = _sheets(path) if path.suffix.lower() == _SUFFIX else _sheets_of_another_kind(path)
    except _UnreadError as error:
        return FilledBook(lost=(f"{error}，里面写的决定都没有办",))
    found = [item for name in _COLUMNS for item in _in_sheet(name, sheets.get(name))]
    return FilledBook(
        [item for item in found if isinstance(item, FilledDecision)],
        [item for item in found if isinstance(item, str)],
    )


def shows(path: Path, todo: Todo) -> bool:
    """Whether the workbook at ``path`` was built from ``todo`` and nobody has written into it since."""
    if not path.is_file():
        return False
    filled = read_filled(path)
    is_as_left = not filled.lost and {item.key: item for item in filled.decisions} == dict(todo.kept)
    return is_as_left and marked(path) == todo.mark


def _sheets(path: Path) -> Mapping[str, Sequence[Sequence[object]]]:
    """Return the rows of the sheets that are known. Raises _UnreadError for what is no such workbook."""
    from pipeline.intake.guard.package import MAX_BYTES  # noqa: PLC0415 - only where there is one
    from pipeline.intake.guard.refusal import Refused  # noqa: PLC0415

    if path.stat().st_size > MAX_BYTES:
        raise _UnreadError(_TOO_LARGE)
    try:
        return _read(read_whole(path))
    except Refused as refused:
        raise _UnreadError(_refusal(refused.finding)) from None


def _sheets_of_another_kind(path: Path) -> Mapping[str, Sequence[Sequence[object]]]:
    """Return the rows of the sheets that are known, of a workbook saved as .ods, .xls or .et. Raises _UnreadError, OSError."""
    from pipeline.district.tables import read_tables  # noqa: PLC0415 - only where there is one

    try:
        return {table.sheet: table.rows for table in read_tables(path) if table.sheet in _COLUMNS}
    except ConfigError:
        raise _UnreadError(_DAMAGED) from None


@lru_cache(
    maxsize=8
)  # a run asks several times: what is decided, whether it is to be written anew, what copies and former campaigns hold
def _read(content: bytes) -> Mapping[str, Sequence[Sequence[object]]]:
    """Read the sheets of a workbook that the guard lets pass. Raises Refused and _UnreadError."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only where there is one

    from pipeline.intake.guard.refusal import Refused  # noqa: PLC0415

    plain = _guarded(content)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(plain))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
            if name in _COLUMNS
        }
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - a panic of the reader's Rust code is no Exception
        raise Refused("damaged") from None


def _guarded(content: bytes) -> bytes:
    """Return a workbook of the parts that were looked at, and no others. Raises Refused and _UnreadError."""
    from pipeline.intake.guard import ole, package  # noqa: PLC0415 - only where there is one
    from pipeline.intake.guard.extents import within_extents  # noqa: PLC0415
    from pipeline.intake.guard.refusal import not_a_workbook  # noqa: PLC0415

    if content.startswith(ole.MAGIC):  # behind a password, or of another kind than its name says
        raise not_a_workbook(ole.kind_of(content))
    opened = package.open_package(content)
    if (kind := package.kind_of(opened)) != "xlsx":
        raise not_a_workbook(kind)
    parts = {
        name: data
        for name, data in package.inflate_all(opened).items()
        if name.endswith((".xml", ".rels"))  # no others are looked into
    }
    if any(b"sheetData" in data and within_extents(data) is not data for data in parts.values()):
        raise _UnreadError(_FAR)
    return package.rebuilt(opened, parts)


def _refusal(finding: Finding) -> str:
    if finding.facts.get("kind") in _OTHER_KINDS:
        return _RENAMED.format(kind=finding.facts["kind"])
    return _REFUSED.get(finding.variant, _DAMAGED).format_map(finding.facts)


def _in_sheet(sheet: str, values: Sequence[Sequence[object]] | None) -> Iterator[FilledDecision | str]:
    """Yield what was decided on a sheet, and in sentences what cannot be understood."""
    if values is None:
        yield f"没有“{sheet}”这个表，写在别的表里的决定没有办；请不要改表的名称"
        return
    rows, names = [*map(_texts, values)], _COLUMNS[sheet]
    wanted = {KEY, *names[:_NEEDED]}
    head = next((number for number, row in enumerate(rows) if wanted <= set(row)), None)
    if head is None:
        headings = "”“".join((KEY, *names[:_NEEDED]))
        yield f"“{sheet}”的标题行被改过，找不到“{headings}”各栏，这个表里写的决定没有办"
        return
    at = [rows[head].index(name) for name in (KEY, *names) if name in rows[head]]
    about = [rows[head].index(name) if name in rows[head] else None for name in ABOUT[sheet]]
    for number, row in enumerate(rows[head + 1 :], head + 2):
        key, *written = (row[place] for place in at)
        raw = values[number - 1]
        words = ["" if place is None else _text(raw[place]) for place in about]
        item = FilledDecision(of_row(key, words) or "", *written)
        if item.is_blank:
            continue
        why = f"的“{KEY}”不是这一行的" if key else f"没有“{KEY}”，认不出是哪件事"
        lost = f"“{sheet}”第 {number} 行（{_spoken(row, item)}）{why}，没有办；{_REMEDIES[bool(key)]}"
        yield item if item.key else lost


_REMEDIES = (
    "请写在程序列出的那一行",
    "请不要改动“编号”和它前面程序写的各栏，排序时要选整个表",
)


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
