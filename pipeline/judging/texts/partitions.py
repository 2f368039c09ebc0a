"""The labels of a list go in; whether they are all that its whole can be divided into comes out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.judging.texts.beginnings import any_of, compiled

if TYPE_CHECKING:
    from pipeline.forms.narrative import PartSums


class KnownPartitions:
    """Knows the partitions of one rule, each with its words and those of which all are needed; made once."""

    def __init__(self, rule: PartSums) -> None:
        self._closing = compiled(any_of(rule.closing))
        self.items = [
            (item, compiled(any_of(item.parts)), [re.compile(word) for word in item.all_of])
            for item in rule.partitions
        ]

    def are_closed(self, labels: Sequence[str]) -> bool:
        """Say whether the last part is all that is left."""
        return self._closing.fullmatch(labels[-1]) is not None

    def are_all(self, labels: Sequence[str]) -> bool:
        """Say whether the parts are all that the form knows of a whole."""
        return any(
            bool(all_of)
            and all(any(map(word.search, labels)) for word in all_of)
            and all(map(words.search, labels))
            for _, words, all_of in self.items
        )
