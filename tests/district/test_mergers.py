"""Whose past is compared with whose report: what the sums of last year's campaign held, and what was imported."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.district.mergers import Bodies, Pasts, is_within, on_their_own
from pipeline.model import Agency, PastReport

YEAR = 2023
MERGED, LATER = date(2024, 1, 11), date(2024, 1, 20)
BEFORE, BETWEEN, AFTER = date(2024, 1, 9), date(2024, 1, 15), date(2024, 1, 25)
WHOLE = Agency("003", "文旅局", "部门", "县区")
PART = Agency("001", "体育局", "部门", "县区", merged_into="003", merged_on=MERGED)
MIDDLE = Agency("002", "文化局", "部门", "县区", merged_into="003", merged_on=LATER)


def past(agency: Agency, figure: int, came: date | None = None) -> PastReport:
    return PastReport(agency.code, YEAR, {"rows": figure}, source="报告", came=came)


def pasts(*reports: PastReport) -> Pasts:
    return {item.agency: item for item in reports}


def past_of_whole(found: Pasts, *merged: Agency) -> PastReport | None:
    return Bodies([WHOLE], merged).past_of(WHOLE, found, YEAR)


def test_reports_that_both_counted_are_added_up() -> None:
    found = past_of_whole(pasts(past(WHOLE, 10, BEFORE), past(PART, 10, BEFORE)), PART)
    assert found is not None
    assert found.numbers == {"rows": 20}
    assert "合并各单位之和" in found.source


def test_imported_reports_are_each_their_agencys_own_and_add_up() -> None:
    found = past_of_whole(pasts(past(WHOLE, 10), past(PART, 10)), PART)
    assert found is not None
    assert found.numbers == {"rows": 20}


def test_a_part_that_the_report_of_the_whole_spoke_for_is_not_counted_twice() -> None:
    own = past(WHOLE, 20, AFTER)
    assert past_of_whole(pasts(own), PART) == own, "as it was accepted, and called so"


def test_a_part_that_a_person_let_count_beside_the_whole_counts_beside_it() -> None:
    early = Agency("001", "体育局", "部门", "县区", merged_into="003", merged_on=date(2023, 11, 1))
    for part in (PART, early):
        found = past_of_whole(pasts(past(WHOLE, 20, AFTER), past(part, 10, BEFORE)), part)
        assert found is not None
        assert found.numbers == {"rows": 30}, part


def test_of_a_part_that_nothing_is_known_of_the_whole_has_no_past() -> None:
    assert past_of_whole(pasts(past(WHOLE, 10, BEFORE)), PART) is None
    assert past_of_whole(pasts(past(WHOLE, 10)), PART) is None, "whom an import speaks for, nobody knows"


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ({"003": AFTER}, True),
        ({"003": BETWEEN}, False),
        ({"002": BETWEEN}, True),
        ({"002": BEFORE, "003": BETWEEN}, False),
        ({}, False),
    ],
)
def test_a_report_speaks_for_those_who_were_part_of_its_body_when_it_came(
    came: dict[str, date], *, expected: bool
) -> None:
    """001 became part of 002 first, which became part of 003 later."""
    first = Agency("001", "体育局", "部门", "县区", merged_into="002", merged_on=MERGED)
    merged = {item.code: item for item in (first, MIDDLE)}
    assert is_within(first, merged, came) is expected


def test_a_merged_body_counts_by_itself_until_it_is_replaced_or_a_person_says_so() -> None:
    assert on_their_own([PART], {"001": BEFORE, "003": BEFORE}) == [PART]
    assert on_their_own([PART], {"001": BEFORE, "003": AFTER}) == []
    assert on_their_own([PART], {"001": BEFORE, "003": AFTER}, {"001"}) == [PART]
    assert on_their_own([PART], {"003": BEFORE}) == [], "nothing of it counts"


@pytest.mark.parametrize(
    ("agency", "day", "registers", "belonging", "uneven"),
    [
        (WHOLE, AFTER, {"003": BEFORE, "001": BEFORE}, ["001", "003"], []),  # both were one's own, and add up
        (WHOLE, AFTER, {"003": AFTER}, ["003"], []),  # the register of the whole speaks for its part
        (WHOLE, BEFORE, {"003": BEFORE, "001": BEFORE}, ["003"], []),  # the report is of the body alone
        (PART, BEFORE, {"003": BEFORE, "001": BEFORE}, ["001"], []),
        (WHOLE, AFTER, {"003": AFTER, "001": AFTER}, ["001", "003"], []),  # a person let both count
        (WHOLE, BEFORE, {"003": AFTER}, ["003"], ["体育局"]),  # the register alone speaks for both
        (PART, BEFORE, {"003": AFTER}, [], ["体育局"]),
        (WHOLE, AFTER, {"003": BEFORE}, ["003"], ["体育局"]),  # nobody has the part's register
        (WHOLE, AFTER, {}, [], []),
        (PART, BEFORE, {"003": BEFORE}, [], []),
    ],
)
def test_reports_on_two_forms_belong_together_where_they_speak_for_the_same_bodies(
    agency: Agency, day: date, registers: dict[str, date], belonging: list[str], uneven: list[str]
) -> None:
    known = {item.code: item for item in (WHOLE, PART)}
    found = pasts(*(past(known[code], 1, came) for code, came in registers.items()))
    reports, bodies = Bodies([WHOLE], [PART]).counterparts(agency, day, found)
    assert ([item.agency for item in reports], [item.name for item in bodies]) == (belonging, uneven)


def test_reports_before_and_after_a_split_are_of_different_bodies() -> None:
    new = Agency("004", "旅游局", "部门", "县区", split_from="003", split_on=MERGED)
    bodies = Bodies([WHOLE, new], [])
    found = pasts(past(WHOLE, 1, BEFORE), past(new, 1, AFTER))
    assert bodies.counterparts(WHOLE, BEFORE, found)[1] == []
    assert bodies.counterparts(WHOLE, AFTER, found)[1] == [new]
    assert bodies.counterparts(new, AFTER, found) == ([found["004"]], [])
    assert bodies.counterparts(new, AFTER, pasts(past(WHOLE, 1, BEFORE))) == ([], []), (
        "it has no register yet"
    )
