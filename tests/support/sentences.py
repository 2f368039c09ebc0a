"""Labelled sentences go in; what judging says of each comes out, as written and with each braced figure raised by 1.

An item names an agency, the figures of its tables (table ``requests``: 自然人, what is not named is 0) and a text. Figures
that the tables settle stand in braces. ``report`` says what must be found in the text as written, ``cite`` what the
finding has to quote. The agencies of a file are its roster.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.judging.rules.judge import judge
from pipeline.model import Agency, Claims, Finding, Number, PastReport, Reading, Severity, Submission
from pipeline.wording.messages import notice
from tests.support.fills import zeros
from tests.support.submissions import plain_texts

FOLDER = Path(__file__).parent.parent / "judging" / "sentences"
_BRACED = re.compile(r"\{([\d.,]+)\}")
_MARKED = re.compile(r"【([^】]*)】")
_UNRELATED = frozenset(("N08",))
"""Texts that are alike because they are filled in by the same test."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One labelled item; the fields of the file that this module does not use are in ``note``."""

    id: str
    kind: str
    agency: str
    level: str
    agency_kind: str
    year: int
    topic: str
    text: str
    means: list[str]
    cells: Mapping[str, Number]
    report: list[str]
    cite: list[list[str]] = field(default_factory=list)
    also: Mapping[str, str] = field(default_factory=dict)
    applicants: Mapping[str, Mapping[str, Number]] = field(default_factory=dict)
    disputes: Mapping[str, Number] = field(default_factory=dict)
    proactive: Mapping[str, Number] = field(default_factory=dict)
    last_year: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: how many of its figures and demands were caught, and what went wrong, in words."""

    kind: str
    figures: int = 0
    caught: int = 0
    asked: int = 0
    reported: int = 0
    alarms: int = 0
    faults: tuple[str, ...] = ()


def load(name: str | Path) -> list[Sentence]:
    """Read the set ``name`` of the folder of sentences, or the file at a path."""
    path = name if isinstance(name, Path) else FOLDER / f"{name}.json"
    text = path.read_text("utf-8")
    return [Sentence(**item) for item in json.loads(text, parse_float=Decimal)]


def roster_of(items: Iterable[Sentence]) -> list[Agency]:
    """Return the agencies of a file, each once."""
    named = {item.agency: item for item in items}
    return [
        Agency(f"{number:03}", name, item.agency_kind, item.level)
        for number, (name, item) in enumerate(named.items())
    ]


def _numbers(form: Form, given: Mapping[str, Any]) -> dict[str, Number | None]:
    numbers: dict[str, Number | None] = dict(zeros(form))
    for row, value in given.get("cells", {}).items():
        numbers[f"requests.{row}.natural_person"] = value
    for row, columns in given.get("applicants", {}).items():
        numbers |= {f"requests.{row}.{column}": value for column, value in columns.items()}
    for table in ("disputes", "proactive"):
        numbers |= {f"{table}.{key}": value for key, value in given.get(table, {}).items()}
    typed = {key: None if form.by_key[key].defined_by else value for key, value in numbers.items()}
    return dict(with_totals(form, typed))


def _submission(form: Form, item: Sentence, agency: Agency, text: str, also: Mapping[str, str]) -> Submission:
    given = {name: getattr(item, name) for name in ("cells", "applicants", "disputes", "proactive")}
    plain = {key: said.replace("2023年", f"{item.year}年") for key, said in plain_texts(form).items()}
    texts = plain | {item.topic: text} | dict(also)
    reading = Reading(
        form=form.id,
        claims=Claims(agency=agency.name, year=item.year),
        numbers=_numbers(form, given),
        texts=texts,
        places=form.places,
    )
    return Submission(
        file="1.xlsx", name="1.xlsx", sha256="1" * 64, source="folder", received_at=None, order=1.0,
        reading=reading, agency=agency, level=agency.level, year=item.year,
    )  # fmt: skip


def measure(form: Form, items: list[Sentence]) -> Iterator[Outcome]:
    """Judge every item as written, and once for each braced figure."""
    roster = roster_of(items)
    agencies = {agency.name: agency for agency in roster}
    for item in items:
        yield _measured(form, item, agencies[item.agency], roster)


def _measured(form: Form, item: Sentence, agency: Agency, roster: list[Agency]) -> Outcome:
    found = sorted(_messages(form, item, agency, roster))
    asked = list(item.cite) if item.report else []
    reported = [any(all(word in said for word in words) for said in found) for words in asked]
    wanted = {said for said in found if any(all(word in said for word in words) for words in asked)}
    alarms = [said for said in found if said not in wanted]
    faults = [f"FALSE {said}" for said in alarms]
    faults += [f"MISSED {words} {item.text}" for words, ok in zip(asked, reported, strict=True) if not ok]
    caught = 0
    places = [
        (name, match)
        for name, text in {item.topic: item.text, **item.also}.items()
        for match in _BRACED.finditer(text)
    ]
    for name, match in places:
        said = _messages(form, item, agency, roster, raised=(name, match.start()))
        number = _raised(match[1])
        cited = re.compile(rf"(?<![\d.]){re.escape(number)}(?![\d.])")
        news = [own for own in said if own not in found and any(map(cited.search, said[own]))]
        caught += bool(news)
        if not news:
            faults.append(f"UNSEEN {match[1]}→{number} {item.text}")
    return Outcome(
        item.kind,
        len(places),
        caught,
        len(asked),
        sum(reported),
        len(alarms),
        tuple(f"{item.id}: {fault}" for fault in faults),
    )


def _raised(written: str) -> str:
    plain = written.replace(",", "")
    whole, point, rest = plain.partition(".")
    return f"{int(whole) + 1}{point}{rest}"


def _messages(
    form: Form, item: Sentence, agency: Agency, roster: list[Agency], raised: tuple[str, int] | None = None
) -> dict[str, list[str]]:
    """Return what the clerk is told of the texts, error or warning, with the figures that it cites or marks.

    What only stands in the sentence around the mark is not cited.
    """

    def shown(name: str, text: str) -> str:
        return _BRACED.sub(
            lambda match: _raised(match[1]) if raised == (name, match.start()) else match[1], text
        )

    also = {name: shown(name, text) for name, text in item.also.items()}
    submission = _submission(form, item, agency, shown(item.topic, item.text), also)
    past = (
        {agency.code: PastReport(agency.code, item.year - 1, _numbers(form, item.last_year))}
        if item.last_year
        else {}
    )
    [assessment] = judge(form, [submission], history=past, agencies=roster)
    texts = {text.key for text in form.texts}
    kept = [
        finding
        for finding in assessment.findings
        if finding.code not in _UNRELATED and finding.severity is not Severity.INFO and finding.key in texts
    ]
    return {f"{own.code} {notice(form, own).message}": _cited(own) for own in kept}


def _cited(finding: Finding) -> list[str]:
    """Return what a finding cites: its facts, and of its sentence what is marked."""
    marked = _MARKED.findall(str(finding.facts.get("sentence", "")))
    return [*marked, *(str(value) for name, value in finding.facts.items() if name != "sentence")]


def by_kind(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """Add up the outcomes of each kind, and of all of them under the name “all”."""
    total: dict[str, Counter[str]] = {}
    for own in outcomes:
        for kind in (own.kind, "all"):
            total.setdefault(kind, Counter()).update(
                items=1, figures=own.figures, caught=own.caught, asked=own.asked, reported=own.reported, alarms=own.alarms,
            )  # fmt: skip
    return total
