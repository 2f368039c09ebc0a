"""What tells one cell from another that the sums allow as well: texts, formulas, figures that stand there twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.repair.evidence import Evidence, Way
from pipeline.judging.repair.tally import tally_of
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Number, Suggestion
from pipeline.wording.messages import notices
from tests.support.fills import zeros
from tests.support.submissions import reading_of, submission_of

FORM = load_form()
TOTALS = frozenset(cell.key for cell in FORM.cells if cell.defined_by)
COLUMN = {
    "new_received": 60, "granted_in_full": 14, "granted_in_part": 8, "unable_not_held": 20, "not_processed_complaint": 11,
    "other_other": 5, "carried_forward": 2,
}  # fmt: skip
"""A column that adds up, of which five figures could be mended one way or the other."""


def judged(text: str = "", /, **changes: int) -> Assessment:
    """Judge a report whose totals are formulas and whose column of natural persons was changed."""
    column = {f"requests.{row}.natural_person": value for row, value in (COLUMN | changes).items()}
    typed: Mapping[str, Number | None] = {**zeros(FORM), **column, **dict.fromkeys(TOTALS)}
    reading = reading_of(FORM, with_totals(FORM, typed))
    texts = dict(reading.texts) | ({"overview.on_request": text} if text else {})
    [assessment] = judge(FORM, [submission_of(replace(reading, texts=texts, computed=TOTALS))])
    return assessment


def ways(assessment: Assessment) -> list[tuple[str, str, Number | None]]:
    """Return kind, row and what it should be of every suggestion."""
    suggestions: list[Suggestion] = [way for finding in assessment.findings for way in finding.suggestions]
    assert all(len(way.changes) == 1 for way in suggestions)
    found = [(way.kind, way.changes[0].key.split(".")[1], way.changes[0].after) for way in suggestions]
    return list(dict.fromkeys(found))


def test_the_column_adds_up_and_a_slip_alone_tells_nothing() -> None:
    assert not [finding for finding in judged().findings if finding.variant in FORM.checks]
    assert ways(judged(unable_not_held=23)) == []


def test_texts_that_agree_with_all_other_figures_leave_one() -> None:
    """Everything but 无法提供 is said, and said as it stands in the table: what is left is the cell."""
    text = "2023年，我局收到政府信息公开申请60件，上年结转0件，予以公开14件，部分公开8件，不予处理11件，结转下年度继续办理2件。"
    assert ways(judged(text, unable_not_held=28, other_other=0)) == [("left", "unable_not_held", 25)]


def test_a_way_that_makes_a_true_sentence_false_is_none() -> None:
    text = "2023年，我局收到政府信息公开申请60件，结转下年度继续办理2件。"
    rows = {
        row
        for _, row, _ in ways(
            judged(text, granted_in_full=36, granted_in_part=0, other_other=0, unable_not_held=14)
        )
    }
    assert "new_received" not in rows


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"refused_third_party": 7}, ("surplus", "refused_third_party", 0)),
        ({"other_other": 58}, ("subtotal", "other_other", 5)),
        ({"granted_in_part": 22}, ("repeated", "granted_in_part", 8)),
        ({"unable_not_held": -20}, ("sign", "unable_not_held", 20)),
    ],
    ids=["a figure too many", "the sum of the others", "the cell above once more", "a sign"],
)
def test_what_a_figure_is_told_by(changes: dict[str, int], first: tuple[str, str, int]) -> None:
    found = ways(judged(**changes))
    assert found[0] == first
    assert len(found) <= 3


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"granted_in_full": 0}, [("granted_in_full", 14)]),
        ({"new_received": 56, "unable_not_held": 0}, [("unable_not_held", 16)]),
        (
            {"new_received": 33, "granted_in_full": 0, "unable_not_held": 0},
            [("granted_in_full", 7), ("unable_not_held", 7)],
        ),
    ],
    ids=["what is granted most", "what is seldom without a number", "two as usual as each other"],
)
def test_of_many_cells_the_empty_ones_of_rows_that_usually_have_a_number_are_asked_about(
    changes: dict[str, int], asked: list[tuple[str, int]]
) -> None:
    found = judged(**changes)
    assert ways(found) == [("forgotten", row, after) for row, after in asked]
    assert all(way.is_guess for finding in found.findings for way in finding.suggestions)
    said = notices(FORM, found.findings)[0]
    assert said.hint
    assert "可能漏填了这一格" in said.hint
    assert "核对同一行、同一列的其他各格" in said.hint


def test_an_outcome_that_stands_there_twice_is_taken_from_the_row_that_seldom_has_one() -> None:
    twice = dict.fromkeys(COLUMN, 0) | {"new_received": 3, "granted_in_full": 3, "granted_in_part": 3}
    assert [row for _, row, _ in ways(judged(**twice))[:2]] == ["granted_in_part", "granted_in_full"]


def test_the_sentence_says_what_speaks_for_it(form: Form) -> None:
    said = notices(form, judged(refused_third_party=7).findings)[0]
    assert said.hint
    assert "由 7 改为 0" in said.hint
    assert "可能" in said.hint


def test_a_change_that_leaves_others_out_is_a_question_also_where_the_rule_only_warns() -> None:
    """Last year's documents in force, less one: three figures explain it, one of them for a reason of its own."""
    evidence = Evidence(tally_of(FORM, dict(with_totals(FORM, zeros(FORM))), level="县区", computed=TOTALS))
    row = "proactive.normative_documents"
    likely, plain = Way("dropped", {f"{row}.in_force": 9}), Way("", {f"{row}.issued": -9})
    for must_hold in (True, False):
        found = evidence.likely([likely, *[plain] * 4], must_hold=must_hold)
        assert [(way.kind, way.is_guess) for way in found] == [("dropped", True)]
    [alone] = evidence.likely([likely], must_hold=False)
    assert not alone.is_guess
    [certain] = evidence.likely([Way("sign", likely.steps), plain, plain, plain], must_hold=False)
    assert not certain.is_guess
