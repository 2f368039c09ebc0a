"""A district's own letter texts, else those that ship with nianbao, go in; a subject and a body come out.

The texts are Jinja2, edited by coordinators in Notepad: any encoding and line ending is read, and a slip is told with file
and line. They run in a sandbox, since a text may come from another district.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.letter import LetterKind
from pipeline.machine.durable import read_whole
from pipeline.model import ConfigError

LETTERS = "letters"
_SUBJECT = "主题："
_MISWRITTEN = (
    "信的写法有误。请检查花括号、百分号是否成对，{% if %}、{% for %} 有没有对应的 {% endif %}、{% endfor %}，"
    "花括号里是不是只有可用的词；删去这个文件即恢复默认。"
)


_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,  # plain text, not HTML
)


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter in words."""

    subject: str
    body: str


class Texts:
    """The letter texts of one district, each read when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[LetterKind, Template] = {}

    def check(self) -> None:
        """Look through the district's own texts. Raises ConfigError with file and line for the first that cannot be used."""
        for kind in LetterKind:
            if self._own(kind).is_file():
                self._template(kind)
                self._check_words(kind)

    def _check_words(self, kind: LetterKind) -> None:
        """Refuse a word that the head of the default text does not name, before a letter is written with it."""
        source, file = self._source(kind)
        used = meta.find_undeclared_variables(_JINJA.parse(source)) - words_of(kind)
        for line, text in enumerate(source.splitlines(), 1):
            for word in sorted(used):
                if re.search(rf"\b{re.escape(word)}\b", text, re.ASCII):
                    raise ConfigError(self._unknown(kind, word), file=file, line=line)

    def render(self, kind: LetterKind, values: Mapping[str, object]) -> LetterText:
        """Fill the text of ``kind`` in. Raises ConfigError with file and line."""
        template = self._template(kind)
        try:
            written = template.render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            line = _line(error, template.filename)
            raise ConfigError(self._problem(kind, error, line), file=template.filename, line=line) from error
        first, _, body = written.lstrip().partition("\n")
        if not first.startswith(_SUBJECT):
            raise ConfigError(f"信的第一行应以“{_SUBJECT}”开头。", file=template.filename, line=1)
        return LetterText(" ".join(first.removeprefix(_SUBJECT).split()), _tidied(body))

    def _problem(self, kind: LetterKind, error: Exception, line: int | None) -> str:
        """Say what is wrong with the text of ``kind``, of a word that there is not which one, and those that there are."""
        if not isinstance(error, UndefinedError):
            return _MISWRITTEN
        last = (re.findall(r"'(\w+)'", error.message or "") or [""])[-1]
        tree = _JINJA.parse(self._source(kind)[0])
        used = [_dotted(node) for node in tree.find_all(_PARTS) if node.lineno == line]
        word = next((word for word in used if word.split(".")[-1] == last), last)
        return self._unknown(kind, word)

    def _unknown(self, kind: LetterKind, word: str) -> str:
        there = sorted(filter(_is_word, words_of(kind) | self._parts_of(kind)))
        return f"用了没有的词“{word}”。可用的词：{'、'.join(there)}；删去这个文件即恢复默认。"

    def _parts_of(self, kind: LetterKind) -> set[str]:
        """Return the words with a point that the default text of ``kind`` has: parts of what a list holds."""
        tree = _JINJA.parse(default_text(kind))
        return {_dotted(node) for node in tree.find_all(nodes.Getattr)}

    def _template(self, kind: LetterKind) -> Template:
        if kind not in self._templates:
            source, file = self._source(kind)
            try:
                self._templates[kind] = _compiled(source, file)
            except TemplateSyntaxError as error:
                raise ConfigError(_MISWRITTEN, file=file, line=error.lineno) from error
        return self._templates[kind]

    def _source(self, kind: LetterKind) -> tuple[str, str]:
        own = self._own(kind)
        if own.is_file():
            return _read(own), str(own)
        return default_text(kind), own.name

    def _own(self, kind: LetterKind) -> Path:
        return self._folder / LETTERS / f"{kind}.txt"


@lru_cache(maxsize=2 * len(LetterKind))
def _compiled(source: str, file: str) -> Template:
    """Compile a text, once for all that a process writes. Raises TemplateSyntaxError."""
    return Template.from_code(_JINJA, _JINJA.compile(source, filename=file), _JINJA.make_globals(None))


def default_text(kind: LetterKind) -> str:
    """Return the text of ``kind`` that ships with nianbao."""
    return resources.files(__package__).joinpath("texts", f"{kind}.txt").read_text("utf-8")


def words_of(kind: LetterKind) -> set[str]:
    """Return the words that a text of ``kind`` may use: those that the head of the default text names."""
    return set(re.findall(r"[a-z_0-9]+", default_text(kind).partition("#}")[0]))


def _is_word(text: str) -> bool:
    return text[:1].isalpha()  # the years of examples are none


_PARTS = (nodes.Name, nodes.Getattr)


def _dotted(node: nodes.Node) -> str:
    """Return a word as it is written, parts behind points included."""
    if isinstance(node, nodes.Getattr):
        return f"{_dotted(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else ""


def _read(path: Path) -> str:
    content = read_whole(path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return "\n".join(content.decode(encoding).splitlines())
        except UnicodeDecodeError:
            continue
    raise ConfigError("文字编码无法识别，请用记事本另存为 UTF-8。", file=path)


def _line(error: Exception, file: str | None) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def _tidied(body: str) -> str:
    """Strip what loops and conditions leave: blanks at line ends, more than one blank line in a row."""
    lines: list[str] = []
    for line in body.splitlines():
        kept = line.rstrip()
        if kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines).strip("\n") + "\n"
