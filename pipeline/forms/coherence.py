"""The sections of a form's TOML go in; nothing comes out, or an error that names the line of what does not fit together.

What is refused here would otherwise be met later: by the builder of the template, by the reader, or on the run of the
first bad cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, get_args

from pipeline.forms.form import SheetKind
from pipeline.forms.layout import LONGEST_SHEET_NAME, NOTICES_SHEET, STAMP_SHEET
from pipeline.forms.values.registry import KINDS
from pipeline.periods import PERIOD_KINDS

if TYPE_CHECKING:
    from pipeline.model import ConfigError
    from pipeline.toml_source import TomlSource, TomlTable

SHEET_KINDS: tuple[str, ...] = get_args(SheetKind)
ROLE_KINDS = ("text", "year", "period", "date", "phone")
"""Kinds of the entries that the pipeline uses."""
ROLES = ("agency", "code", "year", "contact", "phone", "approver", "date")
NEEDED_ROLES = ROLES[:3]
"""Without these nobody can tell whose file it is."""
ONCE: Mapping[str, bool] = {"guide": True, "checks": True, "past": False}
"""Kinds of sheets of which a form has at most one, and whether it has to have it."""
HOMES: Mapping[str, str] = {"entry": "entries", "text": "texts", "table": "table", "register": "register"}
"""Which kind of sheet each stands on."""
NEEDED: Mapping[str, str] = {
    "entry": "基本信息的项目",
}
"""What a form has at least one of."""
NEEDED_WITH_TABLES: Mapping[str, str] = {"section": "报告的部分", "headline": "概览首先显示的数"}
"""What a form has at least one of where it has tables: the report is made of them."""
NAMED: Mapping[str, tuple[str, ...]] = {
    "sheet": ("name", "title"),
    "entry": ("key", "label"),
    "text": ("key", "label"),
    "section": ("title",),
    "table": ("key", "name", "nil_label"),
    "register": ("key", "name", "nil_label"),
    "headline": ("label",),
    "chart": ("title", "unit"),
    "narrative": ("id", "title", "remedy", "source"),
    "basic": ("id", "title", "source"),
    "rule": ("id", "title", "remedy", "source"),
    "summary_rule": ("id", "title"),
}
"""What cannot be left empty."""
LABELS: Mapping[str, tuple[str, ...]] = {
    "sheet": ("title",),
    "entry": ("label",),
    "text": ("label",),
    "section": ("title",),
    "table": ("name", "nil_label"),
    "register": ("name", "nil_label"),
    "headline": ("label",),
    "chart": ("title", "unit"),
}
"""What stands in a cell or a line of its own; the labels of rows and columns besides."""
LONGEST_LABEL = 100
_DISTINCT_LENGTH = 28
"""Characters of a table's sheet that are left where sums and details are named after it."""
_NO_SHEET_NAME = re.compile(r"[/\\?*\[\]:]|^'|'$")
KEY = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_FORM_ID = re.compile(r"[a-z][a-z0-9_]*")
_NO_FORM_ID = re.compile(
    r"con|prn|aux|nul|(?:com|lpt)\d|letters|letters_kept|reports|returned|site|templates|log|originals"
)
"""Results lie in a folder of that name: what Windows keeps for itself, and folders that are there already."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_YEARS = range(1990, 2100)
TITLE_GROUPS = {"agency", "year"}
LONGEST_TITLE = 80
"""Characters of what names files, letters and documents: more no file name and no document takes."""


def incoherent(source: TomlSource) -> Iterator[ConfigError]:
    """Yield a fault for everything in ``source`` that does not fit the rest."""
    for check in CHECKS:
        yield from check(source)


def refuse_incoherent(source: TomlSource) -> None:
    """Raise for the first thing in ``source`` that does not fit the rest."""
    for fault in incoherent(source):
        raise fault


def _refuse_top(source: TomlSource) -> Iterator[ConfigError]:
    top = source.top()
    for name in ("id", "edition", "title", "authority", "report_title"):
        value = top.values.get(name, name)
        if not isinstance(value, str):
            yield top.fault(f"“{name}”的值类型不对，应为文字。", name)
        elif not value.strip():
            yield top.fault(f"“{name}”不能为空。", name)
    form_id = top.values.get("id", "")
    if not isinstance(form_id, str) or not _FORM_ID.fullmatch(form_id):
        yield top.fault("id 应是小写字母开头的英文名称，只用小写字母、数字和下划线。", "id")
    elif _NO_FORM_ID.fullmatch(form_id):
        yield top.fault(f"id 不能是“{form_id}”，结果文件夹不能叫这个名称。请换一个。", "id")
    first = top.values.get("first_year")
    if isinstance(first, int) and first not in _YEARS:
        yield top.fault("first_year 应为四位年份，例如 2021。", "first_year")
    if top.values.get("period", "year") not in PERIOD_KINDS:
        yield top.fault(f"period 应为 {'、'.join(PERIOD_KINDS)} 之一。", "period")
    for pattern in top.strings("document_titles"):
        yield from _refuse_pattern(top, pattern)


def _refuse_long_titles(source: TomlSource) -> Iterator[ConfigError]:
    """Refuse a title, or a word that stands for it, that fits into no name of a file or a document."""
    top, words = source.top(), source.table("words")
    titles = [(top, name) for name in ("title", "report_title")] + [(words, name) for name in words.values]
    for section, name in titles:
        value = section.values.get(name)
        if isinstance(value, str) and len(value) > LONGEST_TITLE:
            yield section.fault(
                f"“{name}”有 {len(value)} 个字，文件名和信的标题放不下。请写短一些，最多 {LONGEST_TITLE} 个字；"
                "要说的话可以写在填报说明的 lines 里。",
                name,
            )


def _refuse_pattern(top: TomlTable, pattern: str) -> Iterator[ConfigError]:
    try:
        groups = set(re.compile(pattern).groupindex)
    except re.error as error:
        yield top.fault(f"“{pattern}”不是正确的正则表达式：{error}。", pattern[:12])
        return
    if not groups >= TITLE_GROUPS:
        yield top.fault("document_titles 的每一项都要有名为 agency 和 year 的组。", pattern[:12])


def _refuse_words(source: TomlSource) -> Iterator[ConfigError]:
    """Refuse empty names and characters that no workbook can hold."""
    for kind, names in NAMED.items():
        for section in source.tables(kind):
            for name in names:
                value = section.values.get(name)
                if isinstance(value, str) and not value.strip():
                    yield section.fault(f"“{name}”不能为空。", name)
            for text in _texts(section.values):
                if _UNSEEN.search(text):
                    yield section.fault("文字中有看不见的控制字符，请删去。", text[:4])


def label_fault(label: str) -> str:
    """Return what is wrong with a label, empty if nothing is."""
    if "\n" in label or "\t" in label:
        return f"标签“{' '.join(label.split())[:20]}”要写在一行里，不能换行，也不能有制表符；放不下时会自动折行。"
    if len(label) > LONGEST_LABEL:
        return f"标签“{label[:20]}…”有 {len(label)} 个字，最多 {LONGEST_LABEL} 个字。请写短一些，说明可以写在 prompt 或填报说明里。"
    return ""


def _refuse_labels(source: TomlSource) -> Iterator[ConfigError]:
    """Refuse labels that fit into no cell."""
    for kind, names in LABELS.items():
        for section in source.tables(kind):
            for name in names:
                value = section.values.get(name)
                if isinstance(value, str) and (problem := label_fault(value)):
                    yield section.fault(problem, name)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _refuse_missing(source: TomlSource) -> Iterator[ConfigError]:
    needed = {**NEEDED, **(NEEDED_WITH_TABLES if source.tables("table") else {})}
    if not source.tables("table") and not source.tables("register"):
        yield source.top().fault("缺少表格（[[table]]）或登记表（[[register]]），至少要有一张。")
    for kind, what in needed.items():
        if not source.tables(kind):
            yield source.top().fault(f"缺少{what}（[[{kind}]]），至少要有一项。")


def _refuse_sheets(source: TomlSource) -> Iterator[ConfigError]:
    seen: set[str] = set()
    kinds: list[str] = []
    for section in source.tables("sheet"):
        name, kind = section.values.get("name"), section.values.get("kind")
        if kind not in SHEET_KINDS:
            yield section.fault(f"kind 应为 {'、'.join(SHEET_KINDS)} 之一。", "kind")
            continue
        if not isinstance(name, str):
            yield section.fault("“name”的值类型不对，应为文字。", "name")
            continue
        if len(name) > LONGEST_SHEET_NAME or _NO_SHEET_NAME.search(name):
            yield section.fault(
                f"工作表名称“{name}”不能用：最多 {LONGEST_SHEET_NAME} 个字，不能有 / \\ ? * [ ] :，不能以单引号开头或结尾。",
                "name",
            )
        if name in (NOTICES_SHEET, STAMP_SHEET) or name.casefold() == "history":
            yield section.fault(f"工作表名称“{name}”另有用处，请换一个。", "name")
        own = {
            name.casefold(),
            *([name[:_DISTINCT_LENGTH].casefold()] if kind in {"table", "register"} else []),
        }
        if own & seen:
            yield section.fault(
                f"工作表名称“{name}”出现了两次（不分大小写，表格的只看前 {_DISTINCT_LENGTH} 个字）。", "name"
            )
        seen |= own
        if kind in ONCE and kind in kinds:
            yield section.fault(f"kind 为 {kind} 的工作表只能有一张。", "kind")
        kinds.append(str(kind))
    for kind, needed in ONCE.items():
        if needed and kind not in kinds:
            yield source.top().fault(f"缺少 kind 为 {kind} 的工作表（[[sheet]]）。")


def _refuse_homes(source: TomlSource) -> Iterator[ConfigError]:
    """Refuse what stands on a sheet of another kind, tables that share one, and sheets with nothing on them."""
    kind_of = {str(item.values.get("name")): item.values.get("kind") for item in source.tables("sheet")}
    taken: list[object] = []
    for kind, home in HOMES.items():
        for section in source.tables(kind):
            sheet = section.values.get("sheet")
            if not isinstance(sheet, str) or sheet not in kind_of:
                yield section.fault(f"没有名为“{sheet}”的工作表。", "sheet")
                continue
            if kind_of[sheet] != home:
                yield section.fault(
                    f"[[{kind}]] 要放在 kind 为 {home} 的工作表，“{sheet}”是 {kind_of[sheet]}。", "sheet"
                )
            if kind in {"table", "register"} and sheet in taken:
                yield section.fault(f"工作表“{sheet}”已经有一张表，一张工作表只放一张。", "sheet")
            taken.append(sheet)
    for section in source.tables("sheet"):
        if section.values.get("kind") in tuple(HOMES.values()) and section.values.get("name") not in taken:
            yield section.fault(f"工作表“{section.values.get('name')}”上什么也没有。", "name")


def _refuse_entries(source: TomlSource) -> Iterator[ConfigError]:
    roles: list[object] = []
    for section in source.tables("entry"):
        role, kind = section.values.get("role", ""), section.values.get("kind")
        if kind not in KINDS:
            yield section.fault(f"kind 应为 {'、'.join(KINDS)} 之一。", "kind")
        elif role and kind not in ROLE_KINDS:
            yield section.fault(f"有 role 的项目，kind 应为 {'、'.join(ROLE_KINDS)} 之一。", "kind")
        if role and role not in ROLES:
            yield section.fault(f"role 应为 {'、'.join(ROLES)} 之一。", "role")
        if role and role in roles:
            yield section.fault(f"role 为 {role} 的项目只能有一个。", "role")
        roles.append(role)
    wanted = "year" if source.top().values.get("period", "year") == "year" else "period"
    for section in source.tables("entry"):
        if section.values.get("role") == "year" and section.values.get("kind") in {"year", "period"} - {
            wanted
        }:
            yield section.fault(f"role 为 year 的项目，kind 应为 {wanted}，与表样的 period 一致。", "kind")
    missing = [role for role in NEEDED_ROLES if role not in roles]
    if missing:
        yield source.top().fault(f"[[entry]] 缺少 role 为 {'、'.join(missing)} 的项目。")


def _refuse_keys(source: TomlSource) -> Iterator[ConfigError]:
    for kind in HOMES:
        for section in source.tables(kind):
            key = section.values.get("key")
            if (
                not isinstance(key, str)
                or not KEY.fullmatch(key)
                or (kind in {"table", "register"} and "." in key)
            ):
                yield section.fault("key 应是英文名称，只用字母、数字、下划线和点（表格的不用点）。", "key")


def _refuse_ids(source: TomlSource) -> Iterator[ConfigError]:
    """Refuse one id for two rules of whatever kind: findings, waivers and settings know rules by it alone."""
    seen: set[str] = set()
    rows = [
        item for own in source.tables("register") for name in ("rule", "figure") for item in own.inner(name)
    ]
    for sections in (*map(source.tables, ("basic", "narrative", "rule", "summary_rule")), rows):
        for section in sections:
            rule = section.values.get("id")
            if not isinstance(rule, str) or not _ID.fullmatch(rule):
                yield section.fault("id 应是规则编号，例如 T3-01，只用字母、数字和短横线。", "id")
                continue
            if rule in seen:
                yield section.fault(f"规则“{rule}”出现了两次。", "id")
            seen.add(rule)


def _refuse_twice(source: TomlSource) -> Iterator[ConfigError]:
    for kind, name in (("headline", "label"), ("chart", "title"), ("draft", "text"), ("section", "title")):
        seen: list[object] = []
        for section in source.tables(kind):
            value = section.values.get(name)
            if value in seen:
                yield section.fault(f"“{value}”出现了两次。", name)
            seen.append(value)


def _refuse_contents(source: TomlSource) -> Iterator[ConfigError]:
    """Refuse a table and a required text that are printed nowhere, and what is printed twice, is not there or concerns a person."""
    known = [item.values.get("key") for kind in ("text", "table") for item in source.tables(kind)]
    known += [
        item.values.get("key")
        for item in source.tables("entry")
        if not item.values.get("role") and item.values.get("personal") is not True
    ]
    printed: list[str] = []
    for section in source.tables("section"):
        for key in section.strings("contents"):
            if key not in known:
                yield section.fault(f"“{key}”既不是文字、表格，也不是可以印出的项目。", key)
            if key in printed:
                yield section.fault(f"“{key}”已经在前面的部分，只能印一次。", key)
            printed.append(key)
    for text in source.tables("text") if source.tables("section") else ():
        if text.values.get("required") is True and text.values.get("key") not in printed:
            yield text.fault(
                f"文字“{text.values.get('key')}”必填，却不在任何 [[section]] 的 contents 中，报告里印不出来。请写进 contents，或者改为 required = false。",
                "key",
            )
    for table in source.tables("table"):
        if table.values.get("key") not in printed:
            yield table.fault(f"表格“{table.values.get('key')}”不在任何 [[section]] 的 contents 中。", "key")


CHECKS: tuple[Callable[[TomlSource], Iterator[ConfigError]], ...] = (
    _refuse_top,
    _refuse_long_titles,
    _refuse_words,
    _refuse_labels,
    _refuse_missing,
    _refuse_sheets,
    _refuse_keys,
    _refuse_homes,
    _refuse_entries,
    _refuse_ids,
    _refuse_twice,
    _refuse_contents,
)
