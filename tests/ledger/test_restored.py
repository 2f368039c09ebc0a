"""A ledger is lost and comes back from a backup, as the handbook says (备份，从备份恢复): the same figures as before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from tests.support.folders import contents, filled, make_district, nianbao, run

AGENCIES = ("甲局", "乙局")
PEOPLE = '[people]\nemail = "zwgk@x.example"\n'


@pytest.fixture
def backed_up(form: Form, tmp_path: Path) -> Path:
    """A district at work; its state of the first evening is kept under 备份, one more report came since."""
    folder = make_district(tmp_path / "区", AGENCIES, {"001.xlsx": filled(form, "甲局", 1)})
    run(folder)
    shutil.copytree(folder, tmp_path / "备份")
    (folder / "inbox" / "002.xlsx").write_bytes(filled(form, "乙局", 2))
    run(folder)
    return folder


def figures(folder: Path) -> str:
    return (folder / "output" / "2023" / "figures.csv").read_text("utf-8-sig")


def test_a_ledger_that_was_put_back_reads_again_what_came_since(backed_up: Path) -> None:
    before, ledger = figures(backed_up), backed_up / "output" / "ledger"
    ledger.rename(backed_up.parent / "坏的台账")
    lost = run(backed_up)
    assert lost.code == 4
    shutil.copytree(backed_up.parent / "备份" / "output" / "ledger", ledger)
    assert run(backed_up).record["counts"]["accepted"] == len(AGENCIES)
    assert figures(backed_up) == before


def test_a_folder_that_was_put_back_goes_on_where_the_backup_was_made(backed_up: Path) -> None:
    before = figures(backed_up)
    came_since = (backed_up / "inbox" / "002.xlsx").read_bytes()
    shutil.rmtree(backed_up)
    shutil.copytree(backed_up.parent / "备份", backed_up)
    (backed_up / "inbox" / "002.xlsx").write_bytes(came_since)
    run(backed_up)
    assert figures(backed_up) == before


def test_results_without_their_own_are_made_from_the_ledger_and_an_empty_inbox(backed_up: Path) -> None:
    before = figures(backed_up)
    shutil.rmtree(backed_up / "output" / "2023")
    shutil.rmtree(backed_up / "inbox")
    (backed_up / "inbox").mkdir()
    run(backed_up)
    assert figures(backed_up) == before


def test_results_of_a_later_run_are_put_aside_first_as_the_handbook_says(form: Form, tmp_path: Path) -> None:
    """The backup is older by a run: refused, until the year's results lie elsewhere; templates are written again, nobody gets them twice."""
    folder = make_district(tmp_path / "区", [], {"001.xlsx": filled(form, "甲局", 1)}, extra=PEOPLE)
    (folder / "agencies.csv").write_text(
        "code,name,email\n001,甲局,jia@x.example\n002,乙局,yi@x.example\n", "utf-8"
    )
    results = folder / "output" / "2023"
    assert nianbao("template", folder, "--now", "2024-01-08T08:00:00").returncode == 0
    given = contents(results / "templates")
    assert nianbao("send", folder, "--by-hand", "--all", "--now", "2024-01-08T09:00:00").returncode == 0
    run(folder)
    shutil.copytree(folder / "output" / "ledger", tmp_path / "备份")
    (folder / "inbox" / "002.xlsx").write_bytes(filled(form, "乙局", 2))
    assert nianbao("run", folder, "--now", "2024-02-02T08:00:00").returncode == 0
    before = figures(folder)
    shutil.move(folder / "output" / "ledger", tmp_path / "坏的台账")
    shutil.copytree(tmp_path / "备份", folder / "output" / "ledger")
    refused = nianbao("run", folder, "--now", "2024-02-02T09:00:00")
    assert refused.returncode == 4
    assert "“2023”移到 output 以外" in refused.stderr
    assert "再发一次模板" in refused.stderr
    shutil.move(results, tmp_path / "留存2023")
    assert nianbao("run", folder, "--now", "2024-02-02T09:00:00").returncode == 0
    assert figures(folder) == before
    assert not (results / "templates").exists()
    assert nianbao("template", folder, "--now", "2024-02-02T10:00:00").returncode == 0
    assert contents(results / "templates") == given
    assert not [path for path in (results / "letters").glob("*.eml") if "模板" in path.name]
