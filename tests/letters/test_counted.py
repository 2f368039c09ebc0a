"""Which version counts by a person's word is told to an agency that was told otherwise: once, and again when it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.forms.form import Form
from pipeline.letter import AnsweredFile, CountedVersion, Intention, LetterKind, LetterState
from pipeline.letters.plan import AgencyStanding, CampaignState, WrittenLetter, plan
from pipeline.letters.plan.answering import answers
from tests.support.arrivals import NIGHT, agency, arrival, district, state

ONE = agency(1)
HOME = district([ONE])
DECIDED = NIGHT + timedelta(hours=12)
LATER = NIGHT + timedelta(days=1)


def written(item: Intention, at: datetime = NIGHT, place: LetterState = LetterState.HANDED) -> WrittenLetter:
    code = item.agency.code if item.agency else None
    return WrittenLetter(item.key, item.kind, code, item.to, "主题", at, place)


def receipt(item: AnsweredFile) -> Intention:
    [found] = answers([item], {}, HOME)
    return found


def campaign(
    counting: AnsweredFile, others: list[AnsweredFile], letters: list[WrittenLetter], *, decided: bool = True
) -> CampaignState:
    numbers = {item.sha256: item.version for item in (counting, *others)}
    of = CountedVersion(counting.version, counting.name, counting.sha256, numbers)
    if decided:
        of = replace(of, decided_at=DECIDED, why="数字无误")
    standing = AgencyStanding(ONE, counting, counting.sha256)
    known = {item.sha256: {item.verdict} for item in (counting, *others)}
    return replace(
        state(HOME, standing, now=LATER), written=tuple(letters), counted={ONE.code: of}, verdicts=known
    )


def told(found: CampaignState) -> list[tuple[int, int, str]]:
    letters = [item.body for item in plan(found, {}).letters if item.kind is LetterKind.COUNTED]
    return [(item.version, item.instead, item.why) for item in letters if isinstance(item, CountedVersion)]


def test_who_has_a_receipt_for_another_version_is_told_once(form: Form) -> None:
    first, second = arrival(form, ONE, 1), arrival(form, ONE, 2)
    receipts = [written(receipt(first)), written(receipt(second))]
    found = campaign(first, [second], receipts)
    assert told(found) == [(1, 2, "数字无误")], (
        "of two receipts of one run the later version's is the last word"
    )
    [letter] = [item for item in plan(found, {}).letters if item.kind is LetterKind.COUNTED]
    assert letter.to == ONE.emails[:1]
    for place in LetterState:
        again = campaign(first, [second], [*receipts, written(letter, LATER, place)])
        assert bool(told(again)) == (place is LetterState.WITHDRAWN)


def test_a_receipt_that_waits_or_is_of_that_version_needs_no_letter(form: Form) -> None:
    first, second = arrival(form, ONE, 1), arrival(form, ONE, 2)
    waiting = written(receipt(second), place=LetterState.WAITING)
    assert told(campaign(first, [second], [written(receipt(first)), waiting])) == []
    assert told(campaign(first, [second], [])) == []


def test_a_decision_that_is_revoked_is_told_where_it_had_been_told(form: Form) -> None:
    first, second = arrival(form, ONE, 1), arrival(form, ONE, 2)
    receipts = [written(receipt(first)), written(receipt(second))]
    [letter] = [
        item
        for item in plan(campaign(first, [second], receipts), {}).letters
        if item.kind is LetterKind.COUNTED
    ]
    for place, due in ((LetterState.HANDED, [(2, 1, "")]), (LetterState.WAITING, [])):
        revoked = campaign(second, [first], [*receipts, written(letter, DECIDED, place)], decided=False)
        assert told(revoked) == due
        assert (letter.key in plan(revoked, {}).withdrawn) == (place is LetterState.WAITING)


def test_a_version_that_came_later_is_told_by_its_receipt(form: Form) -> None:
    first, second, third = (arrival(form, ONE, number) for number in (1, 2, 3))
    receipts = [written(receipt(first)), written(receipt(second))]
    [letter] = [
        item
        for item in plan(campaign(first, [second], receipts), {}).letters
        if item.kind is LetterKind.COUNTED
    ]
    came = campaign(third, [first, second], [*receipts, written(letter, DECIDED)], decided=False)
    found = plan(replace(came, arrivals=(third,)), {ONE.code: [first, second, third]})
    assert [item.kind for item in found.letters if item.agency] == [LetterKind.ACCEPTANCE]
    answered = replace(came, written=(*came.written, written(receipt(third), LATER)))
    assert told(answered) == []
