"""What a campaign needs before the first mail."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.coordinating.preparing import init, layouts, write_layouts
from pipeline.district.folder import load_district
from pipeline.district.starting import first_deadline, first_period
from pipeline.forms.form import Form
from pipeline.letters.plan import handouts
from pipeline.letters.text import LetterBuilder, Sources
from pipeline.model import CHINA, ConfigError
from pipeline.periods import PeriodKind, name_of

COMMITTED = Path(__file__).parent.parent.parent / "input_templates"


def parts(content: bytes) -> dict[str, bytes]:
    """Unpacked: another zlib may pack the same parts differently."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {item.filename: package.read(item) for item in package.infolist()}


def test_the_committed_layouts_are_what_the_form_builds(form: Form) -> None:
    """After a change of the form or of a builder: make layouts examples."""
    built = dict(layouts(form))
    assert {path.name for path in COMMITTED.iterdir()} == set(built)
    for name, content in built.items():
        assert parts((COMMITTED / name).read_bytes()) == parts(content), name


def test_layouts_are_written_once(tmp_path: Path) -> None:
    assert len(write_layouts(tmp_path)) == len(list(tmp_path.iterdir())) == 2
    assert write_layouts(tmp_path) == []


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
def test_both_kinds_are_there(form: Form, suffix: str) -> None:
    assert [name for name, _ in layouts(form) if name.endswith(suffix)]


def test_every_line_of_the_settings_that_init_writes_can_be_used(tmp_path: Path) -> None:
    """Uncommented, what stands there as an example loads."""
    init(tmp_path / "区", today=date(2024, 1, 2))
    path = tmp_path / "区" / "district.toml"
    lines = [re.sub(r"^# (?=\[|\w+ = )", "", line) for line in path.read_text("utf-8").splitlines()]
    path.write_text("\n".join(lines), "utf-8")
    loaded = load_district(path.parent)
    assert loaded.deadline_of("002") > loaded.deadline
    assert loaded.people.email
    assert not loaded.calendar.is_workday(date(2024, 1, 1))


@pytest.mark.parametrize(
    ("kind", "today", "proposed"),
    [
        ("year", date(2024, 1, 2), "2023"),
        ("year", date(2024, 2, 20), "2024"),
        ("year", date(2024, 11, 28), "2024"),
        ("quarter", date(2024, 4, 10), "2024Q1"),
        ("quarter", date(2024, 5, 10), "2024Q2"),
    ],
)
def test_what_init_proposes_is_still_to_be_collected(kind: PeriodKind, today: date, proposed: str) -> None:
    period = first_period(kind, today)
    assert name_of(period) == proposed
    assert first_deadline(period) >= today


@pytest.mark.parametrize("way", ["eng", "bad/../eng", "bad/worse/../../eng", "eng/inbox/.."])
def test_a_folder_that_a_person_filled_in_is_left_alone_by_whatever_way(tmp_path: Path, way: str) -> None:
    init(tmp_path / "eng", today=date(2024, 1, 8))
    (tmp_path / "eng" / "agencies.csv").write_text("code,name\n1,甲局\n", "utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ConfigError, match="没有改动任何文件"):
        init(tmp_path / way, today=date(2024, 1, 8))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "bad").exists()


def test_letters_that_init_writes_are_the_defaults(tmp_path: Path, form: Form) -> None:
    init(tmp_path / "区", today=date(2024, 1, 2))
    loaded = load_district(tmp_path / "区")
    now = datetime(2024, 1, 22, tzinfo=CHINA)
    own, shipped = (
        LetterBuilder.of(Sources(form, district, now))
        for district in (loaded, replace(loaded, folder=tmp_path))
    )
    for intention in handouts(loaded, loaded.agencies):
        assert own.write(intention).content == shipped.write(intention).content
