"""The ``[[table]]`` tables of a form's TOML go in; tables come out, with their numbers and what else their cells ask for.

A cell is a number that is added up over the agencies, unless its row or column names another kind of value or says that
the numbers come together in another way: such a cell is an entry that stands in the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.forms.coherence import KEY, label_fault
from pipeline.forms.form import Block, Cell, Entry, Line, Table
from pipeline.forms.grid import cell_key
from pipeline.forms.register_loader import refuse_pattern
from pipeline.forms.values.numbers import NUMBER_KINDS
from pipeline.forms.values.registry import KINDS, faults_of
from pipeline.toml_source import TomlTable as TomlSection

if TYPE_CHECKING:
    from pipeline.toml_source import TomlSource

SUMMED = tuple(name for name, kind in NUMBER_KINDS.items() if kind.summed)
"""Kinds of numbers that are added up over the agencies, where nothing else is said."""
_ASKED = ("required", "prompt", "unit", "limits", "choices", "pattern", "together", "weight")
"""What a row or a column may say of its values, besides their kind."""
_KNOWN = frozenset({"key", "label", "groups", "usual", "kind", "also", *_ASKED})
_THOUSAND = 1000
_NO_WEIGHT = '求平均的格要用 weight 写明按哪一列（行写的按哪一行）的数字加权；不要平均的写 together = "list" 或 "none"。'


@dataclass(frozen=True, slots=True)
class _Crossing:
    """A row and a column of a block that meet in a cell."""

    section: TomlSection
    table: Table
    number: int
    """Of the block."""
    row: Line
    column: Line

    @property
    def key(self) -> str:
        """The key of the cell."""
        return cell_key(self.table.key, self.row, self.column)

    @property
    def asks(self) -> Entry | None:
        """What the cell asks for, as its row says or else its column; None: a number to be added up."""
        return self.row.asks if self.row.kind else self.column.asks

    @property
    def short_label(self) -> str:
        """Row and column as a clerk would say them."""
        return "，".join((*self.row.label[-1:], _said(self.column, self.table.blocks[self.number])))


def load_table(section: TomlSection) -> Table:
    """Read one [[table]]. Raises ConfigError with file and line."""
    blocks = tuple(_block(inner) for inner in section.inner("block"))
    if not blocks:
        raise section.fault("这张表没有 [[table.block]]。")
    values = {key: value for key, value in section.values.items() if key != "block"}
    return replace(section, values=values).into(Table, blocks=blocks)


def cells_of(source: TomlSource, tables: Sequence[Table]) -> list[Cell]:
    """Return the numbers of ``tables``, which are added up, in printing order."""
    cells: list[Cell] = []
    for own in _crossings(source, tables):
        if own.asks is None:
            kind = own.row.kind or own.column.kind
            cells.append(
                Cell(
                    own.key, own.table.key, own.number, own.row, own.column, kind, len(cells), own.short_label
                )
            )
    return cells


def values_of(source: TomlSource, tables: Sequence[Table], cells: Sequence[Cell]) -> list[Entry]:
    """Return what the other cells ask for, in printing order. Raises ConfigError for an average without a weight."""
    asked = [(own, own.asks) for own in _crossings(source, tables)]
    numbers = {
        *(cell.key for cell in cells),
        *(own.key for own, asks in asked if asks and asks.value.sort == "number" and asks.together != "none"),
    }
    return [
        replace(
            asks,
            key=own.key,
            label=own.short_label,
            sheet=own.table.sheet,
            table=own.table.key,
            weight=_weight(own, asks, numbers),
        )
        for own, asks in asked
        if asks
    ]


def _crossings(source: TomlSource, tables: Sequence[Table]) -> Iterator[_Crossing]:
    for section, table in zip(source.tables("table"), tables, strict=True):
        blocks = zip(section.inner("block"), table.blocks, strict=True)
        for number, (inner, block) in enumerate(blocks):
            for row in block.rows:
                for column in block.columns:
                    yield _Crossing(inner, table, number, row, column)


def _weight(own: _Crossing, asks: Entry, numbers: Collection[str]) -> str:
    """Return the key of the number by which a cell is weighed: on its row, in its column, or named whole."""
    if asks.value.together != "average":
        if asks.weight:
            raise own.section.fault("只有求平均的格才能有 weight。", "weight")
        return ""
    other = Line(asks.weight, ())
    near = (
        cell_key(own.table.key, other, own.column)
        if own.row.kind
        else cell_key(own.table.key, own.row, other)
    )
    found = next((key for key in (near, asks.weight) if key in numbers and key != own.key), "")
    if not found:
        line = own.row if own.row.kind else own.column
        raise own.section.fault(f"“{own.key}”：{_NO_WEIGHT}", f'"{line.key}"')
    return found


def _said(column: Line, block: Block) -> str:
    """Name a column by its innermost label, with the one above where other columns share it."""
    leaf = column.label[-1]
    is_unique = sum(other.label[-1] == leaf for other in block.columns) == 1
    return leaf if is_unique else " ".join(column.label[-2:])


def _block(section: TomlSection) -> Block:
    block = section.into(
        Block,
        columns=tuple(_line(section, item, is_column=True) for item in _items(section, "columns")),
        rows=tuple(_line(section, item, is_column=False) for item in _items(section, "rows")),
    )
    if len(block.rows) > 1 and not all(row.key for row in block.rows):
        raise section.fault("有几行的表，每一行都要有 key。", "rows")
    for lines in (block.rows, block.columns):
        _refuse_twins(section, lines)
    bare = next((column for column in block.columns if not column.kind), None)
    if bare and not all(row.kind for row in block.rows):
        raise section.fault(f"“{bare.key}”的 kind 应为 {'、'.join(KINDS)} 之一。", f'"{bare.key}"')
    return block


def _items(section: TomlSection, name: str) -> list[Mapping[str, Any]]:
    found = section.values.get(name, [])
    if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
        raise section.fault(f"{name} 应写成 [{{ key = …, label = […] }}]，至少一项。", name)
    return found


def _refuse_twins(section: TomlSection, lines: Sequence[Line]) -> None:
    """Refuse two lines of one key, or that nobody could tell apart in a filled table."""
    keys, labels = [line.key for line in lines], ["".join(line.label) for line in lines]
    names = [line.label[-1] for line in lines if line.label]
    for line, label in zip(lines, labels, strict=True):
        if keys.count(line.key) > 1:
            raise section.fault(f"“{line.key}”出现了两次。", f'"{line.key}"')
        if labels.count(label) > 1 or any(word in names for word in line.also):
            raise section.fault(f"“{line.key}”和另一行或另一列的标签相同。", f'"{line.key}"')
        names += line.also


def _line(section: TomlSection, item: Mapping[str, Any], *, is_column: bool) -> Line:
    key = item.get("key", "")
    token = f'"{key}"'
    for name in item:
        if name not in _KNOWN:
            raise section.fault(f"“{key}”中不认识的键“{name}”。", name)
    if not isinstance(key, str) or (key and not KEY.fullmatch(key)):
        raise section.fault(f"“{key}”：key 应是英文名称，只用字母、数字、下划线和点。", token)
    label, groups, also = (_words(section, item, name, token) for name in ("label", "groups", "also"))
    if (key and not all(label)) or (key and not label) or (is_column and not key):
        raise section.fault(f"“{key}”没有标签（label）。", token)
    for problem in filter(None, map(label_fault, (*label, *also))):
        raise section.fault(problem, token)
    kind = item.get("kind", "")
    if kind not in ("", *KINDS):
        raise section.fault(f"“{key}”的 kind 应为 {'、'.join(KINDS)} 之一。", token)
    usual = item.get("usual", 0)
    if is_column and usual:
        raise section.fault(f"“{key}”是列，usual 只能写在行里。", token)
    if type(usual) is not int or not 0 <= usual <= _THOUSAND:
        raise section.fault(f"“{key}”的 usual（每千件中常见的件数）应为 0 到 1000 的整数。", token)
    return Line(key, label, groups, str(kind), usual, _asks(section, item, token), also)


def _asks(section: TomlSection, item: Mapping[str, Any], token: str) -> Entry | None:
    """Return what the cells of a line ask for; None where they are numbers to be added up, or the line does not say."""
    kind, said = item.get("kind", ""), {name: item[name] for name in _ASKED if name in item}
    if kind in SUMMED and said.get("together", "sum") in ("", "sum"):
        kind, said = "", {name: value for name, value in said.items() if name != "together"}
    if not kind:
        if said:
            raise section.fault(f"{token} 中的“{next(iter(said))}”只用于写了 kind 而不相加的值。", token)
        return None
    fixed = {"key": "", "label": "", "sheet": "", "kind": kind}
    asks = replace(section, values={"required": True, "prompt": "", **fixed, **said}).into(Entry)
    for problem, _ in faults_of(asks):
        raise section.fault(f"{token} 的 {problem}", token)
    refuse_pattern(section, asks.pattern)
    return asks


def _words(section: TomlSection, item: Mapping[str, Any], name: str, token: str) -> tuple[str, ...]:
    found = item.get(name, [])
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise section.fault(f"“{name}”的值类型不对，应为文字列表。", token)
    return tuple(found)
