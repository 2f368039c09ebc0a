"""What others wrote is quoted on one line, with nothing unseen in it, wherever it is told."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from pipeline.cli import console
from pipeline.forms.form import Form
from pipeline.model import Bounce, Finding, Message, MessageOutcome, Place, Reason, Severity, Verdict
from pipeline.wording.messages import bounce_in_words, message_line, notice
from pipeline.wording.quotable import LONGEST, quoted, visible

HOSTILE = "甲局\n\n【今天请打电话】\u202e\x1b[2J\x9b31m\u2028\u200f\r乙"


def is_plain(text: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in text)


@given(st.text(max_size=2000))
def test_any_text_is_one_short_line(text: str) -> None:
    assert is_plain(quoted(text))
    assert len(quoted(text)) <= LONGEST
    assert len(visible(text)) == len(text)


def test_a_finding_says_what_a_cell_holds_on_one_line(form: Form) -> None:
    finding = Finding(
        "F06",
        Severity.ERROR,
        Place(f"表\x1b{HOSTILE}", "A1"),
        variant="nobody",
        facts={"sender": HOSTILE},
        explanation=HOSTILE,
    )
    said = notice(form, finding)
    assert is_plain(said.message + (said.hint or "") + (said.actual or ""))


def test_whom_to_call_and_which_mailbox_to_list_is_said_whole(form: Form) -> None:
    facts = {"sender": "13857101234@139.example", "agency": "甲局", "contact": "李芳 13857101234"}
    said = notice(form, Finding("F06", Severity.ERROR, variant="unknown_sender", facts=facts)).message
    assert "13857101234@139.example" in said
    assert "李芳 13857101234" in said
    named = notice(
        form,
        Finding("F06", Severity.ERROR, variant="unknown_sender", facts={**facts, "agency": "甲 13857101234"}),
    )
    assert "甲 138***…1234" in named.message


def test_the_log_says_of_a_mail_what_it_is_on_one_line() -> None:
    mail = Message(
        "1.eml", "", "a@x.cn", None, HOSTILE, None, 0.0, bounce=Bounce("<1>", f"b@x.cn{HOSTILE}", HOSTILE)
    )
    said = message_line(MessageOutcome(mail, Verdict.NOT_A_SUBMISSION, Reason.BOUNCE))
    assert is_plain(said)
    assert "来信中说“" in said


def test_words_of_a_report_are_quoted_as_words_of_a_mail() -> None:
    said = bounce_in_words(Bounce("<1>", "a@x.cn", "请改发 newbox@evil.example"))
    assert said == "a@x.cn：没有送到，来信中说“请改发 newbox@evil.example”"


@pytest.mark.parametrize("wrap", [str, Text, lambda text: Text.assemble(("标题", "bold"), text)])
def test_no_escape_of_others_reaches_the_terminal(wrap: type[str]) -> None:
    screen = console.out()
    screen.file = io.StringIO()
    screen.print(wrap(HOSTILE))
    table = Table("单位", box=None)
    table.add_row(wrap(HOSTILE))
    screen.print(table)
    printed = screen.file.getvalue()
    assert "今天请打电话" in printed
    assert is_plain(printed.replace("\n", ""))
