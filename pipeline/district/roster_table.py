"""A table as an office keeps it goes in; its rows under the headings of the roster come out, what is certain put right.

Read where certain: Chinese headings, a title above them, rows that only add up, examples, ``mailto:``, a level written
as 县 or 乡镇, zeros that a spreadsheet took from a code. Whatever is not certain is left for the roster to refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.district.tables import TextTable, is_blank

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS: Mapping[str, str] = {
    "code": "代码",
    "name": "单位名称",
    "aliases": "简称",
    "former_names": "曾用名",
    "kind": "类别",
    "level": "级别",
    "contact": "联系人",
    "phone": "电话",
    "email": "邮箱",
    "merged_into": "并入",
    "split_from": "分设自",
    "note": "备注",
}
"""What the columns are called in files for programs, and what people call them; the order of the sheet 名单."""
FOR_PROGRAMS = ".csv"
"""The suffix of a list whose columns may be called as programs call them; in a workbook people call them."""
_OTHER_WORDS = {
    "单位代码": "code", "编码": "code", "单位编码": "code", "编号": "code", "机构代码": "code",
    "名称": "name", "单位": "name", "单位全称": "name", "全称": "name", "填报单位": "name", "机关名称": "name",
    "部门名称": "name", "部门": "name", "机构名称": "name", "单位（部门）": "name", "报送单位": "name",
    "别名": "aliases", "单位简称": "aliases", "原名": "former_names", "原名称": "former_names",
    "类型": "kind", "单位类别": "kind", "单位类型": "kind", "单位级别": "level", "层级": "level",
    "经办人": "contact", "填报人": "contact", "姓名": "contact", "联络员": "contact", "联络人": "contact",
    "联系电话": "phone", "电话号码": "phone", "手机": "phone", "手机号": "phone", "办公电话": "phone", "联系方式": "phone", "座机": "phone", "手机号码": "phone",
    "电子邮箱": "email", "邮件": "email", "邮箱地址": "email", "电子邮件": "email", "email地址": "email", "e-mail": "email", "电子信箱": "email", "信箱": "email",
    "并入单位": "merged_into", "说明": "note",
}  # fmt: skip
_LEVELS = {
    **dict.fromkeys(("县", "区", "县级", "区级", "区县", "县(区)", "区(县)", "乡镇", "乡", "镇", "街道", "镇街", "乡镇街道"), "县区"),
    **dict.fromkeys(("设区市", "地级市", "设区的市级"), "设区的市"),
}  # fmt: skip
_SUMS = re.compile(r"(合计|总计|小计|共计)[:：]?|共\d+[家个].*")
_EXAMPLE = re.compile(r"例\d*")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[eE]\+?(\d+)")
_MOST_ABOVE = 10
_BRACKETED = re.compile(r"[^<>;；,，、]*<([^<>]+)>")


def column_name(key: str, roster: Path) -> str:
    """Return what a person reads of a column of the list ``roster``: its Chinese name, in a list for programs its heading too."""
    return f"“{HEADINGS[key]}”" + (f"（{key}）" if roster.suffix.casefold() == FOR_PROGRAMS else "")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of the table: its zero-based number, and its cells (zero-based column) by heading, put right."""

    number: int
    values: Mapping[str, str]
    columns: Mapping[str, int]


def folded(text: str) -> str:
    """Fold a heading or a label for comparison."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def heading_of(text: str) -> str:
    """Return the roster's name of a heading, or the heading as it stands, for the roster to refuse."""
    plain = folded(text)
    by_title = {folded(title): key for key, title in HEADINGS.items()}
    if plain in HEADINGS:
        return plain
    return by_title.get(plain) or _OTHER_WORDS.get(plain) or text.strip()


def head_row(table: TextTable) -> int:
    """Return the row of the headings: the first that has at least two of them; a title may stand above."""
    for number, row in enumerate(table.rows[:_MOST_ABOVE]):
        if sum(heading_of(value) in HEADINGS for value in row) > 1:
            above = [value for line in table.rows[:number] for value in line if value.strip()]
            return number if len(above) <= number * 2 else 0
    return 0


def as_own_columns(table: TextTable) -> tuple[TextTable, list[str]]:
    """Return a list that an office keeps for other purposes as a roster, and the columns that are none of a roster's, which are left out.

    Every cell stays where it is. Where there is no column of codes, the agencies are numbered in one behind the others.
    """
    head = head_row(table)
    titles = [heading_of(value) for value in table.rows[head]] if table.rows else []
    strange = {place for place, title in enumerate(titles) if title and title not in HEADINGS}
    rows = [
        tuple("" if place in strange and number >= head else value for place, value in enumerate(row))
        for number, row in enumerate(table.rows)
    ]
    if titles and "code" not in titles:
        codes = _numbered(rows, head)
        rows = [(*row, *[""] * (len(titles) - len(row)), codes.get(at, "")) for at, row in enumerate(rows)]
    return replace(table, rows=tuple(rows)), [table.rows[head][place].strip() for place in sorted(strange)]


def _numbered(rows: Sequence[Sequence[str]], head: int) -> dict[int, str]:
    """Return the heading of a column of codes and the codes below it, by row."""
    agencies = [
        number
        for number, row in enumerate(rows[head + 1 :], head + 1)
        if not (is_blank(row) or _is_aside(row, None))
    ]
    return {head: HEADINGS["code"], **{row: f"{code:03}" for code, row in enumerate(agencies, 1)}}


def roster_rows(table: TextTable, head: int) -> Iterator[RosterRow]:
    """Yield every row below the headings that is neither empty, nor an example, nor a sum."""
    columns = {heading_of(value): column for column, value in enumerate(table.rows[head]) if value.strip()}
    width = _width_of_codes(table, head, columns.get("code"))
    for number, row in enumerate(table.rows[head + 1 :], head + 1):
        if is_blank(row) or _is_aside(row, columns.get("code")):
            continue
        values = {key: row[column].strip() if column < len(row) else "" for key, column in columns.items()}
        yield RosterRow(
            number, _put_right(values, width if _lost_zeros(table, number, columns) else 0), columns
        )


def is_aside(code: str, others: Sequence[str]) -> bool:
    """Whether a row with this code is an example, or only adds up: then whatever else it holds are numbers."""
    if _EXAMPLE.fullmatch(folded(code)):
        return True
    filled = [text for text in map(folded, (code, *others)) if text]
    return bool(filled and _SUMS.fullmatch(filled[0])) and all(
        _SUMS.fullmatch(text) or text.rstrip("家个").replace(".", "").isdigit() for text in filled[1:]
    )


def _is_aside(row: Sequence[str], column: int | None) -> bool:
    code = row[column] if column is not None and column < len(row) else ""
    return is_aside(code, [text for place, text in enumerate(row) if place != column])


def doubtful_codes(table: TextTable, head: int) -> list[tuple[int, int]]:
    """Return the cells whose code is a number that may have lost its zeros: others are text, or nothing tells how it was shown."""
    column = next(
        (place for place, value in enumerate(table.rows[head]) if heading_of(value) == "code"), None
    )
    if column is None or _width_of_codes(table, head, column):
        return []
    filled = [
        number
        for number, row in enumerate(table.rows[head + 1 :], head + 1)
        if column < len(row) and row[column].strip() and not _is_aside(row, column)
    ]
    numbers = [(number, column) for number in filled if (number, column) in table.numeric]
    return [] if table.is_shown and len(numbers) == len(filled) else numbers


def _lost_zeros(table: TextTable, number: int, columns: Mapping[str, int]) -> bool:
    return "code" in columns and (number, columns["code"]) in table.numeric


def _width_of_codes(table: TextTable, head: int, column: int | None) -> int:
    """Return how long the codes are that were kept as text, if all are of one length and one shows a leading zero."""
    if column is None:
        return 0
    kept = [
        row[column].strip()
        for number, row in enumerate(table.rows[head + 1 :], head + 1)
        if column < len(row)
        and row[column].strip()
        and (number, column) not in table.numeric
        and not _is_aside(row, column)
    ]
    is_certain = (
        len(set(map(len, kept))) == 1 and all(map(str.isdigit, kept)) and any(code[0] == "0" for code in kept)
    )
    return len(kept[0]) if is_certain else 0


def _put_right(values: Mapping[str, str], width: int) -> dict[str, str]:
    right = dict(values)
    for key in ("code", "name"):
        if key in right:
            right[key] = "".join(right[key].splitlines()).strip()
    if width and right.get("code"):
        right["code"] = right["code"].zfill(width)
    if right.get("phone"):
        right["phone"] = unrounded(right["phone"])
    if right.get("code"):
        right["code"] = unrounded(right["code"])
    if right.get("level"):
        right["level"] = _LEVELS.get(folded(right["level"]), right["level"])
    if right.get("email"):
        plain = re.sub(r"mailto[:：]", "", right["email"], flags=re.IGNORECASE)
        right["email"] = _BRACKETED.sub(r"\1", plain)
    return right


def unrounded(text: str) -> str:
    """Return the digits behind 1.3800000001E10 where all of them are there; else the text as it stands."""
    found = _SCIENTIFIC.fullmatch(text)
    if not found:
        return text
    first, rest, power = found[1], found[2] or "", int(found[3])
    return first + rest if len(rest) == power else text
