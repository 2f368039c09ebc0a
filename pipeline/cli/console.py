"""What a run found goes in; plain Chinese lines, a progress bar on a terminal, come out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import time
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from pipeline.cli.pace import PlainLines, pace
from pipeline.coordinating.status import Status
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.ledger.judged_files import JudgedFile
from pipeline.ledger.letters import StoredLetter
from pipeline.ledger.rule_record import Fate, RuleRecord
from pipeline.letter import KIND_WORDS, LETTER_STATE_WORDS, LetterKind
from pipeline.model import CHINA, Assessment, Compared, Decision, DecisionKind, Notice, Severity, Verdict
from pipeline.periods import spaced_of
from pipeline.publishing.data.record import (
    Record,
    came_by_mail,
    is_strange,
    order_of,
    problem_counts,
    waiting_files,
)
from pipeline.versions import Versions
from pipeline.wording.doubts import ABOUT_WHOSE
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import (
    AWAITING,
    SEVERITY_WORDS,
    VERDICT_WORDS,
    counts_in_words,
    decision_words,
    notices,
    word_of,
)
from pipeline.wording.personal_numbers import without_persons
from pipeline.wording.quotable import visible

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.coordinating.import_report import Taken
    from pipeline.forms.form import Form
    from pipeline.mail.outbox import SendReport
    from pipeline.run.batch import Outcome

_COLOURS = {
    Verdict.ACCEPTED: "green",
    Verdict.ACCEPTED_WITH_REMARKS: "yellow",
    Verdict.RETURNED: "red",
    Verdict.HELD: "magenta",
}
_FATE_WORDS = {
    Fate.MENDED: "已改正",
    Fate.EXPLAINED: "已说明",
    Fate.WAIVED: "已准予例外",
    Fate.OPEN: "仍存在",
}
_WIDE = 300
_ALL_COLUMNS = 110
"""Characters of a terminal on which a list shows more than whose report stands where."""
_SHOWN = 20
"""Files that fit a screen; the rest is in the workbook."""

CHECK_ALONE = (
    "以上只看表格本身；与上年数据、单位名单、其他单位的文字和截止日期的比较，在 nianbao run 时进行。"
)
"""What ``check`` leaves out, for it knows no district."""


def out() -> Console:
    """Return the console for results; wide enough for every column where the output is not a terminal."""
    console = _console()
    return console if console.is_terminal else _console(width=_WIDE)


class _ForeignWords(Console):
    """A console on which what others wrote can do nothing: no escape that it holds reaches the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield what is printed, with a blank for every character that cannot be seen but the ends of our lines."""
        for segment in super().render(renderable, options):
            text = segment.text
            is_plain = segment.control or text.isprintable() or text == "\n"
            yield segment if is_plain else Segment("\n".join(map(visible, text.split("\n"))), segment.style)


def _console(width: int | None = None) -> Console:
    """Return a console that takes names and the words of servers as they are: brackets and colons mean nothing."""
    return _ForeignWords(highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a progress callback: a bar on a terminal, lines elsewhere; both say how fast it goes and how long it will take."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield PlainLines(partial(print, file=sys.stderr)).advance
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}
        begun: dict[str, float] = {}

        def advance(stage: str, done: int, whole: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=whole, pace="")
                begun[stage] = monotonic()
            said = pace(done, whole, monotonic() - begun[stage]) if done < whole else ""
            bar.update(tasks[stage], completed=done, total=whole, pace=said)

        yield advance


def print_outcome(outcome: Outcome, *, dry_run: bool) -> None:
    """Print what a run found, what to do next, and where the results are."""
    console, district = out(), outcome.district
    console.print(
        Text(f"{district.name} {spaced_of(district.year)}{form_of(district).words.document}", style="bold")
    )
    console.print(counts_in_words(outcome.record["counts"]))
    for remark in district.remarks(came_by_mail=came_by_mail(outcome.record)):
        console.print(f"注意：{remark}")
    _print_troubles(console, outcome.record)
    _print_missing(console, outcome.record, district)
    _print_strange(console, outcome.record)
    if dry_run:
        letters = f"正式运行会{outcome.letters.words}。" if outcome.letters.words else ""
        console.print(f"这是试运行，没有收发邮件，也没有写任何文件。{letters}")
        _print_to_decide(outcome)
        return
    if outcome.fetched:
        console.print(f"收到邮件 {outcome.fetched.stored} 封。")
    if outcome.unchanged:
        console.print("与上次运行相比没有新的报送，结果文件保持不变。")
    else:
        removed = f"，删除过时的 {len(outcome.removed)} 个" if outcome.removed else ""
        console.print(f"写了 {len(outcome.written)} 个文件{removed}。")
    if outcome.letters.words:
        console.print(f"{outcome.letters.words}，待发的在 letters 文件夹。")
    _print_to_decide(outcome)
    console.print(f"结果在：{outcome.folder}")
    console.print(f"  汇总表　{outcome.record['files']['summary']}")
    form = form_of(district)
    reports = f"各单位{form.words.short}　reports　　" if form.sections else ""
    console.print(f"  {reports}退回表格　returned　　问题清单　findings.csv")
    if outcome.sent:
        print_sent(outcome.sent)


def _print_to_decide(outcome: Outcome) -> None:
    for sentence in outcome.to_decide:
        out().print(Text(f"请处理：{sentence}。", style="bold"))


def print_sent(done: SendReport, form: str = "") -> None:
    """Print how many letters left, of which ``form`` where there are several, and what the server said of those that did not."""
    console = out()
    parts = [f"发出 {len(done.sent)} 封"]
    parts += [f"以后再发 {len(done.later)} 封"] if done.later else []
    parts += [f"被拒收 {len(done.refused)} 封"] if done.refused else []
    said = f"信件：{'，'.join(parts)}。" if done.attempts or done.failure else "没有待发的信。"
    console.print(f"{form}{said}")
    for word, attempts in (("被拒收", done.refused), ("以后再发", done.later), ("部分送达", done.sent)):
        for attempt in attempts:
            if attempt.words:
                console.print(Text(f"  {word}　{'、'.join(attempt.recipients)}　{attempt.words}"))
    if done.refused:
        console.print("  请核对单位名单中的邮箱，或者打电话告诉对方。")


def print_handed_over(handed: Sequence[StoredLetter], district: District) -> None:
    """Print which letters a person has seen to."""
    console = out()
    names = {agency.code: agency.name for agency in district.agencies}
    console.print(f"记下 {len(handed)} 封信已由人工转交。" if handed else "没有待发或被拒收的信。")
    for item in handed:
        whom = names.get(item.agency or "", item.recipient)
        console.print(Text(f"  {KIND_WORDS[LetterKind(item.kind)]}　{whom}　{item.subject}"))


def print_letters_settled(done: Sequence[StoredLetter], district: District, word: str) -> None:
    """Print which letters a person has decided about, and what."""
    console = out()
    console.print(f"{word}：{len(done)} 封。" if done else "没有这样的信。")
    for item in done:
        console.print(Text(f"  {_letter_line(item, district)}"))


def print_letters(found: Sequence[StoredLetter], district: District) -> None:
    """Print letters with the short names by which they are called."""
    console = out()
    console.print(f"信 {len(found)} 封" if found else "没有这样的信。")
    for item in found:
        console.print(Text(f"  {_letter_line(item, district)}"))


def print_letter(item: StoredLetter, body: str, files: Sequence[Path], district: District) -> None:
    """Print what a letter says, and where it lies with its attachments."""
    console = out()
    console.print(Text(_letter_line(item, district)))
    console.print(Text(f"收件人：{item.recipient}\n\n{body}"))
    for path in files:
        console.print(Text(f"  {path}"))


def _letter_line(item: StoredLetter, district: District) -> str:
    names = {agency.code: agency.name for agency in district.agencies}
    day = (item.settled_at or item.intended_at).astimezone(CHINA)
    whom = names.get(item.agency or "", item.recipient)
    state = LETTER_STATE_WORDS[item.state]
    return (
        f"{item.handle}　{day:%Y-%m-%d}　{state}　{KIND_WORDS[LetterKind(item.kind)]}　{whom}　{item.subject}"
    )


def _print_troubles(console: Console, found: Record) -> None:
    newest = _words(found["submissions"])
    waiting = waiting_files(found["submissions"])
    counting = {item["agency"]: item["version"] for item in found["submissions"] if item["counts"]}
    troubled = [
        item
        for item in found["submissions"]
        if item in waiting
        or (item["verdict"] == Verdict.RETURNED and order_of(item) >= newest[item["agency"]])
    ]
    if not troubled:
        return
    console.print(Text("需要处理：", style="bold"))
    for item in troubled[:_SHOWN]:
        verdict = Verdict(item["verdict"])
        errors = [finding for finding in item["findings"] if finding["severity"] == "error"]
        errors.sort(key=lambda finding: finding["code"] not in ABOUT_WHOSE)
        word = AWAITING if item["awaits_approval"] else VERDICT_WORDS[verdict]
        line = Text(f"  {word}　", style=_COLOURS[verdict])
        parts = (
            item["agency_name"],
            without_persons(item["file"]),
            f"{item['problem_counts']['error']} 项错误",
        )
        line.append("　".join(part for part in parts if part), style="default")
        line.append(_counted_before(counting.get(item["agency"], 0)), style="default")
        console.print(line)
        console.print(Text(f"      {errors[0]['message']}" if errors else "", style="dim"))
    if len(troubled) > _SHOWN:
        console.print(f"  ……其余 {len(troubled) - _SHOWN} 份见汇总表的“报送情况”和“问题与说明”")


def _words(items: Iterable[Record]) -> dict[str, tuple[int, int]]:
    """Return the newest word of each agency among ``items``, by its code."""
    last: dict[str, tuple[int, int]] = {}
    for item in items:
        last[item["agency"]] = max(last.get(item["agency"], (0, 0)), order_of(item))
    return last


def _counted_before(version: int) -> str:
    """Say that an earlier version stays in the sums, and its agency in the count of the accepted."""
    return f"（此前第 {version} 次已合格，仍计入）" if version else ""


def _print_missing(console: Console, found: Record, district: District) -> None:
    came = {item["agency"] for item in found["submissions"]}
    missing = [agency for agency in district.agencies if agency.code not in came]
    if missing:
        console.print(Text("未报送：", style="bold"))
    for agency in missing[:_SHOWN]:
        console.print(f"  {agency.name}　{agency.contact}　{agency.phone}".rstrip("　 "))
    if len(missing) > _SHOWN:
        console.print(f"  ……其余 {len(missing) - _SHOWN} 家见汇总表的“总览”")


def _print_strange(console: Console, found: Record) -> None:
    """Print what lies in the inbox, or in an archive there, and is no submission: the coordinator's matter."""
    strange = [item for item in found["submissions"] if is_strange(item)]
    if strange:
        console.print(Text("收件文件夹里还有（不算报送，请看一看）：", style="bold"))
    for item in strange[:_SHOWN]:
        console.print(Text(f"  {item['file']}　{item['findings'][0]['message']}"))
    if len(strange) > _SHOWN:
        console.print(f"  ……共 {len(strange)} 个，见 run.json")


def print_checks(checked: Sequence[tuple[Assessment, Sequence[Notice]]]) -> None:
    """Print the verdict of single files, and what is to be said of each."""
    console = out()
    for assessment, found in checked:
        line = Text(f"{without_persons(assessment.submission.file)}：")
        line.append(VERDICT_WORDS[assessment.verdict], style=_COLOURS.get(assessment.verdict, ""))
        console.print(line)
        for group in group_notices(found):
            notice = group.notice
            parts = "；".join(filter(None, (notice.fault, notice.hint)))
            said = notice.message if group.count <= 1 else f"{group.where}：{parts}。"
            console.print(Text(f"  {SEVERITY_WORDS[notice.severity]}　{said}"))
    console.print(Text(CHECK_ALONE))


def print_imports(taken: Sequence[Taken], district: District) -> None:
    """Print per file what was taken for whom and for which year, or why nothing was."""
    console = out()
    names = {agency.code: agency.name for agency in district.roster_agencies}
    for item in taken:
        if item.refusal:
            console.print(Text(f"{item.file}：没有采用。{item.refusal}。", style="red"))
            continue
        years = "、".join(sorted({spaced_of(report.year) for report in item.reports}))
        owners = [names[report.agency] for report in item.reports]
        whose = owners[0] if len(owners) == 1 else f"{len(owners)} 家单位"
        console.print(Text(f"{item.file}：已采用 {whose} {years}的数据。", style="green"))
        for remark in item.remarks:
            console.print(Text(f"  {remark}。"))
    if any(item.refusal for item in taken):
        console.print(
            "能够导入的是：以前运行生成的 figures.csv，各单位以前填好的表格，已经公布的报告（Word、网页、ODT、有文字的 PDF），"
            "以及放着它们的文件夹和 .zip。扫描件和图片读不出，请找当时报送的表格。"
        )


def print_comparisons(compared: Sequence[Compared], form: Form) -> None:
    """Print per published file what differs from what was accepted, and where its links lead."""
    console = out()
    for item in compared:
        if item.refusal:
            console.print(Text(f"{item.file}：没有核对。{item.refusal}。", style="red"))
        elif not item.owner:
            console.print(Text(f"{item.file}：不是报告，只检查了链接。"))
        else:
            whose = f"{item.owner} {spaced_of(item.year) if item.year else ''}"
            basis = f"，对照已接受的 {item.agencies} 家单位之和" if item.agencies else ""
            said = f"有 {len(item.findings)} 处不同" if item.findings else "与已接受的一致"
            colour = "yellow" if item.findings else "green"
            console.print(Text(f"{item.file}：{whose}{basis}，{said}。", style=colour))
        for one in notices(form, item.findings):
            console.print(Text(f"  {SEVERITY_WORDS[one.severity]}　{one.message}"))
        if item.missing:
            console.print(Text(f"  链接的文件不在旁边：{'、'.join(item.missing[:_SHOWN])}。", style="yellow"))
        if item.outward:
            console.print(Text(f"  通向外面的链接（没有打开）：{'、'.join(item.outward[:_SHOWN])}。"))


def print_rules(district: District, records: Sequence[RuleRecord]) -> None:
    """Print rule by rule at how many agencies it fired and what became of it."""
    console = out()
    console.print(f"{district.name} {spaced_of(district.year)}各规则的提示情况（按单位计）")
    known = form_of(district).rules_by_id
    heads = ("编号", "要求", "单位", "处数", *_FATE_WORDS.values())
    table = Table(*heads, box=None, pad_edge=False)
    for item in records:
        title = known[item.rule].condition if item.rule in known else "（已停用）"
        counts = (item.agencies, item.findings, *(item.fates[fate] for fate in _FATE_WORDS))
        table.add_row(item.rule, title, *map(str, counts))
    console.print(table if records else "还没有提示过问题。")


def print_status(found: Status) -> None:
    """Print agency by agency what came, which version counts, how many problems it has, and the last letter."""
    from pipeline.coordinating.todo import choices_for  # noqa: PLC0415 - what decides, only where it is asked for

    console, district = out(), found.district
    console.print(f"{district.name} {spaced_of(district.year)}报送情况")
    console.print(_status_table(console, found))
    if console.width < _ALL_COLUMNS:
        console.print(f"窗口较窄，没有列出最近一封信和文件；放宽到 {_ALL_COLUMNS} 列以上再看。")
    names = {agency.code: agency.name for agency in district.roster_agencies}
    for agency in district.merged:
        shown = found.of(agency.code).shown
        since = f"{agency.name}　{agency.merged_on} 并入{names[agency.merged_into]}"
        if agency in found.on_their_own:
            console.print(f"{since}；合并前的报送仍单独计入")
        elif shown:
            console.print(f"{since}；合并前报送：{VERDICT_WORDS[shown.verdict]}　{shown.path}")
    for item in found.unclaimed:
        whose = f"{names[item.agency]}已并入其他单位" if item.agency else "无法确认单位"
        offered = "或者".join(f"“{choice}”" for choice in choices_for(form_of(district), district, item))
        line = f"{VERDICT_WORDS[item.verdict]}　{item.path}　{whose}，请核实，在 待办.xlsx 选{offered}"
        console.print(Text(line, style="magenta"))
    for decision in found.decisions:
        if not decision.is_by_program:
            console.print(decided(decision, names))
    console.print(counts_in_words(found.counts()))


def _status_table(console: Console, found: Status) -> Table:
    """Draw up one row an agency: on a terminal the file gives way first, on a narrow one it and the letter are left out."""
    district = found.district
    form, is_narrow = form_of(district), console.width < _ALL_COLUMNS
    table = Table(box=None, pad_edge=False, collapse_padding=True)
    table.add_column("单位", no_wrap=not is_narrow, overflow="fold")
    for head in ("状态", "第几次", "收到时间", "错误", "提醒", *(() if is_narrow else ("最近一封信",))):
        table.add_column(head, no_wrap=True)
    if not is_narrow:
        table.add_column("文件")
    for agency in (*district.agencies, *found.on_their_own):
        letter = found.letters.get(agency.code)
        own = found.of(agency.code)
        said = notices(form, own.shown.findings if own.shown else ())
        word = word_of(own.shown.verdict if own.shown else None, said)
        name = _name_in(district, agency.name) if console.is_terminal else agency.name
        cells = _status_cells(own, word, problem_counts(said), _letter_words(letter))
        table.add_row(name, *cells[: len(table.columns) - 1])
    return table


def decided(decision: Decision, names: Mapping[str, str]) -> str:
    """Say what was decided, about whom, why, by whom and when; ``names`` are the agencies' by code."""
    who = names.get(decision.agency, decision.agency)
    day = decision.given_at.astimezone(CHINA).date()
    match decision.kind:
        case DecisionKind.WAIVE:
            until = f"，至 {decision.until}" if decision.until else ""
            parts = ("例外", who, decision.rule, f"{decision.reason}（{decision.person}，{day}{until}）")
        case _:
            said = f"{decision.reason}（{decision.person}，{day}）"
            parts = (decision_words(decision), who, decision.file, said)
    return "　".join(part for part in parts if part)


def _name_in(district: District, name: str) -> str:
    """Leave out the district's name, which heads the list: what tells its agencies apart is behind it."""
    return name.removeprefix(district.name) or name


def _status_cells(
    own: Versions[JudgedFile], word: str, counts: Mapping[str, int], letter: str
) -> tuple[Text | str, ...]:
    shown = own.shown
    if shown is None:
        return word, "", "", "", "", letter, ""
    return (
        Text(word, style=_COLOURS[shown.verdict]),
        _version_words(own),
        _moment_words(shown),
        str(counts[Severity.ERROR] or ""),
        str(counts[Severity.WARNING] or ""),
        letter,
        shown.path,
    )


def _version_words(own: Versions[JudgedFile]) -> str:
    """Say which version counts, and what became of a later one."""
    shown, latest = own.shown, own.latest
    if shown is None or latest is None or latest is shown:
        return f"第 {shown.version} 次" if shown else ""
    return f"计入第 {shown.version} 次，第 {latest.version} 次{VERDICT_WORDS[latest.verdict]}"


def _moment_words(shown: JudgedFile) -> str:
    """Say when it was received or, where only this machine's clock knows, when it was first seen."""
    if shown.received_at:
        moment = shown.received_at.astimezone(CHINA)
        return f"{moment:%Y-%m-%d %H:%M}" if moment.time() > time.min else f"{moment:%Y-%m-%d}"
    return f"{shown.seen_at.astimezone(CHINA):%Y-%m-%d} 登记"


def _letter_words(letter: StoredLetter | None) -> str:
    if letter is None:
        return ""
    day = (letter.settled_at or letter.intended_at).astimezone(CHINA)
    return f"{KIND_WORDS[LetterKind(letter.kind)]}（{LETTER_STATE_WORDS[letter.state]}，{day:%m-%d}）"
