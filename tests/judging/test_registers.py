"""Registers and entries: consistent fills of every form are accepted, every planted fault of a kind of value is found at its cell."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from pipeline.district.workdays import Calendar
from pipeline.forms import register_loader
from pipeline.forms.form import Form
from pipeline.forms.loader import form_ids, load_form, parse_form
from pipeline.forms.registers import RELATIONS, Register
from pipeline.forms.row_checks import breaking, is_live, rule_formula
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.judging.rules.row_rules import RowFrame, broken_rules
from pipeline.model import Assessment, Finding, Number, PastReport, Severity, Verdict
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.wording.catalogue import CATALOGUE
from pipeline.wording.messages import notices
from tests.support.rows import YEAR, entries_of, nil_of, row_of, rows_of, value_of
from tests.support.submissions import AGENCY, submission_of

SMALL = Path(__file__).parent.parent / "data" / "small_register.toml"
FILLS = 40
Rows = dict[str, list[list[str]]]


@cache
def form_named(name: str) -> Form:
    return parse_form(SMALL.read_text("utf-8"), "small.toml") if name == "small_register" else load_form(name)


NAMES = ("small_register", *(name for name in form_ids() if load_form(name).registers))


def sent(form: Form, rows: Rows, entries: dict[str, str], **more: Number | str) -> Assessment:
    return judged(form, workbook(form, rows, entries, **more))


def workbook(form: Form, rows: Rows, entries: dict[str, str], **more: Number | str) -> bytes:
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=YEAR, level=AGENCY.level)
    values: dict[str, Number | str] = {**nil_of(form, rows), **entries, **more}
    inputs = [cell.key for cell in form.cells if cell.is_input]
    return build_workbook(form, stamp, values={**dict.fromkeys(inputs, 0), **values}, registers=rows)


def judged(form: Form, content: bytes, calendar: Calendar | None = None) -> Assessment:
    [found] = judge(form, [submission_of(read(form, content))], calendar=calendar or Calendar())
    return found


def loud(found: Assessment) -> list[tuple[str, str]]:
    return [(item.code, item.variant) for item in found.findings if item.severity is not Severity.INFO]


def plain(form: Form, seed: int = 0) -> tuple[Rows, dict[str, str]]:
    rng = random.Random(seed)
    rows = {own.key: [row_of(own, rng, number) for number in range(4)] for own in form.registers}
    return rows, entries_of(form, rng)


@pytest.mark.parametrize("name", NAMES)
def test_consistent_fills_are_accepted(name: str) -> None:
    form = form_named(name)
    readings = []
    for seed in range(FILLS):
        rng = random.Random(seed)
        rows, entries = rows_of(form, rng), entries_of(form, rng)
        found = read(form, workbook(form, rows, entries))
        assert {key: [list(row) for row in own.cells] for key, own in found.registers.items()} == rows
        assert {
            entry.key: found.entries[entry.key] for entry in form.valued_entries if entry.key in entries
        } == entries
        readings.append(submission_of(found, number=seed))
    for item in judge(form, readings):
        of_values = [one for one in loud(item) if one[1] not in form.checks]
        assert not of_values, notices(form, item.findings)
        assert item.report


def columns(name: str) -> list[tuple[str, str, str]]:
    return [(name, own.key, column.key) for own in form_named(name).registers for column in own.columns]


def wrong(register: Register, key: str) -> list[tuple[str, str, str]]:
    """What can be wrong with a value of the column: the value, code and variant."""
    column = register.columns[register.index[key]]
    limits = column.limits
    found = {
        "date": [("明天", "V01", "date"), ("2023-02-30", "V01", "date"), ("1899-01-01", "V01", "date_range")],
        "choice": [("别的", "V01", "choice")],
        "yes_no": [("大概有吧", "V01", "choice")],
        "period": [("第五季度", "V01", "period")],
        "year": [("23", "V01", "year")],
        "count": [
            ("-1", "C05", ""),
            ("1.5", "C06", ""),
            ("十二", "C08", "text"),
            ("无", "C02", "placeholder"),
        ],
        "signed_count": [("1.5", "C06", ""), ("十二", "C08", "text")],
        "decimal": [("-1", "C05", ""), ("十二", "C08", "text")],
        "money": [("-1", "C05", ""), ("251000元", "C03", "unit_changes")],
        "percent": [("1.01", "V01", "large"), ("-0.1", "C05", "")],
        "text": [],
    }[column.kind]
    if "most" in limits:
        found = [*found, (str(limits["most"] + 1), "V01", "large")]
    if "places" in limits:
        found = [*found, ("1." + "1" * (limits["places"] + 1), "V01", "places")]
    if "longest" in limits and not column.pattern:
        found = [*found, ("长" * (limits["longest"] + 1), "V01", "long")]
    if "shortest" in limits:
        found = [*found, ("短"[: limits["shortest"] - 1], "V01", "short")]
    if column.pattern:
        found = [*found, ("12 号", "V01", "pattern")]
    if column.required:
        found = [*found, ("", "C01", "value")]
    return found


@pytest.mark.parametrize(("name", "key", "column"), [item for name in NAMES for item in columns(name)])
def test_every_fault_of_a_kind_is_found_at_its_cell(name: str, key: str, column: str) -> None:
    form = form_named(name)
    register = form.register(key)
    at = register.index[column]
    for value, code, variant in wrong(register, column):
        rows, entries = plain(form)
        rows[key][2][at] = value
        found = sent(form, rows, entries)
        cell = register.place(at, 2)
        hits = [
            item
            for item in found.findings
            if (item.code, item.variant) == (code, variant) and item.place == cell
        ]
        assert len(hits) == 1, (value, [(item.code, item.variant, item.place) for item in found.findings])
        assert found.verdict is Verdict.RETURNED
        assert all(item.message and "{" not in item.message for item in notices(form, found.findings))
        back = returned_of(form, [found], found)
        again = read(
            form, build_workbook(form, values=back.values, notices=back.notices, registers=back.registers)
        )
        assert (
            again.registers[key].cells[2][at]
            == read(form, workbook(form, rows, entries)).registers[key].cells[2][at]
        )
        if register.columns[at].personal and value:
            assert not [item for item in notices(form, found.findings) if value in item.message]


ENTRY_FAULTS = [("about.office", "大概有吧", "V01"), ("about.office", "", "C01"), ("about.staff", "-3", "C05"),
                ("about.staff", "501", "V01"), ("about.staff", "若干", "C08"), ("about.share", "1.2", "V01"), ("about.quarter", "春天", "V01")]  # fmt: skip


@pytest.mark.parametrize(("key", "value", "code"), ENTRY_FAULTS)
def test_entries_are_values_like_any_other(key: str, value: str, code: str) -> None:
    form = form_named("small_register")
    rows, entries = plain(form)
    found = sent(form, rows, {**entries, key: value})
    assert [(item.code, item.place) for item in found.findings if item.key == key] == [
        (code, form.places[key])
    ]
    assert found.verdict is Verdict.RETURNED
    back = returned_of(form, [found], found)
    assert str(back.values.get(key, "")) == value


def test_every_relation_of_a_row_has_its_words() -> None:
    assert {("rows", relation) for relation in RELATIONS} <= CATALOGUE.keys()


def test_a_relation_that_a_reading_does_not_know_is_none_that_it_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The type checker names the readings that forget one; here: none takes it for a comparison of days in silence."""
    form = form_named("request_register")
    register = form.registers[0]
    [ordered, *_] = [rule for rule in register.rules if rule.relation == "order"]
    other: Any = "differs"
    rule = replace(ordered, relation=other)
    rows = [("",) * len(register.columns)]
    readings: list[Callable[[], object]] = [
        lambda: is_live(rule),
        lambda: rule_formula(form, register, rule),
        lambda: breaking(register, replace(rule, when=()), rows, YEAR),
        lambda: broken_rules(register, [rule], RowFrame([0], [0], list(rows)), Calendar(), [YEAR]),
    ]
    for reading in readings:
        with pytest.raises(AssertionError, match="differs"):
            reading()
    monkeypatch.setattr(register_loader, "RELATIONS", (*RELATIONS, other))
    with pytest.raises(AssertionError, match="differs"):
        parse_form(
            SMALL.read_text("utf-8").replace('relation = "blank"', f'relation = "{other}"'), "small.toml"
        )


@pytest.mark.parametrize("name", NAMES)
def test_rules_of_a_row_are_found(name: str) -> None:
    form = form_named(name)
    seen = set()
    for register in form.registers:
        for rule in register.rules:
            for seed in range(60):
                rows, entries = plain(form, seed)
                row = rows[register.key][1]
                for column, wanted in rule.when:
                    at = register.index[column]
                    own = value_of(register.columns[at], random.Random(seed), 1, is_unique=False)
                    row[at] = {"filled": row[at] or own, "blank": ""}.get(wanted[0], wanted[0])
                break_rule(register, rule.relation, row, rule.column, rule.other)
                if rule.relation == "apart":
                    row[register.index[rule.who]] = "赵丰年"
                    kept = rows[register.key][0][register.index[rule.column]]
                    rows[register.key][0][:] = row
                    rows[register.key][0][register.index[rule.column]] = kept
                found = sent(form, rows, entries)
                if (rule.id, rule.relation) in [(item.code, item.variant) for item in found.findings]:
                    seen.add(rule.id)
                    break
    assert seen == {rule.id for register in form.registers for rule in register.rules}


def test_a_choice_is_read_with_the_numbers_that_the_table_gives_it() -> None:
    form = form_named("request_register")
    register = form.register("applications")
    at = register.index["outcome"]
    for written, key in (
        ("（一）予以公开", "granted_in_full"),
        ("（三）不予公开：1.属于国家秘密", "refused_state_secret"),
    ):
        rows, entries = plain(form)
        rows["applications"][0][at] = written
        found = sent(form, rows, entries)
        read_as = register.columns[at].choices[key]
        assert found.submission.reading.registers["applications"].cells[0][at] == read_as
        place = register.place(at, 0)
        assert [item.code for item in found.findings if item.place == place] == ["C04"]


@pytest.mark.parametrize("name", NAMES)
def test_what_could_not_be_read_is_never_said_to_be_blank(name: str) -> None:
    """A rule that holds of rows in which another column is blank says nothing of a row where nobody knows."""
    form = form_named(name)
    for register in form.registers:
        for rule in register.rules:
            for column, _ in (*rule.when, *rule.extended):
                at = register.index[column]
                if register.columns[at].kind not in {"choice", "yes_no"}:
                    continue
                rows, entries = plain(form)
                row = rows[register.key][1]
                break_rule(register, rule.relation, row, rule.column, rule.other)
                row[at] = "别的什么"
                found = sent(form, rows, entries).findings
                place = register.place(at, 1)
                assert [item.code for item in found if item.place == place] == ["V01"]
                wrong_row = register.place(register.index[rule.column], 1)
                assert rule.id not in [item.code for item in found if item.place == wrong_row]


def break_rule(register: Register, relation: str, row: list[str], column: str, other: str) -> None:
    at = register.index[column]
    if relation == "needs":
        row[at] = ""
    elif relation == "blank":
        row[at] = value_of(register.columns[at], random.Random(1), 1, is_unique=False)
    elif relation == "until":
        row[at] = f"{YEAR + 1}-01-03"
    elif relation == "since":
        row[at] = f"{YEAR - 1}-12-30"
    elif relation == "single":
        row[at] = "2023-0101、2023-0102"
    elif relation in {"order", "due"}:
        row[register.index[other]] = "2023-06-01"
        row[at] = "2023-05-31" if relation == "order" else "2023-12-29"


def test_days_are_counted_by_the_calendar_of_the_district() -> None:
    form = form_named("request_register")
    register = form.register("applications")
    rows, entries = plain(form)
    changed = {
        "received": "2023-09-11",
        "answered": "2023-10-18",
        "extended": "",
        "outcome": register.columns[register.index["outcome"]].choices["granted_in_full"],
    }
    for key, value in changed.items():
        rows["applications"][0][register.index[key]] = value
    content = workbook(form, rows, entries)
    holidays = tuple(
        date(2023, 9, 29 + day) if day < 2 else date(2023, 10, day) for day in (0, 2, 3, 4, 5, 6)
    )

    def late(calendar: Calendar) -> list[int]:
        found = judged(form, content, calendar).findings
        return [int(str(item.facts["days"])) for item in found if item.code == "R4"]

    assert late(Calendar()) == [], "27 days, but of the holidays nothing is known"
    assert late(Calendar(holidays=holidays)) == [21]
    assert late(Calendar(holidays=holidays, workdays=(date(2023, 10, 7), date(2023, 10, 8)))) == [23]
    assert late(Calendar(holidays=(*holidays, date(2023, 10, 9)))) == []


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_repeat_are_found(name: str) -> None:
    form = form_named(name)
    for register in form.registers:
        rows, entries = plain(form)
        for column in register.unique:
            rows[register.key][3][register.index[column]] = rows[register.key][0][register.index[column]]
        found = sent(form, rows, entries)
        [item] = [item for item in found.findings if item.variant == "duplicate"]
        assert (item.code, item.place) == ("V02", register.place(register.index[register.unique[0]], 3))
        assert item.facts["row"] == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_row_is_a_statement_and_no_blank(name: str) -> None:
    form = form_named(name)
    for register in form.registers:
        rows, entries = plain(form)
        missing = sent(form, {**rows, register.key: []}, entries, **{register.nil_key: "否"})
        assert {("V02", "empty"), ("C01", "nothing_filled")} & {*loud(missing)}
        stated = sent(form, {**rows, register.key: []}, entries)
        assert not loud(stated)
        both = sent(form, rows, entries, **{register.nil_key: "是"})
        assert ("C09", "nil_rows") in loud(both)


def test_a_template_that_nobody_filled_in_is_one_problem() -> None:
    for name in NAMES:
        found = judged(form_named(name), build_workbook(form_named(name), Stamp("001", AGENCY.name, YEAR)))
        assert [(item.code, item.variant) for item in found.findings] == [("C01", "nothing_filled")], name


def drawn_cell(form: Form) -> str:
    return next(key for key, own in form.drawn.items() if own.defines)


@pytest.mark.parametrize("name", ["request_register", "normative_documents"])
def test_a_figure_that_the_rows_come_to_cannot_be_another(name: str) -> None:
    form = form_named(name)
    rows, entries = plain(form)
    key = drawn_cell(form)
    found = sent(form, rows, entries, **{key: 777})
    hits = [item for item in found.findings if item.variant == "drawn"]
    assert [(item.code, item.place) for item in hits] == [(form.drawn[key].rule, form.places[key])]
    assert hits[0].facts["stated"] == 777


def test_a_figure_of_the_agency_is_compared_with_the_rows() -> None:
    """The cell is typed by the agency, and only compared."""
    form = parse_form(
        'id = "compared"\nextends = "normative_documents"\n'
        '[[register]]\nkey = "documents"\n[[register.figure]]\nid = "WF3"\ndefines = false\n',
        "compared.toml",
    )
    rows, entries = plain(form)
    key = "documents_total.documents.in_force_now"
    right = sum(row[form.register("documents").index["in_force"]] == "是" for row in rows["documents"])
    assert not [item for item in sent(form, rows, entries, **{key: right}).findings if item.code == "WF3"]
    [item] = [item for item in sent(form, rows, entries, **{key: right + 1}).findings if item.code == "WF3"]
    assert isinstance(item, Finding)
    assert (item.facts["stated"], item.facts["value"]) == (right + 1, right)


def test_rules_over_figures_that_are_drawn() -> None:
    """Every rule over numbers of the form that has rules of its own fires, and only where it should."""
    form = form_named("normative_documents")
    register = form.register("documents")
    rows, entries = plain(form)
    for row in rows["documents"]:
        changes = {
            "issued": "2022-03-01",
            "in_force": "是",
            "repealed": "",
            "link": "https://www.example.gov.cn/1",
        }
        for key, value in changes.items():
            row[register.index[key]] = value
    assert not loud(sent(form, rows, entries))
    late = [*rows["documents"][:3], list(rows["documents"][3])]
    for key, value in {
        "issued": "2023-03-01",
        "in_force": "否",
        "repealed": "2023-12-31",
        "link": "",
    }.items():
        late[3][register.index[key]] = value
    assert not loud(sent(form, {"documents": late}, entries))
    late = late[3:]
    late[0][register.index["repealed"]] = "2024-01-05"
    assert ("W8", "until") in loud(sent(form, {"documents": late}, entries))
    assert ("W1", "W1") in loud(sent(form, {"documents": late}, entries))
    past = PastReport(AGENCY.code, YEAR - 1, {"documents_total.documents.in_force_now": 5}, source="测试")
    reading = submission_of(read(form, workbook(form, rows, entries)))
    [found] = judge(form, [reading], history={AGENCY.code: past})
    assert loud(found) == [("W2", "W2")]


def test_what_cannot_be_chosen_is_answered_by_what_can() -> None:
    for name in NAMES:
        form = form_named(name)
        rows, entries = plain(form)
        for register in form.registers:
            for number, kind in enumerate(register.kinds):
                words = dict(register.columns[number].choices)
                if not words or kind.long_list or register.columns[number].personal:
                    continue
                slipped = {key: [list(row) for row in own] for key, own in rows.items()}
                slipped[register.key][0][number] = "查无此项"
                found = sent(form, slipped, entries)
                [told] = [item for item in notices(form, found.findings) if item.actual == "查无此项"]
                assert all(word in str(told.hint) for word in words.values()), (name, told.hint)
                assert kind.prompt.rstrip("。") in str(told.hint)


@pytest.mark.parametrize("seed", range(8))
def test_sums_of_a_computed_table_are_no_problem_of_their_own_while_a_row_cannot_be_read(seed: int) -> None:
    form = form_named("request_register")
    rng = random.Random(seed)
    rows, entries = plain(form, seed)
    register = form.registers[0]
    number = register.index["received"]
    for row in rng.sample(rows[register.key], 2):
        row[number] = "2023年13月6日"
    found = sent(form, rows, entries)
    sums = [item for item in found.findings if item.variant in form.checks]
    assert sums, "what was received is not counted, what became of it is"
    [cause] = {item.cause for item in sums}
    heads = [item for item in found.findings if item.cause == cause and item not in sums]
    assert [item.code for item in heads] == ["V01", "V01"], "the same word in two rows is one problem"
    assert not any(item.suggestions for item in sums)


def test_a_day_after_the_period_is_the_cause_of_the_sums_that_do_not_count_it() -> None:
    form = form_named("request_register")
    register = form.registers[0]
    rows, entries = plain(form)
    row = rows[register.key][1]
    for key in ("outcome", "answered", "reconsideration", "suit", "suit_result"):
        row[register.index[key]] = ""
    row[register.index["received"]] = f"{YEAR + 1}-01-03"
    found = sent(form, rows, entries)
    [head] = [item for item in found.findings if item.code == "R8"]
    assert head.place == register.place(register.index["received"], 1)
    sums = [item for item in found.findings if item.variant in form.checks]
    assert sums
    assert {item.cause for item in sums} == {head.cause}


@pytest.mark.parametrize(("day", "code"), [("2023-12-31", ""), ("2024-01-01", "R9"), ("2022-12-31", "")])
def test_a_day_is_laid_against_the_period_that_the_report_states(day: str, code: str) -> None:
    form = form_named("request_register")
    register = form.registers[0]
    rows, entries = plain(form)
    row = rows[register.key][1]
    row[register.index["outcome"]] = register.columns[register.index["outcome"]].choices["granted_in_full"]
    row[register.index["received"]], row[register.index["answered"]] = "2022-12-20", day
    found = sent(form, rows, entries)
    assert [item.code for item in found.findings if item.variant == "until"] == [code] * bool(code)


@pytest.mark.parametrize(
    "spelled", ["临政发[2023]1号", "临政发（2023）1号", "临政发【２０２３】 1号", "临政发 (2023)1号"]
)
def test_one_number_in_other_brackets_is_the_same_number(spelled: str) -> None:
    form = form_named("normative_documents")
    rows, entries = plain(form)
    rows["documents"][0][0], rows["documents"][3][0] = "临政发〔2023〕1号", spelled
    found = sent(form, rows, entries)
    [item] = [item for item in found.findings if item.variant == "duplicate"]
    assert (item.place, item.facts["row"]) == (form.registers[0].place(0, 3), 1)
    rows["documents"][3][0] = spelled.replace("1号", "11号")
    assert not [item for item in sent(form, rows, entries).findings if item.variant == "duplicate"]


@pytest.mark.parametrize(
    ("spelled", "is_right"),
    [
        ("静政发（2023） 2 号", True),
        ("静政发〔2023〕02 号", True),
        ("静政发﹝2023﹞2号", True),
        ("静政发【2023】２号", True),
        ("静政发 [2023]2号", True),
        ("静政发〔2023〕2号（联合）", True),
        ("静政发〔2023〕2号\n静政发〔2023〕3号", True),
        ("静政发〔2023〕2号（2024年修订）", False),
        ("静政发2023年2号", False),
        ("静政发〔23〕2号", False),
    ],
)
def test_a_number_that_tells_rows_apart_is_asked_as_it_is_compared(spelled: str, *, is_right: bool) -> None:
    form = form_named("normative_documents")
    rows, entries = plain(form)
    rows["documents"][1][0] = spelled
    assert (("V01", "pattern") in loud(sent(form, rows, entries))) is not is_right


@pytest.mark.parametrize(
    ("name", "written", "remedy"),
    [
        (
            "normative_documents",
            {"in_force": "是", "repealed": "有效期至2027年", "link": "https://a.gov.cn/1.html"},
            "仍然有效的清空这一格",
        ),
        ("request_register", {"outcome": "", "answered": "尚未答复"}, "还没有答复的清空这一格"),
    ],
)
def test_who_writes_that_a_day_has_not_come_is_asked_to_clear_the_cell(
    name: str, written: dict[str, str], remedy: str
) -> None:
    form = form_named(name)
    [register] = form.registers
    rows, entries = plain(form)
    for column, value in written.items():
        rows[register.key][1][register.index[column]] = value
    [item] = [item for item in sent(form, rows, entries).findings if item.code == "V01"]
    assert str(item.facts["prompt"]).endswith(remedy)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrong_in_a_row_is_told_from_left_to_right(name: str) -> None:
    form = form_named(name)
    rows, entries = plain(form)
    for register in form.registers:
        for number, column in enumerate(register.columns):
            if column.kind in {"date", "choice", "yes_no"} and not column.personal:
                rows[register.key][1][number] = f"查无此项{number}"
    told = [item for item in notices(form, sent(form, rows, entries).findings) if item.code == "V01"]
    columns = [column_index_from_string(coordinate_from_string(str(item.cell))[0]) for item in told]
    assert len(columns) > 1
    assert columns == sorted(columns)


@pytest.mark.parametrize(
    ("spelled", "is_right"), [("https://a.gov.cn/1.html", True), ("https://a.gov.cn 见附件", False)]
)
def test_a_pattern_of_another_column_is_asked_of_what_stands_there(spelled: str, *, is_right: bool) -> None:
    form = form_named("normative_documents")
    rows, entries = plain(form)
    rows["documents"][1][form.registers[0].index["link"]] = spelled
    assert (("V01", "pattern") in loud(sent(form, rows, entries))) is not is_right


FINISHED = {
    "received": "2022-11-06", "answered": "2022-12-20", "applicant": "自然人", "outcome": "予以公开",
    "extended": "", "reconsideration": "", "suit": "", "suit_result": "",
}  # fmt: skip
"""A request that was received and answered before the year."""


@pytest.mark.parametrize(
    ("changes", "told", "counted"),
    [
        ({}, ["R10"], {}),
        ({"answered": "2023-01-01"}, [], {"requests.carried_over.natural_person": 1, "requests.granted_in_full.natural_person": 1}),
        ({"outcome": "", "answered": ""}, [], {"requests.carried_over.natural_person": 1, "requests.carried_forward.natural_person": 1}),
        ({"reconsideration": "结果维持"}, ["R11"], {"disputes.reconsideration.upheld": 1}),
        ({"suit": "未经复议直接起诉", "suit_result": "尚未审结"}, ["R12"], {"disputes.litigation_direct.pending": 1}),
    ],
)  # fmt: skip
def test_what_was_answered_before_the_period_is_no_outcome_of_it(
    changes: dict[str, str], told: list[str], counted: dict[str, int]
) -> None:
    form = form_named("request_register")
    register = form.registers[0]
    _, entries = plain(form)
    row = row_of(register, random.Random(0), 0)
    for key, value in (FINISHED | changes).items():
        row[register.index[key]] = value
    found = sent(form, {"applications": [row]}, entries)
    since = [item for item in found.findings if item.variant == "since"]
    assert [item.code for item in since] == told
    assert all(item.place == register.place(register.index["answered"], 0) for item in since)
    drawn = {key: found.submission.reading.numbers[key] for key in form.drawn}
    assert {key: value for key, value in drawn.items() if value} == counted
    assert (found.verdict is Verdict.RETURNED) is ("R10" in told)


def test_a_year_that_was_typed_wrong_in_both_days_is_named_in_its_row() -> None:
    form = form_named("request_register")
    register = form.registers[0]
    rows, entries = plain(form)
    row = rows["applications"][2]
    row[register.index["outcome"]] = "予以公开"
    row[register.index["received"]], row[register.index["answered"]] = "2022-03-06", "2022-03-10"
    for key in ("reconsideration", "suit", "suit_result"):
        row[register.index[key]] = ""
    [item] = [item for item in sent(form, rows, entries).findings if item.code == "R10"]
    assert item.place == register.place(register.index["answered"], 2)
    [said] = notices(form, [item])
    assert said.expected == "不早于 2023 年度初"


@pytest.mark.parametrize(("count", "variant"), [(1, "lone_row"), (3, "lone")])
def test_a_row_in_which_one_thing_stands_alone_may_be_none(count: int, variant: str) -> None:
    form = form_named("request_register")
    rows, entries = plain(form)
    alone = ["" for _ in form.registers[0].columns]
    whole = rows["applications"][: count - 1]
    found = sent(form, {"applications": [*whole, ["999", *alone[1:]]]}, entries)
    said = [item for item in found.findings if item.code == "C01"]
    assert {item.variant for item in said} == {variant}
    assert {item.facts["only"] for item in said} == {"登记编号"}
