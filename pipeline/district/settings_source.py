"""经办.xlsx goes in; the same settings as district.toml would hold come out, each with the cell it was written in.

Every fault is refused here, all in one pass. What comes out is read by the functions that read district.toml, so both
mean the same ``District``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.district import settings_titles as titles
from pipeline.district.roster import LOST_ZEROS, roster_of
from pipeline.district.settings_book import Contents, SettingCell, SettingFault
from pipeline.district.settings_fields import (
    CALENDAR,
    EXCEPTIONS,
    EXTENSIONS,
    FIELDS,
    HOLIDAY,
    LIMIT,
    OFF,
    OTHERS,
    RULES,
    SEVERITY,
    SEVERITY_CHOICES,
    STANDARD,
    TRIAL,
    WORKDAY,
    Setting,
    SettingKind,
)
from pipeline.district.settings_values import day_of, limits_of, several, wholes_of
from pipeline.district.tables import joined
from pipeline.forms.library import id_of
from pipeline.forms.values.answers import YES
from pipeline.model import Agency, ConfigError, a1
from pipeline.toml_source import TomlTable

_MOST_SHOWN = 40
_TABLES = {SEVERITY: "severity", LIMIT: "limits", OFF: "off"}
_SHEETS = {"calendar": CALENDAR, "extension": EXTENSIONS, "rules": RULES, "forms": OTHERS}


@dataclass(frozen=True, slots=True)
class Excepted:
    """A row of the sheet 例外: what the ledger is to keep; ``person`` may be empty, ``ends`` withdraws it."""

    agency: str
    rule: str
    reason: str
    person: str
    until: date | None = None
    ends: bool = False
    form: str = ""
    """Of which form, or form and period, where several are collected; empty: of the first."""
    cell: SettingCell | None = field(default=None, compare=False)
    """Where the row begins."""


@dataclass(frozen=True, slots=True)
class BookSource:
    """Settings as nested tables, and the cell of each by table and key."""

    file: str
    values: Mapping[str, Any]
    places: Mapping[tuple[str, str], SettingCell] = field(default_factory=dict)

    def fault(self, section: TomlTable, problem: str, token: str) -> ConfigError:
        """Make the error for ``problem`` with the cell of ``token``."""
        cell = self.places.get((section.name, token))
        sheet = _SHEETS.get(section.name.split(".")[0], "")
        where = f" 表“{cell.sheet}” {a1(cell.row, cell.column)}" if cell else f" 表“{sheet}”" if sheet else ""
        return ConfigError(problem, file=f"{self.file}{where}")

    def lines_of(self, *_path: str | int) -> None:
        """Return nothing: a sheet has no headers of tables."""
        return

    def top(self) -> TomlTable:
        """Return the settings that belong to no table."""
        plain = {key: value for key, value in self.values.items() if not isinstance(value, dict | list)}
        return TomlTable(self, "", plain, 1, 1)

    def table(self, name: str) -> TomlTable:
        """Return the table called ``name``, empty if nothing of it is written."""
        return TomlTable(self, name, self.values.get(name, {}), 1, 1)

    def tables(self, name: str) -> list[TomlTable]:
        """Return every item of a list."""
        return [TomlTable(self, name, item, 1, 1) for item in self.values.get(name, [])]


def refuse(file: Path | str, faults: Sequence[SettingFault]) -> None:
    """Raise ConfigError that names every fault with sheet and cell."""
    if not faults:
        return
    lines = [f"表“{item.sheet}” {a1(item.row, item.column)}：{item.problem}" for item in faults[:_MOST_SHOWN]]
    more = (
        f"\n  另有 {len(faults) - _MOST_SHOWN} 处，改好以上的再运行一次" if len(faults) > _MOST_SHOWN else ""
    )
    raise ConfigError(f"有 {len(faults)} 处要改，改好保存后重新运行：\n{joined(lines)}{more}", file=file)


def settled(found: Contents) -> tuple[BookSource, tuple[Agency, ...], tuple[Excepted, ...]]:
    """Return the settings, the agencies and the exceptions of a workbook. Raises ConfigError with every fault."""
    from pipeline.district.settings_checks import faults_of  # noqa: PLC0415 - only for a workbook

    found = _with_ids(found)
    refuse(found.file, faults_of(found))
    places: dict[tuple[str, str], SettingCell] = {}
    values: dict[str, Any] = dict(STANDARD)
    for item in FIELDS:
        text = found.setting(item.table, item.key)
        if text:
            target = values.setdefault(item.table, {}) if item.table else values
            key = "period" if item.kind is SettingKind.PERIOD and not text.isdecimal() else item.key
            target[key] = _value(item, text)
            places[item.table, key] = found.settings[item.table, item.key]
    _calendar(found, values, places)
    values["extension"] = [
        {
            "agency": row[titles.UNIT].text,
            "until": day_of(row[titles.UNTIL].text),
            "reason": _text(row, titles.CAUSE),
            "form": _text(row, titles.FORM),
        }
        for row in found.lists.get(EXTENSIONS, ())
    ]
    values["forms"] = [_other(row) for row in found.lists.get(OTHERS, ())]
    _rules(found, values, places)
    if found.table is None:  # the checks above refuse it; a guard for the reader of this function
        raise ConfigError(LOST_ZEROS, file=found.file)
    agencies = roster_of(found.table, values["level"])
    excepted = tuple(_excepted(row) for row in found.lists.get(EXCEPTIONS, ()))
    return BookSource(str(found.file), values, places), agencies, excepted


def _with_ids(found: Contents) -> Contents:
    """Return the workbook with the ids of the forms that are written by their titles, alone or with a period."""
    folder = found.file.parent

    def known(cell: SettingCell) -> SettingCell:
        title, mark, period = cell.text.replace("：", ":").partition(":")
        form = id_of(title.strip(), folder)
        return replace(cell, text=f"{form}{mark}{period.strip()}")

    lists = {
        name: [{title: known(cell) if title == titles.FORM else cell for title, cell in row.items()} for row in rows]
        for name, rows in found.lists.items()
    }  # fmt: skip
    settings = {key: known(cell) if key == ("", "form") else cell for key, cell in found.settings.items()}
    return replace(found, settings=settings, lists=lists)


def _value(item: Setting, text: str) -> Any:  # noqa: ANN401 - as TOML would hold it
    match item.kind:
        case SettingKind.DAY:
            return day_of(text)
        case SettingKind.WHOLE | SettingKind.PERIOD if text.isdecimal():
            return int(text)
        case SettingKind.WHOLES:
            return wholes_of(text)
        case SettingKind.YES_NO:
            return text == YES
        case SettingKind.TEXTS:
            return several(text)
        case _:
            return text


def _calendar(found: Contents, values: dict[str, Any], places: dict[tuple[str, str], SettingCell]) -> None:
    for name, wanted in (("holidays", HOLIDAY), ("workdays", WORKDAY)):
        rows = [row for row in found.lists.get(CALENDAR, ()) if row[titles.ARRANGEMENT].text == wanted]
        if rows:
            values.setdefault("calendar", {})[name] = [day_of(row[titles.DAY].text) for row in rows]
            places["calendar", name] = rows[0][titles.DAY]


def _rules(found: Contents, values: dict[str, Any], places: dict[tuple[str, str], SettingCell]) -> None:
    rules: dict[str, Any] = values.setdefault("rules", {})
    for row in found.lists.get(RULES, ()):
        rule, content = row[titles.RULE].text.upper(), _text(row, titles.CONTENT)
        wanted = row[titles.WAY].text
        if wanted == TRIAL:
            rules.setdefault("trial", []).append(rule)
            places["rules", rule] = row[titles.RULE]
            continue
        name = _TABLES[wanted]
        value: Any = {
            SEVERITY: SEVERITY_CHOICES.get(content),
            LIMIT: limits_of(content),
            OFF: _text(row, titles.CAUSE),
        }[wanted]
        table = rules.setdefault(name, {})
        if rule in table:
            refuse(
                found.file,
                [
                    SettingFault(
                        RULES,
                        row[titles.RULE].row,
                        row[titles.RULE].column,
                        f"“{rule}”的{row[titles.WAY].text}写了两次。",
                    )
                ],
            )
        table[rule] = value
        places[f"rules.{name}", rule] = row[titles.RULE]


def _other(row: Mapping[str, SettingCell]) -> dict[str, Any]:
    """Return a form that is collected besides, as TOML would hold it."""
    period = _text(row, titles.PERIOD)
    asked: dict[str, Any] = {"year": int(period)} if period.isdecimal() else {"period": period}
    return {"form": _text(row, titles.FORM), "deadline": day_of(_text(row, titles.DEADLINE)), **asked}


def _excepted(row: Mapping[str, SettingCell]) -> Excepted:
    return Excepted(
        row[titles.UNIT].text,
        row[titles.RULE].text.upper(),
        _text(row, titles.REASON),
        _text(row, titles.PERSON),
        day_of(_text(row, titles.LAST_DAY)),
        _text(row, titles.ENDS) == YES,
        _text(row, titles.FORM),
        row[titles.UNIT],
    )


def _text(row: Mapping[str, SettingCell], title: str) -> str:
    return row[title].text if title in row else ""
