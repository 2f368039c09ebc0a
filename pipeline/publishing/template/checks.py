"""The content of a workbook goes in; the lines of 自查 come out, each with formulas and their results.

First the form's rules, which a clerk may explain, then whether everything is filled in, which must be mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pipeline.forms.drawing import drawn_formula, figures_of
from pipeline.forms.form import Balance, Cell, Entry, Form, Table, binds
from pipeline.forms.formulas import EXPLAINED, FAILS, HOLDS, NOT_ASSESSED, quoted, side_formula
from pipeline.forms.layout import FROM_REGISTER
from pipeline.forms.live_rows import (
    counted,
    first_unseen,
    is_filled,
    odd_cell,
    register_area,
    rows_array,
    unsure_cell,
    unsure_count,
)
from pipeline.forms.period_days import other_period_formula
from pipeline.forms.registers import Register
from pipeline.forms.relations import fails
from pipeline.forms.row_checks import (
    breaking,
    is_live,
    repeats,
    repeats_formula,
    rule_formula,
)
from pipeline.forms.values.answers import YES, Choice, YesNo
from pipeline.forms.values.days import Day
from pipeline.forms.values.keys import row_of
from pipeline.forms.values.kind import REQUIRED, SPELLED, VALUE
from pipeline.model import Number, Place, Severity, a1, by_cause
from pipeline.periods import stated, title_of
from pipeline.publishing.template.areas import address, rectangles
from pipeline.publishing.template.content import Content, period_in, side_value

_CENT = Decimal("0.000001")
"""Differences are rounded to the decimals money may have."""
ERROR = "C08"
"""The code of what is no value at all."""
_LONGEST_FORMULA = 4_500
"""Characters; Excel takes 8,192, but a workbook that is saved as .xls loses what is longer than some 5,000."""

_LONGEST_ALONE = 7_000
"""Of a formula that cannot be divided; how much of it .xls takes depends on what it is made of."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of 自查: left relation right. ``left`` and ``right`` are formulas, ``values`` their results."""

    id: str
    title: str
    subject: str
    place: Place
    left: str
    right: str
    values: tuple[Number | None, Number | None]
    rule: Balance | None = None
    """The rule that the line states; None for what must be filled in."""
    explanation: str = ""
    silent: bool = False
    """Whether a rule that contains this one fails."""
    is_for_office: bool = False
    """Whether what is not equal is no fault, but for the office to look at."""

    @property
    def difference(self) -> Number | None:
        """Left − right; None while a side is not known."""
        left, right = self.values
        if left is None or right is None:
            return None
        gap = left - right
        return gap if isinstance(gap, int) else gap.quantize(_CENT, ROUND_HALF_UP)

    @property
    def mark(self) -> str:
        """✓, ✗, ○ or a dash."""
        left, right = self.values
        if left is None or right is None or self.silent:
            return NOT_ASSESSED
        if not (fails(self.rule.rule, left, right) if self.rule else left != right):
            return HOLDS
        if self.is_for_office:
            return NOT_ASSESSED
        is_explained = self.rule and self.rule.rule.severity != "error" and self.explanation.strip()
        return EXPLAINED if is_explained else FAILS


def rule_checks(content: Content) -> list[Check]:
    """Return the form's rules that bind bodies of the stamp's level and are for the clerk to see."""
    form = content.form
    lines: dict[str, Check] = {}
    is_of_another = any(own.mark == FAILS for own in _period_checks(content))
    for check in form.live_checks(content.stamp.level, content.stamp.kind):
        lines[check.id] = Check(
            id=check.id,
            title=check.rule.condition,
            subject=check.subject,
            place=form.places[check.anchor],
            left=side_formula(form, check.left),
            right=side_formula(form, check.right),
            values=(side_value(content, check.left), side_value(content, check.right)),
            rule=check,
            explanation=content.explanations.get(check.id, ""),
            silent=(check.rule.within_year and is_of_another)
            or any(lines[before].mark in {FAILS, EXPLAINED} for before in check.after if before in lines),
        )
    return list(lines.values())


@dataclass(frozen=True, slots=True)
class Unseen:
    """What 自查 cannot compute: what the office found, if it looked, and what the clerk says of a warning (None: nothing can be said of it)."""

    id: str
    title: str
    place: Place
    found: bool
    explanation: str | None

    @property
    def mark(self) -> str:
        """✗, ○ or a dash."""
        if not self.found:
            return NOT_ASSESSED
        return EXPLAINED if self.explanation and self.explanation.strip() else FAILS


def unseen_checks(content: Content) -> list[Unseen]:
    """Return what only the office can find: the warnings, each with room for an explanation, and what must be right in registers."""
    return [*_unseen_warnings(content), *([] if content.stamp.is_summed else _unseen_rows(content))]


def _unseen_rows(content: Content) -> Iterator[Unseen]:
    """Yield what is asked of columns and rows that no formula can say."""
    form = content.form
    found = {
        notice.key or "": notice.code for notice in content.notices if notice.severity == Severity.ERROR.value
    }
    reported = {(code, slip[:2]) for key, code in found.items() if (slip := row_of(key))}
    for register in form.registers:
        for number, column in enumerate(register.columns):
            if column.pattern and VALUE in form.basics:
                is_found = (VALUE, (register.key, column.key)) in reported
                prompt = column.prompt.rstrip("。")
                title = f"“{column.label}”写法符合要求" + (f"：{prompt}" if prompt else "")
                place = register.place(number, 0)
                yield Unseen(f"{VALUE}.{register.key}.{column.key}.pattern", title, place, is_found, None)
        first = first_unseen(register, len(content.registers.get(register.key, ())))
        title = (
            f"“{register.sheet}”第 {first} 行以下的各条：自查没有核对，由它计算的表没有计入，收到后全部读取"
        )
        place = Place(register.sheet, a1(first - 1, 0))
        yield Unseen(f"V02.{register.key}.below", title, place, found=False, explanation=None)
        for rule in register.rules:
            basic = form.basics.get(rule.id)
            if basic is not None and basic.severity == "error" and not is_live(rule):
                is_found = (rule.id, (register.key, rule.column)) in reported
                place = register.place(register.index[rule.column], 0)
                yield Unseen(f"{rule.id}.{register.key}", basic.condition, place, is_found, None)


def _unseen_warnings(content: Content) -> list[Unseen]:
    """Return the warnings that only the office can find, each with room for an explanation; found are those that were told."""
    heads = [head for head, *_ in by_cause(content.notices, lambda notice: notice.cause)]
    warned = {notice.code: notice for notice in reversed(heads) if notice.severity == Severity.WARNING.value}
    home = Place(content.form.sheet_of_kind("guide").name)
    lines = []
    for rule in content.form.explained_unseen:
        notice = warned.get(rule.id)
        place = content.form.place_of((notice.key if notice else "") or "") or home
        explanation = content.explanations.get(rule.id, "")
        lines.append(Unseen(rule.id, rule.condition, place, notice is not None, explanation))
    return lines


def completeness_checks(content: Content) -> list[Check]:
    """Return what must be filled in: the entries, the texts and, table by table, the numbers."""
    form, is_summed = content.form, content.stamp.is_summed
    found = [
        _filled(content, f"F02.{entry.key}", entry.key, entry.label)
        for entry in form.entries
        if entry.required and (entry.role or not is_summed)
    ]
    found += _period_checks(content)
    found += _spelling_checks(content)
    for table in form.tables:
        if any(cell.is_input for cell in form.cells_of(table.key)):
            found += _table_checks(content, table)
        found += _value_checks(content, table)
    for register in () if is_summed else form.registers:
        found += _register_checks(content, register)
    bare = {text.key for text in form.bare_texts}
    found += [
        _filled(content, f"{REQUIRED if text.key in bare else 'N02'}.{text.key}", text.key, text.label)
        for text in form.texts
        if text.required
        and not (is_summed and text.key in bare)
        and (not content.stamp.agency or binds(text.kinds, content.stamp.kind))
    ]
    return found


def _filled(content: Content, check_id: str, key: str, label: str) -> Check:
    place = content.form.places[key]
    cell = f"{quoted(place.sheet)}!{place.cell}"
    bare = f'SUBSTITUTE(SUBSTITUTE({cell},CHAR(10),""),"\u3000","")'
    value = str(content.values.get(key, "")).replace("\n", "").replace("\u3000", "").strip(" ")
    return Check(
        id=check_id,
        title="必填内容已填写（左边是还没有填的个数）",
        subject=f"{place.sheet}：{label}",
        place=place,
        left=f"=IF(LEN(TRIM({bare}))=0,1,0)",
        right="=0",
        values=(0 if value else 1, 0),
    )


_OF_PERIOD = ".period"


def is_of_period(form: Form, check: Check) -> bool:
    """Whether a check asks for the period of the template; what goes on from the period before is not assessed where it fails."""
    return check.id == f"F02.{form.entry_with_role('year').key}{_OF_PERIOD}"


def _period_checks(content: Content) -> Iterator[Check]:
    """Ask that the period is the one that the template was made for."""
    form, period = content.form, content.stamp.year
    if period:
        entry = form.entry_with_role("year")
        value = content.values.get(entry.key, "")
        other = (
            value != "" and (value if isinstance(value, int) else stated(str(value), form.period)) != period
        )
        yield Check(
            f"F02.{entry.key}{_OF_PERIOD}",
            f"与模板的一致：{title_of(period)}（左边是 1 的要改）",
            f"{entry.sheet}：{entry.label}",
            form.places[entry.key],
            other_period_formula(form, period),
            "=0",
            (int(other), 0),
        )


def _spelling_checks(content: Content) -> Iterator[Check]:
    """Ask of days and telephone numbers that they are such, where the form asks for it."""
    form = content.form
    codes = {entry.key: SPELLED for entry in form.spelled_entries}
    codes |= {entry.key: VALUE for entry in form.valued_entries}
    for entry in form.entries:
        basic = form.basics.get(codes.get(entry.key, ""))
        place = form.places[entry.key]
        formula = entry.value.fault_formula(f"{quoted(place.sheet)}!{place.cell}")
        if basic and formula:
            wrong = int(entry.value.is_faulty(str(content.values.get(entry.key, ""))))
            title = f"{entry.value.usual_prompt.split('，')[0].removeprefix('填')}写法正确（左边是 1 的要改）"
            subject = f"{place.sheet}：{entry.label}"
            yield Check(f"{basic.id}.{entry.key}", title, subject, place, f"={formula}", "=0", (wrong, 0))


def _table_checks(content: Content, table: Table) -> list[Check]:
    inputs = [cell for cell in content.form.cells_of(table.key) if cell.is_input]
    counts = [cell for cell in inputs if cell.number.is_whole]
    first = content.form.places[inputs[0].key]
    nil = content.form.places[table.nil_key]
    nil_test = f'{quoted(nil.sheet)}!{nil.cell}="{YES}"'
    unfilled_test = nil_test
    if content.form.may_be_computed(table.key):
        unfilled_test = f'OR({nil_test},{quoted(nil.sheet)}!{nil.cell}="{FROM_REGISTER}")'

    def check(code: str, title: str, place: Place, left: str, value: int) -> Check:
        return Check(f"{code}.{table.key}", title, table.sheet, place, f"={left}", "=0", (value, 0))

    bounded = [cell for cell in inputs if cell.number.least is not None]
    every, whole = _addresses(content, inputs), _addresses(content, counts)
    either_sign = [f'COUNTIF({area},"{sign}0")' for area in every for sign in "<>"]
    negatives = [f'COUNTIF({area},"<0")' for area in _addresses(content, bounded)]
    fractions = [f'SUMPRODUCT(ISNUMBER({area})*ISNUMBER(FIND(".",{area})))' for area in whole]
    numbers = f"COUNT({','.join(every)})"
    size = "+".join(f"ROWS({area})*COLUMNS({area})" for area in every)
    grown = f'"由{content.form.words.office}核对"'
    return [
        check(
            "C01",
            "每格都填了数字（左边是还空着或不是数字的格数）",
            first,
            f"IF({size}={len(inputs)},IF({unfilled_test},COUNTA({','.join(every)}),{len(inputs)})-{numbers},{grown})",
            _missing(content, table, inputs),
        ),
        check(
            "C05",
            "没有负数，件数没有小数（左边是不合要求的个数）",
            first,
            "+".join([*negatives, *fractions]) or "0",
            _count(content, bounded, lambda number: number < 0) + _count(content, counts, _is_fraction),
        ),
        check(
            "C09",
            f"选了“{table.nil_label}”的，表中没有非零数字（左边是非零数字的个数）",
            nil,
            f"IF({nil_test},{'+'.join(either_sign)},0)",
            _count(content, inputs, bool) if table.key in content.nil_tables else 0,
        ),
        *_percent_checks(content, table, inputs),
    ]


def _value_checks(content: Content, table: Table) -> Iterator[Check]:
    """Ask for the values of a table that nobody may leave blank, and that days and telephone numbers are such."""
    form = content.form
    asked = () if content.stamp.is_summed else form.values_of(table.key)
    needed = [value for value in asked if value.required]
    nil = form.places[table.nil_key]
    if needed:
        areas = rectangles(form.positions[value.key] for value in needed)
        blank = "+".join(f"SUMPRODUCT((LEN(TRIM({address(table.sheet, area)}))=0)*1)" for area in areas)
        is_nil = table.key in content.nil_tables
        lacking = sum(not str(content.values.get(value.key, "")).strip() for value in needed)
        yield Check(
            f"C01.{table.key}.values",
            "必填的格子都填了（左边是还空着的格数）",
            table.sheet,
            form.places[needed[0].key],
            f'=IF({quoted(nil.sheet)}!{nil.cell}="{YES}",0,{blank})',
            "=0",
            (0 if is_nil else lacking, 0),
        )
    spelled = [
        (value, formula)
        for value in (form.values_of(table.key) if VALUE in form.basics else ())
        if (formula := value.value.fault_formula(f"{quoted(table.sheet)}!{form.places[value.key].cell}"))
    ]
    for number, group in enumerate(_in_formulas(spelled), 1):
        wrong = sum(value.value.is_faulty(str(content.values.get(value.key, ""))) for value, _ in group)
        first = form.places[group[0][0].key]
        yield Check(
            f"{VALUE}.{table.key}.{number}",
            "日期、电话号码写法正确（左边是要改的格数）",
            table.sheet,
            first,
            f"={'+'.join(formula for _, formula in group)}",
            "=0",
            (wrong, 0),
        )


def _in_formulas(terms: Sequence[tuple[Entry, str]]) -> list[list[tuple[Entry, str]]]:
    """Divide terms into sums, none longer than Excel takes."""
    size = max(1, _LONGEST_FORMULA // max((len(formula) + 1 for _, formula in terms), default=1))
    return [list(terms[start : start + size]) for start in range(0, len(terms), size)]


def _percent_checks(content: Content, table: Table, inputs: Sequence[Cell]) -> Iterator[Check]:
    """Count the cells that show their number as a percentage, which typing % into one does; formulas have a length."""
    form = content.form
    terms = [
        f'(LEFT(CELL("format",{at}))="P")*({at}<>0)'
        for cell in inputs
        if not cell.number.shown_as
        for at in [f"{quoted(table.sheet)}!{form.places[cell.key].cell}"]
    ]
    size = _LONGEST_FORMULA // max(map(len, terms), default=1)
    for number, start in enumerate(range(0, len(terms), size), 1):
        yield Check(
            f"C08.{table.key}{f'.{number}' if len(terms) > size else ''}",
            "没有写成百分数（左边是写成百分数的格数）",
            table.sheet,
            form.places[inputs[start].key],
            f"={'+'.join(terms[start : start + size])}",
            "=0",
            (0, 0),
        )


def _register_checks(content: Content, register: Register) -> list[Check]:
    """Ask for rows or a nil return, and that what has to be filled is filled in every row; then what a table draws from it."""
    form, rows = content.form, content.registers.get(register.key, ())
    nil = form.places[register.nil_key]
    is_nil = content.values.get(register.nil_key) == YES
    area = register_area(register, len(rows))
    needed = [number for number, column in enumerate(register.columns) if column.required]
    lacking = f"({'+'.join(f'(LEN(TRIM({area(number)}))=0)' for number in needed)})"
    anchor = f"IF({odd_cell(form, register)}=0,COUNTA({area(needed[0])}),SUMPRODUCT({rows_array(register, len(rows))}))"
    found = [
        Check(
            f"V02.{register.key}",
            f"逐条填写；一条也没有的，“{register.nil_label}”选“{YES}”（左边是 1 的要改）",
            register.sheet,
            nil,
            f'=IF({quoted(nil.sheet)}!{nil.cell}="{YES}",IF({anchor}>0,1,0),IF({anchor}=0,1,0))',
            "=0",
            (int(bool(rows) == is_nil), 0),
        ),
        Check(
            f"C01.{register.key}",
            "必填的列每一条都填了（左边是还空着的格数）",
            register.sheet,
            register.place(needed[0], 0),
            counted(form, register, (lacking, lacking), len(rows)),
            "=0",
            (sum(not row[number] for row in rows for number in needed), 0),
        ),
    ]
    return [
        *_error_check(content, register),
        *found,
        *_repeat_check(content, register),
        *_column_checks(content, register),
        *_row_rule_checks(content, register),
        *_drawn_checks(content, register),
    ]


def _error_check(content: Content, register: Register) -> Iterator[Check]:
    """Ask that no cell holds an error: every other formula that looks at it comes to an error, too, and says nothing."""
    rows = content.registers.get(register.key, ())
    area = register_area(register, len(rows))
    first, last = area(0).rpartition(":")[0], area(len(register.columns) - 1).rpartition(":")[2]
    if ERROR in content.form.basics:
        yield Check(
            f"{ERROR}.{register.key}",
            "没有 #REF!、#N/A 一类的错误值（左边是要改的格数）",
            register.sheet,
            register.place(0, 0),
            f"=SUMPRODUCT(ISERROR({first}:{last})*1)",
            "=0",
            (0, 0),
        )


def _repeat_check(content: Content, register: Register) -> Iterator[Check]:
    """Ask that no two rows are the same."""
    rows = content.registers.get(register.key, ())
    if register.unique:
        at = register.index[register.unique[0]]
        labels = "、".join(f"“{register.columns[register.index[name]].label}”" for name in register.unique)
        yield Check(
            f"V02.{register.key}.unique",
            f"同一件只填一行，{labels}不重复（左边是重复的条数）",
            register.sheet,
            register.place(at, 0),
            repeats_formula(register, len(rows)),
            "=0",
            (repeats(register, rows), 0),
        )


def _row_rule_checks(content: Content, register: Register) -> Iterator[Check]:
    """Count the rows that break what must hold of every row."""
    form, rows = content.form, content.registers.get(register.key, ())
    period = period_in(form, content.values)
    for rule in register.rules:
        basic = form.basics.get(rule.id)
        if basic is not None and basic.severity == "error" and is_live(rule):
            yield Check(
                f"{rule.id}.{register.key}",
                f"{basic.condition}（左边是不符的条数）",
                register.sheet,
                register.place(register.index[rule.column], 0),
                rule_formula(form, register, rule, len(rows)),
                "=0",
                (breaking(register, rule, rows, period), 0),
            )


def _column_checks(content: Content, register: Register) -> Iterator[Check]:
    """Ask of every column that its values are of its kind; of a list that is too long for a formula, nothing."""
    form, rows = content.form, content.registers.get(register.key, ())
    area, odd = register_area(register, len(rows)), odd_cell(form, register)
    for number, (column, kind) in enumerate(zip(register.columns, register.kinds, strict=True)):
        faults = kind.faults_array(area(number))
        faulty = f"{is_filled(area(number), kind)}*{faults}"
        usual = "0" if isinstance(kind, Choice | YesNo | Day) else f"SUMPRODUCT({faulty})"
        formula = f"=IF({odd}=0,{usual},SUMPRODUCT({rows_array(register, len(rows))}*{faulty}))"
        wrong = sum(kind.is_faulty(row[number]) for row in rows)
        if VALUE in form.basics and faults and len(formula) <= _LONGEST_ALONE:
            yield Check(
                f"{VALUE}.{register.key}.{column.key}",
                f"“{column.label}”{kind.live_title}（左边是要改的格数）",
                register.sheet,
                register.place(number, 0),
                formula,
                "=0",
                (wrong, 0),
            )
    unsure = [number for number, kind in enumerate(register.kinds) if isinstance(kind, Day | Choice)]
    if unsure:
        yield Check(
            f"{VALUE}.{register.key}.unsure",
            f"日期、选项的写法认得出的，这里是 0；认不出的由{form.words.office}核对，不用改，有关的数暂不计算（左边是格数）",
            register.sheet,
            register.place(unsure[0], 0),
            f"={unsure_cell(form, register)}",
            "=0",
            (unsure_count(register, rows), 0),
            is_for_office=True,
        )


def _drawn_checks(content: Content, register: Register) -> Iterator[Check]:
    """Compare figures that the agency fills in with what the rows come to, where they must agree."""
    form, rows = content.form, content.registers.get(register.key, ())
    period = period_in(form, content.values)
    for key, drawn in form.drawn.items():
        basic = form.basics.get(drawn.rule)
        if drawn.defines or drawn.register != register.key or basic is None or basic.severity != "error":
            continue
        place, cell = form.places[key], form.by_key[key]
        counted = figures_of(register, {key: drawn}, rows, period)[key]
        at = f"{quoted(place.sheet)}!{place.cell}"
        left = f'=IF(ISNUMBER({at}),{at},"{NOT_ASSESSED}")'
        yield Check(
            f"{drawn.rule}.{key}", basic.condition, cell.short_label, place, left,
            drawn_formula(form, drawn, len(rows)), (content.figures[key], counted),
        )  # fmt: skip


def _addresses(content: Content, cells: Sequence[Cell]) -> list[str]:
    positions = [content.form.positions[cell.key] for cell in cells]
    return [address(positions[0][0], area) for area in rectangles(positions)] if positions else []


def _missing(content: Content, table: Table, inputs: Sequence[Cell]) -> int:
    is_computed = (
        content.form.may_be_computed(table.key) and content.values.get(table.nil_key) == FROM_REGISTER
    )
    if table.key in content.nil_tables or is_computed:
        return sum(isinstance(content.values.get(cell.key), str) for cell in inputs)
    return sum(content.figures[cell.key] is None for cell in inputs)


def _count(content: Content, cells: Sequence[Cell], test: Callable[[Number], bool]) -> int:
    numbers = (content.figures[cell.key] for cell in cells)
    return sum(number is not None and test(number) for number in numbers)


def _is_fraction(number: Number) -> bool:
    return number % 1 != 0
