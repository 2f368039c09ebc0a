"""Correct reports in every habit that clerks have: whatever they look like, they are accepted without a warning.

Made by typing into the blank template itself, as a clerk does, and independent of the fault bench.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.loader import load_form
from pipeline.intake.identify.identity import Roster, identify
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Agency, Assessment, Number, PastReport, Severity
from pipeline.publishing.template import build_workbook
from tests.support.faults.ordinary import account_of, ordinary_numbers
from tests.support.faults.reports import last_year
from tests.support.submissions import plain_texts, submission_of

FORM = load_form()
BLANK = build_workbook(FORM)
TOTALS = frozenset(cell.key for cell in FORM.cells if cell.defined_by)
AGENCY = Agency("017", "杭州市临平区星桥街道办事处", "街道", "县区", aliases=("星桥街道",))
OTHERS = (Agency("002", "杭州市临平区财政局", "部门", "县区", aliases=("区财政局",)),)
WIDE = str.maketrans("0123456789.,", "０１２３４５６７８９．，")

SPELLINGS: Mapping[str, Callable[[Number], object]] = {
    "numbers": float,
    "text": str,
    "full width": lambda value: str(value).translate(WIDE),
    "spaces": lambda value: f" {value}　",
    "a line break": lambda value: f"{value}\n",
    "thousands": lambda value: f"{value:,}",
    "full-width thousands": lambda value: f"{value:,}".translate(WIDE),
}
NAMES = (AGENCY.name, "星桥街道", "临平区星桥街道办事处", " 杭州市临平区 星桥街道办事处")
YEARS = (2023, "2023", "2023年", "２０２３", "2023年度")
TRAPS: Mapping[str, Mapping[str, Number]] = {
    "many penalties": {"proactive.penalties.decisions": 1472},
    "disputes without requests": {"disputes.litigation_direct.upheld": 1, "disputes.reconsideration.pending": 3},
    "no documents in force, some repealed": {
        "proactive.normative_documents.issued": 0,
        "proactive.normative_documents.in_force": 0,
        "proactive.normative_documents.repealed": 2,
    },
}  # fmt: skip


def figures(seed: int, requests: int, trap: str = "") -> dict[str, Number]:
    """Return the figures of a consistent report."""
    inputs = ordinary_numbers(FORM, random.Random(seed), requests) | dict(TRAPS.get(trap, {}))
    typed: dict[str, Number | None] = {**inputs, **dict.fromkeys(TOTALS)}
    return {key: value for key, value in with_totals(FORM, typed).items() if value is not None}


def sent(
    numbers: Mapping[str, Number], spell: Callable[[Number], object], *, seed: int = 0, totals: bool = False
) -> bytes:
    """Type a report into the blank template; tables of zeros are left blank under their nil return."""
    book = openpyxl.load_workbook(BytesIO(BLANK))
    rng = random.Random(seed)
    texts = plain_texts(FORM) | {"overview.on_request": account_of(rng, numbers, 2023) + "依法办理。"}
    entries = {"info.agency": rng.choice(NAMES), "info.year": rng.choice(YEARS)}
    values: dict[str, Any] = {**texts, **entries}
    for table in FORM.tables:
        cells = [cell for cell in FORM.cells_of(table.key) if totals or cell.is_input]
        if any(numbers[cell.key] for cell in cells):
            values |= {cell.key: spell(numbers[cell.key]) for cell in cells}
        else:
            values[table.nil_key] = "是"
    for key, value in values.items():
        place = FORM.places[key]
        book[place.sheet][place.cell] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def judged(content: bytes, numbers: Mapping[str, Number]) -> Assessment:
    """Read, attribute and judge a file against the year before, from which it follows."""
    reading = read(FORM, content)
    who = identify(reading, path="报送表.xlsx", sender=None, roster=Roster.of([AGENCY, *OTHERS]), year=2023)
    reading = replace(reading, findings=(*reading.findings, *who.findings))
    item = replace(submission_of(reading), agency=who.agency, year=who.year, held=who.held)
    past = PastReport(AGENCY.code, 2022, last_year(dict(numbers)))
    return judge(FORM, [item], history={AGENCY.code: past}, agencies=[AGENCY, *OTHERS])[0]


def assert_silent(content: bytes, numbers: Mapping[str, Number]) -> None:
    assessment = judged(content, numbers)
    assert not [finding for finding in assessment.findings if finding.severity is not Severity.INFO]
    assert assessment.report
    assert dict(assessment.submission.reading.numbers) == numbers


@pytest.mark.parametrize("habit", SPELLINGS)
@pytest.mark.parametrize("totals", [False, True], ids=["totals computed", "totals typed"])
def test_a_number_may_be_written_in_any_way(habit: str, *, totals: bool) -> None:
    seed = list(SPELLINGS).index(habit)
    numbers = figures(seed, 1500 if "thousands" in habit else 40)
    assert_silent(sent(numbers, SPELLINGS[habit], seed=seed, totals=totals), numbers)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_district_s_agencies_send(seed: int) -> None:
    numbers = figures(seed, [0, 0, 1, 3, 14, 57, 160, 581][seed])
    assert_silent(sent(numbers, float, seed=seed), numbers)


@pytest.mark.parametrize("trap", TRAPS)
def test_what_looks_odd_and_is_right(trap: str) -> None:
    numbers = figures(1, 0 if "without" in trap else 9, trap)
    assert_silent(sent(numbers, float, seed=1), numbers)
