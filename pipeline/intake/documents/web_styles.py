"""The style sheets that a web page carries and its elements go in; how an element looks comes out, as far as it hides, strikes or moves a figure.

Selectors are read of tags, classes, ids and attributes, and of what stands around them; of any other the last element
counts, and what it would hide or strike nobody can be sure of. A page is read as a wide screen shows it before anybody
touches it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pipeline.intake.documents.odd_marks import HIDDEN, RAISED, SHIFTED, STRUCK, UNSURE
from pipeline.intake.guard.refusal import hostile

if TYPE_CHECKING:
    from lxml import etree

GONE = "gone"
"""Hidden, and without a place on the page."""
Declared = Mapping[str, tuple[bool, str]]
"""By property: whether it is important, and its value in lower case."""

_MOST_STEPS = 3_000_000
"""Selectors tried on one page; the largest of portals takes a hundredth."""
_PLACES = frozenset({"top", "bottom", "left", "right", "text-indent", "margin-left", "margin-top"})
_SIZES = frozenset({"width", "height", "max-width", "max-height"})
_PROPERTIES = _PLACES | _SIZES | {
    "display", "visibility", "opacity", "mso-hide", "content-visibility", "font-size", "text-decoration",
    "text-decoration-line", "vertical-align", "mso-text-raise", "position", "overflow", "overflow-x", "overflow-y",
    "clip", "clip-path", "transform", "unicode-bidi", "content",
}  # fmt: skip
_TOKEN = re.compile(r"[{};]|\"[^\"\n]*\"|'[^'\n]*'")
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)")
_LENGTH = re.compile(r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))([a-z%]{0,5})")
_FEWEST: Mapping[str, float] = {"px": 3, "": 3, "pt": 2.25, "em": 0.2, "rem": 0.2, "%": 20}
"""The size of print below which nobody can read it."""
_FAR: Mapping[str, float] = {"px": 100, "": 100, "pt": 75, "em": 10, "rem": 10, "%": 100, "vw": 100}
"""How far to the left or above nobody can see it."""
_FAINT = 0.2
_TRANSFORMED = re.compile(r"scale|\([^()]*[1-9]")
_PICTURED = re.compile(r"\d|attr|counter")
"""In ``content``: what may put a digit beside a figure."""
_UPRIGHT = frozenset({"", "baseline", "middle", "inherit", "initial", "unset", "auto"})
_CELLS = frozenset({"td", "th", "tr", "tbody", "thead", "tfoot", "table", "img"})
"""Whose ``vertical-align`` is where they stand, not how high the line."""
_COMPOUND = re.compile(r"([\w-]+|\*)?((?:[.#][\w-]+|\[[^\[\]]*\]|::?[\w-]+(?:\([^()]*\))?)*)")
_PIECE = re.compile(r"([.#])([\w-]+)|\[([^\[\]]*)\]|(::?[\w-]+)(?:\(([^()]*)\))?")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*([~|^$*]?=)?\s*")
_BETWEEN = re.compile(r"\s*([>+~])\s*|\s+")
_OTHER_MEDIA = re.compile(
    r"\bprint\b|speech|max-(?:device-)?(?:width|height)|prefers-|portrait|hover:\s*none"
)
_NOT = re.compile(r"\bnot\b")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_ASIDE = str.maketrans({",": "\1", "+": "\2", ">": "\3", "~": "\4", " ": "", "\t": "", "\n": ""})
"""What is no sign between selectors where it stands in brackets."""
_COUNTED = re.compile(r":(nth|first|last)(?:-last)?-(child|of-type)")
_NTH = re.compile(r"(?:([+-]?\d{0,4})n)?([+-]?\d{1,4})?")
_FIRST: Mapping[str, str] = {"first": "1", "last": "1", "odd": "2n+1", "even": "2n", "": "0"}
_STATES = re.compile(
    r":(?:hover|focus|active|visited|target|checked|disabled|enabled|placeholder|selection|marker|backdrop|-)[\w-]*"
)
"""What nobody has touched is in none of these."""
_GENERATED = frozenset({":before", "::before", ":after", "::after"})


class _Compound(NamedTuple):
    """What a selector says of one element; ``parts`` are its tag, ``.class`` and ``#id``.

    ``places`` say the how manieth it is, such as ``2n+1``, and counted how. Of what else follows a colon only ``others`` is known.
    """

    parts: frozenset[str]
    attributes: tuple[tuple[str, str, str], ...] = ()
    places: tuple[tuple[str, int, int], ...] = ()
    others: frozenset[str] = frozenset()


_ANY, _BODY = _Compound(frozenset()), _Compound(frozenset({"tbody"}))


@dataclass(frozen=True, slots=True)
class _StyleRule:
    """Declarations and the elements that they hold for; ``before`` are those around, from the nearest, each with how it is joined."""

    weight: tuple[int, int, int, int]
    last: _Compound
    before: tuple[tuple[str, _Compound], ...]
    declared: Declared
    is_sure: bool = True
    is_generated: bool = False


@dataclass(slots=True)
class WebStyles:
    """The style sheets of one page: rules, by a part of the last element of their selectors."""

    rules: Mapping[str, tuple[_StyleRule, ...]]
    named: dict[tuple[str, ...], tuple[_StyleRule, ...]] = field(default_factory=dict)
    """The rules that may hold for elements of the same tag, class and id."""
    steps: int = 0

    def look(self, element: etree._Element, inline: Declared) -> str:
        """Name how an element looks by its style sheets and its own style. Raises Refused where that takes too long."""
        names = (str(element.tag), element.get("class") or "", element.get("id") or "")
        if names not in self.named:
            parts = ("*", *_parts(element))
            self.named[names] = tuple(chain.from_iterable(self.rules.get(part, ()) for part in parts))
        worn = [rule for rule in self.named[names] if self._holds(rule, element)]
        if not worn and not inline:
            return ""
        sure = [rule for rule in worn if rule.is_sure and not rule.is_generated]
        values: dict[str, str] = {}
        for is_wanted in (False, True):
            for layer in (*(rule.declared for rule in sorted(sure, key=lambda rule: rule.weight)), inline):
                values.update(
                    {name: text for name, (is_urgent, text) in layer.items() if is_urgent is is_wanted}
                )
        return look_of(values, names[0]) or (UNSURE if len(worn) > len(sure) else "")

    def _holds(self, rule: _StyleRule, element: etree._Element) -> bool:
        self.steps += 1
        if not _matches(rule.last, element):
            return False
        around: list[etree._Element] = [element]
        for joint, compound in rule.before:
            around = [one for one in _around(around, joint) if _matches(compound, one)]
            self.steps += len(around)
            if not around:
                return False
        if self.steps > _MOST_STEPS:
            raise hostile("网页样式过于复杂")
        return True


def styles_of(sheets: Iterable[str]) -> WebStyles:
    """Read the style sheets of a page."""
    return WebStyles(_rules_by_part("\n".join(sheets)))


@lru_cache(maxsize=4)  # the same on every page of a portal
def _rules_by_part(css: str) -> Mapping[str, tuple[_StyleRule, ...]]:
    """Return the rules that have to do with what hides, strikes or moves anything."""
    blocks = enumerate(_blocks(_plain(css)))
    rules = [rule for at, (selectors, body) in blocks for rule in _rules(selectors, body, at)]
    matter = {name for rule in rules if _is_odd(rule) for name in rule.declared}
    found: dict[str, list[_StyleRule]] = {}
    for rule in rules:
        is_plain = rule.is_sure and not rule.is_generated
        if _is_odd(rule) or (is_plain and matter & rule.declared.keys()):
            found.setdefault(max(rule.last.parts, key=_rank, default="*"), []).append(rule)
    return {part: tuple(own) for part, own in found.items()}


def _rank(part: str) -> str:
    return {"#": "2", ".": "1"}.get(part[0], "0")


def _is_odd(rule: _StyleRule) -> bool:
    values = {name: text for name, (_, text) in rule.declared.items()}
    if rule.is_generated:
        return bool(_PICTURED.search(values.get("content", "")))
    return look_of(values, "") != ""


@lru_cache(maxsize=2048)
def declared(style: str) -> Declared:
    """Read the declarations of a ``style``, those that matter; the last one counts."""
    found: dict[str, tuple[bool, str]] = {}
    for piece in _plain(style).split(";"):
        name, _, value = piece.partition(":")
        name = name.strip().lower()
        if name in _PROPERTIES:
            text, _, priority = value.strip().lower().partition("!")
            is_important = priority.strip() == "important"
            if is_important or not found.get(name, (False, ""))[0]:
                found[name] = (is_important, text.strip())
    return found


def _plain(css: str) -> str:
    """Return a style sheet without comments and with its escapes spelled out."""
    if "/*" in css:
        first, *others = css.split("/*")
        css = first + "".join(part.partition("*/")[2] for part in others)
    css = css.replace("<!--", " ").replace("-->", " ")
    return _ESCAPE.sub(_unescaped, css) if "\\" in css else css


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1] or "0", 16)
    return found[2] or (chr(code) if 0 < code <= sys.maxunicode else "�")


def look_of(values: Mapping[str, str], tag: str) -> str:
    """Name the look that declarations make of an element: ``GONE``, or one of ``odd_marks``."""
    get = values.get
    if get("display") == "none" or get("mso-hide") == "all":
        return GONE
    size, unit = _length(get("font-size", ""))
    is_hidden = "hidden" in {get("visibility"), get("content-visibility")} or get("visibility") == "collapse"
    if is_hidden or size == 0 or _length(get("opacity", ""))[0] == 0:
        return HIDDEN
    if "line-through" in get("text-decoration", "") + get("text-decoration-line", ""):
        return STRUCK
    if get("vertical-align") in {"super", "sub"}:
        return RAISED
    if (size is not None and size < _FEWEST.get(unit, 0)) or _is_out_of_sight(values):
        return UNSURE
    return SHIFTED if _is_shifted(values, tag) else ""


def _is_out_of_sight(values: Mapping[str, str]) -> bool:
    get = values.get
    is_cut = "hidden" in get("overflow", "") + get("overflow-x", "") + get("overflow-y", "")
    sizes = [_length(get(name, "")) for name in _SIZES]
    lengths = [_length(get(name, "")) for name in _PLACES]
    return (
        get("position") in {"absolute", "fixed"}
        or (is_cut and any(size is not None and size < _FEWEST.get(unit, 0) for size, unit in sizes))
        or any(size is not None and -size >= _FAR.get(unit, 100) for size, unit in lengths)
        or any(get(name, "none") not in {"none", "auto", ""} for name in ("clip", "clip-path"))
        or bool(_TRANSFORMED.search(get("transform", "")))
        or (_length(get("opacity", ""))[0] or 1) < _FAINT
        or "override" in get("unicode-bidi", "")
    )


def _is_shifted(values: Mapping[str, str], tag: str) -> bool:
    height = "" if tag in _CELLS else values.get("vertical-align", "")
    is_high = height not in _UPRIGHT and _length(height)[0] != 0
    is_moved = values.get("position") == "relative" and any(
        _length(values.get(name, ""))[0] for name in ("top", "bottom")
    )
    return is_high or is_moved or bool(_length(values.get("mso-text-raise", ""))[0])


def _length(value: str) -> tuple[float | None, str]:
    found = _LENGTH.fullmatch(value)
    return (float(found[1]), found[2]) if found else (None, "")


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of every rule that holds on a wide screen; one that is not closed ends with the sheet."""
    start = 0
    open_ones: list[tuple[str, list[str], bool]] = []
    for token in chain(_TOKEN.finditer(css), [None]):
        sign, text = (token[0], css[start : token.start()]) if token else ("", css[start:])
        if sign[:1] in {'"', "'"}:
            continue
        start = token.end() if token else len(css)
        if sign == "{":
            is_shown = not open_ones or (open_ones[-1][2] and _applies(open_ones[-1][0]))
            open_ones.append((text.strip(), [], is_shown))
            continue
        if open_ones:
            open_ones[-1][1].append(text)
        while open_ones and sign != ";":
            head, body, is_shown = open_ones.pop()
            if is_shown and not head.startswith("@"):
                yield head, ";".join(body)
            if sign == "}":
                break


def _applies(head: str) -> bool:
    """Whether what stands inside of a block holds; a selector is one around another."""
    if not head.startswith("@"):
        return True
    kind, _, asked = head.lower().partition(" ")
    return kind in {"@supports", "@layer", "@container"} or (kind == "@media" and is_shown_on(asked))


def is_shown_on(media: str) -> bool:
    """Say whether what is meant for these media is meant for a wide screen."""
    queries = media.lower().split(",")
    return any(bool(_OTHER_MEDIA.search(query)) == bool(_NOT.search(query)) for query in queries)


def _rules(selectors: str, body: str, at: int) -> Iterator[_StyleRule]:
    found = declared(body)
    if not found:
        return
    for selector in _IN_BRACKETS.sub(lambda group: group[0].translate(_ASIDE), selectors).split(","):
        rule = _rule(selector.strip(), found, at)
        if rule:
            yield rule


def _rule(selector: str, found: Declared, at: int) -> _StyleRule | None:
    """Return what a selector holds for; None where that is a state that nobody brought about, or no element by itself."""
    if not selector or _STATES.search(selector):
        return None
    texts = _BETWEEN.split(selector)[::-1]  # elements at even places, how they are joined between them
    compounds = [_compound(text) for text in texts[::2]]
    last = compounds[0]
    if last.others - _GENERATED and not last.parts:
        return None
    before: list[tuple[str, _Compound]] = []
    is_sure, is_loose = not last.others - _GENERATED, False
    for joint, compound in zip(texts[1::2], compounds[1:], strict=True):
        if joint == "~":
            is_sure = False
            break
        is_sure = is_sure and not compound.others
        if compound == _BODY:  # which a table has also where none is written
            is_loose = True
        else:
            before.append((" " if is_loose else joint or " ", compound))
            is_loose = False
    whole = [last, *(compound for _, compound in before)]
    ranks = [sum(_rank(part) == rank for compound in whole for part in compound.parts) for rank in "210"]
    ranks[1] += sum(len(compound.attributes) + len(compound.places) for compound in whole)
    is_generated = bool(last.others & _GENERATED)
    return _StyleRule((ranks[0], ranks[1], ranks[2], at), last, tuple(before), found, is_sure, is_generated)


def _compound(text: str) -> _Compound:
    """Read what a selector says of one element."""
    found = _COMPOUND.match(text)
    if not found:  # it matches an empty text
        return _ANY
    parts = {(found[1] or "*").lower()} - {"*"}
    attributes, places, others = [], [], {text[found.end() :]} - {""}
    for sign, name, attribute, pseudo, argument in _PIECE.findall(found[2]):
        if name:
            parts.add(sign + name)
        elif pseudo:
            place = _place(pseudo.lower(), argument)
            places += [place] if place else []
            others |= set() if place else {pseudo.lower()}
        elif asked := _ATTRIBUTE.match(attribute.strip()):
            value = attribute.strip()[asked.end() :]
            value = value[1:].partition(value[0])[0] if value[:1] in {'"', "'"} else value.partition(" ")[0]
            attributes.append((asked[1].lower(), asked[2] or "", value))
        else:
            others.add(attribute)
    return _Compound(frozenset(parts), tuple(attributes), tuple(places), frozenset(others))


def _place(pseudo: str, argument: str) -> tuple[str, int, int] | None:
    """Read ``:nth-child(2n+1)`` and its like: how it counts, every how many, from which on; None where it is no such."""
    counted = _COUNTED.fullmatch(pseudo)
    if not counted:
        return None
    plain = "".join(argument.lower().split()).replace("\2", "+")
    asked = _NTH.fullmatch(_FIRST.get(plain if counted[1] == "nth" else counted[1], plain))
    if not asked:
        return None
    every = {"": 1, "+": 1, "-": -1, None: 0}.get(asked[1])
    how = ("last-" if "last" in pseudo else "") + counted[2]
    return how, int(asked[1]) if every is None else every, int(asked[2] or 0)


def _stands(element: etree._Element, how: str, every: int, start: int) -> bool:
    kind = element.tag if how.endswith("of-type") else None
    siblings = element.itersiblings(kind, preceding=not how.startswith("last-"))
    steps = 1 + sum(1 for _ in siblings) - start
    return steps == 0 if not every else steps % every == 0 and steps // every >= 0


def _parts(element: etree._Element) -> list[str]:
    """Return what selectors name an element by."""
    parts = [element.tag] if isinstance(element.tag, str) else []
    parts += [f".{name}" for name in (element.get("class") or "").split()]
    own = element.get("id")
    return [*parts, f"#{own}"] if own else parts


def _matches(compound: _Compound, element: etree._Element) -> bool:
    if not compound.parts.issubset(_parts(element)):
        return False
    return all(_has(element, *asked) for asked in compound.attributes) and all(
        _stands(element, *asked) for asked in compound.places
    )


def _has(element: etree._Element, name: str, how: str, value: str) -> bool:
    own = element.get(name)
    if own is None or not how:
        return own is not None
    if not value:
        return how == "=" and not own
    return {
        "=": own == value,
        "~=": value in own.split(),
        "|=": own == value or own.startswith(f"{value}-"),
        "^=": own.startswith(value),
        "$=": own.endswith(value),
        "*=": value in own,
    }[how]


def _around(elements: Iterable[etree._Element], joint: str) -> list[etree._Element]:
    """Return the elements that stand to ``elements`` as ``joint`` says: above, right above, right before."""
    if joint == ">":
        above = (element.getparent() for element in elements)
    elif joint == "+":
        above = (element.getprevious() for element in elements)
    else:
        above = (one for element in elements for one in element.iterancestors())
    return list(dict.fromkeys(one for one in above if one is not None))
