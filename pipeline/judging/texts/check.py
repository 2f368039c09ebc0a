"""A batch of submissions goes in; what the form's rules over texts find comes out, by the submission's place in the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.forms import narrative as kinds
from pipeline.judging.texts.filed import TextContext, binds
from pipeline.judging.texts.other_names import other_name
from pipeline.judging.texts.personal import personal
from pipeline.judging.texts.ratios import ratios
from pipeline.judging.texts.similarity import similar
from pipeline.judging.texts.stated_figures import figures
from pipeline.judging.texts.text_sums import sums
from pipeline.judging.texts.word_rules import answered, forbidden, mention, unwritten
from pipeline.judging.texts.years import other_year, period

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.judging.texts.filed import Check
    from pipeline.model import Finding

CHECKS: Mapping[type[kinds.Narrative], Callable[[Any, TextContext], Check]] = {
    kinds.FigureClaims: figures,
    kinds.Forbidden: forbidden,
    kinds.Mention: mention,
    kinds.OtherName: other_name,
    kinds.OtherYear: other_year,
    kinds.StatedPeriod: period,
    kinds.Personal: personal,
    kinds.Ratios: ratios,
    kinds.Similar: similar,
    kinds.PartSums: sums,
    kinds.Answered: answered,
}
"""For each kind of rule, what makes its check: patterns are compiled and texts compared once for a batch."""


def narrative_findings(around: TextContext) -> Iterator[tuple[int, Finding]]:
    """Yield (number in the batch, finding), report by report, in the order of the form's rules; first what is not written at all."""
    checks = _checks(around)
    for item in around.batch:
        for finding in unwritten(around.form, item):
            yield item.number, finding
        for rule, check in checks:
            if binds(rule, item.agency):
                for finding in check(item):
                    yield item.number, finding


def get_ready(form: Form) -> None:
    """Compile the patterns of a form, a fifth of a second for a process, before there is a text to read."""
    _checks(TextContext(form, [], []))


def _checks(around: TextContext) -> list[tuple[kinds.Narrative, Check]]:
    return [(rule, CHECKS[type(rule)](rule, around)) for rule in around.form.narratives]
