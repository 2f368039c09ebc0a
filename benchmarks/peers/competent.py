"""What somebody who knows the libraries would write: one read_excel and one pandera pass for each file, docxtpl, one workbook.

No guard, no texts judged, no last year, no letters, no marked workbooks, no web pages, no memory.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
from printing import print_report, template, write_summary
from task import Task, carry_out, spot


def work(task: Task) -> None:
    """Do every file in turn; the schema is built once."""
    schema = pa.DataFrameSchema(
        {field["key"]: pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True) for field in task.numbers}
    )
    layout, rows = template(task), []
    for path in task.files:
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
        values: dict[str, Any] = {
            field["key"]: _at(sheets[field["sheet"]], field["address"]) for field in task.fields
        }
        numbers = {field["key"]: values[field["key"]] for field in task.numbers}
        schema.validate(pd.DataFrame([numbers]), lazy=True)
        print_report(layout, values, task.output / f"{path.stem}.docx")
        rows.append(numbers)
    write_summary(rows, task.output / "summary.xlsx")


def _at(frame: pd.DataFrame, address: str) -> Any:  # noqa: ANN401
    row, column = spot(address)
    return frame.iloc[row, column] if row < frame.shape[0] and column < frame.shape[1] else None


if __name__ == "__main__":
    carry_out(work)
