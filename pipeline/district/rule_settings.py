"""``[rules]`` of district.toml goes in; the district's choices about rules come out.

Whether the rules named there exist is for ``adjusting`` to say, which knows the form; the lines are kept for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.toml_source import TomlTable

_TABLES = ("severity", "limits", "off")


@dataclass(frozen=True, slots=True)
class Rules:
    """The district's choices about rules; what is not named stays as the form says."""

    blank_is_zero: bool = False
    """Read a blank or a placeholder in a table as 0, with a warning instead of an error."""
    accept_documents: bool = False
    """Count a report in Word, web page or PDF at once where it was read whole, instead of returning the template filled."""
    severity: Mapping[str, str] = field(default_factory=dict)
    """Rule → error, warning or info."""
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Rule → the limits that differ from the form's, by name."""
    off: Mapping[str, str] = field(default_factory=dict)
    """Rule that is not applied → why."""
    trial: tuple[str, ...] = ()
    """Rules that only the coordinator is told of, and that change no verdict."""
    sections: Mapping[str, TomlTable] = field(default_factory=dict, repr=False, compare=False)
    """Where each choice is written, for complaints about it; empty for choices that no file holds."""


def rule_settings(section: TomlTable) -> Rules:
    """Read ``[rules]`` and its tables. Raises ConfigError for what is no choice at all."""
    sections = {"trial": section, **{name: section.table(name) for name in _TABLES}}
    plain = {name: value for name, value in section.values.items() if name not in _TABLES}
    for rule, reason in sections["off"].values.items():
        if not isinstance(reason, str) or not reason.strip():
            raise sections["off"].fault(f'停用“{rule}”要写明原因，例如 "{rule}" = "本区另有规定"。', rule)
    for rule, limits in sections["limits"].values.items():
        if not isinstance(limits, dict):
            raise sections["limits"].fault(
                f"“{rule}”的界限应写成 {{ 名称 = 整数 }}，例如 {{ base = 50 }}。", rule
            )
    tables = {name: sections[name].values for name in _TABLES}
    return replace(section, values=plain).into(Rules, **tables, sections=sections)


AS_THE_FORM_SAYS = Rules()
"""A district.toml without the table."""
