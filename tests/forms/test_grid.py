"""The printed grid: merged labels as on the official form."""

from __future__ import annotations

import pytest

from pipeline.forms.form import Form, GridCell


def cell(form: Form, table: str, text: str, nth: int = 0) -> GridCell:
    return [item for item in form.grids[table].cells if item.text == text][nth]


@pytest.mark.parametrize("table", ["proactive", "requests", "disputes"])
def test_cells_tile_the_table_without_gap_or_overlap(form: Form, table: str) -> None:
    grid = form.grids[table]
    covered = [
        (item.row + down, item.column + right)
        for item in grid.cells
        for down in range(item.height)
        for right in range(item.width)
    ]
    assert len(covered) == len(set(covered))
    assert set(covered) == {(row, column) for row in range(grid.rows) for column in range(grid.columns)}


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        ("proactive", "第二十条第（一）项", (0, 0, 1, 4)),
        ("proactive", "本年处理决定数量", (5, 1, 1, 3)),
        ("requests", "申请人情况", (0, 3, 1, 7)),
        ("requests", "自然人", (1, 3, 2, 1)),
        ("requests", "法人或其他组织", (1, 4, 1, 5)),
        ("requests", "三、本年度办理结果", (5, 0, 22, 1)),
        ("requests", "（三）不予公开", (7, 1, 8, 1)),
        ("requests", "（七）总计", (26, 1, 1, 2)),
        ("requests", "四、结转下年度继续办理", (27, 0, 1, 3)),
        ("disputes", "行政复议", (0, 0, 1, 5)),
        ("disputes", "结果维持", (1, 0, 2, 1)),
        ("disputes", "复议后起诉", (1, 10, 1, 5)),
    ],
)
def test_labels_span_what_they_govern(form: Form, table: str, text: str, expected: tuple[int, ...]) -> None:
    found = cell(form, table, text)
    assert (found.row, found.column, found.height, found.width) == expected


def test_numbers_stand_in_the_forms_order(form: Form) -> None:
    for table in form.tables:
        printed = [item.key for item in form.grids[table.key].cells if item.role == "number"]
        assert printed == [found.key for found in form.cells_of(table.key)]


def test_header_rows_repeat_as_a_whole(form: Form) -> None:
    assert {key: grid.header_rows for key, grid in form.grids.items()} == {
        "proactive": 2,
        "requests": 3,
        "disputes": 3,
    }
