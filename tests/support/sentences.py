"""Labelled sentences go in; what judging says of each comes out, as written and with each braced figure raised: by 1, and farther if asked.

An item names an agency, the figures of its tables (table ``requests``: 自然人, what is not named is 0) and a text. Figures
that the tables settle stand in braces. ``report`` says what must be found in the text as written, ``cite`` what the
finding has to quote. The agencies of a file are its roster.

What is raised by 1 may be seen for a slip of the pen in an account that else agrees, whether its words are understood or not
(record 0203); only what is raised farther, by a step that is none, says which words are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
_UNMARKED = re.compile("[【】]")
_MARKED = re.compile(r"【([^】]*)】")
_UNRELATED = frozenset(("N08",))
"""Texts that are alike because they are filled in by the same test."""
_TOGETHER = 16
"""Items that are judged in one batch."""
STEP = 1
FARTHER = (2, 7)
"""By how much a figure is raised, and farther: by no slip of the pen in a small number."""


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
    farther: int = 0
    """How many of its figures were raised farther as well."""
    caught_farther: Mapping[int, int] = field(default_factory=dict)
    """How many of these were caught, by how far they were raised."""


@dataclass(frozen=True, slots=True)
class _Raised:
    """A figure of an item that is raised: in which text, from where on, how it is written, and by how much."""

    name: str
    start: int
    written: str
    step: int

    @property
    def number(self) -> str:
        """The figure, raised."""
        whole, point, rest = self.written.replace(",", "").partition(".")
        return f"{int(whole) + self.step}{point}{rest}"

    def is_at(self, name: str, start: int) -> bool:
        """Say whether it stands there."""
        return (self.name, self.start) == (name, start)


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


def measure(form: Form, items: list[Sentence], *, farther_every: int = 0) -> Iterator[Outcome]:
    """Judge every item as written, and once for each braced figure; farther, too, those of one item in so many (0: none)."""
    roster = roster_of(items)
    with_figures = [item.id for item in items if any(_places(item))]
    farther = frozenset(with_figures[::farther_every] if farther_every else ())
    for start in range(0, len(items), _TOGETHER):
        for some in _apart(items[start : start + _TOGETHER]):
            told = iter(_messages(form, some, roster, farther))
            for item in some:
                raised = _raisings(item, farther)
                yield _measured(item, [next(told) for _ in raised], raised)


def _apart(items: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Yield items that may be judged together: those of one agency have the same year before."""
    some: list[Sentence] = []
    for item in items:
        if any(
            (own.agency, own.last_year) != (item.agency, item.last_year)
            for own in some
            if own.agency == item.agency
        ):
            yield some
            some = []
        some.append(item)
    yield some


def _places(item: Sentence) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield where the braced figures of an item stand."""
    for name, text in {item.topic: item.text, **item.also}.items():
        for match in _BRACED.finditer(text):
            yield name, match


def _raisings(item: Sentence, farther: Collection[str]) -> list[_Raised | None]:
    """Return which figures of an item are raised by how much, one at a time; None is the item as it is written."""
    steps = (STEP, *FARTHER) if item.id in farther else (STEP,)
    places = list(_places(item))
    return [None, *(_Raised(name, match.start(), match[1], step) for step in steps for name, match in places)]


def _measured(
    item: Sentence, told: Sequence[dict[str, list[str]]], raised: Sequence[_Raised | None]
) -> Outcome:
    """Count what was ``told`` of an item as it is written, and with each of its figures ``raised``."""
    found = told[0]
    asked = list(item.cite) if item.report else []
    reported = [any(all(word in said for word in words) for said in found) for words in asked]
    wanted = {said for said in found if any(all(word in said for word in words) for words in asked)}
    alarms = [said for said in sorted(found) if said not in wanted]
    faults = [f"FALSE {said}" for said in alarms]
    faults += [f"MISSED {words} {item.text}" for words, ok in zip(asked, reported, strict=True) if not ok]
    figures, caught = Counter[int](), Counter[int]()
    for one, said in zip(raised, told, strict=True):
        if one is None:
            continue
        cited = re.compile(rf"(?<![\d.]){re.escape(one.number)}(?![\d.])")
        is_caught = any(own not in found and any(map(cited.search, said[own])) for own in said)
        figures[one.step] += 1
        caught[one.step] += is_caught
        if not is_caught:
            faults.append(
                f"{'UNSEEN' if one.step == STEP else 'WEAK'} {one.written}→{one.number} {item.text}"
            )
    return Outcome(
        item.kind,
        figures[STEP],
        caught[STEP],
        len(asked),
        sum(reported),
        len(alarms),
        tuple(f"{item.id}: {fault}" for fault in faults),
        figures[FARTHER[0]],
        {step: caught[step] for step in FARTHER},
    )


def _messages(
    form: Form, items: Iterable[Sentence], roster: list[Agency], farther: Collection[str]
) -> list[dict[str, list[str]]]:
    """Return what the clerk is told of the texts, error or warning, with the figures that it cites or marks.

    Of each item as it is written, and with each braced figure raised. What only stands in the sentence around the mark is not cited.
    """
    agencies = {agency.name: agency for agency in roster}
    sent: list[Submission] = []
    past: dict[str, PastReport] = {}
    for item in items:
        agency = agencies[item.agency]
        if item.last_year:
            past[agency.code] = PastReport(agency.code, item.year - 1, _numbers(form, item.last_year))
        for raised in _raisings(item, farther):
            number = len(sent)
            one = _version(form, item, agency, raised)
            sent.append(replace(one, sha256=f"{number:064}", order=float(number)))
    texts = {text.key for text in form.texts}
    return [
        {
            f"{own.code} {_UNMARKED.sub('', notice(form, own).message)}": _cited(own)
            for own in assessment.findings
            if own.code not in _UNRELATED and own.severity is not Severity.INFO and own.key in texts
        }
        for assessment in judge(form, sent, history=past, agencies=roster)
    ]


def _version(form: Form, item: Sentence, agency: Agency, raised: _Raised | None) -> Submission:
    """Return the report of an item, one figure raised."""

    def shown(name: str, text: str) -> str:
        return _BRACED.sub(
            lambda match: raised.number if raised and raised.is_at(name, match.start()) else match[1], text
        )

    also = {name: shown(name, text) for name, text in item.also.items()}
    return _submission(form, item, agency, shown(item.topic, item.text), also)


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
                farther=own.farther, **{f"+{step}": many for step, many in own.caught_farther.items()},
            )  # fmt: skip
    return total
