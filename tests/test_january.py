"""A whole January: templates out, mails in over twelve nights, reminders, an extension, the delivery; asserted night by night."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from pipeline.coordinating import deciding, importing
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.ledger import letters, open_ledger
from pipeline.letter import LetterState
from pipeline.model import DecisionKind, Verdict
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.wording.catalogue import CATALOGUE
from tests.support.mails import TNEF_DATA, mail, winmail
from tests.support.post_office import YEAR, PostOffice, attached, kinds, moment, only, words
from tests.support.smtp import WHO, Post, post_office

OFFICE, GOVERNMENT = "zwgk@office.example", "qfb@district.example"
BOSS = "boss@office.example"
SETTINGS = f"""\
name = "样例区"
level = "县区"
year = {YEAR}
form = "annual_report_2021"
deadline = 2024-01-31

[people]
office = "样例区政务公开办"
coordinator = "顾明远"
phone = "0571-1"
email = "{OFFICE}"
district_office = "样例区人民政府办公室"
district_office_email = "{GOVERNMENT}"

[mail]
trusted = ["{BOSS}"]
smtp_host = "%(host)s"
smtp_port = %(port)s
ca_file = "%(ca_file)s"

[calendar]
workdays = [2024-02-04]
"""
NAMES = {
    "001": "财政局", "002": "教育局", "003": "民政局", "004": "司法局", "005": "信访局", "006": "审计局",
    "007": "统计局", "008": "档案馆", "009": "医保局", "010": "商务局", "011": "东街道", "012": "西镇",
    "013": "应急局", "014": "商管办", "015": "投促局", "016": "文旅局", "017": "农业局", "018": "交通局", "019": "残联", "020": "北镇",
}  # fmt: skip
NO_MAILBOX = "011"


def zipped(*files: tuple[str, bytes]) -> tuple[str, bytes]:
    """Files packed as a clerk does whose mail program refuses tables."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files:
            archive.writestr(name, data)
    return "报送.zip", packed.getvalue()


def waiver(code: str, rule: str, at: datetime) -> deciding.Wanted:
    """An exception as the office types it."""
    return deciding.Wanted(DecisionKind.WAIVE, (code, rule), "机构合并", "顾明远", at)


def box(code: str) -> str:
    """The mailbox of an agency."""
    return f"a{code}@gov.example"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.setenv("NIANBAO_SMTP_USER", WHO.user)
    monkeypatch.setenv("NIANBAO_SMTP_PASSWORD", WHO.password)
    with post_office(tmp_path) as running:
        yield running


@pytest.fixture
def office(form: Form, tmp_path: Path, server: Post) -> PostOffice:
    (tmp_path / "inbox").mkdir()
    settings = SETTINGS % {"host": server.host, "port": server.port, "ca_file": server.ca_file}
    (tmp_path / "district.toml").write_text(settings, "utf-8")
    rows = [
        f"{code},{name},,李{code},0571-{code},{'' if code == NO_MAILBOX else box(code)}"
        for code, name in NAMES.items()
    ]
    (tmp_path / "agencies.csv").write_text("\n".join(["code,name,kind,contact,phone,email", *rows]), "utf-8")
    return PostOffice(form, tmp_path)


class January:
    """What a test asks of every morning after."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office

    def sent(self, code: str, seed: int = 0, **wrong: object) -> tuple[str, bytes]:
        """The file that an agency attaches."""
        by_role = {"blank": self.cells[0], "minus": self.cells[1], "text": self.texts[0]}
        values = {by_role[name]: value for name, value in wrong.items()}
        return "年报.xlsx", self.office.filled(code, NAMES[code], seed, values)

    @property
    def cells(self) -> list[str]:
        """Two numbers that stand in no rule."""
        form = self.office.form
        ruled = {key for balance in form.balances for key in (*balance.left, *balance.right)}
        return [
            cell.key
            for cell in form.cells
            if cell.is_input and cell.key not in ruled and cell.kind == "count"
        ]

    @property
    def texts(self) -> list[str]:
        """Texts that must be written."""
        return [text.key for text in self.office.form.texts if text.required]

    def post(self, code: str, *files: tuple[str, bytes], sender: str = "", **headers: str) -> EmailMessage:
        """A mail of an agency."""
        return self.office.write(sender or box(code), *files, **headers)

    def accepted(self) -> set[str]:
        """The agencies whose figures stand in the district's files: data and workbook agree."""
        folder = self.office.ran.folder
        rows = list(csv.DictReader(io.StringIO((folder / "figures.csv").read_text("utf-8-sig"))))
        found = self.office.ran.record
        book = openpyxl.load_workbook(folder / found["files"]["summary"], data_only=True)
        sheet = book["总览"]
        [head] = [cell for row in sheet.iter_rows() for cell in row if cell.value == "已汇总"]
        assert sheet.cell(head.row + 1, head.column).value == len(rows)
        assert {f"{row['agency']}.docx" for row in rows} == {
            path.name for path in (folder / "reports").glob("*.docx")
        }
        return {row["agency_code"] for row in rows}

    def verdicts(self, code: str) -> list[str]:
        """What became of each version of an agency."""
        rows = [
            row for row in self.office.ran.record["submissions"] if row["agency"] == code and row["version"]
        ]
        return [
            row["verdict"].removesuffix("_with_remarks")
            for row in sorted(rows, key=lambda row: row["version"])
        ]

    def history(self, code: str) -> list[str]:
        """The kinds of letters that an agency has had, by the ledger."""
        with open_ledger(self.office.output) as ledger:
            return [item.kind for item in letters.of_year(ledger, YEAR) if item.agency == code]

    def withdrawn(self) -> list[letters.StoredLetter]:
        """The letters that were not sent because something else was true by then."""
        with open_ledger(self.office.output) as ledger:
            return [item for item in letters.of_year(ledger, YEAR) if item.state is LetterState.WITHDRAWN]


def test_a_whole_january(office: PostOffice, server: Post) -> None:  # noqa: PLR0915 - a month has many days
    play = January(office)
    sent, post = play.sent, play.post

    # Monday, 8 January: templates go out to everybody with a mailbox; once
    handed = office.hand_out(moment(1, 8, 9))
    assert kinds(handed) == [("template", box(code)) for code in NAMES if code != NO_MAILBOX]
    assert office.hand_out(moment(1, 9, 9)) == []
    assert office.waiting() == 19
    assert office.send(moment(1, 9, 10)) == {"sent": 19}
    assert office.waiting() == 0, "what left is not shown as waiting"

    # Monday, 15 January: one is right, one has slips, one is a remark; an auto-reply is not answered
    office.receive(
        moment(1, 15),
        post("001", sent("001")),
        post("002", sent("002", blank="3件左右", minus=-2, text="")),
        post("003", sent("003", minus=-1)),
        post("013", zipped(sent("013"))),
        post("012", Auto_Submitted="auto-replied", Subject="自动回复：请填报"),
        post("009", Subject="自动回复：外出培训"),
    )
    first = office.night(moment(1, 15))
    assert kinds(first) == [
        ("acceptance", box("001")), ("acceptance", box("013")), ("digest", OFFICE),
        ("returned", box("002")), ("returned", box("003")),
    ]  # fmt: skip
    assert play.accepted() == {"001", "013"}
    assert "3 项错误" in words(only(first, "returned", box("002")))
    assert "应报送 20 家，已报送 4 家：" in words(only(first, "digest", OFFICE))
    assert "退回 2 家，待核实 0 家；未报送 16 家。" in words(only(first, "digest", OFFICE))

    # Tuesday: what waits is sent; one server asks to be tried again, and is
    server.to_recipient[box("002")] = ["451 greylisted, try again"]
    assert office.send(moment(1, 16, 8)) == {"sent": 4, "later": 1}
    assert office.waiting() == 1
    assert office.send(moment(1, 16, 9)) == {"sent": 1}

    # Wednesday, 17 January: half mended; our own marked workbook mended and sent back; the same file once more; a thank-you
    marked = attached(only(first, "returned", box("003")))
    right = office.right("003", NAMES["003"])
    once_more = sent("001")
    office.receive(
        moment(1, 17),
        post("002", sent("002", blank="无", text="", seed=0)),
        post("003", ("退回修改.xlsx", office.mended(marked, {play.cells[1]: right[play.cells[1]]}))),
        post("001", once_more, Subject="再发一次"),
        post("003", Subject="收到，谢谢"),
        post("014", sent("014")),
        post("015", sent("015")),
        post("001", sent("001", seed=8), X_Nianbao="returned", Subject="一封我们自己的信"),
    )
    second = office.night(moment(1, 17))
    assert kinds(second) == [
        ("acceptance", box("003")), ("acceptance", box("014")), ("acceptance", box("015")),
        ("digest", OFFICE), ("duplicate", box("001")),
        ("not_a_submission", box("003")), ("returned", box("002")),
    ]  # fmt: skip
    assert play.accepted() == {"001", "003", "013", "014", "015"}
    said = words(only(second, "returned", box("002")))
    assert "与第 1 次报送相比：已改好 1 项，仍未改 1 项，新出现 1 项" in said
    assert "第 1 次报送，结果：合格" in words(only(second, "duplicate", box("001")))

    # Friday, 19 January: an impostor; a private mailbox; the boss forwards a chain; a nested zip of nothing
    forged = sent("006", seed=9)
    chain = mail([], From=BOSS, Message_ID="<chain@x>", Subject="转发：商务局年报")
    chain.add_attachment(post("010", sent("010")))
    office.receive(
        moment(1, 19),
        post("006", forged, sender="a006@g0v.example"),
        post("007", sent("007"), sender="fan@qq.example"),
        chain,
        post("004", sent("004", seed=1)),
        post("005", sent("005")),
        post("016", sent("016")),
    )
    third = office.night(moment(1, 19))
    assert kinds(third) == [
        ("acceptance", box("004")), ("acceptance", box("005")), ("acceptance", box("010")),
        ("acceptance", box("016")), ("held", "a006@g0v.example"), ("held", "fan@qq.example"),
    ], "a Friday evening: no digest for a Saturday"  # fmt: skip
    assert play.accepted() == {"001", "003", "004", "005", "010", "013", "014", "015", "016"}
    for letter in (only(third, "held", "a006@g0v.example"), only(third, "held", "fan@qq.example")):
        assert not [name for name in NAMES.values() if name in words(letter)]

    # Monday, 22 January: the private mailbox is known now; a second correction; a correction after acceptance
    office.edit("agencies.csv", box("007"), f"{box('007')};fan@qq.example")
    office.receive(
        moment(1, 22),
        post("002", sent("002", seed=1)),
        post("004", sent("004", seed=2), Subject="更正"),
        post("005", sent("005", seed=3, minus=-5), Subject="更正"),
        post("006", sent("006")),
        post("017", sent("017")),
        post("018", sent("018")),
        post("008", sender="MAILER-DAEMON@gov.example", Subject="退信"),
    )
    fourth = office.night(moment(1, 22))
    assert kinds(fourth) == [
        ("acceptance", box("002")), *[("acceptance", box("004"))] * 2, ("acceptance", box("006")),
        ("acceptance", box("017")), ("acceptance", box("018")),
        ("acceptance", "fan@qq.example"), ("digest", OFFICE), ("returned", box("005")),
    ]  # fmt: skip
    assert play.verdicts("002") == ["returned", "returned", "accepted"]
    both = [words(item) for item in fourth if item["To"] == box("004")]
    assert sorted("替换第 1 次" in said for said in both) == [False, True]
    assert sorted("汇总使用第 2 次的数据" in said for said in both) == [False, True], (
        "the first had not left yet"
    )
    assert "仍使用贵单位第 1 次报送的数据" in words(only(fourth, "returned", box("005")))
    assert set(NAMES) - play.accepted() == {"008", "009", "011", "012", "019", "020"}
    assert play.verdicts("006")[-1] == "accepted"

    # Wednesday, 24 January, five workdays left: the missing are reminded, 009 has until 5 February
    extension = '\n[[extension]]\nagency = "009"\nuntil = 2024-02-05\nreason = "机构合并"\n'
    office.edit("district.toml", "workdays = [2024-02-04]\n", f"workdays = [2024-02-04]\n{extension}")
    office.receive(
        moment(1, 24),
        post("012", ("截图.docx", b"no table")),
        post("019", ("winmail.dat", winmail(TNEF_DATA))),
    )
    fifth = office.night(moment(1, 24))
    assert kinds(fifth) == [
        ("digest", OFFICE), ("not_a_submission", box("012")), ("reminder", box("008")), ("reminder", box("012")),
        ("reminder", box("020")), ("returned", box("019")),
    ]  # fmt: skip
    assert "还有 5 个工作日" in words(only(fifth, "reminder", box("008")))
    assert openpyxl.load_workbook(io.BytesIO(attached(only(fifth, "reminder", box("008"))))).sheetnames

    # Thursday: nothing was sent since Tuesday last; what is true no longer stays here; the mailbox of 008 does not exist
    assert [(item.kind, item.recipient) for item in play.withdrawn()] == [
        ("returned", box("002")), ("digest", OFFICE), ("held", "fan@qq.example"), ("digest", OFFICE),
    ]  # fmt: skip
    server.to_recipient[box("008")] = ["550 no such user"]
    assert office.send(moment(1, 25, 8))["refused"] == 1

    # Friday, 26 January: a file is put into the inbox by hand for the agency without mailbox; 005 mends
    (office.folder / "inbox" / "2024-01-26").mkdir()
    by_hand = office.folder / "inbox" / "2024-01-26" / "东街道.xlsx"
    by_hand.write_bytes(office.filled("011", NAMES["011"], 0, {play.cells[0]: "两件"}))
    office.receive(
        moment(1, 26), post("005", sent("005", seed=3)), post("005", Subject="谢谢"), post("019", sent("019"))
    )
    sixth = office.night(moment(1, 26))
    assert kinds(sixth) == [
        ("acceptance", box("005")), ("acceptance", box("019")), ("not_a_submission", box("005")),
    ], "nothing can be mailed to 011"  # fmt: skip
    assert play.verdicts("005") == ["accepted", "returned", "accepted"]
    office.send(moment(1, 27, 8))

    # Sunday, 28 January: nobody is reminded, the digest for Monday says whom to call
    [sunday] = office.night(moment(1, 28))
    assert sunday["X-Nianbao"] == "digest"
    calls = words(sunday).partition("【待核实】")[0]
    assert calls.index("东街道") < calls.index("档案馆")
    assert "没有邮箱" in calls
    assert "0571-011" in calls
    assert f"发给 {box('008')} 的信被退回" in calls
    assert "550 no such user" in words(sunday).partition("【没有发出去的信】")[2]
    office.send(moment(1, 29, 8))

    # Monday, 29 January: two left; the town sends at last, twice in one mail, with a list's newsletter beside it
    town = sent("012")
    office.receive(
        moment(1, 29),
        post("012", town, ("副本.xlsx", town[1])),
        post("001", List_Id="<news.example>", Subject="简报"),
        post("012", town, Subject="再发一次"),
        post("020", sent("020")),
    )
    seventh = office.night(moment(1, 29))
    assert kinds(seventh) == [
        ("acceptance", box("012")), ("acceptance", box("020")), ("digest", OFFICE), ("duplicate", box("012")), ("reminder", box("008")),
    ]  # fmt: skip
    assert office.night(moment(1, 29, 21)) == [], "the same night again"
    office.send(moment(1, 30, 8))

    # Wednesday, 31 January: the deadline; the workbook goes up as it stands, on demand
    office.receive(moment(1, 31), post("020", Auto_Submitted="auto-replied", Subject="自动回复"))
    eighth = office.night(moment(1, 31))
    assert kinds(eighth) == [("digest", OFFICE), ("reminder", box("008"))]
    assert "报送截止日期是2024年1月31日（星期三），请收到本邮件后马上报送" in words(
        only(eighth, "reminder", box("008"))
    )
    [partial] = office.deliver(moment(1, 31, 21))
    assert "已汇总 17 / 20 家" in str(partial["Subject"])
    assert office.deliver(moment(1, 31, 22)) == []
    office.send(moment(2, 1, 8))

    # Thursday, 1 February: late; what 011 brought mended is by hand again
    by_hand.with_name("东街道改.xlsx").write_bytes(office.filled("011", NAMES["011"]))
    ninth = office.night(moment(2, 1))
    assert kinds(ninth) == [("digest", OFFICE), ("reminder", box("008"))]
    assert "已超过 1 个工作日" in words(only(ninth, "reminder", box("008")))
    assert play.verdicts("011") == ["returned", "accepted"]
    office.send(moment(2, 2, 8))

    # Friday, 2 February: 008 sends, late; 009 is reminded by its own deadline: one workday (Sunday is worked) and Monday
    office.receive(moment(2, 2), post("008", sent("008")))
    tenth = office.night(moment(2, 2))
    assert kinds(tenth) == [("acceptance", box("008")), ("reminder", box("009"))]
    assert play.accepted() == set(NAMES) - {"009"}
    office.send(moment(2, 3, 8))

    # Monday, 5 February: 009 in its extended time; all are in, the workbook goes up
    office.receive(moment(2, 5), post("009", sent("009")))
    eleventh = office.night(moment(2, 5))
    assert kinds(eleventh) == [("acceptance", box("009")), ("delivery", GOVERNMENT), ("digest", OFFICE)]
    final = only(eleventh, "delivery", GOVERNMENT)
    assert "已收齐，请审核、签发" in words(only(eleventh, "digest", OFFICE))
    found = office.ran.record
    assert attached(final) == (office.ran.folder / found["files"]["summary"]).read_bytes()
    assert found["counts"] == {
        "expected": 20, "received": 20, "accepted": found["counts"]["accepted"],
        "accepted_with_remarks": 20 - found["counts"]["accepted"], "returned": 0, "awaiting_approval": 0, "held": 0, "missing": 0,
    }  # fmt: skip

    # Tuesday, 6 February: a last correction goes up as a correction; then all is quiet
    office.send(moment(2, 6, 7))
    assert office.waiting() == 1, "nobody has signed the workbook"
    [signed] = office.deliver(moment(2, 6, 8))
    assert (signed["Message-ID"], "2024年2月6日" in words(signed)) == (final["Message-ID"], True), (
        "dated as it was signed"
    )
    office.send(moment(2, 6, 8))
    assert office.waiting() == 0
    office.receive(moment(2, 6), post("001", sent("001", seed=5), Subject="更正"))
    twelfth = office.night(moment(2, 6))
    assert kinds(twelfth) == [("acceptance", box("001")), ("digest", OFFICE)]
    assert "已报送的数据有更正，还没有上报" in words(only(twelfth, "digest", OFFICE))
    [corrected] = office.deliver(moment(2, 6, 20), reason="漏计一件")
    assert str(corrected["Subject"]).startswith("【更正】")
    listed = words(corrected).partition("【更正内容】")[2].partition("【主要数据】")[0].split()
    assert listed[:2] == ["1.", NAMES["001"]]
    assert NAMES["002"] not in listed
    assert office.night(moment(2, 6, 21)) == []

    office.send(moment(2, 7, 8))
    assert office.waiting() == 0
    ids = [email.message_from_bytes(content)["Message-ID"] for _, content in server.taken]
    kept_back = len(play.withdrawn())
    assert len(ids) == len(set(ids)) == len(office.seen) - kept_back - 2, (
        "every letter left once, or was withdrawn, or was written anew before it left"
    )
    assert kept_back == 5, "the reminder that was refused is none of anybody's business any more"
    assert play.history("002") == ["template", "returned", "returned", "acceptance"]
    assert play.history("008") == ["template", *["reminder"] * 4, "acceptance"]
    assert office.count == 39
    outcomes = {row["verdict"] for row in found["submissions"]}
    assert outcomes >= {
        str(item)
        for item in (
            Verdict.ACCEPTED,
            Verdict.RETURNED,
            Verdict.DUPLICATE,
            Verdict.HELD,
            Verdict.NOT_A_SUBMISSION,
        )
    }


def test_the_same_mail_in_two_campaigns_is_answered_in_both(office: PostOffice) -> None:
    """The year in the configuration was wrong: once it is mended, nobody waits for an answer in vain."""
    play = January(office)
    office.receive(moment(1, 15), play.post("001", play.sent("001", minus=-1)))
    right, wrong = (f"year = {YEAR}", "2024-01-31"), (f"year = {YEAR - 1}", "2023-12-31")
    for before, after in zip(right, wrong, strict=True):
        office.edit("district.toml", before, after)
    office.night(moment(1, 15))
    for before, after in zip(wrong, right, strict=True):
        office.edit("district.toml", before, after)
    assert ("returned", box("001")) in kinds(office.night(moment(1, 16)))


def test_last_years_file_sent_once_more_is_no_report_of_this_year(office: PostOffice) -> None:
    play = January(office)
    own = play.sent("001")
    office.receive(moment(1, 15), play.post("001", own))
    office.night(moment(1, 15))
    office.edit("district.toml", f"year = {YEAR}", f"year = {YEAR + 1}")
    office.edit("district.toml", "deadline = 2024-01-31", "deadline = 2025-01-31")
    office.receive(moment(1, 15).replace(year=2025), play.post("001", own, Subject="今年的"))
    office.night(moment(1, 15).replace(year=2025))
    with open_ledger(office.output) as ledger:
        [kept] = [item for item in letters.of_year(ledger, YEAR + 1) if item.kind == "duplicate"]
        said = words(email.message_from_bytes(letters.content(ledger, kept), policy=email.policy.default))
    assert kept.agency == "001"
    assert f"按 {YEAR} 年度的报送处理" in said
    assert f"贵单位{YEAR + 1}年度的报告还没有收到" in said
    assert "不用再发" not in said


def test_what_is_dated_when_letters_are_sent_stays_here(office: PostOffice, server: Post) -> None:
    """Wednesday's letters are sent on Monday, and nothing was run in between."""
    play = January(office)
    office.receive(moment(1, 24), play.post("001", play.sent("001")))
    written = office.night(moment(1, 24))
    assert {kind for kind, _ in kinds(written)} == {"acceptance", "digest", "reminder"}
    assert office.send(moment(1, 29, 8)) == {"sent": 1}
    assert [box("001")] == [address for address, _ in server.taken]
    assert office.waiting() == 0
    assert {item.kind for item in play.withdrawn()} == {"digest", "reminder"}
    assert {kind for kind, _ in kinds(office.night(moment(1, 29, 9)))} == {"digest", "reminder"}


def test_an_office_without_a_mail_server_sees_what_is_worth_sending_today(office: PostOffice) -> None:
    """Seventeen nights, and nothing is handed over: one letter for each agency, and one digest."""
    office.edit("district.toml", "smtp_host", "# smtp_host")
    play = January(office)
    office.hand_out(moment(1, 15))
    for day in range(15, 32):
        if day == 25:
            office.receive(moment(1, 25), play.post("001", play.sent("001")))
        office.night(moment(1, day))
    folder = office.output / str(YEAR) / "letters"
    lying = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.iterdir()
    ]
    assert kinds(lying) == [
        ("acceptance", box("001")), ("digest", OFFICE),
        *(("reminder", box(code)) for code in NAMES if code not in ("001", NO_MAILBOX)),
    ]  # fmt: skip
    digest = words(only(lying, "digest", OFFICE))
    assert "已催报" not in digest
    assert "待发的信 19 封" in digest
    assert "【没有邮箱的单位】" in digest
    assert NAMES[NO_MAILBOX] in digest.partition("【没有邮箱的单位】")[2]


def test_a_file_that_is_judged_otherwise_is_answered_otherwise_as_often_as_it_happens(
    office: PostOffice, server: Post
) -> None:
    """Accepted; last year's figures come in; an exception is granted, withdrawn, granted."""
    play = January(office)
    name, code = NAMES["001"], "001"
    right = office.right(code, name)
    carried = next(key for key in office.form.by_key if key.endswith("carried_forward.natural_person"))
    office.receive(moment(1, 15), play.post(code, play.sent(code)))
    assert ("acceptance", box(code)) in kinds(office.night(moment(1, 15)))
    office.send(moment(1, 16, 8))
    past = build_workbook(
        office.form, Stamp(code, name, YEAR - 1, "县区", "样例区"),
        values={**right, carried: right[carried] + 3, office.form.entry_with_role("year").key: str(YEAR - 1)},
    )  # fmt: skip
    earlier = office.folder / "上年.xlsx"
    earlier.write_bytes(past)
    district = load_district(office.folder)
    [taken] = importing.import_files(district, office.output, [earlier], now=moment(1, 16, 9))
    assert taken.refusal == ""
    returned = only(office.night(moment(1, 16)), "returned", box(code))
    assert "2024年1月15日（星期一）已发回执。因导入了上年数据，重新检查时发现" in words(returned)
    assert "相比" not in words(returned)
    office.send(moment(1, 17, 8))
    [row] = [row for row in office.ran.record["submissions"] if row["agency"] == code]
    rules = sorted({item["code"] for item in row["findings"] if item["severity"] == "error"})
    for day, kind in ((17, "acceptance"), (18, "returned"), (19, "acceptance")):
        for rule in rules:
            if kind == "acceptance":
                deciding.decide(district, office.output, waiver(code, rule, moment(1, day, 9)))
            else:
                deciding.revoke(district, office.output, waiver(code, rule, moment(1, day, 9)))
        letter = only(office.night(moment(1, day)), kind, box(code))
        assert ("已经核准（机构合并）" in words(letter)) == (kind == "acceptance")
        assert ("准予的例外已撤销" in words(letter)) == (kind == "returned")
        assert "上年数据，" not in words(letter)
        assert office.night(moment(1, day, 21)) == []
        office.send(moment(1, day + 1, 8))
    assert play.history(code) == ["acceptance", "returned", "acceptance", "returned", "acceptance"]
    sent = [email.message_from_bytes(content)["Message-ID"] for _, content in server.taken]
    assert len(sent) == len(set(sent)), "each is a letter of its own"


def test_an_explained_error_waits_for_the_office_and_not_for_the_agency(office: PostOffice) -> None:
    """Last year's report says otherwise; the clerk wrote why, and the coordinator has to decide."""
    play = January(office)
    name, code = NAMES["001"], "001"
    right = office.right(code, name)
    carried = next(key for key in office.form.by_key if key.endswith("carried_forward.natural_person"))
    past = build_workbook(
        office.form, Stamp(code, name, YEAR - 1, "县区", "样例区"),
        values={**right, carried: right[carried] + 3, office.form.entry_with_role("year").key: str(YEAR - 1)},
    )  # fmt: skip
    (office.folder / "上年.xlsx").write_bytes(past)
    district = load_district(office.folder)
    importing.import_files(district, office.output, [office.folder / "上年.xlsx"], now=moment(1, 14))
    own = build_workbook(
        office.form,
        Stamp(code, name, YEAR, "县区", "样例区"),
        values=right,
        explanations={"T3-04": "上年报告已更正"},
    )
    office.receive(moment(1, 15), play.post(code, ("年报.xlsx", own)))
    found = office.night(moment(1, 15))
    letter, digest = words(only(found, "awaiting", box(code))), words(only(found, "digest", OFFICE))
    assert "已收到说明，等政务公开办核准，不用再报" in letter
    assert "请这样做" not in letter
    assert "【必须改正】" not in letter
    assert f"{name}（T3-04）" in digest.partition("在 待办.xlsx 的“待决定”里选“准予例外”")[2]
    assert "单位说明：上年报告已更正" in digest
    assert "待核准 1 份" in digest
    assert "退回 1 份" not in digest
    assert name not in digest.partition("【今天请打电话】")[2].partition("【待核实】")[0]
    page = (office.ran.folder / "index.html").read_text("utf-8")
    assert "待办.xlsx" in page
    both = office.mended(own, {play.cells[1]: -1})
    office.receive(moment(1, 16), play.post(code, ("年报2.xlsx", both)))
    letter = words(only(office.night(moment(1, 16)), "returned", box(code)))
    assert "有 1 项错误，需要改正" in letter
    assert "【等待核准】" in letter


def test_a_template_that_was_not_filled_in_could_be_read(office: PostOffice) -> None:
    """Nothing stands in it but who filled it in, which is not lost."""
    play = January(office)
    form = office.form
    contact = "info.contact"
    blank = build_workbook(form, Stamp("001", NAMES["001"], YEAR, "县区", "样例区"), values={contact: "李四"})
    office.receive(moment(1, 15), play.post("001", ("年报.xlsx", blank)))
    letter = only(office.night(moment(1, 15)), "returned", box("001"))
    assert "无法读取" not in words(letter)
    assert "这一次的表格没有填写" in words(letter)
    place = form.places[contact]
    assert openpyxl.load_workbook(io.BytesIO(attached(letter)))[place.sheet][place.cell].value == "李四"


def test_what_was_never_pointed_out_is_new(office: PostOffice) -> None:
    """Last year's figures came in between two versions; the first one's letter knew nothing of them."""
    play = January(office)
    name, code = NAMES["001"], "001"
    right = office.right(code, name)
    carried = next(key for key in office.form.by_key if key.endswith("carried_forward.natural_person"))
    office.receive(moment(1, 15), play.post(code, play.sent(code, minus=-1)))
    office.night(moment(1, 15))
    while "later" in office.send(moment(1, 16, 8)):
        pass  # a server that is busy is asked once more
    past = build_workbook(
        office.form, Stamp(code, name, YEAR - 1, "县区", "样例区"),
        values={**right, carried: right[carried] + 3, office.form.entry_with_role("year").key: str(YEAR - 1)},
    )  # fmt: skip
    (office.folder / "上年.xlsx").write_bytes(past)
    importing.import_files(
        load_district(office.folder), office.output, [office.folder / "上年.xlsx"], now=moment(1, 16, 9)
    )
    office.receive(moment(1, 17), play.post(code, play.sent(code, minus=-2)))
    letter = words(only(office.night(moment(1, 17)), "returned", box(code)))
    told = [line for line in letter.splitlines() if "（上次已指出）" in line]
    assert len(told) == 1
    assert CATALOGUE["C05", ""].fault.format(value="-2") in told[0]
    assert "仍未改 1 项" in letter
    assert "（新出现）" in letter
