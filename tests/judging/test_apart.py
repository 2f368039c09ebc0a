"""Sums that fail for different reasons are told apart: one line stands for others only where what it says settles them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Notice, Number, PastReport, Suggestion
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import notices
from tests.support.fills import zeros
from tests.support.submissions import AGENCY, reading_of, submission_of

QUARTER = load_form("disclosure_statistics_quarter")
YEAR = load_form()
ACCOUNT = "2023年，我局新收政府信息公开申请24件，上年结转2件，全部按期办理，办结23件，结转下年度继续办理3件。"
REQUESTS = {
    "new_received.natural_person": 20, "carried_over.natural_person": 2, "new_received.enterprise": 4,
    "granted_in_full.natural_person": 13, "granted_in_part.natural_person": 2, "unable_not_held.natural_person": 3,
    "not_processed_complaint.natural_person": 1, "granted_in_full.enterprise": 3, "refused_process.enterprise": 1,
    "carried_forward.natural_person": 3,
}  # fmt: skip
"""A table that adds up and is as ``ACCOUNT`` tells it."""
LAST_YEAR = {"requests.carried_forward.total": 2, "requests.carried_forward.natural_person": 2}


def live(
    form: Form, cells: Mapping[str, Number], text: str = "", past: Mapping[str, Number] | None = None
) -> Assessment:
    """Judge a template whose totals are formulas and which is nil but for ``cells``."""
    computed = frozenset(cell.key for cell in form.cells if cell.defined_by)
    typed = {key: None if key in computed else value for key, value in {**zeros(form), **cells}.items()}
    reading = replace(reading_of(form, with_totals(form, typed)), computed=computed)
    if text:
        reading = replace(reading, texts={**reading.texts, "overview.on_request": text})
    history = {AGENCY.code: PastReport(AGENCY.code, 2022, {**zeros(form), **past})} if past else {}
    [assessment] = judge(form, [submission_of(reading)], history=history)
    return assessment


def requests(text: str = ACCOUNT, /, **changes: int) -> Assessment:
    figures = {**REQUESTS, **{key.replace("__", "."): value for key, value in changes.items()}}
    return live(YEAR, {f"requests.{key}": value for key, value in figures.items()}, text, LAST_YEAR)


def told(form: Form, assessment: Assessment) -> list[tuple[str, str | None]]:
    """Return code and cell of the errors as a letter lists them."""
    groups = group_notices(notices(form, assessment.findings))
    return [(group.notice.code, group.notice.cell) for group in groups if group.notice.severity == "error"]


def hints(assessment: Assessment, code: str) -> list[Suggestion]:
    return [way for finding in assessment.findings if finding.code == code for way in finding.suggestions]


def quarter(**cells: int) -> Assessment:
    rows = {
        "website": (30, 120), "wechat": (10, 44), "normative_files": (1, 3),
    }  # fmt: skip
    figures: dict[str, Number] = {}
    for row, (now, year) in rows.items():
        figures |= {f"proactive_items.{row}.this_quarter": now, f"proactive_items.{row}.year_to_date": year}
    return live(QUARTER, {**figures, **{key.replace("__", "."): value for key, value in cells.items()}})


def test_the_accounts_hold() -> None:
    assert told(YEAR, requests()) == []
    assert told(QUARTER, quarter()) == []


def test_bounds_that_share_cells_and_no_repair_are_told_one_by_one() -> None:
    found = quarter(
        proactive_items__website__this_quarter=130, proactive_items__normative_files__this_quarter=500
    )
    assert {("Q1-91", "B6"), ("Q1-02", "B12"), ("Q1-91", "B12")} == set(told(QUARTER, found))
    assert not any("由此引起" in item.fault for item in _lines(QUARTER, found))


def test_a_total_above_its_bound_follows_from_its_items() -> None:
    found = quarter(proactive_items__website__this_quarter=700)
    assert {finding.keys[0].split(".")[1] for finding in found.findings} == {"website", "items_all"}
    assert told(QUARTER, found) == [("Q1-91", "B6")]


def test_an_independent_sum_of_another_column_is_told() -> None:
    """E8 is settled by the text; what was carried over differs from last year whatever becomes of E8."""
    found = requests(
        new_received__enterprise=9, carried_over__natural_person=4, granted_in_full__natural_person=15
    )
    assert told(YEAR, found) == [("T3-01", "E8"), ("T3-04", "J9")]


def test_a_total_that_only_contradicts_last_years_own_columns_stands_by_itself() -> None:
    past = {"requests.carried_forward.total": 5, "requests.carried_forward.natural_person": 2}
    cells = {f"requests.{key}": value for key, value in REQUESTS.items()}
    assert told(YEAR, live(YEAR, cells, ACCOUNT, past)) == [("T3-04", "J9")]


@pytest.mark.parametrize(("in_force", "lines"), [(3, ["B7", "D7"]), (1, ["B7"])])
def test_each_cell_that_must_be_nil_is_told_and_alike_ones_in_one_line(
    in_force: int, lines: list[str]
) -> None:
    rows = {"proactive.regulations.issued": 1, "proactive.regulations.in_force": in_force}
    found = live(YEAR, rows)
    assert [cell for _, cell in told(YEAR, found)] == lines


def test_rows_exchanged_in_both_columns_are_asked_about_as_rows() -> None:
    cells = {"responses__conferences": (1, 1), "responses__conferences_led": (3, 3)}
    columns = ("this_quarter", "year_to_date")
    found = quarter(
        **{
            f"{row}__{at}": own
            for row, values in cells.items()
            for at, own in zip(columns, values, strict=True)
        }
    )
    ways = hints(found, "Q2-01")
    assert {way.kind for way in ways} == {"lines"}
    [item] = _lines(QUARTER, found)
    assert item.hint
    assert item.hint.startswith("请核对")
    assert "第 7 行与第 8 行" in item.hint


def test_figures_exchanged_under_a_bound_lie_side_by_side_and_are_a_question() -> None:
    found = quarter(
        responses__conferences__this_quarter=1, responses__conferences_led__this_quarter=3,
        responses__conferences__year_to_date=5, responses__conferences_led__year_to_date=3,
    )  # fmt: skip
    [way] = hints(found, "Q2-01")
    assert [change.key.rpartition(".")[2] for change in way.changes] == ["this_quarter"] * 2
    assert way.is_guess


def test_a_figure_out_of_range_hides_no_sum_that_is_mended_elsewhere() -> None:
    """E17 is below nothing, and the account is right again with E8 as the text has it: neither settles the other."""
    found = requests(
        refused_process__enterprise=-1, granted_in_full__enterprise=5, new_received__enterprise=9
    )
    assert told(YEAR, found) == [("T3-01", "E8"), ("C05", "E17")]
    changes = {(change.key, change.after) for way in hints(found, "T3-01") for change in way.changes}
    assert changes == {("requests.new_received.enterprise", 4)}


def test_an_empty_cell_is_not_named_where_texts_say_that_others_are_wrong() -> None:
    """结转 3 and 办结 23 are told; the table has 0 and 24: nothing points to an outcome that was left out."""
    changes = {"carried_forward__natural_person": 0, "granted_in_full__natural_person": 14}
    assert hints(requests(**changes), "T3-01") == []
    assert "forgotten" in {
        way.kind for way in hints(requests("2023年依申请公开工作平稳。", **changes), "T3-01")
    }


def _lines(form: Form, assessment: Assessment) -> list[Notice]:
    return [group.notice for group in group_notices(notices(form, assessment.findings))]
