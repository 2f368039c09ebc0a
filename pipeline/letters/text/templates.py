"""A district's own letter texts, else those that ship with nianbao, go in; a subject and a body come out.

The texts are Jinja2, edited by coordinators in Notepad: any encoding and line ending is read, and a slip is told with file
and line. They run in a sandbox, since a text may come from another district.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, UndefinedError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.letter import LetterKind
from pipeline.model import ConfigError

LETTERS = "letters"
_SUBJECT = "主题："
_REMEDY = "可用的词写在默认的信的开头；删去这个文件即恢复默认。"


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter in words."""

    subject: str
    body: str


class Texts:
    """The letter texts of one district, each compiled when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiled: dict[LetterKind, Template] = {}
        self._jinja = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # plain text, not HTML
        )

    def check(self) -> None:
        """Look through the district's own texts. Raises ConfigError with file and line for the first that cannot be used."""
        for kind in LetterKind:
            if self._own(kind).is_file():
                self._template(kind)
                self._check_words(kind)

    def _check_words(self, kind: LetterKind) -> None:
        """Refuse a word that the head of the default text does not name, before a letter is written with it."""
        source, file = self._source(kind)
        used = meta.find_undeclared_variables(self._jinja.parse(source)) - words_of(kind)
        for line, text in enumerate(source.splitlines(), 1):
            for word in sorted(used):
                if re.search(rf"\b{re.escape(word)}\b", text, re.ASCII):
                    raise ConfigError(f"用了没有的词“{word}”。{_REMEDY}", file=file, line=line)

    def render(self, kind: LetterKind, values: Mapping[str, object]) -> LetterText:
        """Fill the text of ``kind`` in. Raises ConfigError with file and line."""
        template = self._template(kind)
        try:
            written = template.render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise ConfigError(
                _problem(error), file=template.filename, line=_line(error, template.filename)
            ) from error
        first, _, body = written.lstrip().partition("\n")
        if not first.startswith(_SUBJECT):
            raise ConfigError(f"信的第一行应以“{_SUBJECT}”开头。", file=template.filename, line=1)
        return LetterText(" ".join(first.removeprefix(_SUBJECT).split()), _tidied(body))

    def _template(self, kind: LetterKind) -> Template:
        if kind not in self._compiled:
            source, file = self._source(kind)
            try:
                code = self._jinja.compile(source, name=kind.value, filename=file)
            except TemplateSyntaxError as error:
                raise ConfigError(_problem(error), file=file, line=error.lineno) from error
            self._compiled[kind] = Template.from_code(self._jinja, code, self._jinja.make_globals(None))
        return self._compiled[kind]

    def _source(self, kind: LetterKind) -> tuple[str, str]:
        own = self._own(kind)
        if own.is_file():
            return _read(own), str(own)
        return default_text(kind), own.name

    def _own(self, kind: LetterKind) -> Path:
        return self._folder / LETTERS / f"{kind}.txt"


def default_text(kind: LetterKind) -> str:
    """Return the text of ``kind`` that ships with nianbao."""
    return resources.files(__package__).joinpath("texts", f"{kind}.txt").read_text("utf-8")


def words_of(kind: LetterKind) -> set[str]:
    """Return the words that a text of ``kind`` may use: those that the head of the default text names."""
    return set(re.findall(r"[a-z_0-9]+", default_text(kind).partition("#}")[0]))


def _read(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return "\n".join(content.decode(encoding).splitlines())
        except UnicodeDecodeError:
            continue
    raise ConfigError("文字编码无法识别，请用记事本另存为 UTF-8。", file=path)


def _problem(error: Exception) -> str:
    if isinstance(error, UndefinedError):
        return f"用了没有的词（{error.message}）。{_REMEDY}"
    return f"信的写法有误（{error}）。请检查花括号是否成对；删去这个文件即恢复默认。"


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
