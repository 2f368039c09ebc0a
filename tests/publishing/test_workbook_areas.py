"""Rectangles and sizes."""

from __future__ import annotations

from itertools import product

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.publishing.template.areas import line_count, rectangles
from pipeline.publishing.workbook.measure import display_width


def _cells(form: Form, table: str) -> set[tuple[int, int]]:
    return {form.positions[cell.key][1:] for cell in form.cells_of(table) if cell.is_input}


def test_rectangles_cover_each_input_once() -> None:
    form = load_form()
    for table in form.tables:
        wanted = _cells(form, table.key)
        areas = rectangles((table.sheet, row, column) for row, column in wanted)
        covered = [
            cell
            for top, left, bottom, right in areas
            for cell in product(range(top, bottom + 1), range(left, right + 1))
        ]
        assert sorted(covered) == sorted(wanted)


def test_equal_runs_join_and_unequal_ones_do_not() -> None:
    cells = [("s", row, column) for row, columns in ((1, 3), (2, 3), (3, 2)) for column in range(columns)]
    assert rectangles(cells) == [(1, 0, 2, 2), (3, 0, 3, 1)]
    assert rectangles([("s", 0, 0), ("s", 0, 2)]) == [(0, 0, 0, 0), (0, 2, 0, 2)]


def test_a_chinese_character_takes_two_columns() -> None:
    assert display_width("规章a1") == 6
    assert line_count("规" * 30 + "\n章", 31.5) == 3
