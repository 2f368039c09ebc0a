"""Nothing that came can end a run: it is set aside by name, waits for a person, and is tried again only when asked."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.coordinating.deciding import Wanted, decide
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.intake.fetch import folder
from pipeline.intake.guard import isolation as barrier
from pipeline.ledger import open_ledger
from pipeline.ledger import set_aside as marks
from pipeline.ledger.set_aside import Stage
from pipeline.machine.work import Workforce
from pipeline.model import CHINA, DecisionKind, Submission
from pipeline.run import assessing, batch
from tests.support.folders import YEAR, filled, make_district
from tests.support.mails import mail

NOW = datetime(2024, 1, 20, 20, tzinfo=CHINA)
NAMES = ("甲局", "乙局", "丙局")
BAD = "恶.xlsx"
POISON = b"PK\x03\x04poison" + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 1, 1, 0, 10, 0)


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    files = {f"{name}.xlsx": filled(form, name) for name in NAMES}
    return make_district(tmp_path / "区", NAMES, {**files, BAD: POISON})


def run(folder: Path, day: int = 0, *, retry: bool = False) -> batch.Outcome:
    return batch.run(
        load_district(folder),
        folder / "output",
        now=NOW + timedelta(days=day),
        work=Workforce(),
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
    real = assessing._judge  # noqa: SLF001

    def judge(
        campaign: assessing.JudgingContext, stale: Sequence[Submission], kept: Sequence[object]
    ) -> object:
        if any(item.name == "乙局.xlsx" and item.reading.numbers for item in stale):
            raise RecursionError
        return real(campaign, stale, kept)  # type: ignore[arg-type]

    monkeypatch.setattr(assessing, "_judge", judge)
    done = run(district)
    assert told(done, "乙局.xlsx")[0] == "held"
    assert done.record["counts"]["accepted"] == len(NAMES) - 1
    assert "RecursionError" in log_of(district)
    assert told(run(district, 1), "乙局.xlsx")[0] == "held"


def test_a_mail_that_cannot_be_opened_is_held_and_opened_at_last(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = mail([("丁.xlsx", filled(form, "甲局", 7))]).as_bytes()
    (district / "inbox" / "信.eml").write_bytes(letter)
    real = folder.contents_of

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
