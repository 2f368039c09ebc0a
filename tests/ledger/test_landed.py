"""A ledger that the landed version wrote (schema 8, a small district): it opens, keeps all, and the campaign goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.ledger import FOLDER, bindings, decisions, open_ledger
from pipeline.ledger import judged_files as standing
from pipeline.ledger.codes import check_codes
from pipeline.ledger.schema import MIGRATIONS
from pipeline.model import Agency, ConfigError, DecisionKind
from tests.support.towns import Town

DUMP = Path(__file__).parent / "landed" / "f93d522.sql"
YEAR = 2023


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    """The district as it was, with the ledger of the landed version and an inbox that is empty by now."""
    town = Town.of(form, tmp_path / "区", "财政局", "教育局", "民政局")
    database = town.folder / "output" / FOLDER / "ledger.sqlite"
    database.parent.mkdir(parents=True)
    connection = sqlite3.connect(database)
    connection.executescript(DUMP.read_text("utf-8"))
    connection.execute("UPDATE letters SET state = 'handed'")  # the letters themselves are not in the dump
    connection.commit()
    connection.close()
    return town


def test_what_was_decided_and_accepted_is_kept(town: Town) -> None:
    with open_ledger(town.folder / "output") as ledger:
        assert tuple(ledger.rows("PRAGMA user_version")[0]) == (len(MIGRATIONS),)
        assert ledger.rows("PRAGMA foreign_key_check") == []
        kept = decisions.in_force(ledger, YEAR)
        assert [
            (item.kind, item.agency, item.rule, item.file, item.reason, item.person) for item in kept
        ] == [
            (DecisionKind.WAIVE, "002", "T3-06", "", "已核实", "王主任"),
            (DecisionKind.DISMISS, "", "", "说明.xlsx", "已撤并", "王主任"),
        ]
        own = standing.by_agency(standing.filed(ledger, YEAR))
        assert {code: item.counting is not None for code, item in own.items()} == {"001": True, "002": True}
        assert {item.agency for item in bindings.of_year(ledger, YEAR).values()} == {"001", "002"}


def test_the_next_run_finds_all_as_it_was_and_the_one_after_it_has_nothing_to_do(town: Town) -> None:
    assert town.run("2024-01-17").code == 1
    assert set(town.figures) == {"财政局", "教育局"}
    assert town.ran.record["counts"]["held"] == 0
    town.change("001", email="new@gov.example")
    town.run("2024-01-18")
    assert set(town.figures) == {"财政局", "教育局"}
    assert "没有新的报送" in town.run("2024-01-19").text
    assert town.say("dismiss", "说明.xlsx", "--withdraw").code == 0


def test_a_roster_renumbered_with_the_upgrade_is_known_by_the_files(town: Town) -> None:
    renumbered = [Agency("002", "财政局", "", "县区", line=2), Agency("001", "教育局", "", "县区", line=3)]
    for roster, column in (("agencies.csv", "“曾用名”（former_names）"), ("经办.xlsx", "“曾用名”写上")):
        with open_ledger(town.folder / "output") as ledger, pytest.raises(ConfigError) as refused:
            check_codes(ledger, renumbered, Path(roster))
        assert "以前记在代码 001" in str(refused.value)
        assert column in str(refused.value)
