"""A night that is killed anywhere and run again ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline import batch
from pipeline.district.folder import LAYOUTS_NAME, load_district
from pipeline.forms.form import Form
from pipeline.ledger import FOLDER
from pipeline.machine.work import Work
from pipeline.model import CHINA
from pipeline.publishing.word_layout import build_layout
from pipeline.publishing.workbook import build_workbook
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only, make_district
from tests.support.killing import kill_at, run_in_child, steps_of
from tests.support.ports import HOST
from tests.support.smtp import WHO, Post, post_office

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="killing a night needs fork"),
    pytest.mark.no_cover,  # two hundred nights, none of which does what no other test does
]

AGENCIES = ("甲局", "乙局", "丙局", "丁局")
FIRST, SECOND = (datetime(2024, 1, day, 20, tzinfo=CHINA) for day in (15, 16))
STEPS = {"first": {"write", "rename", "commit:"}, "second": {"write", "rename", "commit:", "send"}}
POINTS = {"first": 35, "second": 65}
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
    first = {
        "2024-01-15/甲局.xlsx": filled(form, "甲局", 0),
        "2024-01-15/乙局.xlsx": filled(form, "乙局", 1, fault="两件"),
    }
    district = make_district(tmp_path_factory.mktemp("killed") / "区", AGENCIES, first)
    (district / LAYOUTS_NAME).mkdir()
    (district / LAYOUTS_NAME / batch.LAYOUT_NAME).write_bytes(build_layout(form))  # once, not in every night
    night(shutil.copytree(district, district.parent / "warm"), FIRST)()  # imports once, for every child
    return district


@pytest.fixture(scope="module")
def second_folder(form: Form, folder: Path, post: Post) -> Path:
    """The same on its second: a correction, a new version that is worse, a duplicate, a mail, new agencies; letters leave."""
    later = shutil.copytree(folder, folder.parent / "第二天")
    assert run_in_child(night(later, FIRST)) == 0
    files = {
        "2024-01-16/乙局.xlsx": filled(form, "乙局", 1),
        "2024-01-16/甲局.xlsx": filled(form, "甲局", 0, fault="/", other="-1"),
        "2024-01-16/甲局又一份.xlsx": filled(form, "甲局", 0),
        "2024-01-16/丙局.eml": mail("丙局", filled(form, "丙局", 2)),
        "2024-01-16/谢谢.eml": b"From: clerk@example.gov.cn\nMessage-ID: <2@example.gov.cn>\n\nthanks\n",
    }
    for name, content in files.items():
        (later / "inbox" / name).parent.mkdir(exist_ok=True)
        (later / "inbox" / name).write_bytes(content)
    rows = [f"{number:03},{name},clerk@example.gov.cn" for number, name in enumerate(AGENCIES, 1)]
    (later / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    settings = (
        f'[mail]\nsmtp_host = "{HOST}"\nsmtp_port = {post.port}\nca_file = "{post.ca_file}"\nsend = true\n'
    )
    with (later / "district.toml").open("a", encoding="utf-8") as file:
        file.write(f'[people]\nemail = "office@example.gov.cn"\n{settings}')
    return later


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """The mail server; it outlives every night."""
    with post_office(tmp_path_factory.mktemp("post")) as post, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NIANBAO_SMTP_USER", WHO.user)
        patch.setenv("NIANBAO_SMTP_PASSWORD", WHO.password)
        yield post


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


def letters(post: Post) -> dict[str, list[bytes]]:
    """What the server took since it was asked last, by Message-ID."""
    found: dict[str, list[bytes]] = {}
    for _, content in post.taken:
        found.setdefault(str(message_from_bytes(content)["Message-ID"]), []).append(content)
    post.taken.clear()
    return found


@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # the server's thread; children do not touch it
@pytest.mark.parametrize("evening", ["first", "second"])
def test_a_night_killed_anywhere_and_run_again_ends_like_an_undisturbed_one(
    evening: str, folder: Path, second_folder: Path, post: Post, tmp_path: Path
) -> None:
    before, now = (folder, FIRST) if evening == "first" else (second_folder, SECOND)
    calm = shutil.copytree(before, tmp_path / "calm")
    steps = steps_of(night(calm, now), tmp_path / "steps")
    wanted, known, sent = outputs(calm), memory(calm), letters(post)
    assert {step.split()[0] for step in steps} >= STEPS[evening]
    assert len(steps) >= POINTS[evening]
    for number, step in enumerate(steps, 1):
        place = shutil.copytree(before, tmp_path / "killed")
        assert kill_at(number, night(place, now)), step
        assert run_in_child(night(place, now)) == 0, step
        assert outputs(place) == wanted, step
        assert memory(place) == known, step
        _check_sent(letters(post), sent, step)
        shutil.rmtree(place)


def _check_sent(got: dict[str, list[bytes]], wanted: dict[str, list[bytes]], step: str) -> None:
    """No letter lost, none sent twice; but between the server's OK and the record the same letter goes again, as it was."""
    assert {key: contents[0] for key, contents in got.items()} == {
        key: one for key, [one] in wanted.items()
    }, step
    twice = [contents for contents in got.values() if len(contents) > 1]
    assert len(twice) == step.startswith("send "), step
    assert all(len(contents) == 2 and len(set(contents)) == 1 for contents in twice), step
