"""A slip in one typed figure of a report that tells its figures: the first hint names the cell, or asks, or is silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Severity
from pipeline.wording.messages import notice
from tests.support.fills import zeros
from tests.support.slips import measure, shares
from tests.support.submissions import plain_texts, reading_of, submission_of

FORM = load_form()
SAMPLED = 9
TOTALS = frozenset(cell.key for cell in FORM.cells if cell.defined_by)


@pytest.mark.parametrize("typed_totals", [False, True])
def test_the_first_hint_is_the_cell_and_no_hint_that_does_not_ask_is_wrong(*, typed_totals: bool) -> None:
    found = list(measure(FORM, typed_totals=typed_totals, each=SAMPLED))
    right, sure = shares(found)
    assert len(found) > 100
    assert right >= 0.9, [slip for slip in found if slip.hint != "right"]
    assert sure >= 0.97, [slip for slip in found if slip.hint == "wrong" and not slip.asks]


def _judged(text: str, upheld: int, corrected: int = 1) -> Assessment:
    numbers = {
        **zeros(FORM),
        "disputes.reconsideration.upheld": upheld,
        "disputes.reconsideration.corrected": corrected,
    }
    numbers["disputes.reconsideration.total"] = upheld + corrected
    reading = reading_of(FORM, numbers, plain_texts(FORM) | {"overview.on_request": text})
    [found] = judge(FORM, [submission_of(replace(reading, computed=TOTALS))])
    return found


TOLD = "本年度未收到政府信息公开申请。因政府信息公开引起行政复议5件，其中维持4件、纠正1件。"


def test_a_cell_that_several_sentences_contradict_is_named_though_every_sum_holds() -> None:
    found = _judged(TOLD, 7).findings
    changes = {way.changes for item in found for way in item.suggestions}
    assert {(own.key, own.before, own.after) for (own,) in changes} == {
        ("disputes.reconsideration.upheld", 7, 4)
    }
    assert len({item.cause for item in found if item.suggestions}) == 1
    said = [notice(FORM, item).message for item in found if item.suggestions]
    assert all("文字中 2 处" in one and "改正文字" in one and "【" in one for one in said)


def test_one_sentence_against_one_figure_names_no_cell_to_change() -> None:
    """Either of the two may be wrong; and texts that agree with the tables say nothing."""
    alone = _judged("本年度未收到政府信息公开申请。因政府信息公开引起行政复议5件。", 7).findings
    assert [item.code for item in alone if item.severity is not Severity.INFO] == ["N04"]
    assert not any(item.suggestions for item in alone)
    assert not [item for item in _judged(TOLD, 4).findings if item.severity is not Severity.INFO]
