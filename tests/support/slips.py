"""Consistent reports go in, each with a full account in words; every single-cell slip in them comes out, and what was hinted at first.

A slip is a typed figure one more or one less, with two digits swapped, or with a zero too many. The figures are those of
two published reports and of agencies as they are drawn; totals are formulas, as in the template, or typed, as in papers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.judging.rules.judge import judge
from pipeline.model import Agency, Assessment, Number, PastReport
from tests.support.faults.ordinary import ordinary_numbers
from tests.support.faults.reports import YEAR, last_year
from tests.support.fills import zeros
from tests.support.real_report import load_city_figures, load_real_report
from tests.support.submissions import plain_texts, reading_of, submission_of

_AGENCY = Agency("1", "临溪市数据局", "部门", "设区的市")
_REQUESTS = (6, 57, 581)
_GROUPS = {
    "不予公开": ("refused_", {
        "state_secret": "属于国家秘密", "barred_by_law": "其他法律行政法规禁止公开", "security_stability": "危及“三安全一稳定”",
        "third_party": "保护第三方合法权益", "internal_affairs": "属于三类内部事务信息", "process": "属于四类过程性信息",
        "enforcement_file": "属于行政执法案卷", "query": "属于行政查询事项",
    }),
    "无法提供": ("unable_", {
        "not_held": "本机关不掌握相关政府信息", "not_existing": "没有现成信息需要另行制作", "unclear": "补正后申请内容仍不明确",
    }),
    "不予处理": ("not_processed_", {
        "complaint": "信访举报投诉类申请", "repeated": "重复申请", "published": "要求提供公开出版物", "excessive": "无正当理由大量反复申请",
        "reissue": "要求行政机关确认或重新出具已获取信息",
    }),
    "其他处理": ("other_", {"correction_overdue": "申请人无正当理由逾期不补正", "fee_unpaid": "未按收费通知要求缴纳费用"}),
}  # fmt: skip
_APPLICANTS = {
    "natural_person": "自然人", "enterprise": "商业企业", "research": "科研机构", "public_interest": "社会公益组织",
    "legal_service": "法律服务机构",
}  # fmt: skip
_RESULTS = {"upheld": "维持", "corrected": "纠正", "other_result": "其他结果", "pending": "尚未审结"}


@dataclass(frozen=True, slots=True)
class Slip:
    """A typed figure that is wrong: where, how, and what the first hint says. ``hint``: right, wrong or none; ``asks``: it is a guess."""

    source: str
    key: str
    how: str
    hint: str
    asks: bool = False


def reports(form: Form) -> Iterator[tuple[str, dict[str, Number]]]:
    """Yield the consistent reports, by what they are drawn from."""
    yield "bureau", dict(load_real_report().numbers)
    yield "city", dict(load_city_figures())
    for size in _REQUESTS:
        numbers = ordinary_numbers(form, random.Random(size), size)
        numbers["proactive.normative_documents.issued"] += 1
        yield f"agency of {size}", _summed(form, numbers)


def slips(numbers: Mapping[str, Number], key: str) -> Iterator[tuple[str, Number]]:
    """Yield the wrong figures that a hand may type for the one of ``key``."""
    value = numbers[key]
    yield "one more", value + 1
    if value >= 1:
        yield "one less", value - 1
        yield "a zero more", value * 10
    digits = str(value) if value == int(value) else ""
    for at in range(len(digits) - 1):
        if digits[at] != digits[at + 1]:
            yield "swapped", int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
            return


def measure(form: Form, *, typed_totals: bool, each: int = 1) -> Iterator[Slip]:
    """Judge every ``each``-th slip of every report and yield what was hinted at first."""
    totals = frozenset(cell.key for cell in form.cells if cell.defined_by)
    for source, numbers in reports(form):
        texts = account(numbers)
        past = PastReport("1", YEAR - 1, _past(numbers))
        cells = [cell.key for cell in form.cells if not cell.defined_by]
        planted = [(key, how, wrong) for key in cells for how, wrong in slips(numbers, key)]
        for key, how, wrong in planted[::each]:
            figures = {**numbers, key: wrong}
            if not typed_totals:
                figures = _summed(form, figures)
            computed = frozenset() if typed_totals else totals
            reading = replace(reading_of(form, figures, plain_texts(form) | texts), computed=computed)
            item = replace(submission_of(reading), agency=_AGENCY, level=_AGENCY.level, year=YEAR, asked=YEAR)
            [found] = judge(form, [item], history={"1": past})
            yield Slip(source, key, how, *first_hint(found, key, numbers[key], totals))


def first_hint(found: Assessment, key: str, meant: Number, totals: frozenset[str]) -> tuple[str, bool]:
    """Return whether the first hint names the cell and what it was, and whether it asks.

    Where no sum fails, the hint is the cell that a finding from a text or from last year names, if it names one.
    """
    for finding in found.findings:
        for suggestion in finding.suggestions[:1]:
            first = suggestion.changes[0]
            is_right = (first.key, first.after, len(suggestion.changes)) == (key, meant, 1)
            return ("right" if is_right else "wrong"), suggestion.is_guess
    for finding in found.findings:
        if finding.facts.get("claimed") is not None and finding.keys[1:2] and finding.keys[1] not in totals:
            return ("right" if finding.keys[1] == key else "wrong"), False
    return "none", False


def account(numbers: Mapping[str, Number]) -> dict[str, str]:
    """Tell everything that the tables say, but for single applicants of single outcomes."""

    def row(name: str) -> Number:
        return sum(
            value
            for key, value in numbers.items()
            if key.startswith(f"requests.{name}") and key.endswith(".total")
        )

    new = numbers["requests.new_received.total"]
    came = "、".join(
        f"{label}{numbers[f'requests.new_received.{key}']}件"
        for key, label in _APPLICANTS.items()
        if numbers[f"requests.new_received.{key}"]
    )
    done = [f"予以公开{row('granted_in_full')}件", f"部分公开{row('granted_in_part')}件"]
    for label, (prefix, grounds) in _GROUPS.items():
        told = "、".join(f"{name}{row(prefix + key)}件" for key, name in grounds.items() if row(prefix + key))
        done.append(f"{label}{row(prefix)}件" + (f"（{told}）" if told and row(prefix) else ""))
    asked = (
        f"{YEAR}年，我局共收到政府信息公开申请{new}件，其中{came}。上年结转政府信息公开申请{row('carried_over')}件。"
        f"全年办结政府信息公开申请{row('outcomes_total')}件，{'，'.join(done)}。结转下年度继续办理{row('carried_forward')}件。"
        if new
        else f"{YEAR}年，我局未收到政府信息公开申请，无上年结转的申请。"
    )
    return {
        "overview.on_request": asked + _disputes(numbers),
        "overview.proactive": (
            f"全年制发行政规范性文件{numbers['proactive.normative_documents.issued']}件，废止{numbers['proactive.normative_documents.repealed']}件，"
            f"现行有效{numbers['proactive.normative_documents.in_force']}件。作出行政许可决定{numbers['proactive.licences.decisions']}件、"
            f"行政处罚决定{numbers['proactive.penalties.decisions']}件、行政强制决定{numbers['proactive.coercive_measures.decisions']}件。"
            f"行政事业性收费{numbers['proactive.charges.amount']}万元。"
        ),
    }  # fmt: skip


def _disputes(numbers: Mapping[str, Number]) -> str:
    told = []
    for group, name in (
        ("reconsideration", "因政府信息公开引起行政复议"),
        ("litigation_direct", "未经复议直接起诉的政府信息公开行政诉讼"),
        ("litigation_after_reconsideration", "复议后起诉的政府信息公开行政诉讼"),
    ):
        results = "、".join(
            f"{label}{numbers[f'disputes.{group}.{key}']}件"
            for key, label in _RESULTS.items()
            if numbers[f"disputes.{group}.{key}"]
        )
        total = numbers[f"disputes.{group}.total"]
        told.append(f"{name}{total}件" + (f"，其中{results}" if total else "") + "。")
    return "".join(told)


def _past(numbers: Mapping[str, Number]) -> dict[str, Number]:
    """Return last year's figures, regulations included, which only cities have."""
    own = "proactive.regulations"
    in_force = numbers[f"{own}.in_force"] + numbers[f"{own}.repealed"] - numbers[f"{own}.issued"]
    return {**last_year(dict(numbers)), f"{own}.in_force": in_force}


def _summed(form: Form, numbers: Mapping[str, Number]) -> dict[str, Number]:
    typed = {cell.key: None if cell.defined_by else numbers[cell.key] for cell in form.cells}
    return {
        key: value for key, value in with_totals(form, {**zeros(form), **typed}).items() if value is not None
    }


def shares(found: Iterable[Slip]) -> tuple[float, float]:
    """Return which share of the slips is hinted at rightly, and which share of the hints that do not ask is right."""
    own = list(found)
    sure = [slip for slip in own if slip.hint != "none" and not slip.asks]
    return sum(slip.hint == "right" for slip in own) / len(own), sum(
        slip.hint == "right" for slip in sure
    ) / len(sure)
