"""A case of a rule's file goes in; the assessment of the workbook it describes comes out.

A case starts from a nil return of 甲局 for 2023 with texts that say all that is asked, on the blank template. It changes:
``numbers`` (any field, raw text too; a computed cell is typed over), ``blank`` (cells left empty), ``texts`` ("*" is every
text that is not named), ``level``, ``agency``, ``insert_row`` (before a row of a sheet), ``write`` (then, cells of the file as "sheet!A1"),
``unplaced`` ("texts": the sheets of texts are missing), ``file`` ("damaged", "document"), ``received`` (a time; the deadline is 2024-01-31),
``sender``, ``decided`` (why a person sent it back). ``last_year`` makes a nil return of 2022 known, with these figures; ``last_year_blank`` are unknown in it,
``last_year_texts`` are its texts. ``counted`` is what accepted registers of 甲局 come to, by form and cell.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.intake.identify import binding, identity
from pipeline.intake.read.reading import read
from pipeline.judging.rules.carried_tables import CountedRegister, carried_into
from pipeline.judging.rules.judge import judge
from pipeline.model import (
    SENT_BACK,
    Agency,
    Assessment,
    Envelope,
    Fact,
    Finding,
    Number,
    PastReport,
    Reading,
    Report,
    Severity,
)
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.run.filing import submission
from tests.support.documents import Style, as_docx
from tests.support.fills import approved, zeros
from tests.support.submissions import plain_texts

FOLDER = Path(__file__).parent.parent / "judging" / "cases"
DEADLINE = date(2024, 1, 31)
YEAR = 2023
_DECIDED: Mapping[str, Fact] = {"version": 1, "person": "王主任", "day": "2024-01-20"}
_OTHERS = ("丙区财政局", "丁局")


@dataclass(frozen=True, slots=True)
class Case:
    """One table of a rule's file."""

    rule: str
    name: str
    values: Mapping[str, Any]


def cases() -> list[Case]:
    """Every case of every rule's file."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for name, values in tomllib.loads(path.read_text("utf-8")).items():
            found.append(Case(path.stem, name, values))
    return found


def reading_of(form: Form, case: Case) -> Reading:
    """Read the workbook that the case describes."""
    return read(form, _content(form, case))


def last_year_of(form: Form, case: Case) -> PastReport | None:
    """Return last year's report, None if the case knows of none."""
    names = ("last_year", "last_year_blank", "last_year_texts")
    if not any(name in case.values for name in names):
        return None
    numbers: dict[str, Number | None] = {**zeros(form), **case.values.get("last_year", {})}
    numbers |= dict.fromkeys(case.values.get("last_year_blank", ()))
    return PastReport("001", YEAR - 1, numbers, case.values.get("last_year_texts", {}))


def judged(form: Form, case: Case) -> Assessment:
    """Read, identify and judge the case as a night would."""
    content = _content(form, case)
    own = Agency("001", _agency(case), "部门", case.values.get("level", "县区"), emails=("@jia.example.cn",))
    others = [Agency(f"00{number}", name, "部门", own.level) for number, name in enumerate(_OTHERS, 2)]
    roster = identity.Roster.of([own, *others])
    received = case.values.get("received")
    envelope = Envelope(
        content,
        hashlib.sha256(content).hexdigest(),
        "a.xlsx",
        f"{own.name}/a.xlsx",
        "mail" if "sender" in case.values else "folder",
        sender=case.values.get("sender"),
        received_at=datetime.fromisoformat(received) if received else None,
    )
    found = read(form, content)
    if "counted" in case.values:
        counted = {key: CountedRegister(figures) for key, figures in case.values["counted"].items()}
        found = carried_into(replace(form, beside=frozenset(counted)), found, counted)
    if case.values.get("unplaced") == "texts":
        found = _without_texts(form, found)
    who = identity.identify(found, path=envelope.path, sender=envelope.sender, roster=roster, year=YEAR)
    who = binding.bind(who, envelope, roster, ())
    if "decided" in case.values:
        sent_back = Finding(
            SENT_BACK[0],
            Severity.ERROR,
            None,
            (),
            SENT_BACK[1],
            {**_DECIDED, "reason": case.values["decided"]},
        )
        who = replace(who, findings=(*who.findings, sent_back))
    past = last_year_of(form, case)
    [assessment] = judge(
        form,
        [submission(envelope, found, who, own.level)],
        history={"001": past} if past else {},
        agencies=roster.agencies,
        deadlines={"001": DEADLINE},
    )
    return assessment


def _agency(case: Case) -> str:
    return str(case.values.get("agency", "甲局"))


def _content(form: Form, case: Case) -> bytes:
    if case.values.get("file") == "damaged":
        return b"PK\x03\x04 torn"
    if case.values.get("file") == "document":
        return as_docx(form, _nil_return(form, case), Style())
    values: dict[str, Number | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    written: Mapping[str, Any] = case.values.get("numbers", {})
    if any(key.endswith(".nil") for key in written):
        values = {}
        values |= {cell.key: 0 for cell in form.cells if cell.is_input and f"{cell.table}.nil" not in written}
    texts = plain_texts(form)
    given: dict[str, str] = dict(case.values.get("texts", {}))
    if "*" in given:
        texts = dict.fromkeys(texts, given.pop("*"))
    values |= {**approved(form), **texts, **given, **written}
    values = {key: value for key, value in values.items() if value != ""}
    for key in case.values.get("blank", ()):
        values.pop(key, None)
    stamp = Stamp(agency=_agency(case), year=YEAR, level=case.values.get("level", "县区"))
    return _edited(build_workbook(form, stamp, values=values), case)


def _nil_return(form: Form, case: Case) -> Report:
    numbers = tuple(zeros(form).values())
    return Report(form.id, _agency(case), "", YEAR, numbers, plain_texts(form), {})


def _edited(content: bytes, case: Case) -> bytes:
    """Do to the file what only hands can do."""
    writes, rows = case.values.get("write", {}), case.values.get("insert_row", {})
    if not writes and not rows:
        return content
    book = load_workbook(BytesIO(content))
    for sheet, row in rows.items():
        for area in list(book[sheet].merged_cells.ranges):
            book[sheet].unmerge_cells(str(area))
        book[sheet].insert_rows(row)
    for where, value in writes.items():
        sheet, _, cell = re.fullmatch(r"(.+)(!)([A-Z]+\d+)", where).groups()  # type: ignore[union-attr]
        book[sheet][cell] = value or None
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _without_texts(form: Form, found: Reading) -> Reading:
    """Take the texts away as if their sheets were missing, which their own finding would say."""
    keys = {text.key for text in form.texts}
    places = {key: place for key, place in found.places.items() if key not in keys}
    return replace(found, texts=dict.fromkeys(keys, ""), places=places)
