"""The numbers of a passage and the tables go in; the number comes out that spoils an account which else agrees with the tables.

Words that are not known may change what a number means, so by itself it proves nothing. But where the numbers beside it are those of the
tables, the account is this agency's and this year's, and a number that is a slip of the pen away from the cell its known words name
is a slip; see docs/decisions/0203.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.judging.texts.account import SaidFigure, is_made_before
from pipeline.judging.texts.aligning import Aligner
from pipeline.judging.texts.leftover import LeftOver
from pipeline.judging.texts.named_claims import NamedClaims, claims_of_cells
from pipeline.judging.texts.pieces import COUNT
from pipeline.judging.texts.signs import Signs
from pipeline.judging.texts.slip_search import SlipSearch
from pipeline.judging.texts.surroundings import placed

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, FigureClaims
    from pipeline.judging.texts.aligned import AlignedNumbers
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.pieces import TextPiece

_MOST_NUMBERS = 60
"""Numbers of a sentence; with more it is none."""


class SpoiledAccounts:
    """Looks for slips of the pen among the figures that one rule knows, by three kinds of evidence; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._topics, self._nearby = frozenset((*rule.topics, *rule.nearby.topics)), rule.nearby
        claims = NamedClaims(rule)
        self._signs = Signs(rule)
        self._aligner = Aligner(claims, self._signs)
        self._slips = SlipSearch(rule, claims, self._signs)
        self._left_over = LeftOver(rule.divisions, claims_of_cells(rule))

    def spoiling(
        self,
        pieces: Sequence[TextPiece],
        text: str,
        home_topic: str,
        said: Collection[SaidFigure],
        wrong: Collection[SaidFigure],
        item: ReportTexts,
    ) -> Iterator[SaidFigure]:
        """Yield at most one number of each sentence, as the figure that it should be. ``said`` is what was read, ``wrong`` what of it is false."""
        said = [own for own in said if not _is_open_sum(own, said)]
        read = {own.start for own in said}
        if all(piece.kind is not COUNT or piece.scale or piece.start in read for piece in pieces):
            return
        numbers = placed(pieces, text, self._topics, self._nearby, home_topic)
        aligned = self._aligner.aligned(numbers, said, wrong, item)
        for sentence, here in aligned.sentences.items():
            is_account = aligned.wrong.isdisjoint(here) and len(here) <= _MOST_NUMBERS
            if not is_account or not any(at in aligned.open or at in aligned.pointed for at in here):
                continue
            near = [at for beside in (-1, 0, 1) for at in aligned.sentences.get(sentence + beside, ())]
            found = self._accused(aligned, here, near, item)
            if len(found) == 1 and not self._slips.means_something_else(aligned, here, *found[0], item):
                [(at, claim)] = found
                number = aligned.numbers[at]
                yield SaidFigure(claim, number.value, number.start, number.end)

    def _accused(
        self, aligned: AlignedNumbers, here: Sequence[int], near: Sequence[int], item: ReportTexts
    ) -> list[tuple[int, Claim]]:
        """Return the numbers of a sentence against which the first kind of evidence speaks that speaks against any."""
        return (
            list(self._slips.suspects(aligned, here, near, item))
            or list(self._left_over.spoiling(aligned, here, item))
            or list(self._signs.unclosed(aligned, here, near, item))
        )


def _is_open_sum(own: SaidFigure, said: Collection[SaidFigure]) -> bool:
    """Say whether a sum of what was told was only read as no more than the whole: it may be a slip like any number."""
    return own.claim.told and own.at_most and not is_made_before(own, said)
