"""Grouping: what differs only in its cell is one line; nothing else is merged and no cell is lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries

from pipeline.forms.loader import load_form
from pipeline.model import Notice, a1
from pipeline.wording.addresses import cell_ranges
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import notices
from tests.support.districts import blank

POINTS = st.sets(st.tuples(st.integers(0, 12), st.integers(0, 30)), max_size=60)


def notice(cell: str | None = "A1", **changes: str | None) -> Notice:
    values: dict[str, str | None] = {
        "code": "C02", "severity": "error", "sheet": "甲", "key": cell, "actual": "/", "expected": "数字",
        "message": f"{cell} 不是数字", "hint": "请改", "fault": "不是数字",
    }  # fmt: skip
    return Notice(**(values | {"cell": cell} | changes))  # type: ignore[arg-type]


def test_a_blank_table_is_one_line() -> None:
    form = load_form()
    found = blank(form, 1)
    (group,) = group_notices(notices(form, found))
    assert group.count == len(found)
    assert len(group.cells) < 5
    assert group.notice.code == "C01"
    assert all(part in group.where for part in (form.tables[1].sheet, *group.cells, str(len(found))))


def test_a_different_cause_is_a_line_of_its_own() -> None:
    first = notice("A1")
    others = [
        notice("A2", code="C08"),
        notice("A2", severity="warning"),
        notice("A2", sheet="乙"),
        notice("A2", actual="无"),
        notice("A2", expected="0"),
        notice("A2", fault="别的"),
        notice("A2", hint=None),
    ]
    for other in others:
        assert len(group_notices([first, other])) == 2
    assert len(group_notices([first, notice("A2")])) == 1


def test_errors_stand_first_and_order_is_kept_otherwise() -> None:
    mixed = [
        notice("A1", severity="info"),
        notice("A2", severity="warning", fault="一"),
        notice("A3", severity="error"),
        notice("A4", severity="warning", fault="二"),
    ]
    found = group_notices(mixed)
    assert [group.notice.severity for group in found] == ["error", "warning", "warning", "info"]
    assert [group.notice.fault for group in found][1:3] == ["一", "二"]


def test_a_single_finding_says_no_number_of_cells() -> None:
    (group,) = group_notices([notice("D8")])
    assert group.where == "甲 D8"


def test_findings_without_a_place_have_none() -> None:
    (group,) = group_notices([notice(None, sheet=None)])
    assert (group.where, group.cells) == ("", ())


def test_nothing_found_is_no_line() -> None:
    assert group_notices([]) == []


def test_a_full_rectangle_is_one_range() -> None:
    cells = [a1(row, column) for row in range(7, 30) for column in range(3, 9)]
    assert cell_ranges(reversed(cells)) == ["D8:I30"]


def test_an_address_that_is_none_is_kept() -> None:
    assert cell_ranges(["B2", "=1+1", "A2"]) == ["A2:B2", "=1+1"]


@given(points=POINTS)
def test_ranges_hold_every_cell_once(points: set[tuple[int, int]]) -> None:
    covered = []
    for area in cell_ranges(a1(*point) for point in sorted(points, key=hash)):
        left, top, right, bottom = (number or 0 for number in range_boundaries(area))
        covered += [
            (row - 1, column - 1) for row in range(top, bottom + 1) for column in range(left, right + 1)
        ]
    assert sorted(covered) == sorted(points)


def dated(number: int, column: str = "B", hint: str = "填年月日") -> Notice:
    """A day that is none, in row ``number`` of a register."""
    key = f"applications.{'received' if column == 'B' else 'answered'}#{number}"
    fault, cell = f"填的是“{number}号”，不是能确定的日期", f"{column}{number + 5}"
    return Notice(
        "V01",
        "error",
        "申请台账",
        cell,
        key,
        f"{number}号",
        None,
        f"申请台账 {cell}：{fault}；{hint}。",
        hint,
        fault=fault,
    )


def test_one_habit_in_a_column_is_one_line_with_its_rows() -> None:
    days = [dated(number) for number in range(1, 13)]
    (group,) = group_notices(days)
    assert (group.cells, group.count) == (("B6:B17",), 12)
    assert "例如 B6：填的是“1号”" in str(group.notice.fault)
    assert "例如 B6：" in group.notice.message
    assert group.notice.actual == "1号 等"


def test_few_values_are_told_one_by_one_and_no_cell_is_lost() -> None:
    assert len(group_notices([dated(number) for number in range(1, 4)])) == 3
    mixed = [
        dated(number, column, hint)
        for number in range(1, 5)
        for column in "BI"
        for hint in ("填年月日", "核对")
    ]
    assert [group.count for group in group_notices(mixed)] == [8, 8]


def test_what_follows_from_the_first_of_a_habit_is_said_once() -> None:
    days = [dated(number) for number in range(1, 7)]
    sums = Notice(
        "T3-01",
        "error",
        "三、依申请公开",
        "D8",
        "requests.x.y",
        "0",
        "6",
        "和不符",
        "核对",
        fault="和不符",
        cause="rows",
    )
    (group,) = group_notices([replace(days[0], cause="rows"), *days[1:], sums])
    assert group.count == 6
    assert "由此引起的其他不符" in str(group.notice.fault)


def test_what_a_value_may_have_meant_parts_no_habit() -> None:
    hints = ["从下拉列表中选：甲、乙", "是“甲”的，请选“甲”；不是的，从下拉列表中选：甲、乙"]
    (group,) = group_notices([dated(number, "C", hints[number % 2]) for number in range(1, 7)])
    assert (group.count, group.notice.hint) == (6, hints[0])
    assert group.notice.message.endswith(f"；{hints[0]}。")
