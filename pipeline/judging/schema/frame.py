"""A batch of readings goes in; the rows that the form's schema validates come out, one for each submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline.forms.form import BALANCING
from pipeline.judging.rules.sums import failing, figures, past_figures, sums
from pipeline.judging.schema.form_schema import counted_rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.forms.form import Form
    from pipeline.model import Finding, PastReport, Reading


def rows_of(
    form: Form,
    readings: Sequence[Reading],
    levels: Sequence[str],
    pasts: Sequence[PastReport | None],
    found: Sequence[Sequence[Finding]],
    kinds: Sequence[str] = (),
) -> NDArray[np.float64]:
    """Return (submissions × columns of the schema): figures, comparisons, and how often each other rule was broken.

    ``levels`` and ``kinds`` are those of the agencies, ``pasts`` their last year's reports, ``found`` what reading and texts gave away.
    """
    numbers = figures(form, readings)
    return np.hstack(
        [numbers, _comparisons(form, numbers, past_figures(form, pasts), levels, kinds), _counts(form, found)]
    )


def _comparisons(
    form: Form,
    numbers: NDArray[np.float64],
    past: NDArray[np.float64],
    levels: Sequence[str],
    kinds: Sequence[str],
) -> NDArray[np.float64]:
    """Return the differences of balances, and for other relations 1 where one fails; NaN is not assessed."""
    added = sums(form, numbers, past, levels, kinds)
    result = np.full(added.left.shape, np.nan)
    for column, check in enumerate(form.checks.values()):
        left, right = added.left[:, column], added.right[:, column]
        if check.rule.relation in BALANCING:
            result[:, column] = left - right
        else:
            fails = failing(form, check, left, right)
            result[:, column] = np.where(np.isnan(left), np.nan, fails)
    return result


def _counts(form: Form, found: Sequence[Sequence[Finding]]) -> NDArray[np.float64]:
    rules = counted_rules(form)
    broken = [Counter(finding.code for finding in own) for own in found]
    return np.array([[own[rule] for rule in rules] for own in broken], dtype=np.float64).reshape(
        len(found), len(rules)
    )
