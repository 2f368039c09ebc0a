"""Figures of the next quarter on the template of this one are known for what they are, and no figure of theirs is asked to be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from unittest.mock import Mock, patch

import pytest

from pipeline.district.adjusting import form_of
from pipeline.forms.arithmetic import with_totals
from pipeline.judging.rules.judge import judge
from pipeline.ledger import Ledger, judged_files
from pipeline.ledger.judged_files import JudgedFile
from pipeline.model import Assessment, Verdict
from pipeline.periods import Period
from pipeline.run.of_next_period import for_next_period, sentences
from pipeline.wording.messages import notices
from tests.support.arrivals import district
from tests.support.districts import NOON
from tests.support.fills import zeros
from tests.support.submissions import AGENCY, filled

QUARTER = "disclosure_statistics_quarter"
FIRST, SECOND, FOURTH, NEXT_YEAR = 202641, 202642, 202644, 202741
HOME = replace(district([AGENCY]), form=QUARTER, year=FIRST, collected=((QUARTER, FIRST), (QUARTER, SECOND)))
FORM = form_of(HOME)
ITEMS = "proactive_items"


def sent(version: int, figures: Mapping[str, tuple[int, int]]) -> Assessment:
    """Judge a file of the first quarter: of some items this quarter's figure and the year's."""
    values = zeros(FORM)
    for key, (quarter, so_far) in figures.items():
        values |= {f"{ITEMS}.{key}.this_quarter": quarter, f"{ITEMS}.{key}.year_to_date": so_far}
    computed = frozenset(cell.key for cell in FORM.cells if not cell.is_input)
    typed = {key: None if key in computed else value for key, value in values.items()}
    item = filled(FORM, with_totals(FORM, typed), number=version)
    [found] = judge(FORM, [replace(item, year=FIRST, reading=replace(item.reading, computed=computed))])
    return replace(found, version=version, word=version)


ACCEPTED = sent(1, {"website": (14, 14)})
MEANT_FOR_NEXT = sent(2, {"website": (9, 23), "wechat": (1, 1)})


def test_it_is_said_and_no_figure_is_to_be_changed() -> None:
    assert ACCEPTED.verdict is Verdict.ACCEPTED
    assert MEANT_FOR_NEXT.verdict is Verdict.RETURNED
    assert any(finding.suggestions for finding in MEANT_FOR_NEXT.findings)
    found = for_next_period(FORM, HOME, [ACCEPTED, MEANT_FOR_NEXT])
    assert list(found) == [1]
    first, *others = found[1].findings
    assert (first.code, first.variant, first.key) == ("F02", "next_period", FORM.entry_with_role("year").key)
    assert {finding.code for finding in others} == {"Q1-92"}
    assert not any(finding.suggestions for finding in others)
    assert found[1].verdict is Verdict.RETURNED
    [said, *_] = notices(FORM, found[1].findings)
    assert "2026年第一季度的模板" in said.message
    assert "2026年第二季度的模板" in f"{said.message}{said.hint}"


@pytest.mark.parametrize(
    ("before", "later"),
    [
        (ACCEPTED, sent(2, {"website": (9, 23), "wechat": (1, 6)})),  # fits in one place and not in the other
        (ACCEPTED, sent(2, {"website": (14, 41)})),  # a slip in a correction
        (ACCEPTED, sent(2, {"website": (9, 9), "wechat": (1, 1)})),  # a correction
        (sent(1, {"website": (14, 15)}), MEANT_FOR_NEXT),  # nothing of the quarter counts
        (replace(ACCEPTED, version=3, word=3), MEANT_FOR_NEXT),  # the accepted one came later
    ],
)
def test_of_all_else_nothing_is_said(before: Assessment, later: Assessment) -> None:
    assert for_next_period(FORM, HOME, [before, later]) == {}


@pytest.mark.parametrize(
    ("own", "collected"),
    [
        (FIRST, ((QUARTER, FIRST),)),
        (FIRST, ((QUARTER, FIRST), (QUARTER, FOURTH))),
        (FIRST, ((QUARTER, FIRST), ("request_register", SECOND))),
        (FOURTH, ((QUARTER, FOURTH), (QUARTER, NEXT_YEAR))),
    ],
)
def test_only_where_the_next_one_of_the_year_is_collected_too(
    own: Period, collected: tuple[tuple[str, Period], ...]
) -> None:
    home = replace(HOME, year=own, collected=collected)
    assert for_next_period(FORM, home, [ACCEPTED, MEANT_FOR_NEXT]) == {}


@pytest.mark.parametrize(
    ("here", "collected", "said"), [(False, True, 1), (True, True, 0), (False, False, 0)]
)
def test_the_next_period_names_who_sent_it_so_and_nothing_else(
    *, here: bool, collected: bool, said: int
) -> None:
    [known] = for_next_period(FORM, HOME, [ACCEPTED, MEANT_FOR_NEXT]).values()

    def filed(_: object, period: Period) -> list[JudgedFile]:
        found = [ACCEPTED, known] if period == FIRST else [ACCEPTED] if here else []
        return [
            JudgedFile(f"{item.version}.xlsx", AGENCY.code, item.version, item.verdict, None, NOON, item.findings, item.word)
            for item in found
        ]  # fmt: skip

    periods = HOME.collected if collected else ((QUARTER, SECOND),)
    with patch.object(judged_files, "filed", filed):
        told = list(sentences(Mock(Ledger), replace(HOME, year=SECOND, collected=periods)))
    assert ["2.xlsx" in item and "第二季度的模板报送" in item for item in told] == [True] * said
