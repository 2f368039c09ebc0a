"""The registry: the name of a kind goes in, the class that says everything of such values comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.forms.values.answers import Choice, YesNo
from pipeline.forms.values.days import Day, PeriodValue, Year
from pipeline.forms.values.kind import Asked, ValueKind
from pipeline.forms.values.numbers import NUMBER_KINDS, PLACES
from pipeline.forms.values.numeric import Figure, Share
from pipeline.forms.values.plain import normalise
from pipeline.forms.values.words import LONGEST, FreeText, Phone

_FIGURES: Mapping[str, type[ValueKind]] = {
    name: Figure if kind.summed else Share for name, kind in NUMBER_KINDS.items()
}
_OTHERS: tuple[type[ValueKind], ...] = (YesNo, Choice, Day, Year, PeriodValue, Phone, FreeText)
KINDS: Mapping[str, type[ValueKind]] = {**_FIGURES, **{kind.id: kind for kind in _OTHERS}}
"""Every kind of value by its name in a form."""


def kind_of(asked: Asked) -> ValueKind:
    """Return the kind of what is asked for. Raises KeyError for one there is not."""
    return KINDS[asked.kind](asked)


def faults_of(asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with what a form says of a value: the problem, and the word that it is about."""
    kind = KINDS.get(asked.kind)
    if kind is None:
        yield f"kind 应为 {'、'.join(KINDS)} 之一。", "kind"
        return
    strange = [name for name in asked.limits if name not in kind.bounds]
    if strange:
        yield f"limits 中的“{strange[0]}”不能用，可以用的有：{'、'.join(kind.bounds) or '无'}。", strange[0]
    yield from _faults_of_limits(asked)
    if asked.together and asked.together not in kind.ways:
        yield f"together 应为 {'、'.join(kind.ways)} 之一。", "together"
    if issubclass(kind, Choice) != bool(asked.choices):
        yield "kind 为 choice 的要有 choices，其他的不能有。", "choices"
    if len(set(asked.choices.values())) < len(asked.choices) or not all(asked.choices.values()):
        yield "choices 中的文字不能为空，不能重复。", "choices"
    elif len(set(map(normalise, asked.choices.values()))) < len(asked.choices):
        yield "choices 中有两项只差空格、标点的全角半角，读的时候分不开，请改得不同。", "choices"
    if any("\n" in word or "\t" in word for word in asked.choices.values()):
        yield "choices 中的文字要写在一行里，不能换行。", "choices"
    if asked.pattern and not issubclass(kind, FreeText):
        yield "只有 kind 为 text 的才能有 pattern。", "pattern"
    if asked.unit and not issubclass(kind, Figure):
        yield "只有数字才能有 unit。", "unit"


def _faults_of_limits(asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield the bounds that no value can keep."""
    limits, number = asked.limits, NUMBER_KINDS.get(asked.kind)
    least = limits.get("least", number.least if number else None)
    most = limits.get("most", number.most if number else None)
    if least is not None and most is not None and least > most:
        yield (
            f"limits 中的 most（{most}）小于 least（{least}），没有数可以填。",
            "most" if "most" in limits else "least",
        )
    if not 0 <= limits.get("places", 0) <= PLACES:
        yield f"limits 中的 places 应为 0 至 {PLACES}。", "places"
    longest = limits.get("longest", LONGEST)
    if longest < 1 or not 0 <= limits.get("shortest", 0) <= longest:
        yield (
            "limits 中的 shortest 应在 0 和 longest 之间。",
            "shortest" if "shortest" in limits else "longest",
        )
