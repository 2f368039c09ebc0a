"""A coordinator's decision about one agency and one rule goes in; the ledger keeps it, or a sentence says why it cannot.

An exception is named: why, by whom and, if it is so, until when. It counts from the next night on.
"""

from __future__ import annotations

import getpass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.roster import named, normalised
from pipeline.forms.form import Form
from pipeline.ledger import Ledger, codes, open_ledger, waivers
from pipeline.machine.environment import command
from pipeline.model import Agency, ConfigError, Waiver


def grant(district: District, output: Path, waiver: Waiver) -> Waiver:
    """Except ``waiver.agency`` (a code, name or alias) from a rule; return it as kept. Raises ConfigError where it may not be."""
    agency = agency_of(district, waiver.agency)
    rule = waiver.rule.upper()
    _check_rule(form_of(district), rule)
    for what, value in (("reason", waiver.reason), ("by", waiver.person)):
        if not value.strip():
            raise ConfigError(f"--{what} 没有填写。例外要写明理由和同意的人，请补上后重新运行。")
    if waiver.until and waiver.until < waiver.given_at.date():
        raise ConfigError(f"--until {waiver.until} 已经过去了。请写以后的日期，或者不写（长期有效）。")
    kept = Waiver(
        agency.code, rule, waiver.reason.strip(), waiver.person.strip(), waiver.given_at, waiver.until
    )
    with open_ledger(output) as ledger:
        codes.check_codes(ledger, district.agencies, district.roster)
        waivers.grant(ledger, district.year, kept)
    return kept


def settle(ledger: Ledger, district: District, *, now: datetime) -> None:
    """Keep what the sheet 例外 of the district's workbook asks for, where the ledger does not hold it yet.

    Who agreed is the coordinator where the sheet names nobody.
    """
    if not district.excepted:
        return
    there = {(item.agency, item.rule): item for item in waivers.in_force(ledger, district.year, now.date())}
    for row in district.excepted:
        code, by = agency_of(district, row.agency).code, row.person or person(district, None)
        known = there.get((code, row.rule))
        if row.ends:
            if known:
                waivers.withdraw(ledger, district.year, code, row.rule, by=by, at=now)
            continue
        is_over = row.until is not None and row.until < now.date()
        if not is_over and (
            known is None or (known.reason, known.person, known.until) != (row.reason, by, row.until)
        ):
            waivers.grant(ledger, district.year, Waiver(code, row.rule, row.reason, by, now, row.until))


def withdraw(district: District, output: Path, agency: str, rule: str, *, by: str, at: datetime) -> None:
    """End an exception. Raises ConfigError if there is none."""
    found = agency_of(district, agency)
    with open_ledger(output) as ledger:
        codes.check_codes(ledger, district.agencies, district.roster)
        if not waivers.withdraw(ledger, district.year, found.code, rule.upper(), by=by.strip(), at=at):
            raise ConfigError(
                f"{found.name}对规则 {rule} 没有例外。用 {command('status', district.folder)} 查看现有的例外。"
            )


def person(district: District, by: str | None) -> str:
    """Return who grants: ``by``, else the coordinator of district.toml, else the login name. Raises ConfigError if nobody is known."""
    if by is not None:
        return by.strip()
    if district.people.coordinator:
        return district.people.coordinator
    try:
        return getpass.getuser()
    except (OSError, ImportError, KeyError):
        raise ConfigError("不知道是谁同意的。请用 --by 写明同意的人。") from None


def day_of(text: str | None) -> date | None:
    """Read the day up to which an exception holds. Raises ConfigError."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--until 的日期“{text}”写法不对，例如 2024-03-31。") from None


def agency_of(district: District, wanted: str) -> Agency:
    """Return the agency with this code, name or alias; on a roster these mean one each."""
    spelled = named(district.agencies)
    found = spelled.get(normalised(wanted))
    if found:
        return found
    near = get_close_matches(normalised(wanted), spelled, n=3)
    meant = f"是不是：{'、'.join(near)}？" if near else "请查看 agencies.csv 的 code 列。"
    raise ConfigError(f"名单中没有“{wanted}”。{meant}")


def _check_rule(form: Form, wanted: str) -> None:
    """Refuse a rule that there is not, and one from which nobody may be excepted."""
    rule = form.rules_by_id.get(wanted)
    if rule is None:
        near = get_close_matches(wanted.upper(), form.rules_by_id, n=3)
        meant = f"是不是：{'、'.join(near)}？" if near else "规则的编号见问题清单的“规则”列，例如 T3-04。"
        raise ConfigError(f"没有规则“{wanted}”。{meant}")
    if not form.may_waive(wanted):
        raise ConfigError(f"规则 {wanted} 不能作例外：{rule.title}。请让单位改正后重新报送。")
