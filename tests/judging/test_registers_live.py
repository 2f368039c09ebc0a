"""What LibreOffice computes in a template from the rows of a register is what the pipeline computes, after poison."""

from __future__ import annotations

import random
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from python_calamine import load_workbook

from pipeline.forms.drawing import drawn_figures
from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP
from pipeline.forms.loader import load_form, parse_form
from pipeline.forms.registers import Register, RowRule
from pipeline.forms.values.keys import row_of as row_of_key
from pipeline.intake.identify import identity
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Severity
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.libreoffice import computed, poisoned, recalculate
from tests.support.rows import YEAR, entries_of, nil_of, row_of, rows_of
from tests.support.submissions import AGENCY, submission_of

FILLS = 12
POISON = 987654
STRANGE = ("信函", "不详")
"""What is pasted where something is to be chosen, and is no choice."""
COMPARED = 'id = "compared"\nextends = "normative_documents"\n[[register]]\nkey = "documents"\nrows = 40\n[[register.figure]]\nid = "WF3"\ndefines = false\n'
SHORT = COMPARED.replace('"compared"', '"short"').replace("rows = 40", "rows = 2")
"""With room for fewer rows than there are."""


def form_named(name: str) -> Form:
    text = {"compared": COMPARED, "short": SHORT}.get(name)
    return parse_form(text, f"{name}.toml") if text else parse_form(with_room(name, 40), "few.toml")


def with_room(name: str, rows: int) -> str:
    """A form with room for fewer rows, so that a spreadsheet has less to calculate."""
    key = load_form(name).registers[0].key
    return f'id = "few"\nextends = "{name}"\n[[register]]\nkey = "{key}"\nrows = {rows}\n'


def filled(form: Form, seed: int) -> bytes:
    """A workbook of random rows, sometimes none, with slips: a blank, what is no choice, a nil return that is not true, a wrong figure."""
    rng = random.Random(seed)
    register = form.registers[0]
    rows = rows_of(form, rng, most=24) if seed % 6 else {own.key: [] for own in form.registers}
    own = rows[register.key]
    values: dict[str, object] = {**entries_of(form, rng), **nil_of(form, rows)}
    if seed % 3 == 1 and own:
        own[0][next(at for at, column in enumerate(register.columns) if column.required and at)] = ""
    choices = [at for at, column in enumerate(register.columns) if column.choices]
    for number, row in enumerate(own[-2:] if choices else []):
        at = choices[(2 * seed + number) % len(choices)]
        row[at] = STRANGE[2 * seed // len(choices) % len(STRANGE)]
    if seed % 5 == 1:
        values[register.nil_key] = "否" if seed % 2 == 0 else "是"
    stamp = Stamp("001", AGENCY.name, YEAR, AGENCY.level)

    def built() -> bytes:
        return build_workbook(form, stamp, values=values, registers=rows)  # type: ignore[arg-type]  # numbers and texts

    if compared_with := [key for key, drawn in form.drawn.items() if not drawn.defines]:
        right = drawn_figures(form, read(form, built()).registers, YEAR)
        values.update({key: right[key] if seed % 2 else rng.randrange(6) for key in compared_with})
    return built()


def judged(form: Form, content: bytes) -> Assessment:
    [found] = judge(form, [submission_of(read(form, content))])
    return found


def marks(form: Form, content: bytes) -> dict[str, str]:
    rows = (
        load_workbook(BytesIO(content))
        .get_sheet_by_name(form.sheet_of_kind("checks").name)
        .to_python(skip_empty_area=False)
    )
    found = {str(row[CHECK_COLUMNS["id"]]): str(row[CHECK_COLUMNS["mark"]]) for row in rows[CHECKS_TOP:]}
    return {key: mark for key, mark in found.items() if mark in {HOLDS, FAILS}}


def agreed(form: Form, content: bytes, recalculated: bytes) -> dict[str, str]:
    """The marks of the checks in a recalculated workbook, which are those of the pipeline, as are the figures."""
    book, found = load_workbook(BytesIO(recalculated)), judged(form, content)
    drawn = drawn_figures(form, found.submission.reading.registers, YEAR)
    for key, own in form.drawn.items():
        sheet, row, column = form.positions[key]
        if own.defines:
            live = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row][column]
            assert live == drawn[key], key
    register = form.registers[0]
    told = {(item.code, item.variant) for item in found.findings}
    blank = any(item[0] == "C01" and item[1] == "value" for item in told) or ("C01", "nothing_filled") in told
    rows_wrong = bool(told & {("V02", "empty"), ("C09", "nil_rows"), ("C01", "nothing_filled")})
    live_marks = marks(form, recalculated)
    expected = {f"V02.{register.key}": rows_wrong}
    if ("C01", "nothing_filled") not in told:
        expected[f"C01.{register.key}"] = blank
    expected |= {
        f"{own.rule}.{key}": (own.rule, "drawn") in told
        for key, own in form.drawn.items()
        if not own.defines and ("C01", "nothing_filled") not in told
    }
    wrong = {
        slip[1] for item in found.findings if item.code == "V01" and (slip := row_of_key(item.key or ""))
    }
    expected |= {
        f"V01.{register.key}.{column.key}": column.key in wrong
        for column in register.columns
        if column.choices
    }
    for check, fails in expected.items():
        assert live_marks[check] == (FAILS if fails else HOLDS), (check, told)
    return {check: live_marks[check] for check in expected}


@pytest.mark.libreoffice
def test_libreoffice_and_pipeline_agree(tmp_path: Path) -> None:
    forms = {
        name: form_named(name) for name in ("request_register", "normative_documents", "compared", "short")
    }
    sent = {f"{name}-{seed:02}": filled(form, seed) for name, form in forms.items() for seed in range(FILLS)}
    seen: dict[tuple[str, str], set[str]] = {}
    for path in computed(poisoned_in(tmp_path / "given", sent), tmp_path / "out"):
        name = path.stem.partition("-")[0]
        for check, mark in agreed(forms[name], sent[path.stem], path.read_bytes()).items():
            seen.setdefault((name, check), set()).add(mark)
    assert all(both == {HOLDS, FAILS} for both in seen.values()), seen


def poisoned_in(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Put the workbooks into ``folder``, every stored result poisoned, and return their paths."""
    folder.mkdir()
    for name, content in contents.items():
        (folder / f"{name}.xlsx").write_bytes(poisoned(content, POISON))
    return sorted(folder.iterdir())


SPELLED = {
    "half": {"2023年上半年": 202321, "2023年下半年": 202322, "2023 H2": 202322, "２０２３年度上半年": 202321, "上半年": None},
    "quarter": {"2023年第一季度": 202341, "2023年二季度": 202342, "2023q3": 202343, "2023年第4季度": 202344, "2023年": None},
    "month": {"2023年3月": 202303, "2023-04": 202304, "202311": 202311, "2023年12月": 202312, "2023/5": 202305,
              "2023年度 6 月份": 202306, "2023年7月1日": 202307, "2023年13月": None},
}  # fmt: skip
"""What a clerk may write for a period, and which it is."""


@pytest.mark.libreoffice
def test_libreoffice_counts_the_days_of_the_stated_period(tmp_path: Path) -> None:
    own = 'id = "own"\nextends = "request_register"\nperiod = "{kind}"\n[[entry]]\nkey = "info.year"\nkind = "period"\n[[register]]\nkey = "applications"\nrows = 40\n'
    forms = {kind: parse_form(own.replace("{kind}", kind), "own.toml") for kind in SPELLED}
    sent = {}
    for kind, form in forms.items():
        register = form.registers[0]
        for at, spelled in enumerate(SPELLED[kind]):
            rng = random.Random(at)
            rows = {register.key: [row_of(register, rng, line) for line in range(30)]}
            sent[f"{kind}-{at}"] = build_workbook(form, values={"info.year": spelled}, registers=rows)
    for path in computed(poisoned_in(tmp_path / "given", sent), tmp_path / "out"):
        kind, _, number = path.stem.partition("-")
        form, (spelled, period) = forms[kind], [*SPELLED[kind].items()][int(number)]
        found = read(form, path.read_bytes())
        assert found.claims.year == period
        drawn, book = drawn_figures(form, found.registers, period), load_workbook(BytesIO(path.read_bytes()))
        for key, defined in form.drawn.items():
            sheet, row, column = form.positions[key]
            live = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row][column]
            assert not defined.defines or live == drawn[key], (spelled, key)
        received = [
            drawn[key] for key in drawn if key.startswith(("requests.new_received", "requests.carried_over"))
        ]
        assert any(received) is (period is not None)


SLIPS = {
    "date": ["2023-2-30", "无", "23-3-1", "2023年3月1日", "20230301", "2023.3.1", "2023年3月", "1980-01-01"],
    "yes_no": ["有效", "√", "否 ", "不是"],
    "choice": ["不详"],
    "decimal": ["无", "12元", "１２", "1.234", "-1", "十"],
    "text": ["长" * 600],
}  # fmt: skip
"""What may stand in a cell of a kind: some of it is read, some is none."""


TOGETHER = 3
"""Slips in one workbook, each in a row of its own: none of them may hide another."""


def slipped(form: Form) -> list[dict[str, list[list[str]]]]:
    """Rows with slips: values of every kind, each of another column; broken rules; a number that was used before."""
    [register] = form.registers
    found: list[list[list[str]]] = []

    def rows() -> list[list[str]]:
        rng = random.Random(len(found))
        found.append([row_of(register, rng, line) for line in range(TOGETHER + 2)])
        return found[-1]

    slips = [
        (turn, at, one) for at, own in enumerate(register.columns) for turn, one in enumerate(SLIPS[own.kind])
    ]
    waiting = [(at, written) for _, at, written in sorted(slips)]
    while waiting:
        together: dict[int, str] = {}
        for at, written in waiting:
            if len(together) < TOGETHER:
                together.setdefault(at, written)
        waiting = [slip for slip in waiting if slip not in together.items()]
        for row, (at, written) in zip(rows()[1:], together.items(), strict=False):
            row[at] = written
    rules = [
        rule for rule in register.rules if rule.relation != "apart"
    ]  # of two rows: no formula looks for it
    books = -(-len(rules) // TOGETHER)
    for first in range(books):
        for row, rule in zip(rows()[1:], rules[first::books], strict=False):
            break_rule(register, rule, row)
    for spelled in ("〔2023〕1号", "[2023] 1号", "（２０２３）1号", "〔2023〕11号"):
        own = rows()
        own[0][0], own[2][0] = "临政发〔2023〕1号", f"临政发{spelled}"
    return [{register.key: own} for own in found]


def break_rule(register: Register, rule: RowRule, row: list[str]) -> None:
    at = register.index[rule.column]
    for name, wanted in rule.when:
        values = register.columns[register.index[name]].choices.values()
        row[register.index[name]] = {"blank": "", "filled": next(iter(values), "2023-03-01")}.get(
            wanted[0], wanted[0]
        )
    choices = [*register.columns[at].choices.values(), "2023-03-01"]
    broken = {
        "needs": "",
        "blank": choices[0],
        "until": "2024-01-03",
        "since": "2022-12-30",
        "order": "2022-01-01",
        "due": "2023-12-01",
        "single": "LQ2024-0003、LQ2024-0103",
    }
    row[at] = broken[rule.relation]


@pytest.mark.libreoffice
def test_every_slip_that_is_returned_is_counted_or_listed_for_the_office(tmp_path: Path) -> None:
    """自查 says nothing else of values and rows than what comes of the file, and names what it cannot see."""
    stamp = Stamp("001", AGENCY.name, YEAR, AGENCY.level)
    cases = {
        f"{name}-{number:02}": (form, rows, build_workbook(form, stamp, registers=rows))
        for name in ("request_register", "normative_documents")
        for form in [parse_form(with_room(name, 20), "few.toml")]
        for number, rows in enumerate(slipped(form))
    }
    given = poisoned_in(tmp_path / "given", {name: sent for name, (_, _, sent) in cases.items()})
    for path in computed(given, tmp_path / "out"):
        form, rows, sent = cases[path.stem]
        [register] = form.registers
        errors = {rule.id for rule in register.rules if form.basics[rule.id].severity == "error"}
        assessed = judged(form, sent)
        found, unread = assessed.findings, assessed.submission.reading.unreadable
        slips = [(item, slip[1]) for item in found if (slip := row_of_key(item.key or ""))]
        expected = {f"{item.code}.{register.key}" for item, _ in slips if item.code in errors}
        expected |= {f"V02.{register.key}.unique" for item, _ in slips if item.variant == "duplicate"}
        expected |= {f"C01.{register.key}" for item, _ in slips if item.code == "C01"}
        expected |= {
            f"V01.{register.key}.{column}"
            for item, column in slips
            if item.code in {"V01", "C02", "C05", "C08"}
            and item.severity is Severity.ERROR
            and item.variant != "pattern"
        }
        live = {key for key, mark in marks(form, path.read_bytes()).items() if mark == FAILS}
        back = {register.key: assessed.submission.reading.registers[register.key].cells}
        again = marks(form, build_workbook(form, stamp, registers=back))
        stored = {key for key, mark in again.items() if mark == FAILS}
        own = {key for key in live if key not in form.checks}
        assert {key for key in stored if key not in form.checks} == own, rows[register.key]
        told = (rows[register.key], [(item.code, item.variant, item.place) for item in found])
        assert expected <= own, told
        is_no_day = any(item.variant == "date_range" for item, _ in slips)  # rules of rows count it, too
        beside = {f"{rule}.{register.key}" for rule in errors} if unread or is_no_day else set()
        assert own <= expected | beside, told
        for column in {column for item, column in slips if item.variant == "pattern"}:
            assert f"V01.{register.key}.{column}.pattern" in lines(form, path.read_bytes())


def lines(form: Form, content: bytes) -> list[str]:
    sheet = load_workbook(BytesIO(content)).get_sheet_by_name(form.sheet_of_kind("checks").name)
    return [str(row[CHECK_COLUMNS["id"]]) for row in sheet.to_python(skip_empty_area=False)]


STATED = {
    ("disclosure_statistics_quarter", 202344): (["2023年第四季度", "2023Q4", "2023年4季度", "2023年10-12月", "2023年10月—12月"], ["四季度", "2023年7至9月", "2023年1-12月", "2023年三季度", "2022年第四季度"]),
    ("annual_report_2021", 2023): (["2023", "２０２３", "2023年度"], ["2022", "2024年", "去年"]),
}  # fmt: skip
"""What names the period of a template, and what another."""


@pytest.mark.libreoffice
def test_the_period_is_held_against_the_one_that_the_template_is_for(tmp_path: Path) -> None:
    cases = {}
    for (name, period), (right, wrong) in STATED.items():
        form = load_form(name)
        entry, stamp = form.entry_with_role("year"), Stamp("001", AGENCY.name, period, AGENCY.level)
        for number, written in enumerate([*right, *wrong, ""]):
            sent = build_workbook(form, stamp, values={entry.key: written})
            cases[f"{name}-{number:02}"] = (form, sent, written, written in wrong)
    given = poisoned_in(tmp_path / "given", {name: sent for name, (_, sent, *_) in cases.items()})
    for path in computed(given, tmp_path / "out"):
        form, sent, written, is_wrong = cases[path.stem]
        check = f"F02.{form.entry_with_role('year').key}.period"
        assert marks(form, path.read_bytes())[check] == (FAILS if is_wrong else HOLDS), written
        found = {item.variant for item in identity.stated(read(form, sent)).findings}
        faults = {"year_wrong", "period_wrong", "year_missing", "period_missing"}
        assert bool(found & faults) is is_wrong, written


@pytest.mark.libreoffice
def test_what_stands_below_the_rows_that_are_counted_is_said_beside_the_panel(tmp_path: Path) -> None:
    form, given = form_named("short"), tmp_path / "given"
    given.mkdir()
    [register] = form.registers
    rng = random.Random(1)
    rows = [row_of(register, rng, line) for line in range(3)]
    content = build_workbook(
        form, Stamp("001", AGENCY.name, YEAR, AGENCY.level), registers={register.key: rows[:2]}
    )
    for name, more in (("full", []), ("more", rows[2:])):
        book = openpyxl.load_workbook(BytesIO(content))
        for number, row in enumerate(more):
            for column, value in enumerate(row, 1):
                book[register.sheet].cell(8 + number, column).value = value or None
        book.save(given / f"{name}.xlsx")
    said = {}
    for path in recalculate(sorted(given.iterdir()), tmp_path / "out"):
        guide = form.sheet_of_kind("guide").name
        said[path.stem] = str(
            load_workbook(BytesIO(path.read_bytes())).get_sheet_by_name(guide).to_python()[3][0]
        )
        assert f"V02.{register.key}.below" in lines(form, path.read_bytes())
    assert "第 8 行以下" in said["more"]
    assert said["more"].partition("（")[0] == said["full"]
