"""Nothing that came can end a run: it is set aside by name, waits for a person, and is tried again only when asked."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline.coordinating.deciding import Wanted, decide
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.intake.fetch import inbox_folder
from pipeline.intake.guard import isolation as barrier
from pipeline.judging.texts import trial
from pipeline.ledger import open_ledger
from pipeline.ledger import set_aside as marks
from pipeline.ledger.set_aside import Stage
from pipeline.machine.pool import JobAnswer, Limits, Pool
from pipeline.machine.work import Workforce
from pipeline.model import CHINA, OPENED_AFTER_ALL, PROGRAM, DecisionKind, Message, Submission
from pipeline.publishing.template import build_workbook
from pipeline.publishing.todo_book import TODO_NAME
from pipeline.run import batch, guarded_judging
from pipeline.run.judging_context import JudgingContext
from tests.support.fills import report
from tests.support.folders import YEAR, filled, inputs_only, make_district
from tests.support.hostile import zeros
from tests.support.mails import mail

NOW = datetime(2024, 1, 20, 20, tzinfo=CHINA)
NAMES = ("甲局", "乙局", "丙局")
BAD = "恶.xlsx"
POISON = b"PK\x03\x04poison" + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 1, 1, 0, 10, 0)


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    files = {f"{name}.xlsx": filled(form, name) for name in NAMES}
    return make_district(tmp_path / "区", NAMES, {**files, BAD: POISON})


def run(folder: Path, day: int = 0, *, retry: bool = False, work: Workforce | None = None) -> batch.Outcome:
    return batch.run(
        load_district(folder),
        folder / "output",
        now=NOW + timedelta(days=day),
        work=work or Workforce(),
        progress=lambda *_: None,
        retry=retry,
    )


def told(outcome: batch.Outcome, file: str = BAD) -> tuple[str, list[str]]:
    """Verdict of a file, and its findings."""
    [item] = [item for item in outcome.record["submissions"] if item["file"] == file]
    return item["verdict"], [finding["message"] for finding in item["findings"]]


def log_of(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted((folder / "output/ledger/log").iterdir()))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException | None], list[bytes]]:
    """Let the reader raise over the poisoned file, or not; return what it was given."""
    real = barrier.read_file

    def install(error: BaseException | None) -> list[bytes]:
        seen: list[bytes] = []

        def read_file(arguments: str, blobs: Sequence[bytes]) -> tuple[str, Sequence[bytes]]:
            seen.append(blobs[0])
            if blobs[0] == POISON and error:
                raise error
            return real(arguments, blobs)

        monkeypatch.setattr(barrier, "read_file", read_file)
        return seen

    return install


def test_a_file_that_breaks_the_reader_is_held_and_the_others_count(
    district: Path, reader: Callable[[BaseException | None], list[bytes]]
) -> None:
    seen = reader(ZeroDivisionError("oh"))
    first = run(district)
    verdict, [finding] = told(first)
    assert verdict == "held"
    assert "程序本身出了错" in finding
    assert first.record["counts"]["accepted"] == len(NAMES)
    log = log_of(district)
    begun, aside = log.index("开始读取"), log.index(f"搁置　{BAD}")
    assert BAD in log[begun:aside].splitlines()[0]
    assert "ZeroDivisionError: oh" in log
    assert seen.count(POISON) == 1
    (district / "inbox" / BAD).unlink()
    assert told(run(district, 1)) == (verdict, [finding])
    assert seen.count(POISON) == 1  # not again by itself, nor because it has left the inbox


def test_a_mail_that_cannot_be_recorded_is_held_and_the_others_count(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a later reader of mails lets through: it costs that mail, not the records of all."""
    real = barrier.opened

    def opened(item: inbox_folder.Item, answer: JobAnswer) -> list[inbox_folder.Found]:
        found = real(item, answer)
        bad = item.path == "恶.eml"
        return [replace(one, sender="\ud800") if bad and isinstance(one, Message) else one for one in found]

    monkeypatch.setattr(barrier, "opened", opened)
    files = {f"{n}.eml": mail([("甲局.xlsx", filled(form, "甲局"))], subject=n).as_bytes() for n in "恶好"}
    done = run(make_district(tmp_path / "区", ["甲局"], files))
    assert told(done, "恶.eml")[0] == "held"
    assert done.record["counts"]["accepted"] == 1
    assert "UnicodeEncodeError" in log_of(tmp_path / "区")


def test_it_is_tried_again_when_asked(
    district: Path, reader: Callable[[BaseException | None], list[bytes]]
) -> None:
    reader(ZeroDivisionError())
    run(district)
    reader(None)
    assert "程序本身出了错" in told(run(district, 1))[1][0]
    verdict, [finding] = told(run(district, 2, retry=True))
    assert (verdict, "文件已损坏" in finding) == ("held", True)


def test_it_can_be_dismissed(district: Path, reader: Callable[[BaseException | None], list[bytes]]) -> None:
    reader(MemoryError())
    assert "内存" in told(run(district))[1][0]
    settings = load_district(district)
    decide(settings, district / "output", Wanted(DecisionKind.DISMISS, (BAD,), "不是报送", "王主任", NOW))
    assert told(run(district, 1))[0] == "not_a_submission"


def test_what_two_runs_did_not_end_is_not_begun_again(
    district: Path, reader: Callable[[BaseException | None], list[bytes]]
) -> None:
    """A run that is ended from outside (no exception that anybody may catch) leaves its mark."""
    for day in range(2):
        reader(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run(district, day)
    seen = reader(KeyboardInterrupt())
    third = run(district, 2)
    verdict, [finding] = told(third)
    assert (verdict, "前两次运行" in finding) == ("held", True)
    assert POISON not in seen
    assert third.record["counts"]["accepted"] == len(NAMES)


def test_what_a_run_did_not_end_is_done_alone(
    district: Path, reader: Callable[[BaseException | None], list[bytes]]
) -> None:
    """Whoever pulls the plug makes no file suspicious for good."""
    reader(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run(district)
    reader(None)
    assert run(district, 1).record["counts"]["accepted"] == len(NAMES)
    with open_ledger(district / "output") as ledger:
        assert not any(marks.interrupted(ledger, YEAR, stage) for stage in Stage)


def test_a_file_that_cannot_be_judged_is_held(district: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = guarded_judging._judge  # noqa: SLF001

    def judge(campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[object]) -> object:
        if any(item.name == "乙局.xlsx" and item.reading.numbers for item in stale):
            raise RecursionError
        return real(campaign, stale, kept)  # type: ignore[arg-type]

    monkeypatch.setattr(guarded_judging, "_judge", judge)
    done = run(district)
    assert told(done, "乙局.xlsx")[0] == "held"
    assert done.record["counts"]["accepted"] == len(NAMES) - 1
    assert "RecursionError" in log_of(district)
    assert told(run(district, 1), "乙局.xlsx")[0] == "held"


def test_what_ends_a_run_while_it_is_judged_is_blamed_and_no_other(
    district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time all are in hand, the second time each alone, the third time it is not begun again."""
    real = guarded_judging._judge  # noqa: SLF001
    begun: list[set[str]] = []

    def judge(campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[object]) -> object:
        begun.append({item.name for item in stale if item.reading.numbers})
        if "乙局.xlsx" in begun[-1]:
            raise KeyboardInterrupt
        return real(campaign, stale, kept)  # type: ignore[arg-type]

    monkeypatch.setattr(guarded_judging, "_judge", judge)
    for day in range(2):
        with pytest.raises(KeyboardInterrupt):
            run(district, day)
    third = run(district, 2)
    assert "前两次运行" in told(third, "乙局.xlsx")[1][0]
    assert third.record["counts"]["accepted"] == len(NAMES) - 1
    assert [names for names in begun if "乙局.xlsx" in names] == [
        {f"{name}.xlsx" for name in NAMES},
        {"乙局.xlsx"},
    ]


def test_files_that_are_only_judged_badly_together_are_judged_one_by_one(
    district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = guarded_judging._judge  # noqa: SLF001

    def judge(campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[object]) -> object:
        if len(stale) > 1:
            raise MemoryError
        return real(campaign, stale, kept)  # type: ignore[arg-type]

    monkeypatch.setattr(guarded_judging, "_judge", judge)
    assert run(district).record["counts"]["accepted"] == len(NAMES)


LONG = "我局收到政府信息公开申请1件，其中自然人1件。" * 1400


def long_winded(form: Form, name: str) -> bytes:
    whole = report(form, "", name, YEAR, rng=random.Random(name))
    numbers = dict(zip((cell.key for cell in form.cells), whole.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: str(YEAR)}
    texts = {text.key: LONG for text in form.texts}
    return build_workbook(form, values={**inputs_only(form, numbers), **texts, **entries})


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [(Limits(cpu=0.01, seconds=0.2), "held"), (Limits(cpu=30.0, seconds=200.0), "accepted_with_remarks")],
)
def test_texts_that_take_too_long_cost_their_own_file(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits, verdict: str
) -> None:
    (district / "inbox" / "丙局.xlsx").write_bytes(long_winded(form, "丙局"))
    monkeypatch.setattr(barrier, "JUDGED", limits)
    with Pool(1) as pool:
        first = run(district, work=Workforce(pool=pool))
    assert told(first, "丙局.xlsx")[0] == verdict
    assert first.record["counts"]["accepted"] == len(NAMES) - 1
    log = log_of(district).count("开始校验")
    again = run(district, 1)
    assert told(again, "丙局.xlsx") == told(first, "丙局.xlsx")
    assert log_of(district).count("开始校验") == log


def test_many_long_texts_have_an_end_together(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES[1:]:
        (district / "inbox" / f"{name}.xlsx").write_bytes(long_winded(form, name))
    monkeypatch.setattr(trial, "TOGETHER", 400_000)
    done = run(district)
    assert [told(done, f"{name}.xlsx")[0] for name in NAMES] == ["accepted", "accepted_with_remarks", "held"]


def test_what_archives_unpack_to_has_an_end_together(district: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is within the limits of one archive; what is kept of all of them together has one too."""
    for number in range(4):
        (district / "inbox" / f"箱{number}.zip").write_bytes(zeros(b"", random.Random(number)))
    monkeypatch.setattr(barrier, "UNPACKED", 60_000_000)
    first = run(district)
    kept = sum(path.stat().st_size for path in (district / "output/ledger/originals").iterdir())
    assert kept < 62_000_000
    assert first.record["counts"]["accepted"] == len(NAMES)
    assert [told(first, f"箱{number}.zip")[0] for number in (2, 3)] == ["held", "held"]
    assert "用完" in told(first, "箱3.zip")[1][0]


def test_a_mail_that_cannot_be_opened_is_held_and_opened_at_last(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = mail([("丁.xlsx", filled(form, "甲局", 7))]).as_bytes()
    (district / "inbox" / "信.eml").write_bytes(letter)
    real = inbox_folder.contents_of

    def contents_of(item: object, authserv_id: str = "") -> object:
        if getattr(item, "path", "") == "信.eml":
            raise OverflowError
        return real(item, authserv_id)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(barrier, "contents_of", contents_of)
        assert told(run(district), "信.eml")[0] == "held"
    assert told(run(district, 1), "信.eml")[0] == "held"
    later = run(district, 2, retry=True)
    assert told(later, "信.eml")[0] == "not_a_submission"
    assert told(later, "信.eml/丁.xlsx")[0] == "held", (
        "opened and read; who sent it is nobody the agency is known by"
    )
    for name in (later.record["files"]["summary"], TODO_NAME):
        book = openpyxl.load_workbook(district / "output" / str(YEAR) / name)
        said = {value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}
        assert not said & {PROGRAM, OPENED_AFTER_ALL}, "no person has said that it is no submission"
