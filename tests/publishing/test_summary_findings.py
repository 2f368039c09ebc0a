"""问题与说明: what is open now, apart from what was, each with what became of it; nothing from files that are nobody's yet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest

from pipeline.forms.form import Form
from pipeline.model import (
    Agency,
    ArrivalKey,
    Assessment,
    Decision,
    Fact,
    Finding,
    Notice,
    Place,
    Severity,
    Verdict,
)
from pipeline.publishing.summary.background import Background
from pipeline.publishing.summary.district_workbook import build_summary
from pipeline.publishing.summary.findings import FINDINGS_HEAD, FINDINGS_SHEET
from pipeline.wording.messages import notices
from tests.support.districts import agency, assessment, blank, merged, mixed, notices_of

NOW = datetime(2024, 1, 26, 18, 0, tzinfo=timezone(timedelta(hours=8)))
NORMALISED = Finding(
    "C04", Severity.INFO, Place("表", "B2"), (), "normalised", {"raw": "１２", "value": 12}
)  # fmt: skip
OWNER = agency(1)
CURRENT, HELD, PAST, EXCEPTED = range(4)
"""The blocks of the sheet, from the top."""


def blocks(
    form: Form,
    found: Sequence[Assessment],
    waivers: Sequence[Decision] = (),
    roster: Sequence[Agency] = (OWNER,),
    told: Mapping[ArrivalKey, Sequence[Notice]] | None = None,
) -> list[list[dict[str, object]]]:
    """Return the rows of each block of the sheet."""
    content = build_summary(
        form,
        merged(form, roster, found),
        deadline=date(2024, 1, 25),
        now=NOW,
        notices=notices_of(form, found) if told is None else told,
        background=Background(decisions=waivers),
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[FINDINGS_SHEET]
    parts: list[list[dict[str, object]]] = [[]]
    for row in sheet.iter_rows(min_row=3, values_only=True):
        if row[0] is None:
            parts.append([])
        elif isinstance(row[0], int):
            parts[-1].append(dict(zip(FINDINGS_HEAD, row, strict=True)))
    return parts


def warned(explanation: str = "") -> Finding:
    facts: dict[str, Fact] = {"raw": "2件", "value": 2}
    return Finding("C03", Severity.WARNING, Place("表", "B2"), (), "unit_stripped", facts, explanation)


def states(rows: Sequence[dict[str, object]]) -> list[object]:
    return [row["处理情况"] for row in rows]


def test_a_returned_file_has_its_errors_to_mend_errors_first(form: Form) -> None:
    item = assessment(
        form, OWNER, 2, Verdict.RETURNED, findings=[NORMALISED, *blank(form, 0), *blank(form, 1)]
    )
    rows = blocks(form, [item])[CURRENT]
    assert [row["级别"] for row in rows] == ["错误", "错误", "说明"]
    assert states(rows) == ["待改", "待改", "无需处理"]
    assert [row["序号"] for row in rows] == [1, 2, 3]
    assert {(row["单位"], row["文件"], row["第几次"]) for row in rows} == {
        (OWNER.name, item.submission.file, 2)
    }
    for row, number in zip(rows, (0, 1), strict=False):
        assert form.tables[number].sheet in str(row["位置"])
        assert f"{len(blank(form, number))} 格" in str(row["位置"])


@pytest.mark.parametrize(
    ("explanation", "waived", "state", "answer"),
    [
        ("", "", "不用说明", None),
        ("年底集中收到", "", "已说明", "单位说明：年底集中收到"),
        ("", "机构合并", "准予例外", "准予例外：机构合并"),
        ("年底集中收到", "机构合并", "准予例外", "单位说明：年底集中收到\n准予例外：机构合并"),
    ],
)
def test_a_warning_was_explained_excepted_or_neither(
    form: Form, explanation: str, waived: str, state: str, answer: str | None
) -> None:
    item = assessment(form, OWNER, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[warned(explanation)])
    waivers = [Decision.waive(OWNER.code, "C03", waived, "王主任", NOW)] if waived else []
    found = blocks(form, [item], waivers)
    [row] = found[CURRENT]
    assert (row["处理情况"], row["说明、例外"]) == (state, answer)
    if waived:
        assert {OWNER.name, "机构合并", "C03", "王主任", "2024-01-26", "长期"} <= set(
            found[EXCEPTED][0].values()
        )


@pytest.mark.parametrize(
    ("seen", "until", "said"),
    [("", None, "长期"), ("4b1d", None, "只对看到的数"), ("4b1d", date(2024, 3, 1), "2024-03-01")],
)
def test_an_exception_says_how_long_it_holds(form: Form, seen: str, until: date | None, said: str) -> None:
    item = assessment(form, OWNER, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[warned()])
    waiver = replace(Decision.waive(OWNER.code, "C03", "机构合并", "王主任", NOW, until), seen=seen)
    assert said in blocks(form, [item], [waiver])[EXCEPTED][0].values()


def test_a_reason_is_owed_only_where_the_receipt_asks_for_one(form: Form) -> None:
    """Of what the receipt says that it does not matter nothing is owed; what to look at stands there all the same."""
    facts: dict[str, Fact] = {"found": "规范性文件", "label": "行政规范性文件"}
    label = Finding("F03", Severity.WARNING, Place("表", "A8"), (), "near_label", facts)
    [open_] = notices(form, [label])
    for verdict in (Verdict.ACCEPTED_WITH_REMARKS, Verdict.RETURNED):
        item = assessment(form, OWNER, 1, verdict, findings=[label])
        for in_doubt, state in ((False, "不用说明"), (True, "待说明")):
            told = {item.key: [replace(open_, in_doubt=in_doubt)]}
            [row] = blocks(form, [item], told=told)[CURRENT]
            assert row["处理情况"] == state
            assert row["怎么改"]


def test_what_a_later_version_has_mended_stands_apart_as_mended(form: Form) -> None:
    first = assessment(form, OWNER, 1, Verdict.RETURNED, findings=[*blank(form, 0), warned(), NORMALISED])
    second = assessment(form, OWNER, 2, Verdict.ACCEPTED_WITH_REMARKS, findings=[warned("属实")])
    found = blocks(form, [first, second])
    assert [(row["第几次"], row["处理情况"]) for row in found[CURRENT]] == [(2, "已说明")]
    assert [(row["第几次"], row["处理情况"]) for row in found[PAST]] == [(1, "已改正"), (1, "已说明")]
    assert not [row for row in found[PAST] if row["处理情况"] == "已改正" and row["怎么改"]]


def test_a_version_after_the_one_that_counts_stands_apart_and_is_open(form: Form) -> None:
    first = assessment(form, OWNER, 1)
    second = assessment(form, OWNER, 2, Verdict.RETURNED, findings=blank(form, 1))
    found = blocks(form, [first, second])
    assert found[CURRENT] == []
    assert [(row["第几次"], row["处理情况"]) for row in found[PAST]] == [(2, "待改")]


def test_what_was_explained_waits_for_the_office_and_not_for_the_agency(form: Form) -> None:
    """A later version takes the place of one that was returned, though neither counts."""
    rule = next(check for check in form.balances if check.reaches_back and check.rule.waivable)
    facts: dict[str, Fact] = {**dict.fromkeys(rule.keys, 1), "left": 1, "right": 2, "difference": 1}
    key = rule.left[0]
    wrong = Finding(rule.rule.id, Severity.ERROR, form.places[key], (key,), rule.id, facts)
    said = replace(wrong, explanation="机构合并")
    first = assessment(form, OWNER, 1)
    second = assessment(form, OWNER, 2, Verdict.RETURNED, findings=[wrong])
    third = assessment(form, OWNER, 3, Verdict.RETURNED, findings=[said])
    assert states(blocks(form, [first, second, third])[PAST]) == ["已被后来的报送代替", "待核准"]
    assert states(blocks(form, [third])[CURRENT]) == ["待核准"]


def test_what_is_still_open_is_asked_once_where_the_version_that_counts_stands(form: Form) -> None:
    """Of the version that was replaced it is no longer asked: it is not marked, and no remedy stands beside it."""
    first = assessment(form, OWNER, 1, Verdict.RETURNED, findings=[*blank(form, 0), warned()])
    second = assessment(form, OWNER, 2, Verdict.ACCEPTED_WITH_REMARKS, findings=[warned()])
    found = blocks(form, [first, second])
    assert states(found[CURRENT]) == ["不用说明"]
    assert states(found[PAST]) == ["已改正", "已被后来的报送代替"]
    assert [row["怎么改"] for row in found[PAST]] == [None, None]


@pytest.mark.parametrize("is_known", [True, False])
def test_of_a_file_that_waits_only_the_reason_is_listed(form: Form, *, is_known: bool) -> None:
    stated = Finding("F02", Severity.ERROR, None, (), "unknown_agency", {"stated": "别的局"})
    held = assessment(
        form,
        OWNER if is_known else None,
        2 if is_known else 0,
        Verdict.HELD,
        findings=[stated, *blank(form, 0)],
    )
    found = blocks(form, [assessment(form, OWNER), held])
    assert found[CURRENT] == found[PAST] == []
    [row] = found[HELD]
    assert (row["文件"], row["处理情况"]) == (held.submission.file, "待核实")
    assert row["单位"] == (OWNER.name if is_known else "（无法确认单位）")


def test_as_many_files_wait_here_as_the_overview_counts(form: Form) -> None:
    roster, found = mixed(form)
    reason = Finding("F02", Severity.ERROR, None, (), "unknown_agency", {"stated": "别的局"})
    found = [replace(item, findings=(reason,)) if item.verdict is Verdict.HELD else item for item in found]
    assert len(blocks(form, found, roster=roster)[HELD]) == len(merged(form, roster, found).held_files) > 1


def test_a_year_without_a_finding_says_so(form: Form) -> None:
    assert [rows for rows in blocks(form, [assessment(form, OWNER)]) if rows] == []
