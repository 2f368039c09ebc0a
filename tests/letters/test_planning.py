"""Reminders, the digest and the delivery: who hears what, on which day, and never twice."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.district.workdays import Calendar, Extension
from pipeline.forms.form import Form
from pipeline.letter import (
    Digest,
    DistrictDelivery,
    Intention,
    LetterKey,
    LetterKind,
    LetterState,
    Lying,
    Occasion,
    Reminder,
    Upward,
)
from pipeline.letters.plan import (
    AgencyStanding,
    LetterPlan,
    WrittenLetter,
    answers,
    asked_delivery,
    complete_delivery,
    corrects,
    digest,
    handouts,
    plan,
    reminders,
    unsigned_delivery,
    upward,
)
from pipeline.letters.plan.daily_digest import calls
from pipeline.letters.plan.delivery import Unsigned, delivery_of_all
from pipeline.model import CHINA, Finding, Severity, Verdict
from tests.support.arrivals import COORDINATOR, NIGHT, OFFICE, agency, arrival, district, state

AGENCIES = [agency(number) for number in range(1, 6)]
HOME = district(AGENCIES)


def at(day: int, hour: int = 8, month: int = 1) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=CHINA)


def written(item: Intention, moment: datetime, refused: str = "") -> WrittenLetter:
    code = item.agency.code if item.agency else None
    state = LetterState.FAILED if refused else LetterState.SENT
    return WrittenLetter(item.key, item.kind, code, item.to, "主题", moment, state, refused)


# ---------------------------------------------------------------- reminders


def test_only_the_missing_are_reminded(form: Form) -> None:
    accepted = AgencyStanding(AGENCIES[0], arrival(form, AGENCIES[0]), "x")
    returned = AgencyStanding(AGENCIES[1], arrival(form, AGENCIES[1], verdict=Verdict.RETURNED))
    found = reminders(state(HOME, accepted, returned, now=at(29)))
    assert [item.agency for item in found] == AGENCIES[2:]
    assert [item.to for item in found] == [(item.emails[0],) for item in AGENCIES[2:]]


@pytest.mark.parametrize(
    ("moment", "left", "late"),
    [(at(24), 5, 0), (at(29), 2, 0), (at(31), 0, 0), (at(1, month=2), 0, 1), (at(5, month=2), 0, 3)],
)
def test_a_reminder_says_how_much_time_is_left(moment: datetime, left: int, late: int) -> None:
    [body] = [item.body for item in reminders(state(district(AGENCIES[:1]), now=moment))]
    assert isinstance(body, Reminder)
    assert (body.left, body.late, body.times) == (left, late, 1)


def test_nobody_is_reminded_on_other_days_or_without_a_mailbox() -> None:
    for moment in (at(22), at(27), at(28), at(3, month=2)):
        assert reminders(state(HOME, now=moment)) == []
    assert reminders(state(district([replace(AGENCIES[0], emails=("@x.cn",))]), now=at(29))) == []


def test_an_extension_moves_the_reminders_of_one_agency() -> None:
    home = replace(HOME, extensions=(Extension("001", at(7, month=2).date()),))
    late = {item.agency.code: item.body for item in reminders(state(home, now=at(1, month=2))) if item.agency}
    assert set(late) == {"002", "003", "004", "005"}
    own = [item for item in reminders(state(home, now=at(5, month=2))) if item.agency == AGENCIES[0]]
    assert isinstance(own[0].body, Reminder)
    assert (own[0].body.left, own[0].body.deadline) == (2, at(7, month=2).date())


@given(st.datetimes(datetime(2024, 1, 1), datetime(2024, 2, 29)))  # noqa: DTZ001 - China's time is added below
def test_planning_again_plans_nothing(moment: datetime) -> None:
    now = moment.replace(tzinfo=CHINA)
    first = plan(state(HOME, now=now), {}).letters
    again = replace(state(HOME, now=now), written=tuple(written(item, now) for item in first))
    assert plan(again, {}) == LetterPlan()
    assert len({item.key for item in first}) == len(first)


def test_reminders_are_counted() -> None:
    home = district(AGENCIES[:1])
    first = reminders(state(home, now=at(29)))
    later = replace(state(home, now=at(31)), written=tuple(written(item, at(29)) for item in first))
    [item] = reminders(later)
    assert isinstance(item.body, Reminder)
    assert item.body.times == 2


# ---------------------------------------------------------------- the digest


def test_the_digest_is_for_the_morning_in_which_it_is_read() -> None:
    evening, morning = digest(state(HOME, now=at(22, 20))), digest(state(HOME, now=at(23, 2)))
    assert (
        [item.key for item in evening]
        == [item.key for item in morning]
        == [LetterKey(Occasion.DIGEST, ("2024-01-23",))]
    )
    assert evening[0].to == (COORDINATOR,)
    assert digest(state(HOME, now=at(26, 20))) == [], "read on a Saturday"
    assert [item.key for item in digest(state(HOME, now=at(28, 20)))] == [
        LetterKey(Occasion.DIGEST, ("2024-01-29",))
    ]
    holiday = replace(HOME, calendar=Calendar(holidays=(at(23).date(),)))
    assert digest(state(holiday, now=at(22, 20))) == []
    nobody = replace(HOME, people=replace(HOME.people, email=""))
    assert digest(state(nobody)) == []


def test_of_a_second_form_there_is_a_digest_where_there_is_something_to_say() -> None:
    second = replace(district(AGENCIES), is_second=True)
    quiet = state(second, now=at(8, hour=20))
    assert digest(quiet) == []
    assert len(digest(replace(quiet, to_decide=("请签发",)))) == 1
    assert len(digest(quiet, Lying(3))) == 1
    assert len(digest(replace(quiet, district=district(AGENCIES)))) == 1


def test_it_counts_as_the_run_does() -> None:
    counts = {"expected": 5, "received": 3, "accepted": 1, "returned": 1, "held": 1, "missing": 2}
    [item] = digest(replace(state(HOME), counts=counts))
    assert isinstance(item.body, Digest)
    assert (item.body.counts, item.body.left) == (counts, 6)


def test_whom_to_call_stands_in_the_order_of_what_presses(form: Form) -> None:
    slip = Finding("C01", Severity.ERROR, form.places[form.cells[0].key], (form.cells[0].key,))
    often = AgencyStanding(AGENCIES[2], arrival(form, AGENCIES[2], 3, Verdict.RETURNED, findings=[slip]))
    old = arrival(form, AGENCIES[1], 1, Verdict.RETURNED, findings=[slip])
    told = written(answers([old], {}, HOME)[0], NIGHT - timedelta(days=6))
    waiting = AgencyStanding(AGENCIES[1], old)
    fresh = AgencyStanding(AGENCIES[4], arrival(form, AGENCIES[4], 1, Verdict.RETURNED, findings=[slip]))
    accepted = AgencyStanding(AGENCIES[3], arrival(form, AGENCIES[3]), "x")
    known = replace(state(HOME, often, waiting, fresh, accepted), written=(told,))
    before = calls(known, at(23).date())
    assert [call.agency.code for call in before] == ["003", "002"]
    assert "第 1 次报送1月16日退回；还没有重报" in before[1].why
    soon = calls(known, at(25).date())
    assert [call.agency.code for call in soon] == ["003", "002", "005", "001"]
    assert "没有重报" not in calls(known, NIGHT.date())[0].why, "it is sent back tonight"
    late = calls(known, at(1, month=2).date())
    assert [call.agency.code for call in late] == ["001", "002", "003", "005"]
    assert "超过截止日期 1 个工作日" in late[0].why


def test_an_agency_that_no_letter_reaches_is_called(form: Form) -> None:
    nowhere = replace(AGENCIES[0], emails=())
    returned = arrival(form, nowhere, 1, Verdict.RETURNED, sender=None)
    home = district([nowhere, AGENCIES[1]])
    [call] = calls(state(home, AgencyStanding(nowhere, returned)), at(23).date())
    assert call.agency == nowhere
    assert "没有邮箱" in call.why
    refused = WrittenLetter(
        LetterKey(Occasion.REMINDER, ("002", "2024-01-23")),
        LetterKind.REMINDER,
        "002",
        ("a@b.cn",),
        "催报",
        NIGHT,
        LetterState.FAILED,
        "550 no such user",
    )
    told = replace(state(home, now=at(29)), written=(refused,))
    [_, second] = calls(told, at(29).date())
    assert "被退回" in second.why
    [item] = digest(told)
    assert isinstance(item.body, Digest)
    assert [unsent.reason for unsent in item.body.unsent] == ["550 no such user"]


def test_an_agency_whose_last_letter_was_refused_is_called_until_somebody_saw_to_it(form: Form) -> None:
    accepted = AgencyStanding(AGENCIES[0], arrival(form, AGENCIES[0]), "x")
    receipt = answers([arrival(form, AGENCIES[0])], {}, HOME)[0]
    refused = written(receipt, at(22), "552 5.2.2 Mailbox full")
    home = district(AGENCIES[:1])
    [call] = calls(replace(state(home, accepted), written=(refused,)), at(23).date())
    assert "没有送到（接收回执）" in call.why
    assert "send" in call.why
    for later in (
        replace(refused, state=LetterState.HANDED),
        replace(refused, key=replace(refused.key, number=2), state=LetterState.SENT),
    ):
        assert not calls(replace(state(home, accepted), written=(refused, later)), at(23).date())


def test_of_a_body_that_is_part_of_another_one_that_one_is_asked(form: Form) -> None:
    part = replace(AGENCIES[0], merged_into="002", merged_on=at(10).date())
    home = replace(district(AGENCIES[1:2]), merged=(part,))
    held = replace(arrival(form, part, 1, Verdict.HELD), name="甲.xlsx")
    done = AgencyStanding(AGENCIES[1], arrival(form, AGENCIES[1]), "x")
    [call] = calls(replace(state(home, done), held=(held,)), at(23).date())
    assert (call.agency, "《甲.xlsx》" in call.why) == (AGENCIES[1], True)


def test_whoever_is_to_verify_a_file_is_among_those_to_be_called(form: Form) -> None:
    """Once for all its files, and not again where it is called for another reason."""
    held = [
        replace(arrival(form, owner, number, Verdict.HELD), name=f"{number}.xlsx")
        for owner, number in ((AGENCIES[0], 1), (AGENCIES[0], 2), (AGENCIES[1], 3), (None, 4))
    ]
    slip = Finding("C01", Severity.ERROR, form.places[form.cells[0].key], (form.cells[0].key,))
    often = AgencyStanding(AGENCIES[1], arrival(form, AGENCIES[1], 3, Verdict.RETURNED, findings=[slip]))
    known = replace(state(HOME, often), held=tuple(held))
    assert [call.agency.code for call in calls(known, at(23).date())] == ["002", "001"]
    assert calls(known, at(23).date())[1].why == "核实收到的《1.xlsx》《2.xlsx》。", (
        "it is told in the letter and in 待办.xlsx"
    )


def test_agencies_without_a_mailbox_are_named_until_their_figures_count(form: Form) -> None:
    mute = [
        replace(item, emails=emails) for item, emails in zip(AGENCIES, ((), ("@x.cn",), ()), strict=False)
    ]
    done = AgencyStanding(mute[2], arrival(form, mute[2]), "x")
    [item] = digest(state(district([*mute, *AGENCIES[3:]]), done))
    assert isinstance(item.body, Digest)
    assert item.body.unreachable == (mute[0], mute[1])


def test_an_agency_whose_file_waits_is_asked_whether_it_is_its_own() -> None:
    found = reminders(
        state(
            HOME,
            AgencyStanding(AGENCIES[0], has_held=True),
            AgencyStanding(AGENCIES[1], is_named=True),
            now=at(29),
        )
    )
    doubtful = [item.body.doubtful for item in found if isinstance(item.body, Reminder)]
    assert doubtful == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("day", "words"),
    [(29, "还有 2 个工作日截止"), (31, "今天是最后一个工作日"), (32, "已超过截止日期 1 个工作日")],
)
def test_whom_to_call_is_said_in_one_sentence(form: Form, day: int, words: str) -> None:
    slip = Finding("C01", Severity.ERROR, form.places[form.cells[0].key], (form.cells[0].key,))
    now = at(28) + timedelta(days=day - 28)
    often = arrival(form, AGENCIES[0], 3, Verdict.RETURNED, findings=[slip])
    [first, *_] = calls(
        state(district(AGENCIES[:1]), AgencyStanding(AGENCIES[0], often), now=now), now.date()
    )
    [missing, *_] = calls(state(district(AGENCIES[1:2]), now=now), now.date())
    for call in (first, missing):
        assert words in call.why
        assert call.why.count("。") == 1
        assert call.why.endswith("。")


# ---------------------------------------------------------------- delivery and templates


def complete(mark: str = "x") -> list[AgencyStanding]:
    return [AgencyStanding(item, None, mark) for item in AGENCIES]


def test_the_workbook_goes_up_when_all_are_accepted_and_again_when_figures_change() -> None:
    assert complete_delivery(state(HOME, *complete()[1:])) == []
    [first] = complete_delivery(state(HOME, *complete()))
    assert (first.to, first.body) == ((OFFICE,), DistrictDelivery(5, 5))
    sent = replace(state(HOME, *complete()), written=(written(first, NIGHT),))
    assert [item.kind for item in plan(sent, {}).letters] == [LetterKind.DIGEST]
    unchanged = replace(state(HOME, *complete("y")), written=sent.written)
    assert complete_delivery(unchanged) == [], "another file with the same figures corrects nothing"
    changed = replace(unchanged, changes=(("甲局", "1 改为 2"),))
    assert complete_delivery(changed) == [], "nobody has let the correction go up"
    second = delivery_of_all(changed)
    assert second is not None
    assert complete_delivery(replace(changed, released={second.key: "数错了"})) == [
        replace(second, body=DistrictDelivery(5, 5, corrects=True, why="数错了"))
    ]
    both = (*sent.written, written(second, NIGHT))
    back = delivery_of_all(replace(state(HOME, *complete()), written=both, changes=changed.changes))
    assert back is not None
    assert back.key not in {first.key, second.key}, (
        "what went up first is right after all: that is one more correction"
    )
    nobody = replace(HOME, people=replace(HOME.people, district_office_email=""))
    assert complete_delivery(state(nobody, *complete())) == []


def test_figures_that_change_without_a_new_version_are_a_correction() -> None:
    """An annual report follows its register: the file that counts is the same, what it comes to is not."""
    now = replace(state(HOME, *complete()), figures="a")
    [first] = complete_delivery(now)
    sent = replace(now, written=(written(first, NIGHT),))
    assert upward(sent) == Upward()
    changed = replace(sent, figures="b", changes=(("甲局", "8 改为 9"),))
    second = delivery_of_all(changed)
    assert second is not None
    assert second.key != first.key
    assert complete_delivery(changed) == []
    assert unsigned_delivery(changed) == Unsigned(second.key, changed.changes)
    assert upward(changed) == Upward(corrects=True, unreleased=("8 改为 9",))
    other = delivery_of_all(replace(changed, figures="c"))
    assert other is not None
    assert other.key != second.key, "what a person lets go up are the figures that were seen"


def test_what_an_earlier_program_delivered_is_no_correction_until_figures_change() -> None:
    versions = "\n".join(f"{item.code} x" for item in AGENCIES)
    former = LetterKey(Occasion.COMPLETE, (hashlib.sha256(versions.encode()).hexdigest(),))
    for is_gone in (True, False):
        letter = WrittenLetter(
            former,
            LetterKind.DELIVERY,
            None,
            (OFFICE,),
            "",
            NIGHT,
            LetterState.SENT if is_gone else LetterState.WAITING,
        )
        now = replace(
            state(HOME, *complete()), figures="a", written=(letter,), carrying={former}, signed={former}
        )
        wanted = delivery_of_all(now)
        assert wanted is not None
        assert (wanted.key, corrects(now, wanted.key)) == (former, False), "neither corrected nor signed anew"
        assert (unsigned_delivery(now), upward(now)) == (None, Upward())
        later = replace(now, figures="b", carrying=(), changes=(("甲局", "8 改为 9"),) if is_gone else ())
        wanted = delivery_of_all(later)
        assert wanted is not None
        assert (wanted.key != former, corrects(later, wanted.key)) == (True, is_gone)


def test_on_demand_it_says_who_is_open() -> None:
    body = asked_delivery(state(HOME, *complete()[2:]), "f" * 64).body
    assert body == DistrictDelivery(3, 5, (AGENCIES[0].name, AGENCIES[1].name))


def test_templates_are_handed_out_once_to_whoever_has_a_mailbox() -> None:
    mute = replace(AGENCIES[0], emails=("@x.cn",))
    found = handouts(HOME, [mute, *AGENCIES[1:]])
    assert [item.agency for item in found] == AGENCIES[1:]
    assert len({item.key for item in found}) == 4
