"""Submissions go in; what the rules over texts look at comes out, prepared once for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from pipeline.forms.narrative import LAST_YEAR, NEXT_YEAR, OWN_NAME, OWN_YEAR
from pipeline.judging.texts.abbreviations import shortened
from pipeline.judging.texts.tidy import tidy
from pipeline.model import Agency, Fact, Finding, Place, Severity
from pipeline.periods import year_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from pipeline.forms.form import Form
    from pipeline.forms.narrative import Narrative
    from pipeline.model import Number, PastReport, Submission

_OFFICES = ("办事处", "人民政府")
_OFFICE = r"(?:人民政府|政府|街道办事处|办事处|管理委员会|管委会|委员会|办公室|办公厅|机关|本级)"
OFFICE_WORDS = re.compile(f"{_OFFICE}+")
"""Words for an office that every place has: alone they name nobody, after a name they name a part of it."""
_SHORTEST_NAME = 3
_GOVERNS, _OF_GOVERNMENT = "政府", "信息|网站|门户|公报|办(?!理|结|复|件|公开)"
"""A name that ends so is none where the word goes on: 全区|政府信息公开, 县政府|办公室."""
_ALSO_CALLED = re.compile(r"(?<=.{4})（[^（）]{2,40}）\Z")
"""What else a body is called, behind its name: 发展和改革局（粮食和物资储备局）."""
_PLACE_NAME = re.compile(r"^[^市]{2,4}市(?=.{4}|.{2}[区县镇乡旗])")
_CITY = re.compile(r"^[^市区县]{2,4}(?P<rest>市[^市区县]{2,})$")
_ABBREVIATED = re.compile('（以下(?:统一)?简称(?:为)?[“‘"]?(?P<name>[^”’"，。；（）]{2,12})[”’"]?[，）]')
_GOVERNED = re.compile(r"(?:自治县|[省市区县旗州])人民政府$")
_GOVERNMENTS_OFFICE = re.compile(r"(?P<place>[省市区县旗州盟])人民政府(?P<office>办公[厅室])$")
_JOINED = ("及", "和", "与", "、", "及其", "以及", "（含", "（")
"""What stands between a government and its office where the office tells of both: 区政府及区政府办公室, 区政府（含区政府办公室）."""
_ZONE = re.compile(r".{2}区(?:管理委员会|管委会)$")
_AUTONOMOUS = re.compile(r"^(?:[^省]{2,4}省)?(?P<name>[^自]{2,})自治(?P<place>[州县旗])")
_FEWEST_NAMED, _MOST_NAMED = 2, 4
"""Characters that the name of an autonomous place keeps where its peoples are left out: 川东某族自治州 is 川东州."""
_GOVERNMENT = re.compile(r"(?P<place>自治县|苏木|[省市区县旗州盟镇乡])人民政府$")


@dataclass(frozen=True, slots=True)
class ReportTexts:
    """One report as the rules over texts see it. ``texts`` are tidy; a text that is blank or was not found is not there.

    ``number`` is its place in the batch; ``agency`` is None where it is not certain whose report it is; ``order`` says
    when it came.
    """

    number: int
    texts: Mapping[str, str]
    numbers: Mapping[str, Number | None]
    places: Mapping[str, Place]
    agency: Agency | None
    year: int | None
    order: float = 0.0
    past: Mapping[str, str] = field(default_factory=dict)
    """Last year's texts, as they were sent."""
    past_numbers: Mapping[str, Number | None] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """What the agency calls itself, longest first."""
    name: str = ""
    """What the file is called."""

    @property
    def is_government(self) -> bool:
        """Whether the members of its place report through it: it speaks of 全县, 全区 or 全市 as its own."""
        return self.agency is not None and _governs(self.agency.name)

    def said(self, keys: Iterable[str]) -> dict[str, str]:
        """Return those of the texts ``keys`` that say something."""
        return {key: self.texts[key] for key in keys if key in self.texts}

    def finding(
        self,
        rule: Narrative,
        variant: str,
        key: str,
        facts: Mapping[str, Fact],
        *more: str,
        severity: str = "",
    ) -> Finding:
        """Make the finding of ``rule`` at the text ``key``; ``more`` are the cells it speaks of."""
        weight = Severity(severity or rule.severity)
        return Finding(rule.id, weight, self.places.get(key), (key, *more), variant, facts)


@dataclass(frozen=True, slots=True)
class Other:
    """The texts of an accepted report of another agency."""

    agency: str
    name: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TextContext:
    """What is known besides the report itself.

    ``agencies`` is the roster, ``others`` are reports of other agencies that already count, in the order in which they came.
    """

    form: Form
    batch: Sequence[ReportTexts] = ()
    agencies: Sequence[Agency] = ()
    others: Sequence[Other] = ()


Check: TypeAlias = "Callable[[ReportTexts], Iterable[Finding]]"
"""What is made once for a batch from a rule and its surroundings."""


def filed(number: int, item: Submission, past: PastReport | None = None) -> ReportTexts:
    """Prepare one submission. A report whose owner a person must decide on is nobody's here."""
    tidied = {key: tidy(text) for key, text in item.reading.texts.items() if key in item.reading.places}
    texts = {key: text for key, text in tidied.items() if text}
    agency = None if item.held else item.agency
    return ReportTexts(
        number=number,
        texts=texts,
        numbers=item.reading.numbers,
        places=item.reading.places,
        agency=agency,
        year=year_in(period) if (period := item.asked or item.year) else None,
        order=item.order,
        past=past.texts if past else {},
        past_numbers=past.numbers if past else {},
        names=tuple(_abbreviated(texts.values(), called(agency), agency)),
        name=item.name,
    )


def binds(rule: Narrative, agency: Agency | None) -> bool:
    """Say whether ``agency`` is one of those that ``rule`` speaks of."""
    if not rule.agency_kinds and not rule.agency_names:
        return True
    if agency is None:
        return False
    by_name = bool(rule.agency_names) and re.search(f"(?:{rule.agency_names})$", agency.name) is not None
    return by_name or agency.kind in rule.agency_kinds


@lru_cache(maxsize=64)  # asked of each text of a report
def _governs(name: str) -> bool:
    return _GOVERNED.search(tidy(name)) is not None


def own_names(agency: Agency | None) -> list[str]:
    """Return what an agency is called, longest first: name, without what else it is called, without its city if that is a name, aliases."""
    if agency is None:
        return []
    whole = tidy(agency.name)
    plain = _ALSO_CALLED.sub("", whole)
    short = {_PLACE_NAME.sub("", name) for name in (whole, plain)}
    names = {whole, plain, *(tidy(alias) for alias in (*agency.aliases, *agency.former_names))}
    names |= {name for name in short if not OFFICE_WORDS.fullmatch(name)}
    return sorted((name for name in names if name), key=lambda name: (-len(name), name))


def called(agency: Agency | None) -> list[str]:
    """Return what an agency may call itself in its own text, longest first.

    Besides its names, that is what is left of its name without the places and governments it belongs to; a government
    speaks of the whole of its place.
    """
    names = own_names(agency)
    whole = _PLACE_NAME.sub("", tidy(agency.name)) if agency else ""
    for belongs in ("区", "自治县", "县", "旗", "人民政府"):
        at = whole.find(belongs)
        rest = whole[at + len(belongs) :] if at >= 0 else ""
        if len(rest) >= _SHORTEST_NAME:
            alone = [] if OFFICE_WORDS.fullmatch(rest) else [rest]
            names += [*alone, f"{belongs}{rest}", f"{belongs[-1]}{rest}"]
            whole = rest
    full = tidy(agency.name) if agency else ""
    names += [found["rest"] for found in [_CITY.match(full)] if found]
    names += [name.removesuffix(ending) for name in names for ending in _OFFICES if name.endswith(ending)]
    names += [name.replace("人民政府", "政府") for name in names if "人民政府" in name]
    known = {name for name in names if len(name) >= _SHORTEST_NAME} | {*_of_both(full)}
    if _ZONE.search(full):
        known |= {"全区", "我区"}
    government = _GOVERNMENT.search(full)
    if government:
        known |= {*_without_peoples(full)}
        place = government["place"].removeprefix("自治")
        known |= {f"全{place}", f"我{place}"}
        if place == "省":
            known |= {f"{place}政府", f"{place}人民政府"}
        if place in {"镇", "乡", "苏木"}:
            known |= {f"{place}政府", f"我{place}政府", f"本{place}政府"}
    return sorted(known, key=lambda name: (-len(name), name))


def _without_peoples(name: str) -> Iterator[str]:
    """Yield how the name of an autonomous place may be shortened, its government speaking for all of it."""
    autonomous = _AUTONOMOUS.match(name)
    if autonomous:
        for size in range(_FEWEST_NAMED, _MOST_NAMED + 1):
            yield f"{autonomous['name'][:size]}{autonomous['place']}"


def _of_both(name: str) -> Iterator[str]:
    """Yield how the office of a government calls itself together with the government, for which it answers."""
    office = _GOVERNMENTS_OFFICE.search(name)
    if not office:
        return
    place = office["place"]
    yield from (f"{place}政府本级", f"{place}人民政府本级")
    for does in ("向", "代表", "代"):
        yield from (f"{does}{place}政府", f"{does}{place}人民政府")
    for government, joined, own in product(
        ("政府", "人民政府"), _JOINED, (f"{place}政府", f"{place}人民政府", "")
    ):
        yield f"{place}{government}{joined}{own}{office['office']}{'）' if '（' in joined else ''}"


def _abbreviated(texts: Collection[str], names: list[str], agency: Agency | None) -> list[str]:
    """Return ``names`` with what the texts give as short for one of them (以下简称“区审管办”), or shorten themselves."""
    short = {
        found["name"]
        for text in texts
        if "简称" in text
        for found in _ABBREVIATED.finditer(text)
        if text.endswith(tuple(names), 0, found.start())
    }
    if agency:
        full = tidy(agency.name)
        short |= {name for text in texts for name in shortened(full, text)}
    return sorted({*names, *short}, key=lambda name: (-len(name), name))


def masked(text: str, item: ReportTexts) -> str:
    """Return ``text`` with the agency's names, the reporting year and its neighbours replaced, every character by one."""
    return _masked(text, item.names, item.year)


@lru_cache(maxsize=64)
def _masked(text: str, names: tuple[str, ...], year: int | None) -> str:
    for name in names:
        mark = OWN_NAME * len(name)
        if not name.endswith(_GOVERNS):
            text = text.replace(name, mark)
        elif name in text:
            text = re.sub(f"{re.escape(name)}(?!{_OF_GOVERNMENT})", mark, text)
    if year:
        for other, mark in ((year, OWN_YEAR), (year - 1, LAST_YEAR), (year + 1, NEXT_YEAR)):
            written = f"{other}年"
            text = text.replace(written, mark * len(written))
    return text
