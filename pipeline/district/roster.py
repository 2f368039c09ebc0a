"""agencies.csv goes in; the agencies that report come out.

It is written in a spreadsheet by a person in a hurry: whatever cannot be meant is refused with its line and the remedy.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline.model import Agency, ConfigError
from pipeline.toml_source import decoded

LEVELS = ("设区的市", "县区")
DEFAULT_LEVEL = "县区"
"""Taken where a file is judged without a roster and its template does not say."""
ROSTER_COLUMNS = ("code", "name", "aliases", "kind", "level", "contact", "phone", "email")
_REQUIRED_COLUMNS = ("code", "name")
_SEPARATORS = re.compile(r"[;；]")
_EMAIL_SEPARATORS = re.compile(r"[;；,，、\s]+")
_DOMAIN = r"@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+"
_LOCAL = r"[!#-'*+./0-9=?A-Z^-~-]"
ADDRESS = re.compile(f"{_LOCAL}+{_DOMAIN}")
_ADDRESS_OR_DOMAIN = re.compile(f"{_LOCAL}*{_DOMAIN}")
"""ASCII with exactly one @, as senders are compared."""
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long code of digits."""


def load_roster(path: Path, level: str) -> tuple[Agency, ...]:
    """Read agencies.csv (UTF-8 with or without BOM, or GBK); an empty level is the district's ``level``."""
    if not path.is_file():
        raise ConfigError("找不到报送单位名单。请把名单放在 district.toml 旁边。", file=path)
    rows = _rows(path)
    header = [name.strip() for name in rows[0]] if rows else []
    _refuse_untitled(header, rows, path)
    _check_header(header, path)
    agencies: list[Agency] = []
    for line, row in enumerate(rows[1:], 2):
        if any(value.strip() for value in row):
            agencies.append(_agency(header, row, level, path, line))
    if not agencies:
        raise ConfigError("名单是空的，请至少写一个单位。", file=path, line=2)
    _refuse_twins(agencies, path)
    return tuple(agencies)


def _rows(path: Path) -> list[list[str]]:
    """Return the rows, whichever line ends a program wrote: those of old Macs as well."""
    text = decoded(path.read_bytes(), path).replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text))
    try:
        return list(reader)
    except csv.Error as error:
        raise ConfigError(
            "这一行不是名单：可能缺了一个引号，或者这不是 CSV 文件。", file=path, line=reader.line_num
        ) from error


def named(agencies: Iterable[Agency]) -> dict[str, Agency]:
    """Index agencies by everything that means them: code, name and aliases, ``normalised``."""
    return {
        normalised(name): agency
        for agency in agencies
        for name in (agency.code, agency.name, *agency.aliases)
    }


def normalised(name: str) -> str:
    """Fold a name for comparison: full-width forms, spaces and line breaks make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _check_header(header: list[str], path: Path) -> None:
    for name in filter(None, header):
        if name not in ROSTER_COLUMNS:
            raise ConfigError(f"不认识的列“{name}”，应为：{'、'.join(ROSTER_COLUMNS)}。", file=path, line=1)
    for name in _REQUIRED_COLUMNS:
        if name not in header:
            raise ConfigError(f"缺少“{name}”列。", file=path, line=1)


def _refuse_untitled(header: Sequence[str], rows: Sequence[Sequence[str]], path: Path) -> None:
    """Refuse what stands in a column without a heading; one that is empty all the way down is a spreadsheet's own."""
    for line, row in enumerate(rows, 1):
        for number, (title, value) in enumerate(zip(header, row, strict=False), 1):
            if value.strip() and not title:
                raise ConfigError(
                    f"第 {number} 列没有表头，但写着“{value.strip()}”。请在第 1 行补上列名，或者删去这一列。",
                    file=path,
                    line=line,
                )


def _agency(header: list[str], row: list[str], level: str, path: Path, line: int) -> Agency:
    if len(row) > len(header) and any(value.strip() for value in row[len(header) :]):
        raise ConfigError("这一行的列数比表头多；单位名称中如有逗号，请用引号括起来。", file=path, line=line)
    values: Mapping[str, str] = dict(zip(header, (value.strip() for value in row), strict=False))
    for name in _REQUIRED_COLUMNS:
        if not values.get(name):
            raise ConfigError(f"“{name}”没有填写。", file=path, line=line)
    if _ROUNDED.fullmatch(values["code"]):
        raise ConfigError(
            f"代码“{values['code']}”被表格软件改成了科学计数；请把 code 列改为“文本”格式，重新填写代码。",
            file=path,
            line=line,
        )
    own_level = values.get("level") or level
    if own_level not in LEVELS:
        raise ConfigError(f"level 应为空，或“{'”或“'.join(LEVELS)}”。", file=path, line=line)
    return Agency(
        code=values["code"],
        name=values["name"],
        kind=values.get("kind", ""),
        level=own_level,
        aliases=_several(values.get("aliases", "")),
        contact=values.get("contact", ""),
        phone=values.get("phone", ""),
        emails=_emails(values.get("email", ""), path, line),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def _emails(text: str, path: Path, line: int) -> tuple[str, ...]:
    """Return the addresses and domains; letters must never go to what is none."""
    found = tuple(part for part in _EMAIL_SEPARATORS.split(unicodedata.normalize("NFKC", text)) if part)
    for part in found:
        if not _ADDRESS_OR_DOMAIN.fullmatch(part):
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
        for name in {normalised(name) for name in (agency.code, agency.name, *agency.aliases)}:
            other = owners.setdefault(name, agency)
            if other is not agency:
                raise ConfigError(
                    f"“{name}”出现在两个单位：{other.code} {other.name} 和 {agency.code} {agency.name}。"
                    "代码、名称和简称不能重复。",
                    file=path,
                )
