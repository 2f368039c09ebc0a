"""A batch of submissions goes in; what the form's rules over texts find comes out, by the submission's place in the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.forms import narrative as kinds
from pipeline.judging.narratives.figures import figures
from pipeline.judging.narratives.filed import binds
from pipeline.judging.narratives.names import other_name
from pipeline.judging.narratives.personal import personal
from pipeline.judging.narratives.ratios import ratios
from pipeline.judging.narratives.similarity import similar
from pipeline.judging.narratives.sums import sums
from pipeline.judging.narratives.words import forbidden, mention, told
from pipeline.judging.narratives.years import other_year, period

if TYPE_CHECKING:
    from pipeline.judging.narratives.filed import Check, Surroundings
    from pipeline.model import Finding

CHECKS: Mapping[type[kinds.Narrative], Callable[[Any, Surroundings], Check]] = {
    kinds.Figures: figures,
    kinds.Forbidden: forbidden,
    kinds.Mention: mention,
    kinds.OtherName: other_name,
    kinds.OtherYear: other_year,
    kinds.Period: period,
    kinds.Personal: personal,
    kinds.Ratios: ratios,
    kinds.Similar: similar,
    kinds.Sums: sums,
    kinds.Told: told,
}
"""For each kind of rule, what makes its check: patterns are compiled and texts compared once for a batch."""


def narrative_findings(around: Surroundings) -> Iterator[tuple[int, Finding]]:
    """Yield (number in the batch, finding), report by report, in the order of the form's rules."""
    checks = [(rule, CHECKS[type(rule)](rule, around)) for rule in around.form.narratives]
    for item in around.batch:
        for rule, check in checks:
            if binds(rule, item.agency):
                for finding in check(item):
                    yield item.number, finding
