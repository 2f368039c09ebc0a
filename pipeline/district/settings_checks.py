"""What stands in 经办.xlsx goes in; every fault of it, with sheet and cell, comes out.

What may stand in a column is said by a function of the text that returns what is wrong in a sentence. Every command reads
the workbook, so it must not have to load what judges figures.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from pipeline.district import settings_titles as titles
from pipeline.district.collected import Names, not_collected
from pipeline.district.roster import (
    ADDRESS,
    ADDRESS_OR_DOMAIN,
    EMAIL_SEPARATORS,
    LEVELS,
    LOST_ZEROS,
    ROSTER_SHEET,
    ROUNDED,
    SEPARATORS,
    normalised,
)
from pipeline.district.roster_table import HEADINGS, doubtful_codes, head_row, heading_of
from pipeline.district.settings_book import Contents, SettingCell, SettingFault
from pipeline.district.settings_fields import (
    CALENDAR,
    EXCEPTIONS,
    EXTENSIONS,
    FIELDS,
    LIMIT,
    LISTS,
    OFF,
    OTHERS,
    RULES,
    SETTINGS,
    SEVERITY,
    SEVERITY_CHOICES,
    STANDARD,
    TRIAL,
    ListColumn,
    Setting,
    SettingKind,
)
from pipeline.district.settings_values import day_of, limits_of, wholes_of
from pipeline.forms.form import Form
from pipeline.forms.library import listed
from pipeline.forms.loader import form_ids, load_form
from pipeline.forms.values.answers import NO, YES
from pipeline.periods import is_too_late, left_over, named, title_of, year_in

Judge: TypeAlias = Callable[[str], str]
"""What is wrong with a text, in a sentence; empty if nothing is."""
Cells: TypeAlias = Mapping[str, SettingCell]


def faults_of(found: Contents) -> list[SettingFault]:
    """Return everything that is wrong with the workbook, by sheet and cell."""
    faults = [
        *found.faults,
        *_settings(found),
        *_roster(found),
        *(
            fault
            for name, judges in _lists(found).items()
            for fault in _failing(found.lists.get(name, ()), judges)
        ),
        *_others(found),
        *_extensions(found),
        *_exceptions(found),
        *_rules(found.lists.get(RULES, ())),
    ]
    return sorted({(item.sheet, item.row, item.column): item for item in reversed(faults)}.values())


def _failing(rows: Sequence[Cells], judges: Mapping[str, Judge]) -> Iterator[SettingFault]:
    """Run ``judges`` over the cells of their columns in ``rows``."""
    for name, judge in judges.items():
        for cell in (row[name] for row in rows if name in row):
            if problem := judge(cell.text):
                yield SettingFault(cell.sheet, cell.row, cell.column, problem)


# ---------------------------------------------------------------- 设置


def _settings(found: Contents) -> Iterator[SettingFault]:
    if not found.settings:
        return
    row = {
        item.label: found.settings[item.table, item.key]
        for item in FIELDS
        if (item.table, item.key) in found.settings
    }
    judges = {item.label: _judge_of(item, found) for item in FIELDS}
    yield from _failing([row], judges)
    last = max(cell.row for cell in row.values())
    for item in FIELDS:
        if item.is_required and item.label not in row:
            yield SettingFault(SETTINGS, last, 0, f"缺少“{item.label}”一行，请补上。")


def _judge_of(item: Setting, found: Contents) -> Judge:
    def judge(text: str) -> str:
        if not text:
            return f"“{item.label}”没有填写：{item.explanation}。" if item.is_required else ""
        if item.choices and text not in item.choices:
            return f"“{item.label}”应为：{'、'.join(item.choices)}。"
        return _wrong_kind(item, text) or _wrong_beside(item, text, found)

    return judge


def _wrong_kind(item: Setting, text: str) -> str:  # noqa: PLR0911 - one return for each kind
    match item.kind:
        case SettingKind.DAY if day_of(text) is None:
            return f"“{text}”不是日期，请写成 2024-01-31 这样。"
        case SettingKind.WHOLE if not (text.isdecimal() and item.least <= int(text) <= item.most):
            return f"“{item.label}”应为 {item.least} 到 {item.most} 的整数。"
        case SettingKind.PERIOD if not _is_period(text):
            return (
                f"“{item.label}”应为四位年份，如 2023；不是一年一报的写报告期，如 2024H1、2024Q2、2024-06。"
            )
        case SettingKind.WHOLES if wholes_of(text) is None:
            return f"“{item.label}”应为几个天数，如 5、2、0。"
        case SettingKind.YES_NO if text not in (YES, NO):
            return f"“{item.label}”应为“是”或“否”。"
        case SettingKind.ADDRESS if not ADDRESS.fullmatch(text):
            return f"“{text}”不是邮箱地址。"
        case _:
            return ""


def _is_period(text: str) -> bool:
    period = named(text)
    return period is not None and 2000 <= year_in(period) <= 2999  # noqa: PLR2004 - what four digits can slip to


def _wrong_deadline(text: str, year: str) -> str:
    deadline, period = day_of(text), named(year)
    if deadline and year.isdecimal() and deadline.year <= int(year):
        return f"截止日期应在报告年度（{year} 年）结束以后，例如 {int(year) + 1}-01-31。"
    if deadline and period is not None and is_too_late(period, deadline):
        return f"截止日期离{title_of(period)}结束已有一年多，请核对报告年度和截止日期，改正写错的一项；补收以前年度的，写在“另收”里。"
    return ""


def _wrong_beside(item: Setting, text: str, found: Contents) -> str:
    """Judge what depends on another setting."""
    forms = form_ids(found.file.parent)
    if (item.table, item.key) == ("", "form") and text not in forms:
        return f"没有表样“{text}”，应为：{listed(found.file.parent)}。"
    if item.kind is SettingKind.DAY and (wrong := _wrong_deadline(text, found.setting("", "year"))):
        return wrong
    if item.key == "smtp_host" and not found.setting("people", "email"):
        return "写了发信服务器，还要写明“邮箱”，即信从哪个邮箱发出。"
    if item.key == "send" and text == YES and not found.setting("mail", "smtp_host"):
        return "自动发信要写明“发信服务器”。"
    if item.key == "ca_file" and not (found.file.parent / text).is_file():
        return f"找不到证书文件 {text}。"
    return ""


# ---------------------------------------------------------------- 名单


def _roster(found: Contents) -> Iterator[SettingFault]:
    table = found.table
    if table is None or not table.rows:
        return
    head = head_row(table)
    yield from _heads(table.rows[head], head)
    for row, column in doubtful_codes(table, head):
        yield SettingFault(ROSTER_SHEET, row, column, f"代码“{table.rows[row][column]}”{LOST_ZEROS}")
    if not found.roster:
        yield SettingFault(ROSTER_SHEET, head + 1, 0, "名单是空的，请至少写一个单位。")
    yield from _failing(found.roster, _roster_judges(found.roster))


def _heads(row: Sequence[str], head: int) -> Iterator[SettingFault]:
    names = [heading_of(text) if text.strip() else "" for text in row]
    for column, name in enumerate(names):
        if name and name not in HEADINGS:
            yield SettingFault(
                ROSTER_SHEET, head, column, f"不认识的列“{name}”，应为：{'、'.join(HEADINGS.values())}。"
            )
        elif name and name in names[:column]:
            yield SettingFault(ROSTER_SHEET, head, column, f"“{HEADINGS[name]}”列写了两次，请只留一列。")
    for name in ("code", "name"):
        if name not in names:
            yield SettingFault(ROSTER_SHEET, head, 0, f"缺少“{HEADINGS[name]}”列。")


def _roster_judges(rows: Sequence[Cells]) -> dict[str, Judge]:
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(rows):
        for key in ("code", "name", "aliases", "former_names"):
            for part in _names(row[key].text) if key in row else ():
                owners[part].add(number)
    twins = {name for name, where in owners.items() if len(where) > 1}

    def unique(text: str) -> str:
        shared = sorted(set(_names(text)) & twins)
        return f"“{shared[0]}”出现在两个单位。代码、名称和简称不能重复。" if shared else ""

    judges: dict[str, Judge] = {
        "code": lambda text: (
            _missing(HEADINGS["code"], text) or _rounded(HEADINGS["code"], text) or unique(text)
        ),
        "name": lambda text: _missing(HEADINGS["name"], text) or unique(text),
        "aliases": unique,
        "former_names": unique,
        "level": lambda text: "" if text in ("", *LEVELS) else f"级别应空着，或为：{'、'.join(LEVELS)}。",
        "phone": lambda text: _rounded(HEADINGS["phone"], text),
        "email": _wrong_emails,
    }
    return judges


def _names(text: str) -> list[str]:
    return [normalised(part) for part in SEPARATORS.split(text) if part.strip()]


def _missing(what: str, text: str) -> str:
    return "" if text else f"“{what}”没有填写。"


def _rounded(what: str, text: str) -> str:
    lost = f"“{text}”被表格软件改成了科学计数，丢了数字；请把“{what}”列的格式改为“文本”，重新填写。"
    return lost if ROUNDED.fullmatch(text) else ""


def _wrong_emails(text: str) -> str:
    parts = EMAIL_SEPARATORS.split(unicodedata.normalize("NFKC", text))
    wrong = [part for part in parts if part and not ADDRESS_OR_DOMAIN.fullmatch(part)]
    hint = "几个地址用分号隔开，没有的留空，整个单位的邮箱可以写成 @jx.example.gov.cn。"
    return f"“{wrong[0]}”不是邮箱地址。{hint}" if wrong else ""


# ---------------------------------------------------------------- 日历、延期、例外、规则


def _lists(found: Contents) -> dict[str, dict[str, Judge]]:
    known = {
        part
        for row in found.roster
        for key in ("code", "name", "aliases", "former_names")
        if key in row
        for part in _names(row[key].text)
    }
    judges = {
        name: {column.title: _judge_of_column(column) for column in columns}
        for name, columns in LISTS.items()
        if name != ROSTER_SHEET
    }
    is_unit = _unit_judge(known)
    judges[EXTENSIONS][titles.UNIT] = is_unit
    judges[CALENDAR][titles.DAY] = _once(
        found.lists.get(CALENDAR, ()), titles.DAY, _required(titles.DAY, judges[CALENDAR][titles.DAY])
    )
    judges[CALENDAR][titles.ARRANGEMENT] = _required(titles.ARRANGEMENT, judges[CALENDAR][titles.ARRANGEMENT])
    judges[EXCEPTIONS][titles.UNIT] = is_unit
    judges[EXCEPTIONS][titles.RULE] = _required(titles.RULE, judges[EXCEPTIONS][titles.RULE])
    judges[EXCEPTIONS][titles.REASON] = _required(titles.REASON, judges[EXCEPTIONS][titles.REASON])
    judges[RULES][titles.RULE] = _required(titles.RULE, _rule_judge(found))
    judges[RULES][titles.WAY] = _required(titles.WAY, judges[RULES][titles.WAY])
    forms = form_ids(found.file.parent)
    judges[OTHERS][titles.FORM] = _required(
        titles.FORM,
        lambda text: "" if text in forms else f"没有表样“{text}”，应为：{listed(found.file.parent)}。",
    )
    judges[OTHERS][titles.PERIOD] = _required(
        titles.PERIOD,
        lambda text: "" if _is_period(text) else f"“{text}”不是报告期，请写成 2023、2024Q2 这样。",
    )
    judges[OTHERS][titles.DEADLINE] = _required(titles.DEADLINE, judges[OTHERS][titles.DEADLINE])
    return judges


def _judge_of_column(column: ListColumn) -> Judge:
    def judge(text: str) -> str:
        if text and column.is_day and day_of(text) is None:
            return f"“{text}”不是日期，请写成 2024-02-05 这样。"
        if text and column.choices and text not in column.choices:
            return f"“{column.title}”应为：{'、'.join(column.choices)}。"
        return ""

    return judge


def _required(what: str, judge: Judge) -> Judge:
    return lambda text: _missing(what, text) or judge(text)


def _once(rows: Sequence[Cells], title: str, judge: Judge) -> Judge:
    texts = [normalised(row[title].text) for row in rows if title in row]
    return lambda text: (
        judge(text) or (f"“{text}”写了两次，请只留一行。" if texts.count(normalised(text)) > 1 else "")
    )


def _unit_judge(known: set[str]) -> Judge:
    def judge(text: str) -> str:
        if not text:
            return "“单位”没有填写。"
        return "" if normalised(text) in known else f"名单中没有“{text}”；请写代码、名称或简称。"

    return judge


def no_exception(form: Form, rule: str) -> str:
    """Say that nobody can be excepted from ``rule``."""
    return f"规则 {rule} 不能作例外：{form.rules_by_id[rule].title}。请让单位改正后重新报送。"


def _rule_judge(found: Contents) -> Judge:
    """Judge the number of a rule of the district's form."""
    form = _form_named(found, found.setting("", "form"))

    def judge(text: str) -> str:
        is_none = form is not None and text and text.upper() not in form.rules_by_id
        return _NO_RULE.format(text) if is_none else ""

    return judge


_NO_RULE = "没有规则“{}”，编号见规则手册和问题清单的“规则”列，例如 T3-04。"


def _form_named(found: Contents, name: str) -> Form | None:
    folder = found.file.parent
    return load_form(name, folder) if name in form_ids(folder) else None


def _exceptions(found: Contents) -> Iterator[SettingFault]:
    """Judge the rules of 例外 by the form that each row speaks of."""
    collected = [names for names, _ in _deadlines(found)]
    for row in found.lists.get(EXCEPTIONS, ()):
        rule, form = row.get(titles.RULE), row.get(titles.FORM)
        named_form = form.text if form else ""
        meant = [names for names in collected if named_form in names] if named_form else collected[:1]
        if form and len(meant) != 1:
            yield SettingFault(form.sheet, form.row, form.column, not_collected(named_form, collected))
        elif rule and (problem := _no_rule(found, rule.text, meant[0], collected)):
            yield SettingFault(rule.sheet, rule.row, rule.column, problem)


def _no_rule(found: Contents, text: str, meant: Names, collected: Sequence[Names]) -> str:
    """Say why there is no exception from the rule ``text`` of the form ``meant``; empty where there may be one."""
    form, wanted = _form_named(found, meant[0]), text.upper()
    if form is None or not wanted:
        return ""
    if wanted in form.rules_by_id:
        return "" if form.may_waive(wanted) else no_exception(form, wanted)
    others = [names for names in collected if names[0] != meant[0]]
    owners = dict.fromkeys(
        names[0]
        for names in others
        if (other := _form_named(found, names[0])) and wanted in other.rules_by_id
    )
    if owners:
        return (
            f"规则“{text}”不是 {meant[0]} 的，是 {'、'.join(owners)} 的；"
            f"请在“{titles.FORM}”列写明是哪一份表（没有这一列的，加上这一列）。"
        )
    return _NO_RULE.format(text)


def _extensions(found: Contents) -> Iterator[SettingFault]:
    """Judge the days of 延期 by the form that each row speaks of, and ask for one row of each unit and form."""
    deadlines = _deadlines(found)
    seen: set[tuple[str, str]] = set()
    for row in found.lists.get(EXTENSIONS, ()):
        if not {titles.UNIT, titles.UNTIL} <= row.keys():
            continue  # said already
        unit, until, form = row[titles.UNIT], row[titles.UNTIL], row.get(titles.FORM)
        named_form = form.text if form else ""
        meant = [day for names, day in deadlines if named_form in names] if named_form else [deadlines[0][1]]
        if form and len(meant) != 1:
            said = not_collected(named_form, [names for names, _ in deadlines])
            yield SettingFault(form.sheet, form.row, form.column, said)
        elif problem := _not_later(until.text, meant[0]):
            yield SettingFault(until.sheet, until.row, until.column, problem)
        own = normalised(unit.text), named_form
        if own in seen:
            yield SettingFault(unit.sheet, unit.row, unit.column, f"“{unit.text}”写了两次，请只留一行。")
        seen.add(own)


def _others(found: Contents) -> Iterator[SettingFault]:
    """Name the rows of 另收 that are of a season before."""
    first, due = named(found.setting("", "year")), day_of(found.setting("", "deadline"))
    for row in found.lists.get(OTHERS, ()):
        if first is None or due is None or not {titles.PERIOD, titles.DEADLINE} <= row.keys():
            continue  # said already
        cell = row[titles.DEADLINE]
        period, day = named(row[titles.PERIOD].text), day_of(cell.text)
        if period is not None and day and (problem := left_over(period, day, first, due)):
            yield SettingFault(cell.sheet, cell.row, cell.column, problem)


def _deadlines(found: Contents) -> list[tuple[Names, date | None]]:
    """Return what each collected form can be called, alone and with its period, and its deadline; the first one's first."""
    first = [found.setting("", name) or STANDARD.get(name, "") for name in ("form", "year", "deadline")]
    rows = [
        [row[title].text if title in row else "" for title in (titles.FORM, titles.PERIOD, titles.DEADLINE)]
        for row in found.lists.get(OTHERS, ())
    ]
    return [((form, f"{form}:{period}"), day_of(day)) for form, period, day in (first, *rows)]


def _not_later(text: str, deadline: date | None) -> str:
    day = day_of(text)
    if day is None:
        return f"“{text}”不是日期，请写成 2024-02-05 这样。" if text else "“延期到”没有填写。"
    if deadline and day <= deadline:
        return f"延期的日期 {day} 不晚于截止日期 {deadline}。上年的或不再需要的，请删去这一行；否则写更晚的日期。"
    return ""


def _rules(rows: Sequence[Cells]) -> Iterator[SettingFault]:
    """Judge what a row of 规则 says by what it wants done."""
    for row in rows:
        text = {title: cell.text for title, cell in row.items()}
        content, reason = text.get(titles.CONTENT, ""), text.get(titles.CAUSE, "")
        problem, title = "", titles.CONTENT
        match text.get(titles.WAY):
            case wanted if wanted == SEVERITY and content not in SEVERITY_CHOICES:
                problem = f"改成什么级别？应为：{'、'.join(SEVERITY_CHOICES)}。"
            case wanted if wanted == LIMIT and limits_of(content) is None:
                problem = "界限应写成“名称=整数”，如 factor=10、base=50，名称见规则手册。"
            case wanted if wanted in (OFF, TRIAL) and content:
                problem = f"“{wanted}”不写内容，请删去；理由写在“原因”列。"
            case wanted if wanted == OFF and not reason:
                problem, title = "停用规则要写明原因。", titles.CAUSE
        if problem:
            cell = row.get(title) or row[titles.WAY]
            yield SettingFault(cell.sheet, cell.row, cell.column, problem)
