"""The plan goes in; every file of the sample district comes out, as bytes by path, and is written to a folder."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from examples.linping.copies import as_xls, as_xlsx, taken_apart
from examples.linping.figures import figures
from examples.linping.ods import as_ods
from examples.linping.old_form import on_old_form
from examples.linping.parcels import letter, locked, word_document
from examples.linping.plan import DELIVERIES, Delivery, Values
from examples.linping.readme import readme
from examples.linping.roster import BY_CODE, DISTRICT, LEVEL, YEAR, Body, agencies_csv
from examples.linping.texts import texts
from pipeline.coordinating.preparing import layouts
from pipeline.district.folder import LAYOUTS_NAME
from pipeline.forms.loader import DEFAULT_FORM, load_form
from pipeline.model import Number
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.real_report import load_real_report

REAL = "LP003"
"""The body whose report is a real one."""
_PASSWORD = "linping2023"  # noqa: S105 - of a sample that nobody is meant to open
_APPROVERS = ("陈志远", "王海燕", "徐建华", "朱敏", "张国良", "李红卫")


def report_of(code: str) -> tuple[dict[str, Number], dict[str, str]]:
    """Return the true figures and texts of the body ``code``, before anything goes wrong."""
    if code == REAL:
        real = load_real_report()
        return dict(real.numbers), dict(real.texts)
    numbers = figures(code)
    return numbers, texts(BY_CODE[code], numbers)


@cache
def _values(code: str) -> Values:
    """Return what the clerk fills in: inputs only, totals being the template's own business."""
    form, body = load_form(), BY_CODE[code]
    numbers, written = report_of(code)
    draw = random.Random(f"entries-{code}")
    return {
        **{cell.key: numbers[cell.key] for cell in form.cells if cell.is_input},
        **written,
        "info.contact": body.contact,
        "info.phone": body.phone,
        "info.email": body.email,
        "info.approver": draw.choice(_APPROVERS),
        "info.date": f"{YEAR + 1}-01-{draw.randrange(8, 13):02d}",
    }


def _stamp(item: Delivery) -> Stamp:
    owner = item.stamped_for or ("" if item.stated else item.code)
    if not owner:
        return Stamp()
    return Stamp(owner, BY_CODE[owner].name, item.year, LEVEL, DISTRICT)


def workbook(item: Delivery) -> bytes:
    """Return the workbook of a delivery as the clerk saved it, before format and parcel."""
    values = dict(_values(item.code))
    if item.stated:
        values |= {"info.agency": item.stated, "info.year": item.year}
    if item.edit:
        values = item.edit(values)
    content = build_workbook(load_form(), _stamp(item), values=values)
    return as_xlsx(item.reshape(taken_apart(content))) if item.reshape else content


def _word(item: Delivery) -> bytes:
    return word_document(BY_CODE[item.code], list(report_of(item.code)[1].values()))


def _mailed(item: Delivery) -> bytes:
    if item.mail is None:
        raise ValueError(f"{item.path} is a mail without words")
    return letter(BY_CODE[item.code], item.mail, workbook(item) if item.mail.attachment else b"")


_SHAPES: Mapping[str, Callable[[Delivery], bytes]] = {
    "xlsx": workbook,
    "copy": workbook,
    "xls": lambda item: as_xls(taken_apart(workbook(item))),
    "ods": lambda item: as_ods(taken_apart(workbook(item))),
    "old_form": lambda item: as_xlsx(on_old_form(load_form(), workbook(item))),
    "locked": lambda item: locked(workbook(item), _PASSWORD),
    "word": _word,
    "mail": _mailed,
}


def delivered(item: Delivery) -> bytes:
    """Return the bytes of one file of the inbox."""
    return _SHAPES[item.shape](item)


def _campaign(body: Body) -> bytes:
    """Return ``district.toml``."""
    lines = (
        f"# 示例区县。报送单位名单在 agencies.csv，收到的文件放在 inbox/。联系人：{body.contact}（虚构）。",
        f'name = "{DISTRICT}"',
        f'level = "{LEVEL}"',
        f"year = {YEAR}",
        f'form = "{DEFAULT_FORM}"',
        f"deadline = {YEAR + 1}-01-31",
        "",
        "[people]",
        f'office = "{DISTRICT}政务公开办"',
        f'coordinator = "{body.contact}"',
        f'phone = "{body.phone}"',
        'email = "zwgkb@linping.example"',
        f'district_office = "{DISTRICT}人民政府办公室"',
        'district_office_email = "qfb@linping.example"',
        "",
        "[calendar]",
        f"holidays = [{YEAR + 1}-01-01]",
    )
    return "\n".join((*lines, "")).encode()


def sample_files() -> dict[str, bytes]:
    """Return the whole sample district: path → bytes, in a fixed order."""
    files = {
        "README.md": readme().encode(),
        "agencies.csv": agencies_csv(),
        "district.toml": _campaign(BY_CODE["LP001"]),
    }
    files |= {f"{LAYOUTS_NAME}/{name}": content for name, content in layouts(load_form())}
    return files | {f"inbox/{item.path}": delivered(item) for item in DELIVERIES}


def build(folder: Path) -> None:
    """Write the sample district into ``folder``, replacing an earlier inbox; other files stay. Nothing is touched before all is made."""
    files = sample_files()
    shutil.rmtree(folder / "inbox", ignore_errors=True)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
