"""A flood of forged mails ends as a few letters, and what an agency sent goes to nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms.form import Form
from pipeline.letter import AnsweredFile, AnswerPlan, Intention, LetterKind
from pipeline.letters.plan import CampaignState, answers, carries_anothers
from pipeline.letters.plan.limits import ALL, KNOWN, STRANGER, within_limits
from pipeline.model import Agency, SenderProof, Verdict
from tests.support.arrivals import NIGHT, agency, arrival, district

ONE = agency(1)
DOMAIN = replace(ONE, emails=("@ju1.example",))
"""The same, of which only the domain is known: what a stranger sends for it can be answered to the stranger alone."""
HOME = district([ONE])
STATE = CampaignState(HOME, NIGHT, ())


def many(
    form: Form, count: int, sender: str, *, mails: int = 1, verdict: Verdict = Verdict.HELD
) -> list[AnsweredFile]:
    """Files of some mails, all from one address."""
    one = arrival(form, ONE, verdict=verdict, sender=sender)
    return [
        replace(one, sha256=f"{number:064}", name=f"{number}.xlsx", mail=f"<{number % mails}>")
        for number in range(count)
    ]


@pytest.mark.parametrize("verdict", [Verdict.HELD, Verdict.RETURNED, Verdict.DUPLICATE])
def test_a_mail_is_answered_once_for_all_files_that_end_alike(form: Form, verdict: Verdict) -> None:
    [letter] = answers(many(form, 249, "x@else.example", verdict=verdict), {}, HOME)
    assert isinstance(letter.body, AnswerPlan)
    assert len(letter.body.also) == 248


def test_every_report_that_is_accepted_has_its_receipt(form: Form) -> None:
    came = many(form, 2, ONE.emails[0], verdict=Verdict.ACCEPTED)
    assert [item.kind for item in answers(came, {}, HOME)] == [LetterKind.ACCEPTANCE] * 2


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_sender_who_is_known_to_be_false_is_not_written_to(form: Form, verdict: Verdict) -> None:
    forged = replace(arrival(form, ONE, verdict=verdict), proof=SenderProof.FAILED)
    assert answers([forged], {}, HOME) == []


def test_an_address_gets_so_many_letters_a_day(form: Form) -> None:
    stranger = answers(many(form, 300, "x@else.example", mails=300), {}, HOME)
    assert len(within_limits(stranger, STATE)) == STRANGER
    known = answers(many(form, 300, ONE.emails[0], mails=300), {}, HOME)
    assert len(within_limits(known, STATE)) == min(KNOWN, ALL + 2)
    office = answers(many(form, 300, "boss@qfb.example", mails=300), {}, HOME)
    assert len(within_limits(office, STATE)) == min(KNOWN, ALL + 2)


def test_all_addresses_together_get_so_many_letters_a_day(form: Form) -> None:
    came = [item for number in range(300) for item in many(form, 1, f"x{number}@else.example")]
    planned = answers([replace(item, mail=str(number)) for number, item in enumerate(came)], {}, HOME)
    kept = within_limits(planned, STATE)
    assert len(kept) == ALL + 2
    assert len({item.to for item in kept}) == len(kept)


def answer(form: Form, sender: str, shown: int) -> Intention:
    came = replace(arrival(form, DOMAIN, 2, Verdict.RETURNED, sender=sender), shown=shown)
    [letter] = answers([came], {}, HOME)
    return letter


def test_what_an_agency_sent_goes_only_to_its_own_addresses(form: Form) -> None:
    """A file that cannot be read is answered with what came before it: not to who may not have sent that."""
    assert carries_anothers(answer(form, "x@else.example", 1))
    assert not carries_anothers(answer(form, "x@else.example", 2)), "what came with it"
    assert not carries_anothers(answer(form, "x@else.example", 0)), "a blank template"
    assert not carries_anothers(answer(form, "a1@ju1.example", 1))
    assert not carries_anothers(answer(form, "anybody@ju1.example", 1)), "of the agency's domain"


def test_a_stranger_hears_nothing_of_the_version_before(form: Form) -> None:
    """Where the agency has a mailbox the answer goes there, and there it may be heard of."""
    for owner, sender, heard in (
        (ONE, ONE.emails[0], True),
        (ONE, "x@else.example", True),
        (DOMAIN, "x@else.example", False),
    ):
        before, after = arrival(form, owner, 1), arrival(form, owner, 2, Verdict.RETURNED)
        [letter] = answers([replace(after, sender=sender)], {ONE.code: [before, after]}, HOME)
        assert isinstance(letter.body, AnswerPlan)
        assert letter.body.earlier == (before if heard else None)
        assert letter.to == ((ONE.emails[0],) if owner is ONE else (sender,))


@pytest.mark.parametrize(
    ("owner", "sender", "told"),
    [
        (ONE, ONE.emails[0], 1),
        (ONE, "x@else.example", 1),
        (replace(ONE, emails=()), "first@else.example", 1),
        (replace(ONE, emails=()), "x@else.example", 0),
        (DOMAIN, "x@else.example", 0),
    ],
    ids=["its own", "answered to its own", "who sent what counts", "a stranger", "a stranger to a domain"],
)
def test_a_stranger_does_not_hear_that_the_agency_has_reported(
    form: Form, owner: Agency, sender: str, told: int
) -> None:
    before = replace(arrival(form, owner, 1, counting=1), sender="first@else.example")
    after = arrival(form, owner, 2, Verdict.RETURNED, sender=sender, counting=1)
    [letter] = answers([after], {owner.code: [before, after]}, HOME)
    assert isinstance(letter.body, AnswerPlan)
    assert letter.body.arrival.counting == told
