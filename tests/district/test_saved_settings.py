"""The lists and settings of 经办.xlsx as any person might save them: read right, or refused at the cell; nothing is ignored in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from pipeline.district.folder import District, load_district
from pipeline.model import ConfigError
from tests.district.test_settings_book import FULL, MEANT_ALIKE
from tests.support.libreoffice import recalculate
from tests.support.settings import desk

Value: TypeAlias = str | int | float | datetime | date | None
Rows: TypeAlias = list[list[Value]]
SHEETS = ("设置", "日历", "延期", "例外", "规则")
MEANT = (*MEANT_ALIKE, "excepted")
DAY = datetime.combine(date(2024, 2, 3), time.min)
"""Between the deadline and the extension that the settings grant: as either it contradicts nothing."""
_PLACE = re.compile(r"表“(.+?)” ([A-Z]+\d+)")


def meaning(found: District) -> dict[str, object]:
    return {name: getattr(found, name) for name in MEANT}


def as_text(value: Value) -> str:
    if isinstance(value, datetime | date):
        return f"{value.year}-{value.month:02}-{value.day:02}"
    return str(value)


def spelled(value: Value, how: int) -> Value:
    """The same content as another person would have it in the cell."""
    match value:
        case datetime() | date():
            plain = (
                f"{value.year}年{value.month}月{value.day}日",
                f"{value.year}/{value.month}/{value.day}",
                as_text(value),
                value,
            )
            return plain[how % 4]
        case int() | float():
            return (str(value), float(value), f" {value} ", value)[how % 4]
        case str():
            return (value, f"{value} ", f"\u3000{value}", value)[how % 4]
        case _:
            return value


def head_of(rows: Rows) -> int:
    """The row of headings: the first with two filled cells or more, below title and remark."""
    return next(number for number, row in enumerate(rows) if sum(value is not None for value in row) > 1)


@st.composite
def shuffles(draw: st.DrawFn) -> tuple[int, list[int], list[int], list[int]]:
    """Which title rows stand above, how columns and rows are ordered, how cells are spelled, where rows are left empty."""
    seed = st.lists(st.integers(0, 99), min_size=5, max_size=5)
    return draw(st.integers(0, 2)), draw(seed), draw(seed), draw(seed)


def rearranged(rows: Rows, how: tuple[int, list[int], list[int], list[int]], *, is_ordered: bool) -> Rows:
    """The sheet with the same content, otherwise arranged."""
    above, columns, lines, spelling = how
    head = head_of(rows)
    width = max(len(row) for row in rows)
    order = sorted(range(width), key=lambda place: (columns[place % 5] * (place + 3)) % 101)
    body = [row + [None] * (width - len(row)) for row in rows[head + 1 :]]
    if not is_ordered:
        body = [row for row in body if any(value is not None for value in row)]
        numbered = sorted(enumerate(body), key=lambda item: (lines[item[0] % 5] * (item[0] + 7)) % 103)
        body = [row for _, row in numbered]
    titles: Rows = [["本区用表"], ["填表人：张三"]]
    made = titles[:above]
    made.append([rows[head][place] if place < len(rows[head]) else None for place in order])
    for number, row in enumerate(body):
        if lines[number % 5] % 3 == 0:
            made.append([])
        made.append([spelled(row[place], spelling[(number + place) % 5]) for place in order])
    return made


def written(book: Workbook, name: str, rows: Sequence[Sequence[Value]]) -> None:
    place = book.sheetnames.index(name)
    del book[name]
    sheet = book.create_sheet(name, place)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column).value = value


def rows_of(book: Workbook, name: str) -> Rows:
    return [[*row] for row in book[name].iter_rows(values_only=True)]  # type: ignore[list-item]


@cache
def plain() -> dict[str, object]:
    with TemporaryDirectory() as aside:
        return meaning(load(None, Path(aside)))


def load(change: object, folder: Path) -> District:
    return load_district(desk(folder, FULL, change))  # type: ignore[arg-type]


@settings(max_examples=10, deadline=None)
@given(hows=st.fixed_dictionaries({name: shuffles() for name in SHEETS}))
def test_any_arrangement_means_the_same(hows: dict[str, tuple[int, list[int], list[int], list[int]]]) -> None:
    """Columns and rows in any order, titles above, empty rows, numbers and days as text, blanks around."""

    def change(book: Workbook) -> None:
        for name, how in hows.items():
            written(book, name, rearranged(rows_of(book, name), how, is_ordered=False))

    with TemporaryDirectory() as aside:
        assert meaning(load(change, Path(aside))) == plain()


@settings(max_examples=15, deadline=None)
@given(
    name=st.sampled_from(SHEETS),
    where=st.tuples(st.integers(0, 60), st.integers(0, 6)),
    junk=st.sampled_from(["x", "？", "是", "3", 7, 45322, "2024-13-40", "张三", "#REF!", DAY]),
)
def test_whatever_is_written_anywhere_is_read_or_refused_at_that_cell(
    name: str, where: tuple[int, int], junk: Value
) -> None:
    """What changes nothing may stand only where nothing is asked: above the headings, under 说明, an example, a title."""
    free: list[bool] = []
    place: list[str] = []

    def change(book: Workbook) -> None:
        rows = rows_of(book, name)
        head = head_of(rows)
        row, column = head + 1 + where[0] % (len(rows) - head), where[1] % (len(rows[head]) + 1)
        line = rows[row] if row < len(rows) else []
        above = rows[head][column] if column < len(rows[head]) else None
        own = as_text(line[0]) if line and line[0] is not None else ""
        was = line[column] if column < len(line) else None
        is_title = name == "设置" and column == 0 and not any(value is not None for value in line[1:2])
        free.append(is_title or above in ("说明", "备注", "原因") or own.startswith("例") or was == junk)
        place.append(f"{get_column_letter(column + 1)}{row + 1}")
        cell = book[name].cell(row + 1, column + 1)
        assume(isinstance(cell, Cell))  # of a title over several columns only the first is one
        cell.value = junk

    found, refusal = None, ""
    with TemporaryDirectory() as aside:
        try:
            found = meaning(load(change, Path(aside)))
        except ConfigError as error:
            refusal = str(error)
    named = _PLACE.findall(refusal)
    if found is None:
        assert any(
            (sheet == name and cell[1:] == place[0][1:]) or cell == place[0] for sheet, cell in named
        ), (
            refusal,
            place,
        )
    else:
        assert found != plain() or free[0], f"{junk!r} at {name} {place[0]} was ignored in silence"


@pytest.mark.libreoffice
def test_what_libreoffice_saves_means_the_same(tmp_path: Path) -> None:
    folder = desk(tmp_path / "a", FULL)
    before = meaning(load_district(folder))
    [saved] = recalculate([folder / "经办.xlsx"], tmp_path / "saved")
    (folder / "经办.xlsx").write_bytes(saved.read_bytes())
    assert meaning(load_district(folder)) == before
