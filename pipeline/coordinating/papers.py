"""A district and what its ledger knows go in; the papers of the office come out: 通报, 通讯录, 考核明细, 公布情况, 上报材料.

They are written when somebody asks, not every run, into ``output/<year>/材料/``; 公布情况 lies in the district's own
folder, since a person writes in it.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

from pipeline.coordinating.status import status
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.tables import read_tables
from pipeline.forms.drafts import GAP
from pipeline.forms.form import Form
from pipeline.ledger import Ledger, campaign, codes, deadlines, letters
from pipeline.ledger import judged_files as standing
from pipeline.ledger.access import view_campaign
from pipeline.ledger.judged_files import JudgedFile
from pipeline.letter import LetterKind, LetterState, Upward
from pipeline.long_lists import first_of
from pipeline.machine.durable import read_whole
from pipeline.machine.environment import command
from pipeline.model import Agency, ConfigError, Verdict
from pipeline.periods import Period, bounds_of, kind_of, name_of, period_before, title_of
from pipeline.publishing.document_paths import PDF, WORD
from pipeline.publishing.files import safe_name, write_if_changed
from pipeline.publishing.papers import lists
from pipeline.publishing.papers.conduct import Conduct, ReportedVersion
from pipeline.publishing.papers.cover import build_cover
from pipeline.publishing.papers.notice import build_notice
from pipeline.publishing.todo_book import TODO_NAME
from pipeline.publishing.word import pdf_printing
from pipeline.versions import Versions
from pipeline.wording.messages import AWAITING, VERDICT_WORDS, notices, word_of

PAPERS = "材料"
BUNDLE = "上报材料.zip"
_MOST_YEARS = 6
_STAMP = (2021, 1, 1, 0, 0, 0)
_MOST_CHANGES = 5
_SHORT_MONTH = 2


def write_papers(district: District, output: Path, *, today: date, upward: Upward) -> list[Path]:
    """Write every paper as of ``today``; return their paths. Raises ConfigError before the first run.

    ``upward`` is what the letter with the district workbook would say: what nobody has let go up is not packed.
    """
    found = status(district, output, today=today)
    target = district.results_in(output)
    with view_campaign(district, output) as (ledger, district):
        last = campaign.last_result(ledger, district.year)
        story = _Story.of(ledger, form_of(district), district, district.year)
        earlier = _earlier(ledger, district)
    if last is None:
        raise ConfigError(f"还没有运行过。请先运行 {command('run', district.folder)}", file=district.folder)
    own = [
        _conduct(district.year, agency, district.deadline_of(agency.code), found.of(agency.code), story)
        for agency in district.agencies
    ]
    years = [lists.YearOfConduct(district.year, district.deadline, own), *earlier]
    form = form_of(district)
    about = f"{district.name}{title_of(district.year)}"
    ticks = district.folder / f"{district.own_name('公布情况')}_{name_of(district.year)}.xlsx"
    contents = {
        target / PAPERS / f"{safe_name(about, '报送情况通报', form.words.titled)}.docx": build_notice(
            form, district.name, district.office, today, own
        ),
        target / PAPERS / "通讯录.xlsx": lists.contacts(form, district.name, district.agencies),
        target / PAPERS / "考核明细.xlsx": lists.assessment_sheet(form, district.name, years),
    }
    if form.is_public:
        contents[ticks] = lists.published(
            form, district.name, district.year, district.agencies, _filled_in(ticks)
        )
    for path, content in contents.items():
        write_if_changed(path, content)
    if upward.unreleased:
        return [*contents]
    bundle = target / PAPERS / BUNDLE
    write_if_changed(bundle, _bundle(district, target, dict(last.record)["files"], own, today, upward))
    return [*contents, bundle]


def why_not_packed(district: District, output: Path, upward: Upward) -> str:
    """Say why what goes up was not packed, and what to do; empty where it was."""
    if not upward.unreleased:
        return ""
    listed = first_of(upward.unreleased, _MOST_CHANGES, "等 {} 项", between="；")
    is_there = (district.results_in(output) / PAPERS / BUNDLE).is_file()
    kept = "以前写的没有改动。" if is_there else ""
    return (
        f"{BUNDLE} 没有写：已报送的数据有更正，还没有同意（{listed}）。{kept}核实后在 {TODO_NAME} 中选“同意更正”再运行一次，"
        f"或者运行 nianbao deliver {district.typed} --by 姓名 --reason 更正理由；然后重新写材料，报送函会写明是更正。"
    )


def unfinished(paths: Sequence[Path]) -> list[str]:
    """Return the names that documents in the bundles among ``paths``, in which something is still to be written, have among the results."""
    found = []
    for path in paths:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as package:
                documents = [name for name in package.namelist() if name.endswith(WORD)]
                found += [name.partition("_")[2] for name in documents if _has_gap(package.read(name))]
    return found


def _has_gap(document: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(document)) as package:
        return GAP.encode() in package.read("word/document.xml")


@dataclass(frozen=True, slots=True)
class _Story:
    """What agencies were told in one year: the digests of the files by the letters about them that left."""

    form: Form
    returned: Collection[str]
    accepted: Collection[str]
    unsent: Collection[str]
    """The digests of the files whose return was written and withdrawn before it left."""

    @classmethod
    def of(cls, ledger: Ledger, form: Form, district: District, year: int) -> _Story:
        """Read it from the letters; without a mail server nobody need tell which left before it was withdrawn."""
        written = letters.of_year(ledger, year)
        about = {
            kind: {item.purpose.file for item in written if item.kind == kind and item.state.is_gone}
            for kind in (LetterKind.RETURNED, LetterKind.ACCEPTANCE)
        }
        unsent = {
            item.purpose.file
            for item in written
            if item.kind == LetterKind.RETURNED
            and item.state is LetterState.WITHDRAWN
            and district.mail.sends
        }
        return cls(form, about[LetterKind.RETURNED], about[LetterKind.ACCEPTANCE], unsent)

    def version(self, item: JudgedFile) -> ReportedVersion:
        """Say what became of one version, as it stands and as was told."""
        stands = self.word(item) == VERDICT_WORDS[Verdict.RETURNED]
        was_overtaken = item.is_sent_back and item.sha256 in self.unsent
        return ReportedVersion(
            item.received_at,
            item.seen_at,
            went_back=(stands and not was_overtaken) or item.sha256 in self.returned,
            was_accepted=item.verdict.is_acceptance or item.is_sent_back or item.sha256 in self.accepted,
        )

    def word(self, item: JudgedFile) -> str:
        """Say how a version stands."""
        said = notices(self.form, item.findings) if item.verdict is Verdict.RETURNED else ()
        return word_of(item.verdict, said)


def _conduct(
    year: int, agency: Agency, deadline: date, versions: Versions[JudgedFile], story: _Story
) -> Conduct:
    reported = [story.version(item) for item in versions.files]
    word = story.word(versions.latest) if versions.latest else ""
    waits = word if word in (AWAITING, VERDICT_WORDS[Verdict.HELD]) else ""
    return Conduct(agency, year, deadline, reported, versions.counting is not None, waits)


def _usual(district: District, year: int) -> date:
    """Return the same day of that year, where no run has recorded what the deadline was then."""
    day = district.deadline
    if kind_of(year) == "year":
        return day.replace(
            year=day.year - (district.year - year), day=min(day.day, 28 if day.month == _SHORT_MONTH else 31)
        )
    return bounds_of(year)[1] + (day - bounds_of(district.year)[1])


def _earlier(ledger: Ledger, district: District) -> list[lists.YearOfConduct]:
    """Return how everybody reported in earlier years, by the deadlines of then, under the names of then."""
    found = []
    for year in _before(district.year):
        own = standing.by_agency(standing.filed(ledger, year))
        if own:
            story, known = (
                _Story.of(ledger, form_of(district), district, year),
                deadlines.of_year(ledger, year),
            )
            held = known or deadlines.Deadlines(_usual(district, year))
            rows = [
                _conduct(year, agency, held.of(agency.code), own[agency.code], story)
                for agency in _reported(ledger, district, year, own)
            ]
            found.append(lists.YearOfConduct(year, held.common, rows, is_known=known is not None))
    return found


def _reported(ledger: Ledger, district: District, year: int, own: Collection[str]) -> list[Agency]:
    """Return who reported in ``year`` as it was called then, in roster order; who has left the roster since comes last."""
    then = campaign.last_result(ledger, year)
    names = then.names if then else {}
    listed = {agency.code: agency for agency in district.roster_agencies}
    remembered = {code: entries[-1].agency for code, entries in codes.memory(ledger).items()}
    bodies = {**listed, **{code: agency for code, agency in remembered.items() if code not in listed}}
    return [replace(item, name=names.get(code, item.name)) for code, item in bodies.items() if code in own]


def _before(period: Period) -> Iterator[Period]:
    """Yield the periods before, the oldest first."""
    found = [period]
    for _ in range(_MOST_YEARS):
        found.append(period_before(found[-1]))
    yield from reversed(found[1:])


def _filled_in(path: Path) -> list[Sequence[str]]:
    """Return the rows of 公布情况 into which a person has written something, and those that a person has added."""
    if not path.is_file():
        return []
    [table, *_] = read_tables(path)
    width = len(lists.PUBLISHED_HEADS)
    rows = (tuple(row[:width]) + ("",) * (width - len(row)) for row in table.rows[2:])
    return [
        (code.strip(), name, *rest)
        for code, name, *rest in rows
        if code.strip() != lists.PUBLISHED_SUM and (any(rest) or (name and not code.strip()))
    ]


def _bundle(
    district: District,
    target: Path,
    files: Mapping[str, str],
    own: Sequence[Conduct],
    today: date,
    upward: Upward,
) -> bytes:
    """Pack what goes up: the covering letter with its page to be sealed, the workbook, the district's report."""
    found = [target / files[key] for key in ("summary", "district_report") if files.get(key)]
    attached = [path for path in found if path.is_file()]
    counted = sum(item.counts for item in own), len(own)
    names = [path.stem for path in attached]
    parts = {"报送函.docx": build_cover(form_of(district), district, today, counted, names, upward)}
    for number, path in enumerate(attached, 1):
        parts[f"附件{number if len(attached) > 1 else ''}_{path.name}"] = read_whole(path)
    parts |= _printed(parts)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, content in sorted(parts.items()):
            package.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _printed(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Print each part as PDF where LibreOffice is installed; what it fails at is left out."""
    with tempfile.TemporaryDirectory() as folder:
        sources = [_written(Path(folder) / name, content) for name, content in parts.items()]
        pdf_printing.print_documents(sources, lambda _: None)
        printed = [path.with_suffix(PDF) for path in sources]
        return {path.name: read_whole(path) for path in printed if path.is_file()}


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
