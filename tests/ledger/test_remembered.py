"""What was read of the ledger is made once as long as its rows say the same, and never believed when they do not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.ledger import campaign, letters, open_ledger
from pipeline.ledger.campaign import RunResult

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)


def test_a_row_that_says_the_same_is_read_once(tmp_path: Path) -> None:
    read: list[str] = []

    def reading(row: str) -> str:
        read.append(row)
        return row.upper()

    with open_ledger(tmp_path) as ledger:
        assert [ledger.remembered("a", row, reading) for row in ("x", "x", "y", "x")] == ["X", "X", "Y", "X"]
        assert ledger.remembered("b", "x", reading) == "X", "another name is another thing"
    assert read == ["x", "y", "x", "x"]


def test_the_last_result_is_what_was_kept_last(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert campaign.last_result(ledger, 2023) is None
        for run, value in ((1, 7), (2, 8)):
            result = RunResult(run, NOW, {"counts": {"received": run}}, {"001": (value,)}, {"001": "甲局"})
            campaign.keep_result(ledger, 2023, result, {})
            found = campaign.last_result(ledger, 2023)
            assert found is not None
            assert (found.run, found.record, found.figures) == (
                run, {"counts": {"received": run}}, {"001": (value,)},
            )  # fmt: skip
            assert campaign.last_result(ledger, 2023) is found


def test_a_letter_whose_row_was_changed_is_another(tmp_path: Path) -> None:
    written = letters.LedgerLetter("2023:a", 2023, "held", "a@b.cn", "题", "<1@b.cn>", b"words")
    with open_ledger(tmp_path) as ledger:
        [new] = letters.intend(ledger, iter([written]), at=NOW)
        assert new.content == b""
        [before] = letters.waiting(ledger, 2023)
        assert letters.content(ledger, before) == b"words"
        assert letters.waiting(ledger, 2023)[0] is before
        letters.stop(ledger, ["2023:a"], NOW)
        assert letters.waiting(ledger, 2023) == []
        assert letters.of_year(ledger, 2023)[0].state == "stopped"
