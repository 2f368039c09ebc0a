"""A district folder goes in; who reports, for which year and by when comes out.

Wrong configuration is refused here, with file, line and remedy, before anything else is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial
from pathlib import Path

from pipeline.district.collected import possible_names
from pipeline.district.differences import MOST_SHOWN, differences, unlike_agencies
from pipeline.district.mail_settings import NO_MAIL, UNVERIFIED, MailSettings, mail_settings
from pipeline.district.people import NO_PEOPLE, People, people_of
from pipeline.district.roster import LEVELS, load_roster
from pipeline.district.rule_settings import AS_THE_FORM_SAYS, Rules, rule_settings
from pipeline.district.settings_book import Contents, find_book, read_book
from pipeline.district.settings_fields import BOOK_NAME, SETTINGS, label_of
from pipeline.district.settings_source import BookSource, Excepted, settled
from pipeline.district.starting import is_sample_roster, is_untouched
from pipeline.district.workdays import PLAIN_CALENDAR, Calendar, Extension, calendar_of, extensions_of
from pipeline.forms.library import OFFICE, is_known, office_of, own_mark, period_of, unknown
from pipeline.forms.values.plain import seen
from pipeline.long_lists import first_of
from pipeline.machine.durable import read_whole
from pipeline.machine.environment import command, disk, typed
from pipeline.model import Agency, ConfigError, Decision, DecisionKind, belongs_to
from pipeline.periods import (
    EXAMPLES,
    Period,
    PeriodKind,
    bounds_of,
    is_too_late,
    kind_of,
    left_over,
    name_of,
    named,
    title_of,
    year_in,
)
from pipeline.toml_source import TomlSource, TomlTable, decoded

CONFIG_NAME = "district.toml"
ROSTER_NAME = "agencies.csv"
INBOX_NAME = "inbox"
PUBLISHED_NAME = "published"
LAYOUTS_NAME = "input_templates"
LAYOUT_NAME, STYLE_NAME = "report.docx", "report.css"
"""The district's own layout of Word reports and style of web reports, in its folder of layouts."""
FORMS = "forms"
"""The tables of forms that are collected besides the first one."""
MISNAMED = f"这里的设置文件叫 {CONFIG_NAME}.txt：记事本保存时加上了 .txt。请把它改名为 {CONFIG_NAME}；"
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
"""The years that a slip of one digit would miss."""
_SETTINGS = ("name", "level", "year", "period", "form", "deadline")
_TABLES = ("rules", "mail", "people", "calendar", "extension", FORMS)


_BELONGING = {"people": People, "mail": MailSettings, "calendar": Calendar}


@dataclass(frozen=True, slots=True)
class District:
    """A campaign: one district, one year, one form, its roster."""

    folder: Path
    name: str
    level: str
    year: Period
    """The period that is reported: a year, or what ``periods`` makes of a half-year, a quarter or a month."""
    form: str
    deadline: date
    agencies: tuple[Agency, ...]
    """The bodies that report, in roster order."""
    rules: Rules = AS_THE_FORM_SAYS
    mail: MailSettings = NO_MAIL
    people: People = NO_PEOPLE
    calendar: Calendar = PLAIN_CALENDAR
    extensions: tuple[Extension, ...] = ()
    excepted: tuple[Excepted, ...] = ()
    """The exceptions that the workbook asks for; the ledger keeps them from the next run on."""
    book: Path | None = field(default=None, compare=False, repr=False)
    """The workbook it was read from, None where it was written as text."""
    collector: str = OFFICE
    """What the form calls the office that collects it."""
    form_mark: str = ""
    """The mark of its own form, empty where it uses one that ships with nianbao."""
    note: str = field(default="", compare=False, repr=False)
    """What a person should be told about these settings."""
    has_sample_roster: bool = field(default=False, compare=False, repr=False)
    """Whether its agencies are those that ``init`` wrote: nothing is remembered of them, and nobody is written to."""
    merged: tuple[Agency, ...] = ()
    """The bodies of the roster that are part of another one now and report no more by themselves."""
    part: str = ""
    """The id of the form where it is collected beside another one; empty for the district's first form, whichever its period."""
    collected: tuple[tuple[str, Period], ...] = ()
    """Forms and periods of all campaigns of the district, the first one's first; empty where there is one alone."""
    is_second: bool = False
    """Whether it is one of the ``others`` of a district."""
    today: date | None = field(default=None, compare=False, repr=False)
    """The day as of which the roster was read, None for all that it says."""
    is_closed: bool = False
    """Whether its roster is the one by which it was collected, not the one of ``today``."""
    closed_remark: str = field(default="", compare=False, repr=False)
    """Which bodies changed after that, in a sentence."""
    others: tuple[District, ...] = field(default=(), compare=False, repr=False)
    """Of the first campaign of a district: those of the other forms and periods that it collects at the same time."""

    @property
    def roster_agencies(self) -> tuple[Agency, ...]:
        """Every body that the roster names."""
        return (*self.agencies, *self.merged)

    def owners_of(self, address: str | None) -> list[Agency]:
        """Return the agencies whose mailbox it is, or that have its domain."""
        return [agency for agency in self.agencies if belongs_to(address, agency)]

    def owner_of(self, address: str | None) -> Agency | None:
        """Return the one agency whose mailbox it is; None where it is nobody's, or that of several."""
        owners = self.owners_of(address)
        return owners[0] if len(owners) == 1 else None

    def body_now(self, agency: Agency | None) -> Agency | None:
        """Return the agency that reports for ``agency``: itself, or that of which it is part now; None where there is none."""
        by_code = {item.code: item for item in self.roster_agencies}
        for _ in self.roster_agencies:
            if agency is None or agency not in self.merged:
                break
            agency = by_code.get(agency.merged_into)
        return agency

    def deadline_of(self, code: str) -> date:
        """Return the last day on which the agency with ``code`` is in time."""
        return next((item.until for item in self.extensions if item.agency == code), self.deadline)

    def as_decided(self, decisions: Iterable[Decision]) -> District:
        """Return the district with the deadlines that a person extended; the last word of a person counts."""
        given = {
            item.agency: item.until for item in decisions if item.kind is DecisionKind.EXTEND and item.until
        }
        stay = tuple(item for item in self.extensions if item.agency not in given)
        return replace(self, extensions=(*stay, *(Extension(code, day) for code, day in given.items())))

    @property
    def office(self) -> str:
        """Who signs letters."""
        return self.people.office or f"{self.name}{self.collector}"

    @property
    def inbox(self) -> Path:
        """Where the submissions lie."""
        return self.folder / INBOX_NAME

    @property
    def published(self) -> Path:
        """Where reports lie that were published, to be compared with what was accepted."""
        return self.folder / self.own_name(PUBLISHED_NAME)

    def own_name(self, name: str) -> str:
        """Return the name of a file or folder beside the settings that each form has for itself."""
        return f"{name}_{self.part}" if self.part else name

    @property
    def campaigns(self) -> tuple[District, ...]:
        """Its own campaign and those of the other forms that it collects at the same time."""
        return (self, *self.others)

    def results_in(self, output: Path) -> Path:
        """Return where in ``output`` the results of the campaign lie."""
        return output / name_of(self.year) / self.part

    @property
    def typed(self) -> str:
        """The district and, where it is not the first, the form, as commands want them."""
        return typed(self.folder) + (f" --form {self.id}" if self.is_second else "")

    @property
    def id(self) -> str:
        """How commands call the campaign beside others: its form, or form and period."""
        return f"{self.form}:{name_of(self.year)}"

    def command(self, verb: str) -> str:
        """Return the command line that does ``verb`` with this campaign; it runs as it is printed."""
        return command(verb, self.folder) + self.typed.removeprefix(typed(self.folder))

    @property
    def roster(self) -> Path:
        """The file the agencies were read from."""
        return self.book or self.folder / ROSTER_NAME

    def where(self, table: str, key: str) -> str:
        """Say where a person writes the setting ``key`` of ``table``: in the workbook or in the text, whichever this district has."""
        if self.book or self.has_sample_roster:
            return f"{self.settings.name} 的“{SETTINGS}”的“{label_of(table, key)}”"
        return f"{CONFIG_NAME} 的 [{table}] 的 {key}"

    @property
    def settings(self) -> Path:
        """The file in which a person writes settings; while nothing is filled in, that is the workbook."""
        return self.book or self.folder / (BOOK_NAME if self.has_sample_roster else CONFIG_NAME)

    def remarks(self, *, came_by_mail: bool) -> tuple[str, ...]:
        """Return what a coordinator must know of the campaign, in sentences; of mails, if any file came by one."""
        has_mails = came_by_mail or self.mail.fetches
        named = UNVERIFIED.format(where=self.where("mail", "authserv_id"))
        unverified = named if has_mails and not self.mail.authserv_id else ""
        return tuple(filter(None, (unverified, self.closed_remark)))

    @property
    def trusted_senders(self) -> tuple[str, ...]:
        """Addresses whose mail counts as put into the inbox by hand: the office's own and those of ``[mail] trusted``."""
        return tuple(address for address in (*self.mail.trusted, self.people.email) if address)

    @property
    def layouts(self) -> Path:
        """Where the district's own template and Word layout lie."""
        return self.folder / LAYOUTS_NAME / self.part


@disk()
def load_district(folder: Path, today: date | None = None) -> District:
    """Load and check the district in ``folder``, written as text or as a workbook.

    Mergers count from their day on; without ``today`` all of them do. Raises ConfigError with file and place and remedy,
    EnvironmentFailedError.
    """
    if folder.is_file():
        raise ConfigError(
            f"这是文件，不是文件夹。请写放着 {BOOK_NAME} 或 {CONFIG_NAME} 的文件夹。", file=folder
        )
    book, config, roster = find_book(folder), folder / CONFIG_NAME, folder / ROSTER_NAME
    if book is None:
        return _noted(_from_text(folder, today))
    written = read_book(book)
    is_sample = is_untouched(config, roster)
    if written.is_blank and config.is_file():
        return _noted(_from_text(folder, today))
    own = _from_book(folder, written, today)
    if not is_sample:
        _refuse_differences(own, config, roster, partial(_from_text, folder, today))
    return own


def _noted(district: District) -> District:
    """Say of a district, and of its other campaigns, that its list is the sample, if it is."""
    if not is_sample_roster(district.folder / ROSTER_NAME):
        return district
    note = (
        f"现在用的是样例名单，不记单位的代码，也不写信。"
        f"请填写 {BOOK_NAME} 的“设置”和“名单”（或者改 {CONFIG_NAME} 和 {ROSTER_NAME}），再运行一次。"
    )
    others = tuple(replace(item, has_sample_roster=True) for item in district.others)
    return replace(district, note=note, has_sample_roster=True, others=others)


def refuse_sample_roster(district: District, why: str) -> None:
    """Raise ConfigError where the list is the sample: what is kept for its codes would be kept for other bodies."""
    if district.has_sample_roster:
        raise ConfigError(
            f"名单还是样例，{why}。请先填写 {BOOK_NAME} 的“名单”（或者改 {ROSTER_NAME}），再运行一次。",
            file=district.folder,
        )


def _from_book(folder: Path, written: Contents, today: date | None) -> District:
    source, roster, excepted = settled(written)
    own = _district(folder, source, roster, today)
    mine = tuple(item for item in excepted if item.form in {"", own.form, own.id})
    others = tuple(
        replace(
            other,
            book=written.file,
            excepted=tuple(item for item in excepted if item.form in {other.form, other.id}),
        )
        for other in own.others
    )
    return replace(own, book=written.file, excepted=mine, others=others)


def _from_text(folder: Path, today: date | None) -> District:
    path = folder / CONFIG_NAME
    if path.with_name(f"{CONFIG_NAME}.txt").is_file() and not path.is_file():
        raise ConfigError(f"{MISNAMED}保存的设置都在里面，改名后直接再运行。", file=folder)
    if not path.is_file():
        raise ConfigError(
            f"这里没有 {BOOK_NAME}，也没有 {CONFIG_NAME}。以前有的，请从备份或回收站放回这里；"
            f"新的区县请先运行 {command('init', folder)} 建立文件夹。",
            file=folder,
        )
    source = TomlSource(decoded(read_whole(path), path), str(path))
    _refuse_misplaced(source)
    source.refuse_unknown_tables({*_SETTINGS, *_TABLES})
    written = _campaign(source.top(), folder)
    return _district(folder, source, load_roster(folder / ROSTER_NAME, written.level), today)


def _campaign(top: TomlTable, folder: Path) -> _CampaignSettings:
    """Return the settings of the campaign; ``year`` is its period, however it was written.

    What is made up for years later is collected beside it, never by itself: there the year was mistyped.
    """
    found = _checked(top, top.into(_CampaignSettings), folder)
    found = replace(found, name=seen(found.name))
    if is_too_late(found.year, found.deadline):
        problem = (
            f"截止日期（deadline）{found.deadline} 离{title_of(found.year)}结束已有一年多，"
            "请核对报告年度（year）和截止日期，改正写错的一项；补收以前年度的，写在 [[forms]] 里。"
        )
        raise top.fault(problem, "period" if found.period else "year")
    return found


def _checked(top: TomlTable, written: _CampaignSettings, folder: Path) -> _CampaignSettings:
    if written.level not in LEVELS:
        raise top.fault(f"级别（level）应为“{'”或“'.join(LEVELS)}”。", "level")
    if type(written.deadline) is not date or written.deadline.year > _LAST_YEAR:
        raise top.fault("截止日期（deadline）应写成日期，例如 2024-01-31，不加引号。", "deadline")
    if not is_known(written.form, folder):
        raise top.fault(unknown(written.form, folder), "form")
    period = _period(top, written, period_of(written.form, folder))
    if not _FIRST_YEAR <= year_in(period) <= _LAST_YEAR:
        raise top.fault("报告年度（year）应为四位年份，例如 2023。", "year")
    ends = bounds_of(period)[1]
    if kind_of(period) == "year" and written.deadline.year <= period:
        raise top.fault(
            f"截止日期（deadline）应在报告年度（{period} 年）结束以后，例如 {period + 1}-01-31。",
            "deadline",
        )
    if written.deadline <= ends:
        problem = f"截止日期（deadline）应在{title_of(period)}结束（{ends}）以后。"
        raise top.fault(problem, "deadline")
    return replace(written, year=period)


def _period(top: TomlTable, written: _CampaignSettings, kind: PeriodKind) -> Period:
    """Return the period that is reported, which is of ``kind``. Raises ConfigError."""
    if not written.period:
        if not written.year:
            problem = "应为四位年份" if "year" in top.values else "没有填写"
            raise top.fault(f"报告年度（year）{problem}，例如 2023。", "year" if "year" in top.values else "")
        if kind != "year":
            example = EXAMPLES[kind]
            raise top.fault(f"这份表样不是一年一报，报告期（period）应写成 {example} 这样。", "year")
        return written.year
    period = named(written.period)
    if period is None or kind_of(period) != kind:
        raise top.fault(f"报告期（period）应写成 {EXAMPLES[kind]} 这样。", "period")
    if written.year not in {0, year_in(period)}:
        raise top.fault("year 与 period 不一致，请只留 period。", "year")
    return period


def _district(
    folder: Path, source: TomlSource | BookSource, roster: tuple[Agency, ...], today: date | None
) -> District:
    written = _campaign(source.top(), folder)
    agencies = tuple(item for item in roster if not _is_merged(item, today))
    if not agencies:
        file = source.file if isinstance(source, BookSource) else folder / ROSTER_NAME
        raise ConfigError("名单中的单位都写了并入，没有单位报送。", file=file)
    mail = mail_settings(source.table("mail"), folder)
    people = people_of(source.table("people"))
    if mail.sends and not people.email:
        raise source.table("mail").fault(
            "写了发信服务器，还要在 [people] 中写明 email，即信从哪个邮箱发出。", "smtp_host"
        )
    own = District(
        folder=folder,
        name=written.name,
        level=written.level,
        year=written.year,
        form=written.form,
        deadline=written.deadline,
        agencies=agencies,
        rules=rule_settings(source.table("rules")),
        mail=mail,
        people=people,
        calendar=calendar_of(source.table("calendar")),
        merged=tuple(item for item in roster if _is_merged(item, today)),
        form_mark=own_mark(written.form, folder),
        collector=office_of(written.form, folder),
        today=today,
    )
    others = _others(own, source.tables(FORMS))
    given = _divided(source.tables("extension"), (own, *others))
    own, *others = (
        replace(item, extensions=extensions_of(sections, roster, item.deadline))
        for item, sections in zip((own, *others), given, strict=True)
    )
    if not others:
        return own
    collected = tuple((item.form, item.year) for item in (own, *others))
    return replace(
        own, collected=collected, others=tuple(replace(item, collected=collected) for item in others)
    )


def _divided(sections: Sequence[TomlTable], campaigns: Sequence[District]) -> list[list[TomlTable]]:
    """Return the extensions of each campaign: those that name none are of the first. Raises ConfigError for one that names no other."""
    found: list[list[TomlTable]] = [[] for _ in campaigns]
    for section in sections:
        form = section.values.get("form", "")
        meant = [at for at, item in enumerate(campaigns) if form in (item.form, item.id)] if form else [0]
        if len(meant) != 1:
            there = "、".join(possible_names(form, [(item.form, item.id) for item in campaigns]))
            raise section.fault(
                f"表样（form）写明是哪一份表的延期，应为：{there}；第一份表的不用写。", "form"
            )
        found[meant[0]].append(section)
    return found


def _others(own: District, sections: Sequence[TomlTable]) -> list[District]:
    """Return the campaigns of the forms that are collected besides. Raises ConfigError with file, line and remedy."""
    found: list[District] = []
    for section in sections:
        plain = {name: value for name, value in section.values.items() if name != "rules"}
        asked = replace(section, values=plain).into(_CampaignSettings, name=own.name, level=own.level)
        written = _checked(section, asked, own.folder)
        if problem := left_over(written.year, written.deadline, own.year, own.deadline):
            raise section.fault(problem, "deadline")
        if any((item.form, item.year) == (written.form, written.year) for item in (own, *found)):
            raise section.fault(f"表样“{written.form}”的这一期写了两次，请只留一个。", "form")
        found.append(
            replace(
                own,
                year=written.year,
                form=written.form,
                deadline=written.deadline,
                rules=rule_settings(section.table("rules")),
                excepted=(),
                form_mark=own_mark(written.form, own.folder),
                collector=office_of(written.form, own.folder),
                part="" if written.form == own.form else written.form,
                is_second=True,
            )
        )
    return found


def _is_merged(agency: Agency, today: date | None) -> bool:
    return agency.merged_on is not None and (today is None or agency.merged_on <= today)


def _refuse_misplaced(source: TomlSource) -> None:
    """Refuse a setting whose table is still commented out: it would stand at the top."""
    for table, kind in _BELONGING.items():
        misplaced = next((item.name for item in fields(kind) if item.name in source.values), None)
        if misplaced:
            raise source.top().fault(
                f"“{misplaced}”应写在 [{table}] 下面；请去掉“[{table}]”一行前面的 #。", misplaced
            )


@dataclass(frozen=True, slots=True)
class _CampaignSettings:
    name: str
    level: str
    form: str
    deadline: date
    year: int = 0
    period: str = ""


def _refuse_differences(own: District, config: Path, roster: Path, other: Callable[[], District]) -> None:
    """Refuse a workbook beside text files that say something else. Raises ConfigError that names what differs and where."""
    there = [path.name for path in (config, roster) if path.is_file()]
    if not there:
        return
    remedy = f"请只留一种：用 {BOOK_NAME} 的，把 {'、'.join(there)} 移到别的文件夹；用文字设置的，把 {BOOK_NAME} 移走。"
    if config.is_file() and roster.is_file():
        differing = differences(own, other())
    elif roster.is_file():
        listed = sorted(load_roster(roster, own.level), key=lambda item: item in own.merged)
        differing = unlike_agencies(own.roster_agencies, tuple(listed))
    else:
        differing = [f"{CONFIG_NAME} 旁边没有 {ROSTER_NAME}，不知道以哪个为准"]
    if differing:
        shown = first_of(differing, MOST_SHOWN, "等 {} 处", between="；")
        raise ConfigError(f"{BOOK_NAME} 与 {'、'.join(there)} 不一致：{shown}。{remedy}", file=own.folder)
