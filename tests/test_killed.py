"""A night that is killed anywhere and run again ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.district.folder import LAYOUT_NAME, LAYOUTS_NAME, STYLE_NAME, load_district
from pipeline.forms.form import Form
from pipeline.ledger import FOLDER, secret
from pipeline.machine.work import Workforce
from pipeline.model import CHINA
from pipeline.publishing.template import build_workbook
from pipeline.publishing.word.word_layout import build_layout
from pipeline.run import batch
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only, make_district
from tests.support.killing import kill_at, run_in_child, steps_of, stops_of
from tests.support.ports import HOST
from tests.support.smtp import WHO, Post, post_office

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="killing a night needs fork"),
    pytest.mark.no_cover,  # so many nights, none of which does what no other test does
]

AGENCIES = ("甲局", "乙局", "丙局", "丁局")
FIRST, SECOND = (datetime(2024, 1, day, 20, tzinfo=CHINA) for day in (15, 16))
STEPS = {"first": {"write", "rename", "commit:"}, "second": {"write", "rename", "commit:", "send"}}
POINTS = {"first": 35, "second": 65}
"""At least so many on each evening: a hundred together."""
TRIED, PROVED = 6, 32
"""Of so many points one, and the first of each kind, is begun again, or is proved to be what a SIGKILL leaves by another night."""


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
def memory_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk in memory where there is one, for scratch files too: a killed process loses nothing there either, and nobody waits."""
    tmp_path_factory.getbasetemp()  # which is for other tests as well, and not on this disk
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    with (
        TemporaryDirectory(dir=shared if shared.is_dir() else None) as made,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(tempfile, "tempdir", made)
        yield Path(made)


@pytest.fixture
def place_of(memory_disk: Path) -> Iterator[Callable[[str], Path]]:
    """Places of one test, by name."""
    with TemporaryDirectory(dir=memory_disk) as made:
        yield lambda name: Path(made) / name


@pytest.fixture(scope="module")
def folder(form: Form, memory_disk: Path) -> Path:
    """A district on its first evening."""
    first = {
        "2024-01-15/甲局.xlsx": filled(form, "甲局", 0),
        "2024-01-15/乙局.xlsx": filled(form, "乙局", 1, fault="两件"),
    }
    district = make_district(memory_disk / "区", AGENCIES, first)
    (district / LAYOUTS_NAME).mkdir()
    (district / LAYOUTS_NAME / LAYOUT_NAME).write_bytes(build_layout(form))  # once, not in every night
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


@pytest.fixture(scope="module", autouse=True)
def _one_secret() -> Iterator[None]:
    """Let every ledger have the same secret, so that letters of different ledgers can be compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secret, "token_hex", lambda _: "secret")
        yield


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
        load_district(district), district / "output", now=now, work=Workforce(), progress=lambda *_: None
    )


def outputs(district: Path) -> dict[str, bytes]:
    """What people get, and the originals."""
    return {
        path: content
        for path, content in contents(district / "output").items()
        if not path.startswith(f"{FOLDER}/ledger.sqlite") and not path.startswith(f"{FOLDER}/log")
    }


def memory(district: Path) -> list[str]:
    """Everything the ledger knows but of the nights themselves, which differ: one was cut off; and of this copy's inbox."""
    connection = sqlite3.connect(district / "output" / FOLDER / "ledger.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    [(unfinished,)] = connection.execute(
        "SELECT count(*) FROM runs WHERE finished_at IS NULL AND id = (SELECT max(id) FROM runs)"
    )
    assert unfinished == 0
    connection.execute("DROP TABLE runs")
    connection.execute("UPDATE glances SET changed = 0")
    connection.execute("UPDATE outputs SET modified = 0, former = ''")
    connection.execute("UPDATE results SET run = 0")
    connection.execute("UPDATE letters SET basis = ''")  # when a letter that stays was looked at last
    dump = list(connection.iterdump())
    connection.close()
    return dump


def left(district: Path, scratch: Path) -> tuple[set[str], dict[str, bytes], dict[str, int]]:
    """What stands there of a night that did not end: the names, what people get, how much its ledger would know if it was opened now."""
    shutil.copytree(district / "output" / FOLDER, scratch)
    with closing(sqlite3.connect(scratch / "ledger.sqlite")) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        ]
        known = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - a name it told itself
            for table in tables
        }
    shutil.rmtree(scratch)
    return set(contents(district / "output")), outputs(district), known


def except_outputs(district: Path) -> dict[str, bytes]:
    """What a night finds and leaves as it is."""
    return {path: content for path, content in contents(district).items() if not path.startswith("output/")}


@contextmanager
def copied(folder: Path, aside: Path) -> Iterator[None]:
    """Let a copy stand in the place of ``folder`` for a while: who has files of ``folder`` open has them still."""
    folder.rename(aside)
    shutil.copytree(aside, folder)
    yield
    shutil.rmtree(folder)
    aside.rename(folder)


def told(district: Path) -> Counter[str]:
    """What the days' logs say of files and mails."""
    logs = sorted((district / "output" / FOLDER / "log").iterdir())
    lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
    return Counter(line for line in lines if line.startswith(("  文件", "  邮件")))


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
    evening: str, folder: Path, second_folder: Path, post: Post, place_of: Callable[[str], Path]
) -> None:
    before, now = (folder, FIRST) if evening == "first" else (second_folder, SECOND)
    calm = shutil.copytree(before, place_of("calm"))
    steps = steps_of(night(calm, now), place_of("steps"))
    wanted, known, said, sent = outputs(calm), memory(calm), told(calm), letters(post)
    assert said
    assert {step.split()[0] for step in steps} >= STEPS[evening]
    assert len(steps) >= POINTS[evening]

    def run_again(place: Path, step: str) -> None:
        assert run_in_child(night(place, now)) == 0, step
        assert outputs(place) == wanted, step
        assert memory(place) == known, step
        assert set(said) == set(told(place)), step
        assert max(told(place).values()) <= 2, step
        _check_sent(letters(post), sent, step)

    to_try = _some([_kind(step) for step in steps], TRIED)
    to_kill = _some([step.split()[0] for step in steps], PROVED)
    place, given = shutil.copytree(before, place_of("stopped")), except_outputs(before)
    for number, step in zip(stops_of(night(place, now)), steps, strict=True):
        assert except_outputs(place) == given, step
        already = list(post.taken)
        if number - 1 in to_kill:
            post.taken.clear()
            killed = shutil.copytree(before, place_of("killed"))
            assert kill_at(number, night(killed, now)), step
            assert left(killed, place_of("scratch")) == left(place, place_of("scratch")), step
            assert post.taken == already, step
            run_again(killed, step)
            shutil.rmtree(killed)
        elif number - 1 in to_try:
            with copied(place / "output", place_of("aside")):
                run_again(place, step)
        post.taken[:] = already
    assert outputs(place) == wanted


@pytest.mark.parametrize("late", ["write 丙局.docx", "rename 丙局.csv", "rename index.html"])
def test_what_a_killed_night_wrote_is_removed_where_the_next_does_not_write_it(
    second_folder: Path, place_of: Callable[[str], Path], late: str
) -> None:
    """Before the next night somebody takes the agency off the roster: nothing of its report may stay, least in ``site/``."""
    place, calm = (shutil.copytree(second_folder, place_of(name)) for name in ("killed", "calm"))
    quiet(place)
    quiet(calm)
    steps = steps_of(night(shutil.copytree(place, place_of("whole")), SECOND), place_of("steps"))
    assert kill_at(steps.index(late) + 1, night(place, SECOND))
    for district in (place, calm):
        roster = district / "agencies.csv"
        lines = [line for line in roster.read_text("utf-8").splitlines() if "丙局" not in line]
        roster.write_text("\n".join(lines), "utf-8")
        assert run_in_child(night(district, SECOND)) == 0
    assert outputs(place) == outputs(calm)
    assert not [path for path in outputs(place) if "丙局" in path]


def test_a_change_that_is_taken_back_after_a_killed_night_leaves_nothing_of_it(
    folder: Path, place_of: Callable[[str], Path]
) -> None:
    """The inputs are those of the last finished night again, but its outputs are not all there any more."""
    place = shutil.copytree(folder, place_of("district"))
    assert run_in_child(night(place, FIRST)) == 0
    wanted = outputs(place)
    style = place / LAYOUTS_NAME / STYLE_NAME
    style.write_text("h1 { color: #b00020 }", "utf-8")
    steps = steps_of(night(shutil.copytree(place, place_of("whole")), FIRST), place_of("steps"))
    assert kill_at(steps.index("rename 甲局.html") + 1, night(place, FIRST))
    assert outputs(place) != wanted
    style.unlink()
    assert run_in_child(night(place, FIRST)) == 0
    assert outputs(place) == wanted


def _kind(step: str) -> str:
    """A write or a rename by the kind of its file, a letter by its own; a commit is of the kind that it says."""
    what, of = step.split(maxsplit=1)
    kinds = {"send": of.rpartition(":")[2], "commit:": of}
    return f"{what} {kinds.get(what, Path(of).suffix)}"


def _some(kinds: list[str], every: int) -> set[int]:
    """The places of the first of each kind, and of one of so many besides."""
    return {kinds.index(kind) for kind in kinds} | set(range(0, len(kinds), every))


def quiet(district: Path) -> None:
    """Let a district write its letters without sending them."""
    settings = (district / "district.toml").read_text("utf-8")
    (district / "district.toml").write_text(settings.replace("send = true", "send = false"), "utf-8")


def _check_sent(got: dict[str, list[bytes]], wanted: dict[str, list[bytes]], step: str) -> None:
    """No letter lost, none sent twice; but between the server's OK and the record the same letter goes again, as it was."""
    assert {key: contents[0] for key, contents in got.items()} == {
        key: one for key, [one] in wanted.items()
    }, step
    twice = [contents for contents in got.values() if len(contents) > 1]
    assert len(twice) == step.startswith("send "), step
    assert all(len(contents) == 2 and len(set(contents)) == 1 for contents in twice), step
