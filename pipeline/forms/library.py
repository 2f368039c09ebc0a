"""The id of a form and a district's folder go in; the text of the form comes out: the district's own before the shipped one.

A form of one's own is ``<district>/forms/<id>.toml``. It may extend another of the district's, or a shipped one, also the
shipped one of its own id.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.forms.extending import EXTENDS, whole
from pipeline.machine.cache import keep, recall
from pipeline.machine.digest import digest_of, sources
from pipeline.machine.durable import read_whole
from pipeline.model import ConfigError
from pipeline.periods import PERIOD_KINDS
from pipeline.toml_source import TomlSource, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.periods import PeriodKind
    from pipeline.toml_source import TomlTable

DEFAULT_FORM = "annual_report_2021"
"""What a district collects that does not say."""
FORMS_NAME = "forms"
"""Of a district: the folder of its own forms."""
_SUFFIX = ".toml"
FORM_SOURCES = ("forms", "model.py", "toml_source.py")
"""What of nianbao builds a form, and what it builds it of."""
OFFICE = "办公室"
"""The office that collects a form which does not name it."""


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """A form as written: its text, what to call the file in a fault, and its path where it is a district's own."""

    text: str
    file: str
    path: Path | None = None


@cache
def shipped_ids() -> tuple[str, ...]:
    """List the forms that ship with nianbao."""
    names = [item.name for item in resources.files("pipeline.forms").iterdir()]
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def own_ids(folder: Path | None) -> tuple[str, ...]:
    """List the forms of the district in ``folder``."""
    return tuple(sorted(path.stem for path in (folder / FORMS_NAME).glob(f"*{_SUFFIX}"))) if folder else ()


def shipped(form_id: str) -> WrittenForm:
    """Return a form that ships with nianbao as written."""
    file = f"{form_id}{_SUFFIX}"
    return WrittenForm(resources.files("pipeline.forms").joinpath(file).read_text("utf-8"), file)


def own(form_id: str, folder: Path | None) -> WrittenForm | None:
    """Return the form ``form_id`` of the district in ``folder``, None if it has none. Raises ConfigError, OSError."""
    if folder is None or form_id not in own_ids(folder):
        return None
    return in_file(folder / FORMS_NAME / f"{form_id}{_SUFFIX}")


def in_file(path: Path) -> WrittenForm:
    """Return the form in the file ``path`` as written. Raises ConfigError, OSError."""
    return WrittenForm(decoded(read_whole(path), path), str(path), path.absolute())


def files_of(path: Path) -> list[Path]:
    """Return the file of a form of one's own and those beside it that it extends, one after the other. Raises ConfigError, OSError."""
    base = TomlSource(in_file(path).text, str(path)).values.get(EXTENDS)
    beside = path.absolute().with_name(f"{base}{_SUFFIX}")
    is_own = base and base != path.stem and district_of(str(beside)) and beside.is_file()
    return [path, *(files_of(beside) if is_own else ())]


def is_known(form_id: str, folder: Path | None) -> bool:
    """Whether there is a form of that id, of the district in ``folder`` or shipped."""
    return form_id in own_ids(folder) or form_id in shipped_ids()


def id_of(said: str, folder: Path | None = None) -> str:
    """Return the id of the form that is called ``said``: by its id, its title, or both as ``listed`` spells them; else ``said`` as it is.

    Of several of one title that is the one in force, which ``init`` writes.
    """
    if is_known(said, folder):
        return said
    title, _, form_id = said.strip().removesuffix("）").rpartition("（")
    if title and is_known(form_id, folder):
        return form_id
    ids = dict.fromkeys((*own_ids(folder), *shipped_ids()))
    meant = [form_id for form_id in ids if (_said(form_id, folder) or {}).get("title") == said.strip()]
    return meant[0] if len(meant) == 1 else DEFAULT_FORM if DEFAULT_FORM in meant else said


def listed(folder: Path | None = None) -> str:
    """Name the forms there are by title and id."""
    ids = dict.fromkeys((*own_ids(folder), *shipped_ids()))
    titles = {form_id: (_said(form_id, folder) or {}).get("title", "") for form_id in ids}
    return "、".join(f"{title}（{form_id}）" if title else form_id for form_id, title in titles.items())


def unknown(form_id: str, folder: Path | None = None) -> str:
    """Say that there is no form of that id, and which there are."""
    return f"没有名为“{form_id}”的表样，可用的有：{'、'.join(dict.fromkeys((*own_ids(folder), *shipped_ids())))}。"


def titles_of(form_id: str, reference: str, folder: Path | None = None) -> tuple[str, str] | None:
    """Return title and authority of the form ``form_id``, as known beside the form that ``reference`` finds; None for no known one.

    ``folder`` is that of a district which is known.
    """
    said = _said(form_id, folder or district_of(reference))
    return None if said is None else (said.get("title", form_id), said.get("authority", ""))


def district_of(reference: str) -> Path | None:
    """Return the folder of the district among whose forms the file ``reference`` lies, None for one elsewhere or a shipped form."""
    path = Path(reference)
    is_own = path.suffix == _SUFFIX and path.parent.name == FORMS_NAME
    return path.parent.parent if is_own else None


def office_of(form_id: str, folder: Path | None) -> str:
    """Return what the form ``form_id`` calls the office that collects it; a plain word where it does not say."""
    return (_said(form_id, folder) or {}).get("office") or OFFICE


def period_of(form_id: str, folder: Path | None) -> PeriodKind:
    """Return of what the form ``form_id`` speaks; a year where it does not say."""
    said = (_said(form_id, folder) or {}).get("period", "year")
    return next((kind for kind in PERIOD_KINDS if kind == said), "year")


def _said(form_id: str, folder: Path | None) -> Mapping[str, str] | None:
    """Return what a form, with all that it extends, says of itself; None for no known form, nothing for a broken one."""
    try:
        written = own(form_id, folder)
        if written:
            return _of_itself(source_of(written)[0])
        return _said_by_nianbao(form_id) if form_id in shipped_ids() else None
    except (ConfigError, OSError):
        return {}  # whoever uses that form says what is wrong with it


def _of_itself(source: TomlSource) -> Mapping[str, str]:
    top = source.top().values
    said = {name: top.get(name) for name in ("title", "authority", "period")}
    said["office"] = source.table("words").values.get("office")
    return {name: str(value) for name, value in said.items() if value is not None}


@cache
def _said_by_nianbao(form_id: str) -> Mapping[str, str]:
    """Return what a shipped form says of itself, as it was found before: the whole of a form takes long to parse."""
    name = f"{digest_of((form_id, sources(FORM_SOURCES)))}.said"
    known = recall(name)
    if known:
        found: Mapping[str, str] = json.loads(known)
        return found
    said = _of_itself(source_of(shipped(form_id))[0])
    keep(name, json.dumps(said).encode())
    return said


def source_of(written: WrittenForm) -> tuple[TomlSource, str]:
    """Return the form with all that it extends, and the mark of all their texts. Raises ConfigError with file and line."""
    texts: list[str] = []
    source = _source(written, (), texts)
    return source, mark_of(texts)


def _source(written: WrittenForm, above: Sequence[str], texts: list[str]) -> TomlSource:
    """Return the source of ``written``, which the files ``above`` extend; add its text and that of its bases to ``texts``."""
    texts.append(written.text)
    folder = district_of(str(written.path)) if written.path else None

    def base(section: TomlTable, form_id: str) -> TomlSource:
        is_itself = written.path is not None and written.path.stem == form_id
        found = None if is_itself else own(form_id, folder)
        if found is None and form_id not in shipped_ids():
            raise section.fault(_not_extended(form_id, folder, is_itself=is_itself), "extends")
        found = found or shipped(form_id)
        if found.file in (*above, written.file):
            raise section.fault(f"表样“{form_id}”的 extends 绕回了自己。", "extends")
        return _source(found, (*above, written.file), texts)

    return whole(TomlSource(written.text, written.file), base)


def _not_extended(form_id: str, folder: Path | None, *, is_itself: bool) -> str:
    if not is_itself:
        return unknown(form_id, folder)
    others = dict.fromkeys((*(name for name in own_ids(folder) if name != form_id), *shipped_ids()))
    return f"extends 写的是这份表样自己。请写作为底的另一份表样，可用的有：{'、'.join(others)}。"


def mark_of(texts: Sequence[str]) -> str:
    """Return eight letters that change whenever any of ``texts`` does."""
    return hashlib.sha256("\n".join(text.replace("\r\n", "\n") for text in texts).encode()).hexdigest()[:8]


def own_mark(form_id: str, folder: Path) -> str:
    """Return the mark of a district's own form as it is now, empty for a shipped one: the program stands for those."""
    try:
        found = own(form_id, folder)
        return source_of(found)[1] if found else ""
    except ConfigError:
        return "broken"  # whoever uses the form says what is wrong with it
