"""A form's TOML goes in; a checked ``Form`` comes out, or an error that names the line.

Unknown keys, duplicate ids, cells without label and rules over cells that do not exist are refused here,
so that no later stage has to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from pipeline.forms import compiled, layout, library
from pipeline.forms.carried import CarriedFigures, load_carried
from pipeline.forms.charts import Chart, load_charts
from pipeline.forms.coherence import refuse_incoherent
from pipeline.forms.drafts import Draft, load_drafts
from pipeline.forms.expand import Expander
from pipeline.forms.form import (
    Balance,
    Basic,
    Cell,
    Entry,
    FieldInfo,
    Form,
    Grid,
    Headline,
    Section,
    Sheet,
    Superseded,
    Table,
    Text,
    Words,
    last_year,
)
from pipeline.forms.grid import build_grid, is_tiled, lines_of
from pipeline.forms.narrative import Narrative
from pipeline.forms.narrative_loader import bare_texts, load_narratives
from pipeline.forms.placeholders import check_said, refuse_unknown_names, rule_said, sheets_said
from pipeline.forms.register_loader import load_drawn, load_registers, refuse_pattern, with_official
from pipeline.forms.registers import Register
from pipeline.forms.rules import load_basics, load_checks, load_summary_rules
from pipeline.forms.table_loader import cells_of, load_table, values_of
from pipeline.forms.values.registry import KINDS, faults_of
from pipeline.model import ConfigError, Place, a1
from pipeline.toml_source import Faults, TomlSource
from pipeline.toml_source import TomlTable as TomlSection

DEFAULT_FORM = library.DEFAULT_FORM
TOP_LEVEL = {
    "id", "edition", "title", "authority", "first_year", "report_title", "document_titles",
    "superseded", "basic", "sheet", "entry", "text", "section", "narrative", "table", "register", "headline", "chart", "draft", "rule",
    "summary_rule", "words", "period", "carried", "is_public",
}  # fmt: skip


def form_ids(folder: Path | None = None) -> tuple[str, ...]:
    """List the forms that can be used: those of the district in ``folder``, and those that ship with nianbao."""
    return tuple(sorted({*library.own_ids(folder), *library.shipped_ids()}))


def load_form(form_id: str = DEFAULT_FORM, folder: Path | None = None) -> Form:
    """Load a form, of the district in ``folder`` before one that ships with nianbao. Raises ConfigError if there is none."""
    written = library.own(form_id, folder)
    if written is None:
        return _shipped(form_id, folder)
    return _load_own(written)


def load_file(path: Path) -> Form:
    """Load the form in the file ``path``, which is called like it. Raises ConfigError, OSError."""
    return _load_own(library.in_file(path))


def _load_own(written: library.WrittenForm) -> Form:
    source, mark = library.source_of(written)
    form = _own(written, mark)
    for fault in misnamed(written, source):
        raise fault
    return form


def misnamed(written: library.WrittenForm, source: TomlSource) -> Iterator[ConfigError]:
    """Yield a fault for a form in a file of another name: settings know a form by the name of its file."""
    form_id, name = source.top().values.get("id"), written.path.stem if written.path else ""
    if name and name != form_id:
        otherwise = f'，或者写成 id = "{name}"' if name.isascii() else ""
        yield source.top().fault(
            f"id 应与文件名相同：把这个文件的名称改为“{form_id}.toml”{otherwise}。", "id"
        )


def load_reference(reference: str) -> Form:
    """Load the form whose ``reference`` this is: in another process than the one that told it."""
    if reference in library.shipped_ids():
        return _of_nianbao(reference)
    written = library.in_file(Path(reference))
    return _own(written, library.source_of(written)[1])


def _shipped(form_id: str, folder: Path | None) -> Form:
    if form_id not in library.shipped_ids():
        raise ConfigError(library.unknown(form_id, folder))
    return _of_nianbao(form_id)


@cache
def _of_nianbao(form_id: str) -> Form:
    return compiled.built(
        form_id, (), lambda: replace(parse_written(library.shipped(form_id)), reference=form_id)
    )


@lru_cache(maxsize=16)
def _own(written: library.WrittenForm, mark: str) -> Form:
    """Build a form of one's own; ``mark`` is that of all its texts, so that one whose base changed is built anew."""
    return compiled.built(
        written.file, (written.text, written.path, mark), lambda: replace(parse_written(written), mark=mark)
    )


def data_dictionary(form: Form) -> list[FieldInfo]:
    """List every entry, nil return, number and text of ``form`` with its cell in the template."""
    rows: list[FieldInfo] = []
    values = {value.key: value for value in form.cell_values}

    def add(key: str, label: str, kind: str, *, is_input: bool = True) -> None:
        place = form.places[key]
        rows.append(FieldInfo(key, label, kind, place.sheet, place.cell, is_input))

    for entry in form.entries:
        add(entry.key, entry.label, entry.kind)
    for text in form.texts:
        add(text.key, text.label, "text")
    for register in form.registers:
        add(register.nil_key, f"{register.name} / {register.nil_label}", "choice")
        for number, column in enumerate(register.columns):
            place = register.place(number, 0)
            key = f"{register.key}.{column.key}"
            label = f"{register.name} / {column.label}"
            rows.append(FieldInfo(key, label, column.kind, place.sheet, place.cell, input=True))
    for table in form.tables:
        add(table.nil_key, f"{table.name} / {table.nil_label}", "choice")
        for key in sorted(form.keys_of(table.key), key=lambda key: form.positions[key]):
            cell = form.by_key.get(key)
            if cell:
                add(key, cell.label, cell.kind, is_input=cell.is_input)
            else:
                _, row, across = lines_of(table, key)
                add(key, " / ".join((*row.label, *across.label)), values[key].kind)
    return rows


def parse_form(text: str, file: str) -> Form:
    """Check and build the form written in ``text``. Raises ConfigError with file and line."""
    return parse_written(library.WrittenForm(text, file))


def parse_written(written: library.WrittenForm) -> Form:
    """Check and build a form as written. Raises ConfigError with file and line."""
    source, mark = library.source_of(written)
    reference = str(written.path) if written.path else ""
    return replace(_built(source), mark=mark, reference=reference)


def _built(source: TomlSource) -> Form:
    """Check and build the form of ``source``. Raises ConfigError with file and line."""
    source.refuse_unknown_tables(TOP_LEVEL)
    sheets = [section.into(Sheet) for section in source.tables("sheet")]
    entries = [load_entry(section) for section in source.tables("entry")]
    texts = [section.into(Text) for section in source.tables("text")]
    tables = [load_table(section) for section in source.tables("table")]
    registers = load_registers(source)
    faults = Faults()
    with faults:
        refuse_incoherent(source)
    with faults:
        refuse_unknown_names(source)
    with faults:
        found = _joined(source, sheets, entries, texts, tables, registers)
    faults.refuse()
    return found


def _joined(
    source: TomlSource,
    sheets: Sequence[Sheet],
    entries: Sequence[Entry],
    texts: Sequence[Text],
    tables: Sequence[Table],
    registers: tuple[Register, ...],
) -> Form:
    """Build the form of what was read part by part. Raises ConfigError for all that speaks of what is not there."""
    cells = cells_of(source, tables)
    values = values_of(source, tables, cells)
    _refuse_weights(source, entries)
    _refuse_duplicates(
        source,
        [sheet.name for sheet in sheets],
        [*(table.key for table in tables), *(register.key for register in registers)],
        [
            *(entry.key for entry in entries),
            *(text.key for text in texts),
            *(table.nil_key for table in tables),
            *(register.nil_key for register in registers),
            *(cell.key for cell in cells),
            *(value.key for value in values),
        ],
    )
    asked = _asked_of(source, texts, cells, Expander(tables, cells, values), asks_values=bool(values))
    defined = _definitions(asked.checks)
    cells = [replace(cell, defined_by=defined.get(cell.key, "")) for cell in cells]
    drawn = {item.cell: item for item in load_drawn(source, registers, cells)}
    cells = [
        replace(cell, drawn=item.rule) if (item := drawn.get(cell.key)) and item.defines else cell
        for cell in cells
    ]
    registers = with_official(registers, drawn.values(), cells)
    grids = _grids_of(source, tables)
    where = layout.positions(sheets, entries, texts, tables, grids, registers)
    top = source.top()
    facts = {"authority": top.values.get("authority", ""), "numbers": len(cells)}
    return top.into(
        Form,
        sheets=sheets_said(sheets, facts),
        entries=tuple(entries),
        texts=tuple(texts),
        sections=tuple(section.into(Section) for section in source.tables("section")),
        narratives=tuple(rule_said(rule, facts) for rule in asked.narratives),
        bare_texts=bare_texts(texts, asked.narratives),
        tables=tuple(tables),
        registers=registers,
        carried=asked.carried,
        drawn=drawn,
        cells=tuple(cells),
        cell_values=tuple(values),
        checks={check.id: check_said(check, facts) for check in asked.checks},
        basics={key: rule_said(basic, facts) for key, basic in asked.basics.items()},
        summary_rules=load_summary_rules(source, asked.checks),
        headlines=asked.headlines,
        charts=asked.charts,
        drafts=asked.drafts,
        superseded=_superseded(source),
        words=_called(source),
        grids=grids,
        positions=where,
        places={key: Place(sheet, a1(row, column)) for key, (sheet, row, column) in where.items()},
        past_positions=_past_positions(source, sheets, cells, asked.checks),
        by_key={cell.key: cell for cell in cells},
        evaluation_order=_evaluation_order(source, asked.checks, defined),
    )


@dataclass(frozen=True, slots=True)
class _AskedFor:
    """What a form asks of its cells and texts, and what it makes of them."""

    checks: Sequence[Balance]
    narratives: tuple[Narrative, ...]
    carried: tuple[CarriedFigures, ...]
    headlines: tuple[Headline, ...]
    charts: tuple[Chart, ...]
    drafts: tuple[Draft, ...]
    basics: Mapping[str, Basic]


def _asked_of(
    source: TomlSource, texts: Sequence[Text], cells: Sequence[Cell], expander: Expander, *, asks_values: bool
) -> _AskedFor:
    """Read what speaks of cells and texts. Raises ConfigError for all of it that speaks of what is not there."""
    faults = Faults()
    with faults:
        checks = load_checks(source, expander)
    with faults:
        narratives = load_narratives(source, {text.key: text.required for text in texts}, expander)
    with faults:
        carried = load_carried(source, cells)
    with faults:
        headlines = _headlines(source, cells)
    with faults:
        charts = load_charts(source, expander)
    with faults:
        drafts = load_drafts(source, [text.key for text in texts], expander)
    with faults:
        basics = load_basics(source, asks_values=asks_values)
    faults.refuse()
    return _AskedFor(checks, narratives, carried, headlines, charts, drafts, basics)


def _grids_of(source: TomlSource, tables: Sequence[Table]) -> dict[str, Grid]:
    """Lay out the lines of every table. Raises ConfigError for lines of which none is a table."""
    grids = {table.key: build_grid(table) for table in tables}
    for section, grid in zip(source.tables("table"), grids.values(), strict=True):
        if not is_tiled(grid):
            raise section.fault(
                "标签排不成表：同一组的行（列）要连在一起，一行（列）的标签不能是另一行（列）的上级。",
                "block",
            )
    return grids


def _called(source: TomlSource) -> Words:
    """Return what the form is called; a form that does not say is called by its title."""
    title = str(source.top().values.get("title", ""))
    found = source.table("words").into(Words)
    return replace(
        found,
        document=found.document or title,
        short=found.short or title,
        paper=found.paper or title,
        office=found.office or library.OFFICE,
    )


def load_entry(section: TomlSection) -> Entry:
    """Read one [[entry]]. Raises ConfigError with file and line."""
    entry = section.into(Entry)
    if entry.table:
        raise section.fault("[[entry]] 中不认识的键“table”，请检查拼写。", "table")
    for problem, token in faults_of(entry):
        raise section.fault(problem, token)
    refuse_pattern(section, entry.pattern)
    return entry


def _refuse_weights(source: TomlSource, entries: Sequence[Entry]) -> None:
    """Refuse an average that is weighed by nothing, and a weight of what is no average."""
    numbers = [
        entry.key
        for entry in entries
        if not entry.role
        and KINDS[entry.kind].sort == "number"
        and not entry.personal
        and entry.value.together != "none"
    ]
    for section, entry in zip(source.tables("entry"), entries, strict=True):
        is_averaged = not entry.role and entry.value.together == "average"
        if is_averaged and (entry.weight not in numbers or entry.weight == entry.key):
            raise section.fault(
                '求平均的项目要用 weight 写明按哪一项（汇总的数字）加权；不要平均的写 together = "none"。',
                "weight",
            )
        if entry.weight and not is_averaged:
            raise section.fault("只有求平均的项目才能有 weight。", "weight")


def _superseded(source: TomlSource) -> Superseded:
    """Return the form that this one replaced; one that replaced none need not say so."""
    section = source.table("superseded")
    return section.into(Superseded) if section.values else Superseded("", ())


def _refuse_duplicates(source: TomlSource, *namespaces: Iterable[str]) -> None:
    for names in namespaces:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                last = name.rsplit(".", 1)[-1]
                raise ConfigError(
                    f"“{name}”出现了两次。", file=source.file, line=source.find_last(f'"{last}"')
                )
            seen.add(name)


def _headlines(source: TomlSource, cells: Sequence[Cell]) -> tuple[Headline, ...]:
    known = {cell.key for cell in cells}
    faults = Faults()

    def read(section: TomlSection) -> Headline:
        headline = section.into(Headline)
        if headline.cell not in known:
            raise section.fault(f"没有单元格“{headline.cell}”。", "cell")
        return headline

    found = faults.each(source.tables("headline"), read)
    faults.refuse()
    return found


def _past_positions(
    source: TomlSource, sheets: Sequence[Sheet], cells: Sequence[Cell], checks: Iterable[Balance]
) -> dict[str, layout.Position]:
    """Give every number a place for last year's figure. Raises ConfigError where a rule needs one and there is no sheet."""
    sheet = next((sheet for sheet in sheets if sheet.kind == "past"), None)
    if sheet:
        return {last_year(key): at for key, at in layout.past_positions(sheet, cells).items()}
    if any(check.reaches_back for check in checks):
        raise source.top().fault("有规则用到上年的数，却没有 kind 为 past 的工作表。")
    return {}


def _definitions(balances: Iterable[Balance]) -> dict[str, str]:
    """Map each computed cell to the first balance that defines it."""
    found: dict[str, str] = {}
    for balance in balances:
        if balance.rule.defines:
            found.setdefault(balance.left[0], balance.id)
    return found


def _evaluation_order(
    source: TomlSource, balances: Iterable[Balance], defined: Mapping[str, str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    parts = {balance.id: balance.right for balance in balances}
    waiting = {key: parts[balance_id] for key, balance_id in defined.items()}
    ordered: list[tuple[str, tuple[str, ...]]] = []
    while waiting:
        ready = [key for key, terms in waiting.items() if not any(term in waiting for term in terms)]
        if not ready:
            raise _circle(source, waiting, defined)
        ordered += [(key, waiting.pop(key)) for key in ready]
    return tuple(ordered)


def _circle(
    source: TomlSource, waiting: Mapping[str, tuple[str, ...]], defined: Mapping[str, str]
) -> ConfigError:
    """Make the error for cells that are computed from each other, each of those ``waiting`` from another of them."""
    key, path = next(iter(waiting)), []
    while key not in path:
        path.append(key)
        key = next(term for term in waiting[key] if term in waiting)
    circle = [*path[path.index(key) :], key]
    rule = defined[key].split(".", 1)[0]
    section = next(item for item in source.tables("rule") if item.values.get("id") == rule)
    steps = "，".join(f"“{one}”由“{other}”算出" for one, other in pairwise(circle))
    return section.fault(f"计算绕回了自己：{steps}。请改其中一条规则，或者去掉它的 defines。", "defines")
