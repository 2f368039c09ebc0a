"""What a campaign needs before the first mail: a district folder, the blank templates, a template for each agency."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from pipeline.coordinating.starters import lay_starters
from pipeline.district.adjusting import form_of
from pipeline.district.folder import (
    CONFIG_NAME,
    INBOX_NAME,
    LAYOUT_NAME,
    LAYOUTS_NAME,
    MISNAMED,
    ROSTER_NAME,
    District,
)
from pipeline.district.settings_fields import BOOK_NAME
from pipeline.district.starting import first_period, roster_text, settings_text
from pipeline.forms.form import Form
from pipeline.forms.library import FORMS_NAME, files_of
from pipeline.forms.loader import DEFAULT_FORM, load_file, load_form
from pipeline.ledger import imports
from pipeline.ledger.access import view_campaign
from pipeline.letter import Attachment, LetterKind
from pipeline.letters.text import LETTERS, default_text
from pipeline.machine.durable import read_whole
from pipeline.model import Agency, ConfigError, PastReport
from pipeline.periods import title_of
from pipeline.publishing.files import safe_name, same_bytes, write_if_changed
from pipeline.publishing.settings_pages import build_settings_book, starting
from pipeline.publishing.template import Stamp, build_workbook

TEMPLATES = "templates"
_TEMPLATE = "填报模板"
TEMPLATES_ZIP = "各单位填报模板.zip"
_STAMP = (2021, 1, 1, 0, 0, 0)


def init(folder: Path, *, today: date, form_name: str = DEFAULT_FORM) -> list[Path]:
    """Make a new district folder; return what was made. ``form_name`` is that of a form, or of a file that holds one.

    Raises ConfigError if there is a district in it already.
    """
    if ".." in folder.parts:  # of a way through a folder that is not there, nothing exists until it is made
        folder = folder.resolve()
    if folder.is_file():
        raise ConfigError("这是文件，不是文件夹。请写要新建的文件夹。", file=folder)
    if (folder / f"{CONFIG_NAME}.txt").exists():
        raise ConfigError(f"{MISNAMED}没有改动任何文件。", file=folder)
    for name in (CONFIG_NAME, BOOK_NAME):
        if (folder / name).exists():
            raise ConfigError(f"这里已经有 {name}，没有改动任何文件。请换一个空文件夹。", file=folder)
    form, own_forms = _form_called(form_name, folder)
    year = first_period(form.period, today)
    name = folder.resolve().name
    made = [folder / INBOX_NAME]
    contents = {
        CONFIG_NAME: settings_text(name, year, form.id).encode(),
        ROSTER_NAME: roster_text(name).encode("utf-8-sig"),
        BOOK_NAME: build_settings_book(starting(name, year, form.id)),
        **own_forms,
        **{f"{LAYOUTS_NAME}/{path}": content for path, content in layouts(form)},
        **{f"{LAYOUTS_NAME}/{LETTERS}/{kind}.txt": _for_notepad(default_text(kind)) for kind in LetterKind},
    }
    there = [
        path
        for path, content in contents.items()
        if (folder / path).exists() and not (path in own_forms and same_bytes(folder / path, content))
    ]
    if there:
        raise ConfigError(
            f"这里已经有 {'、'.join(there)}，没有改动任何文件。请换一个空文件夹；"
            f"原来的区县文件夹找不到 {CONFIG_NAME} 的，请把它找回来放好，不要重新建立。",
            file=folder,
        )
    made[0].mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        write_if_changed(folder / path, content)
        made.append(folder / path)
    return [*made, *lay_starters(folder)]


def _form_called(name: str, folder: Path) -> tuple[Form, dict[str, bytes]]:
    """Return the form ``name``, or the one in that file, and the files of it that the district in ``folder`` is to have."""
    path = Path(name)
    if path.suffix != ".toml":
        return load_form(name, folder), {}
    return load_file(path), {f"{FORMS_NAME}/{item.name}": read_whole(item) for item in files_of(path)}


def _for_notepad(text: str) -> bytes:
    """Encode a text so that Notepad on an old Windows shows its lines and its Chinese."""
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def layouts(form: Form) -> Iterator[tuple[str, bytes]]:
    """Yield the blank template and the Word layout of ``form`` with the names they have in ``input_templates/``."""
    from pipeline.publishing.word.word_layout import build_layout  # noqa: PLC0415 - python-docx, which a run that writes reminders has no use for

    yield blank_name(form), build_workbook(form)
    yield LAYOUT_NAME, build_layout(form)


def write_layouts(folder: Path) -> list[Path]:
    """Write what ``layouts`` yields for the form in force into ``folder``; return what had to be written."""
    paths = [(folder / name, content) for name, content in layouts(load_form(DEFAULT_FORM))]
    return [path for path, content in paths if write_if_changed(path, content)]


def blank_name(form: Form) -> str:
    """Return the file name of the blank template."""
    return f"{safe_name(form.title, _TEMPLATE)}.xlsx"


def personal_templates(district: District, output: Path, *, code: str | None = None) -> list[Path]:
    """Write a template for each agency (or the one with ``code``) into ``output/<year>/templates``; return their paths."""
    form = form_of(district)
    chosen = [agency for agency in district.agencies if code in (None, agency.code)]
    if not chosen:
        raise ConfigError(f"名单中没有代码为“{code}”的单位。请查看单位名单的“代码”列。")
    folder = district.results_in(output) / TEMPLATES
    with view_campaign(district, output) as (ledger, district):
        history = imports.last_year_of(ledger, district)
    paths = []
    for agency in chosen:
        made = personal_template(district, form, agency, history.get(agency.code))
        write_if_changed(folder / made.name, made.content)
        paths.append(folder / made.name)
    if code is None:
        write_if_changed(folder.parent / TEMPLATES_ZIP, _zipped(paths))
    return paths


def _zipped(paths: Sequence[Path]) -> bytes:
    """Pack all templates into one file, to be put into a chat; the same bytes every time."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for path in paths:
            package.writestr(zipfile.ZipInfo(path.name, _STAMP), read_whole(path))
    return target.getvalue()


def left_over(paths: Sequence[Path]) -> list[str]:
    """Name the workbooks beside all personal templates in ``paths`` that are none: of agencies renamed or gone since."""
    return sorted(path.name for path in paths[0].parent.glob("*.xlsx") if path not in paths)


def personal_template(district: District, form: Form, agency: Agency, past: PastReport | None) -> Attachment:
    """Build the template of one agency, with its last year's figures, under the name it is sent with."""
    stamp = Stamp(
        agency_code=agency.code,
        agency=agency.name,
        year=district.year,
        level=agency.level,
        kind=agency.kind,
        district=district.name,
    )
    return Attachment(_template_name(agency, district, form), build_workbook(form, stamp, past=past))


def _template_name(agency: Agency, district: District, form: Form) -> str:
    topic = f"_{title_of(district.year)}{form.title}"
    return f"{safe_name(f'{agency.code}_{agency.name}', _TEMPLATE, topic)}.xlsx"
