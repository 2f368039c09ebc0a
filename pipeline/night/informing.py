"""A planned letter and the ledger go in; the letter comes out, with what only the ledger knows of earlier ones.

What a clerk was told of the version before, and which figures differ from the workbook that went up before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pipeline.forms.form import Form
from pipeline.ledger import Ledger, assessments
from pipeline.messages import spoken
from pipeline.night.delivered import last_delivered
from pipeline.post import Answer, Delivery, Intention


@dataclass(frozen=True, slots=True)
class Past:
    """What was told and delivered in the campaign of ``year``; ``figures`` is the path of those that stand now."""

    ledger: Ledger
    form: Form
    year: int
    figures: Path

    def informed(self, item: Intention) -> Intention:
        """Return the letter with what it is to say of earlier ones."""
        body = item.body
        if isinstance(body, Answer):
            return replace(item, body=self._compared(body))
        if isinstance(body, Delivery) and body.corrects:
            return replace(item, body=replace(body, changes=tuple(self._changes())))
        return item

    def _compared(self, body: Answer) -> Answer:
        """Leave out of the version before what has only been found in it since: its sender never heard of that."""
        before = body.earlier
        if before is None or body.told_at is None:
            return body
        news = assessments.arisen_since(self.ledger, self.year, before.sha256, body.told_at)
        told = tuple(notice for notice in before.notices if (notice.code, notice.key) not in news)
        return replace(body, earlier=replace(before, notices=told))

    def _changes(self) -> Iterable[str]:
        """Say figure by figure what differs from the workbook that went up before."""
        delivered = last_delivered(self.ledger, self.form, self.year)
        for row in figure_rows(self.figures) if delivered else ():
            before = delivered.figures.get(row["agency_code"]) if delivered else None
            if before is None:
                yield f"{row['agency']}：上次没有汇总，本次新增"
                continue
            for cell, old in zip(self.form.cells, before, strict=True):
                new = Decimal(row[cell.key])
                if old is not None and new != old:
                    yield f"{row['agency']}　{cell.short_label}：{spoken(old)} 改为 {spoken(new)}"


def figure_rows(path: Path) -> list[Mapping[str, str]]:
    """Return the rows of ``figures.csv``."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
