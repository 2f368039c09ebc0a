"""What a form is: plain values, derived once from its TOML by ``loader.py``.

Keys are the English names of the data; labels are the official Chinese wording.
Rows and columns are zero-based here; people are shown A1 addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from pipeline.forms import layout
from pipeline.forms.values.keys import row_of
from pipeline.forms.values.numbers import NUMBER_KINDS, NumberKind
from pipeline.forms.values.registry import kind_of
from pipeline.periods import title_of, year_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.carried import CarriedFigures
    from pipeline.forms.charts import Chart
    from pipeline.forms.drafts import Draft
    from pipeline.forms.narrative import Narrative
    from pipeline.forms.registers import Drawn, Register
    from pipeline.forms.values.kind import ValueKind
    from pipeline.model import Place
    from pipeline.periods import Period, PeriodKind

SheetKind = Literal["guide", "entries", "texts", "table", "register", "checks", "past"]
RelationName = Literal["=", "<=", "within", "share", "near", "change", "least", "most", "needs", "none"]
BALANCING: tuple[RelationName, ...] = ("=", "<=")
"""Relations of true balances: linear, so that a difference says how far a cell is off."""
_LAST_YEAR = "@-1"


def last_year(key: str) -> str:
    """Return the key under which last year's figure of the cell ``key`` stands in rules and operands."""
    return key + _LAST_YEAR


def this_year(key: str) -> str:
    """Return the cell of a key, whichever year it speaks of."""
    return key.removesuffix(_LAST_YEAR)


def is_last_year(key: str) -> bool:
    """Whether ``key`` speaks of last year's figure."""
    return key.endswith(_LAST_YEAR)


def binds(kinds: tuple[str, ...], kind: str) -> bool:
    """Whether what is for agencies of ``kinds`` is for those of ``kind``; for no kinds it is for all."""
    return not kinds or kind in kinds


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet of the template."""

    name: str
    kind: SheetKind
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who filled a submission in, as it says itself: the name, the telephone, who approved it, and the day; empty: not stated."""

    contact: str = ""
    phone: str = ""
    approver: str = ""
    date: str = ""

    @property
    def words(self) -> str:
        """Say it in one line; empty where nothing is stated."""
        named = (
            f"填报人 {self.contact}{f'（{self.phone}）' if self.phone else ''}"
            if self.contact or self.phone
            else ""
        )
        approved = f"审核人 {self.approver}" if self.approver else ""
        dated = f"填报日期 {self.date}" if self.date else ""
        return "，".join(part for part in (named, approved, dated) if part)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of 基本信息. ``role`` says what the pipeline uses it for: agency, code, year; who filled it in.

    One without a role is a value of its kind like any other (``values.kind.Asked``).
    """

    key: str
    label: str
    sheet: str
    kind: str
    prompt: str
    required: bool
    role: str = ""
    unit: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    together: str = ""
    weight: str = ""
    """Of an average: the key of the entry by which it is weighed."""
    personal: bool = False
    """Whether it holds what concerns a person: never merged, published or quoted."""
    table: str = ""
    """The table in a cell of which it stands; empty: it is a line of its sheet."""

    @property
    def official(self) -> Mapping[str, str]:
        """Other wordings of what can be chosen: there are none."""
        return {}

    @property
    def value(self) -> ValueKind:
        """Its kind of value."""
        return kind_of(self)

    @property
    def guidance(self) -> str:
        """What the template says beside the answer."""
        return f"必填。{self.prompt}" if self.required else self.prompt


@dataclass(frozen=True, slots=True)
class Text:
    """A narrative. ``heading`` says that its label is printed as a heading in the report."""

    key: str
    label: str
    sheet: str
    prompt: str
    required: bool
    heading: bool = False
    also: tuple[str, ...] = ()
    """Other wordings of the heading in published reports."""
    kinds: tuple[str, ...] = ()
    """Kinds of agencies that write it; empty: all."""

    @property
    def guidance(self) -> str:
        """What the template says beside the answer."""
        return f"必填。{self.prompt}" if self.required else self.prompt


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section of the report: its title and the keys of its texts or of its table."""

    title: str
    contents: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other wordings of the title in published reports."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row or a column of a table: its key, its label path from the outermost, its groups."""

    key: str
    label: tuple[str, ...]
    groups: tuple[str, ...] = ()
    kind: str = ""
    usual: int = 0
    """How many of a thousand counts fall to it in published reports, as far as that is known."""
    asks: Entry | None = field(default=None, hash=False)
    """What its cells ask for, where that is no number to be added up; each cell is an entry of its own made after this."""
    also: tuple[str, ...] = ()
    """Other wordings of the innermost label."""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a table with column headings of its own."""

    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    heading: str = ""
    stub: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A printed table: blocks one below the other."""

    key: str
    name: str
    sheet: str
    nil_label: str
    blocks: tuple[Block, ...]
    kinds: tuple[str, ...] = ()
    """Kinds of agencies that fill it; empty: all."""

    @property
    def nil_key(self) -> str:
        """Key of the explicit nil return (本表全为零)."""
        return f"{self.key}.nil"


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the form's numbers. ``kind`` is one of ``kinds.NUMBER_KINDS``; ``defined_by`` is the id of the balance that computes it."""

    key: str
    table: str
    block: int
    row: Line
    column: Line
    kind: str
    index: int
    short_label: str
    """Row and column as a clerk would say them: the innermost labels, with the one above where that is ambiguous."""
    defined_by: str = ""
    drawn: str = ""
    """The id of the rule by which the rows of a register come to it, where it is computed from these."""

    @property
    def label(self) -> str:
        """Row and column labels in one line, outermost first."""
        return " / ".join((*self.row.label, *self.column.label))

    @property
    def grouped_label(self) -> str:
        """The short label with the group that its row is of, or all over its column where rows have no label: for a list."""
        if not self.row.label:
            return " / ".join(self.column.label)
        return " / ".join(self.row.label[-2:]) + self.short_label.removeprefix(self.row.label[-1])

    @property
    def number(self) -> NumberKind:
        """What such a number may be."""
        return NUMBER_KINDS[self.kind]

    @property
    def is_input(self) -> bool:
        """Whether the agency fills it, rather than the template's formula."""
        return not (self.defined_by or self.drawn)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as declared: a family of checks that differ only in the row or column they speak of.

    ``limits`` are the numbers of its relation; ``source`` is where the rule is written down.
    """

    id: str
    severity: str
    title: str
    """The condition in words; {names} are limits."""
    remedy: str
    relation: RelationName
    left_words: tuple[str, ...]
    right_words: tuple[str, ...]
    except_levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Kinds of agencies that it binds; empty: all."""
    defines: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    """Rules that say the same more plainly: where one of them fails, this one is not assessed."""
    waivable: bool = False
    """Whether the coordinator may accept an error against it, with a reason."""
    within_year: bool = False
    """Whether what it compares begins with the year: in the first period of one nothing came before."""
    source: str = ""

    @property
    def explainable(self) -> bool:
        """Whether a clerk may say why it is so."""
        return self.severity == "warning"

    @property
    def condition(self) -> str:
        """The title with its limits."""
        return self.title.format(**self.limits)


@dataclass(frozen=True, slots=True)
class Basic:
    """What is asked of every file and every cell. How it is found out is the reader's; what it is called and weighs stands here."""

    id: str
    severity: str
    title: str
    """The condition in words; {names} are limits."""
    source: str
    variants: Mapping[str, str] = field(default_factory=dict)
    """Severities of what it finds otherwise than in its plain form, by the finding's variant."""
    limits: Mapping[str, int] = field(default_factory=dict)
    limits_at: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Limits by the level of the body that collects: a city hears of whole districts."""
    except_levels: tuple[str, ...] = ()
    adjustable: bool = False
    """Whether a district may switch it off or weigh it otherwise."""
    explainable: bool = False
    """Whether a clerk may say why it is so."""
    waivable: bool = False
    """Whether the coordinator may accept an error against it, with a reason."""
    confirmed: bool = False
    """Whether the office confirms what contradicts another report and nobody can explain, before the report is published."""

    @property
    def condition(self) -> str:
        """The title with its limits."""
        return self.title.format(**self.limits)

    def applies_to(self, level: str) -> bool:
        """Whether bodies of ``level`` are bound."""
        return level not in self.except_levels

    def severity_of(self, variant: str) -> str:
        """Return how much a finding of ``variant`` weighs."""
        return self.variants.get(variant, self.severity)


@dataclass(frozen=True, slots=True)
class Balance:
    """One rule at one place: sum(left) relation sum(right) over cell keys. ``id`` is unique, as ``T3-01.enterprise``."""

    id: str
    rule: Rule
    subject: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    after: tuple[str, ...] = ()
    """Ids of the balances in whose failure this one is contained."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every operand."""
        return (*self.left, *self.right)

    @property
    def anchor(self) -> str:
        """The cell a finding points at: the first of this year's."""
        return next(key for key in self.keys if not is_last_year(key))

    @property
    def reaches_back(self) -> bool:
        """Whether last year's figures are among the operands."""
        return any(map(is_last_year, self.keys))

    def applies_to(self, level: str, kind: str = "") -> bool:
        """Whether bodies of ``level`` and ``kind`` are bound by the rule; where no kind is known, by none that names kinds."""
        return level not in self.rule.except_levels and binds(self.rule.kinds, kind)


@dataclass(frozen=True, slots=True)
class SummaryRule:
    """What holds of the district's sums: ``rules`` names the balances that are looked at there, each as it binds one report."""

    id: str
    title: str
    rules: tuple[str, ...] = ()


AnyRule: TypeAlias = "Rule | Basic | Narrative"


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that overviews show first."""

    label: str
    cell: str


@dataclass(frozen=True, slots=True)
class Words:
    """What letters, pages, titles and file names call the form, its report and the office that collects it."""

    document: str = ""
    """The whole name: 政府信息公开工作年度报告."""
    subject: str = ""
    """What it is about, before ``short`` in titles: 政府信息公开."""
    short: str = ""
    """What people call it: 年报."""
    paper: str = ""
    """What is printed for each agency: 年度报告."""
    office: str = ""
    """The office that collects it, without the district's name: 政务公开办."""

    @property
    def titled(self) -> str:
        """What titles and names of files call it; two registers are both 台账 in short."""
        return f"{self.subject}{self.short}"

    @property
    def named(self) -> dict[str, str]:
        """The words by the names under which sentences use them."""
        return {"document": self.document, "short": self.short, "paper": self.paper, "office": self.office}


@dataclass(frozen=True, slots=True)
class Superseded:
    """The earlier form and the words by which a file on it is recognised."""

    authority: str
    markers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridCell:
    """A printed cell of a table, relative to the table's top left corner.

    ``role`` is ``heading``, ``column_label``, ``row_label`` or ``number``; ``key`` is set for numbers only.
    """

    row: int
    column: int
    height: int
    width: int
    role: str
    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as printed: what stands where, its size, and how many columns hold row labels."""

    cells: tuple[GridCell, ...]
    rows: int
    columns: int
    label_columns: int
    header_rows: int
    """Rows of the first block that repeat on a new page."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A line of the data dictionary (``nianbao fields``)."""

    key: str
    label: str
    kind: str
    sheet: str
    address: str
    input: bool


@dataclass(
    frozen=True, slots=True, eq=False
)  # compared and hashed by identity: what derives from a form is cached by it
class Form:
    """A form, whole. ``cells`` stand in printing order, which is the order of every data file."""

    id: str
    edition: str
    title: str
    authority: str
    first_year: int
    report_title: str
    document_titles: tuple[str, ...]
    """How published reports spell their title: regular expressions over normalised text with ``agency`` and ``year``."""
    sheets: tuple[Sheet, ...]
    entries: tuple[Entry, ...]
    texts: tuple[Text, ...]
    sections: tuple[Section, ...]
    narratives: tuple[Narrative, ...]
    tables: tuple[Table, ...]
    cells: tuple[Cell, ...]
    checks: Mapping[str, Balance] = field(repr=False)
    """Every rule over the numbers of one report, at every place, by id, in the form's order."""
    basics: Mapping[str, Basic] = field(repr=False)
    """What is asked of every file and every cell, by id."""
    summary_rules: tuple[SummaryRule, ...]
    headlines: tuple[Headline, ...]
    charts: tuple[Chart, ...]
    drafts: tuple[Draft, ...]
    superseded: Superseded
    words: Words
    grids: Mapping[str, Grid] = field(repr=False)
    places: Mapping[str, Place] = field(repr=False)
    """Key of every number, text, entry and nil return → its cell in the template."""
    positions: Mapping[str, tuple[str, int, int]] = field(repr=False)
    """The same as (sheet, row, column), zero-based."""
    past_positions: Mapping[str, tuple[str, int, int]] = field(repr=False)
    """Last year's key of every number → its cell in the template; empty if the form has no sheet for them."""
    by_key: Mapping[str, Cell] = field(repr=False)
    evaluation_order: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)
    """Computed cells with their parts, each after the computed cells it is made of."""
    on_trial: frozenset[str] = frozenset()
    """Ids of rules that only the coordinator is told of."""
    off: Mapping[str, str] = field(default_factory=dict)
    """Ids of rules that the district does not apply, with its reasons."""
    period: PeriodKind = "year"
    """Of what a report speaks: a year, a half-year, a quarter or a month."""
    is_public: bool = True
    """Whether every agency has to publish its report, so that the office notes who has."""
    mark: str = ""
    """Eight letters that change whenever anything in the form's text does: which rules a report was judged by."""
    registers: tuple[Register, ...] = ()
    drawn: Mapping[str, Drawn] = field(default_factory=dict)
    """Figures of tables that the rows of a register come to, by the cell."""
    carried: tuple[CarriedFigures, ...] = ()
    """Figures that other forms come to as well."""
    cell_values: tuple[Entry, ...] = ()
    """What cells of tables ask for that is no number to be added up, in printing order."""
    beside: frozenset[str] = frozenset()
    """The forms that are collected at the same time, for the same period."""
    bare_texts: tuple[Text, ...] = ()
    """Required texts of which no rule over texts asks that they say something: that they are there is asked like a number."""
    reference: str = ""
    """How another process finds it: the id of a shipped form, the path of a district's own."""

    @property
    def explainable_ids(self) -> frozenset[str]:
        """Ids under which 自查 takes explanations."""
        return frozenset((*self.checks, *self.rules_by_id))

    @property
    def rules_by_id(self) -> dict[str, AnyRule]:
        """Every rule: of files and cells, over numbers, over texts, in the form's order."""
        numeric = {check.rule.id: check.rule for check in self.checks.values()}
        return {**self.basics, **numeric, **{rule.id: rule for rule in self.narratives}}

    @property
    def on_summary(self) -> list[Balance]:
        """The balances that are looked at on the district's sums, in the form's order."""
        wanted = {own for rule in self.summary_rules for own in rule.rules}
        return [balance for balance in self.balances if balance.rule.id in wanted]

    def free_tables(self, kind: str) -> tuple[Table, ...]:
        """Return the tables that agencies of ``kind`` need not fill."""
        return tuple(table for table in self.tables if not binds(table.kinds, kind))

    def free_keys(self, kind: str) -> frozenset[str]:
        """Return the keys of the cells and texts that agencies of ``kind`` need not fill."""
        free = {table.key for table in self.free_tables(kind)}
        cells: Sequence[Cell | Entry] = (*self.cells, *self.cell_values)
        texts = (text.key for text in self.texts if not binds(text.kinds, kind))
        return frozenset((*(cell.key for cell in cells if cell.table in free), *texts))

    def may_be_computed(self, table: str) -> bool:
        """Whether an agency may have ``table`` computed from a register that is collected beside this form."""
        return any(table in item.tables and item.form in self.beside for item in self.carried)

    @property
    def summed_tables(self) -> tuple[Table, ...]:
        """The tables that hold numbers to be added up: nearly all do."""
        return tuple(table for table in self.tables if self.cells_of(table.key))

    def table(self, key: str) -> Table:
        """Return the table ``key``; KeyError if the form has none."""
        return next(table for table in self.tables if table.key == key)

    def sheet(self, name: str) -> Sheet:
        """Return the sheet ``name``."""
        return next(sheet for sheet in self.sheets if sheet.name == name)

    def sheet_of_kind(self, kind: SheetKind) -> Sheet:
        """Return the first sheet of ``kind``."""
        return next(sheet for sheet in self.sheets if sheet.kind == kind)

    def cells_of(self, table: str) -> tuple[Cell, ...]:
        """Return the cells of ``table`` in printing order."""
        return _cells_by_table(self).get(table, ())

    def values_of(self, table: str) -> tuple[Entry, ...]:
        """Return what cells of ``table`` ask for that is no number to be added up, in printing order."""
        return _values_by_table(self).get(table, ())

    def value(self, key: str) -> Entry:
        """Return the value ``key`` of a table."""
        return next(value for value in self.cell_values if value.key == key)

    def keys_of(self, table: str) -> tuple[str, ...]:
        """Return the keys of all cells of ``table``: its numbers, then its values."""
        values = (value.key for value in self.values_of(table))
        return (*(cell.key for cell in self.cells_of(table)), *values)

    def entry_with_role(self, role: str) -> Entry:
        """Return the entry the pipeline uses as ``role``."""
        return next(entry for entry in self.entries if entry.role == role)

    @property
    def roles(self) -> dict[str, str]:
        """The keys of the entries that the pipeline uses, by role."""
        return {entry.role: entry.key for entry in self.entries if entry.role}

    def clerk_of(self, entries: Mapping[str, str]) -> Clerk:
        """Return who filled a submission in, by its entries; empty where it does not say."""
        by_role = {
            entry.role: " ".join(entries.get(entry.key, "").split()) for entry in self.entries if entry.role
        }
        return Clerk(*(by_role.get(name, "") for name in Clerk.__slots__))

    @property
    def valued_entries(self) -> tuple[Entry, ...]:
        """What is asked for besides numbers and texts: the entries of which the pipeline makes no other use, and values in tables."""
        return (*(entry for entry in self.entries if not entry.role), *self.cell_values)

    @property
    def spelled_entries(self) -> tuple[Entry, ...]:
        """The entries that the pipeline uses and whose values are of a kind that not every text is (``SPELLED``)."""
        named = {"agency", "code", "year"}
        return tuple(
            entry for entry in self.entries if entry.role not in {"", *named} and entry.kind != "text"
        )

    def register(self, key: str) -> Register:
        """Return the register ``key``; StopIteration if the form has none."""
        return next(register for register in self.registers if register.key == key)

    def place_of(self, key: str) -> Place | None:
        """Return where a field, or a value in a row of a register, stands in the template; None for what is neither."""
        found = row_of(key)
        if found is None:
            return self.places.get(key)
        register = next((own for own in self.registers if own.key == found[0]), None)
        column = register.index.get(found[1]) if register else None
        return register.place(column, found[2]) if register and column is not None else None

    def spot_of(self, key: str) -> tuple[str, int, int]:
        """Return (sheet, row, column) of a field, or of a value in a row of a register, in the template."""
        found = row_of(key)
        if found is None:
            return self.positions[key]
        register = self.register(found[0])
        return register.sheet, layout.ROWS_TOP + found[2], register.index[found[1]]

    def narrative(self, rule_id: str) -> Narrative | None:
        """Return the rule over texts ``rule_id``, if it is one."""
        return next((rule for rule in self.narratives if rule.id == rule_id), None)

    @property
    def balances(self) -> tuple[Balance, ...]:
        """The checks that are linear: sums that must be equal, or one at most the other."""
        return tuple(check for check in self.checks.values() if check.rule.relation in BALANCING)

    def balance(self, balance_id: str) -> Balance:
        """Return the check ``balance_id``."""
        return self.checks[balance_id]

    def balances_for(self, level: str, kind: str = "") -> tuple[Balance, ...]:
        """Return the balances that bind bodies of ``level`` and ``kind``."""
        return tuple(balance for balance in self.balances if balance.applies_to(level, kind))

    def live_checks(self, level: str, kind: str = "") -> tuple[Balance, ...]:
        """Return the checks that 自查 shows to bodies of ``level`` and ``kind``: what is only for the coordinator stays out."""
        return tuple(
            check
            for check in self.checks.values()
            if check.applies_to(level, kind)
            and check.rule.severity != "info"
            and check.rule.id not in self.on_trial
        )

    def may_waive(self, rule_id: str) -> bool:
        """Whether a coordinator may except an agency from the rule: warnings, and errors that the form lets go."""
        rule = self.rules_by_id.get(rule_id)
        is_confirmed = isinstance(rule, Basic) and rule.confirmed
        return rule is not None and (rule.explainable or rule.waivable or is_confirmed)

    @property
    def explained_unseen(self) -> tuple[Basic | Narrative, ...]:
        """Return the warnings that 自查 cannot compute but a clerk can explain."""
        found: list[Basic | Narrative] = [
            basic for basic in self.basics.values() if basic.explainable and basic.severity == "warning"
        ]
        found += [rule for rule in self.narratives if rule.explainable]
        return tuple(rule for rule in found if rule.id not in self.on_trial)

    def position(self, key: str) -> tuple[str, int, int]:
        """Return where a number of this year or of last year stands in the template."""
        return self.past_positions[key] if is_last_year(key) else self.positions[key]

    def title_for(self, agency: str, period: Period) -> str:
        """Return the title of an agency's report."""
        return titled(self.report_title, agency, period)

    @property
    def spoken(self) -> dict[str, str]:
        """Words of sentences: what the form is called, and how one says this period and the one before."""
        is_year = self.period == "year"
        return {
            **self.words.named,
            "now": "本年" if is_year else "本期",
            "this": "本年度" if is_year else "本期",
            "past": "上年" if is_year else "上期",
            "span": "年度" if is_year else "报告期",
        }

    def about(self, period: Period) -> str:
        """Say what is collected of ``period``, as titles and file names do: 2023年政府信息公开年报."""
        return f"{title_of(period)}{self.words.titled}"

    def document_of(self, period: Period) -> str:
        """Name the document of ``period``, as titles do: 2023年政府信息公开工作年度报告."""
        return f"{title_of(period)}{self.words.document}"


@lru_cache(maxsize=8)
def _cells_by_table(form: Form) -> Mapping[str, tuple[Cell, ...]]:
    return {table.key: tuple(cell for cell in form.cells if cell.table == table.key) for table in form.tables}


@lru_cache(maxsize=8)
def _values_by_table(form: Form) -> Mapping[str, tuple[Entry, ...]]:
    found = form.cell_values
    return {table.key: tuple(own for own in found if own.table == table.key) for table in form.tables}


def titled(pattern: str, agency: str, period: Period) -> str:
    """Return the title of a report by the pattern of a form."""
    return pattern.format(agency=agency, year=year_in(period), period=title_of(period))
