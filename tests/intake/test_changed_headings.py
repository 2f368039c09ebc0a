"""Headings of a table that were written anew where they stand: their figures are kept, and what is not certain is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Place, Severity, a1
from pipeline.publishing.returning.remaining import remaining
from tests.intake.support import codes, draft, numbers_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.forms.form import Form
    from pipeline.model import Number, Reading
    from tests.intake.support import Draft

STATISTICS = "disclosure_statistics_quarter"


@pytest.fixture(scope="module")
def quarterly() -> Form:
    return replace(load_form(STATISTICS), period="year")  # the drafts are of a year


def relabelled(form: Form, numbers: Mapping[str, Number], words: Mapping[str, str]) -> Draft:
    made = draft(form, numbers)
    for table in form.tables:
        for old, new in words.items():
            made.relabel(table.sheet, old, new)
    return made


def headings_of(form: Form, table: str) -> list[str]:
    return [
        column.label[-1] for column in next(own for own in form.tables if own.key == table).blocks[0].columns
    ]


def faults(reading: Reading) -> list[str]:
    return [code for code in codes(reading.findings) if code.startswith(("F03", "F05"))]


def test_another_wording_that_the_form_names_is_read(quarterly: Form) -> None:
    numbers = numbers_for(quarterly)
    made = relabelled(quarterly, numbers, {"本季度": "本期实际", "本年累计": "累计"})
    reading = read(quarterly, made.xlsx())
    assert reading.numbers == numbers
    assert faults(reading) == []


def test_a_heading_that_nobody_knows_is_asked_and_its_figures_are_kept(quarterly: Form) -> None:
    numbers = numbers_for(quarterly)
    table = quarterly.tables[0]
    first, second = headings_of(quarterly, table.key)
    made = draft(quarterly, numbers)
    made.relabel(table.sheet, first, "数量甲")
    made.relabel(table.sheet, second, "数量乙")
    reading = read(quarterly, made.xlsx())
    assert reading.numbers == numbers
    found = [item for item in reading.findings if item.code == "F03"]
    assert [(item.variant, item.severity) for item in found] == [("changed_heading", Severity.ERROR)] * 2
    assert [item.facts for item in found] == [
        {"table": table.name, "found": "数量甲", "label": first},
        {"table": table.name, "found": "数量乙", "label": second},
    ]
    keys = [
        [cell.key for cell in quarterly.cells_of(table.key) if cell.column.label[-1] == name]
        for name in (first, second)
    ]
    assert [list(item.keys) for item in found] == keys
    tops = [quarterly.positions[own[0]] for own in keys]
    assert [item.place for item in found] == [
        Place(sheet, a1(row - 1, column)) for sheet, row, column in tops
    ]
    left = remaining(
        quarterly, found[0], {key: value for key, value in reading.numbers.items() if value is not None}
    )
    assert (left.finding.variant, left.is_mended, left.look) == ("changed_back", True, tuple(keys[0]))


@pytest.mark.parametrize("instead", [None, "", 5.0])
def test_a_heading_that_is_gone_is_not_guessed(quarterly: Form, instead: object) -> None:
    table = quarterly.tables[0]
    made = draft(quarterly, numbers_for(quarterly))
    made.relabel(table.sheet, headings_of(quarterly, table.key)[1], instead)
    assert "F03.missing_label" in faults(read(quarterly, made.xlsx()))


@pytest.mark.parametrize("other", ["上年同期", "上季度实际"])
def test_figures_of_another_time_are_not_taken_for_this_one(quarterly: Form, other: str) -> None:
    table = quarterly.tables[0]
    made = draft(quarterly, numbers_for(quarterly))
    label = headings_of(quarterly, table.key)[1]
    made.relabel(table.sheet, label, other)
    reading = read(quarterly, made.xlsx())
    assert faults(reading) == ["F03.missing_label"]
    own = [cell.key for cell in quarterly.cells_of(table.key) if cell.column.label[-1] == label]
    assert {reading.numbers[key] for key in own} == {None}


def test_nothing_is_placed_where_a_row_is_another(quarterly: Form) -> None:
    table = quarterly.tables[0]
    made = draft(quarterly, numbers_for(quarterly))
    made.relabel(table.sheet, headings_of(quarterly, table.key)[1], "数量乙")
    made.relabel(table.sheet, table.blocks[0].rows[2].label[-1], "转发")
    assert faults(read(quarterly, made.xlsx())) == ["F03.missing_label"] * 2
