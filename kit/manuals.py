"""The Chinese pages of ``docs/`` go in; web pages come out that open with a double-click on a machine without a network."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

from markdown_it import MarkdownIt

FOLDER = "手册"
MANUALS = {
    "handbook.zh-CN.md": "使用手册.html",
    "mail.md": "收发邮件.html",
    "scheduling.md": "每晚自动运行.html",
    "letters.md": "信的样子.html",
    "rules.zh-CN.md": "规则手册.html",
    "forms.zh-CN.md": "写一张新表.html",
}
"""What a coordinator may want to read, and what it is called in the kit."""
_LINK = re.compile(r'(<a href=")([^"]+)(">)(.*?)</a>', re.DOTALL)
_PICTURE = re.compile(r'src="(pictures/[^"]+)"')
_BROKEN_LINE = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff5e”])\n(?=[\u4e00-\u9fff“（])")
"""A line that goes on: a browser would show a space between two Chinese characters."""
_PAGE = """\
<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>
<style>body{{max-width:60em;margin:2em auto;padding:0 1em;font:16px/1.7 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#222}}
img{{max-width:100%}} pre{{background:#f4f4f4;padding:.8em;overflow:auto}} code{{background:#f4f4f4}}
table{{border-collapse:collapse}} th,td{{border:1px solid #bbb;padding:.3em .6em;text-align:left;vertical-align:top}}</style></head>
<body><main>
{body}</main></body></html>
"""


def lay_manuals(docs: Path, folder: Path) -> list[Path]:
    """Write the pages and their pictures into ``folder``; return the pages."""
    folder.mkdir()
    made = []
    for source, name in MANUALS.items():
        page = _page((docs / source).read_text("utf-8"))
        for picture in _PICTURE.findall(page):
            target = folder / picture
            target.parent.mkdir(exist_ok=True)
            shutil.copy(docs / picture, target)
        made.append(folder / name)
        made[-1].write_text(page, "utf-8")
    return made


def _page(text: str) -> str:
    body = _LINK.sub(_link, MarkdownIt("commonmark").enable("table").render(_BROKEN_LINE.sub("", text)))
    title = text.lstrip().splitlines()[0].lstrip("# ")
    return _PAGE.format(title=html.escape(title), body=body)


def _link(found: re.Match[str]) -> str:
    """Lead to the page of the kit; what the kit lacks is named, not linked."""
    before, target, after, words = found.groups()
    file, _, mark = target.partition("#")
    if not file or ":" in target:
        return found[0]
    name = MANUALS.get(file)
    if not name:
        return words
    told = f"“{Path(name).stem}”" if words == file else words
    return f"{before}{name}{'#' + mark if mark else ''}{after}{told}</a>"
