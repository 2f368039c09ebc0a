"""The styles of an .ods go in; what of them changes how a number or a text looks comes out: struck, raised, number format.

Number formats are spelled as a spreadsheet spells them, so that one judgement serves every container.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from xml.parsers import expat

Attributes = dict[str, str]

_NUMBERS = frozenset(
    f"{kind}-style" for kind in ("number", "percentage", "currency", "date", "time", "text", "boolean")
)
_DATE_PARTS = {
    "year": "yyyy", "month": "m", "day": "d", "hours": "h", "minutes": "mm", "seconds": "ss",
    "day-of-week": "aaa", "era": "e", "am-pm": "AM/PM", "quarter": "q", "week-of-year": "ww",
}  # fmt: skip
_MOST_PARENTS = 12


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says; None is left to its parent."""

    parent: str = ""
    number: str | None = None
    struck: bool | None = None
    raised: bool | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How a cell or a span looks; ``format`` is empty where nothing special is set."""

    format: str = ""
    struck: bool = False
    raised: bool = False


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
        self._cells: dict[str, Seen] = {}

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
        if name not in self._cells:
            self._cells[name] = self._resolved("table-cell", name)
        return self._cells[name]

    def of_text(self, name: str) -> Seen:
        """Return how a span of a style looks."""
        return self._resolved("text", name)

    def _resolved(self, family: str, name: str) -> Seen:
        number, struck, raised = None, None, None
        for _ in range(_MOST_PARENTS):
            look = self._looks.get((family, name))
            if look is None:
                break
            number = look.number if number is None else number
            struck = look.struck if struck is None else struck
            raised = look.raised if raised is None else raised
            name = look.parent
        return Seen(self._code(number or ""), bool(struck), bool(raised))

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
        if local == "style":
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
        if local == "style":
            self._style = None
        elif local in _NUMBERS and self._format is not None:
            self._format = None
        elif local in {"text", "currency-symbol", "embedded-text"} and self._text is not None:
            if self._format is not None:
                self._format.code += _literal("".join(self._text))
            self._text = None


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
    position = given.get("text-position", "")
    if position:
        first = position.split()[0]
        raised = first in {"super", "sub"} or first.rstrip("%").lstrip("-") not in {"0", "0.0", "100"}
        look = replace(look, raised=raised)
    return look
