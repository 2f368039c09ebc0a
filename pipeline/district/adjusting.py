"""A form and a district's choices go in; the form as it binds this district comes out.

Severities, limits, rules switched off and rules on trial are changed in the form itself, so that judging, 自查, letters and
rule book cannot disagree about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from pipeline.district.folder import District
from pipeline.district.rule_settings import Rules
from pipeline.forms.form import AnyRule, Balance, Basic, Form, Rule, is_last_year
from pipeline.forms.loader import load_form
from pipeline.forms.narrative import SEVERITY_FIELDS, Narrative
from pipeline.forms.rules import SEVERITIES, check_limits
from pipeline.model import ConfigError
from pipeline.periods import Period, is_first

_R = TypeVar("_R", Rule, Basic)


def form_of(district: District) -> Form:
    """Return the form of ``district`` as it chose to apply it. Raises ConfigError with file and line."""
    declared = in_period(load_form(district.form, district.folder), district.year)
    form = adjusted(at_level(declared, district.level), district.rules)
    beside = {name for name, period in district.collected if period == district.year and name != form.id}
    return replace(form, beside=frozenset(beside)) if beside else form


def in_period(form: Form, period: Period) -> Form:
    """Return ``form`` with the rules that begin with the year as they are in ``period``: in the first one nothing came before."""
    begun = {check.id: _begun(check) for check in form.checks.values() if check.rule.within_year}
    return replace(form, checks={**form.checks, **begun}) if begun and is_first(period) else form


def _begun(check: Balance) -> Balance:
    """Return ``check`` without the figures of the period before, and without the words for them."""
    terms, words = dict.fromkeys(check.right), check.rule.right_words
    if len(words) == len(terms):
        words = tuple(word for word, key in zip(words, terms, strict=True) if not is_last_year(key))
    right = tuple(key for key in check.right if not is_last_year(key))
    return replace(check, rule=replace(check.rule, right_words=words), right=right)


def at_level(form: Form, level: str) -> Form:
    """Return ``form`` with the limits that it has for what a body of ``level`` collects."""
    if not any(level in basic.limits_at for basic in form.basics.values()):
        return form
    basics = {
        key: replace(basic, limits={**basic.limits, **basic.limits_at.get(level, {})})
        for key, basic in form.basics.items()
    }
    return replace(form, basics=basics)


def adjusted(form: Form, rules: Rules) -> Form:
    """Return ``form`` with the choices of ``rules`` made, itself where there are none. Raises ConfigError where one cannot be made."""
    if not any(_named(rules).values()):
        return form
    _refuse_impossible(form, rules)
    silent = {*rules.off, *rules.trial}
    checks = {
        check.id: replace(
            check,
            rule=_changed(check.rule, rules),
            after=tuple(before for before in check.after if form.checks[before].rule.id not in silent),
        )
        for check in form.checks.values()
        if check.rule.id not in rules.off
    }
    basics = {basic.id: _changed(basic, rules) for basic in form.basics.values() if basic.id not in rules.off}
    narratives = tuple(_changed_text(rule, rules) for rule in form.narratives if rule.id not in rules.off)
    return replace(
        form,
        checks=checks,
        basics=basics,
        narratives=narratives,
        on_trial=frozenset(rules.trial),
        off=dict(rules.off),
    )


def _changed(rule: _R, rules: Rules) -> _R:
    severity = rules.severity.get(rule.id, rule.severity)
    return replace(rule, severity=severity, limits={**rule.limits, **rules.limits.get(rule.id, {})})


def _changed_text(rule: Narrative, rules: Rules) -> Narrative:
    """Choose for a rule over texts; a severity chosen is that of all it can find, the lighter things included."""
    changes: dict[str, Any] = dict(rules.limits.get(rule.id, {}))
    if rule.id in rules.severity:
        names = (item.name for item in fields(rule) if item.name in SEVERITY_FIELDS)
        changes |= dict.fromkeys(names, rules.severity[rule.id])
    return replace(rule, **changes)


def _refuse_impossible(form: Form, rules: Rules) -> None:
    known = form.rules_by_id
    for table, named in _named(rules).items():
        for rule_id in named:
            if rule_id not in known:
                raise _fault(rules, table, f"没有规则“{rule_id}”{_nearest(rule_id, known)}。", rule_id)
            rule = known[rule_id]
            if isinstance(rule, Basic) and not rule.adjustable:
                raise _fault(
                    rules,
                    table,
                    f"“{rule_id}”是读取表格的基本要求，不能停用或改级别，请删去这一项。",
                    rule_id,
                )
            wrong = _wrong(form, rule, table, rules)
            if wrong:
                raise _fault(rules, table, wrong, rule_id)


def _named(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    return {
        "severity": tuple(rules.severity),
        "limits": tuple(rules.limits),
        "off": tuple(rules.off),
        "trial": rules.trial,
    }


def _wrong(form: Form, rule: AnyRule, table: str, rules: Rules) -> str:
    """Return what is wrong with what ``table`` says of ``rule``, empty if nothing is."""
    if table == "severity" and rules.severity[rule.id] not in SEVERITIES:
        return f"“{rule.id}”的级别应为 error、warning 或 info。"
    if table == "limits":
        unknown = [name for name in rules.limits[rule.id] if name not in rule.limits]
        if unknown:
            return f"“{rule.id}”没有名为“{unknown[0]}”的界限，可以改的有：{'、'.join(rule.limits) or '无'}。"
        return check_limits(rules.limits[rule.id])
    if table == "off" and any(check.rule.defines for check in _places(form, rule.id)):
        return f"“{rule.id}”同时用来计算总计，不能停用；可以改级别。"
    return ""


def _places(form: Form, rule_id: str) -> list[Balance]:
    return [check for check in form.checks.values() if check.rule.id == rule_id]


def _nearest(rule_id: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(rule_id, known, n=1, cutoff=0.5)
    return f"，是不是想写“{close[0]}”？规则编号见规则手册" if close else "，规则编号见规则手册"


def _fault(rules: Rules, table: str, problem: str, token: str) -> ConfigError:
    section = rules.sections.get(table)
    return section.fault(problem, token) if section else ConfigError(problem)
