"""A register of 10,000 rows over 42 agencies: read and judged, against calamine alone, in CPU time."""

from __future__ import annotations

import random
from io import BytesIO

from python_calamine import load_workbook

from benchmarks.measure import Line, least_cpu_seconds
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.rows import row_of
from tests.support.submissions import AGENCY, submission_of

AGENCIES, ROWS, AIM = 42, 10_000, 3.0


def run() -> list[Line]:
    """Compare over the workbooks of a district, each of some 240 rows and all the tables that are drawn from them."""
    form = load_form("request_register")
    [register] = form.registers
    rng = random.Random(1)
    contents = [
        build_workbook(
            form,
            Stamp(f"{number:03}", AGENCY.name, 2023, AGENCY.level),
            registers={register.key: [row_of(register, rng, row) for row in range(ROWS // AGENCIES)]},
        )
        for number in range(AGENCIES)
    ]

    def calamine_alone() -> None:
        for content in contents:
            workbook = load_workbook(BytesIO(content))
            for name in workbook.sheet_names:
                workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)

    def ours() -> None:
        judge(
            form,
            [submission_of(read(form, content), number=number) for number, content in enumerate(contents)],
        )

    floor, whole = least_cpu_seconds(calamine_alone, ours)
    note = f"{whole / AGENCIES * 1000:.1f} ms a file, calamine {floor / AGENCIES * 1000:.1f} ms"
    return [Line("registers read and judged / calamine alone", whole / floor, "×", AIM, note)]
