"""What a rule over the texts of a report is: plain values, one class for each kind, loaded by ``narrative_loader.py``.

Words and patterns are the form's; how they are looked for is in ``judging.narratives``. Patterns are regular
expressions over a *tidy* paragraph (see there); in those of ``Figures`` every ``<name>`` has been spelled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar

OWN_YEAR, LAST_YEAR, NEXT_YEAR, OWN_NAME = "\ue000", "\ue001", "\ue002", "\ue003"
"""What stands, character for character, in place of the reporting year with 年, its neighbours and the agency's names."""
CLAUSE_START = r"(?<![^，。；：、（])"
"""Where a clause begins: after punctuation or at the beginning of a sentence."""
NUMERAL = r"(?:\d{1,3}(?:[,，]\d{3})+(?![\d,，])|\d+|[零〇一二两三四五六七八九十百千]+)"
"""A whole number in digits, with or without separators, or in Chinese numerals."""
SEVERITY_FIELDS = ("severity", "missing", "lighter_severity")
"""Fields that say how much a finding weighs: of the rule, and of the lighter things that some kinds can find."""
NOT_EXACT = r"(?!次|（次|以上|以下|左右|上下|多|余|有余|之多|不等)"
"""What may not follow a unit: the number would be rough, or count something else (件次)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """What rules of every kind say. An empty ``agency_kinds`` and ``agency_names`` bind everybody."""

    kind: ClassVar[str]
    """What the form calls rules of this class."""
    id: str
    severity: str
    title: str
    """The condition in words."""
    remedy: str
    source: str
    texts: tuple[str, ...] = ()
    """Keys of the texts it looks at; the loader fills in all of them where none are named."""
    agency_kinds: tuple[str, ...] = ()
    agency_names: str = ""
    """A pattern at the end of an agency's name; it is bound if this or its kind fits."""
    waivable: ClassVar[bool] = False
    """Errors in texts are mended, not excepted."""

    @property
    def condition(self) -> str:
        """The condition in words."""
        return self.title

    @property
    def limits(self) -> Mapping[str, int]:
        """Its numbers, by name."""
        return {item.name: value for item in fields(self) if type(value := getattr(self, item.name)) is int}

    @property
    def explainable(self) -> bool:
        """Whether any of its findings is a warning, which a clerk may explain."""
        return "warning" in {getattr(self, name, "") for name in SEVERITY_FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Narrative):
    """Every one of ``words`` occurs in the texts taken together; ``|`` separates words that do as well."""

    kind = "mention"
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden(Narrative):
    """None of ``patterns`` occurs."""

    kind = "forbidden"
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Narrative):
    """Each of the texts, where no other are named the required ones, says something: more than ``hollow`` patterns match.

    In ``brief`` texts a word is enough.
    """

    kind = "told"
    hollow: tuple[str, ...]
    brief: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Narrative):
    """Somewhere the period of the figures is stated, near one of ``words``, from ``first`` to ``last`` (month, day) of the year.

    ``severity`` is that of a wrong period, ``missing`` that of one that is not stated; ``home`` is the text where it belongs.
    A sentence with one of the ``excuses`` speaks of another period; one without a ``certain`` word may speak of a part of
    the year if the whole is stated elsewhere.
    """

    kind = "period"
    words: tuple[str, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    missing: str
    home: str
    excuses: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherYear(Narrative):
    """No other year sets the time of a statement.

    ``frames`` are patterns with ``{year}``, in ``opening`` texts, which name the report, also ``opening_frames``; ``quoted``
    are patterns in which a year is no statement of time. The excuses are words of the sentence that explain an earlier or a
    later year; the reporting year in it explains an earlier one. In ``plans`` later years are as they should be.
    """

    kind = "other_year"
    frames: tuple[str, ...]
    opening_frames: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    past_excuses: tuple[str, ...]
    future_excuses: tuple[str, ...]
    quoted: tuple[str, ...]
    years_back: int
    years_ahead: int


@dataclass(frozen=True, slots=True)
class Sum:
    """Cells added and cells taken away."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a figure: a number, the group ``n`` of a pattern, or nothing, the group ``none``.

    It is true if it equals one of ``equals``. ``mentions``: one of these words is in the sentence.
    A claim that ``follows`` says too little to stand alone: it counts after another claim of its sentence,
    as long as no number of something unknown stood between.
    """

    key: str
    name: str
    patterns: tuple[str, ...]
    equals: tuple[Sum, ...]
    mentions: tuple[str, ...]
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Partition:
    """Words for the parts of a whole that do not overlap; where ``all_of`` are told, nothing is missing.

    ``wholes`` are the keys of the claims that can be divided so.
    """

    name: str
    wholes: tuple[str, ...]
    parts: tuple[str, ...]
    all_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures(Narrative):
    """A number in a text that names a figure of a table equals it, and parts add up to their whole.

    Silent after words of ``other_times`` or ``other_scopes`` unless ``own_times`` or ``own_scopes`` came later;
    ``neutral`` phrases hold such words without meaning them.
    """

    kind = "figures"
    units: tuple[str, ...]
    claims: tuple[Claim, ...]
    partitions: tuple[Partition, ...]
    own_times: tuple[str, ...]
    other_times: tuple[str, ...]
    own_scopes: tuple[str, ...]
    other_scopes: tuple[str, ...]
    neutral: tuple[str, ...]
    silent: tuple[str, ...]
    """Patterns right after a number that leave it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar(Narrative):
    """No text is nearly that of the year before or of another agency: percent of characters in common.

    Numbers and names do not count, nor do sentences with a ``standard`` word; texts of fewer than ``shortest`` characters
    are left alone.
    Of ``figures_tell`` texts, formal as they are, only those with the same numbers are alike.
    """

    kind = "similar"
    last_year: int
    other_agency: int
    shortest: int
    figures_tell: tuple[str, ...]
    standard: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal(Narrative):
    """No number belongs to a person. ``lighter`` kinds weigh ``lighter_severity``."""

    kind = "personal"
    kinds: tuple[str, ...]
    lighter: tuple[str, ...]
    lighter_severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherName(Narrative):
    """No other agency speaks in this report's name: ``frames`` are patterns with ``{name}``; ``quoted`` hold names that do not speak."""

    kind = "other_name"
    frames: tuple[str, ...]
    quoted: tuple[str, ...]
    shortest: int


KINDS: Mapping[str, type[Narrative]] = {
    kind.kind: kind
    for kind in (Figures, Forbidden, Mention, OtherName, OtherYear, Period, Personal, Similar, Told)
}
