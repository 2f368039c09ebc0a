"""The sample district goes in; ``docs/letters.md`` comes out: one letter of each kind, as its reader gets it.

    python docs/make_letters.py

A few mails are added to the sample's own, so that every kind occurs. A test compares the committed page.
"""

from __future__ import annotations

import csv
import email
import email.policy
import re
import shutil
import tempfile
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl

from pipeline.coordinating import deciding, importing
from pipeline.coordinating.import_report import ImportAnswers
from pipeline.district.folder import load_district
from pipeline.letter import KIND_WORDS, LetterKind
from pipeline.machine.work import Workforce
from pipeline.model import CHINA, DecisionKind
from pipeline.run import batch, signing
from pipeline.run.letters import by_hand, handing_out

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "examples" / "linping-2023"
PAGE = Path(__file__).parent / "letters.md"
NOW = datetime(2024, 1, 29, 8, tzinfo=CHINA)
LATER = datetime(2024, 1, 30, 8, tzinfo=CHINA)
LAST = datetime(2024, 1, 31, 8, tzinfo=CHINA)
CHOSEN = {LetterKind.RETURNED: "卫生健康局", LetterKind.ACCEPTANCE: "乔司", LetterKind.TEMPLATE: "财政局"}
"""Whose letter is shown, where there are many; else the first."""
SECOND = "第 2 次报送"
CORRECTED, EXPLAINING = "LP040", "LP010"
"""Of whom two versions were accepted, and whose figures last year's contradict."""

_PROGRAM = re.compile(r"(校验规则：nianbao \S+，)[0-9a-f]+")
"""What a letter says of the program that judged: another after every change of it, whatever the words are."""

_HEAD = """\
# 信的样子

每种信各一封，用示例区县（`examples/linping-2023`）实际生成，单位、人名和数据都是虚构的。
文字可以改：区县文件夹的 `input_templates/letters/` 里每种信一个文本文件，第一行是主题，改完保存即可；删去文件就恢复默认。

本页由 `python docs/make_letters.py` 生成，不要手工修改。
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")
    print(PAGE)


def page() -> str:
    """Return the page."""
    with tempfile.TemporaryDirectory() as folder:
        letters = written(Path(folder))
    parts = [_HEAD]
    for kind in LetterKind:
        mine = [letter for letter in letters if letter["X-Nianbao"] == kind]
        wanted = CHOSEN.get(kind, "")
        shown = [next((letter for letter in mine if wanted in str(letter["Subject"])), mine[0])]
        shown += [
            letter for letter in mine if SECOND in str(letter["Subject"]) and kind is LetterKind.RETURNED
        ][:1]
        parts += [f"## {KIND_WORDS[kind]}\n", *(_shown(letter) for letter in shown)]
    return "\n".join(parts)


def written(folder: Path) -> list[EmailMessage]:
    """Play three mornings of the sample district and return every letter, in the order of the folder."""
    home = folder / "district"
    shutil.copytree(SAMPLE, home)
    _add_mails(home / "inbox")
    output = folder / "output"
    handing_out.send_templates(load_district(home), output, code=None, now=NOW)
    found = _waiting(output)
    for moment in (NOW, LATER):
        batch.run(load_district(home), output, now=moment, work=Workforce(), progress=lambda *_: None)
        found = _waiting(output) | found  # each morning withdraws what is true no longer
    signing.sign(load_district(home), output, by="王主任", now=LATER)
    found |= _waiting(output)
    _have_a_word(home, output)
    batch.run(load_district(home), output, now=LAST, work=Workforce(), progress=lambda *_: None)
    found = _waiting(output) | found
    parsed = {
        name: email.message_from_bytes(found[name], policy=email.policy.default) for name in sorted(found)
    }
    return [parsed[name] for name in sorted(parsed, key=lambda name: _place(name, parsed[name]))]


def _have_a_word(home: Path, output: Path) -> None:
    """Let an earlier version count whose agency has its receipts; let another explain what last year's figures contradict."""
    district, year = load_district(home), str(load_district(home).year)
    by_hand.mark_delivered(district, output, by_hand.Chosen(code=CORRECTED), now=LATER)
    deciding.decide(
        district,
        output,
        deciding.Wanted(DecisionKind.COUNT, (CORRECTED, "1"), "经核对，第一次报送的数据无误", "王主任", LAST),
    )
    with (output / year / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    [row] = [row for row in rows if row[0] == EXPLAINING]
    for person in ("natural_person", "total"):
        at = head.index(f"requests.carried_forward.{person}")
        row[at] = str(int(row[at]) + 1)
    past = home / "上年.csv"
    with past.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, row])
    said = ImportAnswers(year=int(year) - 1)
    importing.import_files(district, output, [past], now=LATER, said=said)
    [sent] = home.rglob("交通局报送表.xlsx")
    book = openpyxl.load_workbook(sent)
    checks = book["自查"]
    for line in range(1, checks.max_row + 1):
        if str(checks.cell(line, 1).value).startswith("T3-04"):
            checks.cell(line, 8).value = "上年有 1 件申请重复登记，已更正台账"
    (home / "inbox" / "2024-01-30").mkdir()
    book.save(home / "inbox" / "2024-01-30" / "交通局报送表（说明）.xlsx")


def _place(name: str, letter: EmailMessage) -> tuple[str, int, str]:
    """By day, kind and reader; of several alike first what carries most: the end of a name is another for every ledger."""
    return name.rpartition("_")[0], -len(list(letter.iter_attachments())), _shown(letter)


def _waiting(output: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (output / "2023" / "letters").glob("*.eml")}


def _add_mails(inbox: Path) -> None:
    """Add a copy of a mail that has come before; let an agency's table come from a mailbox that nobody knows."""
    [known] = inbox.rglob("乔司街道2023年政府信息公开年报.eml")
    copy = email.message_from_bytes(known.read_bytes(), policy=email.policy.default)
    del copy["Message-ID"]
    copy["Message-ID"] = "<copy@linping.example>"
    (inbox / "再发.eml").write_bytes(copy.as_bytes())
    stranger = EmailMessage()
    stranger["From"] = "wang@mailbox.example"
    stranger["Date"] = "Fri, 26 Jan 2024 16:20:00 +0800"
    stranger["Message-ID"] = "<stranger@mailbox.example>"
    stranger["Subject"] = "年报"
    stranger.set_content("请查收")
    [table] = inbox.rglob("司法局2023.xlsx")
    stranger.add_attachment(table.read_bytes(), "application", "octet-stream", filename="年报.xlsx")
    table.unlink()
    (inbox / "陌生邮箱.eml").write_bytes(stranger.as_bytes())


def _shown(letter: EmailMessage) -> str:
    part = letter.get_body()
    body = _PROGRAM.sub(r"\1…", str(part.get_content())) if part else ""
    names = "、".join(str(item.get_filename()) for item in letter.iter_attachments())
    head = [f"收件人：{letter['To']}", f"主题：{letter['Subject']}", *([f"附件：{names}"] if names else [])]
    return "\n".join(["```", *head, "", *body.splitlines(), "```", ""])


if __name__ == "__main__":
    main()
