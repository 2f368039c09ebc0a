"""A TOML text goes in; its tables come out with a way to say on which line a fault stands.

Forms and district configurations are written by people, so every complaint about them names a line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pipeline.model import ConfigError

T = TypeVar("T")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNED = re.compile(r"""^\s*[\w."'-]+(?=\s*=)""")
_QUOTED = re.compile(r"(?:inline table key|immutable namespace).*'([^']{1,40})'")
_TWICE = re.compile(
    r"Cannot overwrite|Cannot declare|Duplicate inline table key|Cannot redefine|Cannot mutate"
)


class Faults:
    """Collects what is wrong in several places, each read in a ``with`` of its own, so that all of it is told at once."""

    def __init__(self) -> None:
        self._found: list[ConfigError] = []

    def __enter__(self) -> None:
        """Begin to read one place."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        """Keep what is wrong there and go on; whatever else happened is no fault of the settings."""
        if isinstance(error, ConfigError):
            self._found += (error, *error.others)
        return isinstance(error, ConfigError)

    def each(self, sections: Iterable[TomlTable], read: Callable[[TomlTable], T]) -> tuple[T, ...]:
        """Return what ``read`` makes of every section in which nothing is wrong."""
        found: list[T] = []
        for section in sections:
            with self:
                found.append(read(section))
        return tuple(found)

    def refuse(self) -> None:
        """Raise what was found, the first with the others."""
        if self._found:
            first, *others = self._found
            first.others = tuple(others)
            raise first


class Source(Protocol):
    """Where settings are written: it says where in it a fault stands."""

    def fault(self, section: TomlTable, problem: str, token: str) -> ConfigError:
        """Make the error for ``problem``, pointing at what ``section`` says of ``token``."""

    def lines_of(self, *path: str | int) -> tuple[int, int] | None:
        """Return the first and last line of the table at ``path``, None where it has no header of its own."""


@dataclass(frozen=True, slots=True)
class TomlTable:
    """One table of a TOML text: its values, and the lines it stands on (one-based, inclusive).

    ``name`` is empty for what stands before any header.
    """

    source: Source
    name: str
    values: Mapping[str, Any]
    first_line: int
    last_line: int
    path: tuple[str | int, ...] = ()
    """Where it stands in the text: names of tables, and numbers of those that are repeated."""
    given: Mapping[str, Sequence[TomlTable]] = field(default_factory=dict)
    """The tables inside it by name, where they do not stand in this text as they are."""

    @property
    def _spoken(self) -> str:
        return f"[{self.name}] 中" if self.name else ""

    def fault(self, problem: str, token: str = "") -> ConfigError:
        """Make the error for ``problem``, pointing at the first line of the section that holds ``token``."""
        return self.source.fault(self, problem, token)

    def into(self, kind: type[T], **given: Any) -> T:  # noqa: ANN401 - the values of a dataclass differ in type
        """Build the dataclass ``kind`` from the values, refusing unknown, missing and mistyped keys."""
        values = {**self.values, **given}
        declared = {item.name: str(item.type) for item in fields(kind)}  # type: ignore[arg-type]
        faults = Faults()
        with faults:
            self.refuse_unknown(declared)
        for name, value in list(values.items()):
            values[name] = plain = tuple(value) if isinstance(value, list) else value
            wanted = _PLAIN.get(declared.get(name, ""))
            with faults:
                if wanted and not wanted.fits(plain):
                    raise self.fault(f"“{name}”的值类型不对，应为{wanted.spoken}。", name)
        faults.refuse()
        try:
            return kind(**values)
        except TypeError:
            missing = "、".join(sorted(_required(kind) - set(values)))
            raise self.fault(f"{self._spoken}缺少：{missing}。请补上。") from None

    def table(self, name: str) -> TomlTable:
        """Return the table ``[outer.name]`` (or ``name = {…}``), empty if it is absent."""
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            raise self.fault(f"“{name}”应写成 [{self.name}.{name}] 表。", name)
        lines = self.source.lines_of(*(self.path or (self.name,)), name) or (self.first_line, self.last_line)
        return TomlTable(self.source, f"{self.name}.{name}", values, *lines)

    def inner(self, name: str) -> list[TomlTable]:
        """Return every ``[[section.name]]`` of this very section."""
        if name in self.given:
            return list(self.given[name])
        found = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.fault(f"“{name}”应写成 [[{self.name}.{name}]]。", name)
        paths = [(*self.path, name, number) for number in range(len(found))]
        return [
            TomlTable(self.source, f"{self.name}.{name}", item, *self._lines_of(path), path)
            for path, item in zip(paths, found, strict=True)
        ]

    def strings(self, name: str) -> list[str]:
        """Return the list of texts under ``name``, empty if it is absent. Raises ConfigError for anything else."""
        found: Any = self.values.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.fault(f"“{name}”的值类型不对，应为文字列表。", name)
        return found

    def with_inner(self, name: str, sections: Sequence[TomlTable]) -> TomlTable:
        """Return the section with other ``[[section.name]]``."""
        values = {**self.values, name: [dict(item.values) for item in sections]}
        return replace(self, values=values, given={**self.given, name: tuple(sections)})

    def _lines_of(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        return self.source.lines_of(*path) or (self.first_line, self.last_line)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise for the first key that nobody reads."""
        faults = Faults()
        for key in self.values:
            with faults:
                if key not in known:
                    raise self.fault(f"{self._spoken}不认识的键“{key}”，请检查拼写。", key)
        faults.refuse()


@dataclass(frozen=True, slots=True)
class _FieldKind:
    """What the values of a field are: of ``outer``, and those in it of ``inner``."""

    spoken: str
    outer: type
    inner: type | None = None

    def fits(self, value: object) -> bool:
        """Whether ``value`` is one of these; true and false are no numbers."""
        if not isinstance(value, self.outer) or (isinstance(value, bool) and self.outer is int):
            return False
        inside: Iterable[object] = value.values() if isinstance(value, dict) else ()
        inside = value if isinstance(value, tuple) else inside
        return self.inner is None or all(_FieldKind("", self.inner).fits(item) for item in inside)


_PLAIN: Mapping[str, _FieldKind] = {
    "str": _FieldKind("文字", str),
    "SheetKind": _FieldKind("文字", str),
    "int": _FieldKind("整数", int),
    "bool": _FieldKind("true 或 false", bool),
    "tuple[str, ...]": _FieldKind("文字列表", tuple, str),
    "tuple[int, ...]": _FieldKind("整数列表", tuple, int),
    "tuple[object, ...]": _FieldKind("列表", tuple),
    "Mapping[str, str]": _FieldKind("{ 名称 = 文字 }", dict, str),
    "Mapping[str, int]": _FieldKind("{ 名称 = 整数 }", dict, int),
    "Mapping[str, Any]": _FieldKind("{ 名称 = 值 }", dict),
}
"""Annotations (as written) of the fields whose values can be checked."""


def _required(kind: type) -> set[str]:
    from dataclasses import MISSING  # noqa: PLC0415 - only on the way to an error

    return {item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING}


def _spoken(problem: str, line: str) -> str:
    """Say what tomllib has against a ``line``."""
    if not _TWICE.search(problem):
        return "这一行的写法不对：文字要用英文引号括起来，日期写成 2024-01-31（月、日各两位，不加引号），每行一个“名称 = 值”。"
    inner, outer = _QUOTED.search(problem), _HEADER.match(line) or _ASSIGNED.match(line)
    what = f"“{inner[1]}”" if inner else f"“{outer[0].strip()}”" if outer else "这里的名称"
    return f"{what}写了两次，同一处一个名称只能写一次。请删去一处，或者改名。"


class TomlSource:
    """A parsed TOML text that remembers where its tables stand."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._lines = text.splitlines() or [""]
        try:
            self.values: dict[str, Any] = tomllib.loads(text)
        except (ValueError, RecursionError) as error:  # also a number of 5,000 digits, and 5,000 brackets
            at = re.search(r"at line (\d+)", str(error))
            line = int(at.group(1)) if at else len(self._lines)
            raise ConfigError(_spoken(str(error), self._lines[line - 1]), file=file, line=line) from None
        self._spans = self._find_spans()

    def top(self) -> TomlTable:
        """Return the keys that stand before any table header."""
        plain = {
            key: value
            for key, value in self.values.items()
            if not isinstance(value, dict)
            and not (isinstance(value, list) and value and isinstance(value[0], dict))
        }
        return TomlTable(self, "", plain, *self._spans.get((), (1, 1)))

    def table(self, name: str) -> TomlTable:
        """Return the table ``[name]``, empty if it is absent."""
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            raise self.top().fault(f"“{name}”应写成 [{name}] 表。", name)
        return TomlTable(self, name, values, *self._spans.get((name,), (1, len(self._lines))))

    def tables(self, name: str) -> list[TomlTable]:
        """Return every ``[[name]]`` in order."""
        values = self.values.get(name, [])
        if not isinstance(values, list) or not all(isinstance(item, dict) for item in values):
            raise self.top().fault(f"“{name}”应写成 [[{name}]]。", name)
        return [self._section((name, index), item) for index, item in enumerate(values)]

    def refuse_unknown_tables(self, known: Iterable[str]) -> None:
        """Raise for a top-level key or table that nobody reads."""
        faults = Faults()
        for key in self.values:
            with faults:
                if key not in known:
                    raise ConfigError(
                        f"不认识的“{key}”，请检查拼写。",
                        file=self.file,
                        line=self._line_of(key, 1, len(self._lines)),
                    )
        faults.refuse()

    def fault(self, section: TomlTable, problem: str, token: str) -> ConfigError:
        """Make the error for ``problem`` with the line of ``token``."""
        return ConfigError(problem, file=self.file, line=self.find(section, token))

    def find(self, section: TomlTable, token: str) -> int:
        """Return the first line of ``section`` that holds ``token``, else its first line."""
        return self._line_of(token, section.first_line, section.last_line)

    def lines_of(self, *path: str | int) -> tuple[int, int] | None:
        """Return the first and last line of the table with a header of its own at ``path``."""
        return self._spans.get(path)

    def find_last(self, token: str) -> int:
        """Return the last line that holds ``token``, else the first line."""
        return max((number for number, line in enumerate(self._lines, 1) if token in line), default=1)

    def _line_of(self, token: str, first: int, last: int) -> int:
        for number in range(first, last + 1):
            if token and token in self._lines[number - 1]:
                return number
        return first

    def _section(self, path: tuple[str | int, ...], values: Mapping[str, Any]) -> TomlTable:
        name = ".".join(part for part in path if isinstance(part, str))
        return TomlTable(self, name, values, *self._spans.get(path, (1, len(self._lines))), path)

    def _find_spans(self) -> dict[tuple[str | int, ...], tuple[int, int]]:
        spans: dict[tuple[str | int, ...], tuple[int, int]] = {}
        counts: dict[tuple[str | int, ...], int] = {}
        path: tuple[str | int, ...] = ()
        start = 1
        for number, line in enumerate(self._lines, 1):
            header = _HEADER.match(line)
            if not header:
                continue
            spans[path] = (start, max(start, number - 1))
            path, start = self._path(header, counts), number
        spans[path] = (start, max(start, len(self._lines)))
        return spans

    @staticmethod
    def _path(header: re.Match[str], counts: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
        path: tuple[str | int, ...] = ()
        parts = [part.strip().strip('"') for part in header.group(2).split(".")]
        for depth, part in enumerate(parts):
            path = (*path, part)
            is_array = header.group(1) == "[[" and depth == len(parts) - 1
            if is_array:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = (*path, counts[path])
        return path


def decoded(content: bytes, path: Path) -> str:
    """Decode what a person saved: UTF-8 with or without a mark, else GB 18030. Raises ConfigError."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError("文字编码无法识别，请另存为 UTF-8。", file=path)
