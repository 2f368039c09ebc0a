"""What a first attempt does: each sheet is read by a read_excel of its own, with openpyxl, and the schema is built for each file."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from printing import print_report, template, write_summary
from task import Task, carry_out, spot


def work(task: Task) -> None:
    """Do every file in turn."""
    rows = []
    names = list(dict.fromkeys(field["sheet"] for field in task.fields))
    layout = template(task)
    for path in task.files:
        sheets = {
            name: pd.read_excel(path, sheet_name=name, header=None, engine="openpyxl") for name in names
        }
        values: dict[str, Any] = {}
        for field in task.fields:
            row, column = spot(field["address"])
            frame = sheets[field["sheet"]]
            inside = row < frame.shape[0] and column < frame.shape[1]
            values[field["key"]] = frame.iloc[row, column] if inside else None
        numbers = {field["key"]: values[field["key"]] for field in task.numbers}
        schema = pa.DataFrameSchema(
            {
                field["key"]: pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True)
                for field in task.numbers
            }
        )
        schema.validate(pd.DataFrame([numbers]), lazy=True)
        print_report(layout, values, task.output / f"{path.stem}.docx")
        rows.append(numbers)
    write_summary(rows, task.output / "summary.xlsx")


if __name__ == "__main__":
    carry_out(work)
