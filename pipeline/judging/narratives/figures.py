"""Numbers in texts against the tables: what a sentence claims must be one of the sums that its words can mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pipeline.judging.narratives.claims import Addition, Reader, Said
from pipeline.judging.narratives.filed import masked
from pipeline.judging.narratives.quoting import quoted

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Figures, Sum
    from pipeline.judging.narratives.filed import Check, Filed, Surroundings
    from pipeline.model import Fact, Finding, Number

_MOST_CELLS = 3
"""Cells of a sum that are named."""


def figures(rule: Figures, _around: Surroundings) -> Check:
    """Compare each claim of a text with the tables, and each list of parts with its whole."""
    reader = Reader(rule)

    def check(item: Filed) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            said, added = reader.read(masked(text, item))
            for claim, wrong in _wrong(said, item).items():
                yield _differs(rule, item, key, text, claim, wrong)
            for addition in added:
                yield _does_not_add_up(rule, item, key, text, addition)

    return check


def _wrong(said: Iterable[Said], item: Filed) -> dict[Claim, Said]:
    """Return the first false statement of each figure; none where another statement of it in the same text is true."""
    right: set[str] = set()
    wrong: dict[str, Said] = {}
    for statement in said:
        meant = meanings(statement.claim, item)
        if meant is None or statement.value in meant:
            right.add(statement.claim.key)
        else:
            wrong.setdefault(statement.claim.key, statement)
    return {statement.claim: statement for key, statement in wrong.items() if key not in right}


def meanings(claim: Claim, item: Filed) -> list[Number] | None:
    """Return what the figure may be, each once; None (not assessed) while a cell is blank."""
    sums = [_value(meant, item) for meant in claim.equals]
    known = [value for value in sums if value is not None]
    return list(dict.fromkeys(known)) if len(known) == len(sums) else None


def _value(meant: Sum, item: Filed) -> Number | None:
    total: Number = 0
    for sign, keys in ((1, meant.plus), (-1, meant.minus)):
        for key in keys:
            value = item.numbers.get(key)
            if value is None:
                return None
            total += sign * value
    return total


def _differs(rule: Figures, item: Filed, key: str, text: str, claim: Claim, wrong: Said) -> Finding:
    meant = meanings(claim, item) or [0]
    facts: dict[str, Fact] = {
        "sentence": quoted(text, wrong.start, wrong.end),
        "name": claim.name,
        "claimed": wrong.value,
        "expected": meant[0],
        "where": _where(item, claim.equals[0].plus),
    }
    return item.finding(rule, "differs", key, facts, *claim.equals[0].plus)


def _where(item: Filed, keys: Sequence[str]) -> str:
    """Name the cells of a figure: those of one sheet together, many by the first of them."""
    places = [item.places[key] for key in keys if key in item.places]
    cells = "、".join(place.cell for place in places[:_MOST_CELLS])
    more = f" 等 {len(places)} 格" if len(places) > _MOST_CELLS else ""
    return f"{places[0].sheet} {cells}{more}" if places else ""


def _does_not_add_up(rule: Figures, item: Filed, key: str, text: str, found: Addition) -> Finding:
    facts: dict[str, Fact] = {
        "sentence": quoted(text, found.start, found.end),
        "name": found.partition.name,
        "whole": found.whole,
        "added": found.total,
    }
    return item.finding(rule, "parts", key, facts)
