"""Names of files: every agency has its own on every file system, whatever it is called; 对账 notices where one had not."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.machine.work import Workforce
from pipeline.model import CHINA
from pipeline.publishing import file_plan as plan
from pipeline.publishing.files import Names, safe_name
from pipeline.publishing.summary.reconcile import RECONCILE_SHEET
from pipeline.run import batch
from tests.support.folders import contents, filled, make_district

MOST_BYTES = 180
UNUSABLE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\.|$)")
LONG = ("样例区" * 20 + "甲处室一二", "样例区" * 20 + "乙处室三四")
"""Sixty-five characters each, the first sixty alike."""
letters = st.text(alphabet="局Aaß.. /\\:*CONcon1_第次ａＡé é长\u0301", max_size=90)


def legal(name: str) -> bool:
    fits = bool(name) and len(name.encode()) <= MOST_BYTES and not name.endswith((".", " "))
    return fits and not UNUSABLE.search(name) and not RESERVED.match(name)


@given(
    st.lists(
        st.tuples(letters, letters.filter(lambda code: len(code) <= 40), st.integers(1, 12)), max_size=30
    )
)
@example([(name, f"{number:03}", 1) for number, name in enumerate(LONG)])
@example([(LONG[0], "长" * 40, 1), (LONG[0], "长" * 40, 2), (LONG[0], "长" * 40, 1)])
@example([("甲", "2", 1), ("甲_2", "3", 1), ("甲", "2", 1), ("con", "con", 1), ("CON.", "a", 1)])
def test_names_are_legal_and_each_its_own(wanted: list[tuple[str, str, int]]) -> None:
    for ends in (False, True):
        names = Names()
        found = [names.take(name, code, f"_第{version}次" if ends else "") for name, code, version in wanted]
        assert len({name.lower() for name in found}) == len(found)
        assert [name for name in found if not legal(name)] == []


@given(letters, st.from_regex(r"_[0-9a-f]{6}", fullmatch=True))
def test_what_tells_names_apart_is_never_cut(name: str, end: str) -> None:
    found = safe_name(name, end)
    assert found.endswith(end)
    assert legal(found)


@given(letters, letters.map(lambda text: text * 4), st.from_regex(r"_[0-9a-f]{6}", fullmatch=True))
@example("001_临平区财政局", "_2024年" + "统" * 500, "填报模板")
@example("", "", "尾" * 100)
def test_a_long_topic_is_cut_before_the_name(name: str, topic: str, end: str) -> None:
    found = safe_name(name, end, topic)
    if len(end) <= 30:
        assert legal(found)
        assert found.endswith(end)
        assert len(name.encode()) > 50 or found.startswith(safe_name(name))


def publication(folder: Path) -> batch.Outcome:
    now = datetime(2024, 2, 1, 8, tzinfo=CHINA)
    return batch.run(
        load_district(folder), folder / "output", now=now, work=Workforce(), progress=lambda *_: None
    )


def results(outcome: batch.Outcome) -> Sequence[object]:
    """What the rows of 对账 say of each agency: the name and the result."""
    [path] = outcome.folder.glob("*年报汇总表.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
    rows = list(book[RECONCILE_SHEET].iter_rows(values_only=True))
    return [(row[1], row[7]) for row in rows if row[1] in LONG]


def test_two_long_names_alike_at_their_beginning_keep_their_documents(form: Form, tmp_path: Path) -> None:
    assert {len(name) for name in LONG} == {65}
    files = {f"{number}.xlsx": filled(form, name) for number, name in enumerate(LONG)}
    outcome = publication(make_district(tmp_path, LONG, files))
    assert outcome.record["counts"]["accepted"] + outcome.record["counts"]["accepted_with_remarks"] == 2
    reports = {item["report"]: item["agency_name"] for item in outcome.record["submissions"]}
    assert sorted(reports.values()) == sorted(LONG)
    for path, name in reports.items():
        page = (outcome.folder / path).with_suffix(".html").read_text("utf-8")
        assert f'name="ContentSource" content="{name}"' in page
    assert results(outcome) == [(name, "✓") for name in LONG]


def test_letters_of_agencies_with_long_names_keep_apart(form: Form, tmp_path: Path) -> None:
    """One is answered twice on a day, for each file that it sent."""
    files = {
        f"2024-01-1{version}/{LONG[number]}/{version}.xlsx": filled(form, LONG[number], version)
        for number, version in ((0, 1), (0, 2), (1, 1))
    }
    folder = make_district(tmp_path, LONG, files)
    lines = [f"{number:03},{name},a{number}@example.test" for number, name in enumerate(LONG, 1)]
    (folder / "agencies.csv").write_text("\n".join(["code,name,email", *lines]), "utf-8")
    outcome = publication(folder)
    there = [path for path in contents(outcome.folder) if path.startswith("letters/")]
    assert len({path.lower() for path in there}) == len(there) >= len(files)
    assert [path for path in there if not re.search(r"_[0-9a-f]{6}\.eml$", path)] == []


def test_the_tie_out_fails_where_a_document_is_not_the_agencys_own(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OneName(Names):
        def take(self, name: str, mark: str, end: str = "") -> str:
            del name, mark, end
            return "同名"

    monkeypatch.setattr(plan, "Names", OneName)
    files = {f"{number}.xlsx": filled(form, name) for number, name in enumerate(LONG)}
    assert results(publication(make_district(tmp_path, LONG, files))) == [(name, "✗") for name in LONG]
