"""The TOML of a form that extends another goes in; one source comes out, as if all of it had been written in one place.

``extends = "id"`` at the top names the other form. What is written again under the name of something there changes it,
key by key; what has a new name is added, at the end or, with ``before = "name"``, before another; ``[remove]`` lists what
is left out, as ``rule = ["T2-01"]``. The same holds one level down: of the claims, partitions, divisions and rates of a rule over texts, of
its words and patterns, and of the ``rows`` and ``columns`` of a table, which are removed as ``row = ["table.row"]``.
A form with a title of its own is not called as the other is (``[words]``). Every fault is told with the file and line in
which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.toml_source import Faults, TomlSource, TomlTable

if TYPE_CHECKING:
    from pipeline.model import ConfigError
    from pipeline.toml_source import Source

NAMES: Mapping[str, str] = {
    "sheet": "name",
    "entry": "key",
    "text": "key",
    "section": "title",
    "narrative": "id",
    "basic": "id",
    "table": "key",
    "register": "key",
    "headline": "label",
    "chart": "title",
    "draft": "text",
    "rule": "id",
    "summary_rule": "id",
    "carried": "id",
}
"""The repeated tables of a form, and the key by which one of them is known."""
INNER: Mapping[str, Mapping[str, str]] = {
    "narrative": {"claim": "key", "partition": "name", "division": "name", "rate": "name", "sign": "claim"},
    "register": {"column": "key", "rule": "id", "figure": "id"},
}
"""The tables repeated inside one, and the key by which they are known; several may share it, and are changed together."""
PLAIN: Mapping[str, tuple[str, ...]] = {"narrative": ("words", "patterns")}
"""The tables inside one whose keys are added to those of the other form."""
LINES: Mapping[str, str] = {"rows": "row", "columns": "column"}
"""What a table of figures is made of, and what one of it is called where it is removed."""
_REFERS: Mapping[str, tuple[str, ...]] = {"rule": ("left", "right", "each"), "headline": ("cell",)}
"""Where these name cells: one that names any of a removed table says nothing without it."""
_SUMS = ("equals", "rest_of")
"""Where a claim in a text names the sums that it is held against."""
_WHOLE: Mapping[str, tuple[str, ...]] = {"division": ("wholes", "cells"), "rate": ("parts", "wholes")}
"""Where these name cells, all of which they need."""
_SHARED = "shared_wholes"
EXTENDS, REMOVE, BEFORE, BLOCK = "extends", "remove", "before", "block"
WORDS = "words"
_CALLED = ("document", "subject", "short", "paper")
"""The words that stand for the title; who collects the form is said beside them."""


def whole(source: TomlSource, load: Callable[[TomlTable, str], TomlSource]) -> TomlSource:
    """Return ``source`` with all that it extends; ``load`` gets the section that asks and the id of the other form.

    Raises ConfigError with file and line.
    """
    top = source.top()
    base = top.values.get(EXTENDS)
    if base is None:
        return source
    if not isinstance(base, str):
        raise top.fault(f'{EXTENDS} 应写成另一个表样的名称，例如 {EXTENDS} = "annual_report_2021"。', EXTENDS)
    return Extended(source, load(top, base))


class Extended(TomlSource):
    """A source over another: what both hold is read from both."""

    def __init__(self, own: TomlSource, base: TomlSource) -> None:
        self.__dict__.update(own.__dict__)
        self._own, self._base = own, base
        self._removal = own.table(REMOVE)
        self._refuse_lost_removals()
        again = {str(item.values.get(NAMES["table"])) for item in own.tables("table")}
        gone = [key for key in map(str, self._removed("table")) if key not in again]
        self._gone = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, gone))})\.") if gone else None

    def top(self) -> TomlTable:
        """Return the keys that stand before any table header: the other form's, changed."""
        own = self._own.top()
        return replace(own, values={**self._base.top().values, **_without(own.values, EXTENDS)})

    def table(self, name: str) -> TomlTable:
        """Return the table ``[name]``, the other form's where this one has none.

        What the other form is called is not what one with a title of its own is called.
        """
        own = self._own.table(name)
        if name == WORDS:
            base = self._base.table(name)
            called = _without(base.values, *_CALLED) if "title" in self._own.values else base.values
            return replace(own if name in self._own.values else base, values={**called, **own.values})
        return own if name in self._own.values else self._base.table(name)

    def tables(self, name: str) -> list[TomlTable]:
        """Return every ``[[name]]`` in order."""
        known = NAMES[name]
        found = [
            self._thinned(name, replace(item, source=_Borrowed(item.source, self)))
            for item in self._base.tables(name)
            if item.values.get(known) not in self._removed(name) and not self._goes(name, item)
        ]
        faults = Faults()
        for section in self._own.tables(name):
            with faults:
                self._put(name, found, section)
        faults.refuse()
        return [_with_signs(item) for item in found] if name == "narrative" else found

    def removed_by(self, problem: str) -> str:
        """Return what ``problem`` speaks of and this form has removed, empty for nothing."""
        for name, removed in self._removal.values.items():
            for item in map(str, removed):
                outer, _, inner = item.partition(".")
                spelled = (outer, inner) if name in LINES.values() else (item,)
                between = r"\.(?:[\w.]*\.)?".join(map(re.escape, spelled))
                if re.search(rf"(?<![\w.-]){between}(?![\w-])", problem):
                    return item
        return ""

    def fault_of_removal(self, item: str, problem: str) -> ConfigError:
        """Make the error for ``problem``, which is there because ``item`` was removed."""
        return self._own.fault(self._removal, problem, item)

    def refuse_unknown_tables(self, known: Iterable[str]) -> None:
        """Raise for a top-level key or table that nobody reads."""
        self._own.refuse_unknown_tables({*known, EXTENDS, REMOVE})

    def _goes(self, kind: str, section: TomlTable) -> bool:
        """Whether a section of the other form is about a removed table, and this form does not write it again."""
        if not self._gone or section.values.get(NAMES[kind]) in self._written_again(kind):
            return False
        if kind == "summary_rule":
            return section.values.get("rules") != [] == self._without_gone(kind, section).values.get("rules")
        if kind == "sheet":
            kept = [item.values.get("sheet") for item in self.tables("table")]
            return section.values.get("kind") == "table" and section.values.get("name") not in kept
        if kind == "carried":
            left = self._without_gone(kind, section).values
            return left != section.values and not (left.get("tables") or left.get("cells"))
        if kind == "chart":
            parts = section.values.get("parts")
            return isinstance(parts, list) and bool(parts) and all(map(self._names_gone, parts))
        return any(self._names_gone(section.values.get(key)) for key in _REFERS.get(kind, ()))

    def _names_gone(self, value: object) -> bool:
        """Whether a value, or one within it, names a cell or a line of a removed table."""
        if isinstance(value, str):
            return bool(self._gone and self._gone.search(value))
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return any(map(self._names_gone, inside))

    def _written_again(self, kind: str) -> list[object]:
        return [item.values.get(NAMES[kind]) for item in self._own.tables(kind)]

    def _rules_gone(self) -> list[object]:
        rules = self._base.tables("rule")
        return [
            *self._removed("rule"),
            *(item.values.get("id") for item in rules if self._goes("rule", item)),
        ]

    def _without_gone(self, kind: str, section: TomlTable) -> TomlTable:
        """Leave out of a section of the other form what it says of removed tables, and of rules that go with them."""
        if not self._gone:
            return section
        values = dict(section.values)
        lost = {"rule": ("after",), "summary_rule": ("rules",), "carried": ("tables",)}.get(kind, ())
        gone = self._removed("table") if kind == "carried" else self._rules_gone() if lost else ()
        for key in lost:
            if isinstance(values.get(key), list):
                values[key] = [item for item in values[key] if item not in gone]
        if kind == "carried" and isinstance(values.get("cells"), dict):
            values["cells"] = {
                key: cell for key, cell in values["cells"].items() if not self._names_gone(key)
            }
        if kind != "narrative":
            return replace(section, values=values)
        if _SHARED in values:
            values[_SHARED] = self._left(values[_SHARED])
        section = replace(section, values=values)
        for name in {"claim", *_WHOLE} & values.keys():
            inner = section.inner(name)
            section = section.with_inner(
                name,
                [self._unheld(item) for item in inner]
                if name == "claim"
                else [
                    item
                    for item in inner
                    if not any(map(self._names_gone, map(item.values.get, _WHOLE[name])))
                ],
            )
        return section

    def _unheld(self, claim: TomlTable) -> TomlTable:
        """Hold a claim against what is left of its sums; where nothing is of one kind, against nothing."""
        sums = {key: claim.values[key] for key in _SUMS if key in claim.values}
        left = {key: self._left(value) for key, value in sums.items()}
        if any(sums[key] and not left[key] for key in left):
            left = {key: [] for key in left}
        return replace(claim, values={**claim.values, **left})

    def _left(self, value: object) -> object:
        return [item for item in value if not self._names_gone(item)] if isinstance(value, list) else value

    def _put(self, kind: str, found: list[TomlTable], section: TomlTable) -> None:
        """Change the section of the same name, or add ``section`` where it belongs."""
        name = section.values.get(NAMES[kind])
        names = [item.values.get(NAMES[kind]) for item in found]
        if name in names:
            at = names.index(name)
            found[at] = _changed(kind, found[at], section)
            return
        at = _place(section, section.values, names)
        found.insert(at, replace(section, values=_without(section.values, BEFORE)))

    def _thinned(self, kind: str, section: TomlTable) -> TomlTable:
        """Leave out of a section of the other form what is removed from inside it."""
        for name, known in INNER.get(kind, {}).items():
            gone = self._removed(f"{kind}.{name}")
            own = section.inner(name)
            left = [item for item in own if item.values.get(known) not in gone]
            if len(left) < len(own):
                section = section.with_inner(name, left)
        return self._with_fewer_lines(section) if kind == "table" else self._without_gone(kind, section)

    def _with_fewer_lines(self, table: TomlTable) -> TomlTable:
        blocks = table.inner(BLOCK)
        for lines, name in LINES.items():
            gone = self._removed(name)
            if gone:
                blocks = [
                    replace(block, values={**block.values, lines: left})
                    for block in blocks
                    for left in [
                        [line for line in _lines(block, lines) if _full_name(table, line) not in gone]
                    ]
                ]
        return table.with_inner(BLOCK, blocks) if any(map(self._removed, LINES.values())) else table

    def _removed(self, name: str) -> tuple[object, ...]:
        found = self._removal.values.get(name, ())
        return tuple(found) if isinstance(found, list) else ()

    def _refuse_lost_removals(self) -> None:
        section = self._removal
        inner = {f"{kind}.{name}" for kind, names in INNER.items() for name in names}
        known = {*NAMES, *inner, *LINES.values()}
        faults = Faults()
        with faults:
            section.refuse_unknown(known)
        for name, removed in section.values.items():
            with faults:
                if not isinstance(removed, list):
                    raise section.fault(f"“{name}”的值类型不对，应为文字列表。", name)
            lost = [] if name not in known or not isinstance(removed, list) else self._lost(name, removed)
            for item in lost:
                with faults:
                    token = item if isinstance(item, str) else name
                    raise section.fault(f"“{item}”在原来的表样中没有，不用删去。", token)
        faults.refuse()

    def _lost(self, name: str, removed: Iterable[object]) -> list[object]:
        there = list(self._there(name))
        return [item for item in removed if item not in there]

    def _there(self, name: str) -> Iterator[object]:
        """Yield the names of all that the other form has of a kind."""
        outer, _, inner = name.partition(".")
        if name in NAMES:
            yield from (item.values.get(NAMES[name]) for item in self._base.tables(name))
        elif inner:
            for item in self._base.tables(outer):
                yield from (one.values.get(INNER[outer][inner]) for one in item.inner(inner))
        else:
            lines = next(lines for lines, one in LINES.items() if one == name)
            for table in self._base.tables("table"):
                for block in table.inner(BLOCK):
                    yield from (_full_name(table, line) for line in _lines(block, lines))


class _Borrowed:
    """Where a section of the other form is written: what is wrong with it is this form's doing, if it removed what is used there."""

    def __init__(self, source: Source, by: Extended) -> None:
        self._source, self._by = source, by

    def fault(self, section: TomlTable, problem: str, token: str) -> ConfigError:
        """Make the error for ``problem``: at what was removed, else where the section is written."""
        original = self._source.fault(section, problem, token)
        item = self._by.removed_by(problem)
        if not item:
            return original
        name = section.values.get(_known_by(section.name), "")
        return self._by.fault_of_removal(
            item,
            f"删去了“{item}”，可是原来的表样在 [[{section.name}]]{f'“{name}”' if name else ''} 里还用到它（{str(original).rstrip('。')}）。"
            "请把用到它的这一项也写进 [remove]，或者在本表样里改写。",
        )

    def lines_of(self, *path: str | int) -> tuple[int, int] | None:
        """Return the first and last line of the table at ``path``."""
        return self._source.lines_of(*path)


def _with_signs(rule: TomlTable) -> TomlTable:
    """Leave out the signs of the other form that point to claims which are held against nothing any more."""
    if "sign" not in rule.values:
        return rule
    held = [claim.values.get("key") for claim in rule.inner("claim") if claim.values.get("equals")]
    return rule.with_inner(
        "sign",
        [
            sign
            for sign in rule.inner("sign")
            if sign.values.get("claim") in held or not isinstance(sign.source, _Borrowed)
        ],
    )


def _known_by(name: str) -> str:
    """Return the key by which a section called ``name`` is known among its like."""
    outer, _, inner = name.partition(".")
    return INNER.get(outer, {}).get(inner, "") if inner else NAMES.get(name, "")


def _changed(kind: str, base: TomlTable, own: TomlTable) -> TomlTable:
    """Return ``base`` with what ``own`` says otherwise."""
    plain = {
        name: {**base.table(name).values, **own.table(name).values}
        for name in PLAIN.get(kind, ())
        if name in own.values and name in base.values
    }
    inner = {name: base.inner(name) for name in (*INNER.get(kind, {}), BLOCK) if name in base.values}
    for name, known in INNER.get(kind, {}).items():
        if name in inner and name in own.values:
            inner[name] = _merged(inner[name], own.inner(name), known)
    values = {**base.values, **own.values, **plain}
    if kind == "table":
        inner[BLOCK] = own.inner(BLOCK) if BLOCK in own.values else _with_lines(inner.get(BLOCK, []), own)
        values = _without(values, *LINES)
    found = replace(own, values=values)
    for name, sections in inner.items():
        found = found.with_inner(name, sections)
    return found


def _merged(base: Sequence[TomlTable], own: Iterable[TomlTable], known: str) -> list[TomlTable]:
    """Change those of ``base`` that ``own`` names, and add the others."""
    found = list(base)
    for section in own:
        name = section.values.get(known)
        names = [item.values.get(known) for item in found]
        if name in names:
            found = [
                replace(section, values={**item.values, **section.values})
                if item.values.get(known) == name
                else item
                for item in found
            ]
        else:
            at = _place(section, section.values, names)
            found.insert(at, replace(section, values=_without(section.values, BEFORE)))
    return found


def _with_lines(blocks: Sequence[TomlTable], own: TomlTable) -> list[TomlTable]:
    """Change and add rows and columns in the block that has the row or column of that key, or the one named by ``before``."""
    found = list(blocks)
    for lines in LINES:
        for line in _lines(own, lines):
            named = (line.get("key"), line.get(BEFORE))
            at = next((at for at, one in enumerate(found) if {*map(str, named)} & {*_keys(one, lines)}), None)
            if at is None:
                raise own.fault(
                    f"“{line.get('key')}”是新的行或列：用 {BEFORE} 写明放在原来的哪一行、哪一列之前。", lines
                )
            values = _lines(found[at], lines)
            keys = _keys(found[at], lines)
            if line.get("key") in keys:
                values[keys.index(str(line["key"]))] |= line
            else:
                values.insert(_place(own, line, keys), _without(line, BEFORE))
            found[at] = replace(own, name=found[at].name, values={**found[at].values, lines: values})
    return found


def _place(section: TomlTable, values: Mapping[str, Any], names: Sequence[object]) -> int:
    """Return where among ``names`` something new is put."""
    before = values.get(BEFORE)
    if before is not None and before not in names:
        raise section.fault(f"{BEFORE} 中的“{before}”在原来的表样中没有。", BEFORE)
    return names.index(before) if before is not None else len(names)


def _lines(section: TomlTable, name: str) -> list[dict[str, Any]]:
    """Return the rows or columns that a section lists. Raises ConfigError where they are none."""
    found = section.values.get(name, [])
    if not isinstance(found, list) or not all(isinstance(line, dict) for line in found):
        raise section.fault(f"{name} 应写成 [{{ key = …, label = […] }}]。", name)
    return [dict(line) for line in found]


def _keys(section: TomlTable, name: str) -> list[str]:
    return [str(line.get("key", "")) for line in _lines(section, name)]


def _full_name(table: TomlTable, line: Mapping[str, Any]) -> str:
    return f"{table.values.get('key')}.{line.get('key')}"


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
