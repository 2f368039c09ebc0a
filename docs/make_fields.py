"""The shipped forms go in; the data dictionary of all of them comes out, as Markdown.

    python docs/make_fields.py

It says what ``nianbao fields`` says; a test builds the file again and compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script

from pipeline.forms.form import Form  # noqa: E402 - after the path is set
from pipeline.forms.library import shipped_ids  # noqa: E402
from pipeline.forms.loader import data_dictionary, load_form  # noqa: E402

NAME = "fields.zh-CN.md"
_LEAD = """\
# 数据字典

自带的每份表样里有哪些数据、文字和项目，填在模板的哪一格。由 `python docs/make_fields.py` 从表样生成；自己的表样用 `nianbao fields 表样文件` 列出，
给别的程序读的加 `--json`。种类的意思见[写一张新表](forms.zh-CN.md)。登记表的列写的是第一行的位置。
"""
_HEAD = "| 键 | 名称 | 种类 | 位置 | |\n|---|---|---|---|---|"


def dictionary() -> str:
    """Return the data dictionary of all shipped forms."""
    return "\n".join([_LEAD, *(line for form_id in shipped_ids() for line in _of(load_form(form_id)))])


def _of(form: Form) -> Iterator[str]:
    rows = data_dictionary(form)
    yield f"## {form.title}（`{form.id}`）\n"
    yield f"{form.authority}，{len(rows)} 项，其中相加的数 {len(form.cells)} 个。\n"
    yield _HEAD
    for row in rows:
        cells = (
            f"`{row.key}`",
            row.label,
            row.kind,
            f"{row.sheet} {row.address}",
            "" if row.input else "自动计算",
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""


if __name__ == "__main__":
    (ROOT / "docs" / NAME).write_text(dictionary(), "utf-8")
