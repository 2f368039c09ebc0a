"""The ``[[narrative]]`` tables of a form's TOML go in; rules over texts come out, or an error that names the line.

Patterns are spelled out and tried here, so that judging never meets a faulty one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import chain
from typing import TYPE_CHECKING, Any

from pipeline.forms import narrative as kinds
from pipeline.forms.narrative import Claim, Figures, Narrative, Partition, Period, Sum, Told

if TYPE_CHECKING:
    from pipeline.toml_source import Section, TomlSource

SEVERITIES = ("error", "warning", "info")
_MACRO = re.compile(r"(?<!P)<(\w+)>")
_TERM = re.compile(r"([+-]?)\s*([\w.*]+)\s*")
_PATTERNS = ("patterns", "hollow", "frames", "opening_frames", "quoted", "own_times", "other_times", "own_scopes", "other_scopes", "neutral", "silent")  # fmt: skip
"""Keys whose values are regular expressions."""


def load_narratives(
    source: TomlSource, texts: Mapping[str, bool], cells: Sequence[str]
) -> tuple[Narrative, ...]:
    """Return the rules over texts. Raises ConfigError with file and line.

    ``texts`` says of each text of the form by key whether it is required; ``cells`` are the keys of its cells.
    """
    found: dict[str, Narrative] = {}
    for section in source.tables("narrative"):
        rule = _rule(section, cells)
        _refuse_faulty(section, rule, texts)
        if rule.id in found:
            raise section.fault(f"规则“{rule.id}”出现了两次。", "id")
        meant = [key for key, required in texts.items() if required or not isinstance(rule, Told)]
        found[rule.id] = rule if rule.texts else replace(rule, texts=tuple(meant))
    return tuple(found.values())


def _rule(section: Section, cells: Sequence[str]) -> Narrative:
    kind = str(section.values.get("kind", ""))
    plain = replace(section, values=_without(section.values, "kind"))
    if kind not in kinds.KINDS:
        raise section.fault(f"kind 应为 {'、'.join(kinds.KINDS)} 之一。", "kind")
    if kinds.KINDS[kind] is Figures:
        return _figures(plain, cells)
    rule = plain.into(kinds.KINDS[kind])
    _try_patterns(
        plain, plain.values, lambda written: written.replace("{year}", "2000").replace("{name}", "x")
    )
    return rule


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in names}


def _refuse_faulty(section: Section, rule: Narrative, texts: Mapping[str, bool]) -> None:
    for name in kinds.SEVERITY_FIELDS:
        if getattr(rule, name, SEVERITIES[0]) not in SEVERITIES:
            raise section.fault(f"{name} 应为 error、warning 或 info。", name)
    home = (rule.home,) if isinstance(rule, Period) else ()
    named = (getattr(rule, name, ()) for name in ("brief", "figures_tell", "opening", "plans"))
    for key in (*rule.texts, *home, *chain.from_iterable(named)):
        if key not in texts:
            raise section.fault(f"“{key}”不是本表样的文字。", key)


def _try_patterns(section: Section, values: Mapping[str, Any], spell: Callable[[str], str]) -> None:
    for name in _PATTERNS:
        for written in values.get(name, ()):
            _spelled(section, written, spell)


def _spelled(section: Section, written: str, spell: Callable[[str], str]) -> str:
    """Return the pattern spelled out. Raises ConfigError if it is no regular expression or names an unknown word."""
    try:
        pattern = spell(written)
        re.compile(pattern)
    except KeyError as error:
        raise section.fault(f"“{written}”用了 words 中没有的名称 {error}。", written[:12]) from None
    except re.error as error:
        raise section.fault(f"“{written}”不是正确的正则表达式：{error}。", written[:12]) from None
    return pattern


@dataclass(frozen=True, slots=True)
class _ClaimText:
    """A [[narrative.claim]] as written."""

    key: str
    name: str
    patterns: tuple[str, ...]
    equals: tuple[str, ...]
    mentions: tuple[str, ...] = ()
    follows: bool = False


def _figures(section: Section, cells: Sequence[str]) -> Figures:
    words = _words(section)

    def spell(written: str) -> str:
        return _MACRO.sub(lambda match: words[match.group(1)], written)

    plain = replace(section, values=_without(section.values, "words", "claim", "partition"))
    claims = [_claim(inner, cells, spell) for inner in section.inner("claim")]
    partitions = [inner.into(Partition) for inner in section.inner("partition")]
    if not claims:
        raise section.fault("这条规则没有 [[narrative.claim]]。")
    _try_patterns(plain, plain.values, spell)
    spelled = {
        name: tuple(map(spell, plain.values.get(name, ()))) for name in _PATTERNS if name in plain.values
    }
    return replace(plain, values=_without(plain.values, *spelled)).into(
        Figures, claims=tuple(claims), partitions=tuple(partitions), **spelled
    )


def _words(section: Section) -> dict[str, str]:
    """Return what each ``<name>`` stands for: the built-in ones and those of ``[narrative.words]``, in their order."""
    units = "|".join(map(re.escape, section.values.get("units", ())))
    words = {
        "start": kinds.CLAUSE_START,
        "count": f"(?P<n>{kinds.NUMERAL})(?:{units}){kinds.NOT_EXACT}",
        "counted": f"{kinds.NUMERAL}(?:{units}){kinds.NOT_EXACT}",
        "year": f"{kinds.OWN_YEAR}+",
        "last": f"{kinds.LAST_YEAR}+",
        "next": f"{kinds.NEXT_YEAR}+",
        "agency": f"{kinds.OWN_NAME}+",
    }
    for name, choices in section.values.get("words", {}).items():
        if not isinstance(choices, list):
            raise section.fault(f"words 中的“{name}”应是文字列表。", name)
        whole = "(?:" + "|".join(choices) + ")"
        words[name] = _spelled(
            section, whole, lambda written: _MACRO.sub(lambda match: words[match.group(1)], written)
        )
    return words


def _claim(section: Section, cells: Sequence[str], spell: Callable[[str], str]) -> Claim:
    written = section.into(_ClaimText)
    patterns = tuple(_spelled(section, pattern, spell) for pattern in written.patterns)
    for pattern in patterns:
        if not {"n", "none"} & set(re.compile(pattern).groupindex):
            raise section.fault("每个 pattern 都要有 <count> 或 (?P<none>…)。", "patterns")
    equals = tuple(_sum(section, text, cells) for text in written.equals)
    return Claim(written.key, written.name, patterns, equals, written.mentions, written.follows)


def _sum(section: Section, written: str, cells: Iterable[str]) -> Sum:
    """Read ``a + b - c``; a ``*`` in a term stands for any characters. Raises ConfigError for terms that meet no cell."""
    signed: dict[str, list[str]] = {"+": [], "-": []}
    for sign, term in _TERM.findall(written):
        found = [key for key in cells if fnmatchcase(key, term)]
        if not found:
            raise section.fault(f"“{term}”不是本表样的单元格。", term)
        signed[sign or "+"] += found
    return Sum(tuple(signed["+"]), tuple(signed["-"]))
