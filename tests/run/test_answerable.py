"""What a run judged and the mails of it, as letters will answer them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.forms.form import Form
from pipeline.model import CHINA, Finding, Message, Place, Severity, Verdict
from pipeline.publishing.data.record import Leftover
from pipeline.run.letters.answerable import RunArrivals, arrivals_of, earlier_of
from tests.support.arrivals import agency
from tests.support.districts import assessment

ONE, OTHER = agency(1), agency(2)
AT = datetime(2024, 1, 22, 10, tzinfo=CHINA)


def message(name: str, *files: str, sender: str = "a1@ju1.example") -> Message:
    return Message(f"{name}.eml", name * 8, sender, f"<{name}@x>", "报送", AT, 0.0, files)


def remark(form: Form) -> Finding:
    key = form.cells[0].key
    return Finding(
        "C03", Severity.WARNING, Place("别的表", "Z9"), (key,), "unit_stripped", {"raw": "2件", "value": 2}
    )


def test_a_file_takes_its_sender_and_its_time_from_its_mail(form: Form) -> None:
    item = assessment(form, ONE, file="a.eml/年报.xlsx")
    by_hand = assessment(form, OTHER, file="乙.xlsx")
    first, second = arrivals_of(form, RunArrivals([item, by_hand], (), [message("a", "a.eml/年报.xlsx")]))
    assert (first.sender, first.mail, first.received_at) == ("a1@ju1.example", "<a@x>", AT)
    assert (second.sender, second.mail) == (None, "")


def test_an_agency_is_asked_only_what_is_open_and_where_the_template_has_it(form: Form) -> None:
    open_, said = remark(form), replace(remark(form), explanation="情况属实")
    waived, trial = replace(remark(form), waived="已核"), replace(remark(form), on_trial=True)
    item = assessment(form, ONE, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[open_, said, waived, trial])
    [arrival] = arrivals_of(form, RunArrivals([item]))
    place = form.places[form.cells[0].key]
    assert [(notice.sheet, notice.cell) for notice in arrival.notices] == [(place.sheet, place.cell)]


def test_on_the_template_letter_and_list_name_the_same_cell(form: Form) -> None:
    """A label is at fault, not the figure that stands beside it."""
    key = "proactive.normative_documents.issued"
    label = Place(form.places[key].sheet, "A8")
    found = Finding("F03", Severity.WARNING, label, (key,), "near_label", {"found": "甲", "label": "乙"})
    item = assessment(form, ONE, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[found])
    [arrival] = arrivals_of(form, RunArrivals([item]))
    assert [(notice.sheet, notice.cell) for notice in arrival.notices] == [(label.sheet, label.cell)]


def test_the_version_that_counts_is_known_to_all(form: Form) -> None:
    items = [assessment(form, ONE, 1), assessment(form, ONE, 2, Verdict.RETURNED), assessment(form, ONE, 3)]
    assert [item.counting for item in arrivals_of(form, RunArrivals(items[:2]))] == [1, 1]
    assert [item.counting for item in arrivals_of(form, RunArrivals(items))] == [3, 3, 3]


def test_a_copy_is_answered_unless_it_came_in_the_same_mail(form: Form) -> None:
    item = assessment(form, ONE, file="a.eml/1.xlsx")
    copies = [
        Leftover(f"{name}/2.xlsx", item.submission.sha256, Verdict.DUPLICATE)
        for name in ("a.eml", "b.eml", "hand")
    ]
    mails = [message("a", "a.eml/1.xlsx", "a.eml/2.xlsx"), message("b", "b.eml/2.xlsx")]
    _, copy = arrivals_of(form, RunArrivals([item], copies, mails))
    assert (copy.verdict, copy.mail, copy.agency) == (Verdict.DUPLICATE, "<b@x>", ONE)


def test_whose_file_a_copy_of_a_held_one_is_nobody_knows(form: Form) -> None:
    item = assessment(form, ONE, 1, Verdict.HELD, file="a.eml/1.xlsx")
    copies = [Leftover("b.eml/1.xlsx", item.submission.sha256, Verdict.DUPLICATE)]
    mails = [message("a", "a.eml/1.xlsx"), message("b", "b.eml/1.xlsx")]
    came = arrivals_of(form, RunArrivals([item], copies, mails))
    assert came[-1].agency is None
    assert earlier_of(came) == {}


def test_a_mail_without_files_is_an_arrival_of_its_own(form: Form) -> None:
    mail = replace(message("c"), others=("说明.docx",))
    [arrival] = arrivals_of(form, RunArrivals((), (), [mail]))
    assert (arrival.verdict, arrival.others, arrival.sender) == (
        Verdict.NOT_A_SUBMISSION, ("说明.docx",), "a1@ju1.example",
    )  # fmt: skip
