"""Patterns as the form writes them go in; regular expressions, spelled out and tried, come out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.forms.narrative import LAST_YEAR, NEXT_YEAR, OWN_NAME, OWN_YEAR, PART

if TYPE_CHECKING:
    from pipeline.toml_source import TomlTable

_MACRO = re.compile(r"(?<!P)<(\w+)>")
WORDS: Mapping[str, str] = {
    "year": f"{OWN_YEAR}+",
    "last": f"{LAST_YEAR}+",
    "next": f"{NEXT_YEAR}+",
    "agency": f"{OWN_NAME}+",
    "part": f"{PART}+",
}
"""What ``<name>`` in a pattern stands for."""


_OF_NOTHING = ("hollow",)
"""Patterns of whole texts that may be empty."""


def without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return ``values`` but for ``names``."""
    return {key: value for key, value in values.items() if key not in names}


def spelled(section: TomlTable, written: str, *, may_be_empty: bool = False) -> str:
    """Return a pattern spelled out. Raises ConfigError if it is no regular expression, names an unknown word or finds nothing at all."""
    tried = written.replace("{year}", "2000").replace("{name}", "x")
    try:
        finds_nothing = _finds_nothing(tried)
    except KeyError as error:
        raise section.fault(f"“{written}”用了没有定义的名称 {error}。", written[:12]) from None
    except re.error as error:
        raise section.fault(f"“{written}”不是正确的正则表达式：{error}。", written[:12]) from None
    if finds_nothing and not may_be_empty:
        raise section.fault(f"“{written}”什么字都没有也算找到，请写明要找的字。", written[:12])
    return _in_full(written)


def _in_full(written: str) -> str:
    return _MACRO.sub(lambda match: WORDS[match.group(1)], written)


@cache  # the forms of a district have most of their patterns from one another
def _finds_nothing(written: str) -> bool:
    """Whether a pattern is found where nothing stands. Raises KeyError and re.error."""
    return re.match(_in_full(written), "") is not None


def all_spelled(section: TomlTable, names: Iterable[str]) -> dict[str, Any]:
    """Return those of the keys ``names`` that the section has, each pattern, or list of patterns, spelled out."""
    found: dict[str, Any] = {}
    for name in names:
        written, may_be_empty = section.values.get(name), name in _OF_NOTHING
        if isinstance(written, str):
            found[name] = spelled(section, written, may_be_empty=may_be_empty)
        elif written is not None:
            found[name] = tuple(
                spelled(section, pattern, may_be_empty=may_be_empty) for pattern in section.strings(name)
            )
    return found
