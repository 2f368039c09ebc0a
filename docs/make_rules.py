"""The form's rules and their cases go in; the rule book comes out: two printed pages for clerks, and a Markdown with everything.

    python docs/make_rules.py

The examples are what nianbao really says of the cases in ``tests/judging/cases``, so they cannot fall behind; a test
builds both files again and compares.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script: the cases live beside the tests

from pipeline.forms.form import AnyRule, Form, Rule  # noqa: E402 - after the path is set
from pipeline.forms.loader import load_form  # noqa: E402
from pipeline.publishing.zip_package import repack  # noqa: E402
from pipeline.wording.messages import SEVERITY_WORDS, asked_for, notices  # noqa: E402
from tests.support.cases import cases, judged  # noqa: E402

NAME = "rules.zh-CN"
TITLE = "政府信息公开工作年度报告　规则手册"
HEADS = ("编号", "要求", "级别", "出处", "不符时的提示（举例）", "怎么改")
WIDTHS = (13.0, 64.0, 14.0, 29.0, 83.0, 72.0)
"""Millimetres; together what A4 sideways has between its margins."""
FONT, POINTS, LINE = "宋体", 7.5, 9.1
LEAD = (
    "“错误”必须改正，否则退回；“提醒”请核实，有误的改正，属实的在模板“自查”工作表的“说明”栏写明原因。"
    "空着没填的数不参加比较。与上年比较的规则，在有上年数据时才检查。"
)
COORDINATOR = "“说明”级的规则只告诉政务公开办，不退回，也不需要单位处理。"
SEVERITY_FIELDS = ("severity", "missing", "lighter_severity")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the rule book."""

    id: str
    condition: str
    severity: str
    source: str
    example: str
    remedy: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as printed."""
        return self.id, self.condition, self.severity, self.source, self.example, self.remedy


def entries(form: Form) -> list[Entry]:
    """Return one entry for each rule, in the form's order."""
    fired = {case.rule: case for case in cases() if case.name == "fires"}
    return [_entry(form, rule, judged(form, fired[rule.id]).findings) for rule in form.rules_by_id.values()]


def _entry(form: Form, rule: AnyRule, findings: tuple[object, ...]) -> Entry:
    said = next(item for item in notices(form, findings) if item.code == rule.id)  # type: ignore[arg-type]
    where = f"{said.sheet} {said.cell or ''}".strip() if said.sheet else ""
    severities = [getattr(rule, name) for name in SEVERITY_FIELDS if getattr(rule, name, "")]
    severities += [own for own in getattr(rule, "variants", {}).values() if own != "info"]
    words = [SEVERITY_WORDS[own] for own in dict.fromkeys(severities)]
    return Entry(
        rule.id,
        rule.condition,
        "、".join(dict.fromkeys(words)),
        rule.source,
        "：".join(part for part in (where, said.fault.removesuffix(asked_for(rule))) if part),
        rule.remedy if isinstance(rule, Rule) else said.hint or "",
    )


def markdown(form: Form) -> str:
    """Return the rule book to be read on a screen."""
    lines = [
        f"# {TITLE}",
        "",
        f"依据{form.authority}表样。本页由 `python docs/make_rules.py` 从表样生成，不要手工修改。",
        "",
        f"{LEAD}{COORDINATOR}各区县可以在 经办.xlsx 的“规则”（`district.toml` 的 `[rules]`）中调整级别和界限、试行或停用规则。",
        "",
        f"| {' | '.join(HEADS)} |",
        f"|{'---|' * len(HEADS)}",
    ]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in entry.cells) + " |"
        for entry in entries(form)
    ]
    limits = [rule for rule in form.rules_by_id.values() if rule.limits]
    lines += ["", "## 可以调整的界限", "", "| 编号 | 界限 |", "|---|---|"]
    lines += [
        f"| {rule.id} | {'，'.join(f'`{name}` = {value}' for name, value in rule.limits.items())} |"
        for rule in limits
    ]
    waivable = "、".join(rule.id for rule in form.rules_by_id.values() if rule.waivable)
    lines += [
        "",
        f"错误中只有 {waivable} 可以由政务公开办写明理由后准予例外（在 待办.xlsx 里选，或者用 `nianbao waive`）；提醒都可以。",
        "",
    ]
    lines += ["## 汇总时的检查", "", "| 编号 | 要求 | 查哪些规则 |", "|---|---|---|"]
    lines += [f"| {rule.id} | {rule.title} | {'、'.join(rule.rules)} |" for rule in form.summary_rules]
    lines.append("")
    return "\n".join(lines)


def printed(form: Form) -> bytes:
    """Return the two pages for clerks: what is only for the coordinator is left out."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(11)
    section.top_margin = section.bottom_margin = Mm(8)
    section.header_distance = section.footer_distance = Mm(4)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(POINTS)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _tight(title)
    run = title.add_run(TITLE)
    run.bold, run.font.size = True, Pt(11)
    _tight(document.add_paragraph(f"{LEAD}依据{form.authority}。"))
    shown = [entry for entry in entries(form) if entry.severity != SEVERITY_WORDS["info"]]
    table = document.add_table(rows=1 + len(shown), cols=len(HEADS))
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    for row, values in zip(table.rows, (HEADS, *(entry.cells for entry in shown)), strict=True):
        _mark(row._tr, "w:cantSplit")  # noqa: SLF001 - python-docx has no word for it
        for cell, text, width in zip(row.cells, values, WIDTHS, strict=True):
            _fill(cell, text, width, bold=values is HEADS)
    _mark(table.rows[0]._tr, "w:tblHeader")  # noqa: SLF001
    stream = BytesIO()
    document.core_properties.author = "政务公开办"
    document.save(stream)
    return repack(stream.getvalue())


def _fill(cell: _Cell, text: str, width: float, *, bold: bool) -> None:
    cell.width = Mm(width)
    paragraph = cell.paragraphs[0]
    paragraph.add_run(text).bold = bold
    _tight(paragraph)


def _tight(paragraph: docx.text.paragraph.Paragraph) -> None:
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(12 if paragraph.alignment is not None else LINE)


def _mark(row: object, name: str) -> None:
    row.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]


def files(form: Form) -> dict[str, bytes]:
    """Return the files of the rule book by name."""
    return {f"{NAME}.md": markdown(form).encode(), f"{NAME}.docx": printed(form)}


def main() -> None:
    """Write the rule book beside this script."""
    for name, content in files(load_form()).items():
        (Path(__file__).parent / name).write_bytes(content)
        print(Path(__file__).parent / name)


if __name__ == "__main__":
    main()
