"""What a person decides goes in, in the words that messages print; the ledger keeps it, or a sentence says why it cannot.

A decision has a person, a day and a reason, counts from the next run on, and can be revoked.
"""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from pipeline.district import settings_titles as titles
from pipeline.district import settings_values
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.roster import named, normalised
from pipeline.district.settings_checks import no_exception
from pipeline.district.settings_fields import EXCEPTIONS
from pipeline.forms.form import Form
from pipeline.ledger import Ledger, decisions, letters
from pipeline.ledger import judged_files as standing
from pipeline.ledger.access import open_campaign
from pipeline.ledger.judged_files import JudgedFile
from pipeline.model import Agency, ConfigError, Decision, DecisionKind, Severity, Verdict
from pipeline.versions import Versions

ABOUT_FILES = (DecisionKind.ACCEPT, DecisionKind.DISMISS)
_NAMES: Mapping[DecisionKind, tuple[str, ...]] = {
    DecisionKind.RETURN: ("单位", "第几次（可以不写）"),
    DecisionKind.COUNT: ("单位", "第几次"),
    DecisionKind.ACCEPT: ("文件", "单位（文件看不出单位时写）"),
    DecisionKind.WAIVE: ("单位", "规则"),
    DecisionKind.REFUSE: ("单位", "规则"),
    DecisionKind.EXTEND: ("单位", "日期"),
    DecisionKind.DISMISS: ("文件",),
}
_EXTENDED = 5
"""Days that an extension may give, to show how one is written."""
_NEEDED = {DecisionKind.COUNT: 2, DecisionKind.WAIVE: 2, DecisionKind.REFUSE: 2, DecisionKind.EXTEND: 2}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision as it is typed: ``about`` are an agency (code, name or alias) or a file, and what else its kind asks for."""

    kind: DecisionKind
    about: tuple[str, ...]
    reason: str
    person: str
    at: datetime
    until: date | None = None
    after: int | None = None
    """The newest arrival that whoever decides has seen; None: all that there are."""
    envelope: int = 0
    """The number of the arrival that is meant; 0: whatever waits at the path of the file."""
    seen: str = ""
    """The sign of what the rule had found when whoever decides saw it; empty: whatever it finds."""


def decide(district: District, output: Path, wanted: Wanted) -> list[Decision]:
    """Record the decision; return what was kept: several where one name means several files. Raises ConfigError."""
    _check_words(wanted)
    with open_campaign(district, output) as (ledger, district):
        made = _made(district, ledger, wanted)
        for decision in made:
            decisions.give(ledger, district.year, decision)
    return made


def revoke(district: District, output: Path, wanted: Wanted) -> list[Decision]:
    """End what was decided; return it. Raises ConfigError if nothing of the kind holds."""
    if wanted.kind is not DecisionKind.RELEASE:
        _check_names(wanted, least=1)
    with open_campaign(district, output) as (ledger, district):
        known = decisions.of_kind(decisions.in_force(ledger, district.year), wanted.kind)
        if wanted.kind is DecisionKind.RELEASE:
            ended = _release_that_waits(ledger, district, known)
        else:
            ended = [item for item in known if _is_meant(district, known, wanted, item)]
        if not ended:
            raise ConfigError(
                f"没有这样的决定：{wanted.kind.value} {' '.join(wanted.about)}。"
                f"用 {district.command('status')} 查看现有的决定。"
            )
        for item in ended:
            decisions.revoke(
                ledger, district.year, item, by=wanted.person, at=wanted.at, reason=wanted.reason
            )
    return ended


def revoke_one(district: District, output: Path, number: int, *, by: str, reason: str, at: datetime) -> None:
    """End the decision that the ledger knows by ``number``. Raises ConfigError if it does not hold, or cannot end any more."""
    with open_campaign(district, output) as (ledger, district):
        known = decisions.in_force(ledger, district.year)
        meant = [item for item in known if item.number == number]
        if meant and meant[0].kind is DecisionKind.RELEASE:
            meant = _release_that_waits(ledger, district, meant)
        if not meant:
            raise ConfigError("这个决定已经不再有效。")
        decisions.revoke(ledger, district.year, meant[0], by=by, at=at, reason=reason)


def _release_that_waits(ledger: Ledger, district: District, known: Sequence[Decision]) -> list[Decision]:
    """Return the release whose letter has not left yet. Raises ConfigError where all have."""
    gone = {item.key for item in letters.of_year(ledger, district.year) if item.state.is_gone}
    waits = [item for item in known if item.letter not in gone]
    if known and not waits:
        raise ConfigError("更正已经报出，不能撤销；要再改，请让单位重新报送，然后另作更正。")
    return waits


def person(district: District, by: str | None) -> str:
    """Return who decides: ``by``, else the coordinator of the settings, else the login name. Raises ConfigError if nobody is known."""
    if by is not None:
        return by.strip()
    if district.people.coordinator:
        return district.people.coordinator
    try:
        return getpass.getuser()
    except (OSError, ImportError, KeyError):
        raise ConfigError("不知道是谁决定的。请写明决定的人（待办.xlsx 的“决定人”，命令的 --by）。") from None


def day_of(text: str | None, option: str = "--until 的日期") -> date | None:
    """Read a day. Raises ConfigError."""
    if text is None:
        return None
    found = settings_values.day_of(text)
    if found is None:
        raise ConfigError(f"{option}“{text}”写法不对，例如 2024-03-31。")
    return found


def agency_of(district: District, wanted: str) -> Agency:
    """Return the agency with this code, name or alias; on a roster these mean one each."""
    spelled = named(district.roster_agencies)
    found = spelled.get(normalised(wanted))
    if found:
        return found
    near = get_close_matches(normalised(wanted), spelled, n=3)
    meant = f"是不是：{'、'.join(near)}？" if near else "请查看单位名单的“代码”列。"
    raise ConfigError(f"名单中没有“{wanted}”。{meant}")


def _check_words(wanted: Wanted) -> None:
    for what, value in (("reason", wanted.reason), ("by", wanted.person)):
        if not value.strip():
            raise ConfigError(f"--{what} 没有填写。请写明理由和决定的人，然后重新运行。")
    _check_names(wanted, least=_NEEDED.get(wanted.kind, 1))


def _check_names(wanted: Wanted, *, least: int) -> None:
    names = _NAMES[wanted.kind]
    given = len(wanted.about) + (wanted.kind is DecisionKind.EXTEND and wanted.until is not None)
    if not least <= given <= len(names):
        raise ConfigError(f"{wanted.kind.value} 后面依次写：{'、'.join(names)}。")


def _made(district: District, ledger: Ledger, wanted: Wanted) -> list[Decision]:
    if wanted.kind is DecisionKind.DISMISS:
        return _dismissals(district, ledger, wanted)
    if wanted.kind is DecisionKind.ACCEPT:
        return _acceptances(district, ledger, wanted)
    agency = agency_of(district, wanted.about[0])
    plain = Decision(wanted.kind, wanted.reason.strip(), wanted.person.strip(), wanted.at, agency.code)
    match wanted.kind:
        case DecisionKind.WAIVE | DecisionKind.REFUSE:
            return [_waiver(district, plain, wanted)]
        case DecisionKind.EXTEND:
            return [_extension(district, plain, wanted)]
        case _:
            return [_about_version(district, ledger, plain, agency, wanted)]


def _waiver(district: District, plain: Decision, wanted: Wanted) -> Decision:
    rule = wanted.about[1].upper()
    _check_rule(form_of(district), rule)
    if wanted.until and wanted.until < wanted.at.date():
        raise ConfigError(f"--until {wanted.until} 已经过去了。请写以后的日期，或者不写（长期有效）。")
    return replace(plain, rule=rule, until=wanted.until, seen=wanted.seen)


def _extension(district: District, plain: Decision, wanted: Wanted) -> Decision:
    until = day_of(wanted.about[1], "日期") if wanted.about[1:] else wanted.until
    if until is None or until <= district.deadline:
        raise ConfigError(f"延期的日期要晚于截止日期，例如 {district.deadline + timedelta(days=_EXTENDED)}。")
    return replace(plain, until=until)


def _about_version(
    district: District, ledger: Ledger, plain: Decision, agency: Agency, wanted: Wanted
) -> Decision:
    own = standing.by_agency(standing.filed(ledger, district.year)).get(agency.code, Versions())
    version = _number(wanted.about[1]) if wanted.about[1:] else own.counting.version if own.counting else 0
    item = next((item for item in own.files if item.version == version), None)
    if item is None or not item.verdict.is_acceptance:
        raise ConfigError(_no_such_version(agency, own, version))
    if wanted.kind is DecisionKind.RETURN and own.counting and own.counting is not item:
        raise ConfigError(f"{agency.name}{already_counts(wanted.kind, version, own.counting.version)}。")
    last = decisions.last_arrival(ledger, district.year)
    return replace(plain, version=version, after=last if wanted.after is None else wanted.after)


def already_counts(kind: DecisionKind, version: int, counting: int) -> str:
    """Say that what was decided of a version changes nothing, because another one counts."""
    undone = "退回" if kind is DecisionKind.RETURN else "改为计入"
    return f"已有第 {counting} 次报送计入，第 {version} 次没有{undone}"


def _no_such_version(agency: Agency, own: Versions[JudgedFile], version: int) -> str:
    accepted = [str(item.version) for item in own.files if item.verdict.is_acceptance]
    if any(item.version == version and item.is_sent_back for item in own.files):
        return f"{agency.name}第 {version} 次报送已由办公室退回；要让它计入，请先撤销退回的决定（在 待办.xlsx 的“已决定”里选，或者用 --revoke）。"
    said = f"合格的是第 {'、'.join(accepted)} 次" if accepted else "还没有合格的报送"
    if not version:
        return f"{agency.name}{said if not accepted else f'没有计入的报送；{said}'}。"
    is_there = any(item.version == version for item in own.files)
    return f"{agency.name}{f'第 {version} 次报送不是合格的' if is_there else f'没有第 {version} 次报送'}；{said}。"


def _number(text: str) -> int:
    digits = text.strip().removeprefix("第").removesuffix("次").strip()
    if not digits.isdecimal():
        raise ConfigError(f"“{text}”不是第几次，请写数字，例如 1。")
    return int(digits)


def _dismissals(district: District, ledger: Ledger, wanted: Wanted) -> list[Decision]:
    there = decisions.waiting(ledger, district.year)
    return [
        Decision(
            wanted.kind,
            wanted.reason.strip(),
            wanted.person.strip(),
            wanted.at,
            envelope=number,
            file=there[number],
        )
        for number in _waiting_files(there, district, wanted)
    ]


def _waiting_files(there: Mapping[int, str], district: District, wanted: Wanted) -> list[int]:
    """Return the numbers of the files that wait and are meant: the one that a person saw, or those at a path."""
    if not wanted.envelope:
        return _files_meant(there, district, wanted.about[0], "待核实")
    if wanted.envelope not in there:
        raise ConfigError(f"文件“{wanted.about[0]}”已经不待核实了。")
    if wanted.about[0] not in {there[wanted.envelope], there[wanted.envelope].replace("|", "_")}:
        raise ConfigError(
            f"“编号”里的文件是“{wanted.about[0]}”，号数却是“{there[wanted.envelope]}”的，没有办；请不要改“编号”一栏。"
        )
    return [wanted.envelope]


def _acceptances(district: District, ledger: Ledger, wanted: Wanted) -> list[Decision]:
    there = decisions.waiting(ledger, district.year)
    given = agency_of(district, wanted.about[1]).code if wanted.about[1:] else ""
    filed = {item.envelope: item for item in standing.filed(ledger, district.year)}
    form = form_of(district)
    made = []
    for number in _waiting_files(there, district, wanted):
        item = filed[number]
        if why := why_not_accepted(form, district, item):
            raise ConfigError(why)
        if is_of_two(item) and not given:
            raise ConfigError(
                "模板是发给一家单位的，填报单位写的却是另一家。请先问清楚数据是哪个单位的，"
                "在 待办.xlsx 中写在“补充”，用命令的写在文件名后面。"
            )
        code = given or item.agency
        if not code:
            raise ConfigError(
                "看不出这个文件是哪个单位的。请写明单位：在 待办.xlsx 中写在“补充”，用命令的写在文件名后面。"
            )
        plain = Decision(wanted.kind, wanted.reason.strip(), wanted.person.strip(), wanted.at, code)
        made.append(replace(plain, envelope=number, file=there[number]))
    return made


def is_of_two(item: JudgedFile) -> bool:
    """Whether a file was filled in for another agency than the one whose template it is."""
    return any((finding.code, finding.variant) == ("F02", "conflict") for finding in item.findings)


def why_not_accepted(form: Form, district: District, item: JudgedFile) -> str:
    """Say why accepting a file would not let it count, and what to do instead; empty where it may be accepted."""
    if item.verdict is not Verdict.HELD:
        return ""
    if any(finding.is_unread for finding in item.findings):
        return "这个文件里没有读出填报的内容，不能准予接收。请让单位用模板重新报送，这个文件记为“不是报送”。"
    if not any(finding.is_open for finding in item.findings):
        return ""
    rules = [
        finding.code
        for finding in item.findings
        if finding.variant in form.checks and finding.severity is Severity.ERROR and not finding.waived
    ]
    if not rules:
        return ""
    refusal = f"这个文件的勾稽关系（{'、'.join(dict.fromkeys(rules))}）还不成立，接收了也不能计入。请让单位改正后重新报送"
    if not all(map(form.may_waive, rules)):
        return f"{refusal}。"
    of_form = f"（“{titles.FORM}”写 {district.id}）" if district.is_second else ""
    before = (
        f"先在 {district.book.name} 的“{EXCEPTIONS}”写明{of_form}"
        if district.book
        else f"先用 {district.command('waive')} "
    )
    return f"{refusal}；确有特殊情况的，{before}准予例外，再接收。"


def _is_meant(district: District, known: Sequence[Decision], wanted: Wanted, item: Decision) -> bool:
    """Whether ``item`` is what ``wanted.about`` names; a number or a rule that is not given means any."""
    if wanted.kind in ABOUT_FILES:
        paths = {other.envelope: other.file for other in known}
        return item.envelope in _files_meant(paths, district, wanted.about[0], _KEPT_WORDS[wanted.kind])
    if item.agency != agency_of(district, wanted.about[0]).code:
        return False
    if not wanted.about[1:]:
        return True
    said = wanted.about[1]
    match wanted.kind:
        case DecisionKind.WAIVE | DecisionKind.REFUSE:
            return item.rule == said.upper()
        case DecisionKind.RETURN | DecisionKind.COUNT:
            return item.version == _number(said)
        case _:
            return str(item.until) == said


_KEPT_WORDS = {DecisionKind.ACCEPT: "准予接收", DecisionKind.DISMISS: "记为不是报送"}


def _files_meant(there: Mapping[int, str], district: District, wanted: str, what: str) -> list[int]:
    """Return the numbers of the files called ``wanted``: a path as it is shown, that of a file of the inbox, or a name.

    One path may have held several files, one after the other; all of them are meant.
    """
    spelled = _in_inbox(district, wanted)
    same = {path for path in there.values() if PurePosixPath(path).name == spelled}
    if spelled not in there.values() and len(same) > 1:
        raise ConfigError(f"有几个{what}的文件叫“{wanted}”，请写明是哪一个：{'、'.join(sorted(same))}。")
    path = spelled if spelled in there.values() else next(iter(same), None)
    if path is None:
        raise ConfigError(f"没有{what}的文件“{wanted}”。请照 {district.command('status')} 列出的文件名写。")
    return [number for number, item in there.items() if item == path]


def _in_inbox(district: District, wanted: str) -> str:
    try:
        return Path(wanted).resolve().relative_to(district.inbox.resolve()).as_posix()
    except ValueError:
        return PurePosixPath(wanted.replace("\\", "/")).as_posix()


def _check_rule(form: Form, wanted: str) -> None:
    """Refuse a rule that there is not, and one from which nobody may be excepted."""
    if wanted not in form.rules_by_id:
        near = get_close_matches(wanted.upper(), form.rules_by_id, n=3)
        meant = f"是不是：{'、'.join(near)}？" if near else "规则的编号见问题清单的“规则”列，例如 T3-04。"
        raise ConfigError(f"没有规则“{wanted}”。{meant}")
    if not form.may_waive(wanted):
        raise ConfigError(no_exception(form, wanted))
