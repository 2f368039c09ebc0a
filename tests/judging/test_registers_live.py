"""What LibreOffice computes in a template from the rows of a register is what the pipeline computes, after poison."""

from __future__ import annotations

import random
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
from pipeline.forms.values.keys import row_of as row_of_key
from pipeline.intake.identify import identity
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Severity
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.libreoffice import computed, poisoned, recalculate
from tests.support.rows import YEAR, entries_of, nil_of, row_of, rows_of
from tests.support.submissions import AGENCY, submission_of

FILLS = 24
POISON = 987654
STRANGE = ("信函", "不详")
"""What is pasted where something is to be chosen, and is no choice."""
COMPARED = 'id = "compared"\nextends = "normative_documents"\n[[register]]\nkey = "documents"\n[[register.figure]]\nid = "WF3"\ndefines = false\n'
SHORT = COMPARED.replace('"compared"', '"short"').replace(
    'key = "documents"\n', 'key = "documents"\nrows = 2\n'
)
"""With room for fewer rows than there are."""


def form_named(name: str) -> Form:
    text = {"compared": COMPARED, "short": SHORT}.get(name)
    return parse_form(text, f"{name}.toml") if text else parse_form(with_room(name, 40), "few.toml")


def with_room(name: str, rows: int) -> str:
    """A form with room for fewer rows, so that a spreadsheet has less to calculate."""
    key = load_form(name).registers[0].key
    return f'id = "few"\nextends = "{name}"\n[[register]]\nkey = "{key}"\nrows = {rows}\n'


def filled(form: Form, seed: int) -> bytes:
    """A workbook of random rows, one in three of them with a slip: a blank, a nil return that is not true, a wrong figure."""
    rng = random.Random(seed)
    rows, entries = rows_of(form, rng), entries_of(form, rng)
    values: dict[str, object] = {**entries, **nil_of(form, rows)}
    register = form.registers[0]
    own = rows[register.key]
    if seed % 3 == 0 and own:
        own[0][next(at for at, column in enumerate(register.columns) if column.required and at)] = ""
    choices = [at for at, column in enumerate(register.columns) if column.choices]
    if own and choices:
        at = choices[seed % len(choices)]
        own[-1][at] = STRANGE[seed // len(choices) % len(STRANGE)]
    if seed % 5 == 1:
        values[register.nil_key] = rng.choice("是否")
    for key, drawn in form.drawn.items():
        if not drawn.defines:
            values[key] = rng.randrange(6)
    stamp = Stamp("001", AGENCY.name, YEAR, AGENCY.level)
    return build_workbook(form, stamp, values=values, registers=rows)  # type: ignore[arg-type]  # numbers and texts


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


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["request_register", "normative_documents", "compared", "short"])
def test_libreoffice_and_pipeline_agree(name: str, tmp_path: Path) -> None:
    form = form_named(name)
    given = tmp_path / "given"
    given.mkdir()
    for seed in range(FILLS):
        (given / f"{seed:02}.xlsx").write_bytes(poisoned(filled(form, seed), POISON))
    seen: dict[str, set[str]] = {}
    for path in computed(sorted(given.iterdir()), tmp_path / "out"):
        content = path.read_bytes()
        book = load_workbook(BytesIO(content))
        found = judged(form, filled(form, int(path.stem)))
        drawn = drawn_figures(form, found.submission.reading.registers, YEAR)
        for key, own in form.drawn.items():
            sheet, row, column = form.positions[key]
            if own.defines:
                live = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[row][column]
                assert live == drawn[key], (path.stem, key)
        register = form.registers[0]
        told = {(item.code, item.variant) for item in found.findings}
        blank = (
            any(item[0] == "C01" and item[1] == "value" for item in told) or ("C01", "nothing_filled") in told
        )
        rows_wrong = bool(told & {("V02", "empty"), ("C09", "nil_rows"), ("C01", "nothing_filled")})
        live_marks = marks(form, content)
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
            assert live_marks[check] == (FAILS if fails else HOLDS), (path.stem, check, told)
            seen.setdefault(check, set()).add(live_marks[check])
    assert all(both == {HOLDS, FAILS} for both in seen.values()), seen


SPELLED = {
    "half": {"2023年上半年": 202321, "2023年下半年": 202322, "2023 H2": 202322, "２０２３年度上半年": 202321, "上半年": None},
    "quarter": {"2023年第一季度": 202341, "2023年二季度": 202342, "2023q3": 202343, "2023年第4季度": 202344, "2023年": None},
    "month": {"2023年3月": 202303, "2023-04": 202304, "202311": 202311, "2023年12月": 202312, "2023/5": 202305,
              "2023年度 6 月份": 202306, "2023年7月1日": 202307, "2023年13月": None},
}  # fmt: skip
"""What a clerk may write for a period, and which it is."""


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", SPELLED)
def test_libreoffice_counts_the_days_of_the_stated_period(kind: str, tmp_path: Path) -> None:
    own = f'id = "own"\nextends = "request_register"\nperiod = "{kind}"\n[[entry]]\nkey = "info.year"\nkind = "period"\n[[register]]\nkey = "applications"\nrows = 40\n'
    form, given = parse_form(own, "own.toml"), tmp_path / "given"
    given.mkdir()
    register = form.registers[0]
    for number, spelled in enumerate(SPELLED[kind]):
        rng = random.Random(number)
        rows = {register.key: [row_of(register, rng, line) for line in range(30)]}
        content = build_workbook(form, values={"info.year": spelled}, registers=rows)
        (given / f"{number:02}.xlsx").write_bytes(poisoned(content, POISON))
    results = recalculate(sorted(given.iterdir()), tmp_path / "out")
    for path, (spelled, period) in zip(results, SPELLED[kind].items(), strict=True):
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


def slipped(form: Form) -> list[dict[str, list[list[str]]]]:
    """Rows with one slip each: a value of every kind, a broken rule, a number that was used before."""
    register = form.registers[0]
    found: list[dict[str, list[list[str]]]] = []

    def rows() -> list[list[str]]:
        rng = random.Random(len(found))
        return [row_of(register, rng, line) for line in range(3)]

    for at, column in enumerate(register.columns):
        for written in SLIPS[column.kind]:
            own = rows()
            own[1][at] = written
            found.append({register.key: own})
    for rule in register.rules:
        if rule.relation == "apart":
            continue  # a slip of two rows, which no formula looks for
        own = rows()
        row, at = own[1], register.index[rule.column]
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
        found.append({register.key: own})
    for spelled in ("〔2023〕1号", "[2023] 1号", "（２０２３）1号", "〔2023〕11号"):
        own = rows()
        own[0][0], own[2][0] = "临政发〔2023〕1号", f"临政发{spelled}"
        found.append({register.key: own})
    return found


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["request_register", "normative_documents"])
def test_every_slip_that_is_returned_is_counted_or_listed_for_the_office(name: str, tmp_path: Path) -> None:
    """自查 says nothing else of values and rows than what comes of the file, and names what it cannot see."""
    form, given = parse_form(with_room(name, 20), "few.toml"), tmp_path / "given"
    given.mkdir()
    [register] = form.registers
    stamp, cases = Stamp("001", AGENCY.name, YEAR, AGENCY.level), slipped(form)
    for number, rows in enumerate(cases):
        (given / f"{number:03}.xlsx").write_bytes(
            poisoned(build_workbook(form, stamp, registers=rows), POISON)
        )
    errors = {rule.id for rule in register.rules if form.basics[rule.id].severity == "error"}
    for path in computed(sorted(given.iterdir()), tmp_path / "out"):
        rows = cases[int(path.stem)]
        sent = build_workbook(form, stamp, registers=rows)
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
        if any(item.variant == "pattern" for item, _ in slips):
            [column] = {column for item, column in slips if item.variant == "pattern"}
            assert f"V01.{register.key}.{column}.pattern" in lines(form, path.read_bytes())


def lines(form: Form, content: bytes) -> list[str]:
    sheet = load_workbook(BytesIO(content)).get_sheet_by_name(form.sheet_of_kind("checks").name)
    return [str(row[CHECK_COLUMNS["id"]]) for row in sheet.to_python(skip_empty_area=False)]


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("name", "period", "right", "wrong"),
    [
        ("disclosure_statistics_quarter", 202344, ["2023年第四季度", "2023Q4", "2023年4季度", "2023年10-12月", "2023年10月—12月"], ["四季度", "2023年7至9月", "2023年1-12月", "2023年三季度", "2022年第四季度"]),
        ("annual_report_2021", 2023, ["2023", "２０２３", "2023年度"], ["2022", "2024年", "去年"]),
    ],
)  # fmt: skip
def test_the_period_is_held_against_the_one_that_the_template_is_for(
    name: str, period: int, right: list[str], wrong: list[str], tmp_path: Path
) -> None:
    form, given = load_form(name), tmp_path / "given"
    given.mkdir()
    entry, cases = form.entry_with_role("year"), [*right, *wrong, ""]
    stamp = Stamp("001", AGENCY.name, period, AGENCY.level)
    for number, written in enumerate(cases):
        content = build_workbook(form, stamp, values={entry.key: written})
        (given / f"{number:02}.xlsx").write_bytes(poisoned(content, POISON))
    for path in computed(sorted(given.iterdir()), tmp_path / "out"):
        written = cases[int(path.stem)]
        expected = FAILS if written in wrong else HOLDS
        assert marks(form, path.read_bytes())[f"F02.{entry.key}.period"] == expected, written
        reading = read(form, build_workbook(form, stamp, values={entry.key: written}))
        found = {item.variant for item in identity.stated(reading).findings}
        assert bool(found & {"year_wrong", "period_wrong", "year_missing", "period_missing"}) is (
            written in wrong
        )


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
