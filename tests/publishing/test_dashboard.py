"""The coordinator's page: every agency once, in its state, with its problems; charts that say what they show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.forms.form import Form
from pipeline.model import Claims, Finding, RunCounts, Severity, Verdict
from pipeline.publishing.document_paths import PAGE
from pipeline.publishing.web import small_charts
from pipeline.publishing.web.agency_rows import MOST_FINDINGS, Link, PageContext, rows, to_correct, waiting
from pipeline.publishing.web.dashboard import build_pages, days_left
from pipeline.publishing.web.templating import phones
from tests.support.districts import NOON, agency, assessment, blank, merged, mixed, notices_of

DEADLINE = date(2024, 1, 31)
NOW = datetime(2024, 1, 28, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def morning(form: Form) -> PageContext:
    agencies, found = mixed(form, 14)
    return PageContext(merged(form, agencies, found), DEADLINE, NOW, notices_of(form, found))


def test_a_row_for_each_agency_in_roster_order(morning: PageContext) -> None:
    listed = rows(morning)
    assert [row.code for row in listed] == [state.agency.code for state in morning.summary.states]
    assert [row.state for row in listed[:7]] == [
        "accepted", "accepted_with_remarks", "returned", "accepted", "held", "missing", "accepted",
    ]  # fmt: skip


def test_files_that_wait_stand_by_themselves(form: Form, morning: PageContext) -> None:
    found = waiting(morning)
    assert [(row.number, row.name) for row in found] == [
        (0, "别的局"),
        (5, "样例区第5局"),
        (12, "样例区第12局"),
    ]
    assert len(found) == len(morning.summary.held_files)
    assert found[0].arrival.problems[0].word == "错误"
    one = agency(1)
    counting, later = assessment(form, one), assessment(form, one, 2, Verdict.HELD)
    whole = PageContext(merged(form, [one], [counting, later]), DEADLINE, NOW, {})
    assert [(row.number, row.arrival.file) for row in waiting(whole)] == [(0, later.submission.file)]


@pytest.mark.parametrize(
    ("stated", "said"),
    [("青禾县文化和旅游局", 1), ("文化局", 0), ("青禾县文化局（县文物局）", 0), ("", 0)],
)
def test_a_report_under_a_former_name_is_pointed_out_and_not_held_back(
    form: Form, stated: str, said: int
) -> None:
    one = replace(agency(1), name="青禾县文化局")
    item = assessment(form, one, claims=Claims(agency=stated))
    assert item.report
    texts = dict.fromkeys(item.report.texts, f"{stated}认真开展工作。")
    item = replace(item, report=replace(item.report, texts=texts))
    [row] = rows(PageContext(merged(form, [one], [item]), DEADLINE, NOW, {}))
    assert row.remark.count(f"“{stated}”，与名单不同") == said
    assert "请核对" not in row.remark, "it holds nothing back"


@pytest.mark.parametrize(
    ("looked", "day", "said"),
    [
        (None, 1, "收到时间不详，不计迟报"),
        (date(2024, 2, 1), 2, "收到时间不详，以首次登记的时间为准"),
        (None, -1, "收到时间不详，以首次登记的时间为准"),
    ],
)
def test_who_may_have_been_in_time_is_not_late_and_told_so(
    form: Form, looked: date | None, day: int, said: str
) -> None:
    """The day of first sight decides only where the inbox had been looked into after the deadline, or it was before that."""
    seen = datetime(2024, 1, 31, 4, tzinfo=UTC) + timedelta(days=day)
    item = assessment(form, agency(1))
    sent = replace(item.submission, received_at=seen, received_guessed=True, surely_after=looked)
    [row] = rows(PageContext(merged(form, [agency(1)], [replace(item, submission=sent)]), DEADLINE, NOW, {}))
    assert row.remark == said
    assert (row.late == "迟报") is (looked is not None)


def test_versions_that_do_not_count_keep_their_links(form: Form) -> None:
    one = agency(1)
    returned, counting = assessment(form, one, 1, Verdict.RETURNED), assessment(form, one, 2)
    links = {
        returned.key: [Link("退回表格", "returned/1.xlsx")],
        counting.key: [Link("Word", "reports/1.docx")],
    }
    [row] = rows(PageContext(merged(form, [one], [returned, counting]), DEADLINE, NOW, {}, links))
    assert [link.path for link in row.arrival.links] == ["reports/1.docx"]
    assert row.others == [Link("第 1 次退回表格", "returned/1.xlsx")]


def test_a_correction_that_went_back_is_to_be_done_though_its_agency_counts(form: Form) -> None:
    one, other = agency(1), agency(2)
    first, second = assessment(form, one), assessment(form, one, 2, Verdict.RETURNED, findings=blank(form, 1))
    whole = PageContext(
        merged(form, [one, other], [first, second, assessment(form, other)]),
        DEADLINE,
        NOW,
        notices_of(form, [first, second]),
    )
    [row] = to_correct(whole, rows(whole))
    assert (row.name, row.state, row.arrival.file) == (one.name, "accepted", second.submission.file)
    assert len(row.arrival.problems) == 1
    page = build_pages(form, whole)[PAGE].decode()
    assert "1 家，待重报；汇总仍按此前合格的一次" in page
    assert "全部单位都已报送合格" not in page
    assert [item.state for item in rows(whole)] == ["accepted", "accepted"], "the tiles count as before"
    said = [replace(item, pleaded="机构合并") for item in whole.notices[second.key]]
    waits = replace(whole, notices={**whole.notices, second.key: said})
    page = build_pages(form, waits)[PAGE].decode()
    assert "更正待核准</span> 1 家" in page
    assert "待重报" not in page
    assert rows(waits)[0].remark == "第 2 次报送待核准，按第 1 次汇总"


def test_what_was_answered_is_not_asked_again(form: Form) -> None:
    """One reminder is open, one was explained, one was waived; the answers are no remedies."""
    roster = [agency(number) for number in range(1, 4)]
    unit = Finding("C03", Severity.WARNING, None, (), "unit_stripped", {"raw": "2件", "value": 2})
    said, waived = replace(unit, explanation="属实"), replace(unit, waived="机构合并")
    found = [
        assessment(form, owner, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=findings)
        for owner, findings in zip(roster, ([said], [waived], [unit, said]), strict=True)
    ]
    doubted = frozenset((found[2].key,))
    whole = PageContext(merged(form, roster, found), DEADLINE, NOW, notices_of(form, found), doubted=doubted)
    assert [(row.arrival.warnings, row.arrival.open) for row in rows(whole)] == [(1, 0), (1, 0), (2, 1)]
    page = build_pages(form, whole)[PAGE].decode()
    [kept, others] = (
        page.partition(f"{head}</h3>")[2].partition("</div>")[0]
        for head in ("公布前请核对</span> 1 家", "有提醒</span> 2 家，不用处理")
    )
    assert [owner.name in kept for owner in roster] == [False, False, True]
    assert [owner.name in others for owner in roster] == [True, True, False]
    assert "改法：政务公开办已准予例外" not in page
    assert "改法：单位已说明" not in page
    assert "政务公开办已准予例外：机构合并" in page


def test_the_largest_agencies_are_named_so_that_they_are_known(form: Form) -> None:
    """The district is left out only of a name that would be cut short; sums that lack an agency say so."""
    roster = [agency(1, "样例区人民政府办公室"), agency(2, "样例区" + "很长的名称" * 4), agency(3)]
    numbers = dict.fromkeys((cell.key for cell in form.cells), 5)
    found = [assessment(form, owner, numbers=numbers) for owner in roster[:2]]
    page = build_pages(form, PageContext(merged(form, roster, found), DEADLINE, NOW, {}))[PAGE].decode()
    chart = page.partition('id="largest-title"')[2].partition("</svg>")[0]
    assert ">样例区人民政府办公室</text>" in chart
    assert ">很长的名称" in chart
    assert "最多的单位（已汇总 2 / 3 家）" in page


def test_equal_problems_stand_once_and_many_are_cut_short(form: Form) -> None:
    one = agency(1)
    findings = [replace(item, facts={}, code="C02", variant="placeholder") for item in blank(form, 1)]
    findings = [replace(item, facts={"raw": str(number)}) for number, item in enumerate(findings)]
    found = [assessment(form, one, 1, Verdict.RETURNED, findings=findings)]
    [row] = rows(PageContext(merged(form, [one], found), DEADLINE, NOW, notices_of(form, found)))
    assert row.arrival.errors == len(findings)
    assert len(row.arrival.problems) == MOST_FINDINGS
    assert row.arrival.omitted == len(findings) - MOST_FINDINGS
    blanks = [assessment(form, one, 1, Verdict.RETURNED, findings=blank(form, 1))]
    [row] = rows(PageContext(merged(form, [one], blanks), DEADLINE, NOW, notices_of(form, blanks)))
    assert (len(row.arrival.problems), row.arrival.omitted) == (1, 0)
    assert row.arrival.errors == 1, "one problem, as the letter counts it"


@pytest.mark.parametrize(
    ("days", "extended", "late"),
    [(0, {}, ""), (11, {}, ""), (12, {}, "迟报"), (12, {"001": date(2024, 2, 1)}, "")],
)
def test_late_is_what_came_after_its_own_deadline(
    form: Form, days: int, extended: dict[str, date], late: str
) -> None:
    """NOON is 20:00 of 20 January in China."""
    one = agency(1)
    item = assessment(form, one)
    moved = replace(item, submission=replace(item.submission, received_at=NOON + timedelta(days=days)))
    [row] = rows(PageContext(merged(form, [one], [moved]), DEADLINE, NOW, {}, extended=extended))
    assert row.late == late
    assert row.remark == ("延期至2月1日" if extended else "")


@pytest.mark.parametrize(("day", "late"), [(31, ""), (32, "逾期")])
def test_missing_is_late_from_the_day_after_the_deadline(form: Form, day: int, late: str) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
    [row] = rows(PageContext(merged(form, [agency(1)], []), DEADLINE, now, {}))
    assert row.late == late


def test_days_left() -> None:
    said = [days_left(DEADLINE, DEADLINE + timedelta(days=day)) for day in (-2, 0, 3)]
    assert said == ["还有 2 天", "今天截止", "已过 3 天"]


def test_same_arguments_same_bytes(form: Form, morning: PageContext) -> None:
    assert build_pages(form, morning)[PAGE] == build_pages(form, morning)[PAGE]


def test_segments_fill_the_bar() -> None:
    found = small_charts.segments({"a": 1, "b": 0, "c": 3}, 100)
    assert [(item.state, item.x, item.width, item.count) for item in found] == [
        ("a", 0, 25, 1),
        ("c", 25, 75, 3),
    ]
    assert small_charts.segments({"a": 0}, 100) == []


def test_stacked_bars_say_what_they_show() -> None:
    chart = small_charts.stacked({"街道": {"a": 2, "b": 1}}, {"a": "合格", "b": "退回"}, ["a"])
    assert chart.bars[0].value == "2 / 3"
    assert chart.said == "街道 3 家：合格 2，退回 1。"


def test_ranked_bars_are_measured_by_the_largest_and_zeros_left_out() -> None:
    chart = small_charts.ranked([("甲", 5), ("乙", 10), ("丙", 0), ("丁", 1)], 2)
    assert [(bar.label, bar.segments[0].width) for bar in chart.bars] == [
        ("乙", small_charts.WIDTH),
        ("甲", small_charts.WIDTH / 2),
    ]
    assert chart.said == "乙 10；甲 5；其余单位共 1。"
    assert small_charts.ranked([("甲", 0)], 2).bars == []


def test_growth_counts_by_day_up_to_today() -> None:
    days = [date(2024, 1, 10), date(2024, 1, 10), date(2024, 1, 20), date(2024, 2, 20)]
    chart = small_charts.growth(days, 4, until=date(2024, 1, 25), deadline=DEADLINE)
    assert chart is not None
    assert (chart.count, chart.whole, chart.first) == (3, 4, "1月10日")
    assert chart.line.count("V") == 2
    assert chart.deadline == small_charts.WIDTH - 42


def test_no_growth_without_a_course() -> None:
    assert small_charts.growth([], 4, until=NOW.date(), deadline=DEADLINE) is None
    assert small_charts.growth([NOW.date()], 4, until=NOW.date(), deadline=DEADLINE) is None


def test_course_stacks_the_states_of_each_day() -> None:
    days = {date(2024, 1, 11): {"a": 1, "b": 3}, date(2024, 1, 10): {"a": 0, "b": 4}}
    chart = small_charts.course(days, {"a": "合格", "b": "未报送"}, 31)
    assert chart is not None
    assert [(item.state, item.height) for item in chart.pieces] == [("b", 108), ("a", 27), ("b", 81)]
    assert (chart.first, chart.last) == ("1月10日", "1月11日")
    assert chart.pieces[0].x == 0
    assert chart.pieces[-1].x + chart.pieces[-1].width == small_charts.WIDTH, (
        "the last bar stands above the last day"
    )
    assert chart.said == "1月10日：合格 0，未报送 4；1月11日：合格 1，未报送 3。"


def test_course_shows_the_last_days_and_nothing_of_one_day() -> None:
    days = {date(2024, 1, 1) + timedelta(days=number): {"a": 1} for number in range(40)}
    chart = small_charts.course(days, {"a": "合格"}, 31)
    assert chart is not None
    assert (len(chart.pieces), chart.first) == (31, "1月10日")
    assert small_charts.course({date(2024, 1, 1): {"a": 1}}, {"a": "合格"}, 31) is None


def test_the_last_run_of_a_day_stands_for_it(form: Form, morning: PageContext) -> None:
    """17:00 in London is the next day in China."""
    counts = {
        "expected": 4,
        "accepted": 1,
        "accepted_with_remarks": 0,
        "returned": 1,
        "held": 5,
        "missing": 1,
    }
    moments = [datetime(2024, 1, 20, hour, tzinfo=UTC) for hour in (1, 2, 17)]
    nights = [RunCounts(at, counts | {"accepted": number}) for number, at in enumerate(moments)]
    page = build_pages(form, replace(morning, run_counts=nights))[PAGE].decode()
    assert "1月20日：合格 1，合格（有提醒） 0，退回 1，待核实 1，未报送 1；1月21日：合格 2" in page
    assert "每天最后一次运行" not in build_pages(form, replace(morning, run_counts=nights[:2]))[PAGE].decode()


def test_two_numbers_in_one_cell_are_two_links() -> None:
    assert phones("0571-88000001；13800000001") == ["0571-88000001", "13800000001"]
    assert phones("0571-88000001 13800000001") == ["0571-88000001", "13800000001"]
    assert phones("0571 8800 0001") == ["0571 8800 0001"]
    assert phones("") == []
