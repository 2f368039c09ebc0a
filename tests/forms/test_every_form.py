"""The fault bench over every shipped form: consistent reports are accepted, every planted fault is found, nothing else is said.

``NIANBAO_FAULTS=1000`` plants so many faults in each form instead of a few, ``NIANBAO_FILLS=100`` makes so many fills of the forms with
texts or registers, of which only ten are made here; values of registers and entries have their own faults in
``tests/judging/test_registers.py``, texts in ``test_faults``.
"""

from __future__ import annotations

import os

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import form_ids, load_form, parse_form
from pipeline.model import Finding
from pipeline.wording.messages import notices
from tests.forms.mutation import form_names, shipped
from tests.support.faults.every_form import Fault, Judged, consistent, faults, judged

FILLS = 40
FEWER = int(os.environ.get("NIANBAO_FILLS", "10"))
"""Fills of forms with texts or registers, each of which takes longer."""
MOST = int(os.environ.get("NIANBAO_FAULTS", "16"))
"""Checks that are broken in each form; of those with rules over texts, which have a bench of their own, a quarter."""
FIRST = 3
"""The seed of the report in which faults are planted."""


def of_checks(form: Form, item: Judged) -> set[str]:
    return {found.variant for found in item.assessment.findings if found.variant in form.checks}


def form_named(name: str) -> Form:
    """Load a form that ships, or one of these tests."""
    return load_form(name) if name in form_ids() else parse_form(shipped(name), f"{name}.toml")


@pytest.mark.parametrize("form_id", form_names())
def test_consistent_reports_are_accepted(form_id: str) -> None:
    form = form_named(form_id)
    is_typed = sum(cell.is_input for cell in form.cells) > len(form.cells) // 2
    fills = FILLS if is_typed and not form.narratives else FEWER
    for item in judged(form, [consistent(form, seed) for seed in range(fills)]):
        said = notices(form, item.assessment.findings)
        assert of_checks(form, item) == item.broken, said
        assert not item.broken or form.drawn, said
        assert not [one for one in item.loud if one[1] not in form.checks], said
        assert item.assessment.report or item.broken


def test_a_form_without_rules_over_texts_may_require_a_text() -> None:
    text = shipped("reading_rooms").replace('"文字"\nrequired = false', '"文字"\nrequired = true', 1)
    form = parse_form(text, "reading_rooms.toml")
    assert [item.required for item in form.texts] == [True]
    [item] = judged(form, [consistent(form, FIRST)])
    assert item.assessment.report, notices(form, item.assessment.findings)


@pytest.mark.parametrize("form_id", form_names())
def test_every_planted_fault_is_found(form_id: str) -> None:
    form = form_named(form_id)
    planted = list(faults(form, FIRST, MOST // 4 if form.narratives else MOST))
    assert planted
    missed, wrong = [], []
    for fault, item in zip(planted, judged(form, [fault.filled for fault in planted]), strict=True):
        if not any(is_it(fault, found) for found in item.assessment.findings):
            missed.append((fault.name, notices(form, item.assessment.findings)))
        if of_checks(form, item) != item.broken:
            wrong.append((fault.name, of_checks(form, item) ^ item.broken))
    assert not missed
    assert not wrong


def is_it(fault: Fault, found: Finding) -> bool:
    if fault.check:
        return found.variant == fault.check
    return found.code == fault.code and fault.key in found.keys
