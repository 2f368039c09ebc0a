"""Outputs are shared with people: what they edit, delete or have open decides nothing, and nothing of it is lost."""

from __future__ import annotations

import email
import email.policy
import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.ledger import FOLDER, campaign, letters, open_copy
from pipeline.letter import LetterKind, LetterState
from pipeline.machine import durable
from pipeline.machine.work import Workforce
from pipeline.model import CHINA, ConfigError
from pipeline.publishing import year_folder
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.run import batch, signing
from pipeline.run.letters import by_hand
from pipeline.run.letters.by_other_means import UNSENT
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only, nianbao

EVENING = datetime(2024, 1, 15, 20, tzinfo=CHINA)
NAMES = ("甲局", "乙局")
PEOPLE = '[people]\nemail = "zwgk@gov.example"\ndistrict_office_email = "bgs@gov.example"\n'


def sent(form: Form, name: str, seed: int = 0) -> bytes:
    """A filled template; another seed gives other figures."""
    found = report(form, "", name, YEAR, rng=random.Random(f"{name}{seed}"))
    numbers = dict(zip((cell.key for cell in form.cells), found.numbers, strict=True))
    return build_workbook(
        form, Stamp(agency=name, year=YEAR), values={**inputs_only(form, numbers), **found.texts}
    )


@pytest.fixture(scope="module")
def finished(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district of two after its first run: one agency is accepted, the other has still to report."""
    folder = tmp_path_factory.mktemp("made") / "区"
    (folder / "inbox" / "2024-01-10").mkdir(parents=True)
    (folder / "inbox" / "2024-01-10" / "甲局.xlsx").write_bytes(sent(form, "甲局"))
    (folder / "district.toml").write_text(
        f'name = "区"\nlevel = "县区"\nyear = {YEAR}\nform = "{form.id}"\ndeadline = 2024-01-31\n{PEOPLE}',
        "utf-8",
    )
    (folder / "agencies.csv").write_text(
        "code,name,email\n001,甲局,jia@gov.example\n002,乙局,yi@gov.example\n", "utf-8"
    )
    night(folder)
    return folder


@pytest.fixture
def district(finished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(finished, tmp_path / "区")


def night(folder: Path, day: int = 0) -> batch.Outcome:
    now = EVENING + timedelta(days=day)
    return batch.run(
        load_district(folder), folder / "output", now=now, work=Workforce(), progress=lambda *_: None
    )


def year_of(folder: Path) -> Path:
    return folder / "output" / str(YEAR)


def put(form: Form, folder: Path, name: str, seed: int = 0, day: int = 16) -> None:
    path = folder / "inbox" / f"2024-01-{day}" / f"{name}{seed}.xlsx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sent(form, name, seed))


def known(folder: Path) -> list[tuple[str, str, str]]:
    """Every letter: its key, its state, and (but for the digest, which speaks of persons' edits) the digest of its bytes."""
    with open_copy(folder / "output") as ledger:
        return [
            (item.key, item.state.value, "" if item.kind == LetterKind.DIGEST else item.sha256)
            for item in letters.of_year(ledger, YEAR)
        ]


def files(folder: Path) -> dict[str, bytes]:
    """What runs write into the year's folder, but for the page, which speaks of persons' edits, and letters."""
    return {
        path: data
        for path, data in contents(year_of(folder)).items()
        if year_folder.EDITED not in path
        and path not in {"index.html", "待办.xlsx", "群发文本.txt"}  # which say what is to be done today
        and not path.startswith("letters/")
    }


# ---------------------------------------------------------------- nothing is read back


def _workbook(folder: Path) -> Path:
    [path] = year_of(folder).glob("*汇总表.xlsx")
    return path


def _gbk(folder: Path) -> None:
    path = year_of(folder) / "figures.csv"
    path.write_bytes(path.read_text("utf-8-sig").encode("gbk"))


def _raised(folder: Path) -> None:
    path = year_of(folder) / "figures.csv"
    path.write_text(path.read_text("utf-8-sig").replace(",1", ",511"), "utf-8-sig")


def _garbled(folder: Path) -> None:
    (year_of(folder) / "run.json").write_text('{"counts": {}}', "utf-8")
    (year_of(folder) / "index.html").write_text("nothing", "utf-8")


def _edited_book(folder: Path) -> None:
    _workbook(folder).write_bytes(_workbook(folder).read_bytes() + b"x")


def _deleted(*names: str) -> Callable[[Path], None]:
    def delete(folder: Path) -> None:
        for name in names:
            (year_of(folder) / name).unlink()

    return delete


def _all_deleted(folder: Path) -> None:
    shutil.rmtree(year_of(folder))


HARMS = [
    _gbk,
    _raised,
    _garbled,
    _edited_book,
    _deleted("figures.csv", "run.json", "index.html"),
    lambda folder: _workbook(folder).unlink(),
    _all_deleted,
]


@pytest.mark.parametrize("harm", HARMS)
def test_what_people_do_to_outputs_changes_no_letter_no_count_and_no_run(
    form: Form, finished: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """Two districts, one of which is harmed between the runs, and at the end both have the same files and letters."""
    calm, harmed = (shutil.copytree(finished, tmp_path / name / "区") for name in ("calm", "harmed"))
    whole = files(calm)
    harm(harmed)
    again = night(harmed, 1)
    assert night(calm, 1).unchanged
    assert again.record == night(calm, 1).record
    assert files(harmed) == files(calm)
    assert files(harmed) == whole, "made again as of the run that made them"
    assert (year_of(harmed) / "index.html").stat().st_size > 1000
    assert night(harmed, 1).unchanged
    for folder in (calm, harmed):
        put(form, folder, "乙局")
        night(folder, 2)
        signing.sign(load_district(folder), folder / "output", by="王主任", now=EVENING + timedelta(days=2))
        harm(folder) if folder is harmed else None
        night(folder, 3)
    assert known(harmed) == known(calm)


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_output_may_be_changed_in_any_way(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = shutil.copytree(finished, tmp_path_factory.mktemp("any") / "区")
    before, letters_before = files(folder), known(folder)
    shown = sorted(path for path in before if not path.endswith("报告.docx"))
    changed = data.draw(
        st.dictionaries(st.sampled_from(shown), st.none() | st.binary(max_size=40), min_size=1)
    )
    for path, content in changed.items():
        place = year_of(folder) / path
        if content is None:
            place.unlink()
        else:
            place.write_bytes(content)
    night(folder, 1)
    there = contents(year_of(folder))
    assert {path: there[path] for path in before} == before
    kept = [content for path, content in there.items() if year_folder.EDITED in path]
    assert sorted(kept) == sorted(
        content for path, content in changed.items() if content is not None and content != before[path]
    ), "nothing that a person wrote is lost"
    assert {key for key, *_ in known(folder)} >= {key for key, *_ in letters_before}


# ---------------------------------------------------------------- what was edited is kept and said


def test_an_edited_output_is_kept_beside_and_said_on_console_page_and_digest(
    form: Form, district: Path
) -> None:
    (year_of(district) / "figures.csv").write_text("by hand", "utf-8")
    outcome = night(district, 1)
    kept = year_of(district) / "figures（手工修改 01-16）.csv"
    assert kept.read_text("utf-8") == "by hand"
    assert [item.path for item in outcome.kept] == ["figures.csv"]
    page = (year_of(district) / "index.html").read_text("utf-8")
    assert "figures（手工修改 01-16）.csv" in page
    put(form, district, "乙局", day=17)
    night(district, 2)
    [digest] = (year_of(district) / "letters").glob("20240117_每日情况*")
    assert "手工修改" in _text(digest)
    assert kept.read_text("utf-8") == "by hand", "and it stays"


def test_a_draft_that_was_completed_by_hand_stays_until_other_figures_are_to_be_written(
    form: Form, district: Path
) -> None:
    [draft] = year_of(district).glob("*工作年度报告.docx")
    draft.write_bytes(b"completed by hand")
    assert night(district, 1).unchanged, "nothing has to be written"
    (district / "agencies.csv").write_text(
        (district / "agencies.csv")
        .read_text("utf-8")
        .replace("code,name,email", "code,name,contact,email")
        .replace("甲局,", "甲局,张三,")
        .replace("乙局,", "乙局,,"),
        "utf-8",
    )
    assert not night(district, 2).unchanged
    assert draft.read_bytes() == b"completed by hand", "a contact's name changes nothing in it"
    put(form, district, "乙局", day=18)
    night(district, 3)
    assert draft.read_bytes() != b"completed by hand"
    [kept] = year_of(district).glob("*（手工修改 01-18）.docx")
    assert kept.read_bytes() == b"completed by hand"


def test_a_report_that_is_not_written_any_more_is_kept_where_a_person_edited_it(district: Path) -> None:
    (year_of(district) / "reports" / "甲局.docx").write_bytes(b"restyled")
    (district / "agencies.csv").write_text("code,name,email\n002,乙局,yi@gov.example\n", "utf-8")
    night(district, 1)
    left = sorted(path.name for path in (year_of(district) / "reports").iterdir())
    assert left == ["甲局（手工修改 01-16）.docx"]


# ---------------------------------------------------------------- what cannot be replaced


def test_what_is_open_in_another_program_gets_its_new_state_beside_it_and_the_run_goes_on(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = _workbook(district)
    before = book.read_bytes()
    put_in_place = durable.put_in_place

    def locked(path: Path | str, *, under: Path | None = None) -> None:
        if Path(under or path) in {book, year_of(district) / "reports" / "乙局.docx"}:
            raise PermissionError(13, "open in another program", str(path))
        put_in_place(path, under=under)

    with monkeypatch.context() as patch:
        patch.setattr(year_folder, "put_in_place", locked)
        put(form, district, "乙局")
        outcome = night(district, 1)
        beside = book.with_name(f"{book.stem}（新）.xlsx")
        assert [item.beside for item in outcome.blocked] == ["reports/乙局（新）.docx", beside.name]
        assert [failure for failure in outcome.failures if book.name in failure]
        assert book.read_bytes() == before
        kinds = [key.split(":")[1] for key, _, _ in known(district)]
        assert {"answer", "digest", "delivery"} <= set(kinds), "letters are written all the same"
        assert beside.name in (year_of(district) / "index.html").read_text("utf-8")
        [delivery] = (year_of(district) / "letters").glob("*报送汇总表*")
        assert _attachment(delivery) == beside.read_bytes(), "what is sent is what was written"
        again = night(district, 2)
        assert again.blocked, "still open"
    closed = night(district, 3)
    assert not closed.failures
    assert book.read_bytes() != before
    assert not beside.exists()
    assert night(district, 4).unchanged


def test_exit_code_4_says_that_a_file_could_not_be_replaced(form: Form, district: Path) -> None:
    """By the command line: a folder stands where the file should, which no program can replace."""
    book = _workbook(district)
    book.unlink()
    book.mkdir()
    (book / "x").write_text("x", "utf-8")
    put(form, district, "乙局")
    done = nianbao("run", district, "--now", "2024-01-16T20:00:00+08:00")
    assert done.returncode == 4, done.stderr
    assert "请关闭它" in done.stderr
    assert (year_of(district) / f"{book.stem}（新）.xlsx").is_file()


# ---------------------------------------------------------------- letters


def waiting(folder: Path) -> list[Path]:
    return sorted((year_of(folder) / "letters").glob("*.eml"))


def test_a_letter_that_was_deleted_is_asked_about_and_can_be_stopped_or_restored(district: Path) -> None:
    [receipt] = [path for path in waiting(district) if "接收回执" in path.name]
    content, handle = receipt.read_bytes(), receipt.stem[-6:]
    receipt.unlink()
    outcome = night(district, 1)
    assert not receipt.exists(), "it is not laid out again over a person's head"
    [asked] = [item for item in outcome.to_decide if handle in item]
    assert "被删除" in asked
    with open_copy(district / "output") as ledger:
        assert handle not in {item.handle for item in letters.ready(ledger, YEAR)}
    assert nianbao("letters", district, "--restore", handle).returncode == 0
    assert receipt.read_bytes() == content
    receipt.unlink()
    done = nianbao("letters", district, "--as-edited", handle)
    assert done.returncode == 2
    assert "被删除了，没有改过的内容可以发" in done.stderr
    assert all(way in done.stderr for way in (f"--restore {handle}", f"--stop {handle}"))
    assert nianbao("letters", district, "--stop", handle).returncode == 0
    assert not [item for item in night(district, 2).to_decide if handle in item]
    assert not [path for path in waiting(district) if "接收回执" in path.name], "nor is it written anew"


def test_a_letter_that_was_edited_leaves_only_as_somebody_says(district: Path) -> None:
    [receipt] = [path for path in waiting(district) if "接收回执" in path.name]
    handle = receipt.stem[-6:]
    edited = receipt.read_bytes() + b"PS"
    receipt.write_bytes(edited)
    [asked] = [item for item in night(district, 1).to_decide if handle in item]
    assert "被手工修改" in asked
    assert receipt.read_bytes() == edited
    done = nianbao("letters", district, "--as-edited", handle)
    assert done.returncode == 0, done.stderr
    assert not [item for item in night(district, 2).to_decide if handle in item]
    with open_copy(district / "output") as ledger:
        [item] = [item for item in letters.ready(ledger, YEAR) if item.handle == handle]
        assert letters.content(ledger, item) == edited
    assert receipt.read_bytes() == edited


def test_every_letter_is_kept_and_can_be_opened_again(district: Path) -> None:
    [receipt] = [path for path in waiting(district) if "接收回执" in path.name]
    content, handle = receipt.read_bytes(), receipt.stem[-6:]
    assert nianbao("send", district, "--by-hand", "--agency", "甲局").returncode == 0
    night(district, 1)
    listed = nianbao("letters", district, "001").stdout
    assert handle in listed
    assert "已转交" in listed
    shown = nianbao("letters", district, "--open", handle)
    assert "已收到" in shown.stdout or "接收" in shown.stdout
    [mail] = (year_of(district) / by_hand.OPENED).rglob("*.eml")
    assert mail.read_bytes() == content.removeprefix(UNSENT)
    [document] = (year_of(district) / by_hand.OPENED).rglob("*.docx")
    assert document.read_bytes() == (year_of(district) / "reports" / "甲局.docx").read_bytes()


def test_what_a_person_keeps_in_the_folder_of_letters_is_left_alone(district: Path) -> None:
    own = year_of(district) / "letters" / "我的草稿.eml"
    own.write_bytes(b"mine")
    night(district, 1)
    assert own.read_bytes() == b"mine"


# ---------------------------------------------------------------- delivery


def test_the_workbook_leaves_only_with_a_name_and_a_correction_only_with_a_reason(
    form: Form, district: Path
) -> None:
    put(form, district, "乙局")
    outcome = night(district, 1)
    assert [item for item in outcome.to_decide if item.startswith("已收齐，请审核、签发")]
    assert "已收齐，请审核、签发" in (year_of(district) / "index.html").read_text("utf-8")
    with open_copy(district / "output") as ledger:
        [unsigned] = letters.unsigned(ledger, YEAR)
        assert unsigned.key not in {item.key for item in letters.ready(ledger, YEAR)}
    assert unsigned.handle not in nianbao("send", district, "--by-hand", "--all").stdout
    assert nianbao("deliver", district).returncode == 2, "nobody has signed"
    assert nianbao("deliver", district, "--by", "王主任").returncode == 0
    assert nianbao("send", district, "--by-hand", "--all").returncode == 0
    with open_copy(district / "output") as ledger:
        delivered = campaign.of_year(ledger, YEAR).delivered
        assert delivered is not None
        assert (delivered.signed_by, set(delivered.figures)) == ("王主任", {"001", "002"})
        result = campaign.last_result(ledger, YEAR)
        assert result is not None
        assert delivered.figures == result.figures
    put(form, district, "乙局", seed=5, day=18)
    later = night(district, 3)
    [asked] = [item for item in later.to_decide if "已报送的数据有更正" in item]
    assert "乙局" in asked
    assert "改为" in asked
    refused = nianbao("deliver", district, "--by", "王主任")
    assert (refused.returncode, "--reason" in refused.stderr) == (2, True)
    assert nianbao("deliver", district, "--by", "王主任", "--reason", "漏计").returncode == 0
    [letter] = [path for path in waiting(district) if "报送汇总表" in path.name]
    assert "更正理由：漏计" in _text(letter)
    assert "请重新公开" in _text(letter)


def test_nothing_edited_is_delivered_as_if_it_were_the_programs(district: Path) -> None:
    _workbook(district).write_bytes(b"edited")
    with pytest.raises(ConfigError, match="改动"):
        signing.sign(load_district(district), district / "output", by="王主任", now=EVENING)
    night(district, 1)
    assert signing.sign(load_district(district), district / "output", by="王主任", now=EVENING) == 1


def test_handed_over_by_mistake_is_taken_back(district: Path) -> None:
    before = known(district)
    found, output = load_district(district), district / "output"
    assert by_hand.mark_delivered(found, output, by_hand.Chosen(every=True), now=EVENING)
    assert waiting(district) == []
    assert by_hand.take_back(found, output, by_hand.Chosen(every=True), now=EVENING)
    assert known(district) == before
    assert {state for _, state, _ in known(district)} == {LetterState.WAITING.value}


def _text(path: Path) -> str:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body()
    assert body is not None
    return str(body.get_content())


def _attachment(path: Path) -> bytes:
    [part] = email.message_from_bytes(path.read_bytes(), policy=email.policy.default).iter_attachments()
    content = part.get_content()
    assert isinstance(content, bytes)
    return content


def test_what_a_former_program_kept_no_account_of_is_neither_edited_nor_lost(
    form: Form, district: Path
) -> None:
    """It recorded sizes of some files and digests of none; a size that differs is an edit, the rest is not known."""
    _as_of_a_program_without_digests(district)
    folder = year_of(district)
    before = contents(folder)
    drafts = [path for path in before if path.startswith("区") and path.endswith((".docx", ".xlsx"))]
    edited = next(path for path in before if path.startswith("reports/") and path.endswith(".html"))
    (folder / edited).write_bytes(before[edited] + b"<p>...</p>")
    put(form, district, "甲局", seed=1)
    outcome = night(district, 1)
    assert [item.path for item in outcome.kept] == [edited]
    after = contents(folder)
    for path in drafts:
        if after[path] != before[path]:
            beside = Path(path)
            assert after[f"{beside.stem}（升级前 01-16）{beside.suffix}"] == before[path]
    assert sum("升级前" in path for path in after) >= 2
    assert not [path for path in after if "升级前" in path and "/" in path], (
        "nobody finds it in what goes out"
    )
    assert not night(district, 2).kept


def _as_of_a_program_without_digests(district: Path) -> None:
    connection = sqlite3.connect(district / "output" / FOLDER / "ledger.sqlite")
    connection.executescript(
        "UPDATE outputs SET digest = '', former = '', modified = 0;"
        "DELETE FROM outputs WHERE path NOT GLOB '*/*'; DELETE FROM results;"
    )
    connection.close()
