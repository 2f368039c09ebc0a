"""Letters that have not left: which are true no longer, and which go to another address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.district.mail_settings import MailSettings
from pipeline.forms.form import Form
from pipeline.letter import (
    AnsweredFile,
    AnswerPlan,
    Digest,
    DistrictDelivery,
    Handout,
    Intention,
    LetterKey,
    LetterKind,
    LetterState,
    Occasion,
    Reminder,
)
from pipeline.letters.plan import AgencyStanding, CampaignState, LetterPlan, WrittenLetter, plan, untrue
from pipeline.letters.plan.answering import answers
from pipeline.model import CHINA, Agency, Verdict
from tests.support.arrivals import NIGHT, OFFICE, agency, arrival, district, state

ONE, OTHER = agency(1), agency(2)
HOME = district([ONE, OTHER])
OPEN = (LetterState.WAITING, LetterState.FAILED)
QUIET = datetime(2024, 1, 20, 20, tzinfo=CHINA)
"""A Saturday long before the deadline: neither reminders nor digests."""


def kept(item: Intention, place: LetterState = LetterState.WAITING, **changes: object) -> WrittenLetter:
    code = item.agency.code if item.agency else None
    made = WrittenLetter(item.key, item.kind, code, item.to, "主题", NIGHT, place)
    return replace(made, **changes)  # type: ignore[arg-type]


def answer(item: AnsweredFile) -> Intention:
    [found] = answers([item], {}, HOME)
    return found


def reminder(owner: Agency = ONE, day: str = "2024-01-24") -> Intention:
    body = Reminder(NIGHT.date(), 1, 0, 1)
    return Intention(
        LetterKey(Occasion.REMINDER, (owner.code, day)), LetterKind.REMINDER, (owner.emails[0],), body, owner
    )


def later(
    *standings: AgencyStanding,
    written: Sequence[WrittenLetter],
    verdicts: Mapping[str, set[Verdict]] | None = None,
    now: datetime = QUIET,
) -> CampaignState:
    found = {item.latest.sha256: {item.latest.verdict} for item in standings if item.latest}
    return replace(state(HOME, *standings, now=now), written=tuple(written), verdicts=verdicts or found)


@pytest.mark.parametrize("place", OPEN)
def test_a_reminder_is_true_until_something_came(form: Form, place: LetterState) -> None:
    waiting = kept(reminder(), place, created_at=QUIET)
    assert plan(later(written=[waiting]), {}).withdrawn == ()
    ahead = kept(reminder(), LetterState.WAITING, created_at=QUIET + timedelta(days=366))
    assert plan(later(written=[ahead]), {}).withdrawn == (ahead.key,), "by a clock that was wrong"
    accepted = AgencyStanding(ONE, arrival(form, ONE), "x")
    assert plan(later(accepted, written=[waiting]), {}).withdrawn == (waiting.key,)
    gone = replace(later(written=[waiting]), standings=(AgencyStanding(OTHER),))
    assert plan(gone, {}).withdrawn == (waiting.key,), "the agency is on the roster no longer"
    left = replace(waiting, state=LetterState.SENT)
    assert plan(later(accepted, written=[left]), {}) == LetterPlan(), "what left has left"


def test_a_return_is_true_for_the_newest_version_alone(form: Form) -> None:
    first = arrival(form, ONE, 1, Verdict.RETURNED)
    waiting = kept(answer(first))
    assert plan(later(AgencyStanding(ONE, first), written=[waiting]), {}).withdrawn == ()
    for verdict in (Verdict.ACCEPTED, Verdict.RETURNED):
        second = arrival(form, ONE, 2, verdict)
        state_of_both = later(
            AgencyStanding(ONE, second), written=[waiting], verdicts={first.sha256: {first.verdict}}
        )
        found = plan(replace(state_of_both, arrivals=(first, second)), {"001": [first, second]})
        assert found.withdrawn == (waiting.key,)
        assert [item.key for item in found.letters] == [answer(second).key], "and is not written again"


def test_a_version_that_a_newer_one_has_overtaken_is_not_sent_back(form: Form) -> None:
    """Both came in one night; what would be withdrawn at once is not written."""
    first, second = arrival(form, ONE, 1, Verdict.RETURNED), arrival(form, ONE, 2)
    found = plan(
        replace(later(AgencyStanding(ONE, second, "x"), written=[]), arrivals=(first, second)),
        {"001": [first, second]},
    )
    assert [item.key for item in found.letters] == [answer(second).key]


def test_an_answer_is_withdrawn_when_its_file_is_judged_otherwise_and_may_come_true_again(form: Form) -> None:
    """An exception was granted, and withdrawn."""
    sent = arrival(form, ONE, 1, Verdict.RETURNED)
    excepted = replace(sent, verdict=Verdict.ACCEPTED)
    waiting = kept(answer(sent))
    granted = replace(later(AgencyStanding(ONE, excepted, "x"), written=[waiting]), arrivals=(excepted,))
    found = plan(granted, {"001": [excepted]})
    assert (found.withdrawn, [item.key for item in found.letters]) == ((waiting.key,), [answer(excepted).key])
    both = [replace(waiting, state=LetterState.WITHDRAWN), kept(answer(excepted))]
    ended = replace(later(AgencyStanding(ONE, sent), written=both), arrivals=(sent,))
    found = plan(ended, {"001": [sent]})
    assert (found.withdrawn, [item.key for item in found.letters]) == ((both[1].key,), [waiting.key])


def test_an_approval_takes_back_no_return_where_none_was_sent(form: Form) -> None:
    """All was explained; then the exception was granted."""
    waits = replace(arrival(form, ONE, 1, Verdict.RETURNED), awaits_approval=True)
    told = kept(answer(waits), LetterState.HANDED)
    assert told.kind is LetterKind.AWAITING
    assert untrue(later(AgencyStanding(ONE, waits), written=[replace(told, state=LetterState.WAITING)])) == []
    excepted = replace(waits, verdict=Verdict.ACCEPTED, awaits_approval=False)
    granted = replace(later(AgencyStanding(ONE, excepted, "x"), written=[told]), arrivals=(excepted,))
    [letter] = plan(granted, {"001": [excepted]}).letters
    assert isinstance(letter.body, AnswerPlan)
    assert (letter.kind, letter.body.reverses) == (LetterKind.ACCEPTANCE, None)
    assert letter.body.awaited == told.day


def test_a_receipt_that_left_is_written_anew_where_a_register_changed_what_it_said(form: Form) -> None:
    own = replace(arrival(form, ONE, counting=1), changed=NIGHT + timedelta(days=1))
    receipt = kept(answer(own), LetterState.SENT)
    [letter] = plan(replace(later(written=[receipt]), arrivals=(own,)), {"001": [own]}).letters
    assert isinstance(letter.body, AnswerPlan)
    assert (letter.kind, letter.key.number, letter.body.again) == (LetterKind.ACCEPTANCE, 2, receipt.day)
    second = replace(receipt, key=letter.key, created_at=NIGHT + timedelta(days=1))
    for written, item in (
        ([receipt, second], own),  # told
        ([replace(receipt, state=LetterState.WAITING)], own),  # what waits says it itself
        ([receipt], replace(own, changed=NIGHT)),  # as it was answered
        ([receipt], replace(own, counting=2)),  # another version counts
    ):
        known = later(written=written, verdicts={own.sha256: {own.verdict}})
        assert plan(replace(known, arrivals=(item,)), {"001": [item]}).letters == ()


def test_a_file_that_was_answered_with_a_receipt_is_never_said_to_be_looked_into(form: Form) -> None:
    """Its agency left the roster weeks later."""
    accepted = arrival(form, ONE)
    held = replace(accepted, verdict=Verdict.HELD, agency=None)
    served = replace(HOME, mail=MailSettings(smtp_host="smtp.example"))
    for place, kinds in ((LetterState.SENT, []), (LetterState.WAITING, [LetterKind.HELD])):
        known = replace(later(written=[kept(answer(accepted), place)]), district=served, arrivals=(held,))
        assert [item.kind for item in plan(known, {}).letters] == kinds


def test_a_return_is_compared_with_the_version_before_unless_that_was_accepted(form: Form) -> None:
    first, second = arrival(form, ONE, 1, Verdict.RETURNED), arrival(form, ONE, 2, Verdict.RETURNED)
    third = arrival(form, ONE, 3, Verdict.RETURNED)
    for middle, compared in ((second, first), (replace(second, verdict=Verdict.ACCEPTED), None)):
        told = [kept(answer(first), LetterState.SENT)]
        known = replace(later(AgencyStanding(ONE, third), written=told), arrivals=(third,))
        [letter] = plan(known, {"001": [first, middle, third]}).letters
        assert isinstance(letter.body, AnswerPlan)
        assert letter.body.earlier == compared


def test_only_a_letter_that_is_gone_is_said_to_have_been_sent(form: Form) -> None:
    """Without a mail server too: the receipt still lay there when its file was judged otherwise."""
    accepted = arrival(form, ONE)
    returned = replace(accepted, verdict=Verdict.RETURNED)
    for place, day in ((LetterState.WAITING, None), (LetterState.HANDED, NIGHT.date())):
        receipt = kept(answer(accepted), place)
        judged = replace(later(AgencyStanding(ONE, returned), written=[receipt]), arrivals=(returned,))
        [letter] = plan(judged, {"001": [returned]}).letters
        assert isinstance(letter.body, AnswerPlan)
        assert letter.body.reverses == day


def test_a_letter_of_the_day_gives_way_to_the_next_and_does_not_come_back() -> None:
    """The mail server is down for three nights: one reminder and one digest are enough."""
    written: list[WrittenLetter] = []
    for day in (29, 31, 32):
        now = datetime(2024, 1, 28, 8, tzinfo=CHINA) + timedelta(days=day - 28)
        found = plan(later(written=written, now=now), {})
        assert [item.kind for item in found.letters] == [*[LetterKind.REMINDER] * 2, LetterKind.DIGEST]
        assert len(found.withdrawn) == (3 if written else 0)
        written = [
            replace(item, state=LetterState.WITHDRAWN) if item.key in found.withdrawn else item
            for item in written
        ] + [kept(item, created_at=now) for item in found.letters]
        assert sum(item.is_open for item in written) == 3
        assert plan(later(written=written, now=now), {}) == LetterPlan()


def test_only_reminders_that_left_are_counted_and_the_digest_says_how_many_letters_have_not() -> None:
    waiting = [kept(reminder(day=f"2024-01-{day}")) for day in (22, 24)]
    for place, count in ((LetterState.WAITING, 0), (LetterState.SENT, 2), (LetterState.HANDED, 2)):
        written = [replace(item, state=place) for item in waiting]
        assert later(written=written).reminded(ONE) == count
    for sends, tried, left_over in ((False, 0, (3, 0)), (True, 0, (0, 0)), (True, 1, (0, 1))):
        served = replace(HOME, mail=MailSettings(smtp_host="smtp.example", send=sends))
        other = kept(
            Intention(
                LetterKey(Occasion.ASKED, ("f",)),
                LetterKind.NOT_A_SUBMISSION,
                ("x@y.cn",),
                Handout(NIGHT.date()),
            )
        )
        other = replace(other, attempts=tried)
        now = datetime(2024, 1, 29, 8, tzinfo=CHINA)
        found = plan(replace(later(written=[*waiting, other], now=now), district=served), {})
        [body] = [item.body for item in found.letters if isinstance(item.body, Digest)]
        assert (body.waiting, body.put_off) == left_over, (
            "two reminders of today in the place of older ones, and another letter"
        )


@pytest.mark.parametrize(
    ("sends", "facts", "said"),
    [
        (True, {}, "已催报 3 次"),
        (True, {"unread": "邮箱没有收取"}, "已催报 2 次，第 3 次催报的信已写好"),
        (True, {"unable": "发信失败"}, "已催报 2 次，第 3 次催报的信已写好"),
        (False, {}, "已催报 2 次，第 3 次催报的信已写好"),
    ],
)
def test_the_digest_counts_reminders_as_the_letter_of_the_same_run_does(
    sends: bool,  # noqa: FBT001 - a case
    facts: Mapping[str, str],
    said: str,
) -> None:
    served = replace(HOME, mail=MailSettings(smtp_host="smtp.example", send=sends))
    written = [kept(reminder(day=f"2024-01-{day}"), LetterState.SENT) for day in (22, 24)]
    now = datetime(2024, 1, 29, 8, tzinfo=CHINA)
    found = plan(replace(later(written=written, now=now), district=served, **facts), {})  # type: ignore[arg-type]
    [times] = [
        item.body.times for item in found.letters if isinstance(item.body, Reminder) and item.agency == ONE
    ]
    [body] = [item.body for item in found.letters if isinstance(item.body, Digest)]
    [why] = [call.why for call in body.calls if call.agency == ONE]
    assert times == 3
    assert said in why.rstrip("。").split("；")


@pytest.mark.parametrize("sends", [False, True])
def test_a_letter_that_waits_for_a_person_is_none_that_is_to_be_sent(form: Form, *, sends: bool) -> None:
    """The workbook that nobody has signed, and a letter that somebody edited: each has a sentence of its own."""
    served = replace(HOME, mail=MailSettings(smtp_host="smtp.example", send=sends))
    complete = [AgencyStanding(item, arrival(form, item), "x") for item in HOME.agencies]
    now = datetime(2024, 1, 23, 8, tzinfo=CHINA)

    def counted(*written: WrittenLetter, **facts: object) -> tuple[int, int]:
        asked = replace(later(*complete, written=written, now=now), district=served, **facts)  # type: ignore[arg-type]
        [body] = [item.body for item in plan(asked, {}).letters if isinstance(item.body, Digest)]
        return body.waiting, body.put_off

    [unsigned] = [
        item for item in plan(later(*complete, written=[]), {}).letters if item.kind is LetterKind.DELIVERY
    ]
    delivery = replace(kept(unsigned), attempts=1)
    assert counted() == (0, 0), "it is written by this very run"
    assert counted(delivery) == (0, 0)
    assert counted(delivery, signed={delivery.key}) == ((0, 1) if sends else (1, 0))
    receipt = replace(kept(answer(arrival(form, ONE, 1))), attempts=1, is_in_doubt=True)
    assert counted(replace(delivery, state=LetterState.SENT), receipt) == (0, 0)


def test_letters_of_a_day_do_not_outlive_it() -> None:
    """Nobody has run anything since: before letters are sent, what is dated is withdrawn."""
    digest = Intention(
        LetterKey(Occasion.DIGEST, ("2024-01-24",)), LetterKind.DIGEST, ("x@y.cn",), Handout(NIGHT.date())
    )
    evening = datetime(2024, 1, 23, 20, tzinfo=CHINA)
    written = [kept(reminder(day="2024-01-23"), created_at=evening), kept(digest, created_at=evening)]
    for day, gone in ((24, []), (25, [item.key for item in written])):
        asked = later(written=written, now=datetime(2024, 1, day, 8, tzinfo=CHINA))
        assert untrue(asked) == gone
    refused = [replace(item, state=LetterState.FAILED) for item in written]
    assert untrue(later(written=refused, now=datetime(2024, 1, 25, 8, tzinfo=CHINA))) == [], (
        "a fact for the digest"
    )


def test_a_reminder_that_waits_is_written_anew_with_what_is_left_today() -> None:
    """Four workdays before the deadline nobody is reminded, but the letter of the day before still lies there."""
    waiting = kept(reminder(), created_at=datetime(2024, 1, 23, 8, tzinfo=CHINA))
    for day, left in ((25, 4), (26, 3)):
        found = plan(later(written=[waiting], now=datetime(2024, 1, day, 8, tzinfo=CHINA)), {})
        [body] = [item.body for item in found.letters if isinstance(item.body, Reminder)]
        assert (body.left, found.withdrawn) == (left, (waiting.key,))
    weekend = datetime(2024, 1, 27, 8, tzinfo=CHINA)
    assert [item.kind for item in plan(later(written=[waiting], now=weekend), {}).letters] == []


def test_a_template_waits_until_something_came_or_a_reminder_carries_it(form: Form) -> None:
    template = kept(
        Intention(
            LetterKey(Occasion.TEMPLATE, ("2023", "001")),
            LetterKind.TEMPLATE,
            ONE.emails[:1],
            Handout(NIGHT.date()),
            ONE,
        )
    )
    assert plan(later(written=[template]), {}).withdrawn == ()
    came = AgencyStanding(ONE, arrival(form, ONE, verdict=Verdict.RETURNED))
    assert plan(later(came, written=[template]), {}).withdrawn == (template.key,)
    due = datetime(2024, 1, 24, 8, tzinfo=CHINA)
    assert plan(later(written=[template], now=due), {}).withdrawn == (template.key,)


def test_figures_that_changed_before_the_workbook_left_are_no_correction(form: Form) -> None:
    served = replace(HOME, mail=MailSettings(smtp_host="smtp.example"))
    before = [AgencyStanding(item, arrival(form, item), "x") for item in HOME.agencies]
    after = [replace(item, counting="y") for item in before]
    [first] = plan(replace(later(*before, written=[]), district=served), {}).letters
    found = plan(replace(later(*after, written=[kept(first)]), district=served), {})
    assert found.withdrawn == (first.key,)
    assert [item.body for item in found.letters] == [DistrictDelivery(2, 2)]
    sent = replace(
        later(*after, written=[kept(first, LetterState.SENT)]),
        district=served,
        changes=(("甲局", "1 改为 2"),),
    )
    assert plan(sent, {}).letters == (), "nobody has let the correction go up"
    [second] = found.letters
    released = replace(sent, released={second.key: "数错了"})
    assert [item.body for item in plan(released, {}).letters] == [
        DistrictDelivery(2, 2, corrects=True, why="数错了")
    ]
    missing = replace(later(before[0], written=[kept(first)]), district=served)
    assert plan(missing, {}).withdrawn == (first.key,), "it says that all are in"


@pytest.mark.parametrize("place", OPEN)
def test_a_corrected_address_has_the_letter_sent_there(form: Form, place: LetterState) -> None:
    returned = arrival(form, ONE, 1, Verdict.RETURNED, sender=None)
    waiting = kept(answer(returned), place, said="550 no such user")
    before = later(AgencyStanding(ONE, returned), written=[waiting])
    assert plan(before, {}) == LetterPlan(), "nobody has mended anything"
    mended = replace(ONE, emails=("right@ju1.example",))
    after = replace(before, district=district([mended, OTHER]))
    assert plan(after, {}).readdressed == {waiting.key: mended.emails}
    again = replace(waiting, to=mended.emails)
    assert plan(replace(after, written=(again,)), {}) == LetterPlan(), (
        "refused there as well: a person must see to it"
    )
    silent = replace(before, district=district([replace(ONE, emails=()), OTHER]))
    assert plan(silent, {}).readdressed == {}


def test_the_answer_to_a_colleague_of_the_agencys_domain_stays_his(form: Form) -> None:
    returned = arrival(form, ONE, 1, Verdict.RETURNED, sender="colleague@ju1.example")
    waiting = kept(answer(returned), LetterState.FAILED)
    assert plan(later(AgencyStanding(ONE, returned), written=[waiting]), {}) == LetterPlan()


def test_a_workbook_refused_by_the_district_office_goes_to_its_corrected_address() -> None:
    item = Intention(
        LetterKey(Occasion.ASKED, ("f",)), LetterKind.DELIVERY, ("old@example.cn",), DistrictDelivery(1, 2)
    )
    found = plan(later(written=[kept(item, LetterState.FAILED)]), {})
    assert found.readdressed == {item.key: (OFFICE,)}
