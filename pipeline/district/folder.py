"""A district folder goes in; who reports, for which year and by when comes out.

Wrong configuration is refused here, with file, line and remedy, before anything else is touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

from pipeline.district.mail_settings import NO_MAIL, MailSettings, mail_settings
from pipeline.district.people import NO_PEOPLE, People, people_of
from pipeline.district.roster import LEVELS, load_roster
from pipeline.district.rule_settings import AS_THE_FORM_SAYS, Rules, rule_settings
from pipeline.district.workdays import PLAIN_CALENDAR, Calendar, Extension, calendar_of, extensions_of
from pipeline.machine.environment import disk, typed
from pipeline.model import Agency, ConfigError, Decision, DecisionKind
from pipeline.toml_source import TomlSource, decoded

CONFIG_NAME = "district.toml"
ROSTER_NAME = "agencies.csv"
INBOX_NAME = "inbox"
LAYOUTS_NAME = "input_templates"
LAYOUT_NAME, STYLE_NAME = "report.docx", "report.css"
"""The district's own layout of Word reports and style of web reports, in its folder of layouts."""
MISNAMED = f"这里的设置文件叫 {CONFIG_NAME}.txt：记事本保存时加上了 .txt。请把它改名为 {CONFIG_NAME}；"
_SETTINGS = ("name", "level", "year", "form", "deadline")
_TABLES = ("rules", "mail", "people", "calendar", "extension")


_BELONGING = {"people": People, "mail": MailSettings, "calendar": Calendar}


@dataclass(frozen=True, slots=True)
class District:
    """A campaign: one district, one year, one form, its roster."""

    folder: Path
    name: str
    level: str
    year: int
    form: str
    deadline: date
    agencies: tuple[Agency, ...]
    """The bodies that report, in roster order."""
    rules: Rules = AS_THE_FORM_SAYS
    mail: MailSettings = NO_MAIL
    people: People = NO_PEOPLE
    calendar: Calendar = PLAIN_CALENDAR
    extensions: tuple[Extension, ...] = ()
    merged: tuple[Agency, ...] = ()
    """The bodies of the roster that are part of another one now and report no more by themselves."""

    @property
    def roster_agencies(self) -> tuple[Agency, ...]:
        """Every body that the roster names."""
        return (*self.agencies, *self.merged)

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
        return self.people.office or f"{self.name}政务公开办"

    @property
    def inbox(self) -> Path:
        """Where the submissions lie."""
        return self.folder / INBOX_NAME

    @property
    def roster(self) -> Path:
        """The file the agencies were read from."""
        return self.folder / ROSTER_NAME

    @property
    def trusted_senders(self) -> tuple[str, ...]:
        """Addresses whose mail counts as put into the inbox by hand: the office's own and those of ``[mail] trusted``."""
        return tuple(address for address in (*self.mail.trusted, self.people.email) if address)

    @property
    def layouts(self) -> Path:
        """Where the district's own template and Word layout lie."""
        return self.folder / LAYOUTS_NAME


@disk()
def load_district(folder: Path, today: date | None = None) -> District:
    """Load and check the district in ``folder``. Raises ConfigError with file, line and remedy, EnvironmentFailedError.

    Mergers count from their day on; without ``today`` all of them do.
    """
    path = folder / CONFIG_NAME
    if folder.is_file():
        raise ConfigError(f"这是文件，不是文件夹。请写放着 {CONFIG_NAME} 的文件夹。", file=folder)
    if path.with_name(f"{CONFIG_NAME}.txt").is_file() and not path.is_file():
        raise ConfigError(f"{MISNAMED}保存的设置都在里面，改名后直接再运行。", file=folder)
    if not path.is_file():
        raise ConfigError(
            f"这里没有 {CONFIG_NAME}。请先运行 nianbao init {typed(folder)} 建立区县文件夹。", file=folder
        )
    source = TomlSource(decoded(path.read_bytes(), path), str(path))
    _refuse_strays(source)
    source.refuse_unknown_tables({*_SETTINGS, *_TABLES})
    top = source.top()
    written = top.into(_Campaign)
    if written.level not in LEVELS:
        raise top.fault(f"level 应为“{'”或“'.join(LEVELS)}”。", "level")
    if type(written.deadline) is not date:
        raise top.fault("deadline 应写成日期，例如 2024-01-31，不加引号。", "deadline")
    if not 2000 <= written.year <= 2999:  # noqa: PLR2004 - the years a four-digit slip would miss
        raise top.fault("year 应为四位年份，例如 2023。", "year")
    if written.deadline.year <= written.year:
        raise top.fault(
            f"deadline 是截止报送的日期，应在报告年度（{written.year} 年）结束以后，例如 {written.year + 1}-01-31。",
            "deadline",
        )
    roster = load_roster(folder / ROSTER_NAME, written.level)
    agencies = tuple(item for item in roster if not _is_merged(item, today))
    if not agencies:
        raise ConfigError("名单中的单位都写了并入，没有单位报送。", file=folder / ROSTER_NAME)
    mail = mail_settings(source.table("mail"), folder)
    people = people_of(source.table("people"))
    if mail.smtp_host and not people.email:
        raise source.table("mail").fault(
            "写了发信服务器，还要在 [people] 中写明 email，即信从哪个邮箱发出。", "smtp_host"
        )
    return District(
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
        extensions=extensions_of(source.tables("extension"), roster, written.deadline),
        merged=tuple(item for item in roster if _is_merged(item, today)),
    )


def _is_merged(agency: Agency, today: date | None) -> bool:
    return agency.merged_on is not None and (today is None or agency.merged_on <= today)


def _refuse_strays(source: TomlSource) -> None:
    """Refuse a setting whose table is still commented out: it would stand at the top."""
    for table, kind in _BELONGING.items():
        stray = next((item.name for item in fields(kind) if item.name in source.values), None)
        if stray:
            raise source.top().fault(
                f"“{stray}”应写在 [{table}] 下面；请去掉“[{table}]”一行前面的 #。", stray
            )


@dataclass(frozen=True, slots=True)
class _Campaign:
    name: str
    level: str
    year: int
    form: str
    deadline: date
