"""One row is one request: several numbers in a cell, and one request under two numbers, are asked about; what may be right is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.district.workdays import Calendar
from pipeline.forms.loader import load_form
from pipeline.judging.rules.row_rules import RowFrame, broken_rules

REGISTER = load_form("request_register").registers[0]
ROW = {
    "number": "LQ2024-0003",
    "received": "2024-03-05",
    "applicant": "自然人",
    "name": "赵丰年",
    "channel": "网络平台",
    "content": "某地块征收补偿方案",
    "outcome": "予以公开",
    "answered": "2024-03-20",
}


def row(**changes: str) -> list[str]:
    values = ROW | changes
    return [values.get(column.key, "") for column in REGISTER.columns]


def broken(relation: str, *rows: list[str]) -> list[int]:
    """The rows that break the rule of this relation."""
    rules = [rule for rule in REGISTER.rules if rule.relation == relation]
    frame = RowFrame([0] * len(rows), list(range(len(rows))), list(rows))
    [failing] = broken_rules(REGISTER, rules, frame, Calendar(), [2024])
    return [at for at, _ in failing]


@pytest.mark.parametrize(
    "number",
    [
        "LQ2024-0003、LQ2024-0103",
        "LQ2024-0003，LQ2024-0103",
        "LQ2024-0004～LQ2024-0007",
        "LQ2024-0004-LQ2024-0007",
        "LQ2024-0004至0007",
        "LQ2024-0004、0007",
        "LQ2024-0005（共4件）",
        "LQ2024-0006等3件",
        "LQ2024-0006等三件",
        "LQ2024-0301\nLQ2024-0302",
        "临开〔2024〕3号、临开〔2024〕4号",
        "2024-001 2024-002",
        "20240003、20240004",
    ],
)
def test_several_numbers_in_one_cell_are_asked_about(number: str) -> None:
    assert broken("single", row(number=number)) == [0]


@pytest.mark.parametrize(
    "number",
    [
        "LQ2024-0003",
        "LQ2024-0201-0205",
        "2024/003",
        "2024-003（网）",
        "20240315-001",
        "LQ2024-0003、WS2024-0103",
        "2024001\n202403150007",
        "20240001 20240315",
        "临开〔2024〕3号",
        "临开〔2024〕第3号-1",
        "2024年第3件",
        "第12件",
        "2024-003（1件）",
        "330113-2024-000123",
        "11330110002505-2024-0012",
        "2024-2025-003",
        "LQ2024-0003（原LQ2023-0103）",
    ],
)
def test_one_number_is_one_however_it_is_made(number: str) -> None:
    assert not broken("single", row(number=number))


def test_one_request_under_two_numbers_is_asked_about() -> None:
    again = row(number="LQ2024-0900", content="某地块征收 补偿方案")
    assert broken(
        "apart", row(content="征收补偿方案"), row(number="LQ2024-0900", content="征收 补偿方案")
    ) == [1]
    assert not broken("apart", row(), again), "somebody (某) may be anybody"


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "LQ2024-0003"},
        {"name": ""},
        {"name": "张某某"},
        {"name": "张**"},
        {"name": "钱多多"},
        {"content": "环评报告"},
        {"received": "2024-03-06"},
        {"outcome": "", "answered": ""},
        {"outcome": "不予处理：重复申请"},
    ],
)
def test_what_may_be_another_request_is_not(changes: dict[str, str]) -> None:
    plain = {"content": "征收补偿方案"}
    second = {"number": "LQ2024-0900", **plain, **changes}
    first = {**plain, **{key: value for key, value in changes.items() if key == "name" and "多" not in value}}
    assert not broken("apart", row(**first), row(**second))


def test_requests_made_again_and_again_are_no_twins() -> None:
    again = {"content": "征收补偿方案", "outcome": "不予处理：重复申请"}
    assert not broken("apart", row(number="1", **again), row(number="2", **again))


def test_rows_of_two_agencies_are_never_compared() -> None:
    rules = [rule for rule in REGISTER.rules if rule.relation == "apart"]
    rows: list[Sequence[str]] = [row(content="征收补偿方案"), row(number="2", content="征收补偿方案")]
    frame = RowFrame([0, 1], [0, 0], rows)
    assert broken_rules(REGISTER, rules, frame, Calendar(), [2024, 2024]) == [[]]
