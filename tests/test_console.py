"""What the console prints: names and a server's words stand there as they are."""

from __future__ import annotations

import pytest

from pipeline.cli import console
from pipeline.mail.outbox import Attempt, SendOutcome, SendReport


def test_brackets_and_colons_in_names_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    name = "甲局[red]（[筹]）:smile:[/red]"
    console.out().print(name)
    console.print_sent(SendReport((Attempt("k", (name,), SendOutcome.REFUSED, "550 [/b] no such user"),)))
    assert capsys.readouterr().out.count(name) == 2
