"""What a form says in words goes in; the same comes out with the form's own facts in place of ``{names}``, or an error that names the line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pipeline.forms.form import Balance, Basic, Sheet
    from pipeline.forms.narrative import Narrative
    from pipeline.model import ConfigError
    from pipeline.toml_source import TomlSource, TomlTable

    _Ruled = TypeVar("_Ruled", Basic, Narrative)

_NAME = re.compile(r"\{([^{}]*)\}")
ALLOWED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sheet": {"title": (), "lines": ("authority", "numbers")},
    "entry": {"label": (), "prompt": ()},
    "text": {"label": (), "prompt": ()},
    "section": {"title": ()},
    "table": {"name": (), "nil_label": ()},
    "register": {"name": (), "nil_label": (), "hint": ()},
    "headline": {"label": ()},
    "chart": {"title": (), "unit": ()},
    "narrative": {"title": (), "source": ("authority",), "remedy": ("year", "prompt")},
    "basic": {"source": ("authority",)},
    "rule": {"source": ("authority",), "remedy": ()},
    "summary_rule": {"title": ()},
}
"""The words of each kind of table, and the names that may stand in them in braces."""
_TOP: Mapping[str, tuple[str, ...]] = {
    "title": (),
    "authority": (),
    "report_title": ("agency", "year", "period"),
}


def unknown_names(source: TomlSource) -> Iterator[ConfigError]:
    """Yield a fault for every name in braces that nobody fills in, and for words that are none."""
    yield from _strange_in(source.top(), _TOP)
    for kind, allowed in ALLOWED.items():
        for section in source.tables(kind):
            yield from _strange_in(section, allowed)


def refuse_unknown_names(source: TomlSource) -> None:
    """Raise for the first name in braces that nobody fills in, and for words that are none."""
    for fault in unknown_names(source):
        raise fault


def _strange_in(section: TomlTable, allowed: Mapping[str, tuple[str, ...]]) -> Iterator[ConfigError]:
    for key, names in allowed.items():
        written = section.values.get(key, "")
        for text in written if isinstance(written, list) else [written]:
            if not isinstance(text, str):
                yield section.fault(f"“{key}”的值类型不对，应为文字。", key)
                continue
            bare = _NAME.sub("", text)
            strange = next((name for name in _NAME.findall(text) if name not in names), None)
            if strange is not None or "{" in bare or "}" in bare:
                can = "、".join(f"{{{name}}}" for name in names) or "无"
                yield section.fault(f"“{key}”中花括号里的名称不认识，可以用的有：{can}。", key)


def said(text: str, facts: Mapping[str, object]) -> str:
    """Return ``text`` with the names in ``facts`` replaced, any others left alone."""
    return _NAME.sub(lambda match: str(facts.get(match[1], match[0])), text)


def sheets_said(sheets: Iterable[Sheet], facts: Mapping[str, object]) -> tuple[Sheet, ...]:
    """Fill in the lines of sheets."""
    return tuple(replace(sheet, lines=tuple(said(line, facts) for line in sheet.lines)) for sheet in sheets)


def rule_said(rule: _Ruled, facts: Mapping[str, object]) -> _Ruled:
    """Fill in where a rule is written down."""
    return replace(rule, source=said(rule.source, facts))


def check_said(check: Balance, facts: Mapping[str, object]) -> Balance:
    """Fill in where the rule of a check is written down."""
    return replace(check, rule=replace(check.rule, source=said(check.rule.source, facts)))
