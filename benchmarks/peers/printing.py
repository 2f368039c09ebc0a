"""What both pandas peers print with: a docxtpl template that holds every number and text once, and one workbook at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from docx import Document
from docxtpl import DocxTemplate
from task import Task


def template(task: Task) -> Path:
    """Write the template of a report with python-docx."""
    document = Document()
    for field in task.texts:
        document.add_paragraph(f"{{{{ values['{field['key']}'] }}}}")
    table = document.add_table(rows=0, cols=2)
    for field in task.numbers:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = field["label"], f"{{{{ values['{field['key']}'] }}}}"
    path = task.output / "template.docx"
    document.save(str(path))
    return path


def print_report(layout: Path, values: dict[str, Any], target: Path) -> None:
    """Render one report."""
    document = DocxTemplate(str(layout))
    document.render({"values": values})
    document.save(str(target))


def write_summary(rows: list[dict[str, Any]], target: Path) -> None:
    """Write all figures, and their sums, into one workbook."""
    frame = pd.DataFrame(rows)
    frame.loc["合计"] = frame.sum(numeric_only=True)
    frame.to_excel(target)
