"""A district folder goes in; who reports, for which year and by when comes out.

Wrong configuration is refused here, with file, line and remedy, before anything else is touched.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.district.mail_settings import NO_MAIL, MailSettings, mail_settings
from pipeline.district.people import NO_PEOPLE, People
from pipeline.district.rule_settings import AS_THE_FORM_SAYS, Rules, rule_settings
from pipeline.district.workdays import PLAIN_CALENDAR, Calendar, Extension, calendar_of, extensions_of
from pipeline.model import Agency, ConfigError
from pipeline.toml_source import TomlSource

CONFIG_NAME = "district.toml"
ROSTER_NAME = "agencies.csv"
INBOX_NAME = "inbox"
LAYOUTS_NAME = "input_templates"
LEVELS = ("设区的市", "县区")
DEFAULT_LEVEL = "县区"
"""Taken where a file is judged without a roster and its template does not say."""
ROSTER_COLUMNS = ("code", "name", "aliases", "kind", "level", "contact", "phone", "email")
_SETTINGS = ("name", "level", "year", "form", "deadline")
_TABLES = ("rules", "mail", "people", "calendar", "extension")
_REQUIRED_COLUMNS = ("code", "name")


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
    rules: Rules = AS_THE_FORM_SAYS
    mail: MailSettings = NO_MAIL
    people: People = NO_PEOPLE
    calendar: Calendar = PLAIN_CALENDAR
    extensions: tuple[Extension, ...] = ()

    def deadline_of(self, code: str) -> date:
        """Return the last day on which the agency with ``code`` is in time."""
        return next((item.until for item in self.extensions if item.agency == code), self.deadline)

    @property
    def office(self) -> str:
        """Who signs letters."""
        return self.people.office or f"{self.name}政务公开办"

    @property
    def inbox(self) -> Path:
        """Where the submissions lie."""
        return self.folder / INBOX_NAME

    @property
    def trusted_senders(self) -> tuple[str, ...]:
        """Addresses whose mail counts as put into the inbox by hand: the office's own and those of ``[mail] trusted``."""
        return tuple(address for address in (*self.mail.trusted, self.people.email) if address)

    @property
    def layouts(self) -> Path:
        """Where the district's own template and Word layout lie."""
        return self.folder / LAYOUTS_NAME


def load_district(folder: Path) -> District:
    """Load and check the district in ``folder``. Raises ConfigError with file, line and remedy."""
    path = folder / CONFIG_NAME
    if not path.is_file():
        raise ConfigError(
            f"这里没有 {CONFIG_NAME}。请先运行 nianbao init {folder} 建立区县文件夹。", file=folder
        )
    source = TomlSource(_decode(path.read_bytes(), path), str(path))
    source.refuse_unknown_tables({*_SETTINGS, *_TABLES})
    top = source.top()
    written = top.into(_Campaign)
    if written.level not in LEVELS:
        raise top.fault(f"level 应为“{'”或“'.join(LEVELS)}”。", "level")
    if type(written.deadline) is not date:
        raise top.fault("deadline 应写成日期，例如 2024-01-31，不加引号。", "deadline")
    if not 2000 <= written.year <= 2999:  # noqa: PLR2004 - the years a four-digit slip would miss
        raise top.fault("year 应为四位年份，例如 2023。", "year")
    agencies = load_roster(folder / ROSTER_NAME, written.level)
    mail = mail_settings(source.table("mail"), folder)
    people = source.table("people").into(People)
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
        extensions=extensions_of(source.tables("extension"), agencies),
    )


@dataclass(frozen=True, slots=True)
class _Campaign:
    name: str
    level: str
    year: int
    form: str
    deadline: date


def load_roster(path: Path, level: str) -> tuple[Agency, ...]:
    """Read agencies.csv (UTF-8 with or without BOM, or GBK); an empty level is the district's ``level``."""
    if not path.is_file():
        raise ConfigError("找不到报送单位名单。请把名单放在 district.toml 旁边。", file=path)
    rows = list(csv.reader(io.StringIO(_decode(path.read_bytes(), path))))
    header = [name.strip() for name in rows[0]] if rows else []
    _check_header(header, path)
    agencies: list[Agency] = []
    for line, row in enumerate(rows[1:], 2):
        if any(value.strip() for value in row):
            agencies.append(_agency(header, row, level, path, line))
    if not agencies:
        raise ConfigError("名单是空的，请至少写一个单位。", file=path, line=2)
    _refuse_twins(agencies, path)
    return tuple(agencies)


def normalised(name: str) -> str:
    """Fold a name for comparison: full-width forms, spaces and line breaks make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def _decode(content: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError("文字编码无法识别，请另存为 UTF-8。", file=path)


def _check_header(header: list[str], path: Path) -> None:
    for name in header:
        if name not in ROSTER_COLUMNS:
            raise ConfigError(f"不认识的列“{name}”，应为：{'、'.join(ROSTER_COLUMNS)}。", file=path, line=1)
    for name in _REQUIRED_COLUMNS:
        if name not in header:
            raise ConfigError(f"缺少“{name}”列。", file=path, line=1)


def _agency(header: list[str], row: list[str], level: str, path: Path, line: int) -> Agency:
    if len(row) > len(header) and any(value.strip() for value in row[len(header) :]):
        raise ConfigError("这一行的列数比表头多；单位名称中如有逗号，请用引号括起来。", file=path, line=line)
    values: Mapping[str, str] = dict(zip(header, (value.strip() for value in row), strict=False))
    for name in _REQUIRED_COLUMNS:
        if not values.get(name):
            raise ConfigError(f"“{name}”没有填写。", file=path, line=line)
    own_level = values.get("level") or level
    if own_level not in LEVELS:
        raise ConfigError(f"level 应为空，或“{'”或“'.join(LEVELS)}”。", file=path, line=line)
    return Agency(
        code=values["code"],
        name=values["name"],
        kind=values.get("kind", ""),
        level=own_level,
        aliases=_several(values.get("aliases", "")),
        contact=values.get("contact", ""),
        phone=values.get("phone", ""),
        emails=_several(values.get("email", "")),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("；", ";").split(";") if part.strip())


def _refuse_twins(agencies: Iterable[Agency], path: Path) -> None:
    """Refuse a code, name or alias that means two agencies: every later answer would be a guess."""
    owners: dict[str, Agency] = {}
    for agency in agencies:
        for name in {normalised(name) for name in (agency.code, agency.name, *agency.aliases)}:
            other = owners.setdefault(name, agency)
            if other is not agency:
                raise ConfigError(
                    f"“{name}”出现在两个单位：{other.code} {other.name} 和 {agency.code} {agency.name}。"
                    "代码、名称和简称不能重复。",
                    file=path,
                )
