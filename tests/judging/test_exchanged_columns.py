"""Two columns that were exchanged are one problem with one remedy, also where the rules they break have no cell in common."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Severity
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import build_workbook
from pipeline.wording.grouping import group_notices
from tests.support.submissions import submission_of

TABLE = "applications"
QUARTER = (1, 0, 6, 3, 8, 2, 1, 3, 2, 1, 1, 1, 0, 1)
SO_FAR = (4, 0, 20, 16, 36, 4, 4, 12, 8, 4, 4, 4, 0, 4)


@pytest.fixture(scope="module")
def quarterly() -> Form:
    return replace(load_form("disclosure_statistics_quarter"), period="year")


def test_columns_that_were_exchanged_are_one_problem(quarterly: Form) -> None:
    rows = list(dict.fromkeys(cell.row.key for cell in quarterly.cells_of(TABLE) if cell.is_input))
    values: dict[str, int] = {}
    for row, quarter, so_far in zip(rows, QUARTER, SO_FAR, strict=True):
        values |= {f"{TABLE}.{row}.this_quarter": so_far, f"{TABLE}.{row}.year_to_date": quarter}
    others = {cell.key: 0 for cell in quarterly.cells if cell.is_input and cell.table != TABLE}
    content = build_workbook(quarterly, values={**others, **values, "info.agency": "甲局"})
    [item] = judge(quarterly, [submission_of(read(quarterly, content))])
    back = returned_of(quarterly, [item], item)
    [group] = [
        one
        for one in group_notices(back.notices)
        if one.notice.severity == Severity.ERROR.value and one.notice.code.startswith("Q3")
    ]
    sheet = quarterly.table(TABLE).sheet
    assert f"把 {sheet} 第 6 行到第 21 行的 B 列与 C 列的数对换" in (group.notice.hint or "")
