"""The ``[[narrative]]`` tables of a form's TOML go in; rules over texts come out, or an error that names the line.

Patterns are spelled out and tried here, so that judging never meets a faulty one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.forms import narrative as kinds
from pipeline.forms.narrative import Answered, FigureClaims, Narrative, Partition, PartSums, StatedPeriod
from pipeline.forms.narrative_figures import load_figures
from pipeline.forms.narrative_patterns import all_spelled, without
from pipeline.forms.rules import SEVERITIES
from pipeline.toml_source import Faults

if TYPE_CHECKING:
    from pipeline.forms.expand import Expander
    from pipeline.forms.form import Text
    from pipeline.toml_source import TomlSource, TomlTable

_PATTERNS = (
    *("patterns", "opens", "hollow", "frames", "opening_frames", "quoted"),
    *(
        "begins",
        "each",
        "each_of",
        "some_of",
        "again",
        "marked",
        "totals",
        "ends",
        "other_ends",
        "anew",
        "closing",
        "kinds",
        "complete",
    ),
    *("announces", "summed", "sum_ends", "among", "left", "left_divided", "numbered", "named"),
    *(
        "division_ends",
        "rough",
        "others_follow",
        "all_told",
        "told_beside",
        "other_whole",
        "of_requests",
        "answered",
        "topics",
    ),
    *("unlisted", "changed", "blurred", "overlapping", "subject", "listed_in", "published", "included"),
    *(
        "divided",
        "share",
        "shares_of",
        "share_before",
        "shared_together",
        "shares_each",
        "share_of_all",
        "rated",
        "growth",
        "growth_before",
        "growth_named",
        "pairs",
        "compared",
        "of_last",
        "change",
        "last_after",
        "last_bound",
        "last_ends",
        "last_subject",
    ),
    *("counted", "counted_elsewhere", "counted_plain", "recalled", "repeated_within", "repeated_through"),
)
"""Keys whose values are regular expressions."""


def load_narratives(
    source: TomlSource, texts: Mapping[str, bool], expander: Expander
) -> tuple[Narrative, ...]:
    """Return the rules over texts. Raises ConfigError with file and line.

    ``texts`` says of each text of the form by key whether it is required; ``expander`` knows its cells and groups.
    """
    found: dict[str, Narrative] = {}
    faults = Faults()
    for section in source.tables("narrative"):
        with faults:
            rule = _rule(section, expander)
            _refuse_faulty(section, rule, texts)
            if rule.id in found:
                raise section.fault(f"规则“{rule.id}”出现了两次。", "id")
            meant = [key for key, required in texts.items() if required or not isinstance(rule, Answered)]
            found[rule.id] = rule if rule.texts else replace(rule, texts=tuple(meant))
    faults.refuse()
    return tuple(found.values())


def bare_texts(texts: Sequence[Text], rules: Sequence[Narrative]) -> tuple[Text, ...]:
    """Return the required texts of which none of ``rules`` asks that they say something."""
    answered = {key for rule in rules if isinstance(rule, Answered) for key in rule.texts}
    return tuple(text for text in texts if text.required and text.key not in answered)


def _rule(section: TomlTable, expander: Expander) -> Narrative:
    kind = str(section.values.get("kind", ""))
    plain = replace(section, values=without(section.values, "kind"))
    if kind not in kinds.KINDS:
        raise section.fault(f"kind 应为 {'、'.join(kinds.KINDS)} 之一。", "kind")
    if kinds.KINDS[kind] is FigureClaims:
        return load_figures(plain, expander)
    given = all_spelled(plain, _PATTERNS)
    if kinds.KINDS[kind] is PartSums:
        given["partitions"] = tuple(inner.into(Partition) for inner in section.inner("partition"))
        plain = replace(plain, values=without(plain.values, "partition"))
    return replace(plain, values=without(plain.values, *given)).into(kinds.KINDS[kind], **given)


def _refuse_faulty(section: TomlTable, rule: Narrative, texts: Mapping[str, bool]) -> None:
    for name in kinds.SEVERITY_FIELDS:
        if getattr(rule, name, SEVERITIES[0]) not in SEVERITIES:
            raise section.fault(f"{name} 应为 error、warning 或 info。", name)
    home = (rule.home,) if isinstance(rule, StatedPeriod) else ()
    named = (getattr(rule, name, ()) for name in ("brief", "exchanged", "figures_tell", "opening", "plans"))
    for key in (*rule.texts, *home, *chain.from_iterable(named)):
        if key not in texts:
            raise section.fault(f"“{key}”不是本表样的文字。", key)
