"""What happens to files and to the sheets in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.intake.support import Draft, rewrite_part, zip_of
from tests.support.faults.entries import book, live_book
from tests.support.faults.planting import Plant, Planted, Sent, kind

WIDE, BLOCKS, BARE = "requests", "proactive", "disputes"
ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


def _raw(code: str, content: bytes) -> Plant:
    return lambda _sent: Planted(code, content=content)


kind("file: damaged")(_raw("F01", b"PK\x03\x04 broken"))
kind("file: empty")(_raw("F01", b""))
kind("file: a letter")(_raw("F01", b"%PDF-1.7 hello"))
kind("file: another zip")(_raw("F01", zip_of({"a.txt": b"x"})))


def _changed(code: str, change: Callable[[Sent, Draft], tuple[str, ...] | None], *also: str) -> Plant:
    """Plant what ``change`` does to the sheets; it returns the keys of the finding, or None where it has no place."""

    def plant(sent: Sent) -> Planted | None:
        made = book(sent)
        keys = change(sent, made)
        return None if keys is None else Planted(code, keys, also, content=made.xlsx())

    return plant


def _sheet(sent: Sent, table: str) -> str:
    return sent.form.table(table).sheet


def _keys(sent: Sent, table: str) -> tuple[str, ...]:
    return tuple(cell.key for cell in sent.form.cells_of(table))


def _removed(table: str) -> Callable[[Sent, Draft], tuple[str, ...]]:
    def change(sent: Sent, made: Draft) -> tuple[str, ...]:
        del made.sheets[_sheet(sent, table)]
        return _keys(sent, table)

    return change


def _renamed(sent: Sent, made: Draft) -> tuple[str, ...]:
    made.rename(_sheet(sent, WIDE), "Sheet3")
    return ()


def _relabelled(table: str, old: str, new: object) -> Callable[[Sent, Draft], tuple[str, ...]]:
    def change(sent: Sent, made: Draft) -> tuple[str, ...]:
        made.relabel(_sheet(sent, table), old, new)
        return ()

    return change


def _inserted(sent: Sent, made: Draft) -> tuple[str, ...]:
    made.shift(_sheet(sent, WIDE), lambda row, column: (row + (row > 11), column))
    return ()


def _inserted_with_figure(sent: Sent, made: Draft) -> tuple[str, ...]:
    _inserted(sent, made)
    made.sheets[_sheet(sent, WIDE)][12, 4] = 7.0
    return ()


def _copied(*, differs: bool) -> Callable[[Sent, Draft], tuple[str, ...]]:
    def change(sent: Sent, made: Draft) -> tuple[str, ...]:
        made.sheets["副本"] = dict(made.sheets[_sheet(sent, WIDE)])
        if not differs:
            return ()
        key = "requests.granted_in_full.enterprise"
        made.sheets["副本"][sent.form.positions[key][1:]] = float(sent.numbers[key] + 1)
        return (key,)

    return change


def _hide(sent: Sent, made: Draft) -> tuple[str, ...]:
    made.hidden.add(_sheet(sent, BARE))
    return ()


def _two_unnamed(sent: Sent, made: Draft) -> tuple[str, ...]:
    cells = made.sheets.pop(_sheet(sent, WIDE))
    made.sheets |= {"表一": cells, "表二": dict(cells)}
    return _keys(sent, WIDE)


def _low(sent: Sent, made: Draft) -> tuple[str, ...] | None:
    keys = _keys(sent, WIDE)
    if not any(sent.numbers[key] for key in keys):
        return None
    cells = made.sheets[_sheet(sent, WIDE)]
    values = {sent.form.positions[key][1:]: cells.pop(sent.form.positions[key][1:]) for key in keys}
    cells |= {(row + 1, column): value for (row, column), value in values.items()}
    return keys


def _other_year(sent: Sent, made: Draft) -> tuple[str, ...]:
    key = sent.form.entry_with_role("year").key
    made.put(sent.form.positions[key], "2022")
    return ()


def _agency(name: str) -> Callable[[Sent, Draft], tuple[str, ...]]:
    def change(sent: Sent, made: Draft) -> tuple[str, ...]:
        made.put(sent.form.positions[sent.form.entry_with_role("agency").key], name)
        return ()

    return change


def _old(sent: Sent, made: Draft) -> tuple[str, ...]:
    rows = ("规章", "行政许可", "其他对外管理服务事项", "政府集中采购")
    heads = ("信息内容", "本年新制作数量", "上一年项目数量", "本年增/减", "采购总金额")
    made.sheets[_sheet(sent, BLOCKS)] = {
        **{(0, column): text for column, text in enumerate(heads)},
        **{(row + 1, 0): text for row, text in enumerate(rows)},
    }
    return ()


def _without_texts(sent: Sent, made: Draft) -> tuple[str, ...]:
    sheet = next(text.sheet for text in sent.form.texts if text.key == "problems")
    del made.sheets[sheet]
    return ("problems", "other_matters")


CHANGES: Mapping[str, tuple[str, Callable[[Sent, Draft], tuple[str, ...] | None], tuple[str, ...]]] = {
    "section 二 removed": ("F03.missing_table", _removed(BLOCKS), ()),
    "section 三 removed": ("F03.missing_table", _removed(WIDE), ()),
    "section 四 removed": ("F03.missing_table", _removed(BARE), ()),
    "a sheet renamed": ("F05.renamed", _renamed, ()),
    "a label damaged": ("F03.near_label", _relabelled(BLOCKS, "行政规范性文件", "规范性文件"), ()),
    "a heading damaged": ("F03.near_label", _relabelled(BLOCKS, "本年制发件数", "本年发件"), ()),
    "a label of section 三 damaged": (
        "F03.near_label",
        _relabelled(WIDE, "法律服务机构", "法律服务机关"),
        (),
    ),
    "a label gone": ("F03.missing_label", _relabelled(WIDE, "6.属于四类过程性信息", None), ()),
    "a row inserted": ("F05.moved", _inserted, ()),
    "a figure in an inserted row": ("F05.unread", _inserted_with_figure, ()),
    "a sheet doubled": ("F05.copy", _copied(differs=False), ()),
    "two versions of a sheet": ("F05.copies_differ", _copied(differs=True), ()),
    "two sheets, neither named right": ("F05.several", _two_unnamed, ()),
    "a sheet hidden": ("F05.hidden_sheet", _hide, ()),
    "a table pasted one row too low": (
        "F05.pasted_low",
        _low,
        ("C01", "T3-01", "T3-02", "T3-03", "T3-04", "T3-05", "T3-06", "N04"),
    ),
    "another year": ("F02.year_wrong", _other_year, ()),
    "an unknown agency": ("F02.unknown_agency", _agency("某某研究所"), ()),
    "no agency": ("F02.agency_missing", _agency(""), ()),
    "the old form": ("F04.carried", _old, ()),
    "the sheet of sections 五 and 六 removed": ("F03.missing_sheet", _without_texts, ("N10",)),
}
for _name, (_code, _change, _also) in CHANGES.items():
    kind(f"sheets: {_name}")(_changed(_code, _change, *_also))


@kind("sheets: figures in a hidden row")
def _hidden(sent: Sent) -> Planted | None:
    keys = sent.filled("granted_in_full")
    if not keys:
        return None
    made = live_book(sent)
    part = f"xl/worksheets/sheet{list(made.sheets).index(_sheet(sent, WIDE)) + 1}.xml"
    row = f'<row r="{sent.form.positions[keys[0]][1] + 1}"'.encode()
    content = rewrite_part(made.xlsx(), part, lambda xml: xml.replace(row, row + b' hidden="1"'))
    return Planted("F05.hidden", tuple(keys), content=content)
