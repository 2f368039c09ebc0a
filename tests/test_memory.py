"""What a night takes from the ledger, and what it does anew."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.intake.guard import isolation as barrier
from pipeline.ledger import open_copy
from pipeline.machine.work import Workforce
from pipeline.model import CHINA, Assessment, Number, Submission
from pipeline.publishing import documents
from pipeline.publishing.template import build_workbook
from pipeline.publishing.word.printed_figures import FigureReader, read_figures
from pipeline.run import batch, guarded_judging, judging_context
from pipeline.run import opening as night_barrier
from pipeline.run.judging_context import JudgingContext
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only, make_district

EVENING = datetime(2024, 1, 15, 20, tzinfo=CHINA)
NAMES = ("甲局", "乙局", "丙局")


def sent(form: Form, name: str, seed: int, year: int = YEAR) -> bytes:
    """A filled template; another seed gives other figures."""
    found = report(form, "", name, year, rng=random.Random(seed))
    numbers = dict(zip((cell.key for cell in form.cells), found.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: str(year)}
    return build_workbook(form, values={**inputs_only(form, numbers), **found.texts, **entries})


@dataclass(slots=True)
class Effort:
    """How many files each night read, and which it judged."""

    read: int = 0
    judged: list[str] = field(default_factory=list)


@pytest.fixture
def effort(monkeypatch: pytest.MonkeyPatch) -> Effort:
    made = Effort()
    read_file, judge = barrier.read_file, guarded_judging._judge  # noqa: SLF001 - watched, not changed

    def watched_read(arguments: str, blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
        made.read += 1
        return read_file(arguments, blobs)

    def watched_judge(
        campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[Assessment]
    ) -> list[Assessment]:
        made.judged += [item.file for item in stale]
        return judge(campaign, stale, kept)

    monkeypatch.setattr(barrier, "read_file", watched_read)
    monkeypatch.setattr(guarded_judging, "_judge", watched_judge)
    return made


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    files = {f"2024-01-10/{name}.xlsx": sent(form, name, seed) for seed, name in enumerate(NAMES)}
    return make_district(tmp_path / "区", NAMES, files)


def night(folder: Path, day: int = 0) -> batch.Outcome:
    now = EVENING + timedelta(days=day)
    return batch.run(
        load_district(folder), folder / "output", now=now, work=Workforce(), progress=lambda *_: None
    )


def put(folder: Path, path: str, content: bytes) -> None:
    (folder / "inbox" / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / "inbox" / path).write_bytes(content)


def kept(folder: Path) -> dict[str, int]:
    """Table of the ledger → rows."""
    with open_copy(folder / "output") as ledger:
        names = [row["name"] for row in ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: len(ledger.rows(f"SELECT 1 FROM {name}")) for name in names}  # noqa: S608 - its own names


def rows(outcome: batch.Outcome) -> dict[str, tuple[object, object, object]]:
    """File → agency, version, verdict."""
    return {
        item["file"]: (item["agency"], item["version"], item["verdict"])
        for item in outcome.record["submissions"]
    }


def test_only_what_is_new_is_read_judged_and_printed(form: Form, district: Path, effort: Effort) -> None:
    assert len([path for path in night(district).written if path.startswith("reports/")]) == 6
    assert (effort.read, len(effort.judged)) == (3, 3)
    put(district, "2024-01-16/乙局.xlsx", sent(form, "乙局", 9))
    second = night(district, 1)
    assert effort.read == 4
    assert effort.judged[3:] == ["2024-01-16/乙局.xlsx"]
    printed = [path for path in second.written if path.startswith("reports/")]
    assert sorted(printed) == ["reports/乙局.docx", "reports/乙局.html"]
    assert night(district, 2).unchanged
    assert effort.read == 4


def test_the_ledger_grows_by_what_arrives_and_not_by_nights(form: Form, district: Path) -> None:
    """A night with nothing new leaves one line: that it was."""
    night(district)
    before = kept(district)
    for day in range(1, 6):
        night(district, day)
    assert kept(district) == {**before, "runs": 6}
    put(district, "2024-01-21/乙局.xlsx", sent(form, "乙局", 9))
    night(district, 6)
    after = kept(district)
    assert (after["envelopes"], after["versions"], after["runs"]) == (4, 4, 7)
    assert all(after[table] - before[table] <= 4 for table in before if table not in {"runs", "events"})


def test_a_written_report_is_read_back_once_and_again_when_its_bytes_changed(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit that leaves the size as it was is seen as well; what is read is what the program wrote."""
    read: list[bytes] = []

    def watched(reader: FigureReader, content: bytes) -> tuple[Number | None, ...]:
        read.append(content)
        return read_figures(reader, content)

    monkeypatch.setattr(documents, "read_figures", watched)
    reports = night(district).folder / "reports"
    assert len(read) == 3
    put(district, "2024-01-16/乙局.xlsx", sent(form, "乙局", 9))
    night(district, 1)
    assert read[3:] == [(reports / "乙局.docx").read_bytes()]
    edited = bytearray((reports / "丙局.docx").read_bytes())
    edited[len(edited) // 2] ^= 1
    whole = (reports / "丙局.docx").read_bytes()
    (reports / "丙局.docx").write_bytes(edited)
    put(district, "2024-01-17/乙局.xlsx", sent(form, "乙局", 10))
    night(district, 2)
    assert (reports / "丙局.docx").read_bytes() == whole, "it is the program's"
    assert (reports / "丙局（手工修改 01-17）.docx").read_bytes() == edited, "and that is a person's"
    assert sorted(read[4:], key=len) == sorted([whole, (reports / "乙局.docx").read_bytes()], key=len)


def test_a_choice_of_the_district_has_everything_judged_but_nothing_read_again(
    district: Path, effort: Effort
) -> None:
    night(district)
    settings = district / "district.toml"
    settings.write_text(settings.read_text("utf-8") + "[rules]\nblank_is_zero = true\n", "utf-8")
    night(district, 1)
    assert (effort.read, len(effort.judged)) == (3, 6)


def test_a_new_program_reads_the_originals_though_the_inbox_is_empty(
    district: Path, effort: Effort, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows(night(district))
    shutil.rmtree(district / "inbox")
    (district / "inbox").mkdir()
    for module in (judging_context, night_barrier):
        monkeypatch.setattr(module, "program", lambda: "another")
    (district / "output" / str(YEAR) / "figures.csv").unlink()
    assert rows(night(district)) == first
    assert effort.read == 6


def test_what_could_not_be_kept_keeps_its_reading(
    district: Path, effort: Effort, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a file beyond the limit only the refusal is kept; a new program cannot read it again."""
    first = rows(night(district))
    shutil.rmtree(district / "inbox")
    (district / "inbox").mkdir()
    shutil.rmtree(district / "output" / "ledger" / "originals")
    for module in (judging_context, night_barrier):
        monkeypatch.setattr(module, "program", lambda: "another")
    (district / "output" / str(YEAR) / "figures.csv").unlink()
    assert rows(night(district)) == first
    assert effort.read == 3


def test_versions_keep_their_numbers_and_copies_stay_copies_over_nights(form: Form, district: Path) -> None:
    night(district)
    put(district, "2024-01-16/甲局.xlsx", sent(form, "甲局", 7))
    night(district, 1)
    put(district, "2024-01-09/迟到.xlsx", sent(form, "甲局", 8))
    put(district, "2024-01-17/又发.xlsx", sent(form, "甲局", 0))
    (district / "inbox" / "2024-01-10" / "甲局.xlsx").unlink()
    put(district, "已处理/乙局.xlsx", (district / "inbox" / "2024-01-10" / "乙局.xlsx").read_bytes())
    (district / "inbox" / "2024-01-10" / "乙局.xlsx").unlink()
    found = rows(night(district, 2))
    assert found["2024-01-16/甲局.xlsx"] == ("001", 2, "accepted")
    assert found["2024-01-09/迟到.xlsx"] == ("001", 3, "accepted")
    assert found["2024-01-17/又发.xlsx"] == ("001", 1, "accepted")
    assert found["已处理/乙局.xlsx"] == ("002", 1, "accepted")
    assert len(found) == 5


def test_outputs_made_from_the_ledger_are_those_made_from_the_files(form: Form, district: Path) -> None:
    put(district, "2024-01-11/乙局.xlsx", sent(form, "乙局", 5)[:-700])
    whole = contents(night(district).folder)
    shutil.rmtree(district / "output" / str(YEAR))
    again = night(district).folder
    assert contents(again) == whole


def test_a_new_campaign_leaves_alone_what_an_earlier_one_accepted(form: Form, district: Path) -> None:
    night(district)
    settings = district / "district.toml"
    text = settings.read_text("utf-8").replace(f"year = {YEAR}", f"year = {YEAR + 1}")
    settings.write_text(text.replace("deadline = 2024", "deadline = 2025"), "utf-8")
    put(district, "2025-01-10/去年的.xlsx", sent(form, "甲局", 0))
    put(district, "2025-01-10/甲局.xlsx", sent(form, "甲局", 3, YEAR + 1))
    outcome = night(district, 366)
    found = rows(outcome)
    assert set(found) == {"2025-01-10/去年的.xlsx", "2025-01-10/甲局.xlsx"}
    assert found["2025-01-10/去年的.xlsx"] == (None, None, "duplicate")
    assert found["2025-01-10/甲局.xlsx"][:2] == ("001", 1)
    [codes] = [
        {finding["code"] for finding in item["findings"]}
        for item in outcome.record["submissions"]
        if item["version"]
    ]
    assert "T3-04" in codes  # held against what the earlier campaign accepted
