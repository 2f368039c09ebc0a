"""The text of a government goes in; it comes out with those marked that are all of it, and those that are only a part of it.

A government reports for all its departments and towns: 各部门 are its own. What 县政府 alone issued, or received beside what 部门
received, is a part that no table has.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.forms.narrative import OWN_NAME, PART
from pipeline.judging.texts.beginnings import any_of, compiled

if TYPE_CHECKING:
    from pipeline.forms.narrative import FigureClaims

_AMONG, _ENDS = re.compile("其中"), re.compile("[；。]")
_FEWEST = 2
"""Parts that a paragraph tells of, so that each is one."""


class GovernmentWords:
    """Knows the words of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._members = compiled(any_of(rule.members))
        self._parts = compiled(any_of(rule.parts_of_whole))
        self._apart = [compiled(pattern) for pattern in rule.separate_wholes]
        self._addressed, self._beside = compiled(rule.addressed), compiled(rule.beside_addressed)

    def marked(self, text: str) -> str:
        """Return ``text`` with members and parts replaced, every character by one."""
        text = self._parts.sub(_as_part, text)
        text = self._members.sub(lambda match: OWN_NAME * len(match[0]), text)
        return "\n".join(map(self._with_wholes_apart, text.split("\n")))

    def with_addressed_apart(self, text: str) -> str:
        """Return ``text`` with those marked that were sent something, where a figure of all or of others stands beside.

        受理向县政府提出的申请25件，各部门受理83件 are two parts; with nothing beside it is what was received.
        """
        if not self._addressed.search(text):
            return text
        return "\n".join(map(self._addressed_apart, text.split("\n")))

    def _addressed_apart(self, paragraph: str) -> str:
        addressed = [found.span() for found in self._addressed.finditer(paragraph)]
        beside = [
            found
            for found in self._beside.finditer(paragraph)
            if addressed and not any(found.start() < end and start < found.end() for start, end in addressed)
        ]
        if not beside:
            return paragraph
        apart = [*addressed, *(found.span("members") for found in beside if found["members"])]
        for start, end in apart:
            paragraph = f"{paragraph[:start]}{PART * (end - start)}{paragraph[end:]}"
        return paragraph

    def _with_wholes_apart(self, paragraph: str) -> str:
        """Return a paragraph with those marked that it sets against each other; not those among others (其中部门收到4件)."""
        for pattern in self._apart:
            wholes = list(pattern.finditer(paragraph))
            is_apart = len(wholes) >= _FEWEST and any(own[0].strip(OWN_NAME) for own in wholes)
            among = (_AMONG.search(paragraph, *_between(*pair)) for pair in pairwise(wholes))
            if is_apart and not any((*among, *(_AMONG.match(own[0]) for own in wholes))):
                paragraph = pattern.sub(_as_part, paragraph)
        return paragraph


def _between(one: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    """Return what stands between two that are told of, up to the end of the clauses in which the first is."""
    ends = _ENDS.search(one.string, one.end(), other.start())
    return (one.end(), other.end()) if ends is None else (other.start(), other.end())


def _as_part(match: re.Match[str]) -> str:
    return PART * len(match[0])
