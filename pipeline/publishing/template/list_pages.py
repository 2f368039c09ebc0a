"""A page goes in; 填报说明, 基本信息, the sheets of texts or the hidden stamp are written on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline.forms.drafts import GAP
from pipeline.forms.form import Entry, Form, Sheet, Text
from pipeline.forms.formulas import FAILS, quoted
from pipeline.forms.layout import (
    ANSWER_COLUMN,
    HINT_ROW,
    LABEL_COLUMN,
    LIST_TOP,
    NOTICES_SHEET,
    OPEN_COLUMN,
    OPEN_TOTAL,
    PROMPT_COLUMN,
    STAMP_NAMES,
    STAMP_SHEET,
    SUMS_NAME,
    TITLE_ROW,
)
from pipeline.forms.live_rows import (
    first_unseen,
    hidden_row,
    numbered_count,
    numbered_formula,
    odd_count,
    odd_formula,
    unseen_expression,
    unsure_count,
    unsure_formula,
    wordless_count,
    wordless_formula,
)
from pipeline.forms.period_days import PERIOD_DAYS_ROW, counts_days, period_day_formulas
from pipeline.forms.values.answers import YES
from pipeline.forms.values.kind import ValueKind
from pipeline.forms.values.typed import DAY_ZERO
from pipeline.forms.values.words import FreeText
from pipeline.model import Notice, Place, Severity, a1, column_letters
from pipeline.periods import bounds_of, name_of
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.content import period_in
from pipeline.publishing.template.template_page import CellStyles, TemplatePage
from pipeline.publishing.workbook.measure import MOST_HEIGHT
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import SEVERITY_WORDS

READY = "可以报送"
_PANEL_ROW = 3
_GUIDE_WIDTH = 82.0
"""A single column that is wider than the paper would not be scaled down by LibreOffice."""
_ENTRY_WIDTHS = (16.0, 46.0, 52.0)
_BOLD = 0.9
"""Of the width of a column, what bold letters have."""
_TEXT_WIDTHS = (14.0, 84.0, 22.0)
"""Upright, a whole sheet of texts of the usual length fits on one page and stays legible."""
_TEXT_HEIGHT = 130.0
_ROOM = 10.0
"""Points below a text, so that its last line is not cut."""
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
"""Characters that Excel takes beside a cell that is being filled in."""
_LISTS_FROM = 3
"""Of the hidden stamp: the first column of a list of choices."""
_WIDEST, _STEP = 250.0, 8.0
_LAST_YEAR = 2099


def write_guide(page: TemplatePage, sheet: Sheet, marks_area: str, failures: int) -> None:
    """Write title, authority, the panel that counts the ✗ of ``marks_area`` on 自查, and the instructions."""
    form, notices = page.content.form, page.content.notices
    page.sheet.set_column(0, 0, _GUIDE_WIDTH)
    page.put(TITLE_ROW, 0, sheet.title, "title")
    page.sheet.set_row(TITLE_ROW, 40)
    whom = page.content.stamp.addressee
    subtitle = f"依据：{form.authority}" + (f"　　{whom}" if whom else "")
    page.put(HINT_ROW, 0, subtitle, "subtitle")
    page.sheet.set_row(HINT_ROW, row_height((subtitle, _GUIDE_WIDTH), least=24, size=12))
    _write_panel(page, marks_area, failures)
    top = _PANEL_ROW + 2
    if notices:
        sentence = f"本表已由{page.content.form.words.office}检查：{counted(notices)}。点击这里查看“{NOTICES_SHEET}”，逐条处理后重新报送。"
        page.link(top, 0, Place(NOTICES_SHEET), sentence, "bold", "link")
        page.sheet.set_row(top, 28)
        top += 1
    for number, line in enumerate(sheet.lines):
        page.put(top + number, 0, line, "left")
        page.sheet.set_row(top + number, row_height((line, _GUIDE_WIDTH), least=26))
    page.print_on_a4(landscape=False)


def counted(notices: Sequence[Notice]) -> str:
    """Count problems as 问题清单 and the letter list them."""
    severities = [group.notice.severity for group in group_notices(notices)]
    parts = [
        f"{severities.count(severity)} 项{SEVERITY_WORDS[severity]}"
        for severity in (Severity.ERROR, Severity.WARNING)
        if severity in severities
    ]
    return "、".join(parts)


def _write_panel(page: TemplatePage, marks_area: str, failures: int) -> None:
    """Show whether the workbook may be sent. In a returned one 自查 alone does not decide that."""
    formula, result = _state(page, marks_area, failures)
    page.formula(_PANEL_ROW, 0, f"={formula}{_uncounted(page)}", result, "big", "box")
    page.sheet.set_row(_PANEL_ROW, 46)
    cell = "$A$" + str(_PANEL_ROW + 1)
    unready = page.content.unready
    for look, said in (("good", READY), ("bad", "还有"), *((("bad", unready),) if unready else ())):
        test = f'=ISNUMBER(FIND("{said}",{cell}))'
        rule = {"type": "formula", "criteria": test, "format": page.looks(look)}
        page.sheet.conditional_format(_PANEL_ROW, 0, _PANEL_ROW, 0, rule)
    page.put(_PANEL_ROW + 1, 0, "上面一栏根据“自查”工作表自动更新。", "hint", "centre")
    page.sheet.set_row(_PANEL_ROW + 1, 24)


def _uncounted(page: TemplatePage) -> str:
    """Return the end of a formula that says which rows no formula of the workbook looks at, if anything stands there."""
    said, office = "", page.content.form.words.office
    for register in page.content.form.registers:
        rows = len(page.content.registers.get(register.key, ()))
        note = f"（“{register.sheet}”第 {first_unseen(register, rows)} 行以下没有计入、没有核对，由{office}收到后读取）"
        said += f'&IF({unseen_expression(register, rows)}>0,"{note}","")'
    return said


def _state(page: TemplatePage, marks_area: str, failures: int) -> tuple[str, str]:
    """Return what the panel says, as a formula and as its result."""
    found = page.content.notices
    must_answer = any(notice.severity == Severity.ERROR for notice in found)
    ready = f"自查已通过，“{NOTICES_SHEET}”逐条改好后{READY}" if must_answer else READY
    count = f'COUNTIF({marks_area},"{FAILS}")'
    result = f"还有 {failures} 处需要处理" if failures else ready
    formula = f'IF({count}=0,"{ready}","还有 "&{count}&" 处需要处理")'
    if found:  # what the office counted stands below: that was once, this is now
        before, behind = "自查还有 ", f" 处不符，请按“{NOTICES_SHEET}”逐条处理"
        result = f"{before}{failures}{behind}" if failures else ready
        formula = f'IF({count}=0,"{ready}","{before}"&{count}&"{behind}")'
    unready, form, values = page.content.unready, page.content.form, page.content.values
    if not unready:
        return formula, result
    places = [form.places[text.key] for text in form.texts]
    if not places:
        return f'"{unready}"', unready
    gaps = "+".join(f'COUNTIF({quoted(place.sheet)}!{place.cell},"*{GAP}*")' for place in places)
    has_gap = any(GAP in str(values.get(text.key, "")) for text in form.texts)
    return f'IF({gaps}>0,"{unready}",{formula})', unready if has_gap else result


def write_entries(page: TemplatePage, sheet: Sheet) -> None:
    """Write one line for each entry, with drop-in checks for years and dates."""
    entries = [entry for entry in page.content.form.entries if entry.sheet == sheet.name]
    _write_head(page, sheet, _ENTRY_WIDTHS, "浅黄色单元格由填报单位填写。")
    for number, entry in enumerate(entries):
        row = LIST_TOP + number
        looks = ["box", "left", *(("date",) if entry.kind == "date" else ())]
        if isinstance(entry.value, FreeText) or not entry.role:
            looks.append(_format(page.looks, entry.value))
        looks.append("box" if entry.key in page.content.locked else "input")
        _write_line(page, row, entry, looks)
        written = str(page.content.values.get(entry.key, ""))
        label = entry.label, _ENTRY_WIDTHS[LABEL_COLUMN] * _BOLD
        page.sheet.set_row(row, row_height(label, (written, _ENTRY_WIDTHS[ANSWER_COLUMN]), least=28))
        _validate_entry(page, row, entry)
    page.print_on_a4(landscape=True)


def _validate_entry(page: TemplatePage, row: int, entry: Entry) -> None:
    first_year = page.content.form.first_year
    if not entry.role and entry.kind != "text":
        _validate_value(page, row, entry)
        return
    checks = {
        "year": {"validate": "integer", "minimum": first_year, "maximum": _LAST_YEAR},
        "date": {
            "validate": "date",
            "minimum": date(first_year, 1, 1),
            "maximum": date(_LAST_YEAR, 12, 31),
        },
    }
    check = checks.get(entry.kind, {"validate": "any"})
    page.sheet.data_validation(
        row,
        ANSWER_COLUMN,
        row,
        ANSWER_COLUMN,
        {
            **check,
            "criteria": "between",
            "input_title": entry.label,
            "input_message": entry.prompt,
            "error_title": "填写有误",
            "error_message": f"{entry.prompt}。",
        },
    )


def _validate_value(page: TemplatePage, row: int, entry: Entry) -> None:
    kind = entry.value
    words = {
        "input_title": entry.label[:_LONGEST_TITLE],
        "input_message": kind.prompt[:_LONGEST_MESSAGE],
        "error_title": "填写有误",
        "error_message": kind.prompt[:_LONGEST_MESSAGE],
    }
    page.sheet.data_validation(
        row, ANSWER_COLUMN, row, ANSWER_COLUMN, {**asked_of(page.content.form, kind), **words}
    )


def write_texts(page: TemplatePage, sheet: Sheet) -> None:
    """Write one tall line for each text; what is already written decides its height and, if very long, the width."""
    texts = [text for text in page.content.form.texts if text.sheet == sheet.name]
    widths = list(_TEXT_WIDTHS)
    written = [str(page.content.values.get(text.key, "")) for text in texts]
    widths[ANSWER_COLUMN] = _wide_enough(written, widths[ANSWER_COLUMN])
    _write_head(page, sheet, widths, "文字写在浅黄色单元格里。单元格内另起一段按 Alt+Enter。")
    for number, text in enumerate(texts):
        row = LIST_TOP + number
        _write_line(page, row, text, ["box", "left", "top", "input"])
        least = _TEXT_HEIGHT if text.required else _TEXT_HEIGHT / 2
        height = row_height((written[number], widths[ANSWER_COLUMN]), least=least)
        page.sheet.set_row(row, min(MOST_HEIGHT, height + _ROOM))
    page.print_on_a4(landscape=widths[ANSWER_COLUMN] > _TEXT_WIDTHS[ANSWER_COLUMN])


def _wide_enough(texts: Sequence[str], width: float) -> float:
    """Return the column width at which every text is seen whole in the highest row there is."""
    while width < _WIDEST and any(row_height((text, width)) > MOST_HEIGHT - _ROOM for text in texts):
        width += _STEP
    return min(width, _WIDEST)


def _write_head(page: TemplatePage, sheet: Sheet, widths: Sequence[float], hint: str) -> None:
    for column, width in enumerate(widths):
        page.sheet.set_column(column, column, width)
    page.title(sheet.title, widths)
    page.put(HINT_ROW, 0, hint, "hint", width=len(widths))
    page.sheet.set_row(HINT_ROW, 22)
    heads = {LABEL_COLUMN: "项目", ANSWER_COLUMN: "填写内容", PROMPT_COLUMN: "说明"}
    for column, head in heads.items():
        page.put(LIST_TOP - 1, column, head, "box", "head")
    page.sheet.set_row(LIST_TOP - 1, 24)
    page.sheet.freeze_panes(LIST_TOP, 0)
    page.sheet.repeat_rows(LIST_TOP - 1)


def _write_line(page: TemplatePage, row: int, item: Entry | Text, looks: Sequence[str]) -> None:
    page.put(row, LABEL_COLUMN, item.label, "box", "left", "bold")
    page.field(item.key, *looks)
    page.put(row, PROMPT_COLUMN, item.guidance, "box", "left", "hint")


def write_stamp(page: TemplatePage) -> None:
    """Write what the reader recognises the workbook by, on a sheet nobody sees."""
    form, stamp = page.content.form, page.content.stamp
    year = name_of(stamp.year) if stamp.year else ""
    lines = (form.id, form.edition, stamp.agency_code, year, stamp.level)
    for row, (name, value) in enumerate(zip(STAMP_NAMES, lines, strict=True)):
        page.put(row, 0, name)
        page.put(row, 1, value)
    top = len(lines)
    if counts_days(form):
        _write_period_days(page)
        top += 2
    _write_hidden_counts(page)
    top += 2 * len(form.registers)
    if stamp.is_summed:
        page.put(top, 0, SUMS_NAME)
        page.put(top, 1, YES)
        top += 1
    for row, (key, (typed, now)) in enumerate(stamp.open_totals.items(), start=top):
        page.put(row, 0, f"{OPEN_TOTAL}{key}")
        page.put(row, 1, f"{typed}|{now}")
    for row, name in enumerate(stamp.open_columns, start=top + len(stamp.open_totals)):
        page.put(row, 0, f"{OPEN_COLUMN}{name}")
        page.put(row, 1, YES)
    for column, words in enumerate(long_lists(form), _LISTS_FROM):
        for row, word in enumerate(words):
            page.put(row, column, word)
    page.sheet.very_hidden()


def _write_period_days(page: TemplatePage) -> None:
    """Write the first day of the period and the day after it, which the formulas of tables refer to."""
    period = period_in(page.content.form, page.content.values)
    days = [0, 0]
    if period:
        first, last = bounds_of(period)
        days = [(day - DAY_ZERO).days for day in (first, last + timedelta(days=1))]
    for line, (formula, day) in enumerate(zip(period_day_formulas(page.content.form), days, strict=True)):
        page.formula(PERIOD_DAYS_ROW + line, 1, formula, day)


def _write_hidden_counts(page: TemplatePage) -> None:
    """Write of every register how much stands in it otherwise than the template wants it, and how much no formula understands."""
    content = page.content
    for register in () if content.stamp.is_summed else content.form.registers:
        rows, top = content.registers.get(register.key, ()), hidden_row(content.form, register)
        page.formula(top, 1, odd_formula(content.form, register, len(rows)), odd_count(register, rows))
        page.formula(
            top + 1, 1, unsure_formula(content.form, register, len(rows)), unsure_count(register, rows)
        )
        page.formula(
            top + 2, 1, numbered_formula(content.form, register, len(rows)), numbered_count(register, rows)
        )
        page.formula(top + 3, 1, wordless_formula(register, len(rows)), wordless_count(register, rows))


def long_lists(form: Form) -> list[tuple[str, ...]]:
    """Return the choices that a drop-down takes from cells, each list once."""
    kinds = [entry.value for entry in form.valued_entries]
    kinds += [kind for register in form.registers for kind in register.kinds]
    return list(dict.fromkeys(kind.long_list for kind in kinds if kind.long_list))


def value_looks(looks: CellStyles, kind: ValueKind) -> tuple[str, ...]:
    """Return the looks of a cell of a table that asks for a value of ``kind``."""
    return "left" if isinstance(kind, FreeText) else "centre", _format(looks, kind)


def _format(looks: CellStyles, kind: ValueKind) -> str:
    return "as_text" if isinstance(kind, FreeText) else looks.of_format(kind.number_format)


def asked_of(form: Form, kind: ValueKind) -> dict[str, object]:
    """Return the validation of a value; a list that is taken from cells stands on the sheet nobody sees."""
    if not kind.long_list:
        return kind.excel()
    column = column_letters(_LISTS_FROM + long_lists(form).index(kind.long_list))
    source = f"={quoted(STAMP_SHEET)}!${column}$1:${column}${len(kind.long_list)}"
    return {"validate": "list", "source": source}


def marks_address(sheet: str, first_row: int, last_row: int, column: int) -> str:
    """Spell the column of marks on 自查 for the panel."""
    return f"{quoted(sheet)}!{a1(first_row, column)}:{a1(last_row, column)}"
