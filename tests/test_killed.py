"""A night that is killed anywhere and run again ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline import batch
from pipeline.district import load_district
from pipeline.forms.form import Form
from pipeline.ledger import FOLDER
from pipeline.model import CHINA
from pipeline.publishing.workbook import build_workbook
from pipeline.work import Work
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only, make_district
from tests.support.killing import kill_at, run_in_child, steps_of

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="killing a night needs fork")

AGENCIES = ("甲局", "乙局", "丙局", "丁局", "戊局", "己局", "庚局", "辛局", "壬局", "癸局", "子局")
FIRST, SECOND = (datetime(2024, 1, day, 20, tzinfo=CHINA) for day in (15, 16))
POINTS = {"first": 60, "second": 40}
"""At least so many on each evening: a hundred together."""


def filled(form: Form, name: str, seed: int, **wrong: str) -> bytes:
    """A template as an agency sends it; ``wrong`` stands in the first input cells."""
    sent = report(form, "", name, YEAR, rng=random.Random(seed))
    numbers = dict(zip((cell.key for cell in form.cells), sent.numbers, strict=True))
    inputs = [cell.key for cell in form.cells if cell.is_input]
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: str(YEAR)}
    faults = dict(zip(inputs[4:], wrong.values(), strict=False))
    return build_workbook(form, values={**inputs_only(form, numbers), **sent.texts, **entries, **faults})


def mail(name: str, content: bytes) -> bytes:
    """A mail with a spreadsheet."""
    message = EmailMessage()
    message["From"] = "clerk@example.gov.cn"
    message["Date"] = "Tue, 16 Jan 2024 09:00:00 +0800"
    message["Message-ID"] = "<1@example.gov.cn>"
    message["Subject"] = name
    message.set_content("见附件。")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"{name}.xlsx")
    return message.as_bytes()


@pytest.fixture(scope="module")
def folder(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district on its first evening."""
    first = {f"2024-01-15/{name}.xlsx": filled(form, name, seed) for seed, name in enumerate(AGENCIES[:4])}
    first |= {
        f"2024-01-15/{name}.xlsx": filled(form, name, seed) for seed, name in enumerate(AGENCIES[8:], 8)
    }
    first["2024-01-15/戊局.xlsx"] = filled(form, "戊局", 5, fault="两件")
    district = make_district(tmp_path_factory.mktemp("killed") / "区", AGENCIES, first)
    night(shutil.copytree(district, district.parent / "warm"), FIRST)()  # imports once, for every child
    return district


@pytest.fixture(scope="module")
def second_folder(form: Form, folder: Path) -> Path:
    """The same on its second: a correction, a new version that is worse, a duplicate, a mail, new agencies."""
    later = shutil.copytree(folder, folder.parent / "第二天")
    assert run_in_child(night(later, FIRST)) == 0
    files = {
        "2024-01-16/戊局.xlsx": filled(form, "戊局", 5),
        "2024-01-16/甲局.xlsx": filled(form, "甲局", 1, fault="/", other="-1"),
        "2024-01-16/乙局又一份.xlsx": filled(form, "乙局", 1),
        "2024-01-16/己局.eml": mail("己局", filled(form, "己局", 6)),
        "2024-01-16/谢谢.eml": b"From: clerk@example.gov.cn\nMessage-ID: <2@example.gov.cn>\n\nthanks\n",
        "2024-01-16/庚局.xlsx": filled(form, "庚局", 7, fault="三"),
        "2024-01-16/辛局.xlsx": filled(form, "辛局", 8),
    }
    for name, content in files.items():
        (later / "inbox" / name).parent.mkdir(exist_ok=True)
        (later / "inbox" / name).write_bytes(content)
    return later


def night(district: Path, now: datetime) -> Callable[[], object]:
    """A whole night, to be carried out."""
    return lambda: batch.run(
        load_district(district), district / "output", now=now, work=Work(), progress=lambda *_: None
    )


def outputs(district: Path) -> dict[str, bytes]:
    """What people get, and the originals."""
    return {
        path: content
        for path, content in contents(district / "output").items()
        if not path.startswith(f"{FOLDER}/ledger.sqlite") and not path.startswith(f"{FOLDER}/log")
    }


def memory(district: Path) -> list[str]:
    """Everything the ledger knows but of the nights themselves, which differ: one was cut off."""
    connection = sqlite3.connect(district / "output" / FOLDER / "ledger.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    [(unfinished,)] = connection.execute(
        "SELECT count(*) FROM runs WHERE finished_at IS NULL AND id = (SELECT max(id) FROM runs)"
    )
    assert unfinished == 0
    connection.execute("DROP TABLE runs")
    dump = list(connection.iterdump())
    connection.close()
    return dump


@pytest.mark.parametrize("evening", ["first", "second"])
def test_a_night_killed_anywhere_and_run_again_ends_like_an_undisturbed_one(
    evening: str, folder: Path, second_folder: Path, tmp_path: Path
) -> None:
    before, now = (folder, FIRST) if evening == "first" else (second_folder, SECOND)
    calm = shutil.copytree(before, tmp_path / "calm")
    steps = steps_of(night(calm, now), tmp_path / "steps")
    wanted, known = outputs(calm), memory(calm)
    assert {step.split()[0] for step in steps} >= {"write", "rename", "commit:"}
    assert len(steps) >= POINTS[evening]
    for number in range(1, len(steps) + 1):
        place = shutil.copytree(before, tmp_path / "killed")
        assert kill_at(number, night(place, now)), steps[number - 1]
        assert run_in_child(night(place, now)) == 0, steps[number - 1]
        assert outputs(place) == wanted, steps[number - 1]
        assert memory(place) == known, steps[number - 1]
        shutil.rmtree(place)
