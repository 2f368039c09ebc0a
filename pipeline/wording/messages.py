"""A finding goes in; a Chinese sentence with place, fault and remedy comes out.

The sentence comes from the catalogue in ``wording``, or, for the rules over numbers, from the rule's own words in the
form. Facts are named as in the finding.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.forms.form import BALANCING
from pipeline.forms.values.keys import row_of
from pipeline.forms.weighed import is_in_doubt, is_waivable_error
from pipeline.model import (
    CHINA,
    NIL_CELL,
    Bounce,
    Decision,
    DecisionKind,
    Fact,
    Finding,
    MessageOutcome,
    Notice,
    Reason,
    Severity,
    Verdict,
)
from pipeline.wording.addresses import cell_named
from pipeline.wording.catalogue import CATALOGUE, Wording
from pipeline.wording.hints import way_out
from pipeline.wording.quotable import on_one_line, quoted, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.forms.form import AnyRule, Balance, Form

_DECISION_WORDS: Mapping[DecisionKind, str] = {
    DecisionKind.RETURN: "退回第 {version} 次报送",
    DecisionKind.COUNT: "以第 {version} 次报送计入",
    DecisionKind.ACCEPT: "准予接收",
    DecisionKind.WAIVE: "{rule} 准予例外",
    DecisionKind.REFUSE: "{rule} 的说明不同意，退回改正",
    DecisionKind.EXTEND: "延期至 {until}",
    DecisionKind.DISMISS: "不是报送",
    DecisionKind.RELEASE: "同意更正已报送的数据",
}

SEVERITY_WORDS: Mapping[str, str] = {
    Severity.ERROR: "错误",
    Severity.WARNING: "提醒",
    Severity.INFO: "说明",
}

VERDICT_WORDS: Mapping[Verdict | None, str] = {
    Verdict.ACCEPTED: "合格",
    Verdict.ACCEPTED_WITH_REMARKS: "合格（有提醒）",
    Verdict.RETURNED: "退回",
    Verdict.HELD: "待核实",
    Verdict.DUPLICATE: "重复",
    Verdict.NOT_A_SUBMISSION: "不是报送",
    None: "未报送",
}

_LONGEST_SUBJECT = 80

REASON_WORDS: Mapping[Reason, str] = {
    Reason.COMPLETE: "附件齐全无误",
    Reason.REMARKS: "附件已收，有需要留意的地方",
    Reason.FAULTS: "附件有错误，需要修改",
    Reason.SAME_FILES: "附件与已收到的完全相同",
    Reason.DISMISSED: "附件经核实不是报送",
    Reason.OVERTAKEN: "附件核实清楚时，该单位已另行报送，以另报的为准",
    Reason.SEVERAL_TABLES: "同一个单位的几份表内容不同，请打电话核实以哪一份为准",
    Reason.UNKNOWN_SENDER: "发件邮箱不在该单位的名单中，请打电话核实",
    Reason.FOREIGN_SENDER: "发件邮箱是另一个单位的，请打电话核实",
    Reason.TWO_CLAIMS: "同一份表有两个单位报送，请打电话核实",
    Reason.FAILED_CHECK: "邮件服务器验证发件人未通过，请打电话核实",
    Reason.UNVERIFIED_SENDER: "没有证实是该单位发的，又要替换已合格的数据，请打电话核实",
    Reason.SECOND_SENDER: "与该单位已合格的数据不是同一个邮箱发的，请打电话核实",
    Reason.NO_SENDER: "邮件没有发件人，或者写了几个，请打电话核实",
    Reason.UNCLEAR_AGENCY: "无法确认是哪个单位的数据，请核实",
    Reason.NO_ATTACHMENT: "邮件没有附件",
    Reason.OTHER_ATTACHMENTS: "附件中没有电子表格",
    Reason.AUTO_REPLY: "自动回复或回执",
    Reason.MAILING_LIST: "群发邮件",
    Reason.BOUNCE: "退信通知：有一封信没有送到，请核对收件邮箱",
    Reason.OWN_LETTER: "本系统自己发出的信",
}
"""Why a mail ended as it did, for the day's log and the coordinator's digest."""


def notice(form: Form, finding: Finding) -> Notice:
    """Put ``finding`` into words. Raises KeyError for a code the catalogue lacks, which is a bug."""
    balance = form.checks.get(finding.variant)
    rule = form.narrative(finding.code)
    facts = form.spoken | {name: _quoted_fact(name, spoken(value)) for name, value in finding.facts.items()}
    if balance:
        wording = _check_wording(balance, finding)
    elif finding.variant in {"typed_over", "typed_open"}:
        wording = CATALOGUE["sums", finding.variant]
    elif rule and (rule.kind, finding.variant) in CATALOGUE:
        wording = CATALOGUE[rule.kind, finding.variant]
        remedy = rule.remedy.replace("{year}", facts.get("expected", ""))
        facts |= {
            "asked_for": asked_for(rule),
            "remedy": remedy.replace("{prompt}", _prompt(form, finding.key)),
        }
    else:
        of_rows = (_ROWS, finding.variant)
        wording = CATALOGUE[of_rows if of_rows in CATALOGUE else (finding.code, finding.variant)]
    fault = ("（试行规则）" if finding.on_trial else "") + wording.fault.format_map(facts)
    remedy = way_out(form, finding.suggestions) or wording.remedy.format_map(facts)
    if NIL_CELL in finding.facts:
        remedy = _NOT_NIL.format_map({**facts, "remedy": remedy})
    pleaded = _pleaded(form, finding)
    remedy = (
        _PLEADED[finding.severity].format(office=form.words.office, said=pleaded)
        if pleaded
        else _answered(form, finding, remedy)
    )
    label = _label(form, finding.key) or (balance.subject if balance else "")
    where = cell_named(visible(str(finding.place)) if finding.place else "", label)
    return Notice(
        code=finding.code,
        severity=finding.severity.value,
        sheet=finding.place.sheet if finding.place else None,
        cell=(finding.place.cell or None) if finding.place else None,
        key=finding.key,
        actual=wording.actual.format_map(facts) or None,
        expected=wording.expected.format_map(facts) or None,
        message="：".join(
            part for part in (where, "；".join(part for part in (fault, remedy) if part)) if part
        )
        + "。",
        hint=remedy or None,
        fault=fault,
        cause=finding.cause,
        answered=finding.is_answered and not pleaded,
        pleaded=pleaded,
        in_doubt=is_in_doubt(form, finding),
    )


_NOT_NIL = "有数要填的，先在 {nil_cell} 把“{nil_label}”改选“否”，没有发生的各格填 0；{remedy}"
"""Before a figure is filled into a table that is said to be nil."""
_ROWS = "rows"
"""In the catalogue: what rules over the rows of a register find, whatever they are called."""
_OF_THE_ROSTER = "contact"
"""A fact that is the district's own word: whom to call, whose number must be whole."""


def _quoted_fact(name: str, value: str) -> str:
    return on_one_line(value) if name == _OF_THE_ROSTER else quoted(value)


_PLEADED: Mapping[Severity, str] = {
    Severity.ERROR: "已收到说明，等{office}核准（单位说明：{said}）",
    Severity.WARNING: "已收到说明，等{office}核对以后公布（单位说明：{said}）",
}


def _pleaded(form: Form, finding: Finding) -> str:
    """Return what was written of an error that the office may except, or of a text that it confirms, and has not yet."""
    waits = is_waivable_error(form, finding) or is_in_doubt(form, finding)
    return quoted(finding.explanation) if waits else ""


_PLEA = "；情况属实、不用改的，在“自查”的“说明”栏写明原因，由{office}核准"


def _answered(form: Form, finding: Finding, remedy: str) -> str:
    """Return what to do, or what has been said of it already."""
    if finding.waived:
        return f"{form.words.office}已准予例外：{quoted(finding.waived)}"
    if finding.refused:
        return f"{form.words.office}不同意所作的说明（{quoted(finding.refused)}），请改正：{remedy}"
    if is_waivable_error(form, finding):
        return f"{remedy}{_PLEA.format(office=form.words.office)}"
    said = quoted(finding.explanation)
    if finding.is_answered:
        return f"单位已说明：{said}"
    return f"{remedy}（单位说明：{said}）" if said else remedy


def notices(form: Form, findings: Sequence[Finding]) -> list[Notice]:
    """Put findings into words, in order."""
    return [notice(form, finding) for finding in in_order(form, findings)] if findings else []


def in_order(form: Form, findings: Sequence[Finding]) -> list[Finding]:
    """Return the heaviest first, then as a clerk goes through the sheets, then in their order.

    What follows from another finding stands after it.
    """
    sheets = {sheet.name: number for number, sheet in enumerate(form.sheets)}
    heads: dict[str, Finding] = {}
    for finding in findings:
        if finding.cause:
            heads.setdefault(finding.cause, finding)

    def order(finding: Finding) -> tuple[int, int, int, int, str]:
        head = heads.get(finding.cause, finding)
        name = head.place.sheet if head.place else ""
        _, row, column = form.positions.get(head.key or "", ("", 0, 0))
        if found := row_of(head.key or ""):
            row = found[2]
            column = next((own.index.get(found[1], 0) for own in form.registers if own.key == found[0]), 0)
        return -finding.severity.weight, sheets.get(name, 0), row, column, finding.cause

    return sorted(findings, key=order)


def bounce_in_words(bounce: Bounce) -> str:
    """Say that a letter did not arrive, and quote what the report gives as the reason: anybody can write one."""
    said = f"，来信中说“{quoted(bounce.words)}”" if bounce.words else ""
    return f"{quoted(bounce.recipient)}：没有送到{said}"


def decision_words(decision: Decision) -> str:
    """Say what was decided, without about whom."""
    return _DECISION_WORDS[decision.kind].format(
        version=decision.version, rule=decision.rule, until=decision.until
    )


def message_line(outcome: MessageOutcome) -> str:
    """Say on one line what became of a mail: when, from whom, its subject, the verdict, why, and its files."""
    message = outcome.message
    when = (
        message.received_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        if message.received_at
        else "时间不明"
    )
    said = f"{VERDICT_WORDS[outcome.verdict]}（{REASON_WORDS[outcome.reason]}）"
    names = "、".join(name.removeprefix(f"{message.path}/") for name in (*message.files, *message.others))
    subject = quoted(message.subject, _LONGEST_SUBJECT) or "（无主题）"
    bounced = bounce_in_words(message.bounce) if message.bounce else ""
    parts = (when, message.sender or "发件人不明", f"《{subject}》", said, names, bounced)
    return "　".join(part for part in parts if part)


AWAITING = "待核准"
"""How people call a returned report of which every error was explained: it is the office's turn, not the agency's."""


def awaits_approval(found: Iterable[Notice]) -> bool:
    """Whether every error was explained by the agency and may be excepted: the coordinator has to decide, nobody else."""
    errors = [item for item in found if item.severity == Severity.ERROR and not item.answered]
    return bool(errors) and all(item.pleaded for item in errors)


def word_of(verdict: Verdict | None, found: Iterable[Notice]) -> str:
    """Return how people call what became of a file: a return that was explained waits for the office."""
    return AWAITING if verdict is Verdict.RETURNED and awaits_approval(found) else VERDICT_WORDS[verdict]


def agencies_by_verdict(counts: Mapping[str, int]) -> dict[Verdict | None, int]:
    """Return how many agencies stand where, by the counts of ``run.json``; they add up to ``expected``.

    ``held`` there counts files; the agencies of which nothing else describes them are what the others leave.
    """
    found: dict[Verdict | None, int] = {
        verdict: counts[verdict.value]
        for verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS, Verdict.RETURNED)
    }
    missing = counts["missing"]
    return {**found, Verdict.HELD: counts["expected"] - missing - sum(found.values()), None: missing}


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Say the counts of ``run.json`` as the screen, the log and the letters do: agencies first, files that wait apart."""
    stands = agencies_by_verdict(counts)
    awaiting = counts.get("awaiting_approval", 0)
    more = {Verdict.RETURNED: f"（其中{AWAITING} {awaiting} 家）" if awaiting else ""}
    came = "，".join(
        f"{VERDICT_WORDS[verdict]} {count} 家{more.get(verdict, '')}"
        for verdict, count in stands.items()
        if verdict
    )
    files = f"待核实的文件 {counts['held']} 份。" if counts["held"] else ""
    whole = f"应报送 {counts['expected']} 家，已报送 {counts['received']} 家"
    return f"{whole}：{came}；未报送 {stands[None]} 家。{files}"


def asked_for(rule: AnyRule) -> str:
    """Say what a rule asks, as it stands at the end of a fault: not as if it were so."""
    return f"（要求：{rule.condition}）"


def spoken(value: Fact) -> str:
    """Write a fact as people write it: money without trailing zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _label(form: Form, key: str | None) -> str:
    if key is None:
        return ""
    if key in form.by_key:
        return form.by_key[key].short_label
    if found := row_of(key):
        return _column_label(form, *found)
    return next(
        (
            item.label
            for group in (form.entries, form.texts, form.cell_values)
            for item in group
            if item.key == key
        ),
        "",
    )


def _column_label(form: Form, register: str, column: str, row: int) -> str:
    """Name a value in a row of a register: the heading of its column, and which row it is."""
    columns = next((own.columns for own in form.registers if own.key == register), ())
    label = next((own.label for own in columns if own.key == column), "")
    return f"第 {row + 1} 条，{label}"


def _prompt(form: Form, key: str | None) -> str:
    """Return what the template asks for in a text."""
    return next((item.prompt for item in form.texts if item.key == key), "")


def _check_wording(check: Balance, finding: Finding) -> Wording:
    rule = check.rule
    sides = [_side(rule.left_words, check.left, finding, "left")]
    if check.right or rule.relation in BALANCING:
        sides.append(_side(rule.right_words, check.right, finding, "right"))
    if rule.relation not in BALANCING:
        return Wording(f"{'，'.join(sides)}{asked_for(rule)}", rule.remedy, "{left}")
    gap = spoken(finding.facts["difference"]).lstrip("-")
    fault = f"{'，'.join(sides)}，相差 {gap}{asked_for(rule)}"
    if len(check.left) > 1:  # two sums face each other: neither is what the cell should hold
        left, right = ("＋".join(words) for words in (rule.left_words, rule.right_words))
        return Wording(fault, rule.remedy, f"{left} {{left}}", f"{right} {{right}}")
    return Wording(fault, rule.remedy, "{left}", f"{_BOUND[rule.relation]}{{right}}")


_BOUND: Mapping[str, str] = {"=": "", "<=": "不大于 "}


def _side(words: Sequence[str], keys: Sequence[str], finding: Finding, side: str) -> str:
    total, times = spoken(finding.facts[side]), Counter(keys)
    if len(words) != len(times) or len(keys) < 2:  # noqa: PLR2004 - a sum needs two terms to be spelled out
        return f"{words[0]} {total}"
    terms = " + ".join(
        f"{word} {spoken(finding.facts[key])}{f' × {often}' if often > 1 else ''}"
        for word, (key, often) in zip(words, times.items(), strict=True)
    )
    return f"{terms} = {total}"
