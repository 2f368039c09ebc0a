"""Who is answered, and what with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.forms.form import Form
from pipeline.letter import AnsweredFile, AnswerPlan, Intention, LetterKind, LetterState
from pipeline.letters.plan import WrittenLetter, answers
from pipeline.letters.plan.outdated import corrected
from pipeline.model import Verdict
from tests.support import districts
from tests.support.arrivals import NIGHT, agency, arrival, district, state

ONE, OTHER = agency(1), agency(2)
HOME = district([ONE, OTHER])


def planned(*items: AnsweredFile, earlier: tuple[AnsweredFile, ...] = ()) -> list[Intention]:
    judged = [item for item in items if item.agency == ONE and item.verdict is not Verdict.DUPLICATE]
    own = {ONE.code: [*earlier, *judged]}
    return answers(items, own, HOME)


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Verdict.ACCEPTED, LetterKind.ACCEPTANCE),
        (Verdict.ACCEPTED_WITH_REMARKS, LetterKind.ACCEPTANCE),
        (Verdict.RETURNED, LetterKind.RETURNED),
        (Verdict.DUPLICATE, LetterKind.DUPLICATE),
        (Verdict.HELD, LetterKind.HELD),
        (Verdict.NOT_A_SUBMISSION, LetterKind.NOT_A_SUBMISSION),
    ],
)
def test_every_mail_that_a_person_wrote_is_answered_to_its_sender(
    form: Form, verdict: Verdict, kind: LetterKind
) -> None:
    came = arrival(form, ONE, verdict=verdict)
    [intention] = planned(came)
    assert (intention.kind, intention.to) == (kind, (ONE.emails[0],))
    assert planned(replace(came, automatic=True)) == []


def test_a_report_of_which_every_error_is_explained_is_no_return(form: Form) -> None:
    came = replace(arrival(form, ONE, verdict=Verdict.RETURNED), awaits_approval=True)
    [intention] = planned(came)
    assert (intention.kind, intention.to) == (LetterKind.AWAITING, (ONE.emails[0],))


def test_what_was_accepted_no_sooner_than_its_successor_was_not_replaced_by_it(form: Form) -> None:
    """An exception lets a returned version and the one after it be accepted in one run."""
    first, second, third = (
        replace(arrival(form, ONE, number), since=NIGHT + timedelta(days=days), is_rejudged=days > 0)
        for number, days in ((1, 0), (2, 5), (3, 5))
    )

    def replaced(*before: AnsweredFile, by: AnsweredFile) -> int:
        [letter] = planned(by, earlier=before)
        assert isinstance(letter.body, AnswerPlan)
        return letter.body.replaces

    assert replaced(first, second, by=third) == 1
    assert replaced(first, replace(second, since=NIGHT), by=third) == 2
    assert replaced(first, replace(second, is_rejudged=False), by=third) == 2, "both came in one run"
    assert replaced(replace(first, word=9), second, by=replace(third, word=7)) == 0
    back = replace(second, verdict=Verdict.RETURNED, sent_back=True)
    assert replaced(first, back, by=third) == 0, (
        "what had been sent back counted no more, and nothing in its place"
    )
    assert (
        replaced(replace(first, word=4), replace(second, word=2, since=NIGHT), by=replace(third, word=5)) == 1
    )


def test_a_file_put_in_by_hand_is_answered_to_the_roster(form: Form) -> None:
    by_hand = arrival(form, ONE, verdict=Verdict.RETURNED, sender=None)
    assert planned(by_hand)[0].to == ("a1@ju1.example",), "a domain is no mailbox"
    nowhere = replace(ONE, emails=("@ju1.example",))
    assert planned(replace(by_hand, agency=nowhere)) == []
    for verdict in (Verdict.HELD, Verdict.DUPLICATE, Verdict.NOT_A_SUBMISSION):
        assert planned(replace(by_hand, verdict=verdict)) == []


def test_who_only_passes_a_file_on_has_it_answered_to_the_agency(form: Form) -> None:
    passed_on = arrival(form, ONE, verdict=Verdict.RETURNED, sender="boss@qfb.example")
    assert planned(passed_on)[0].to == ("a1@ju1.example",)
    nowhere = replace(passed_on, agency=replace(ONE, emails=()))
    assert planned(nowhere)[0].to == ("boss@qfb.example",)


@pytest.mark.parametrize("sender", [OTHER.emails[0], "clerk@private.example"])
@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.RETURNED])
def test_what_a_person_decided_to_be_an_agencys_is_answered_to_that_agency(
    form: Form, sender: str, verdict: Verdict
) -> None:
    """It came from another agency's mailbox, or from one that nobody lists; the next run has nothing to correct."""
    [intention] = planned(arrival(form, ONE, verdict=verdict, sender=sender))
    assert intention.agency == ONE
    assert intention.to == ("a1@ju1.example",)
    code = intention.agency.code
    written = WrittenLetter(
        intention.key, intention.kind, code, intention.to, "主题", NIGHT, LetterState.WAITING
    )
    assert corrected(replace(state(HOME), written=(written,))) == {}


def test_a_stranger_learns_nothing_of_an_agency(form: Form) -> None:
    own = arrival(form, ONE)
    for verdict in (Verdict.HELD, Verdict.DUPLICATE):
        stranger = replace(own, verdict=verdict, sender="x@else.example", mail="<x>", message_id="<x>")
        [intention] = planned(stranger, earlier=(own,))
        assert intention.agency is None
        assert isinstance(intention.body, AnswerPlan)
        assert intention.body.earlier is None
    copy = replace(own, verdict=Verdict.DUPLICATE, mail="<2>", sender="other@ju1.example")
    [intention] = planned(copy, earlier=(own,))
    assert intention.agency == ONE, "of the agency's domain"
    assert isinstance(intention.body, AnswerPlan)
    assert intention.body.earlier == own


def test_a_letter_about_nobodys_data_stands_with_the_agency_whose_mailbox_it_is(form: Form) -> None:
    """A mail without a table, and the file of another agency once more: no word of whose that is."""
    empty = arrival(form, None, 0, Verdict.NOT_A_SUBMISSION, sender=ONE.emails[0])
    copy = replace(arrival(form, OTHER, verdict=Verdict.DUPLICATE), sender=ONE.emails[0])
    for item in (empty, copy):
        [intention] = planned(item, earlier=(arrival(form, ONE),))
        assert intention.agency == ONE
        assert isinstance(intention.body, AnswerPlan)
        assert intention.body.earlier is None


def test_who_sends_last_years_file_again_hears_whether_this_years_is_missing(form: Form) -> None:
    again = replace(
        arrival(form, None, 0, Verdict.DUPLICATE), sender=ONE.emails[0], other_year=districts.YEAR - 1
    )
    for others, is_missing in (((), True), ((arrival(form, ONE, verdict=Verdict.HELD),), False)):
        intention = next(item for item in planned(again, *others) if item.kind is LetterKind.DUPLICATE)
        assert isinstance(intention.body, AnswerPlan)
        assert intention.body.is_missing == is_missing


def test_an_answer_knows_the_version_before(form: Form) -> None:
    first = arrival(form, ONE, 1, Verdict.RETURNED)
    second, third = arrival(form, ONE, 2, Verdict.RETURNED), arrival(form, ONE, 3)
    before = [
        intention.body.earlier
        for intention in planned(first, second, third)
        if isinstance(intention.body, AnswerPlan)
    ]
    assert before == [None, first, second]


def test_one_occasion_has_one_key_and_a_new_verdict_a_new_one(form: Form) -> None:
    held = arrival(form, ONE, verdict=Verdict.HELD)
    accepted = replace(held, verdict=Verdict.ACCEPTED)
    assert len(planned(held, held)) == 1
    assert planned(held)[0].key != planned(accepted)[0].key
    assert (
        planned(accepted)[0].key == planned(replace(accepted, verdict=Verdict.ACCEPTED_WITH_REMARKS))[0].key
    )


def test_a_sender_without_a_table_gets_one_letter_a_day(form: Form) -> None:
    empty = arrival(form, None, 0, Verdict.NOT_A_SUBMISSION, sender="robot@else.example")
    again = replace(empty, mail="<again>", sha256="f" * 64)
    assert len(planned(empty, again)) == 1
