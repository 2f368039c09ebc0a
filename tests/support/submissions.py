"""Numbers and texts go in; submissions as judging receives them come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.forms.form import Form
from pipeline.model import Agency, Claims, Number, Reading, Submission
from tests.support.fills import approved

AGENCY = Agency(code="001", name="甲局", kind="部门", level="县区")


def plain_texts(form: Form) -> dict[str, str]:
    """Every text filled, short and with all that the rules over texts ask for."""
    said = "本年度有关工作已完成。统计期限自2023年1月1日起，至2023年12月31日止。未收取信息处理费。开展了考核、评议，没有责任追究。"
    return {text.key: f"关于{text.label}，{said}" for text in form.texts}


def reading_of(
    form: Form, numbers: Mapping[str, Number | None], texts: Mapping[str, str] | None = None
) -> Reading:
    """A reading of a clean template with every text filled."""
    return Reading(
        form=form.id,
        claims=Claims(agency=AGENCY.name, year=2023),
        numbers={cell.key: numbers[cell.key] for cell in form.cells},
        texts=texts or plain_texts(form),
        entries=approved(form),
        places=form.places,
    )


def submission_of(found: Reading, *, level: str = "县区", number: int = 1) -> Submission:
    """A submission of one agency at ``level``."""
    return Submission(
        file=f"{number}.xlsx",
        name=f"{number}.xlsx",
        sha256=f"{number:064d}",
        source="folder",
        received_at=None,
        order=float(number),
        reading=found,
        agency=replace(AGENCY, level=level),
        level=level,
        year=2023,
    )


def filled(
    form: Form, numbers: Mapping[str, Number | None], *, level: str = "县区", number: int = 1
) -> Submission:
    """A submission of a template filled with ``numbers``."""
    return submission_of(reading_of(form, numbers), level=level, number=number)
