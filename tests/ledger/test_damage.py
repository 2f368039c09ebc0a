"""A ledger that is damaged or gone: a run says so with the remedy, and never begins anew beside what earlier runs left."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from pipeline.ledger import (
    FOLDER,
    Ledger,
    arrivals,
    assessments,
    bindings,
    campaign,
    codes,
    decisions,
    events,
    has_ledger,
    imports,
    judged_files,
    letters,
    open_copy,
    open_ledger,
    output_record,
    readings,
    runs,
)
from pipeline.letter import LetterKind
from pipeline.machine import codec
from pipeline.model import Agency, ConfigError, EnvironmentFailedError
from tests.ledger.support import NIGHT, YEAR, envelope, message
from tests.support.folders import contents

Opening = Callable[..., AbstractContextManager[Ledger]]
_OPENINGS = (open_ledger, open_copy)
_PAGE = 4096


def _database(output: Path, part: str = "") -> Path:
    return output / FOLDER / part / "ledger.sqlite"


def _begun(output: Path, part: str = "") -> Path:
    """Make a ledger that knows a file, and what a run leaves beside it; return the database."""
    with open_ledger(output, part) as ledger:
        arrivals.keep_inbox(ledger, YEAR, [envelope("a.xlsx")], [message("b.eml")], now=NIGHT)
    results = output / str(YEAR) / part
    results.mkdir(parents=True, exist_ok=True)
    (results / "run.json").write_text("{}", "utf-8")
    return _database(output, part)


def _refused(opening: Opening, output: Path, part: str = "") -> str:
    with pytest.raises(EnvironmentFailedError) as failure, opening(output, part):
        pytest.fail("opened")
    return str(failure.value)


@pytest.mark.parametrize("part", ["", "request_register"])
@pytest.mark.parametrize("size", [None, 0, 1, 50, _PAGE])
def test_a_ledger_that_was_cut_off_or_is_gone_is_not_begun_anew(
    tmp_path: Path, part: str, size: int | None
) -> None:
    database = _begun(tmp_path, part)
    if size is None:
        database.unlink()
    else:
        os.truncate(database, size)
    before = contents(tmp_path)
    for opening in _OPENINGS:
        assert "换上备份的 ledger 文件夹" in _refused(opening, tmp_path, part)
    assert contents(tmp_path) == before
    if size is None:
        with pytest.raises(EnvironmentFailedError, match="不在了"):
            has_ledger(tmp_path, part)


@pytest.mark.parametrize("left", ["originals", str(YEAR)])
def test_the_originals_alone_or_the_results_alone_say_that_there_was_a_ledger(
    tmp_path: Path, left: str
) -> None:
    _begun(tmp_path).unlink()
    shutil.rmtree(tmp_path / str(YEAR) if left == "originals" else tmp_path / FOLDER)
    for opening in _OPENINGS:
        assert "整个 output 文件夹移到别处" in _refused(opening, tmp_path)


@pytest.mark.parametrize("part", ["", "request_register"])
def test_a_ledger_that_is_older_than_the_results_is_told_before_anything_is_written(
    tmp_path: Path, part: str
) -> None:
    """An old copy that was put back, or one from before the first run; the results being moved away it is taken."""
    output = tmp_path / "output"
    database = _begun(output, part)
    results = database.parents[1 if not part else 2] / str(YEAR) / part
    before_all = database.read_bytes()

    def run_at(moment: datetime) -> None:
        with open_ledger(output, part) as ledger:
            runs.start(ledger, YEAR, now=moment)
        record = {"form": "x", "now": moment.isoformat(timespec="seconds")}
        (results / "run.json").write_text(json.dumps(record, indent=1), "utf-8")

    run_at(NIGHT)
    a_week_old = database.read_bytes()
    run_at(NIGHT + timedelta(days=7))
    for old, known in ((a_week_old, "只记到2024年"), (before_all, "一次运行也没有记")):
        database.write_bytes(old)
        before = contents(output)
        for opening in _OPENINGS:
            said = _refused(opening, output, part)
            assert known in said
            assert f"“{YEAR}”" in said
        assert contents(output) == before
    shutil.move(results, tmp_path / "留存")
    for opening in _OPENINGS:
        with opening(output, part):
            pass


def test_the_folders_of_all_forms_that_are_newer_than_their_ledgers_are_named_at_once(tmp_path: Path) -> None:
    for part in ("", "request_register"):
        with open_ledger(tmp_path, part) as ledger:
            runs.start(ledger, YEAR, now=NIGHT - timedelta(days=7))
    for folder, moment in (
        (f"{YEAR}", NIGHT),
        (f"{YEAR - 1}/request_register", NIGHT),
        (f"{YEAR - 2}", NIGHT - timedelta(days=400)),
    ):
        record = tmp_path / folder / "run.json"
        record.parent.mkdir(parents=True)
        record.write_text(json.dumps({"now": moment.isoformat()}), "utf-8")
    for part in ("", "request_register"):
        assert f"“{YEAR - 1}”、“{YEAR}”移到" in _refused(open_ledger, tmp_path, part)


@pytest.mark.parametrize("written", ["{}", '"now": "yesterday"', '"now": "2099-01-01T08:00:00"', "\0", ""])
def test_of_a_record_in_which_somebody_wrote_nothing_is_concluded(tmp_path: Path, written: str) -> None:
    _begun(tmp_path)
    (tmp_path / str(YEAR) / "run.json").write_text(written, "utf-8")
    for opening in _OPENINGS:
        with opening(tmp_path):
            pass


def test_what_a_first_run_left_that_found_no_room_is_a_new_ledger(tmp_path: Path) -> None:
    """The file is made before the first table: a disk that was full by then is no damage. Nor is a second form begun late."""
    _database(tmp_path).parent.mkdir()
    _database(tmp_path).touch()
    (tmp_path / str(YEAR) / "templates").mkdir(parents=True)
    with open_ledger(tmp_path) as ledger:
        assert arrivals.of_year(ledger, YEAR) == []
    _begun(tmp_path)
    with open_ledger(tmp_path, "request_register") as ledger:
        assert arrivals.of_year(ledger, YEAR) == []


def test_every_damaged_page_that_holds_rows_or_leads_to_them_is_noticed_at_once(tmp_path: Path) -> None:
    database = _begun(tmp_path)
    with closing(sqlite3.connect(database)) as connection:
        roots = [
            row[0] for row in connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 0")
        ]
    whole = database.read_bytes()
    assert len(roots) > 20
    for page in roots:
        database.write_bytes(whole[: (page - 1) * _PAGE] + bytes(_PAGE) + whole[page * _PAGE :])
        for opening in _OPENINGS:
            assert "损坏" in _refused(opening, tmp_path)


def test_a_code_of_the_roster_in_which_a_bit_has_flipped_is_damage_and_no_fault_of_the_roster(
    tmp_path: Path,
) -> None:
    _begun(tmp_path)
    with open_ledger(tmp_path) as ledger, ledger.transaction("test"):
        ledger.write(
            "INSERT INTO roster (code, year, since, body) VALUES ('CODE-001', ?, ?, ?)",
            (YEAR, NIGHT.isoformat(), '{"code":"CODE-001","name":"甲局"}'),
        )
    database = _database(tmp_path)
    database.write_bytes(database.read_bytes().replace(b"CODE-001", b"CODE-003", 1))
    for opening in _OPENINGS:
        assert "损坏" in _refused(opening, tmp_path)


def _everything(ledger: Ledger) -> None:
    """Read what there are functions for."""
    arrivals.of_year(ledger, YEAR)
    arrivals.mails_of_year(ledger, YEAR)
    arrivals.moments(ledger, YEAR)
    arrivals.came_since(ledger, YEAR, None)
    assessments.latest(ledger, YEAR)
    assessments.stands(ledger, YEAR)
    bindings.of_year(ledger, YEAR)
    codes.memory(ledger)
    decisions.in_force(ledger, YEAR)
    events.story(ledger, YEAR)
    imports.imported_at(ledger, YEAR, "001")
    imports.reports_of(ledger, YEAR)
    judged_files.filed(ledger, YEAR)
    letters.of_year(ledger, YEAR)
    readings.of_year(ledger, YEAR, "reader", {})
    runs.counts_before(ledger, YEAR, 99)
    campaign.last_result(ledger, YEAR)
    campaign.pages_of(ledger, YEAR)
    campaign.last_delivered(ledger, YEAR)
    output_record.of_year(ledger, YEAR)


_AGENCY = codec.dumps(Agency("001", "甲局", kind="部门", level="县区"))
_ROWS = f"""
INSERT INTO runs (year, started_at, finished_at, counts) VALUES ({YEAR}, '{NIGHT}', '{NIGHT}', '{{}} ');
INSERT INTO assessments (envelope, basis, judged_at, agency, version, verdict)
VALUES (1, 'b', '{NIGHT}', '001', 1, 'returned');
INSERT INTO findings (assessment, number, code, severity, key, body)
VALUES (1, 1, 'T1-01', 'error', NULL, '{{"code":"T1-01","severity":"error"}}');
INSERT INTO bindings (envelope, agency, findings, bound_at) VALUES (1, '001', '[] ', '{NIGHT}');
INSERT INTO roster (code, year, since, body) VALUES ('001', {YEAR}, '{NIGHT}', '{_AGENCY}');
INSERT INTO letters (key, year, kind, agency, recipient, subject, message_id, sha256, intended_at)
VALUES ('k', {YEAR}, '{LetterKind.ACCEPTANCE}', '001', 'a@example.gov.cn', 's', '<1@e>', 'b1', '{NIGHT}')
"""  # noqa: S608 - constants of this file
_DAMAGES = (
    ("envelopes", "body"),
    ("envelopes", "seen_at"),
    ("mails", "body"),
    ("runs", "finished_at"),
    ("runs", "counts"),
    ("assessments", "verdict"),
    ("assessments", "judged_at"),
    ("findings", "body"),
    ("bindings", "findings"),
    ("roster", "since"),
    ("roster", "code"),
    ("letters", "intended_at"),
    ("letters", "kind"),
    ("events", "at"),
    ("events", "kind"),
)


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """An output folder whose ledger has rows in the tables of ``_DAMAGES``, all of them whole."""
    _begun(tmp_path)
    with open_ledger(tmp_path) as ledger:
        with ledger.transaction("test"):
            for statement in _ROWS.split(";\n"):
                ledger.write(statement)
        _everything(ledger)
    return tmp_path


def test_a_value_that_is_not_what_was_put_there_is_damage_and_no_bug(rich: Path) -> None:
    with open_copy(rich) as ledger:
        for (table, column), content in product(_DAMAGES, ("x", "{}", "\0\0")):
            if (column, content) not in _AS_GOOD:
                with pytest.raises(EnvironmentFailedError, match=r"损坏，不能读取.*备份"):
                    _read_with(ledger, f"UPDATE {table} SET {column} = '{content}'")  # noqa: S608 - names of this file
        _everything(ledger)


_AS_GOOD = {("counts", "{}"), ("findings", "{}")}
"""What may stand there as well."""


def _read_with(ledger: Ledger, damage: str) -> None:
    """Read everything after ``damage``, which is undone."""
    with ledger.transaction("test"):
        for trigger in ("events_stay", "events_last"):
            ledger.write(f"DROP TRIGGER {trigger}")
        ledger.write(damage)
        _everything(ledger)
        pytest.fail(damage)


def test_a_text_that_is_none_is_damage_and_a_table_that_has_gone_is_named(rich: Path) -> None:
    with closing(sqlite3.connect(_database(rich))) as connection:
        connection.execute("UPDATE mails SET body = CAST(x'7bff' AS TEXT)")
        connection.commit()
    with open_copy(rich) as ledger, pytest.raises(EnvironmentFailedError, match="损坏"):
        arrivals.mails_of_year(ledger, YEAR)
    with closing(sqlite3.connect(_database(rich))) as connection:
        connection.execute("DROP TABLE letters")
        connection.commit()
    with pytest.raises(ConfigError, match=r"缺少 letters.*备份"), open_copy(rich):
        pytest.fail("a ledger without its letters was opened")


def test_a_mistake_in_sql_stays_a_bug(rich: Path) -> None:
    with open_copy(rich) as ledger, pytest.raises(sqlite3.OperationalError):
        ledger.rows("SELECT nothing FROM letters")


def test_what_is_whole_is_opened_night_after_night(rich: Path) -> None:
    for number in range(3):
        with open_ledger(rich) as ledger:
            arrivals.keep_inbox(
                ledger, YEAR, [envelope(f"{number}.xlsx")], [], now=NIGHT + timedelta(days=number)
            )
            _everything(ledger)
