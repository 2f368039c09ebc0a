"""The styles of an .ods or .odt go in; what of them changes how a number or a text looks comes out: hidden, struck, raised, number format.

Number formats are spelled as a spreadsheet spells them, so that one judgement serves every container.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.parsers import expat

Attributes = dict[str, str]

_NUMBERS = frozenset(
    f"{kind}-style" for kind in ("number", "percentage", "currency", "date", "time", "text", "boolean")
)
_STYLES = frozenset({"style", "default-style"})
"""The latter has no name, as the last parent of any has none."""
_DATE_PARTS = {
    "year": "yyyy", "month": "m", "day": "d", "hours": "h", "minutes": "mm", "seconds": "ss",
    "day-of-week": "aaa", "era": "e", "am-pm": "AM/PM", "quarter": "q", "week-of-year": "ww",
}  # fmt: skip
_MOST_PARENTS = 12
_LOOKS = ("struck", "raised", "shifted", "hidden")


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says; None is left to its parent."""

    parent: str = ""
    number: str | None = None
    struck: bool | None = None
    raised: bool | None = None
    shifted: bool | None = None
    hidden: bool | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How a cell or a span looks; ``format`` is empty where nothing special is set."""

    format: str = ""
    struck: bool = False
    raised: bool = False
    shifted: bool = False
    """Moved up or down, but not made a small sign."""
    hidden: bool = False

    @property
    def is_odd(self) -> bool:
        """Whether a digit that looks so is none of the number beside it."""
        return self.struck or self.raised or self.shifted


@dataclass(slots=True)
class _Format:
    """A number format while it is read: its code, and the codes that apply under a condition."""

    code: str = ""
    maps: list[tuple[str, str]] = field(default_factory=list)


class Styles:
    """The styles of one document."""

    def __init__(self) -> None:
        self._looks: dict[tuple[str, str], Look] = {}
        self._formats: dict[str, _Format] = {}
        self._hidden_tables: set[str] = set()
        self._style: tuple[str, str] | None = None
        self._format: _Format | None = None
        self._text: list[str] | None = None
        self._seen: dict[tuple[str, str], Seen] = {}

    def learn(self, xml: bytes) -> None:
        """Read the styles that stand in a part; what is no XML has none."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat
        except expat.ExpatError:
            return

    def is_displayed(self, table_style: str) -> bool:
        """Say whether sheets of this style are shown."""
        return table_style not in self._hidden_tables

    def of_cell(self, name: str) -> Seen:
        """Return how cells of a style look."""
        return self._resolved("table-cell", name)

    def of_text(self, name: str) -> Seen:
        """Return how a span of a style looks."""
        return self._resolved("text", name)

    def of_paragraph(self, name: str) -> Seen:
        """Return how a paragraph of a style looks."""
        return self._resolved("paragraph", name)

    def _resolved(self, family: str, name: str) -> Seen:
        if (family, name) not in self._seen:
            chain: list[Look] = []
            parent = name
            while (look := self._looks.get((family, parent))) and len(chain) < _MOST_PARENTS:
                chain.append(look)
                parent = look.parent
            number = next((look.number for look in chain if look.number is not None), "")
            looks = (_first(getattr(look, what) for look in chain) for what in _LOOKS)
            self._seen[family, name] = Seen(self._code(number), *looks)
        return self._seen[family, name]

    def _code(self, name: str) -> str:
        """Spell a format with those that apply under a condition, each as a section of its own."""
        found = self._formats.get(name)
        if found is None:
            return ""
        parts = [
            f"[{condition.removeprefix('value()').replace('!=', '<>')}]{inner.code}"
            for condition, other in found.maps
            if (inner := self._formats.get(other))
        ]
        return ";".join([*parts, found.code])

    def _start(self, name: str, raw: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        given = {key.rpartition(" ")[2]: value for key, value in raw.items()}
        if local in _STYLES:
            self._style = (given.get("family", ""), given.get("name", ""))
            look = Look(given.get("parent-style-name", ""), given.get("data-style-name"))
            self._looks[self._style] = look
        elif local == "text-properties" and self._style:
            self._looks[self._style] = _with_text(self._looks[self._style], given)
        elif local == "table-properties" and self._style and given.get("display") == "false":
            self._hidden_tables.add(self._style[1])
        elif local in _NUMBERS:
            self._format = self._formats[given.get("name", "")] = _Format()
        elif self._format is not None:
            self._part(self._format, local, given)

    def _part(self, into: _Format, local: str, given: Attributes) -> None:
        if local == "map":
            into.maps.append((given.get("condition", "").replace(" ", ""), given.get("apply-style-name", "")))
        elif local in {"number", "scientific-number"}:
            into.code += _digits(given) + ("E+00" if local == "scientific-number" else "")
        elif local == "fraction":
            into.code += "# ?/?"
        elif local in {"text", "currency-symbol", "embedded-text"}:
            self._text = []
        elif local == "text-content":
            into.code += "@"
        else:
            into.code += _DATE_PARTS.get(local, "")

    def _data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in _STYLES:
            self._style = None
        elif local in _NUMBERS and self._format is not None:
            self._format = None
        elif local in {"text", "currency-symbol", "embedded-text"} and self._text is not None:
            if self._format is not None:
                self._format.code += _literal("".join(self._text))
            self._text = None


def _first(said: Iterable[bool | None]) -> bool:
    """Return what is said first, by a style or one of its parents."""
    return next((one for one in said if one is not None), False)


def _literal(text: str) -> str:
    """Spell fixed text in a format: the sign of per cent speaks for itself, the rest is quoted."""
    if text.strip() == "%":
        return "%"
    return '"' + text.replace('"', "") + '"' if text else ""


def _digits(given: Attributes) -> str:
    """Spell the places of a number; as many decimals as there are where their number is not said."""
    places = given.get("decimal-places", "")
    if not places and "display-factor" not in given:
        return "General"
    decimals = int(places) if places.isdecimal() and len(places) < 3 else 0  # noqa: PLR2004 - absurd otherwise
    code = "0" + ("." + "0" * decimals if decimals else "")
    factor = given.get("display-factor", "1").rstrip("0").rstrip(".") or "1"
    zeros = len(given.get("display-factor", "1").partition(".")[0]) - 1
    return code + "," * (zeros // 3) if factor == "1" and zeros else code


def _with_text(look: Look, given: Attributes) -> Look:
    lines = [given.get(name) for name in ("text-line-through-style", "text-line-through-type")]
    if any(lines):
        look = replace(look, struck=any(line not in {None, "none"} for line in lines))
    if "display" in given:
        look = replace(look, hidden=given["display"] == "none")
    position = given.get("text-position", "")
    if position:
        first = position.split()[0]
        is_raised = first in {"super", "sub"}
        is_moved = not is_raised and first.rstrip("%").lstrip("-") not in {"0", "0.0", "100"}
        look = replace(look, raised=is_raised, shifted=is_moved)
    return look
