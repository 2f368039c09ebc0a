"""The roster, agencies.csv or a sheet, goes in; the agencies that report come out.

It is written in a spreadsheet by a person in a hurry: whatever cannot be meant is refused with its line and the remedy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.district.roster_table import (
    HEADINGS,
    as_own_columns,
    column_name,
    doubtful_codes,
    head_row,
    heading_of,
    roster_rows,
)
from pipeline.district.tables import TextTable, read_tables
from pipeline.forms.values.plain import seen
from pipeline.model import Agency, ConfigError

LEVELS = ("设区的市", "县区")
DEFAULT_LEVEL = "县区"
"""Taken where a file is judged without a roster and its template does not say."""
ROSTER_COLUMNS = (
    "code", "name", "aliases", "kind", "level", "contact", "phone", "email", "former_names", "merged_into", "split_from",
)  # fmt: skip
ROSTER_SHEET = "名单"
_REQUIRED_COLUMNS = ("code", "name")
LOST_ZEROS = "是数字，前面的 0 可能丢了；请把“代码”列的格式改为“文本”，重新填写代码。"
SEPARATORS = re.compile(r"[;；]")
EMAIL_SEPARATORS = re.compile(r"[;；,，、\s]+")
_DOMAIN = r"@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+"
_LOCAL = r"[!#-'*+./0-9=?A-Z^-~-]"
ADDRESS = re.compile(f"{_LOCAL}+{_DOMAIN}")
ADDRESS_OR_DOMAIN = re.compile(f"{_LOCAL}*{_DOMAIN}")
"""ASCII with exactly one @, as senders are compared."""
ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long code of digits."""


def load_roster(path: Path, level: str) -> tuple[Agency, ...]:
    """Read the roster at ``path``, text or a workbook under whatever name; an empty level is the district's ``level``."""
    return roster_of(_table_of(path), level)


def adopted_roster(path: Path, level: str) -> tuple[tuple[Agency, ...], list[str]]:
    """Read a list of agencies as an office keeps it for whatever purpose; return them, and the columns that were left out."""
    table, left_out = as_own_columns(_table_of(path))
    return roster_of(table, level), left_out


def _table_of(path: Path) -> TextTable:
    if not path.is_file():
        raise ConfigError("找不到报送单位名单。请把名单放在 district.toml 旁边。", file=path)
    tables = read_tables(path)
    found = [table for table in tables if len(tables) == 1 or table.sheet == ROSTER_SHEET]
    if not found:
        names = "、".join(table.sheet for table in tables)
        raise ConfigError(
            f"里面有几个表（{names}），不知道哪一个是名单。请把名单的表改名为“{ROSTER_SHEET}”。", file=path
        )
    return found[0]


def roster_of(table: TextTable, level: str) -> tuple[Agency, ...]:
    """Read the agencies of a table whose headings may stand below a title. Raises ConfigError with the place."""
    path = Path(f"{table.file} 表“{table.sheet}”") if table.sheet else table.file
    head = head_row(table)
    header = [heading_of(name) if name.strip() else "" for name in table.rows[head]] if table.rows else []
    _refuse_untitled(header, table, head)
    _check_header(header, path, head + 1)
    for line, column in doubtful_codes(table, head) if table.rows else ():
        raise table.fault(f"代码“{table.rows[line][column]}”{LOST_ZEROS}", line, column)
    agencies: list[Agency] = []
    for item in roster_rows(table, head) if table.rows else ():
        row = list(table.rows[item.number])
        for key, column in item.columns.items():
            row[column : column + 1] = [item.values[key]]
        agencies.append(_agency(header, row, level, path, item.number + 1))
    if not agencies:
        raise ConfigError("名单是空的，请至少写一个单位。", file=path, line=head + 2)
    _refuse_twins(agencies, path)
    return _joined(agencies, path)


def named(agencies: Iterable[Agency]) -> dict[str, Agency]:
    """Index agencies by everything that means them: code, name, aliases and former names, ``normalised``."""
    return {normalised(name): agency for agency in agencies for name in (agency.code, *agency.names)}


def normalised(name: str) -> str:
    """Fold a name for comparison: full-width forms, spaces, line breaks and what cannot be seen make no difference."""
    return "".join(seen(unicodedata.normalize("NFKC", name)).split())


def _check_header(header: list[str], path: Path, line: int) -> None:
    for name in filter(None, header):
        if name not in HEADINGS:
            known = "、".join(column_name(key, path) for key in HEADINGS)
            raise ConfigError(f"不认识的列“{name}”，应为：{known}。", file=path, line=line)
        if header.count(name) > 1:
            raise ConfigError(f"“{HEADINGS[name]}”列写了两次，请只留一列。", file=path, line=line)
    for name in _REQUIRED_COLUMNS:
        if name not in header:
            raise ConfigError(f"缺少{column_name(name, path)}列。", file=path, line=line)


def _refuse_untitled(header: Sequence[str], table: TextTable, head: int) -> None:
    """Refuse what stands in a column without a heading; one that is empty all the way down is a spreadsheet's own."""
    for line, row in enumerate(table.rows[head:], head):
        for number, (title, value) in enumerate(zip(header, row, strict=False)):
            if value.strip() and not title:
                raise table.fault(
                    f"第 {number + 1} 列没有表头，但写着“{value.strip()}”。请在第 {head + 1} 行补上列名，或者删去这一列。",
                    line,
                    number,
                )


def _agency(header: list[str], row: list[str], level: str, path: Path, line: int) -> Agency:
    if len(row) > len(header) and any(value.strip() for value in row[len(header) :]):
        raise ConfigError("这一行的列数比表头多；单位名称中如有逗号，请用引号括起来。", file=path, line=line)
    values: Mapping[str, str] = dict(zip(header, (value.strip() for value in row), strict=False))
    for name in _REQUIRED_COLUMNS:
        if not values.get(name):
            raise ConfigError(f"{column_name(name, path)}没有填写。", file=path, line=line)
    if ROUNDED.fullmatch(values["code"]):
        raise ConfigError(
            f"代码“{values['code']}”被表格软件改成了科学计数；请把{column_name('code', path)}列改为“文本”格式，重新填写代码。",
            file=path,
            line=line,
        )
    if ROUNDED.fullmatch(values.get("phone", "")):
        raise ConfigError(
            f"电话“{values['phone']}”被表格软件改成了科学计数；请把“电话”列改为“文本”格式，重新填写。",
            file=path,
            line=line,
        )
    own_level = values.get("level") or level
    if own_level not in LEVELS:
        raise ConfigError(
            f"{column_name('level', path)}应为空，或“{'”或“'.join(LEVELS)}”。", file=path, line=line
        )
    return Agency(
        code=values["code"],
        name=values["name"],
        kind=values.get("kind", ""),
        level=own_level,
        aliases=_several(values.get("aliases", "")),
        contact=values.get("contact", ""),
        phone=values.get("phone", ""),
        emails=_emails(values.get("email", ""), path, line),
        former_names=_several(values.get("former_names", "")),
        **_change(values, "merged", path, line),
        **_change(values, "split", path, line),
        line=line,
    )


_CHANGES = {
    "merged": ("merged_into", "merged_on", "并入哪个单位"),
    "split": ("split_from", "split_on", "从哪个单位分设"),
}
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def _change(values: Mapping[str, str], what: str, path: Path, line: int) -> dict[str, Any]:
    """Read a merger or a split: the other body's code or name, and the day."""
    column, day_field, said = _CHANGES[what]
    text = unicodedata.normalize("NFKC", values.get(column, ""))
    if not text:
        return {}
    found = _DAY.search(text)
    body = (text[: found.start()] + text[found.end() :] if found else text).strip(" ()[],;，；起")
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not body:
        raise ConfigError(
            f"{column_name(column, path)}写的“{values[column]}”看不出{said}和日期；请写单位的代码或名称，再写日期，例如“003 2024-01-10”。",
            file=path,
            line=line,
        )
    return {column: body, day_field: day}


def _joined(agencies: Sequence[Agency], path: Path) -> tuple[Agency, ...]:
    """Put codes where mergers and splits name bodies. Raises ConfigError where one names nobody, or goes in a circle."""
    known = named(agencies)
    found = [
        replace(
            agency,
            merged_into=_meant(agency, agency.merged_into, known, path),
            split_from=_meant(agency, agency.split_from, known, path),
        )
        for agency in agencies
    ]
    after = {agency.code: agency.merged_into for agency in found}
    for agency in found:
        if successor_of(agency.code, after) is None:
            raise ConfigError(
                f"“{agency.name}”的{column_name('merged_into', path)}绕了一圈又回到自己，请改正。",
                file=path,
                line=agency.line,
            )
    return tuple(found)


def successor_of(code: str, after: Mapping[str, str]) -> str | None:
    """Follow mergers to the body that stands now; None where they go in a circle."""
    seen = {code}
    while following := after.get(code, ""):
        if following in seen:
            return None
        seen.add(following)
        code = following
    return code


def _meant(agency: Agency, text: str, known: Mapping[str, Agency], path: Path) -> str:
    if not text:
        return ""
    other = known.get(normalised(text))
    if other is None or other.code == agency.code:
        raise ConfigError(
            f"“{agency.name}”的并入或分设写的“{text}”不是名单中的另一个单位，请写它的代码或名称。",
            file=path,
            line=agency.line,
        )
    return other.code


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in SEPARATORS.split(text) if part.strip())


def _emails(text: str, path: Path, line: int) -> tuple[str, ...]:
    """Return the addresses and domains; letters must never go to what is none."""
    found = tuple(part for part in EMAIL_SEPARATORS.split(unicodedata.normalize("NFKC", text)) if part)
    for part in found:
        if not ADDRESS_OR_DOMAIN.fullmatch(part):
            raise ConfigError(
                f"“{part}”不是邮箱地址。几个地址用分号隔开，没有的留空，整个单位的邮箱可以写成 @jx.example.gov.cn。",
                file=path,
                line=line,
            )
    return found


def _refuse_twins(agencies: Iterable[Agency], path: Path) -> None:
    """Refuse a code, name or alias that means two agencies: every later answer would be a guess."""
    owners: dict[str, Agency] = {}
    for agency in agencies:
        for name in {normalised(name) for name in (agency.code, *agency.names)}:
            other = owners.setdefault(name, agency)
            if other is not agency:
                raise ConfigError(
                    f"“{name}”出现在两个单位：{other.code} {other.name} 和 {agency.code} {agency.name}。"
                    "代码、名称、简称和曾用名不能重复；合并的单位请保留原来的一行，"
                    f"在{column_name('merged_into', path)}写并入哪个单位和日期。",
                    file=path,
                )
