"""What a district has decided goes in; 经办.xlsx comes out, to be filled in with Excel or WPS.

Drop-downs offer what may be chosen, days are checked while they are typed, codes and telephone numbers are text. Rows
that only show how to fill in a list begin with 例 and are never read as data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, TypeAlias

from pipeline.district import settings_titles as titles
from pipeline.district.mail_settings import NO_MAIL
from pipeline.district.people import NO_PEOPLE
from pipeline.district.roster import ROSTER_SHEET
from pipeline.district.roster_table import HEADINGS
from pipeline.district.rule_settings import AS_THE_FORM_SAYS
from pipeline.district.settings_fields import (
    BOOK_STEM,
    CALENDAR,
    EXCEPTIONS,
    EXTENSIONS,
    HOLIDAY,
    LIMIT,
    LISTS,
    OFF,
    OTHERS,
    RULES,
    SECTIONS,
    SETTING_HEADS,
    SETTINGS,
    SEVERITY,
    SEVERITY_CHOICES,
    STANDARD,
    TRIAL,
    WORKDAY,
    ListColumn,
    Setting,
    SettingKind,
)
from pipeline.district.starting import first_deadline
from pipeline.district.workdays import PLAIN_CALENDAR
from pipeline.forms.library import titles_of
from pipeline.forms.values.answers import NO, YES
from pipeline.periods import Period, noted
from pipeline.publishing.workbook.office import BORDER, DAY_FORMAT, NOTE_FILL, OfficeBook, OfficePage
from pipeline.publishing.workbook.page import QUIET

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.model import Agency

Value: TypeAlias = str | int | date
_FILL = "#FFFBE6"
"""Where something is to be written."""
_USUAL = {"people": NO_PEOPLE, "mail": NO_MAIL, "calendar": PLAIN_CALENDAR, "rules": AS_THE_FORM_SAYS}
"""What holds where nothing is written: it is not written down."""
_SPARE = 60
"""Empty rows that a list keeps ready."""
_EARLIEST, _LATEST = date(2000, 1, 1), date(2999, 12, 31)
_ABOUT: Mapping[str, str] = {
    SETTINGS: "在“内容”一列填写，黄色的都可以改；“项目”的名称不要改。改完保存、关闭，再双击“今晚运行”。",
    ROSTER_SHEET: "一个单位一行。可以从别的表复制粘贴；列的顺序可以变，表头的名称不要改。灰色的例子不算数，可以删去。",
    CALENDAR: "催报只在工作日，台账的答复期限按工作日算：写上国务院办公厅公布的放假和调休上班的日子，今年的和报告年度的都要。",
    EXTENSIONS: "同意延期的单位，一个单位一行；另收的表写明表样。",
    EXCEPTIONS: "准予某个单位对某条规则例外，写明理由和同意的人；另收的表写明表样。下一次运行时记入台账。",
    RULES: "按本区情况调整规则；不写的照规则手册。",
    OTHERS: "除“设置”中的表样以外，同一批单位同时还要报的表，一份表的一期一行；没有的空着。",
}


@dataclass(frozen=True, slots=True)
class FilledSettings:
    """What is to stand in the workbook: settings by (table, key), rows of each list by heading."""

    settings: Mapping[tuple[str, str], Value] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Mapping[str, Value]]] = field(default_factory=dict)


def starting(name: str, year: Period, form_id: str = STANDARD["form"]) -> FilledSettings:
    """Return what a new district starts from."""
    standard: dict[tuple[str, str], Value] = {("", key): value for key, value in STANDARD.items()}
    return FilledSettings(
        standard
        | {
            ("", "form"): form_id,
            ("", "name"): name,
            ("", "year"): noted(year),
            ("", "deadline"): first_deadline(year),
        }
    )


def filled_of(district: District) -> FilledSettings:
    """Return the settings, the roster and the lists of ``district`` as the workbook holds them."""
    settings: dict[tuple[str, str], Value] = {}
    for item in (item for group in SECTIONS.values() for item in group):
        holder = {
            "": district,
            "people": district.people,
            "mail": district.mail,
            "calendar": district.calendar,
        }
        value = getattr(holder.get(item.table, district.rules), item.key)
        if item.key == "year":
            value = noted(value)
        is_usual = item.table in _USUAL and value == getattr(_USUAL[item.table], item.key)
        settings[item.table, item.key] = "" if is_usual else _shown(item, value)
    return FilledSettings(
        settings,
        {
            ROSTER_SHEET: [_agency_row(district, agency) for agency in district.roster_agencies],
            CALENDAR: [
                {titles.DAY: day, titles.ARRANGEMENT: word}
                for word, days in (
                    (HOLIDAY, district.calendar.holidays),
                    (WORKDAY, district.calendar.workdays),
                )
                for day in days
            ],
            EXTENSIONS: [
                {
                    titles.UNIT: item.agency,
                    titles.UNTIL: item.until,
                    titles.CAUSE: item.reason,
                    titles.FORM: campaign.id if campaign.is_second else "",
                }
                for campaign in district.campaigns
                for item in campaign.extensions
            ],
            EXCEPTIONS: [
                {
                    titles.UNIT: item.agency,
                    titles.RULE: item.rule,
                    titles.REASON: item.reason,
                    titles.PERSON: item.person,
                    titles.LAST_DAY: item.until or "",
                    titles.ENDS: YES if item.ends else "",
                    titles.FORM: campaign.id if campaign.is_second else "",
                }
                for campaign in district.campaigns
                for item in campaign.excepted
            ],
            RULES: _rule_rows(district),
            OTHERS: [
                {
                    titles.FORM: item.form,
                    titles.PERIOD: str(noted(item.year)),
                    titles.DEADLINE: item.deadline,
                    titles.NOTE: _title_of(item.form),
                }
                for item in district.others
            ],
        },
    )


def _shown(item: Setting, value: object) -> Value:
    match value:
        case bool():
            return YES if value else NO
        case tuple():
            return ("、" if item.kind is SettingKind.WHOLES else "；").join(map(str, value))
        case int() | date():
            return value
        case _:
            return str(value)


def _agency_row(district: District, agency: Agency) -> dict[str, Value]:
    return {
        HEADINGS["code"]: agency.code,
        HEADINGS["name"]: agency.name,
        HEADINGS["aliases"]: "；".join(agency.aliases),
        HEADINGS["former_names"]: "；".join(agency.former_names),
        HEADINGS["kind"]: agency.kind,
        HEADINGS["level"]: "" if agency.level == district.level else agency.level,
        HEADINGS["contact"]: agency.contact,
        HEADINGS["phone"]: agency.phone,
        HEADINGS["email"]: "；".join(agency.emails),
        HEADINGS["merged_into"]: _change(agency.merged_into, agency.merged_on),
        HEADINGS["split_from"]: _change(agency.split_from, agency.split_on),
    }


def _change(body: str, day: date | None) -> str:
    return f"{body} {day}" if body else ""


def _rule_rows(district: District) -> list[dict[str, Value]]:
    rules = district.rules
    words = {value: word for word, value in SEVERITY_CHOICES.items()}
    found = [(rule, SEVERITY, words.get(value, value), "") for rule, value in rules.severity.items()]
    for rule, limits in rules.limits.items():
        found.append((rule, LIMIT, "、".join(f"{name}={value}" for name, value in limits.items()), ""))
    found += [(rule, OFF, "", reason) for rule, reason in rules.off.items()]
    found += [(rule, TRIAL, "", "") for rule in rules.trial]
    return [
        dict(zip((titles.RULE, titles.WAY, titles.CONTENT, titles.CAUSE), row, strict=True)) for row in found
    ]


def build_settings_book(filled: FilledSettings) -> bytes:
    """Build the workbook: the same bytes for the same content."""
    book = OfficeBook(f"{filled.settings.get(('', 'name'), '')}年报{BOOK_STEM}表", ("年报经办表", ""))
    _settings(book, filled)
    for name, columns in LISTS.items():
        _list(book, name, columns, filled.lists.get(name, ()))
    return book.to_bytes()


def _settings(book: OfficeBook, filled: FilledSettings) -> None:
    page = _page(book, SETTINGS, (26, 44, 60))
    page.heads(2, SETTING_HEADS)
    row = 3
    for group, items in SECTIONS.items():
        page.line(row, group, book.boxed(bg_color=NOTE_FILL, bold=True), least=22)
        row += 1
        for item in items:
            page.text(row, 0, item.label, book.boxed(bold=item.is_required))
            value = filled.settings.get((item.table, item.key), "")
            named = _title_of(str(value)) if item.key == "form" else ""
            explained = "；".join(filter(None, (named, item.explanation)))
            page.text(row, 2, explained, book.boxed(font_color=QUIET))
            page.height_for(row, {2: (explained, 1)}, least=21)
            _write(page, row, 1, value, {"bg_color": _FILL})
            _check_setting(page, row, item)
            row += 1
    page.sheet.freeze_panes(3, 0)


def _title_of(form_id: str) -> str:
    """Return what a form that ships with nianbao is called; empty for another."""
    return (titles_of(form_id, form_id) or ("", ""))[0]


def _check_setting(page: OfficePage, row: int, item: Setting) -> None:
    choices = (YES, NO) if item.kind is SettingKind.YES_NO else item.choices
    if choices:
        _offer(page, row, row, 1, choices)
    elif item.kind is SettingKind.DAY:
        _check_day(page, row, row, 1)
    elif item.kind is SettingKind.WHOLE:
        page.sheet.data_validation(
            row,
            1,
            row,
            1,
            {
                "validate": "integer",
                "criteria": "between",
                "minimum": item.least,
                "maximum": item.most,
                "error_title": "请写整数",
                "error_message": f"{item.label}：{item.explanation}。"[:250],
            },
        )


def _list(
    book: OfficeBook, name: str, columns: Sequence[ListColumn], rows: Sequence[Mapping[str, Value]]
) -> None:
    page = _page(book, name, [column.width for column in columns], landscape=True)
    page.heads(2, [column.title for column in columns])
    for place, column in enumerate(columns):
        if column.note:
            page.sheet.write_comment(2, place, column.note, {"x_scale": 2, "font_size": 10, "author": ""})
        page.text(3, place, column.example, book.boxed(font_color=QUIET, italic=True))
    for number in range(len(rows) + _SPARE):
        filled = rows[number] if number < len(rows) else {}
        for place, column in enumerate(columns):
            value = filled.get(column.title, "")
            _write(page, 4 + number, place, value, {} if column.is_day else {"num_format": "@"})
        if filled:
            texts = {place: (str(filled.get(column.title, "")), 1) for place, column in enumerate(columns)}
            page.height_for(4 + number, texts)
    last = 3 + len(rows) + _SPARE
    for place, column in enumerate(columns):
        if column.choices:
            _offer(page, 4, last, place, column.choices)
        elif column.is_day:
            _check_day(page, 4, last, place)
    page.sheet.freeze_panes(3, 2 if name == ROSTER_SHEET else 0)
    page.sheet.repeat_rows(2)
    page.last_row = 3 + len(rows)  # the rows kept ready are not printed


def _page(book: OfficeBook, name: str, widths: Sequence[float], *, landscape: bool = False) -> OfficePage:
    page = book.page(name, widths, landscape=landscape)
    page.title(name)
    page.line(1, _ABOUT[name], book.style(font_color=QUIET))
    page.sheet.set_tab_color("#C0504D" if name in (SETTINGS, ROSTER_SHEET) else BORDER)
    return page


def _write(page: OfficePage, row: int, column: int, value: Value, look: Mapping[str, str]) -> None:
    match value:
        case date():
            style = page.book.boxed(num_format=DAY_FORMAT, align="left", **look)
            page.sheet.write_datetime(row, column, datetime.combine(value, time.min), style)
        case int():
            page.number(row, column, value, page.book.boxed(align="left", **look))
        case _:
            page.text(row, column, value, page.book.boxed(**look))
    page.last_row = max(page.last_row, row)


def _offer(page: OfficePage, first: int, last: int, column: int, choices: Sequence[str]) -> None:
    page.sheet.data_validation(
        first,
        column,
        last,
        column,
        {
            "validate": "list",
            "source": list(choices),
            "error_title": "请从列表中选",
            "error_message": f"只能写：{'、'.join(choices)}。",
        },
    )


def _check_day(page: OfficePage, first: int, last: int, column: int) -> None:
    page.sheet.data_validation(
        first,
        column,
        last,
        column,
        {
            "validate": "date",
            "criteria": "between",
            "minimum": _EARLIEST,
            "maximum": _LATEST,
            "error_title": "请写日期",
            "error_message": "请写成 2024-01-31 这样的日期。",
        },
    )
