"""The ``[[rule]]`` tables of a form's TOML go in; its checks come out, or an error that names the line.

A rule says of two sums of cells, this year's or last year's, how they must stand to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args

from pipeline.forms.carried import CODE as CARRIED
from pipeline.forms.expand import Expander
from pipeline.forms.form import Balance, Basic, RelationName, Rule, SummaryRule, is_last_year
from pipeline.forms.register_loader import load_rules
from pipeline.forms.relations import RELATIONS
from pipeline.forms.values.kind import SPELLED
from pipeline.model import Severity
from pipeline.toml_source import Faults, TomlTable

if TYPE_CHECKING:
    from pipeline.toml_source import TomlSource

SEVERITIES = tuple(Severity)
GUARDS: Mapping[str, frozenset[str]] = {
    "F01": frozenset({"macros", "pictures", "second_reader"}),
    "F02": frozenset(),
    "F03": frozenset({"near_label", "spare_column"}),
    "F04": frozenset({"edition", "same_tables", "unknown_form"}),
    "C01": frozenset({"as_zero"}),
    "C02": frozenset({"as_zero"}),
    "C03": frozenset({"unit_stripped"}),
    "C05": frozenset(),
    "C06": frozenset(),
    "C08": frozenset({"rounded"}),
    "C09": frozenset(),
}
"""The rules without which a report is not complete, and what they find that leaves it whole all the same."""

VALUE_GUARD, ROWS_GUARD = "V01", "V02"
"""What else a form needs that asks for values, and one with registers: that a value is one, and that the rows are."""
BASICS = (
    *GUARDS,
    "C04",
    "C07",
    "F05",
    "F06",
    "F07",
    "F08",
    "F09",
    "F10",
    CARRIED,
    VALUE_GUARD,
    ROWS_GUARD,
    SPELLED,
)
"""Every rule that can be asked of a file or a cell: nobody finds out what is called otherwise."""


def has_values(source: TomlSource) -> bool:
    """Whether a form asks for values outside of tables that can be wrong: registers, and entries that are more than a text."""
    plain = {"text"}
    return bool(source.tables("register")) or any(
        not item.values.get("role")
        and (
            item.values.get("kind") not in plain
            or item.values.get("required") is True
            or bool(item.values.keys() & {"pattern", "limits"})
        )
        for item in source.tables("entry")
    )


@dataclass(frozen=True, slots=True)
class RuleText:
    """A [[rule]] as written."""

    id: str
    severity: str
    title: str
    left: tuple[str, ...]
    relation: str
    right: tuple[str, ...]
    words: Mapping[str, Any]
    remedy: str
    source: str
    each: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    except_levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    defines: bool = False
    waivable: bool = False
    within_year: bool = False


def load_checks(source: TomlSource, expander: Expander) -> list[Balance]:
    """Return every rule at every place. Raises ConfigError with file and line."""
    checks: list[Balance] = []
    sections: dict[str, TomlTable] = {}
    faults = Faults()
    for section in source.tables("rule"):
        with faults:
            written = section.into(RuleText)
            if written.id in sections:
                raise section.fault(f"规则“{written.id}”出现了两次。", "id")
            sections[written.id] = section
            found = expander.expand(
                section, _rule(section, written), written.each, written.left, written.right
            )
            if written.within_year:
                _refuse_endless(source, section, found)
            checks += [replace(check, subject=check.subject or written.subject) for check in found]
    faults.refuse()
    return [_resolved(check, checks, sections[check.rule.id]) for check in checks]


def load_basics(source: TomlSource, *, asks_values: bool = False) -> dict[str, Basic]:
    """Return what is asked of every file and every cell, by id; ``asks_values``: of cells that are no numbers too.

    Raises ConfigError with file and line.
    """
    found: dict[str, Basic] = {}
    for section in source.tables("basic"):
        basic = load_basic(section)
        if basic.id in found:
            raise section.fault(f"规则“{basic.id}”出现了两次。", "id")
        _refuse_faulty(section, basic.severity, basic.title, basic.limits)
        for severity in basic.variants.values():
            _refuse_faulty(section, severity, basic.title, basic.limits)
        if not isinstance(basic.limits_at, dict):
            raise section.fault('limits_at 应写成 { "设区的市" = { 界限 = 数 } }。', "limits_at")
        for level, limits in basic.limits_at.items():
            _refuse_limits(section, basic, level, limits)
        _refuse_weak(section, basic)
        found[basic.id] = basic
    found |= load_rules(source)
    missing = [rule for rule in GUARDS if rule not in found]
    asked = asks_values or has_values(source)
    guards = (VALUE_GUARD,) * asked + (ROWS_GUARD,) * bool(source.tables("register"))
    missing += [rule for rule in guards if rule not in found]
    if missing:
        raise source.top().fault(f"缺少每份报送都要遵守的规则（[[basic]]）：{'、'.join(missing)}。")
    return found


def _refuse_limits(section: TomlTable, basic: Basic, level: str, limits: object) -> None:
    """Refuse limits of a level that are none, or are not among those that the rule has."""
    if not isinstance(limits, dict) or not set(limits) <= set(basic.limits):
        known = "、".join(basic.limits) or "无"
        raise section.fault(f"limits_at 中“{level}”的界限应是 limits 里有的：{known}。", "limits_at")
    wrong = check_limits(limits)
    if wrong:
        raise section.fault(wrong, "limits_at")


def _refuse_weak(section: TomlTable, basic: Basic) -> None:
    """Refuse to let go what would leave a report without a figure, an agency or a year."""
    harmless = GUARDS.get(basic.id, None)
    if harmless is None:
        return
    if basic.severity != "error":
        raise section.fault(f"“{basic.id}”的级别只能是 error：不改正就得不到完整的数据。", "severity")
    for variant, severity in basic.variants.items():
        if severity != "error" and variant not in harmless:
            raise section.fault(f"“{basic.id}”的“{variant}”只能是 error：不改正就得不到完整的数据。", variant)


def load_basic(section: TomlTable) -> Basic:
    """Read one [[basic]] by itself. Raises ConfigError with file and line."""
    basic = section.into(Basic)
    if basic.id not in BASICS:
        raise section.fault(
            f"没有编号为“{basic.id}”的基本要求，可以写的有：{'、'.join(sorted(BASICS))}。本区自己的规则写成 [[rule]] 或 [[narrative]]。",
            "id",
        )
    return basic


def load_summary_rules(source: TomlSource, checks: Iterable[Balance]) -> tuple[SummaryRule, ...]:
    """Return what holds of the district's sums. Raises ConfigError with file and line."""
    known = {check.rule.id for check in checks}
    found: list[SummaryRule] = []
    faults = Faults()
    for section in source.tables("summary_rule"):
        with faults:
            rule = section.into(SummaryRule)
            strange = next((own for own in rule.rules if own not in known), "")
            if strange:
                raise section.fault(f"rules 中的“{strange}”不是本表样的规则。", "rules")
            found.append(rule)
    faults.refuse()
    return tuple(found)


def check_limits(limits: Mapping[str, Any]) -> str:
    """Return what is wrong with the values of ``limits``, empty if nothing is."""
    if not all(
        isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in limits.values()
    ):
        return "界限应是大于 0 的整数。"
    return ""


def _rule(section: TomlTable, written: RuleText) -> Rule:
    if written.relation not in RELATIONS:
        raise section.fault(f"relation 应为 {'、'.join(get_args(RelationName))} 之一。", "relation")
    wanted = RELATIONS[written.relation].limits  # type: ignore[index]  # looked up above
    if set(written.limits) != set(wanted):
        raise section.fault(f"这种关系需要的界限是：{'、'.join(wanted) or '无'}。", "limits")
    _refuse_faulty(section, written.severity, written.title, written.limits)
    words = TomlTable(section.source, "rule.words", written.words, section.first_line, section.last_line)
    words.refuse_unknown(("left", "right"))
    if any(sign in word for side in ("left", "right") for word in words.strings(side) for sign in "{}"):
        raise section.fault("words 中不能有花括号。", "words")
    relation: RelationName = written.relation  # type: ignore[assignment]  # looked up above
    return Rule(
        id=written.id,
        severity=written.severity,
        title=written.title,
        remedy=written.remedy,
        relation=relation,
        left_words=tuple(words.strings("left")),
        right_words=tuple(words.strings("right")),
        except_levels=written.except_levels,
        kinds=written.kinds,
        defines=written.defines,
        limits=dict(written.limits),
        after=written.after,
        waivable=written.waivable,
        within_year=written.within_year,
        source=written.source,
    )


def _refuse_endless(source: TomlSource, section: TomlTable, checks: Iterable[Balance]) -> None:
    """Refuse to let a rule begin with the year where there is no period before in it, or nothing of its own is left."""
    if source.top().values.get("period", "year") == "year":
        raise section.fault("一年一报的表，一年里没有上一期，不能写 within_year。", "within_year")
    for check in checks:
        if (
            any(map(is_last_year, check.left))
            or not any(map(is_last_year, check.right))
            or all(map(is_last_year, check.right))
        ):
            raise section.fault(
                "写 within_year 的规则，右边要有上一期的数（@-1）和本期的数，左边只有本期的数。",
                "within_year",
            )


def _refuse_faulty(section: TomlTable, severity: str, title: str, limits: Mapping[str, Any]) -> None:
    if severity not in SEVERITIES:
        raise section.fault("severity 应为 error、warning 或 info。", "severity")
    wrong = check_limits(limits)
    if wrong:
        raise section.fault(wrong, "limits")
    try:
        title.format(**limits)
    except (KeyError, ValueError, IndexError):
        raise section.fault("title 中花括号里的名称不在 limits 中。", "title") from None


def _resolved(check: Balance, checks: Iterable[Balance], section: TomlTable) -> Balance:
    """Name the checks that come before ``check``: those of the same row or column, where their rule has such."""
    found: list[str] = []
    place = check.id.removeprefix(check.rule.id)
    for rule_id in check.rule.after:
        of_rule = [other for other in checks if other.rule.id == rule_id]
        if not of_rule or any(other.rule.after for other in of_rule):
            raise section.fault(f"after 中的“{rule_id}”不是本表样的规则，或者它自己也有 after。", "after")
        same = [other.id for other in of_rule if other.id == rule_id + place]
        found += same or [other.id for other in of_rule]
    return replace(check, after=tuple(found)) if found else check
