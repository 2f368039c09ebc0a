"""The files of ``shared/cases/clerk`` come out as their README says; the same kinds are made anew in the other tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Severity, Verdict
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import Stamp, build_workbook
from tests.intake.support import codes
from tests.support.submissions import submission_of

FORM = load_form()
FILES = Path(__file__).parents[3] / "shared/cases/clerk"
ACCEPTED = {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS}

pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the shared cases are not beside the project")


def names(folder: str, pattern: str = "*") -> list[str]:
    return sorted(f"{folder}/{path.name}" for path in (FILES / folder).glob(pattern)) or [
        f"{folder}/{pattern}"
    ]


def judged(name: str) -> Assessment:
    return _judged((FILES / name).read_bytes())


def _judged(content: bytes) -> Assessment:
    [item] = judge(FORM, [submission_of(read(FORM, content))])
    return item


def returned(item: Assessment) -> bytes:
    back = returned_of(FORM, [item], item)
    stamp = Stamp(agency_code="001", agency="甲局", year=2023, open_totals=back.open_totals)
    return build_workbook(
        FORM, stamp, values=back.values, explanations=back.explanations, notices=back.notices
    )


def loud(item: Assessment) -> list[str]:
    return codes(found for found in item.findings if found.severity is not Severity.INFO)


def said(item: Assessment) -> list[str]:
    return codes(item.findings)


@pytest.mark.parametrize("name", names("01_crash_long_text"))
def test_a_long_text_is_a_finding_and_what_fits_goes_back(name: str) -> None:
    item = judged(name)
    if "good" in name:
        assert item.verdict in ACCEPTED
        return
    assert "F05.too_long" in loud(item)
    assert read(FORM, returned(item)).texts


@pytest.mark.parametrize("stem", sorted({Path(name).stem for name in names("02_xls_ods_blind")}))
def test_three_containers_give_one_verdict(stem: str) -> None:
    items = [judged(f"02_xls_ods_blind/{stem}.{kind}") for kind in ("xlsx", "xls", "ods")]
    first = [(found.code, found.variant, found.place, found.facts) for found in items[0].findings]
    for item in items[1:]:
        assert item.verdict is items[0].verdict
        assert [(found.code, found.variant, found.place, found.facts) for found in item.findings] == first
    assert loud(items[0])


@pytest.mark.parametrize("name", names("03_heading_in_text"))
def test_texts_stand_under_their_own_headings_and_nowhere_else(name: str) -> None:
    item = judged(name)
    assert {"F05.headings_placed", "F05.heading_cut"} & set(said(item))
    for text in FORM.texts:
        written = item.submission.reading.texts[text.key]
        assert written or not text.required
        assert not any(other.label in written for other in FORM.texts if other.heading)


def test_our_own_list_of_problems_is_no_copy() -> None:
    assert judged("04_notices_as_copy/3_mended_as_told.xlsx").verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("name", names("05_text_lines_sheet"))
def test_the_report_as_lines_is_no_table(name: str) -> None:
    item = judged(name)
    assert item.verdict is Verdict.ACCEPTED
    assert ("F05.lines" in said(item)) is ("plain" not in name)


@pytest.mark.parametrize("name", names("06_far_cells_and_media"))
def test_a_large_sheet_beside_the_form_is_named_and_no_more(name: str) -> None:
    item = judged(name)
    assert item.verdict in ACCEPTED
    assert "F05.clipped" in said(item)


@pytest.mark.parametrize("name", names("07_shift_right", "*_sent*"))
def test_a_shift_is_recognised_and_comes_back_right(name: str) -> None:
    item = judged(name)
    assert "F05.pasted_off" in loud(item)
    again = _judged(returned(item))
    assert again.verdict in ACCEPTED
    known = item.submission.reading.numbers
    assert again.submission.reading.numbers == known
    assert known["requests.new_received.total"] == 17, "as it was typed"


OTHERS = {"gn7.xls": "too_old", "sj5.xls": "too_old"}


@pytest.mark.parametrize("name", names("08_ods_xlsb"))
def test_other_programs_files_are_read_or_told_how_to_save(name: str) -> None:
    item = judged(name)
    fault = OTHERS.get(Path(name).name)
    if fault:
        assert said(item) == [f"F01.{fault}"]
    else:
        assert item.verdict in ACCEPTED
        assert all(value is not None for value in item.submission.reading.numbers.values())


@pytest.mark.parametrize("name", names("09_stale_input_formula"))
def test_a_stale_result_is_never_taken(name: str) -> None:
    assert "C08.stale_formula" in loud(judged(name))


@pytest.mark.parametrize("name", names("11_nil_tick"))
def test_a_tick_means_yes(name: str) -> None:
    item = judged(name)
    assert item.verdict in ACCEPTED
    assert item.submission.reading.nil_tables


def test_no_folder_of_the_shared_cases_is_forgotten() -> None:
    tested = {"01", "02", "03", "04", "05", "06", "07", "08", "09", "11"}
    assert {path.name[:2] for path in _folders()} == tested


def _folders() -> Iterator[Path]:
    return (path for path in FILES.iterdir() if path.is_dir())
