"""Reading with guard against calamine alone, on filled templates, in CPU time."""

from __future__ import annotations

import random
from io import BytesIO

from python_calamine import load_workbook

from benchmarks.measure import Line, least_cpu_seconds
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.publishing.template import build_workbook
from tests.support.fills import report

FILES, ROUNDS = 40, 15
AIM = 2.0


def run() -> list[Line]:
    """Compare over ``FILES`` different workbooks."""
    form = load_form()
    contents = []
    for seed in range(FILES):
        filled = report(form, f"{seed:03}", f"样例{seed}局", 2023, rng=random.Random(seed))
        numbers = {
            cell.key: value for cell, value in zip(form.cells, filled.numbers, strict=True) if cell.is_input
        }
        contents.append(build_workbook(form, values={**numbers, **filled.texts}))

    def calamine_alone() -> None:
        for content in contents:
            workbook = load_workbook(BytesIO(content))
            for name in workbook.sheet_names:
                workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)

    def guarded() -> None:
        for content in contents:
            read(form, content)

    floor, ours = least_cpu_seconds(calamine_alone, guarded, rounds=ROUNDS)
    note = f"{ours / FILES * 1000:.2f} ms a file, calamine {floor / FILES * 1000:.2f} ms"
    return [Line("reading with guard / calamine alone", ours / floor, "×", AIM, note)]
