"""What the console prints: names and a server's words stand there as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.cli import console
from pipeline.cli.commands import letter_commands
from pipeline.forms.loader import load_form
from pipeline.mail.outbox import Attempt, SendOutcome, SendReport
from pipeline.model import Finding, Severity
from pipeline.run import batch
from pipeline.wording.messages import notices
from tests.support import districts
from tests.support.folders import make_district


def test_brackets_and_colons_in_names_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    name = "甲局[red]（[筹]）:smile:[/red]"
    console.out().print(name)
    console.print_sent(SendReport((Attempt("k", (name,), SendOutcome.REFUSED, "550 [/b] no such user"),)))
    assert capsys.readouterr().out.count(name) == 2


def test_of_several_forms_the_letters_of_each_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "send", lambda *_, **__: (SendReport(), 1, 2))
    extra = '[[forms]]\nform = "request_register"\nyear = 2023\ndeadline = 2024-02-15\n'
    folder = make_district(tmp_path / "区", ["甲局"], {}, extra=extra)
    letter_commands.send(folder, now="2024-01-20T09:00:00")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert [line.split("　")[0] for line in lines[::3]] == [
        "2023年政府信息公开工作年度报告",
        "2023年政府信息公开申请办理台账",
    ]
    assert all("　" in line for line in lines)


def test_what_needs_no_remedy_ends_with_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    form = load_form("annual_report_2021")
    facts = {"stated": 2000, "value": 2100}
    found = [
        Finding("C04", Severity.INFO, form.places[cell.key], (cell.key,), "recomputed", facts)
        for cell in form.cells_of("requests")[:2]
    ]
    assessment = districts.assessment(form, districts.agency(1), findings=found)
    console.print_checks([(assessment, notices(form, found))])
    [line] = [line for line in capsys.readouterr().out.splitlines() if "2100" in line]
    assert "（2 格）" in line
    assert line.endswith("已重新计算为 2100。")
