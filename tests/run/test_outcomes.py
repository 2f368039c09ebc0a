"""Every mail ends as exactly one of six, with a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.forms.form import Form
from pipeline.model import Bounce, Finding, Message, MessageOutcome, Reason, Severity, Verdict
from pipeline.run.outcomes import outcomes
from pipeline.wording.messages import REASON_WORDS, message_line
from tests.support.districts import agency, assessment


def message(files: int = 0, **facts: object) -> Message:
    paths = tuple(f"1.eml/{number}.xlsx" for number in range(files))
    plain: dict[str, object] = {
        "path": "1.eml",
        "sha256": "0" * 64,
        "sender": "a@x.cn",
        "message_id": "<1@x>",
        "subject": "年报",
        "received_at": datetime(2024, 1, 15, 1, 30, tzinfo=UTC),
        "order": 0.0,
        "files": paths,
    }
    return Message(**{**plain, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, Reason.NO_ATTACHMENT),
        ({"others": ("说明.pdf",)}, Reason.OTHER_ATTACHMENTS),
        ({"automatic": Reason.AUTO_REPLY, "others": ("1.pdf",)}, Reason.AUTO_REPLY),
        ({"automatic": Reason.BOUNCE}, Reason.BOUNCE),
    ],
)
def test_a_mail_without_a_file_is_no_submission(facts: dict[str, object], reason: Reason) -> None:
    [found] = outcomes([message(0, **facts)], [])
    assert (found.verdict, found.reason) == (Verdict.NOT_A_SUBMISSION, reason)


def test_a_mail_whose_files_were_all_known_is_a_duplicate() -> None:
    [found] = outcomes([message(2)], [])
    assert (found.verdict, found.reason) == (Verdict.DUPLICATE, Reason.SAME_FILES)


@pytest.mark.parametrize(
    ("verdicts", "verdict", "reason"),
    [
        ([Verdict.ACCEPTED], Verdict.ACCEPTED, Reason.COMPLETE),
        ([Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS], Verdict.ACCEPTED_WITH_REMARKS, Reason.REMARKS),
        ([Verdict.RETURNED, Verdict.ACCEPTED_WITH_REMARKS], Verdict.RETURNED, Reason.FAULTS),
        ([Verdict.RETURNED, Verdict.HELD, Verdict.ACCEPTED], Verdict.HELD, Reason.UNCLEAR_AGENCY),
    ],
)
def test_what_presses_most_decides(
    form: Form, verdicts: list[Verdict], verdict: Verdict, reason: Reason
) -> None:
    judged = [
        assessment(form, agency(number + 1), verdict=own, file=f"1.eml/{number}.xlsx")
        for number, own in enumerate(verdicts)
    ]
    [found] = outcomes([message(len(judged) + 1)], judged)
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    "reason", [Reason.UNKNOWN_SENDER, Reason.FOREIGN_SENDER, Reason.TWO_CLAIMS, Reason.FAILED_CHECK]
)
def test_a_held_mail_says_why(form: Form, reason: Reason) -> None:
    doubt = Finding("F06", Severity.ERROR, variant=reason.value)
    judged = assessment(form, agency(1), verdict=Verdict.HELD, file="1.eml/0.xlsx", findings=[doubt])
    [found] = outcomes([message(1)], [judged])
    assert (found.verdict, found.reason) == (Verdict.HELD, reason)


def test_every_reason_has_its_words() -> None:
    assert set(REASON_WORDS) == set(Reason)


def test_the_line_of_the_day_is_in_chinas_time_and_names_the_files() -> None:
    found = MessageOutcome(message(1, others=("说明.pdf",)), Verdict.RETURNED, Reason.FAULTS)
    line = message_line(found)
    assert line.split("　")[:3] == ["2024-01-15 09:30", "a@x.cn", "《年报》"]
    assert line.endswith("　0.xlsx、说明.pdf")


def test_the_line_of_a_bounce_says_who_did_not_get_it() -> None:
    bounce = Bounce("<1@x>", "jia@x.example", "550 No such user")
    found = MessageOutcome(message(0, bounce=bounce), Verdict.NOT_A_SUBMISSION, Reason.BOUNCE)
    assert message_line(found).endswith("　jia@x.example：没有送到，来信中说“550 No such user”")
