"""The TOML of a form that extends another goes in; one source comes out, as if all of it had been written in one place.

``extends = "id"`` at the top names the other form. What is written again under the name of something there changes it,
key by key; what has a new name is added, at the end or, with ``before = "name"``, before another; ``[remove]`` lists what
is left out, as ``rule = ["T2-01"]``. Every fault is told with the file and line in which it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.toml_source import Section, TomlSource

NAMES: Mapping[str, str] = {
    "sheet": "name",
    "entry": "key",
    "text": "key",
    "section": "title",
    "narrative": "id",
    "basic": "id",
    "table": "key",
    "headline": "label",
    "chart": "title",
    "draft": "text",
    "rule": "id",
    "summary_rule": "id",
}
"""The repeated tables of a form, and the key by which one of them is known."""
EXTENDS, REMOVE, BEFORE = "extends", "remove", "before"


def whole(source: TomlSource, load: Callable[[Section, str], TomlSource]) -> TomlSource:
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
        self._refuse_lost_removals()

    def top(self) -> Section:
        """Return the keys that stand before any table header: the other form's, changed."""
        own = self._own.top()
        return replace(own, values={**self._base.top().values, **_without(own.values, EXTENDS)})

    def table(self, name: str) -> Section:
        """Return the table ``[name]``, the other form's where this one has none."""
        own = self._own.table(name)
        return own if own.values else self._base.table(name)

    def tables(self, name: str) -> list[Section]:
        """Return every ``[[name]]`` in order."""
        known = NAMES[name]
        removed = self._removed(name)
        found = [item for item in self._base.tables(name) if item.values.get(known) not in removed]
        for section in self._own.tables(name):
            self._put(found, section, known)
        return found

    def refuse_unknown_tables(self, known: Iterable[str]) -> None:
        """Raise for a top-level key or table that nobody reads."""
        self._own.refuse_unknown_tables({*known, EXTENDS, REMOVE})

    def _put(self, found: list[Section], section: Section, known: str) -> None:
        """Change the section of the same name, or add ``section`` where it belongs."""
        name = section.values.get(known)
        names = [item.values.get(known) for item in found]
        if name in names:
            at = names.index(name)
            found[at] = replace(section, values={**found[at].values, **section.values}, under=found[at])
            return
        before = section.values.get(BEFORE)
        if before is not None and before not in names:
            raise section.fault(f"{BEFORE} 中的“{before}”在原来的表样中没有。", BEFORE)
        at = names.index(before) if before is not None else len(found)
        found.insert(at, replace(section, values=_without(section.values, BEFORE)))

    def _removed(self, name: str) -> tuple[str, ...]:
        found = self._own.table(REMOVE).values.get(name, ())
        return tuple(found) if isinstance(found, list) else ()

    def _refuse_lost_removals(self) -> None:
        section = self._own.table(REMOVE)
        section.refuse_unknown(NAMES)
        for name, removed in section.values.items():
            if not isinstance(removed, list):
                raise section.fault(f"“{name}”的值类型不对，应为文字列表。", name)
            there = {item.values.get(NAMES[name]) for item in self._base.tables(name)}
            for item in removed:
                if item not in there:
                    raise section.fault(f"“{item}”在原来的表样中没有，不用删去。", str(item))


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
