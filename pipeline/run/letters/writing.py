"""An intention and the finished outputs go in; the letter comes out as the ledger keeps it, with its attachments.

A letter follows from what it is for, what it carries and the clock alone, so one that waits can be written again as of
the moment it was written, and tells by its digest whether it still says what would be said now.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.ledger import Ledger, letters, output_record
from pipeline.ledger.campaign import RunResult
from pipeline.ledger.secret import secret_of
from pipeline.letter import AnswerPlan, Attachment, CountedVersion, DistrictDelivery, Intention, LetterKind
from pipeline.letters.plan import carries_anothers
from pipeline.machine.digest import digest_of, program
from pipeline.machine.durable import files_below, read_whole
from pipeline.machine.environment import typed
from pipeline.model import ConfigError, PastReport
from pipeline.periods import scope_of
from pipeline.publishing.files import safe_name

if TYPE_CHECKING:
    from pipeline.letters.text import LetterBuilder


_NTH = re.compile(r"_第\d{1,9}次$", re.ASCII)
"""Ends the names of workbooks that go back."""


@dataclass(frozen=True)  # without slots: the basis is worked out once, when somebody asks
class LetterContext:
    """Where letters are written: for which campaign, into which year's folder, when."""

    ledger: Ledger
    district: District
    form: Form
    target: Path
    now: datetime
    history: Mapping[str, PastReport]
    """Last year's reports by agency code."""

    @cached_property
    def basis(self) -> str:
        """Digest what every letter is written by: the program, the settings, the district's own texts and layouts."""
        own = self.district.layouts
        files = files_below(own)
        return digest_of(
            (program(), self.district, *((path, digest_of([read_whole(path)])) for path in files))
        )


@dataclass(frozen=True, slots=True)
class LetterWriter:
    """Writes letters in a context; ``found`` is what the last run found, whose outputs attachments are taken from."""

    context: LetterContext
    builder: LetterBuilder
    found: RunResult | None
    paths: Mapping[str, str]

    @classmethod
    def of(cls, context: LetterContext, found: RunResult | None) -> LetterWriter:
        """Prepare to write ``planned``. Raises ConfigError with file and line if one of the district's texts cannot be used."""
        from pipeline.letters.text import LetterBuilder, Sources  # noqa: PLC0415 - Jinja2, only where letters are written

        rules = f"nianbao {__version__}，{context.form.mark}"
        totals = found.totals if found else ()
        builder = LetterBuilder.of(
            Sources(context.form, context.district, context.now, rules, totals, secret_of(context.ledger))
        )
        return cls(context, builder, found, _paths(found))

    def write(self, item: Intention, at: datetime) -> letters.LedgerLetter:
        """Write a letter as of ``at``."""
        from pipeline.letters.text.mime import words_of  # noqa: PLC0415 - with Jinja2

        builder = replace(self.builder, sources=replace(self.builder.sources, now=at))
        attachments = _attachments(self.context, item, self.found, self.paths)
        made = builder.write(item, attachments)
        year = self.context.district.year
        return letters.LedgerLetter(
            key=letters.stored_key(year, item.key),
            year=year,
            kind=item.kind.value,
            recipient=", ".join(item.to),
            subject=made.subject,
            message_id=made.message_id,
            content=made.content,
            agency=made.agency,
            attached=tuple(hashlib.sha256(attachment.content).hexdigest() for attachment in attachments),
            words=words_of(made.content) or "",
        )

    def would_repeat(self, item: Intention, kept: letters.StoredLetter) -> bool:
        """Whether it would be the letter that is kept; one that a person edited, or that goes to a corrected address, stays as it is."""
        if kept.edited:
            return True
        again = self.write(item, kept.intended_at)
        was_readdressed = again.message_id != kept.message_id
        return was_readdressed or hashlib.sha256(again.content).hexdigest() == kept.sha256

    def would_attach_the_same(self, item: Intention, kept: letters.StoredLetter) -> bool:
        """Whether the letter that is kept carries what it would carry now."""
        message = message_from_bytes(letters.content(self.context.ledger, kept), policy=policy.default)
        before = [part.get_content() for part in message.iter_attachments()]
        now = _attachments(self.context, item, self.found, self.paths)
        return before == [attachment.content for attachment in now]


def _paths(found: RunResult | None) -> dict[str, str]:
    """Map the digest of a file to the report or the marked workbook made of it."""
    rows = found.record["submissions"] if found else []
    return {
        row["sha256"]: row["report"] or row["returned"] for row in rows if row["report"] or row["returned"]
    }


def _attachments(
    context: LetterContext, item: Intention, found: RunResult | None, paths: Mapping[str, str]
) -> list[Attachment]:
    if isinstance(item.body, AnswerPlan) and item.kind in (LetterKind.ACCEPTANCE, LetterKind.RETURNED):
        path = "" if carries_anothers(item) else paths.get(item.body.arrival.sha256)
        return [_named(context, _read(context, path))] if path else []
    if isinstance(item.body, CountedVersion):
        path = paths.get(item.body.sha256)
        return [_named(context, _read(context, path))] if path else []
    if isinstance(item.body, DistrictDelivery) and found:
        return [workbook_of(context, found)]
    if item.agency and item.kind in (LetterKind.REMINDER, LetterKind.TEMPLATE):
        from pipeline.coordinating import preparing  # noqa: PLC0415 - xlsxwriter, only where something is built

        past = context.history.get(item.agency.code)
        return [preparing.personal_template(context.district, context.form, item.agency, past)]
    return []


def _named(context: LetterContext, file: Attachment) -> Attachment:
    """Name an attachment by form and period too where the district collects several: an agency keeps them in one folder."""
    if not context.district.collected:
        return file
    path = Path(file.name)
    whose = _NTH.sub("", path.stem)
    topic = f"_{scope_of(context.district.year)}{context.form.words.titled}"
    return replace(file, name=f"{safe_name(whose, path.stem[len(whose) :], topic)}{path.suffix}")


def workbook_of(context: LetterContext, found: RunResult) -> Attachment:
    """Return the district workbook of the last run."""
    return _read(context, str(found.record["files"]["summary"]))


def _read(context: LetterContext, path: str) -> Attachment:
    """Return an output as the last run wrote it. Raises ConfigError where a person has changed it since."""
    made = output_record.at(context.ledger, context.district.year, path)
    place = context.target / ((made.beside if made else "") or path)
    content = read_whole(place) if place.is_file() else b""
    if made is None or hashlib.sha256(content).hexdigest() != made.digest:
        raise ConfigError(
            f"“{path}”在上次运行后被改动或删除，不能作为附件。请先运行 nianbao run {typed(context.district.folder)}"
            "（改动过的文件会另存在旁边），再运行这个命令。"
        )
    return Attachment(Path(path).name, content)
