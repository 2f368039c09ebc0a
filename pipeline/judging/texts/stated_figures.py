"""Numbers in texts against the tables: what a sentence claims must be one of the sums that its words can mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.forms.narrative import FigureClaims
from pipeline.judging.texts.account import is_made_before
from pipeline.judging.texts.aligned import is_slip
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.claims import ClaimReader, FiguresRead
from pipeline.judging.texts.filed import masked
from pipeline.judging.texts.meant import is_figure_of, meanings, of_columns, value_of, values_of
from pipeline.judging.texts.quoting import quoted
from pipeline.judging.texts.spoiled_accounts import SpoiledAccounts
from pipeline.long_lists import first_of

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.narrative import Claim, Sum
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Fact, Finding, Number

_MOST_CELLS = 3
"""Cells of a sum that are named."""
_FEWEST_OF_A_LIST = 3
_NONE = re.compile("[均都皆]?为(?=零)")
"""What is marked whole, so that nobody takes the 零 for a digit."""
_INTO = 24
"""Characters before a number in which it may be told into which year it goes on."""
_TENTH = 10
"""By no more than such a part of a whole a slip of the pen exceeds it; what is farther off is something else."""
_MOST_BESIDE = 12
"""Figures beside one that are tried; longer lists would make any number right."""


@dataclass(frozen=True, slots=True)
class _StatedTogether:
    """What a list says: its claims, each once, and the first figures of each family; with what else its account has told."""

    claims: Sequence[Claim]
    families: Mapping[str, Sequence[SaidFigure]]
    account: Sequence[SaidFigure]

    @classmethod
    def of(cls, listed: Sequence[SaidFigure], account: Sequence[SaidFigure]) -> _StatedTogether:
        families: dict[str, list[SaidFigure]] = {}
        for own in listed:
            first = families.setdefault(own.claim.family, [])
            if len(first) < _MOST_BESIDE:
                first.append(own)
        return cls(list({own.claim.key: own.claim for own in listed}.values()), families, account)


@lru_cache(maxsize=8)
def reader_of(rule: FigureClaims) -> ClaimReader:
    """Return the reader of a rule, made once."""
    return ClaimReader(rule)


def said_in(rule: FigureClaims, key: str, text: str, item: ReportTexts) -> Sequence[SaidFigure]:
    """Return what the text ``key`` of a report, tidy, claims."""
    return _read(rule, key, text, item).said


def of_last_in(rule: FigureClaims, key: str, text: str, item: ReportTexts) -> Sequence[SaidFigure]:
    """Return what the text ``key`` of a report, tidy, claims of last year."""
    return _read(rule, key, text, item).of_last


def _read(rule: FigureClaims, key: str, text: str, item: ReportTexts) -> FiguresRead:
    """Read a text with what is known besides its words: whose figures are its agency's own, and what it is about."""
    hears = hears_disputes(rule, item)
    return reader_of(rule).read(
        masked(text, item), whole=item.is_government, at_home=key == rule.home, hears=hears
    )


def hears_disputes(rule: FigureClaims, item: ReportTexts) -> bool:
    """Say whether an agency may hear disputes of others, as a government does and its 司法局; so may one that is not known."""
    return item.agency is None or compiled(rule.hearers).search(item.agency.name) is not None


@lru_cache(maxsize=8)
def _accounts_of(rule: FigureClaims) -> SpoiledAccounts:
    """Return what looks for slips in accounts that else agree, made once."""
    return SpoiledAccounts(rule)


def _spoiling(
    rule: FigureClaims,
    key: str,
    text: str,
    item: ReportTexts,
    said: Sequence[SaidFigure],
    wrong: Sequence[SaidFigure],
) -> Iterator[SaidFigure]:
    """Yield the numbers that were not understood and spoil an account that else agrees with the tables."""
    plain = masked(text, item)
    for passage in reader_of(rule).passages(plain, whole=item.is_government, at_home=key == rule.home):
        yield from _accounts_of(rule).spoiling(passage.pieces, plain, passage.topic, said, wrong, item)


def _of_all(
    rule: FigureClaims, key: str, text: str, item: ReportTexts, said: Sequence[SaidFigure]
) -> Iterator[SaidFigure]:
    """Yield what all of a figure are said to be where the tables have fewer, unless the text tells that figure itself."""
    stated = {own.claim.key for own in said}
    for own in _read(rule, key, text, item).of_all:
        meant = meanings(own.claim, item)
        if meant and own.value > max(meant) and own.claim.key not in stated:
            yield own


def _into_own_year(
    rule: FigureClaims, item: ReportTexts, key: str, text: str, said: Sequence[SaidFigure]
) -> Iterator[Finding]:
    """Yield a finding where what goes on in the next year is told to go on in the report's own: 2024年的报告, 结转2024年4件.

    A number that may as well be what came from the year before is left alone.
    """
    going_on = [own for own in said if own.claim.family in rule.into_next and own.value]
    if not going_on or item.year is None:
        return
    plain, (before, behind) = masked(text, item), map(compiled, rule.into_own)
    for own in going_on:
        named = before.search(plain, max(0, own.start - _INTO), own.start) or behind.match(plain, own.end)
        if named and is_figure_of(own.claim, own.value, item) and not _may_have_come(rule, own, item):
            first, last = min(named.start(), own.start), max(named.end(), own.end)
            facts: dict[str, Fact] = {
                "sentence": quoted(text, first, last),
                "name": own.claim.name,
                "stated": item.year,
                "expected": item.year + 1,
            }
            yield item.finding(rule, "own_year", key, facts)


def _may_have_come(rule: FigureClaims, own: SaidFigure, item: ReportTexts) -> bool:
    """Say whether a figure is as well what came from the year before."""
    earlier = (claim for claim in rule.claims if claim.family in rule.earlier and claim.equals)
    return any(is_figure_of(claim, own.value, item) for claim in earlier)


def figures_rule(form: Form) -> FigureClaims | None:
    """Return the rule by which texts are read, if the form has one."""
    return next((rule for rule in form.narratives if isinstance(rule, FigureClaims)), None)


def figures(rule: FigureClaims, _context: TextContext) -> Check:
    """Compare each claim of a text with the tables."""
    reader_of(rule)
    _accounts_of(rule)

    def check(item: ReportTexts) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            said = said_in(rule, key, text, item)
            wrong = wrong_in(rule, said, item)
            for own in wrong:
                yield _differs(rule, item, key, text, own)
            for own in _of_all(rule, key, text, item, said):
                yield _differs(rule, item, key, text, own)
            for own in _spoiling(rule, key, text, item, said, wrong):
                yield _differs(rule, item, key, text, own, variant="" if wrong else "spoils")
            yield from _into_own_year(rule, item, key, text, said)

    return check


def wrong_in(rule: FigureClaims, said: Sequence[SaidFigure], item: ReportTexts) -> list[SaidFigure]:
    """Return the first false statement of each figure; none where another statement of it in the same text is true."""
    right: set[str] = set()
    wrong: dict[str, SaidFigure] = {}
    lists: dict[tuple[int, int], list[SaidFigure]] = {}
    accounts: dict[int, list[SaidFigure]] = {}
    for statement in said:
        lists.setdefault((statement.chain, statement.part_of), []).append(statement)
        accounts.setdefault(statement.chain, []).append(statement)
    together = {place: _StatedTogether.of(listed, accounts[place[0]]) for place, listed in lists.items()}
    seen: set[tuple[object, ...]] = set()
    for statement in said:
        place = statement.chain, statement.part_of
        same = (
            *place,
            statement.claim.key,
            statement.value,
            statement.at_most,
            statement.leaves,
            statement.lent,
        )
        if same in seen or statement.claim.key in right or _comes_back(statement, accounts[statement.chain]):
            continue
        seen.add(same)
        if is_true(statement, together[place], item):
            right |= {statement.claim.key} if not statement.at_most else set()
        else:
            wrong.setdefault(statement.claim.key, statement)
    return [
        statement
        for key, statement in wrong.items()
        if key not in right
        and not _is_stated_in_parts(statement, said, item)
        and not _is_of_one_column(rule, statement, said, item)
    ]


def _comes_back(statement: SaidFigure, account: Sequence[SaidFigure]) -> bool:
    """Say whether a number of requests without words before it may be one of something else told before: 结转4件。该4件申请均在期限内."""
    return statement.begins and statement.claim.partly and is_made_before(statement, account)


def _is_stated_in_parts(statement: SaidFigure, said: Sequence[SaidFigure], item: ReportTexts) -> bool:
    """Say whether a figure is told as several that make it together: 宣布失效5件、废止2件 in one sentence.

    What became of the year's requests and of those carried over may be told in two.
    """
    same = [own for own in said if own.claim.key == statement.claim.key]
    meant = meanings(statement.claim, item) or ()
    parts = [own.value for own in same if own.sentence == statement.sentence]
    if len(parts) > 1 and sum(parts) in meant:
        return True
    apart = (own for own in same if own.of_earlier != statement.of_earlier)
    return any(
        statement.value + own.value in meant for own in apart if abs(own.sentence - statement.sentence) <= 1
    )


def _is_of_one_column(
    rule: FigureClaims, statement: SaidFigure, said: Sequence[SaidFigure], item: ReportTexts
) -> bool:
    """Say whether a figure is that of a column alone of which its sentence tells: 自然人申请7件，予以公开4件."""
    if statement.claim.family in rule.columns:
        return False
    columns = [
        own.claim.equals[0]
        for own in said
        if own.claim.family in rule.columns
        and own.sentence == statement.sentence
        and own.start < statement.start
    ]
    return statement.value in of_columns(statement.claim, columns, item)


def is_true(statement: SaidFigure, listed: _StatedTogether, item: ReportTexts) -> bool:
    """Say whether a statement fits the tables, alone or with what is ``listed`` with it; also while a cell is blank."""
    meant = meanings(_as_listed(statement.claim, listed.claims), item)
    if statement.claim.rest_of and not statement.is_rough:
        return _is_the_rest(statement, listed, item)
    if (
        not meant
        or statement.value in meant
        or (statement.claim.told and is_made_before(statement, listed.account))
        or _is_lent(statement, meant)
    ):
        return True
    if statement.claim.money or statement.is_rough:
        return any(_may_be(value, statement) for value in meant)
    if statement.leaves:
        return _leaves_a_whole(statement, meant, listed)
    if statement.at_most:
        return statement.value <= max(meant) and not _exceeds_with_what_is_left(statement, max(meant), listed)
    return any(
        statement.value + more == meant[0] or statement.value == meant[0] - other
        for more, other in _beside(statement, listed, item)
    )


def _is_lent(statement: SaidFigure, meant: Sequence[Number]) -> bool:
    """Say whether a figure is true with what is told behind it to be others', or without it: 收到36件（其中上级转办3件）."""
    return statement.lent > 0 and not {
        statement.value - statement.lent,
        statement.value + statement.lent,
    }.isdisjoint(meant)


def _leaves_a_whole(statement: SaidFigure, meant: Sequence[Number], listed: _StatedTogether) -> bool:
    """Say whether a figure and what it leaves make a whole, of the tables or told, alone or with another figure."""
    stated = [one.value for one in listed.account if one is not statement]
    added = statement.value + statement.leaves
    return any(added + more in {*meant, *stated} for more in (0, *stated))


def _exceeds_with_what_is_left(statement: SaidFigure, most: Number, listed: _StatedTogether) -> bool:
    """Say whether a figure and the parts told behind it that it left are a little too much: 实质答复26件。剩余部分，4件未补正，2件撤回."""
    left = [
        own.value
        for own in listed.account
        if own.start > statement.start and own.claim.family in statement.claim.beside
    ][:_MOST_BESIDE]
    if not statement.claim.divided or not left:
        return False
    runs = {sum(left[start:end]) for start in range(len(left)) for end in range(start + 1, len(left) + 1)}
    known = {most, *(own.value for own in listed.account if own is not statement)}
    if any(statement.value + run in known for run in runs):
        return False
    return 0 < statement.value + sum(left) - most <= max(1, most // _TENTH)


def _is_the_rest(statement: SaidFigure, listed: _StatedTogether, item: ReportTexts) -> bool:
    """Say whether what is left of a whole is left of any that the tables or the text know, what is told next, or a figure of its own."""
    own, wholes = meanings(statement.claim, item), values_of(statement.claim.rest_of, item)
    beside = [more for more, _ in _beside(statement, listed, item)] or _before(statement, listed)
    if own is None or wholes is None or not beside or statement.value in own:
        return True
    if statement.at_most:  # something unknown was told beside it
        return statement.value <= max(wholes)
    others = [one.value for one in listed.account if not _stands_beside(one, statement)]
    known = {*wholes, *others, *accumulate(others)}  # 收到25件，上年结转1件: what was to be done
    return any(statement.value + more in known for more in beside) or _is_divided(statement, listed.account)


def _before(statement: SaidFigure, listed: _StatedTogether) -> list[Number]:
    """Return what runs of parts say together that an account has told before, in another list: 其中公开13件。剩余的11件中，."""
    parts = [
        one.value
        for one in listed.account
        if one.start < statement.start and one.claim.family in statement.claim.beside
    ][-_MOST_BESIDE:]
    return [sum(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)]


def _is_divided(statement: SaidFigure, account: Sequence[SaidFigure]) -> bool:
    """Say whether what is told next adds up to a statement: 剩下的5件，2件撤回，3件结转."""
    after = [one.value for one in account if one.start > statement.start][:_MOST_BESIDE]
    return statement.value in accumulate(after)


def _stands_beside(one: SaidFigure, statement: SaidFigure) -> bool:
    """Say whether a figure is a part beside a statement, or is the statement itself."""
    is_listed = one.part_of == statement.part_of and one.claim.family in statement.claim.beside
    return one is statement or is_listed


def _as_listed(claim: Claim, named_too: Sequence[Claim]) -> Claim:
    """Return a claim without the wider meanings whose cells the same list names for themselves."""
    if len(claim.equals) < 2:  # noqa: PLR2004 - only one meaning
        return claim
    family = [own for own in named_too if own.family == claim.family]
    if len(family) < _FEWEST_OF_A_LIST:
        return claim
    named = {key for own in family if own.key != claim.key and own.equals for key in own.equals[0].plus}
    first, *wider = claim.equals
    return replace(
        claim, equals=(first, *(meant for meant in wider if named.isdisjoint({*meant.plus} - {*first.plus})))
    )


def _is_rounded(value: Number, statement: SaidFigure) -> bool:
    """Say whether an amount is what the text says, rounded or cut off where the text ends."""
    return -statement.unit < value - statement.value < statement.unit


def _may_be(value: Number, statement: SaidFigure) -> bool:
    """Say whether a value is what a text says, rounded; of what is told in 万, a part may be less, and what is left of a whole proves nothing."""
    is_less = statement.at_most and statement.value - statement.unit < value
    proves_nothing = statement.is_rough and (is_less or bool(statement.claim.rest_of))
    return proves_nothing or _is_rounded(value, statement)


def _beside(
    statement: SaidFigure, listed: _StatedTogether, item: ReportTexts
) -> Iterator[tuple[Number, Number]]:
    """Yield what runs of the claims beside say together, and what the tables say of them."""
    if not statement.claim.beside:
        return
    beside = [own for family in statement.claim.beside for own in listed.families.get(family, ())]
    near = sorted(beside, key=lambda own: own.start)[:_MOST_BESIDE]
    tables = [(meanings(own.claim, item) or [own.value])[0] for own in near]
    for start in range(len(near)):
        for end in range(start + 1, len(near) + 1):
            yield sum(own.value for own in near[start:end]), sum(tables[start:end])


def _differs(
    rule: FigureClaims, item: ReportTexts, key: str, text: str, wrong: SaidFigure, variant: str = ""
) -> Finding:
    claim = wrong.claim
    meant = _meant(wrong, item)
    kind = "rest" if claim.rest_of else "exceeds" if wrong.at_most else "differs"
    none = _NONE.search(text, max(0, wrong.start - 2), wrong.start + 1)
    facts: dict[str, Fact] = {
        "sentence": quoted(text, none.start() if none else wrong.start, wrong.end),
        "name": claim.name,
        "claimed": wrong.value,
        "expected": value_of(meant, item) or 0,
        "where": _where(item, meant.plus),
    }
    return item.finding(rule, variant or kind, key, facts, *meant.plus)


def _meant(wrong: SaidFigure, item: ReportTexts) -> Sum:
    """Return the sum with which a wrong figure is told to differ: the first, or another from which it is a slip of the pen away."""
    sums = wrong.claim.rest_of or wrong.claim.equals
    values = [value_of(meant, item) or 0 for meant in sums]
    if wrong.at_most or wrong.claim.money or is_slip(wrong.value, values[0]):
        return sums[0]
    return next(
        (own for own, value in zip(sums, values, strict=True) if is_slip(wrong.value, value)), sums[0]
    )


def _where(item: ReportTexts, keys: Sequence[str]) -> str:
    """Name the cells of a figure: those of one sheet together, many by the first of them."""
    places = [item.places[key] for key in keys if key in item.places]
    cells = first_of([place.cell for place in places], _MOST_CELLS, " 等 {} 格")
    return f"{places[0].sheet} {cells}" if places else ""
