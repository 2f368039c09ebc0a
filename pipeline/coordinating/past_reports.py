"""One file with an agency's report of an earlier year goes in, template or document; what can be taken from it comes out.

What a document does not say the coordinator may say, or its file name does; where two of them contradict each other, nothing
is taken. What was not found stays unknown, and what is known already is not forgotten for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.coordinating.import_report import ImportAnswers, Taken
from pipeline.forms.arithmetic import with_totals
from pipeline.intake.identify import identity
from pipeline.intake.read.labels import year_of
from pipeline.intake.read.past_figures import refused_labels
from pipeline.long_lists import first_of
from pipeline.model import Number, PastReport, Severity
from pipeline.periods import kind_of, name_of, period_before, scope_of, spaced_of, title_of
from pipeline.wording.messages import notice

if TYPE_CHECKING:
    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import Agency, Envelope, Finding, Reading

_DOCUMENT = "F08"
_HEADLINES = ("document", "superseded")
_NO_TABLE = ("F01", "not_a_workbook")
_SHOWN = 3


def take_report(
    form: Form,
    district: District,
    roster: identity.Roster,
    envelope: Envelope,
    found: Reading,
    said: ImportAnswers,
) -> Taken:
    """Take one file, read as ``found``, as a report of an earlier year."""
    if said.blank_is_zero:
        found = with_zeros(form, found)
    who = identity.identify(
        found, path=envelope.path, sender=None, roster=roster, year=period_before(district.year)
    )
    agency, year, remarks = _attribution(found, who, envelope, roster, said)
    refusal = _refusal(form, district, found, who, agency, year) or _contradiction(who, roster, said)
    if refusal or agency is None or year is None:
        return Taken(envelope.name, refusal=refusal)
    kind = f"公布的{form.words.short}" if is_document(found) else "填报表"
    report = PastReport(
        agency.code, year, found.numbers, found.texts, f"{scope_of(year)}{kind} {envelope.name}"
    )
    return Taken(envelope.name, (report,), remarks=(*remarks, *_understood(form, found)))


def is_document(found: Reading) -> bool:
    """Whether a reading is of a document, not of a template."""
    return any(item.code == _DOCUMENT and item.variant in _HEADLINES for item in found.findings)


def with_zeros(form: Form, found: Reading) -> Reading:
    """Read as 0 every cell that was found and is blank or holds a sign for nothing."""
    signs = {item.key for item in found.findings if item.code == "C02"}
    numbers: dict[str, Number | None] = dict(found.numbers)
    for cell in form.cells:
        is_blank = cell.key in found.places and cell.key not in found.unreadable
        if numbers.get(cell.key) is None and cell.is_input and (is_blank or cell.key in signs):
            numbers[cell.key] = 0
    if not found.numbers:
        return found
    findings = tuple(item for item in found.findings if item.code != "C02")
    return replace(found, numbers=with_totals(form, numbers), findings=findings)


def joined(new: PastReport, known: PastReport | None) -> PastReport:
    """Return ``new`` with what only ``known`` has of the same agency and year."""
    if known is None:
        return new
    numbers = {key: known.numbers.get(key) if value is None else value for key, value in new.numbers.items()}
    texts = {key: new.texts.get(key) or known.texts.get(key, "") for key in {**known.texts, **new.texts}}
    return replace(new, numbers=numbers, texts=texts)


def differences(form: Form, new: PastReport, known: PastReport | None) -> Iterator[str]:
    """Say where a report contradicts what is known of the same agency and year already."""
    if known is None:
        return
    keys = [
        key
        for key, value in new.numbers.items()
        if value is not None and known.numbers.get(key) not in (None, value)
    ]
    if keys:
        differing = [
            f"“{form.by_key[key].short_label}”原为 {known.numbers[key]}，现为 {new.numbers[key]}"
            for key in keys
        ]
        yield f"与已有的同年数据（{known.source}）不同，以这次的为准：{first_of(differing, _SHOWN, '等 {} 处')}"


def _attribution(
    found: Reading, who: identity.Identity, envelope: Envelope, roster: identity.Roster, said: ImportAnswers
) -> tuple[Agency | None, int | None, list[str]]:
    """Return whose report of which year it is, and what of that the file does not say itself."""
    remarks = []
    agency = next((item for item in roster.agencies if item.code == said.agency), None)
    if agency is None and not who.held:
        agency = who.agency
    if agency is None and not identity.states_an_agency(found):
        agency = identity.named_in(envelope.path, roster)
        what = "文档" if is_document(found) else "表格"
        remarks += [f"{what}里没有写明单位，按文件名认定为“{agency.name}”"] if agency else []
    year = said.year or who.year
    if year is None and is_document(found) and (year := _year_in(envelope.path)):
        remarks.append(f"文档里没有写明年度，按文件名认定为 {spaced_of(year)}")
    return agency, year, remarks


def _year_in(path: str) -> int | None:
    return next((year for part in reversed(path.split("/")) if (year := year_of(part))), None)


def _contradiction(who: identity.Identity, roster: identity.Roster, said: ImportAnswers) -> str:
    """Say where the coordinator says another thing than the file."""
    if said.year and who.year and said.year != who.year:
        return f"文件写的是 {spaced_of(who.year)}，与 --year 写的 {spaced_of(said.year)}不同"
    if said.agency and who.agency and not who.held and who.agency.code != said.agency:
        wanted = next((item.name for item in roster.agencies if item.code == said.agency), said.agency)
        return f"文件写的单位是“{who.agency.name}”，与 --agency 写的“{wanted}”不同"
    return ""


def _refusal(
    form: Form,
    district: District,
    found: Reading,
    who: identity.Identity,
    agency: Agency | None,
    year: int | None,
) -> str:
    """Say why a file is no report of an earlier year, empty if it is one."""
    if not found.numbers:
        said = [_unreadable(form, item) for item in found.findings if item.severity is Severity.ERROR]
        return "；".join(said) or "读不出表格"
    if agency is None:
        faults = [notice(form, item).fault for item in who.findings if item.key != _year_key(form)]
        unsaid = "没有写明是哪个单位的，请用 --agency 写明单位"
        return "；".join(faults) if faults and found.claims.agency else unsaid
    if year is None:
        return _unsaid(form, district)
    if year >= district.year:
        return not_earlier(year, district)
    if all(value is None for value in found.numbers.values()):
        return "；".join(_unread(form, found)) or "表格是空的，没有可以采用的数"
    impossible = refused_labels(form, found.numbers)
    return f"“{impossible[0]}”不是合理的数，请核对后再导入" if impossible else ""


def _unreadable(form: Form, item: Finding) -> str:
    """Say why nothing was read: what is no table may be a report as well, here, and this is none that is understood."""
    if (item.code, item.variant) != _NO_TABLE:
        return notice(form, item).fault
    kind = item.facts["kind"]
    return f"是“{kind}”，没有读出报告的内容；请用各单位自己的报告（网页、Word、有文字的 PDF）或者填好的表格"


def _unsaid(form: Form, district: District) -> str:
    """Ask for the year or the period that a file does not name."""
    if form.period == "year":
        return "没有写明报告年度，请用 --year 写明四位年份"
    return f"没有写明报告期，请用 --period 写明，例如 {name_of(period_before(district.year))}"


def _year_key(form: Form) -> str:
    return form.entry_with_role("year").key


def not_earlier(year: int, district: District) -> str:
    """Say that a file is of this year or a later one."""
    if year == district.year:
        is_year = kind_of(year) == "year"
        said = (
            f"本年度（{year}）的数据，不是上年的"
            if is_year
            else f"本期（{title_of(year)}）的数据，不是以前的"
        )
        return f"是{said}；报送的表格请放进 inbox 文件夹"
    return f"是 {spaced_of(year)}的数据，比本次报送的 {spaced_of(district.year)}还晚"


def _understood(form: Form, found: Reading) -> Iterator[str]:
    """Say how much of a document was understood, and what was not."""
    if not is_document(found):
        return
    numbers = sum(value is not None for value in found.numbers.values())
    texts = sum(bool(text) for text in found.texts.values())
    yield f"读出 {numbers} 个数（共 {len(found.numbers)} 个）、{texts} 段文字（共 {len(found.texts)} 段）"
    blank = sum(
        found.numbers[cell.key] is None and cell.key in found.places and cell.key not in found.unreadable
        for cell in form.cells
    )
    if blank:
        yield f"有 {blank} 格是空的，没有当作 0；空格就是 0 的，加 --blank-is-zero 再导入一次"
    yield from _shortened(_unread(form, found))


def _unread(form: Form, found: Reading) -> list[str]:
    return [
        _sentence(form, item)
        for item in found.findings
        if item.severity is not Severity.INFO and not (item.code == _DOCUMENT and item.variant in _HEADLINES)
    ]


def _sentence(form: Form, item: Finding) -> str:
    said = notice(form, item)
    where = f"{item.place}：" if item.place else ""
    return f"{where}{said.fault}"


def _shortened(said: Sequence[str]) -> Iterator[str]:
    most = 2 * _SHOWN
    yield from said[:most]
    if len(said) > most:
        yield f"还有 {len(said) - most} 处没有读懂"
