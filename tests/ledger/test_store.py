"""Opening a ledger: migrations, transactions, copies, and a disk that fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ledger import (
    FOLDER,
    Ledger,
    arrivals,
    assessments,
    events,
    letters,
    mailboxes,
    open_copy,
    open_ledger,
    output_record,
)
from pipeline.ledger.schema import MIGRATIONS
from pipeline.ledger.store import FORMER
from pipeline.machine.durable import READ_ONLY, watched, write_whole
from pipeline.model import ConfigError, EnvironmentFailedError, Made, Verdict
from tests.ledger.support import NIGHT, YEAR, envelope
from tests.support.folders import contents


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def _database(output: Path) -> Path:
    return output / FOLDER / "ledger.sqlite"


def test_a_new_ledger_has_every_migration_wal_and_foreign_keys(ledger: Ledger) -> None:
    def pragma(name: str) -> object:
        return tuple(ledger.rows(f"PRAGMA {name}")[0])

    assert pragma("user_version") == (len(MIGRATIONS),)
    assert pragma("journal_mode") == ("wal",)
    assert pragma("foreign_keys") == (1,)
    assert pragma("busy_timeout") == (10_000,)
    assert pragma("integrity_check") == ("ok",)


def test_a_ledger_of_a_newer_program_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with open_ledger(tmp_path):
        pass
    connection = sqlite3.connect(_database(tmp_path))
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    for opening in (open_ledger, open_copy):
        with pytest.raises(ConfigError, match="更新版本"), opening(tmp_path):
            pytest.fail("opened a ledger it cannot understand")


def test_a_ledger_of_the_first_schema_is_brought_up_to_date_with_all_it_holds(tmp_path: Path) -> None:
    """What is kept in the form of a later schema is the same; what later schemas add has its default."""
    _database(tmp_path).parent.mkdir()
    connection = sqlite3.connect(_database(tmp_path))
    connection.executescript(f"{MIGRATIONS[0]}{_OF_THE_FIRST_SCHEMA}PRAGMA user_version = 1")
    connection.close()
    with open_ledger(tmp_path) as ledger:
        assert tuple(ledger.rows("PRAGMA user_version")[0]) == (len(MIGRATIONS),)
        assert [
            (item.key, item.state, item.attempts, item.reason) for item in letters.of_year(ledger, YEAR)
        ] == [("sent", "sent", 1, ""), ("refused", "failed", 3, "550 没有这个邮箱")]
        [judgement] = assessments.latest(ledger, YEAR).values()
        assert (judgement.verdict, judgement.basis) == (Verdict.ACCEPTED, "later")
        assert output_record.take(ledger, YEAR) == {"reports/a.docx": Made("basis", 7)}
        assert ledger.rows("PRAGMA foreign_key_check") == []


_OF_THE_FIRST_SCHEMA = f"""
INSERT INTO envelopes (id, year, path, sha256, name, source, seen_at, body)
VALUES (1, {YEAR}, 'a.xlsx', 'a1', 'a.xlsx', 'folder', '{NIGHT}', '{{}}');
INSERT INTO assessments (envelope, basis, judged_at, agency, version, verdict)
VALUES (1, 'earlier', '{NIGHT}', '001', 1, 'returned'), (1, 'later', '{NIGHT}', '001', 1, 'accepted');
INSERT INTO letters (key, year, kind, agency, recipient, subject, message_id, sha256, intended_at, state, attempts, reason)
VALUES
    ('sent', {YEAR}, 'returned', '001', 'a@example.gov.cn', '退回', '<1@example>', 'b1', '{NIGHT}', 'sent', 1, ''),
    ('refused', {YEAR}, 'digest', NULL, 'b@example.gov.cn', '今日', '<2@example>', 'b2', '{NIGHT}', 'failed', 3,
     '550 没有这个邮箱');
INSERT INTO outputs VALUES ({YEAR}, 'reports/a.docx', 'basis', 7);
"""  # noqa: S608 - constants of this file


def _of_schema(output: Path, version: int, changed: str = "") -> Path:
    """Put a ledger of ``version`` into ``output``; ``changed`` is what makes it one that no release ever wrote."""
    path = _database(output)
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(
        f"{''.join(MIGRATIONS[:version])}{_A_MAILBOX}{changed}PRAGMA user_version = {version};"
    )
    connection.close()
    return path


_A_MAILBOX = "INSERT INTO mailboxes VALUES ('a', 7, 12);"


@pytest.mark.parametrize(
    ("version", "changed"),
    [
        (7, "DROP VIEW set_aside;"),  # every migration passes, and the first question fails
        (11, "CREATE TABLE decisions (id INTEGER PRIMARY KEY);"),  # the fourth of them fails
        (len(MIGRATIONS), "DROP VIEW set_aside;"),  # brought up to date by a program that did not look
        (len(MIGRATIONS), "ALTER TABLE letters DROP COLUMN laid;"),
    ],
)
def test_a_ledger_that_cannot_be_brought_up_to_date_stays_as_it_was(
    tmp_path: Path, version: int, changed: str
) -> None:
    path = _of_schema(tmp_path, version, changed)
    before = path.read_bytes()
    for opening in (open_copy, open_ledger, open_ledger):
        with (
            pytest.raises(ConfigError, match=r"没有改动台账.*请换回.*不要删除台账") as refused,
            opening(tmp_path),
        ):
            pytest.fail("opened a ledger that lacks something")
        assert f"第 {version} 版" in str(refused.value)
    with sqlite3.connect(path) as connection:
        connection.execute(
            "PRAGMA journal_mode = DELETE"
        )  # as it was written; the mode stands in the file's head
    connection.close()
    assert _rows(path) == _rows_of(before, tmp_path / "before.sqlite")
    assert (path.with_name(FORMER).is_file()) == (version < len(MIGRATIONS)) == (FORMER in str(refused.value))


def test_the_ledger_as_it_was_before_an_upgrade_is_kept_beside_it(tmp_path: Path) -> None:
    for version in (7, 11):  # one copy, of the latest upgrade
        path = _of_schema(tmp_path, version)
        with open_copy(tmp_path):
            assert not (path.with_name(FORMER)).exists() or version == 11
        with open_ledger(tmp_path) as ledger:
            assert mailboxes.position(ledger, "a") == (7, 12)
        former = _rows(path.with_name(FORMER))
        assert former == _rows_of_schema(tmp_path / str(version), version)
    with open_ledger(tmp_path):
        assert _rows(path.with_name(FORMER)) == former
    assert {item.name for item in path.parent.iterdir()} == {FORMER, path.name}
    assert not path.with_name(FORMER).stat().st_mode & 0o077


def test_an_upgrade_passes_a_checkpoint_once_it_is_for_good(tmp_path: Path) -> None:
    steps: list[str] = []
    (tmp_path / "good").mkdir()
    _of_schema(tmp_path / "good", 11)
    with watched(steps.append), open_ledger(tmp_path / "good"):
        pass
    assert [step for step in steps if "migrations" in step] == ["commit: migrations from 11"]
    steps.clear()
    (tmp_path / "bad").mkdir()
    _of_schema(tmp_path / "bad", 7, "DROP VIEW set_aside;")
    with watched(steps.append), pytest.raises(ConfigError), open_ledger(tmp_path / "bad"):
        pass
    assert not [step for step in steps if "migrations" in step]


def _rows_of_schema(folder: Path, version: int) -> list[str]:
    folder.mkdir()
    return _rows(_of_schema(folder, version))


def _rows_of(content: bytes, path: Path) -> list[str]:
    path.write_bytes(content)
    return _rows(path)


def _rows(path: Path) -> list[str]:
    """Everything that stands in a database, and the version of its schema."""
    connection = sqlite3.connect(path)
    [version] = connection.execute("PRAGMA user_version").fetchone()
    rows = [*connection.iterdump(), str(version)]
    connection.close()
    return rows


def test_no_view_compares_every_file_with_every_other(ledger: Ledger) -> None:
    """The latest judgement is looked up by the file: a list of all of them would be searched for each file anew."""
    for view in ("latest_assessments", "file_states"):
        steps = [row["detail"] for row in ledger.rows(f"EXPLAIN QUERY PLAN SELECT * FROM {view}")]  # noqa: S608 - names from the line above
        assert any("assessments_by_envelope" in step for step in steps)
        assert not [step for step in steps if "LIST SUBQUERY" in step], view


def test_a_file_that_is_no_ledger_is_an_environment_failure(tmp_path: Path) -> None:
    _database(tmp_path).parent.mkdir()
    _database(tmp_path).write_bytes(b"this is not a database, but long enough to look like one" * 100)
    with (
        pytest.raises(EnvironmentFailedError, match=r"损坏，[^a-z]*ledger[^a-z]*备份"),
        open_ledger(tmp_path),
    ):
        pytest.fail("opened rubbish")


def test_a_ledger_that_has_no_room_says_so_in_chinese(ledger: Ledger) -> None:
    [pages] = ledger.rows("PRAGMA page_count")[0]
    ledger.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(EnvironmentFailedError, match=r"磁盘空间不够[^a-z]*$"), ledger.transaction("test"):
        ledger.write("INSERT INTO mailboxes VALUES (?, 1, 1)", ["a" * 1_000_000])


@pytest.mark.skipif(os.name != "posix", reason="the length that SQLite takes there")
@pytest.mark.parametrize("room", [3, 9])
def test_a_ledger_whose_path_is_too_long_for_sqlite_says_so(tmp_path: Path, room: int) -> None:
    """It takes 512 bytes, with the name of the file beside; rights are not what is missing."""
    fixed = len(os.fsencode(tmp_path / "a" / "b" / "ledger" / "ledger.sqlite")) - 2
    long = 512 - fixed - room
    output = tmp_path / ("长" * (long // 2 // 3) + "a" * (long // 2 % 3)) / ("b" * (long - long // 2))
    if room == 9:
        with open_ledger(output):
            return
    with pytest.raises(EnvironmentFailedError, match=r"路径太长.*移到路径更短的地方"), open_ledger(output):
        pytest.fail("a path of 509 bytes, and the file beside it")


def test_a_transaction_is_kept_whole_or_not_at_all(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.transaction("test"):
            ledger.write("INSERT INTO mailboxes VALUES ('a', 1, 1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert mailboxes.position(ledger, "a") is None
    mailboxes.remember(ledger, "a", 7, 12)
    mailboxes.remember(ledger, "a", 7, 13)
    assert mailboxes.position(ledger, "a") == (7, 13)


def test_writing_outside_a_transaction_is_a_bug(ledger: Ledger) -> None:
    with pytest.raises(AssertionError):
        ledger.write("INSERT INTO mailboxes VALUES ('a', 1, 1)")


def test_every_commit_passes_a_checkpoint(ledger: Ledger) -> None:
    steps: list[str] = []
    with watched(steps.append):
        mailboxes.remember(ledger, "a", 7, 12)
    assert steps == ["commit: the place moves only after the mail is stored"]
    mailboxes.remember(ledger, "a", 7, 13)
    assert len(steps) == 1


def test_what_earlier_programs_told_is_read(ledger: Ledger) -> None:
    """Nothing writes these any more; ledgers of earlier versions hold them."""
    kinds = [
        "waived",
        "waiver_withdrawn",
        "dismissed",
        "dismissal_withdrawn",
        "released",
        "release_withdrawn",
    ]
    with ledger.transaction("test"):
        ledger.write_many(
            "INSERT INTO events (at, year, kind, detail) VALUES (?, ?, ?, '')",
            [(NIGHT.isoformat(), YEAR, kind) for kind in kinds],
        )
    assert sorted(item.kind for item in events.story(ledger, YEAR)) == sorted(kinds)


def test_events_can_be_neither_changed_nor_deleted(ledger: Ledger) -> None:
    arrivals.keep_inbox(ledger, YEAR, [envelope("a.xlsx")], [], now=NIGHT)
    for statement in ("UPDATE events SET kind = 'x'", "DELETE FROM events"):
        with pytest.raises(sqlite3.IntegrityError), ledger.transaction("test"):
            ledger.write(statement)
    assert [(item.kind, item.detail) for item in events.story(ledger, YEAR)] == [("arrived", "a.xlsx")]


def test_a_copy_shows_what_is_there_and_changes_nothing(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        arrivals.keep_inbox(ledger, YEAR, [envelope("a.xlsx")], [], now=NIGHT)
        with open_copy(tmp_path) as copied:  # while the other writes: what is committed is seen
            assert [item.envelope.path for item in arrivals.of_year(copied, YEAR)] == ["a.xlsx"]
    before = contents(tmp_path)
    with open_copy(tmp_path) as copied:
        arrivals.keep_inbox(copied, YEAR, [envelope("b.xlsx")], [], now=NIGHT)
        assert len(arrivals.of_year(copied, YEAR)) == 2
        assert copied.originals.load(envelope("b.xlsx").sha256) == b"b.xlsx"
    assert contents(tmp_path) == before


def test_a_copy_that_is_made_while_a_night_writes_is_of_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the copying of the log of changes and that of the database the night folds one into the other."""
    copy_file = shutil.copyfile
    interruptions = [2, 3]
    with open_ledger(tmp_path) as ledger:
        _fill(ledger, 1)
        ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        _fill(ledger, 1, 10)

        def interrupted(source: Path, target: Path) -> None:
            copy_file(source, target)
            if interruptions:
                _fill(ledger, interruptions.pop(0))
                ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")

        monkeypatch.setattr(shutil, "copyfile", interrupted)
        with open_copy(tmp_path) as copied:
            assert copied.rows("PRAGMA integrity_check")[0][0] == "ok"
            [row] = copied.rows("SELECT min(uid) AS low, max(uid) AS high, count(*) AS all_ FROM mailboxes")
    assert tuple(row) == (3, 3, 500)


def _fill(ledger: Ledger, value: int, rows: int = 500) -> None:
    with ledger.transaction("many pages at once"):
        for number in range(rows):
            ledger.write(
                "INSERT OR REPLACE INTO mailboxes VALUES (?, ?, ?)", ("x" * 200 + str(number), 1, value)
            )


def test_a_copy_of_nothing_is_an_empty_ledger(tmp_path: Path) -> None:
    with open_copy(tmp_path / "none") as copied:
        assert arrivals.of_year(copied, YEAR) == []
    assert not (tmp_path / "none").exists()


def test_originals_are_read_only_under_their_digest(tmp_path: Path, ledger: Ledger) -> None:
    item = envelope("a.xlsx")
    arrivals.keep_inbox(ledger, YEAR, [item], [], now=NIGHT)
    path = tmp_path / FOLDER / "originals" / item.sha256
    assert path.read_bytes() == item.content
    assert not path.stat().st_mode & 0o222
    path.chmod(0o644)
    path.write_bytes(b"changed")
    with pytest.raises(EnvironmentFailedError, match="备份"):
        ledger.originals.load(item.sha256)


def test_what_a_killed_run_left_beside_is_in_nobodys_way(tmp_path: Path) -> None:
    left = tmp_path / ".a.new"
    left.write_bytes(b"half")
    left.chmod(READ_ONLY)
    write_whole(tmp_path / "a", b"whole")
    assert contents(tmp_path) == {"a": b"whole"}
