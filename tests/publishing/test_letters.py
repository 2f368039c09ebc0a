"""Letters: what they say, how they are built, and what becomes of a district's own texts."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.header import decode_header
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.forms.form import Form
from pipeline.intake.fetch.mail import open_mail
from pipeline.letter import (
    AnsweredFile,
    AnswerPlan,
    Attachment,
    CountedVersion,
    DistrictDelivery,
    Intention,
    Letter,
    LetterKey,
    LetterKind,
    Occasion,
)
from pipeline.letters.plan import answers, asked_delivery, digest, handouts, reminders
from pipeline.letters.text import LetterBuilder, Sources, Texts, default_text
from pipeline.letters.text.comparison import compare
from pipeline.letters.text.mime import build_mail, encoded
from pipeline.letters.text.wording import spoken_moment
from pipeline.model import CHINA, ConfigError, Fact, Finding, Notice, Reason, Severity, Verdict
from pipeline.wording.messages import notices
from tests.support import districts
from tests.support.arrivals import COORDINATOR, NIGHT, agency, arrival, district, state

ONE = agency(1)
WORKBOOK = Attachment("杭州市临平区经济信息化和科学技术局_第2次.xlsx", b"PK\x03\x04" + bytes(range(256)))
MORNING = datetime(2024, 1, 29, 8, tzinfo=CHINA)


def secretary(form: Form, folder: Path = Path("nowhere")) -> LetterBuilder:
    home = district([ONE, agency(2)], folder)
    return LetterBuilder.of(Sources(form, home, NIGHT, "nianbao 0，规则", tuple(0 for _ in form.cells)))


def answer(*items: AnsweredFile) -> Intention:
    """The answer to the last of an agency's files."""
    return answers(items[-1:], {ONE.code: items}, district([ONE]))[0]


def opened(letter: Letter) -> EmailMessage:
    return email.message_from_bytes(letter.content, policy=email.policy.default)


def body(letter: Letter) -> str:
    part = opened(letter).get_body()
    assert part is not None
    return str(part.get_content())


def cell_finding(form: Form, number: int, code: str = "C01", severity: Severity = Severity.ERROR) -> Finding:
    cell = form.cells[number]
    facts: dict[str, Fact] = {"raw": "2件", "value": 2} if code == "C03" else {}
    variant = "unit_stripped" if facts else ""
    return Finding(code, severity, form.places[cell.key], (cell.key,), variant, facts)


def every_kind(form: Form) -> Iterator[Intention]:
    home = district([ONE, agency(2)])
    for verdict in Verdict:
        yield from answers([arrival(form, ONE, verdict=verdict)], {}, home)
    yield from answers(
        [replace(arrival(form, ONE, verdict=Verdict.RETURNED), awaits_approval=True)], {}, home
    )
    counts = CountedVersion(2, "年报.xlsx", "f" * 64, {}, NIGHT, "数字无误", 3)
    yield Intention(
        LetterKey(Occasion.COUNTED, ("001", "f" * 64)), LetterKind.COUNTED, ONE.emails[:1], counts, ONE
    )
    yield from reminders(state(home, now=MORNING))[:1]
    yield from digest(state(home, now=MORNING))
    yield asked_delivery(state(home), "f" * 64)
    yield from handouts(home, [ONE])


# ---------------------------------------------------------------- the mail


def test_every_kind_is_a_mail_that_nobody_answers_and_we_know_again(form: Form) -> None:
    kinds = set()
    for intention in every_kind(form):
        letter = secretary(form).write(intention, [WORKBOOK])
        mail = opened(letter)
        kinds.add(letter.kind)
        assert mail["To"] == ", ".join(intention.to)
        assert mail["From"].addresses[0].addr_spec == COORDINATOR
        assert mail["Subject"] == letter.subject
        assert mail["Auto-Submitted"] in {"auto-replied", "auto-generated"}
        assert mail["Message-ID"] == letter.message_id
        assert mail["Date"].datetime == NIGHT
        assert not mail.defects
        again = open_mail(letter.content)
        assert again is not None
        assert again.automatic is Reason.OWN_LETTER
        assert "{" not in body(letter) + letter.subject
        assert "None" not in body(letter)
    assert kinds == set(LetterKind)


def test_the_receipt_of_a_correction_says_that_the_next_period_goes_by_it_where_that_is_collected(
    form: Form,
) -> None:
    said = "2024年度的报送按更正后的数据核对"
    plain = answer(arrival(form, ONE, 2))
    assert isinstance(plain.body, AnswerPlan)
    corrected = replace(plain, body=replace(plain.body, replaces=1, changes=("新收：3 改为 5",)))
    alone = secretary(form)
    both = (("annual_report_2021", 2023), ("annual_report_2021", 2024))
    beside = LetterBuilder.of(
        replace(alone.sources, district=replace(alone.sources.district, collected=both))
    )
    assert said in body(beside.write(corrected))
    assert said not in body(beside.write(plain)), "nothing was corrected"
    assert said not in body(alone.write(corrected)), "nobody asks for the next year yet"


def test_an_answer_stands_in_the_thread_of_its_mail(form: Form) -> None:
    came = arrival(form, ONE)
    mail = opened(secretary(form).write(answer(came)))
    assert mail["In-Reply-To"] == mail["References"] == came.message_id


def test_names_of_attachments_are_written_both_ways(form: Form) -> None:
    letter = secretary(form).write(answer(arrival(form, ONE)), [WORKBOOK])
    [part] = opened(letter).iter_attachments()
    assert part.get_filename() == WORKBOOK.name
    assert part.get_content() == WORKBOOK.content
    plain = email.message_from_bytes(letter.content).get_payload()[1]  # type: ignore[index]
    word = str(plain.get_param("name"))  # type: ignore[union-attr]
    assert "".join(str(text, charset or "ascii") for text, charset in decode_header(word)) == WORKBOOK.name
    disposition = str(plain["Content-Disposition"])  # type: ignore[index]
    assert unquote(disposition.partition("filename*=utf-8''")[2]) == WORKBOOK.name


def test_a_mail_has_only_short_ascii_lines(form: Form) -> None:
    letter = secretary(form).write(answer(arrival(form, ONE, verdict=Verdict.RETURNED)), [WORKBOOK])
    lines = letter.content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert all(line.isascii() for line in lines)
    assert max(map(len, lines)) < 998, "the limit of RFC 5322"


@given(st.text(max_size=200), st.text(max_size=300))
def test_no_text_breaks_out_of_its_place(subject: str, text: str) -> None:
    content = build_mail({"Subject": subject, "X-End": "end"}, text, key="k")
    mail = email.message_from_bytes(content)
    assert set(mail.keys()) <= {
        "Subject",
        "X-End",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
    assert mail["X-End"] == "end"
    payload = mail.get_payload(decode=True)
    assert payload == text.replace("\n", "\r\n").encode()
    assert "\n" not in encoded("Subject", "a\nBcc: x@y.cn")
    assert encoded("In-Reply-To", "<a\x00\x1b\x7fb@x>") == "<a b@x>"


def test_same_occasion_same_bytes_and_another_district_another_id(form: Form) -> None:
    came = answer(arrival(form, ONE))
    first, second = (secretary(form).write(came, [WORKBOOK]) for _ in range(2))
    assert first == second
    home = replace(district([ONE]), name="别的区")
    other = LetterBuilder.of(Sources(form, home, NIGHT)).write(came, [WORKBOOK])
    assert other.message_id != first.message_id


# ---------------------------------------------------------------- what they say


def test_a_receipt_says_what_was_received(form: Form) -> None:
    remark = cell_finding(form, 4, "C03", Severity.WARNING)
    came = arrival(form, ONE, 2, Verdict.ACCEPTED_WITH_REMARKS, findings=[remark], counting=2)
    said = body(secretary(form).write(answer(came), [WORKBOOK]))
    assert came.report is not None
    for wanted in (
        "2023-001-02",
        came.sha256,
        form.authority,
        "nianbao 0，规则",
        "2024年1月22日 17:00",
        WORKBOOK.name,
    ):
        assert wanted in said
    for headline in form.headlines:
        assert f"{headline.label}：" in said
    assert form.by_key[form.cells[4].key].short_label in said


def test_a_receipt_says_which_version_counts(form: Form) -> None:
    first, second = arrival(form, ONE, 1, counting=1), arrival(form, ONE, 2, counting=2)
    assert "替换第 1 次" in body(secretary(form).write(answer(first, second)))
    overtaken = replace(first, counting=2)
    said = body(secretary(form).write(answer(overtaken)))
    assert "之后收到的第 2 次报送" in said
    chosen = body(secretary(form).write(answer(replace(second, counting=1))))
    assert "汇总使用第 1 次的数据" in chosen
    assert "之后收到的第 1 次" not in chosen
    returned = arrival(form, ONE, 2, Verdict.RETURNED, counting=1)
    assert "第 1 次报送的数据" in body(secretary(form).write(answer(first, returned)))


def test_a_receipt_says_what_keeps_the_report_from_being_published_and_what_does_not(form: Form) -> None:
    late = Finding(
        "F07",
        Severity.WARNING,
        None,
        (),
        "late",
        {"received": "2024年2月1日", "deadline": "2024年1月31日"},
    )
    doubt = replace(cell_finding(form, 3, "C07", Severity.WARNING), variant="size", facts={"value": 42800})
    both = answer(arrival(form, ONE, verdict=Verdict.ACCEPTED_WITH_REMARKS, findings=[late, doubt]))
    text = body(secretary(form).write(both, [WORKBOOK]))
    before, after = text.index("【公布前请核实】"), text.index("【提醒】")
    assert before < text.index(form.places[doubt.key or ""].cell) < after < text.index("晚于截止日期")
    assert re.search(r"说明写在“自查”的 H\d+ 格，“收费金额[^”]+”一行", text[before:after])
    assert "核实清楚后再按规定公开" in text
    assert "不用回复" not in text
    plain = answer(arrival(form, ONE, verdict=Verdict.ACCEPTED_WITH_REMARKS, findings=[late]))
    said = body(secretary(form).write(plain, [WORKBOOK]))
    assert ("【公布前请核实】" in said, "【提醒】" in said) == (False, True)
    assert "完善后按规定公开" in said


def test_a_receipt_says_when_its_version_was_accepted_and_asks_what_no_later_one_was_asked(
    form: Form,
) -> None:
    warning = cell_finding(form, 4, "C03", Severity.WARNING)
    came = arrival(form, ONE, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[warning], counting=1)
    came = replace(came, since=NIGHT - timedelta(days=3))
    said = body(secretary(form).write(answer(came)))
    assert f"受理时间：{spoken_moment(NIGHT - timedelta(days=3))}" in said
    assert "【提醒】" in said
    assert "【提醒】" not in body(secretary(form).write(answer(replace(came, counting=2))))


def test_a_return_lists_a_screenful_and_says_how_much_more_there_is(form: Form) -> None:
    inputs = [number for number, cell in enumerate(form.cells) if cell.is_input]
    errors = [
        Finding(
            "C05", Severity.ERROR, form.places[form.cells[n].key], (form.cells[n].key,), "", {"value": -n}
        )
        for n in inputs[:14]
    ]
    warning = cell_finding(form, inputs[20], "C03", Severity.WARNING)
    came = arrival(form, ONE, 1, Verdict.RETURNED, findings=[warning, *errors])
    said = body(secretary(form).write(answer(came), [WORKBOOK]))
    assert "14 项错误" in said
    assert "\n10. " in said
    assert "\n11. " not in said
    assert "另有 4 项错误、1 项提醒没有列在信里" in said
    assert "2件" not in said, "errors come first"


def test_a_blank_table_is_one_line(form: Form) -> None:
    came = arrival(form, ONE, 1, Verdict.RETURNED, findings=districts.blank(form, 1))
    said = body(secretary(form).write(answer(came)))
    assert "1 项错误" in said
    assert "144 格" in said


def test_a_receipt_of_unknown_time_claims_no_lateness(form: Form) -> None:
    came = replace(arrival(form, ONE), received_at=None)
    said = body(secretary(form).write(answer(came)))
    assert "收到时间：不详，不计迟报" in said.splitlines()
    late = body(secretary(form).write(answer(replace(came, is_late=True))))
    assert "收到时间：不详" in late.splitlines()


def test_what_is_only_to_be_confirmed_is_not_asked_to_be_mended(form: Form) -> None:
    """Nor is it said of several errors that all must be mended where one is only to be confirmed."""
    came = arrival(form, ONE, 1, Verdict.RETURNED, findings=[cell_finding(form, 0), cell_finding(form, 4)])
    for mended, asked in (((), "改正"), ((0,), "改正或核对"), ((0, 1), "核对")):
        told = [
            replace(one, is_mended=number in mended, fault=f"{one.fault}{number}")
            for number, one in enumerate(came.notices)
        ]
        said = body(secretary(form).write(answer(replace(came, notices=tuple(told)))))
        assert f"有 2 项错误，需要{asked}后重新报送" in said
        assert f"【必须{asked}】" in said


def test_from_the_second_return_on_it_says_what_is_mended(form: Form) -> None:
    first = arrival(form, ONE, 1, Verdict.RETURNED, findings=[cell_finding(form, 0), cell_finding(form, 4)])
    second = arrival(form, ONE, 2, Verdict.RETURNED, findings=[cell_finding(form, 4), cell_finding(form, 7)])
    said = body(secretary(form).write(answer(first, second)))
    assert "与第 1 次报送相比：已改好 1 项，仍未改 1 项，新出现 1 项" in said
    assert said.count("（上次已指出）") == said.count("（新出现）") == 1
    unopened = replace(first, comparable=False)
    assert "相比" not in body(secretary(form).write(answer(unopened, second)))


def test_a_stranger_reads_no_name_and_no_figure(form: Form) -> None:
    came = arrival(form, ONE, verdict=Verdict.HELD, sender="x@else.example", findings=[cell_finding(form, 0)])
    letter = secretary(form).write(answer(came))
    for secret in (ONE.name, ONE.contact, ONE.phone, form.places[form.cells[0].key].sheet):
        assert secret not in letter.subject + body(letter)


def test_a_hostile_name_stays_a_name(form: Form) -> None:
    came = replace(
        arrival(form, ONE, verdict=Verdict.NOT_A_SUBMISSION),
        subject="{{ 7 * 7 }}\r\nBcc: x@y.cn",
        others=("{% raw %}", "甲" * 500),
    )
    letter = secretary(form).write(answer(came))
    assert "{{ 7 * 7 }} Bcc: x@y.cn" in letter.subject
    assert opened(letter)["Bcc"] is None
    assert "甲" * 100 not in body(letter)


# ---------------------------------------------------------------- comparison


def test_comparison_goes_by_code_and_cell(form: Form) -> None:
    def found(*items: Finding) -> list[Notice]:
        return notices(form, items)

    before = found(cell_finding(form, 0), cell_finding(form, 4), cell_finding(form, 5, "C03", Severity.INFO))
    now = found(cell_finding(form, 4))
    told = compare(before, now)
    assert [item.key for item in told.mended] == [form.cells[0].key]
    assert [item.key for item in told.still_open] == [form.cells[4].key]
    assert told.new == ()


def test_a_cell_that_is_wrong_in_another_way_is_not_mended(form: Form) -> None:
    unit = notices(form, [cell_finding(form, 4, "C03", Severity.ERROR)])
    told = compare(unit, notices(form, [cell_finding(form, 4)]))
    assert (told.mended, told.still_open) == ((), ())
    assert [item.code for item in told.new] == ["C01"]


def test_what_only_followed_was_not_told_before(form: Form) -> None:
    head, follower = (replace(cell_finding(form, at), cause="one") for at in (0, 4))
    told = compare(notices(form, [head, follower]), notices(form, [replace(follower, cause="")]))
    assert [item.key for item in told.mended] == [head.key]
    assert [item.key for item in told.new] == [follower.key]
    again = compare(notices(form, [head]), notices(form, [head, follower]))
    assert (len(again.still_open), again.new) == (2, ())


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_nothing_is_lost_in_a_comparison(form: Form, before: set[int], now: set[int]) -> None:
    old, new = (
        [notice for n in sorted(items) for notice in notices(form, [cell_finding(form, n)])]
        for items in (before, now)
    )
    told = compare(old, new)
    assert len(told.mended) == len(before - now)
    assert len(told.still_open) == len(before & now)
    assert len(told.new) == len(now - before)


# ---------------------------------------------------------------- a district's own texts


def own_text(folder: Path, text: str | bytes, kind: LetterKind = LetterKind.HELD) -> Path:
    path = folder / "input_templates" / "letters" / f"{kind}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_district_writes_its_own_words_in_notepad(form: Form, tmp_path: Path, encoding: str) -> None:
    home = own_text(tmp_path, "主题：收到了\r\n\r\n{{ file }}，谢谢。\r\n".encode(encoding))
    letter = secretary(form, home).write(answer(arrival(form, ONE, verdict=Verdict.HELD)))
    assert letter.subject == "收到了"
    assert body(letter).strip() == "年报1.xlsx，谢谢。"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("主题：收到\n\n{% if file %}\n没有结束\n", 4),
        ("主题：收到\n\n{{ file\n", 3),
        ("主题：收到\n\n\n{{ flie }}\n", 4),
        ("主题：收到\n{% for x in file %}\n{{ x.name.long }}\n{% endfor %}", 3),
        ("您好\n", 1),
        ("主题：收到\n{{ 1 / 0 }}\n", 2),
    ],
)
def test_a_slip_is_told_with_file_and_line(form: Form, tmp_path: Path, text: str, line: int) -> None:
    home = own_text(tmp_path, text)
    with pytest.raises(ConfigError, match=rf"held\.txt 第 {line} 行"):
        secretary(form, home).write(answer(arrival(form, ONE, verdict=Verdict.HELD)))


def test_a_text_cannot_reach_beyond_its_words(form: Form, tmp_path: Path) -> None:
    home = own_text(tmp_path, "主题：收到\n{{ file.__class__.__mro__ }}\n")
    with pytest.raises(ConfigError, match=r"held\.txt 第 2 行"):
        secretary(form, home).write(answer(arrival(form, ONE, verdict=Verdict.HELD)))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{{ office }}{{ office.nme }}", "office.nme"),
        ("{% for one in [1] %}{{ loop.number }}{% endfor %}", "loop.number"),
        ("{{ file.name.long }}", "file.name"),
        ("{{ flie }}", "flie"),
    ],
)
def test_a_part_that_a_word_does_not_have_is_named_with_the_words_there_are(
    form: Form, tmp_path: Path, text: str, word: str
) -> None:
    home = own_text(tmp_path, f"主题：收到\n{text}\n")
    with pytest.raises(ConfigError, match=rf"第 2 行：用了没有的词“{word}”.*、office、") as raised:
        secretary(form, home).write(answer(arrival(form, ONE, verdict=Verdict.HELD)))
    assert "object" not in str(raised.value)


def test_a_word_that_no_letter_has_is_refused_before_any_is_written(tmp_path: Path) -> None:
    home = own_text(
        tmp_path, "主题：催报\n\n{% if late %}\n{{ lateness }}\n{% endif %}\n", LetterKind.REMINDER
    )
    with pytest.raises(ConfigError, match=r"reminder\.txt 第 4 行：用了没有的词“lateness”"):
        Texts(home / "input_templates").check()


@pytest.mark.parametrize("kind", LetterKind)
def test_the_texts_that_ship_pass_the_look_through_that_a_districts_own_get(
    tmp_path: Path, kind: LetterKind
) -> None:
    own_text(tmp_path, default_text(kind), kind)
    texts = Texts(tmp_path / "input_templates")
    texts.check()
    own_text(tmp_path, default_text(kind) + "{{ lateness }}\n", kind)
    with pytest.raises(ConfigError, match=rf"{kind}\.txt 第 \d+ 行：用了没有的词“lateness”"):
        texts.check()


def test_the_words_that_a_head_names_are_there(form: Form, tmp_path: Path) -> None:
    """Whatever the head of a default text offers can be written into a letter of that kind."""
    for intention in every_kind(form):
        listed = default_text(intention.kind).partition("可用的词：")[2].partition("#}")[0]
        words = re.findall(r"[a-z_0-9]+", listed)
        text = "主题：全部\n" + "".join(f"{{{{ {word} }}}}\n" for word in words)
        letter = secretary(form, own_text(tmp_path, text, intention.kind)).write(intention, [WORKBOOK])
        assert len(words) > 5
        assert letter.subject == "全部"


def test_no_text_leaves_a_line_empty_within_an_item() -> None:
    """Behind a tag at the end of a line the line break goes; behind anything else it stays, and one more is an empty line."""
    for kind in LetterKind:
        items = re.findall(r"\{\{ loop\.index \}\}.*\n\n +\S", default_text(kind))
        assert [item for item in items if not item.split("\n")[0].endswith("%}")] == []


def test_every_text_says_in_its_head_what_it_is_for() -> None:
    for kind in LetterKind:
        head = default_text(kind).partition("#}")[0]
        assert head.startswith("{#")
        assert "可用的词：" in head


@pytest.mark.parametrize("is_public", [True, False])
def test_only_what_an_agency_has_to_publish_is_said_to_be_published(form: Form, *, is_public: bool) -> None:
    """Receipts, new receipts, corrections, with everything that they can say, and the letter that goes up."""
    home, own = district([ONE, agency(2)]), replace(form, is_public=is_public)
    doubt = cell_finding(form, 3, "C03", Severity.WARNING)
    told = tuple(notices(form, [doubt, cell_finding(form, 4, "C03", Severity.WARNING)]))
    asked = (replace(told[0], in_doubt=True), *told[1:], replace(told[0], pleaded="属实"))
    receipt = answer(replace(arrival(form, ONE, 2), notices=asked))
    assert isinstance(receipt.body, AnswerPlan)
    later = replace(receipt.body, changes=("某项：1 改为 2",), replaces=1)
    bodies = [receipt.body, later, replace(later, again=NIGHT.date(), replaces=0)]
    delivery = asked_delivery(state(home), "f" * 64)
    corrects = DistrictDelivery(2, 2, corrects=True, whose=(ONE.name,), changes=("甲局　某项：1 改为 2",))
    counts = CountedVersion(2, "年报.xlsx", "f" * 64, {}, NIGHT, "数字无误", 3)
    key = LetterKey(Occasion.COUNTED, ("001", "f" * 64))
    for intention in (
        *(replace(receipt, body=item) for item in bodies),
        replace(delivery, body=corrects),
        Intention(key, LetterKind.COUNTED, ONE.emails[:1], counts, ONE),
    ):
        said = body(secretary(own).write(intention, [WORKBOOK]))
        asked_to = re.findall("公布前|才能公布|和公布|按规定公开|已经公开|已公布|重新公开", said)
        assert bool(asked_to) == is_public, said
