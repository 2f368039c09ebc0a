"""The stamp of a file and the form it is read on go in; what there is to say of the stamp comes out.

The hidden stamp names the form and the edition that the template was made from. Another edition, or another form whose
tables are the same, is read by its labels, and that is said; a template of another known form is named, so that it can be
sent where it belongs.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.forms import library
from pipeline.model import Fact, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.forms.form import Form

REFUSING = "other_form"
"""The variant of a finding that leaves nothing to read: it is a template of another form."""
_PARTLY = "other_form_carried"
OTHER_FORMS = (REFUSING, _PARTLY)
"""What F04 says of a template of another known form that lacks tables of the one it is read on."""
_CODE = "F04"
_NEVER_HAD = {
    ("F03", "missing_label"): "label_of_another",
    ("F03", "missing_table"): "table_of_another",
    ("F03", "missing_sheet"): "sheet_of_another",
}
"""What a template of another edition or form lacks, perhaps because it never had it: nobody can restore that there."""


def about_stamp(form: Form, stamp: Mapping[str, str], missing: Sequence[bool]) -> Finding | None:
    """Return what is otherwise about ``stamp`` than ``form`` wants; ``missing`` says of each table whether labels of it are."""
    stated, edition = stamp.get("form", ""), stamp.get("edition", "")
    if not stated or (stated == form.id and edition in {"", form.edition}):
        return None
    if stated == form.id:
        return _said("edition", {"title": form.title, "stated": edition, "edition": form.edition})
    known = library.titles_of(stated, form.reference)
    if known is None:
        variant = "unknown_form_broken" if any(missing) else "unknown_form"
        return _said(variant, {"title": form.title, "stated": stated})
    facts = _both_named(known, (form.title, form.authority))
    if any(missing):
        return _said(REFUSING if all(missing) else _PARTLY, facts)
    return _said("same_tables", facts)


def as_of(said: Finding | None, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return ``findings`` of a file of which ``said`` is said: what another template lacks is to be filled in on the own one."""
    if said is None:
        return tuple(findings)
    return tuple(
        replace(item, variant=_NEVER_HAD.get((item.code, item.variant), item.variant)) for item in findings
    )


def among(findings: Iterable[Finding], titles: Sequence[str]) -> tuple[Finding, ...]:
    """Return ``findings`` where forms of all ``titles`` are collected: a template of yet another one is told of them all."""
    return tuple(
        replace(item, facts={**item.facts, "title": "》、《".join(titles)})
        if (item.code, item.variant) == (_CODE, REFUSING)
        else item
        for item in findings
    )


def _both_named(stated: tuple[str, str], own: tuple[str, str]) -> dict[str, Fact]:
    """Name two forms by their titles, and by what they are based on where the titles are the same."""
    names = [
        f"{title}（{authority}）" if stated[0] == own[0] else title for title, authority in (stated, own)
    ]
    return {"stated": names[0], "title": names[1]}


def _said(variant: str, facts: Mapping[str, Fact]) -> Finding:
    return Finding.found(_CODE, variant=variant, facts=facts)
