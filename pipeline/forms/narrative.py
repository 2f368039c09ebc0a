"""What a rule over the texts of a report is: plain values, one class for each kind, loaded by ``narrative_loader.py``.

Words and patterns are the form's; how they are looked for is in ``judging.narratives``. Patterns are regular
expressions over a *tidy* paragraph (see there); in those of ``FigureClaims`` every ``<name>`` has been spelled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, TypeAlias

OWN_YEAR, LAST_YEAR, NEXT_YEAR, OWN_NAME, PART = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
"""What stands, character for character, in place of the reporting year with 年, its neighbours, the agency's names, and of a part of a government."""
NUMERAL = (
    r"(?:\d{1,3}(?:[,，]\d{3}){1,4}(?![\d,，])|(?<!\d)\d{1,12}(?!\d)"
    r"|(?<![零〇一二两三四五六七八九十百千])[零〇一二两三四五六七八九十百千]{1,20}(?![零〇一二两三四五六七八九十百千]))"
)
"""A whole number in digits, with or without separators, or in Chinese numerals."""
SUM, NAMED, EACH, WITHIN, SOME, TAKEN_UP, ALL, OTHERS_TOO = (
    "sum",
    "named",
    "each",
    "within",
    "some",
    "taken_up",
    "all",
    "others_too",
)
"""The concepts of “together”, which adds up what stands before it, of words that name a topic in full, of “respectively”, “of these”, “some”, “to”, “all”, and “and others”.

What is told of things that something is done to (对3件申请), or that there are (有3件申请), may be told of some of them only.
"""
SILENT_CONCEPTS = frozenset(
    (
        "filler",
        "and",
        "then",
        "among",
        "another",
        "rest",
        "aside",
        SUM,
        NAMED,
        EACH,
        WITHIN,
        SOME,
        TAKEN_UP,
        ALL,
        OTHERS_TOO,
    )
)
"""Concepts that mean nothing beside others: words to pass over, and those that join, go on, divide, add up, or begin an aside."""
BARE = "bare"
"""The concept of a number before which only the agency, the year and words for a sum stand (全年共21件)."""
TIME = "time"
"""The concept of a mark of another time."""
REMAINDER = "remainder"
"""The concept of “the others”: alone it counts what a list has not named, beside other words nothing."""
NO = "no"
"""The concept of “none”."""
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
    confirmed: ClassVar[bool] = False
    """Whether the office confirms what a clerk says of it, before the report is published: a text that contradicts the figures
    does so whatever is said of it, and a person's number is not the agency's own affair."""

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
    """Every one of ``words`` occurs in the texts taken together; ``|`` separates words that do as well.

    Where they occur in one of ``exchanged`` instead, and a text begins with what ``opens`` that one, each stands in the other's place.
    """

    kind = "mention"
    words: tuple[str, ...]
    exchanged: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden(Narrative):
    """None of ``patterns`` occurs."""

    kind = "forbidden"
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Narrative):
    """Each of the texts, where no other are named the required ones, says something: more than ``hollow`` patterns match.

    In ``brief`` texts a word is enough.
    """

    kind = "told"
    hollow: tuple[str, ...]
    brief: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPeriod(Narrative):
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


Concepts: TypeAlias = frozenset[str]
"""What words stand for, by the names that the form gives: ``receive``, ``request``, ``next_year`` …"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of a figure: words that together mean one of ``says``, and a number, or the word that there was none.

    It is true if its number equals one of ``equals``, or, if it is ``at_most`` a part of a figure, does not exceed them all.
    """

    key: str
    name: str
    says: tuple[Concepts, ...]
    """Each the concepts that a phrase holds, all of them and no others."""
    equals: tuple[Sum, ...]
    """None: nothing in the tables; the claim is only known, so that what follows it stays clear."""
    family: str
    """Claims of one family divide the same whole."""
    topics: tuple[str, ...] = ()
    """What has to be spoken of, in the phrase itself or clearly before it; empty: the phrase says enough."""
    after: tuple[str, ...] = ()
    """Families or keys of which the last claim of another family is to be one; a phrase may also stand first."""
    follows: bool = False
    """Whether it has to come after one of those, and cannot stand first."""
    beside: tuple[str, ...] = ()
    """Families whose claims in the same list may be left out of this one."""
    at_most: bool = False
    nil: bool = True
    """Whether “none” can be said of it."""
    counted: bool = True
    """Whether a number can be said of it."""
    money: bool = False
    sets: str = ""
    """The topic that it names besides those of its words."""
    within: bool = False
    """Whether it is a part of what it comes after, so that a greater number is something else."""
    rest_of: tuple[Sum, ...] = ()
    """Wholes of which it is what those that stand ``beside`` it leave; one of ``equals`` will do as well."""
    partly: bool = False
    """Whether it is no more than a part where a word of ``some`` or of a list stands before the number (对3件申请, 其中3件申请)."""
    told: bool = False
    """Whether it speaks of what was told before (以上12件), so that the sum of any figures there will do as well."""
    divided: bool = False
    """Whether it counts some where the rest is told behind it, in this sentence or the next (实质性答复20件。剩余6件…)."""
    near: bool = False
    """Whether it is too little for strict reading, and only read beside figures that agree."""
    bars: tuple[str, ...] = ()
    """Concepts beside which a ``near`` claim is not meant."""
    newly: bool = False
    """Whether only the first of the sums is meant, unless the text says right after the number what is included."""
    heard: bool = False
    """Whether those who hear disputes say it of what they hear for others, so that of them it says nothing."""


@dataclass(frozen=True, slots=True)
class DividedCells:
    """Cells that together are one of ``wholes``. ``name`` is what they are together, ``rest`` what those are called that a list has not told."""

    name: str
    rest: str
    wholes: tuple[Sum, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that has a ``name``: a pattern for it, the claims of which it may be told, and what it may be of what."""

    name: str
    said: str
    after: tuple[str, ...]
    parts: tuple[Sum, ...]
    wholes: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Nearby:
    """How numbers are looked at that strict reading does not understand, beside figures that agree with the tables.

    ``topics`` are concepts that say what is spoken of besides those of the rule, ``acts`` those that name nothing by themselves (提起9件),
    ``uncounted`` those by which a number counts what no table has, ``timed`` those that may stand beside another time,
    ``disputed`` those of disputes, which are no part of an account of requests.
    """

    topics: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()
    timed: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    alike: str = ""
    """Units, of one character, that count the same things."""
    added: str = ""
    """What several figures added up are called."""
    syllables: str = ""
    """Of what words of an account are made: a sign points to something only where all that is not known is made of these."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What may point to one figure of an account, where its words are not known: ``said`` is a pattern for a few syllables (留, 存, 跨年).

    ``claim`` is the key of the figure that is meant, ``topics`` what has to be spoken of.
    """

    claim: str
    topics: tuple[str, ...]
    said: str
    past: bool = False
    """Whether another time may be named beside it: 上年移交3件."""


@dataclass(frozen=True, slots=True)
class Word:
    """Ways to write what stands for ``concepts``; a ``pattern`` is a regular expression, the others are plain words."""

    concepts: tuple[str, ...]
    plain: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FigureClaims(Narrative):
    """A number in a text that names a figure of a table equals it.

    ``words`` are all that a phrase may consist of. Silent after words of ``other_times`` or ``other_scopes`` unless
    ``own_times`` or ``own_scopes`` came later; ``neutral`` phrases hold such words without meaning them. ``topics`` are the
    concepts that say what a passage is about. For a government, ``members`` are all whose requests are its own.
    """

    kind = "figures"
    confirmed = True
    __hash__ = object.__hash__
    __eq__ = object.__eq__
    """Each rule is itself alone: its words are many, and what is made of them is kept for the rule."""
    units: tuple[str, ...]
    claims: tuple[Claim, ...]
    words: tuple[Word, ...]
    divisions: tuple[DividedCells, ...]
    rates: tuple[Rate, ...]
    shared_wholes: tuple[Sum, ...]
    """What a figure may be a share of that is told to be one and not of what, the likeliest last."""
    nearby: Nearby
    signs: tuple[Sign, ...]
    topics: tuple[str, ...]
    home: str
    home_topic: str
    """The text whose heading says what it is about, and what that is."""
    included: str
    acts: tuple[str, ...]
    """Concepts that, with unknown words, begin an account of something else."""
    parts: tuple[str, ...]
    """Concepts of parts of a whole: a clause that names one, with unknown words, tells no more of the whole (个人占绝大多数，计51件)."""
    lists: tuple[str, ...]
    """Families whose lists go on after a part that is not known."""
    subjects: tuple[str, ...]
    """Families that a clause may name without a number, for the parts that follow it."""
    columns: tuple[str, ...]
    """Families whose figures are of one column alone, so that what follows may be, too: 自然人申请7件，予以公开4件."""
    undivided: tuple[str, ...]
    """Families of which none divides another: 属于行政执法案卷21件，其中投诉举报类18件."""
    all_of: tuple[str, ...] = ()
    """Families of which all may be said to be one of the ``lists`` or ``columns``: 收到18件，均予以公开; of ``subjects`` all may have one result."""
    earlier: tuple[str, ...] = ()
    """Families, and concepts, of what came before the year: what became of it may be told apart (上年结转3件，予以公开3件)."""
    outcomes: tuple[str, ...] = ()
    """Families of what may have become of it."""
    shown: tuple[str, ...] = ()
    """Families of which a list may count what was shown of them (公示行政许可40件，行政处罚15件): ``showing``, a pattern, stands before its first."""
    showing: str = "(?!)"
    between: tuple[str, ...] = ()
    """Topics that an account goes past within a sentence: after them the families of ``subjects`` may follow what was spoken of before."""
    triggers: tuple[str, ...]
    """Two patterns: without the first, a sentence says no figure; without the second there or just before, none of the form's."""
    own_times: tuple[str, ...]
    other_times: tuple[str, ...]
    running: tuple[str, ...]
    """Words by which a figure counts more than the year, unless a time of the year stands before in the sentence."""
    own_scopes: tuple[str, ...]
    other_scopes: tuple[str, ...]
    lesser_scopes: tuple[str, ...] = ()
    """Others of whom nobody asks what the form counts: an account that begins ``anew`` in another sentence is not theirs."""
    deeds: tuple[str, ...] = ()
    """What is done for others or with them: silent as ``other_scopes``, until an account begins ``anew``."""
    matters: tuple[str, ...] = ()
    """What may be counted as well, so that a number beside it is none of the form's; an account that begins in another clause is."""
    objects: str = "(?!)"
    """What stands right before the name of others to whom the agency does something: 参加全区业务培训."""
    anew: tuple[str, ...] = ()
    """Concepts with which an account begins that is the agency's own, whatever was done for others before: 全年共收到申请."""
    lent: str = "(?!)"
    """A bracket or clause right behind a number that says how many (``n``) are others' of it, or beside it: （其中上级转办3件）."""
    bodies: str
    """A pattern for words by which an unknown stretch may name another body."""
    members: tuple[str, ...]
    parts_of_whole: tuple[str, ...]
    """For a government, who is only a part of it: 以县政府和县政府办公室名义制发."""
    addressed: str = "(?!)"
    """A pattern of to whom something is sent, which is a part where ``beside_addressed`` stands too: 向县政府提出25件，全县108件."""
    beside_addressed: str = "(?!)"
    """A pattern of another figure, of the whole or, in a group ``members``, of others who are parts as well."""
    separate_wholes: tuple[str, ...]
    """For a government, patterns of those that are parts of it where a paragraph tells of two of them: 县政府收到2件…；部门收到4件.

    Where one is told as a part of another (其中部门收到4件) none is meant.
    """
    neutral: tuple[str, ...]
    silent: tuple[str, ...]
    """Patterns right after a number that leave it alone."""
    unit_ahead: str = "(?!)"
    """What says, before bare numbers, in what they are counted."""
    rest_told: str = "(?!)"
    """What says, from a number on to the end of the next sentence, that the rest is told."""
    disputed: tuple[str, ...] = ()
    """Families of disputes: that there were none is told of something else where ``others_disputed``, a pattern, is spoken of."""
    others_disputed: str = "(?!)"
    hearers: str = "(?!)"
    """Agencies, by name, that hear the disputes of others: of them ``heard`` claims say nothing."""
    last_times: str = "(?!)"
    """Which of ``other_times`` are last year, and no part of it."""
    into_next: tuple[str, ...] = ()
    """Families of what goes on in the year after, and so not ``into_own`` year: patterns that end where a number begins, or begin behind it."""
    into_own: tuple[str, ...] = ("(?!)", "(?!)")


@dataclass(frozen=True, slots=True)
class Partition:
    """Words for the parts of a whole that do not overlap; where each of ``all_of`` is told, nothing is missing."""

    name: str
    parts: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    of: str = ""
    """A pattern for what is divided so without anything being counted twice, however the parts are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSums(Narrative):
    """Parts listed in a sentence do not exceed their whole, and make it where they are all; so do what came and what went.

    ``begins`` are patterns between a whole and its parts, ``totals`` one between parts and their whole, ``single`` one after which a
    part alone cannot exceed its whole, ``closing`` labels after which nothing is missing, ``kinds`` a
    pattern whose group ``n`` says how many parts there are. A list with one of the ``blurred`` words may count something
    twice, unless its sum is nearly the whole; labels of ``subject`` divide otherwise than labels without. ``whole`` keys of claims, with what is ``besides``
    them (in ``besides_cell``) unless the sentence says that it is ``included``, do not fall short of the ``parts`` claims together.
    """

    kind = "sums"
    confirmed = True
    begins: tuple[str, ...]
    each: str
    """What begins a list of numbers alone, as many (``n``) as there are names before them: 归为A、B两类，分别为3件、4件.

    Without a ``pause`` before “respectively” the names must stand right there; ``quarters`` of the year need none.
    """
    each_of: str
    """What begins such a list that ends in its sum."""
    some_of: str
    """What says that a list may not name all."""
    again: str
    """What begins a second list of the same whole."""
    marked: str
    """By what a whole is known of which only a comma parts its parts."""
    totals: str
    single: str
    changed: str
    """What right before a number says that it is how much more or less there is: 增加3件，其中网上增加5件."""
    ends: tuple[str, ...]
    other_ends: tuple[str, ...]
    """Words of a label that end a list: where the whole comes first, and where it comes last."""
    anew: str
    """How a label begins with which something else is told: …，目录信息30条，全年发布解读信息20条."""
    closing: tuple[str, ...]
    kinds: str
    complete: str
    """What says right after the last part that there are no others."""
    unlisted: str
    """What says after the parts that there are others."""
    counted_alike: str = "(?!)"
    """What is counted, and named by whole and parts alike, so that another unit (104条，其中公文类信息90份) makes it nothing else."""
    blurred: tuple[str, ...]
    overlapping: tuple[str, ...]
    """Words by which something certainly is counted twice."""
    subject: tuple[str, ...]
    listed_in: str
    """What says, right before a number, that it is the first part of a list itself: 办结件中，改按行政查询处理的9件，予以公开10件."""
    published: str
    """What says, right before a whole, that it counts what was published: nothing keeps that from being counted in two ways."""
    announces: tuple[str, ...]
    """What says between a whole and its parts that they divide it entirely."""
    summed: str
    """What begins, after a whole, a list of what it is the sum of; ``sum_ends`` follows the list."""
    sum_ends: str
    among: str
    """What says between a whole and its parts that they are of it, though they need not be all."""
    left: str
    """What says right before a number that it is what is left of another; ``left_divided`` follows where it is divided at once."""
    left_divided: str
    numbered: str
    """What may number a part, before its label."""
    named: str
    """What joins a number to the label behind it: 3件为信访诉求."""
    division_ends: tuple[str, ...]
    """Words of a label that is no part of a division."""
    rough: str
    """What says right before a whole that it is rough."""
    others_follow: str
    """How a sentence begins that names parts which the one before left out."""
    all_told: str
    """What says after the parts that all of the whole is spoken of."""
    told_beside: str
    """What else may follow a division that need not explain why its parts are not the whole."""
    other_whole: str
    """What says, in the words that begin a list, that something else is divided: 就已答复的而言."""
    of_requests: str
    """By what a whole of requests is known: what is not ``answered`` may have waited, from last year or for the next."""
    answered: str
    topics: str
    """How a label begins that says what something is about."""
    partitions: tuple[Partition, ...]
    whole: tuple[str, ...]
    besides: str
    besides_cell: str
    came_cell: str
    forward_cell: str
    """The cells of what came, and of what is carried forward, and thus may be missing among outcomes."""
    parts: tuple[str, ...]
    included: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratios(Narrative):
    """A share fits the numbers beside it, a growth last year's figure, and what is counted twice is counted alike.

    ``wholes`` are keys of claims of which there can be a share, ``grows`` those that can be compared with last year, and
    ``grows_before`` those of them of which that can be said before them. ``repeated`` are keys of claims without a cell,
    which only their like proves.
    """

    kind = "ratios"
    confirmed = True
    wholes: tuple[str, ...]
    whole_cells: tuple[str, ...]
    """Cells of which the shares of a list may be, where the text names no whole."""
    shared: tuple[str, ...]
    """Families of which one figure may be told to be a share without saying of what: of all, or of what was told before."""
    share_of_all: str
    """What says, between a part and its share, no more than that, or that it is one of all."""
    rated: str
    """What follows the name of a rate: its ``share``."""
    divided: str
    """What stands right after a number that the sentence divides."""
    share: str
    shares_of: tuple[str, ...]
    """Patterns of a ``part``, its ``whole`` and its ``share`` said together."""
    share_before: str
    """A ``share`` that is told before its ``part``."""
    shared_together: str
    """What says, before a ``share``, that the last parts are meant together, ``of`` which there are so many."""
    shares_each: str
    """A pattern of several ``shares`` after their parts, with their ``whole`` or without."""
    grows: tuple[str, ...]
    grows_before: tuple[str, ...]
    growth: str
    """What a figure is compared with, right after it."""
    growth_gap: str = "(?!)"
    """What may stand between a figure and what it is compared with, all of it told of the figure; a ``rate`` may grow itself."""
    growth_before: str
    """A change that is told before the figure."""
    growth_named: str = "(?!)"
    """What names again, before a change, what of ``grows_before`` was told; ``whole`` where it names all, ``bare`` where it names nothing, ``brief`` where not of what."""
    grows_past: tuple[str, ...] = ()
    """Families of figures past which a change may be told of what is named again."""
    pairs: tuple[str, ...]
    """Patterns of a number ``now`` and the one before (``base``)."""
    compared: str
    """What says, right up to a figure, that it is compared with last year's."""
    of_last: str
    """How many ``percent`` of last year's a figure is."""
    change: str
    """One of the changes that follow a figure or a pair, one after another."""
    repeated: tuple[str, ...]
    counted_in: tuple[str, ...]
    """Keys of further texts, in which nothing but ``counted`` is looked for."""
    besides_cell: str
    """What may be counted with the requests, or not."""
    counted: tuple[str, ...]
    """Patterns of ``what`` is counted through the year, and how often (``n``, ``unit``); a line break stands before the text."""
    counted_elsewhere: str
    """What tells before it in the sentence that a part of the year, or of all, is meant."""
    counted_plain: str
    """Words of ``what`` is counted that make no difference."""
    recalled: str
    """By which number (``n``) a text comes back to requests of which it has told: 这15件申请."""
    again_of: tuple[str, ...] = ()
    """Keys of claims to which a text may come back with another number (``n``), by the pattern of ``again`` at the same place."""
    again: tuple[str, ...] = ()
    repeated_within: str
    """What says, before a ``repeated`` figure in its sentence or in the heading before, that a part of it is told."""
    repeated_through: str
    """Through ``what`` of several of its kind that is published which ``repeated`` figures count."""
    last_year_of: tuple[str, ...] = ()
    """Keys of claims that, told of last year in words of their own (2022年新收13件), are held against its report."""
    last_after: tuple[str, ...] = ()
    """Patterns right after a figure of what it was last year (``base``)."""
    last_bound: str = "(?!)"
    """What says, right up to a number, that it is last year's; ``last_ends`` stands right behind it."""
    last_ends: str = "(?!)"
    last_subject: str = "(?!)"
    """What names, right before last year's figure, the first of ``last_year_of``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar(Narrative):
    """No text is nearly that of the year before or of another agency: percent of characters in common.

    Numbers and names do not count, nor do sentences with a ``standard`` word; texts of fewer than ``shortest`` characters
    are left alone, unless they are last year's to the letter and name that year.
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
    confirmed = True
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
    for kind in (
        FigureClaims,
        Forbidden,
        Mention,
        OtherName,
        OtherYear,
        StatedPeriod,
        Personal,
        Ratios,
        Similar,
        PartSums,
        Answered,
    )
}
