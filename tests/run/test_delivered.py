"""What changed since the last delivered workbook is known by the figures that the ledger keeps with its covering letter."""

from __future__ import annotations

import email
import email.policy
import random
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from pipeline.coordinating.papers import BUNDLE, PAPERS
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.ledger import judged_files as standing
from pipeline.ledger import letters, open_copy
from pipeline.machine.work import Workforce
from pipeline.model import ConfigError
from pipeline.publishing.summary.corrections import CHANGES_HEAD, CHANGES_SHEET
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.run import batch, signing
from pipeline.run.letters import by_hand
from tests.support.fills import report
from tests.support.folders import YEAR, inputs_only, make_district, nianbao
from tests.support.post_office import words

pytestmark = pytest.mark.usefixtures("unprinted")

NOW = datetime(2024, 1, 20, 8, tzinfo=UTC)
OFFICE = '[people]\ndistrict_office_email = "bangongshi@example.gov.cn"\n'
LICENCES = "proactive.licences.decisions"


def sent_in(form: Form, name: str, licences: int) -> bytes:
    filled = report(form, "", name, YEAR, rng=random.Random(name))
    numbers = dict(zip((cell.key for cell in form.cells), filled.numbers, strict=True)) | {LICENCES: licences}
    return build_workbook(
        form, Stamp(agency=name, year=YEAR), values={**inputs_only(form, numbers), **filled.texts}
    )


def arrived(folder: Path, day: int) -> batch.Outcome:
    return batch.run(
        load_district(folder),
        folder / "output",
        now=NOW + timedelta(days=day),
        work=Workforce(),
        progress=lambda *_: None,
    )


def changes(outcome: batch.Outcome) -> tuple[list[dict[str, object]], str]:
    """Return the first block of 版本与更正, and its caption."""
    book = openpyxl.load_workbook(outcome.folder / outcome.record["files"]["summary"], data_only=True)
    rows = list(book[CHANGES_SHEET].iter_rows(values_only=True))
    block: list[dict[str, object]] = []
    for row in rows[3:]:
        if not isinstance(row[0], int):
            break
        block.append(dict(zip(CHANGES_HEAD, row, strict=True)))
    return block, str(rows[1][0])


def correct(form: Form, district: Path, licences: int) -> None:
    """乙局 sends other figures."""
    later = district / "inbox" / "2024-01-21" / f"乙局{licences}.xlsx"
    later.parent.mkdir(exist_ok=True)
    later.write_bytes(sent_in(form, "乙局", licences))


def hand_over(district: Path, day: int) -> None:
    """A person signs and sends what waits."""
    found, output, now = load_district(district), district / "output", NOW + timedelta(days=day)
    signing.sign(found, output, by="王主任", reason="核实有误", now=now)
    by_hand.mark_delivered(found, output, by_hand.Chosen(), now=now)


def waiting(district: Path) -> list[EmailMessage]:
    """The letters that wait."""
    folder = district / "output" / str(YEAR) / "letters"
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    files = {
        f"2024-01-1{number}/{name}.xlsx": sent_in(form, name, 5)
        for number, name in enumerate(("甲局", "乙局"))
    }
    return make_district(tmp_path / "district", ["甲局", "乙局"], files, extra=OFFICE)


def test_a_correction_after_the_delivery_is_listed_with_both_figures(form: Form, district: Path) -> None:
    first = arrived(district, 0)
    assert first.letters
    assert changes(first) == ([], "一、与上次报送的汇总表相比")
    hand_over(district, 0)
    correct(form, district, 9)
    [change], caption = changes(arrived(district, 2))
    assert "2024-01-20 16:00" in caption
    assert (change["单位名称"], change["原数"], change["现数"], change["增减"]) == ("乙局", 5, 9, 4)
    assert change["项目"] == form.by_key[LICENCES].short_label


def test_the_delivery_itself_gives_the_next_night_nothing_to_write(district: Path) -> None:
    arrived(district, 0)
    assert arrived(district, 1).unchanged


def test_only_a_workbook_that_left_is_compared_with(form: Form, district: Path) -> None:
    """The letter of the first night still lay there when the figures changed: nobody has read it."""
    arrived(district, 0)
    correct(form, district, 9)
    assert changes(arrived(district, 2)) == ([], "一、与上次报送的汇总表相比")
    [letter] = waiting(district)
    assert not letter["Subject"].startswith("【更正】")
    hand_over(district, 2)
    correct(form, district, 12)
    [change], _ = changes(arrived(district, 3))
    assert (change["原数"], change["现数"]) == (9, 12)
    assert waiting(district) == [], "nobody has let the correction go up"
    found, output = load_district(district), district / "output"
    with pytest.raises(ConfigError, match="9 改为 12"):
        signing.sign(found, output, by="王主任", now=NOW + timedelta(days=3))
    assert signing.sign(found, output, by="王主任", reason="漏计", now=NOW + timedelta(days=3)) == 1
    [letter] = waiting(district)
    assert letter["Subject"].startswith("【更正】")
    assert "9 改为 12" in words(letter)
    assert "更正理由：漏计" in words(letter)
    assert "乙局已公布的年报和本级汇总数据与本次不一致的，请重新公开" in words(letter)
    assert signing.sign(found, output, by="王主任", reason="漏计", now=NOW) == 0, "it is that one"
    correct(form, district, 15)
    outcome = arrived(district, 4)
    [change], caption = changes(outcome)
    assert (change["原数"], change["现数"], "2024-01-22" in caption) == (9, 15, True)
    assert waiting(district) == [], "what was signed is not what stands now"
    assert [item for item in outcome.to_decide if "9 改为 15" in item]


def test_the_whole_says_what_it_corrects_of_the_part_that_went_up(form: Form, district: Path) -> None:
    """甲局 came only after the part, which corrects nothing; 乙局 had other figures in it."""
    early = next((district / "inbox").rglob("甲局.xlsx"))
    content = early.read_bytes()
    early.unlink()
    arrived(district, 0)
    hand_over(district, 0)
    correct(form, district, 9)
    early.write_bytes(content)
    arrived(district, 2)
    [letter] = [letter for letter in waiting(district) if "汇总表" in letter["Subject"]]
    assert "更正" not in letter["Subject"]
    said = words(letter)
    assert "前次报送的阶段汇总中，下列数据已经更正" in said
    assert f"1. 乙局 {form.by_key[LICENCES].short_label}：5 改为 9" in said
    assert "2. " not in said.partition("【更正内容】")[2].partition("【")[0], (
        "who came since corrects nothing"
    )


def test_an_agency_that_left_the_roster_after_the_delivery_is_a_change(district: Path) -> None:
    arrived(district, 0)
    hand_over(district, 0)
    roster = district / "agencies.csv"
    roster.write_text(
        roster.read_text("utf-8").replace('002,"乙局"\n', "").replace('\n002,"乙局"', ""), "utf-8"
    )
    [change], _ = changes(arrived(district, 1))
    with open_copy(district / "output") as ledger:
        assert standing.departed(ledger, YEAR, {"001"}) == ["乙局"]
        assert standing.departed(ledger, YEAR, {"001", "002"}) == []
    assert change["单位名称"] == "乙局"
    assert "不在名单中" in str(change["说明"])
    hand_over(district, 1)
    with open_copy(district / "output") as ledger:
        [*_, last] = letters.of_year(ledger, YEAR)
        letter = email.message_from_bytes(letters.content(ledger, last), policy=email.policy.default)
    assert letter["Subject"].startswith("【更正】")
    assert "乙局：上次已汇总，现不在名单中" in words(letter)


def test_who_had_reported_and_is_off_the_roster_is_named_for_a_week_and_in_a_dry_run(district: Path) -> None:
    arrived(district, 0)
    roster = district / "agencies.csv"
    whole = roster.read_text("utf-8")
    roster.write_text(whole.replace('002,"乙局"', "").strip(), "utf-8")
    tried = nianbao("run", district, "--dry-run", "--now", (NOW + timedelta(days=1)).isoformat())
    assert "名单中少了 1 家已经报送的单位：乙局" in tried.stdout
    for day, is_told in ((1, True), (2, True), (9, False)):
        assert any("：乙局。" in said for said in arrived(district, day).to_decide) is is_told
    roster.write_text(whole, "utf-8")
    assert not [said for said in arrived(district, 10).to_decide if "名单" in said]
    roster.write_text(whole.replace('002,"乙局"', "").strip(), "utf-8")
    assert any("：乙局。" in said for said in arrived(district, 11).to_decide)
    roster.write_text(whole, "utf-8")
    assert not [said for said in arrived(district, 12).to_decide if "名单" in said]


def papers(district: Path, day: int) -> tuple[subprocess.CompletedProcess[str], str]:
    """Write the papers; return what was said, and the covering letter of what is packed, which stays as it was if nothing is."""
    done = nianbao("papers", district, "--now", (NOW + timedelta(days=day)).isoformat())
    packed = district / "output" / str(YEAR) / PAPERS / BUNDLE
    with zipfile.ZipFile(packed) as package:
        cover = Document(BytesIO(package.read("报送函.docx")))
    return done, "\n".join(paragraph.text for paragraph in cover.paragraphs)


def test_no_paper_carries_a_correction_that_nobody_let_go_up(form: Form, district: Path) -> None:
    """The same rule as for the letter: refused until it is released, then said to be a correction, also once it has gone."""
    arrived(district, 0)
    hand_over(district, 0)
    done, cover = papers(district, 0)
    assert (done.returncode, done.stderr) == (0, "")
    assert "更正" not in cover
    packed = district / "output" / str(YEAR) / PAPERS / BUNDLE
    before = packed.read_bytes()
    correct(form, district, 9)
    arrived(district, 2)
    done, _ = papers(district, 2)
    assert done.returncode == 1
    assert "5 改为 9" in done.stderr
    assert "同意更正" in done.stderr
    assert packed.read_bytes() == before, "what went up"
    found, output, now = load_district(district), district / "output", NOW + timedelta(days=2)
    signing.release(found, output, by="王主任", reason="漏计", now=now)
    for _ in range(2):
        done, cover = papers(district, 2)
        assert done.returncode == 0
        assert "关于更正" in cover
        assert "更正理由：漏计。" in cover
        assert packed.read_bytes() != before
        hand_over(district, 2)
