"""What each subject of the ledger promises."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.ledger import (
    Ledger,
    arrivals,
    assessments,
    campaign,
    decisions,
    events,
    letters,
    open_ledger,
    output_record,
    readings,
    runs,
)
from pipeline.ledger import judged_files as standing
from pipeline.ledger.campaign import DeliveryRecord, RunResult
from pipeline.ledger.letters import LedgerLetter
from pipeline.machine import codec
from pipeline.model import (
    Claims,
    Decision,
    Envelope,
    Fact,
    Finding,
    Made,
    Message,
    MessageOutcome,
    Place,
    ReadBack,
    Reading,
    Reason,
    RunCounts,
    Severity,
    Verdict,
)
from tests.ledger.support import NIGHT, YEAR, envelope, message
from tests.support.fills import consistent_numbers
from tests.support.submissions import reading_of

LATER = NIGHT + timedelta(days=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


# ---------------------------------------------------------------- values come back as they were


def _rich_reading(form: Form) -> Reading:
    numbers = dict(consistent_numbers(form, random.Random(1)))
    keys = list(numbers)
    fact: dict[str, Fact] = {"raw": "2件", "value": Decimal("1.50"), "count": 3}
    return replace(
        reading_of(form, {**numbers, keys[0]: None, keys[1]: 7}),
        claims=Claims({"agency": "001"}, "甲局", "001", 2023),
        entries={"entry": "答"},
        explanations={"T3-01.total": "说明"},
        unreadable={keys[0]: "无"},
        nil_tables=frozenset({"b", "a"}),
        findings=(Finding("C03", Severity.WARNING, Place("表", "B2"), (keys[0],), "unit_stripped", fact),),
    )


def test_a_reading_comes_back_with_the_types_it_had(form: Form) -> None:
    reading = _rich_reading(form)
    back = codec.loads(Reading, codec.dumps(reading))
    assert back == reading
    assert [type(value) for value in back.numbers.values()] == [
        type(value) for value in reading.numbers.values()
    ]
    assert Decimal in {type(value) for value in back.numbers.values()}
    assert list(back.numbers) == list(reading.numbers)
    [finding] = back.findings
    assert [type(fact) for fact in finding.facts.values()] == [str, Decimal, int]
    assert isinstance(finding.severity, Severity)
    assert str(back.findings[0].facts["value"]) == "1.50"


@pytest.mark.parametrize("item", [envelope("a/b.xlsx", mail="<1>"), message("m.eml", "m.eml/a.xlsx")])
def test_what_arrives_comes_back_the_same(item: Envelope | Message) -> None:
    assert codec.loads(type(item), codec.dumps(item)) == item


def test_a_field_that_the_model_gained_since_has_its_default() -> None:
    assert codec.loads(Finding, '{"code": "C01", "severity": "error"}') == Finding("C01", Severity.ERROR)


def test_readings_are_kept_by_reader_and_most_places_are_the_forms_own(ledger: Ledger, form: Form) -> None:
    plain, moved = envelope("a.xlsx"), envelope("b.xlsx")
    arrivals.keep_inbox(ledger, YEAR, [plain, moved], [], now=NIGHT)
    reading = _rich_reading(form)
    elsewhere = replace(reading, places={**form.places, next(iter(form.places)): Place("别处", "A9")})
    readings.keep(ledger, "v1", {plain.sha256: reading, moved.sha256: elsewhere}, form.places)
    assert readings.of_year(ledger, YEAR, "v1", form.places) == {
        plain.sha256: reading,
        moved.sha256: elsewhere,
    }
    assert readings.of_year(ledger, YEAR, "v2", form.places) == {}
    short, long = (len(row["body"]) for row in ledger.rows("SELECT body FROM readings ORDER BY length(body)"))
    assert short < long / 1.5


def test_the_keys_of_numbers_are_kept_once_and_a_reading_with_its_own_is_read_as_ever(
    ledger: Ledger, form: Form
) -> None:
    reading = _rich_reading(form)
    few = replace(reading, numbers=dict(list(reading.numbers.items())[3:7]))
    files = {
        envelope(f"{name}.xlsx").sha256: item for name, item in (("a", reading), ("b", reading), ("c", few))
    }
    readings.keep(ledger, "v1", files, form.places)
    assert len(ledger.rows("SELECT * FROM reading_keys")) == 2
    for digest, item in readings.older(ledger, files, form.places).items():
        assert item == files[digest]
        assert list(item.numbers) == list(files[digest].numbers)
    with ledger.transaction("as an earlier version wrote it"):
        ledger.write("UPDATE readings SET body = ?", (codec.dumps(reading.without_places(form.places)),))
    assert list(readings.older(ledger, files, form.places).values()) == [reading] * 3


# ---------------------------------------------------------------- arrivals


def test_what_came_stays_known_and_is_known_once(ledger: Ledger) -> None:
    first, second = envelope("a.xlsx"), envelope("m.eml/b.xlsx", mail="<1>")
    assert len(arrivals.keep_inbox(ledger, YEAR, [first, second], [message("m.eml")], now=NIGHT)) == 2
    assert len(arrivals.keep_inbox(ledger, YEAR, [first, second], [message("m.eml")], now=LATER)) == 0
    assert len(arrivals.keep_inbox(ledger, YEAR, [envelope("c.xlsx")], [], now=LATER)) == 1
    known = [item.envelope for item in arrivals.of_year(ledger, YEAR)]
    assert known == [replace(item, content=b"") for item in (first, second, envelope("c.xlsx"))]
    assert arrivals.mails_of_year(ledger, YEAR) == [message("m.eml")]
    assert ledger.originals.load(first.sha256) == first.content


def test_a_file_that_is_moved_is_no_second_arrival(ledger: Ledger) -> None:
    arrivals.keep_inbox(ledger, YEAR, [envelope("a.xlsx", b"1")], [message("m.eml")], now=NIGHT)
    moved = replace(message("m.eml"), path="已处理/m.eml")
    assert len(arrivals.keep_inbox(ledger, YEAR, [envelope("已处理/a.xlsx", b"1")], [moved], now=LATER)) == 0
    assert [item.envelope.path for item in arrivals.of_year(ledger, YEAR)] == ["已处理/a.xlsx"]
    assert [item.path for item in arrivals.mails_of_year(ledger, YEAR)] == ["已处理/m.eml"]
    copied = [envelope("已处理/a.xlsx", b"1"), envelope("b.xlsx", b"1")]
    assert len(arrivals.keep_inbox(ledger, YEAR, copied, [], now=LATER)) == 1


def test_what_was_gone_or_replaced_comes_back_and_its_return_has_a_number(ledger: Ledger) -> None:
    old, new, other = envelope("a.xlsx", b"1"), envelope("a.xlsx", b"2"), envelope("b.xlsx", b"3")

    def look(*files: Envelope, closed: str = "") -> list[tuple[int, int | None]]:
        seen = frozenset({closed} if closed else ())
        arrivals.keep_inbox(ledger, YEAR, files, [], now=LATER, closed=seen)
        came = (item.back for item in arrivals.of_year(ledger, YEAR))
        return [(back.number, back.instead) for back in came if back]

    assert look(old) == look(new, other) == []
    assert look(old, other) == [(4, 2)]
    assert look(old, other) == [(4, 2)], "a look that is begun anew finds nothing new"
    assert decisions.last_arrival(ledger, YEAR) == 4
    assert look(old, envelope("c.xlsx", b"4")) == [(4, 2)]
    assert [item.id for item in arrivals.of_year(ledger, YEAR)] == [1, 2, 3, 5]
    assert look(old, other) == [(4, 2), (6, None)]
    look(other, closed="a.xlsx")
    assert look(old, other) == [(4, 2), (6, None)], "what could not be read lay there"
    mailed = envelope("m.eml/a.xlsx", b"5", mail="<1>")
    look(mailed)
    look(other)
    assert len(look(mailed, other)) == 2, "a mail that lies there again is the same mail"


def test_a_file_sent_again_by_another_mail_is_not_taken_for_a_moved_one(ledger: Ledger) -> None:
    arrivals.keep_inbox(ledger, YEAR, [envelope("m.eml/a.xlsx", b"1", mail="<1>")], [], now=NIGHT)
    again = envelope("n.eml/a.xlsx", b"1", mail="<2>")
    assert len(arrivals.keep_inbox(ledger, YEAR, [again], [], now=LATER)) == 1


def _accept(ledger: Ledger, year: int, item: Envelope, stated: int) -> None:
    readings.keep(ledger, "v1", {item.sha256: Reading("f", Claims(year=stated))}, {})
    [known] = [one for one in arrivals.of_year(ledger, year) if one.envelope.path == item.path]
    judgement = assessments.Judgement(known.id, "b", "001", 1, Verdict.ACCEPTED, ())
    assessments.keep(ledger, year, [judgement], {}, at=NIGHT)


def test_a_file_that_an_earlier_campaign_accepted_is_a_duplicate_in_this_one(ledger: Ledger) -> None:
    old = envelope("2022.xlsx", b"1")
    arrivals.keep_inbox(ledger, YEAR - 1, [old], [], now=NIGHT)
    _accept(ledger, YEAR - 1, old, YEAR - 1)
    left_over_and_sent_again = [old, envelope("又发.xlsx", b"1")]
    assert len(arrivals.keep_inbox(ledger, YEAR, left_over_and_sent_again, [], now=LATER)) == 1
    assert [(item.envelope.path, item.repeats) for item in arrivals.of_year(ledger, YEAR)] == [
        ("又发.xlsx", YEAR - 1)
    ]


def test_a_mail_that_an_earlier_campaign_has_dealt_with_is_no_news_in_this_one(ledger: Ledger) -> None:
    thanks, brings = message("thanks.eml"), message("report.eml", "report.eml/a.xlsx")
    old = envelope("report.eml/a.xlsx", b"1", mail="<1>")
    arrivals.keep_inbox(ledger, YEAR - 1, [old], [thanks, brings], now=NIGHT)
    _accept(ledger, YEAR - 1, old, YEAR - 1)
    arrivals.keep_inbox(ledger, YEAR, [old], [thanks, brings, message("new.eml")], now=LATER)
    assert arrivals.mails_of_year(ledger, YEAR) == [message("new.eml")]


def test_a_mail_taken_under_a_wrong_year_is_taken_again_with_its_file(ledger: Ledger) -> None:
    brings, item = message("m.eml", "m.eml/a.xlsx"), envelope("m.eml/a.xlsx", b"1", mail="<1>")
    arrivals.keep_inbox(ledger, YEAR - 1, [item], [brings], now=NIGHT)
    readings.keep(ledger, "v1", {item.sha256: Reading("f", Claims(year=YEAR))}, {})
    arrivals.keep_inbox(ledger, YEAR, [item], [brings], now=LATER)
    assert arrivals.mails_of_year(ledger, YEAR) == [brings]


def test_a_file_taken_under_a_wrong_year_is_taken_again_under_its_own(ledger: Ledger) -> None:
    item = envelope("a.xlsx", b"1")
    arrivals.keep_inbox(ledger, YEAR - 1, [item], [], now=NIGHT)
    readings.keep(ledger, "v1", {item.sha256: Reading("f", Claims(year=YEAR))}, {})
    assert len(arrivals.keep_inbox(ledger, YEAR, [item], [], now=LATER)) == 1
    assert [one.repeats for one in arrivals.of_year(ledger, YEAR)] == [None]


def test_each_mail_has_one_outcome_and_is_unsettled_until_that_is_recorded(ledger: Ledger) -> None:
    arrivals.keep_inbox(ledger, YEAR, [], [message("m.eml")], now=NIGHT)
    outcome = MessageOutcome(message("m.eml"), Verdict.NOT_A_SUBMISSION, Reason.NO_ATTACHMENT)
    assert arrivals.unsettled(ledger, YEAR, [outcome]) == [outcome]
    arrivals.settle_mails(ledger, YEAR, [outcome])
    assert arrivals.unsettled(ledger, YEAR, [outcome]) == []
    other = replace(outcome, reason=Reason.OTHER_ATTACHMENTS)
    assert arrivals.unsettled(ledger, YEAR, [other]) == [other]


# ---------------------------------------------------------------- versions and judgements


def test_version_numbers_are_given_in_order_and_stay(ledger: Ledger) -> None:
    arrivals.keep_inbox(ledger, YEAR, [envelope(name) for name in "abc"], [], now=NIGHT)
    a, b, c = (item.id for item in arrivals.of_year(ledger, YEAR))
    assert assessments.number_versions(ledger, YEAR, [(a, "001"), (b, "002"), (c, "001")]) == {
        a: 1,
        b: 1,
        c: 2,
    }
    assert assessments.number_versions(ledger, YEAR, [(c, "001"), (b, "001")]) == {c: 2, b: 3}
    assert assessments.number_versions(ledger, YEAR, [(b, "002")]) == {b: 1}


def test_the_same_result_on_a_new_basis_is_no_new_judgement(ledger: Ledger) -> None:
    arrivals.keep_inbox(ledger, YEAR, [envelope("a.xlsx")], [], now=NIGHT)
    [known] = arrivals.of_year(ledger, YEAR)
    finding = Finding("C05", Severity.ERROR, Place("表", "B2"), ("k",), facts={"value": -1})
    first = assessments.Judgement(known.id, "one", "001", 1, Verdict.RETURNED, (finding,))
    assessments.keep(ledger, YEAR, [first], assessments.news([first], {}), at=NIGHT)
    assert assessments.latest(ledger, YEAR) == {known.id: first}
    same = replace(first, basis="two")
    assert assessments.news([same], {known.id: first}) == set()
    assessments.keep(ledger, YEAR, [same], set(), at=LATER)
    other = replace(first, basis="three", verdict=Verdict.ACCEPTED, findings=())
    assessments.keep(ledger, YEAR, [other], assessments.news([other], {known.id: same}), at=LATER)
    assert assessments.latest(ledger, YEAR) == {known.id: other}
    judged = [item.detail for item in events.story(ledger, YEAR) if item.kind is events.EventKind.JUDGED]
    assert judged == ["returned", "accepted"]
    assert assessments.stands(ledger, YEAR) == {
        known.envelope.sha256: assessments.Stand(LATER, is_rejudged=True)
    }
    remarked = replace(other, verdict=Verdict.ACCEPTED_WITH_REMARKS, findings=(finding,))
    assessments.keep(ledger, YEAR, [remarked], {known.id}, at=LATER + timedelta(days=1))
    assert assessments.stands(ledger, YEAR)[known.envelope.sha256].since == LATER, "it was accepted already"
    own = standing.by_agency(standing.filed(ledger, YEAR))["001"]
    assert (len(own.files), own.latest, own.counting) == (1, own.files[0], own.files[0])


# ---------------------------------------------------------------- letters, decisions, runs


def _letter(key: str, agency: str = "001") -> LedgerLetter:
    return LedgerLetter(
        key, YEAR, "returned", "a@example.gov.cn", "退回", f"<{key}@example>", key.encode(), agency
    )


def test_a_letter_is_intended_once_and_sent_once(ledger: Ledger) -> None:
    assert [item.key for item in letters.intend(ledger, [_letter("a"), _letter("b")], at=NIGHT)] == ["a", "b"]
    changed = replace(_letter("a"), content=b"other")
    assert [item.key for item in letters.intend(ledger, [changed, _letter("c")], at=LATER)] == ["c"]
    assert [item.key for item in letters.waiting(ledger, YEAR)] == ["a", "b", "c"]
    assert letters.content(ledger, letters.waiting(ledger)[0]) == b"a"
    letters.sent(ledger, "a", LATER)
    letters.failed(ledger, "b", "450 稍后再试", retry=True, at=LATER)
    letters.failed(ledger, "c", "550 没有这个用户", retry=False, at=LATER)
    assert [(item.key, item.attempts, item.reason) for item in letters.waiting(ledger)] == [
        ("b", 1, "450 稍后再试")
    ]
    assert [item.key for item in letters.undelivered(ledger, YEAR)] == ["b", "c"]
    assert [item.state for item in letters.of_year(ledger, YEAR)] == ["sent", "waiting", "failed"]
    assert letters.last_by_agency(ledger, YEAR)["001"].key == "c"


def test_a_waiver_holds_until_its_day_or_its_withdrawal(ledger: Ledger) -> None:
    waiver = Decision.waive("001", "T3-04", "机构合并", "王主任", NIGHT, date(2024, 1, 20))
    decisions.give(ledger, YEAR, waiver)
    assert decisions.in_force(ledger, YEAR, date(2024, 1, 20)) == [waiver]
    assert decisions.in_force(ledger, YEAR, date(2024, 1, 21)) == []
    assert decisions.in_force(ledger, YEAR + 1, date(2024, 1, 20)) == []
    longer = replace(waiver, until=None, reason="机构合并，已核实")
    decisions.give(ledger, YEAR, longer)
    assert decisions.in_force(ledger, YEAR, date(2024, 2, 1)) == [longer]
    [kept] = decisions.in_force(ledger, YEAR)
    decisions.revoke(ledger, YEAR, kept, by="王主任", at=LATER)
    assert decisions.in_force(ledger, YEAR) == []
    assert decisions.in_force(ledger, YEAR, date(2024, 1, 20)) == []


def test_only_a_finished_night_speaks_for_its_outputs(ledger: Ledger) -> None:
    first = runs.start(ledger, YEAR, now=NIGHT)
    assert runs.inputs_before(ledger, first) == ""
    read = ReadBack("f" * 64, (1, Decimal("2.50"), None))
    made = {"a.docx": Made("basis", 12, read, "d" * 64), "a.csv": Made("basis", 3, digest="old")}
    runs.finish(ledger, first, runs.DONE, "one", now=NIGHT)
    campaign.keep_result(ledger, YEAR, RunResult(first, NIGHT, {}), made)
    runs.start(ledger, YEAR - 1, now=NIGHT)
    second = runs.start(ledger, YEAR, now=LATER)
    assert runs.inputs_before(ledger, second) == "one"
    assert runs.inputs_before(ledger, runs.start(ledger, YEAR, now=LATER)) == "", "the second was cut off"
    assert output_record.take(ledger, YEAR) == made
    output_record.announce(ledger, YEAR, ["a.docx", "b.docx"])
    output_record.note(ledger, YEAR, {"a.csv": "new", "a.docx": "d" * 64})
    assert output_record.take(ledger, YEAR) == {
        "a.csv": Made("", 3, digest="new", former="old"),
        "a.docx": Made("", 12, read, "d" * 64),
        "b.docx": Made("", 0),
    }
    campaign.keep_result(ledger, YEAR, RunResult(second, LATER, {}), made)
    assert output_record.take(ledger, YEAR) == made


def test_the_figures_of_a_result_and_of_a_delivery_come_back_exactly_as_they_were(ledger: Ledger) -> None:
    figures = {"001": (1, Decimal("59237.2449")), "002": (2, Decimal("0.10"))}
    found = RunResult(
        1, NIGHT, {"submissions": []}, figures, {"001": "甲局", "002": "乙局"}, 3, {"index.html": ("a", "b")}
    )
    campaign.keep_result(ledger, YEAR, found, {})
    back = campaign.last_result(ledger, YEAR)
    assert back is not None
    assert (back.figures, back.names, back.at, back.deliveries) == (figures, found.names, NIGHT, 3)
    assert back.totals == (3, Decimal("59237.3449"))
    assert campaign.pages_of(ledger, YEAR) == {"index.html": ["a", "b"]}
    sent = DeliveryRecord("2023:delivery:complete:x", NIGHT, "f" * 64, {"001": (1, None)}, {"001": "甲局"})
    campaign.intend_delivery(ledger, YEAR, sent)
    assert campaign.deliveries(ledger, YEAR) == [sent]
    assert campaign.last_delivered(ledger, YEAR) is None, "it has not left"
    assert campaign.of_year(ledger, YEAR).delivered is None


def test_nights_are_counted_once_they_are_over(ledger: Ledger) -> None:
    counts = {"expected": 3, "missing": 2}
    runs.finish(ledger, runs.start(ledger, YEAR, now=NIGHT), runs.DONE, "one", now=NIGHT, counts=counts)
    second = runs.start(ledger, YEAR, now=LATER)
    assert runs.counts_before(ledger, YEAR, second) == (RunCounts(NIGHT, counts),)
    assert runs.counts_before(ledger, YEAR, 1) == ()
    assert runs.counts_before(ledger, YEAR + 1, second) == ()
