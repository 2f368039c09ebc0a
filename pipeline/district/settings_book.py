"""经办.xlsx goes in; what a person wrote there comes out, every text with its cell, and what could not be placed.

Nothing is judged here but where things stand: sheets, headings and labels are found by what they say, in whatever order.
``settings_checks`` says whether what stands there can be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.district.roster import ROSTER_SHEET
from pipeline.district.roster_table import folded, head_row, roster_rows
from pipeline.district.settings_fields import (
    BOOK_NAME,
    BOOK_REMEDY,
    BOOK_STEM,
    EXAMPLE,
    FIELDS,
    LISTS,
    SECTIONS,
    SETTING_HEADS,
    SETTINGS,
    SHEETS,
    Setting,
)
from pipeline.district.tables import WORKBOOKS, TextTable, is_blank, is_unreadable, is_workbook, read_tables
from pipeline.machine.durable import read_whole
from pipeline.model import ConfigError

_MOST_ABOVE = 10
_OF_THE_PROGRAM = "WpsReserved"
"""WPS adds hidden sheets of this name."""
_STARTING = {("", "name"), ("", "level"), ("", "year"), ("", "form"), ("", "deadline")}
"""What ``init`` fills in; a workbook that says no more than this is not in use yet."""


@dataclass(frozen=True, slots=True)
class SettingCell:
    """What stands in a cell: zero-based place and text."""

    sheet: str
    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True, order=True)
class SettingFault:
    """One thing to mend: sheet and zero-based place, and a sentence."""

    sheet: str
    row: int
    column: int
    problem: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that stands in the workbook. ``settings`` are by (table, key); a list's rows are by heading."""

    file: Path
    settings: Mapping[tuple[str, str], SettingCell]
    lists: Mapping[str, Sequence[Mapping[str, SettingCell]]]
    roster: Sequence[Mapping[str, SettingCell]]
    """By the roster's own names of columns; what is certain is put right."""
    table: TextTable | None
    """The sheet 名单 as it stands."""
    faults: Sequence[SettingFault] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether it is as ``init`` leaves it: no agency, no list, no further setting."""
        filled = {name for name, cell in self.settings.items() if cell.text}
        return not (self.roster or self.faults or any(self.lists.values()) or filled - _STARTING)

    def setting(self, table: str, key: str) -> str:
        """Return the text of a setting, empty if there is none."""
        cell = self.settings.get((table, key))
        return cell.text if cell else ""


def find_book(folder: Path) -> Path | None:
    """Return the district's workbook, None where it has none. Raises ConfigError where several might be it."""
    found = sorted(
        path
        for path in folder.glob(f"{BOOK_STEM}*")
        if path.stem == BOOK_STEM and path.suffix.casefold() in WORKBOOKS and path.is_file()
    )
    if len(found) > 1:
        names = "、".join(path.name for path in found)
        raise ConfigError(f"有几个经办表：{names}。请只留一个，别的改名或移到别的文件夹。", file=folder)
    if found:
        return found[0]
    copies = sorted(path.name for path in folder.glob(f"{BOOK_STEM}*") if path.suffix.casefold() in WORKBOOKS)
    if copies:
        raise ConfigError(
            f"没有 {BOOK_NAME}，但有 {'、'.join(copies)}。请把要用的那个改名为 {BOOK_NAME}。", file=folder
        )
    return None


def read_book(path: Path) -> Contents:
    """Read the workbook at ``path``. Raises ConfigError if it is none or cannot be opened."""
    if not is_workbook(read_whole(path)):
        raise ConfigError(
            f"这个文件不是电子表格，里面是文字或者是空的，可能被别的内容覆盖了。{BOOK_REMEDY}", file=path
        )
    tables = read_tables(path)
    known = {folded(name): name for name in SHEETS}
    by_name: dict[str, TextTable] = {}
    faults: list[SettingFault] = []
    for table in tables:
        name = known.get(folded(table.sheet))
        if name and name not in by_name:
            by_name[name] = table
        elif not table.sheet.startswith(_OF_THE_PROGRAM) and not all(map(is_blank, table.rows)):
            faults.append(
                SettingFault(
                    table.sheet,
                    0,
                    0,
                    f"不认识这个表，没有采用。应为：{'、'.join(SHEETS)}；自己的内容请移到别的文件。",
                )
            )
    faults += [
        SettingFault(name, 0, 0, f"没有“{name}”这个表，请补上。")
        for name in (SETTINGS, ROSTER_SHEET)
        if name not in by_name
    ]
    for name, table in by_name.items():
        faults += _unreadable(name, table)
    settings = _settings(by_name[SETTINGS], faults) if SETTINGS in by_name else {}
    lists = {
        name: _list(name, by_name[name], faults) if name in by_name else []
        for name in SHEETS
        if name in _PLAIN_LISTS
    }
    roster = by_name.get(ROSTER_SHEET)
    rows = _roster(roster, faults) if roster and roster.rows else []
    return Contents(path, settings, lists, rows, roster, faults)


_PLAIN_LISTS = frozenset(LISTS) - {ROSTER_SHEET}


def _unreadable(name: str, table: TextTable) -> Iterator[SettingFault]:
    for row, line in enumerate(table.rows):
        for column, text in enumerate(line):
            if is_unreadable(text):
                yield SettingFault(name, row, column, "这里是公式，读不到结果。请直接写上内容。")


def _settings(table: TextTable, faults: list[SettingFault]) -> dict[tuple[str, str], SettingCell]:
    by_label = {folded(item.label): item for item in FIELDS}
    head, columns = _heads(table, SETTING_HEADS)
    label, content, _ = (columns.get(name) for name in SETTING_HEADS)
    faults += _strange_settings_heads(table, head, columns)
    if label is None or content is None:
        faults.append(SettingFault(SETTINGS, 0, 0, f"找不到表头。应有一行写着：{'、'.join(SETTING_HEADS)}。"))
        return {}
    groups = set(map(folded, SECTIONS))
    found: dict[tuple[str, str], SettingCell] = {}
    for row, line in enumerate(table.rows):
        said, value = _at(line, label).strip(), _at(line, content).strip()
        item = by_label.get(folded(said))
        if row <= head:
            if item:
                faults.append(SettingFault(SETTINGS, row, label, "这一行在表头上面，请移到表头下面。"))
            continue
        faults += _beside(SETTINGS, line, row, table.rows[head])
        if item:
            _take(item, SettingCell(SETTINGS, row, content, value), found, faults)
        elif value and folded(said) not in groups:
            what = f"不认识的项目“{said}”" if said else f"写着“{value}”，但没有项目名"
            faults.append(
                SettingFault(SETTINGS, row, label, f"{what}。项目的名称不要改，自己的内容请写在“说明”列。")
            )
        elif value:
            faults.append(SettingFault(SETTINGS, row, content, f"“{said}”是小标题，后面不写内容。"))
    return found


def _strange_settings_heads(
    table: TextTable, head: int, columns: Mapping[str, int]
) -> Iterator[SettingFault]:
    """Yield the headings that are none of the three, where something stands below them."""
    for place, text in enumerate(table.rows[head] if table.rows else ()):
        below = any(_at(line, place).strip() for line in table.rows[head + 1 :])
        if text.strip() and place not in columns.values() and below and columns:
            yield SettingFault(
                SETTINGS, head, place, f"不认识的列“{text.strip()}”，没有采用。请改正或删去这一列。"
            )


def _take(
    item: Setting, cell: SettingCell, found: dict[tuple[str, str], SettingCell], faults: list[SettingFault]
) -> None:
    name = (item.table, item.key)
    before = found.get(name)
    if before and before.text and cell.text and before.text != cell.text:
        faults.append(SettingFault(SETTINGS, cell.row, cell.column, f"“{item.label}”写了两次，请只留一个。"))
    elif before is None or cell.text:
        found[name] = cell


def _list(name: str, table: TextTable, faults: list[SettingFault]) -> list[dict[str, SettingCell]]:
    if all(map(is_blank, table.rows)):
        return []
    titles = [column.title for column in LISTS[name]]
    head, columns = _heads(table, titles)
    if len(columns) < 2:  # noqa: PLR2004 - one word may stand anywhere
        faults.append(SettingFault(name, 0, 0, f"找不到表头。应有一行写着：{'、'.join(titles)}。"))
        return []
    faults += _strange_heads(name, table, head, columns)
    first = columns.get(titles[0])
    rows = []
    for number, line in enumerate(table.rows[head + 1 :], head + 1):
        faults += _beside(name, line, number, table.rows[head])
        if is_blank(line) or (first is not None and is_example(_at(line, first))):
            continue
        rows.append(
            {
                title: SettingCell(name, number, place, _at(line, place).strip())
                for title, place in columns.items()
            }
        )
    return rows


def is_example(text: str) -> bool:
    """Whether the first cell of a row says that the row is an example."""
    plain = folded(text)
    return (
        plain.startswith(f"{EXAMPLE}:")
        or (plain.startswith(EXAMPLE) and plain[1:].isdigit())
        or plain == EXAMPLE
    )


def _strange_heads(
    name: str, table: TextTable, head: int, columns: Mapping[str, int]
) -> Iterator[SettingFault]:
    seen: set[str] = set()
    for place, text in enumerate(table.rows[head]):
        if text.strip() and place not in columns.values():
            twice = folded(text) in seen or any(folded(text) == folded(title) for title in columns)
            problem = (
                "这一列写了两次，请只留一列。"
                if twice
                else f"不认识的列“{text.strip()}”，请改正或删去这一列。"
            )
            yield SettingFault(name, head, place, problem)
        seen.add(folded(text))
    for column in LISTS[name][:2]:
        if column.title not in columns:
            yield SettingFault(name, head, 0, f"缺少“{column.title}”列。")


def _heads(table: TextTable, titles: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return the row of the headings and the column of each; a title and remarks may stand above."""
    wanted = {folded(title): title for title in titles}
    best: tuple[int, dict[str, int]] = (0, {})
    for number, line in enumerate(table.rows[:_MOST_ABOVE]):
        found: dict[str, int] = {}
        for place, text in enumerate(line):
            title = wanted.get(folded(text))
            if title:
                found.setdefault(title, place)
        if len(found) > len(best[1]):
            best = number, found
    return best


def _beside(name: str, line: Sequence[str], row: int, heads: Sequence[str]) -> Iterator[SettingFault]:
    """Yield what stands in columns without a heading."""
    for place, text in enumerate(line):
        if text.strip() and not _at(heads, place).strip():
            yield SettingFault(
                name, row, place, f"写着“{text.strip()}”，但这一列没有表头，没有采用。请补上列名或删去。"
            )


def _roster(table: TextTable, faults: list[SettingFault]) -> list[dict[str, SettingCell]]:
    head = head_row(table)
    for number, line in enumerate(table.rows[head + 1 :], head + 1):
        faults += _beside(ROSTER_SHEET, line, number, table.rows[head])
    return [
        {
            key: SettingCell(ROSTER_SHEET, item.number, place, item.values[key])
            for key, place in item.columns.items()
        }
        for item in roster_rows(table, head)
    ]


def _at(line: Sequence[str], place: int) -> str:
    return line[place] if place < len(line) else ""
