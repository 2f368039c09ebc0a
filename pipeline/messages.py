"""A finding goes in; a Chinese sentence with place, fault and remedy comes out.

Every sentence of a finding that a clerk or a coordinator reads stands in this catalogue, or, for the rules of
the form, is put together from the rule's own words in the form. Facts are named as in the finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.forms.form import BALANCING
from pipeline.model import CHINA, Fact, Finding, MessageOutcome, Notice, Reason, Severity, Verdict
from pipeline.wording.hints import way_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.form import AnyRule, Balance, Form

SEVERITY_WORDS: Mapping[str, str] = {
    Severity.ERROR: "错误",
    Severity.WARNING: "提醒",
    Severity.INFO: "说明",
}

VERDICT_WORDS: Mapping[Verdict | None, str] = {
    Verdict.ACCEPTED: "合格",
    Verdict.ACCEPTED_WITH_REMARKS: "合格（有提醒）",
    Verdict.RETURNED: "退回",
    Verdict.HELD: "待核实",
    Verdict.DUPLICATE: "重复",
    Verdict.NOT_A_SUBMISSION: "不是报送",
    None: "未报送",
}

REASON_WORDS: Mapping[Reason, str] = {
    Reason.COMPLETE: "附件齐全无误",
    Reason.REMARKS: "附件已收，有需要留意的地方",
    Reason.FAULTS: "附件有错误，需要修改",
    Reason.SAME_FILES: "附件与已收到的完全相同",
    Reason.UNKNOWN_SENDER: "发件邮箱不在该单位的名单中，请打电话核实",
    Reason.FOREIGN_SENDER: "发件邮箱是另一个单位的，请打电话核实",
    Reason.TWO_CLAIMS: "同一份表有两个单位报送，请打电话核实",
    Reason.FAILED_CHECK: "邮件服务器验证发件人未通过，请打电话核实",
    Reason.UNCLEAR_AGENCY: "无法确认是哪个单位的数据，请核实",
    Reason.NO_ATTACHMENT: "邮件没有附件",
    Reason.OTHER_ATTACHMENTS: "附件中没有电子表格",
    Reason.AUTO_REPLY: "自动回复或回执",
    Reason.MAILING_LIST: "群发邮件",
    Reason.BOUNCE: "退信通知：有一封信没有送到，请核对收件邮箱",
    Reason.OWN_LETTER: "本系统自己发出的信",
}
"""Why a mail ended as it did, for the day's log and the coordinator's digest."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind of finding; ``{names}`` are its facts."""

    fault: str
    remedy: str = ""
    actual: str = ""
    expected: str = ""


_ASK_AGAIN = "请用 Excel 或 WPS 打开政务公开办发的填报模板，填好后另存为 .xlsx 再报送"
_WHOLE_NUMBER = "请只填阿拉伯数字，没有发生的填 0"

CATALOGUE: Mapping[tuple[str, str], Wording] = {
    ("F01", "encrypted"): Wording("文件设了打开密码，无法读取", "请取消密码后重新保存、报送"),
    ("F01", "damaged"): Wording(
        "文件已损坏，无法打开", "请在自己的电脑上确认能打开，另存为 .xlsx 后重新报送"
    ),
    ("F01", "not_a_workbook"): Wording("文件不是电子表格，而是“{kind}”", _ASK_AGAIN, "{kind}"),
    ("F01", "archive"): Wording(
        "文件是压缩包（{kind}），无法读取其中的表格",
        "请先解压，只发其中的表格；或者压缩成不带密码的 .zip 再发",
        "{kind}",
    ),
    ("F01", "empty"): Wording("文件是空的，没有任何内容", "请检查附件是否保存成功，重新报送"),
    ("F01", "winmail"): Wording(
        "附件被发件人的邮件程序（Outlook）包成了 winmail.dat，其中的表格取不出来",
        "请在 Outlook 中把邮件格式改为“纯文本”或“HTML”后重新发送，或者把表格压缩成 .zip 再作为附件发送",
    ),
    ("F01", "too_large"): Wording("文件过大，超出了填报模板可能的大小", _ASK_AGAIN),
    ("F01", "hostile"): Wording("文件的内部结构不正常（{reason}），为安全起见没有打开", _ASK_AGAIN),
    ("F01", "crashed"): Wording("文件读到一半出错，无法读完", _ASK_AGAIN),
    ("F01", "macros"): Wording("文件带有宏，宏没有运行，只读取了数据"),
    ("F01", "second_reader"): Wording("文件的保存方式不标准，已换一种方式读出全部数据"),
    ("F02", "unknown_agency"): Wording(
        "填报单位“{stated}”不在报送单位名单中",
        "请核对单位名称；如属改名或简称，请政务公开办补入名单",
        "{stated}",
    ),
    ("F02", "agency_missing"): Wording(
        "没有填写填报单位，无法确认是哪个单位报送的", "请在“基本信息”填写单位全称"
    ),
    ("F02", "conflict"): Wording(
        "模板是发给“{stamp}”的，填报单位写的却是“{stated}”，无法确认是哪个单位的数据",
        "请使用发给本单位的模板，或请政务公开办核实",
        "{stated}",
        "{stamp}",
    ),
    ("F02", "year_missing"): Wording("没有填写报告年度", "请在“基本信息”填写四位年份"),
    ("F02", "year_wrong"): Wording(
        "报告年度写的是 {stated}，本次报送的是 {expected} 年度",
        "请改为 {expected}，并确认填的是该年度的数据",
        "{stated}",
        "{expected}",
    ),
    ("F02", "year_filled"): Wording(
        "没有填写报告年度，退回表中已填上 {expected}", "请确认填的是该年度的数据", "", "{expected}"
    ),
    ("F02", "agency_filled"): Wording("没有填写填报单位，退回表中已填上", "请核对单位名称"),
    ("F03", "missing_table"): Wording(
        "没有找到“{table}”这张表", "请使用填报模板，不要删除工作表或以图片代替表格"
    ),
    ("F03", "table_restored"): Wording("没有找到“{table}”这张表，退回表中已补上", "请填写 {wanted}"),
    ("F03", "label_restored"): Wording(
        "“{table}”中没有找到“{label}”，退回表中已恢复", "请填写 {wanted}", "", "{label}"
    ),
    ("F03", "sheet_restored"): Wording(
        "没有找到“{sheet}”工作表，退回表中已补上", "请填写 {wanted}", "", "{sheet}"
    ),
    ("F03", "label_mended"): Wording(
        "表头“{found}”与规定的“{label}”不一致，已按“{label}”读取，退回表中已恢复规定的表头",
        "请核对这一行（列）填的是不是“{label}”的数",
        "{found}",
        "{label}",
    ),
    ("F03", "missing_label"): Wording(
        "“{table}”中没有找到“{label}”", "请恢复模板原有的行列和表头文字", "", "{label}"
    ),
    ("F03", "near_label"): Wording(
        "表头“{found}”与规定的“{label}”不一致，已按“{label}”读取",
        "请恢复为规定的表头文字",
        "{found}",
        "{label}",
    ),
    ("F03", "missing_sheet"): Wording(
        "没有找到“{sheet}”工作表", "请使用填报模板，不要删除或改名工作表", "", "{sheet}"
    ),
    ("F04", ""): Wording(
        "这是旧版表样（{old_authority}），本年度应使用新版表样（{authority}）",
        "请使用新版填报模板重新填写，第二部分的栏目与旧版不同",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "carried"): Wording(
        "这是旧版表样（{old_authority}），本年度应使用新版表样（{authority}）",
        "请在退回的新版模板上补填；{tables}和文字已转入，请核对",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "carried_back"): Wording(
        "这是旧版表样（{old_authority}），本年度应使用新版表样（{authority}）；{tables}和文字已转入退回的新版模板",
        "请核对转入的内容，并补填 {wanted}",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "blank_back"): Wording(
        "这是旧版表样（{old_authority}），本年度应使用新版表样（{authority}）",
        "请在退回的新版模板上填写 {wanted}",
        "{old_authority}",
        "{authority}",
    ),
    ("F05", "unplaced_back"): Wording(
        "“{table}”的行列被增删或移动，有些单元格无法确认对应的项目，没有转入退回表", "请填写 {wanted}"
    ),
    ("F05", "several_back"): Wording(
        "“{table}”有几份（{sheets}），无法确认以哪一份为准，都没有转入退回表", "请填写 {wanted}"
    ),
    ("F05", "unread_back"): Wording(
        "“{table}”原表中有模板没有的行或列，原表 {cells} 的数字没有计入，也没有转入退回表",
        "请核对这些数字是否应填在规定的项目中；不应填的，在“自查”的“说明”栏写明原因",
    ),
    ("F05", "copies_back"): Wording(
        "“{table}”原有两份，数字不同；退回表中只有“{sheet}”这一份",
        "请逐格核对两份不同的 {count} 格（另一份的 {others}），填错的改正，无误的不用改",
    ),
    ("F05", "sheet_shown"): Wording("工作表原是隐藏的，退回表中已取消隐藏", "请核对其中的数字是否应当填报"),
    ("F05", "hidden_shown"): Wording(
        "有 {count} 个数字原在隐藏的行或列中，退回表中已取消隐藏", "请核对这些数字是否应当填报"
    ),
    ("F05", "unplaced"): Wording(
        "“{table}”的行列被增删或移动，无法确认各单元格对应的项目", "请把数据填入未改动的填报模板"
    ),
    ("F05", "unread"): Wording(
        "“{table}”中有模板没有的行或列，其中 {cells} 的数字没有计入",
        "请核对这些数字是否应填在规定的项目中，然后删去多出的行或列",
    ),
    ("F05", "renamed"): Wording(
        "“{table}”在“{found}”工作表上，模板中在“{sheet}”，已从“{found}”读取", "", "{found}", "{sheet}"
    ),
    ("F05", "copy"): Wording("“{table}”有两份：“{sheet}”和“{copy}”，内容相同，读取的是“{sheet}”"),
    ("F05", "copies_differ"): Wording(
        "“{table}”有两份：“{sheet}”和“{copy}”，数字不同（如“{copy}” {cell}），无法确认以哪一份为准",
        "请核对后只保留正确的一份，工作表名用“{sheet}”",
    ),
    ("F05", "several"): Wording(
        "“{table}”有几份（{sheets}），没有一份的工作表名是“{sheet}”，无法确认以哪一份为准",
        "请只保留正确的一份，工作表名改为“{sheet}”",
    ),
    ("F05", "hidden_sheet"): Wording("工作表是隐藏的，已照常读取", "请取消隐藏，核对其中的数字是否应当填报"),
    ("F05", "hidden"): Wording(
        "有数字在隐藏的行或列中（{cells}），已照常读取", "请取消隐藏，核对这些数字是否应当填报"
    ),
    ("F05", "pasted_low"): Wording(
        "“{table}”的数字整体低了 {rows} 行：前 {rows} 行空着，表格下方的 {cells} 却有数字；各项与总计核对相符，已按上移 {rows} 行读取",
        "请把这些数字整体上移 {rows} 行，与左侧项目对齐",
    ),
    ("F05", "low_mended"): Wording(
        "“{table}”的数字整体低了 {rows} 行，各项与总计核对相符，退回表中已上移 {rows} 行、与左侧项目对齐",
        "请核对，无误的不用改",
    ),
    ("F05", "pasted_low_unclear"): Wording(
        "“{table}”的数字似乎整体低了 {rows} 行：前 {rows} 行空着，表格下方的 {cells} 却有数字；各项与总计核对不上，没有读取",
        "请按左侧项目逐格填写",
    ),
    ("F05", "low_back"): Wording(
        "“{table}”的数字似乎整体低了 {rows} 行，各项与总计核对不上，没有转入退回表",
        "请按左侧项目填写 {wanted}",
    ),
    ("F05", "moved"): Wording("“{table}”的位置与模板不同，已按行列名称逐格读取"),
    ("F06", "unknown_sender"): Wording(
        "邮件是从“{sender}”发来的，这个邮箱不在 {agency} 的名单中，数据暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把这个邮箱补入 agencies.csv 的 email 列后重新运行",
        "{sender}",
    ),
    ("F06", "nobody"): Wording(
        "邮件是从“{sender}”发来的，这个邮箱不在任何单位的名单中，也看不出是哪个单位的",
        "请向发件人核实单位，把邮箱补入 agencies.csv 的 email 列后重新运行",
        "{sender}",
    ),
    ("F06", "foreign_sender"): Wording(
        "表是 {agency} 的，邮件却是从 {owner} 的邮箱“{sender}”发来的，数据暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确可由该邮箱代报的，把邮箱补入 agencies.csv 中 {agency} 的 email 列后重新运行",
        "{sender}",
    ),
    ("F06", "two_claims"): Wording(
        "同一份表由 {owner} 的邮箱“{sender}”和别的来源都报送过，表上写的是 {agency}，数据暂不计入",
        "请打电话分别核实是哪个单位的数据，请另一单位重新报送自己的表",
        "{sender}",
    ),
    ("F06", "failed_check"): Wording(
        "邮件服务器验证发件人“{sender}”未通过（{checks}），可能有人冒用这个邮箱，数据暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把附件存到 inbox 文件夹后重新运行",
        "{sender}",
    ),
    ("F06", "unbound"): Wording("名单中没有 {agency} 的邮箱，没有核对发件人“{sender}”是不是该单位的"),
    ("F07", "late"): Wording("{received}收到，晚于截止日期{deadline}", "", "{received}", "{deadline}前"),
    ("C01", ""): Wording("没有填写", _WHOLE_NUMBER, "", "数字"),
    ("C01", "nothing_filled"): Wording(
        "模板没有填写，表格和文字都是空的", "请检查是不是发错了文件，填好后重新报送"
    ),
    ("C01", "as_zero"): Wording("没有填写，已按 0 处理", "没有发生的请填 0", "", "0"),
    ("C02", "as_zero"): Wording("填的是“{raw}”，已按 0 处理", "没有发生的请填 0", "{raw}", "0"),
    ("C02", "placeholder"): Wording("填的是“{raw}”，不是数字", _WHOLE_NUMBER, "{raw}", "数字"),
    ("C01", "zero_filled"): Wording("没有填写，退回表中已填 0", "请核对是不是没有发生", "", "0"),
    ("C02", "zero_filled"): Wording("填的是“{raw}”，退回表中已改为 0", "请核对是不是没有发生", "{raw}", "0"),
    ("C03", "unit_gone"): Wording("填的是“{raw}”，退回表中已改为 {value}", "请核对", "{raw}", "{value}"),
    ("C03", "unit_stripped"): Wording(
        "填的是“{raw}”，已按 {value} 读取", "请只填数字，不写单位", "{raw}", "{value}"
    ),
    ("C03", "unit_changes"): Wording(
        "填的是“{raw}”，单位是“{unit}”，而本栏单位是万元", "请换算成万元后只填数字", "{raw}"
    ),
    ("C04", "normalised"): Wording("填的是“{raw}”，已按 {value} 读取", "", "{raw}", "{value}"),
    ("C04", "text_format"): Wording("单元格是文本格式，已按数字读取", "", "{raw}", "{value}"),
    ("C04", "date_format"): Wording(
        "单元格格式是日期，显示为“{raw}”，已按 {value} 读取", "", "{raw}", "{value}"
    ),
    ("C04", "recomputed"): Wording(
        "保存的总计 {stated} 没有更新，已重新计算为 {value}", "", "{stated}", "{value}"
    ),
    ("C05", ""): Wording("填的是 {value}，不能是负数", "请核对后填写 0 或正数", "{value}", "不小于 0"),
    ("C06", ""): Wording("填的是 {value}，件数应是整数", "请核对后填写整数", "{value}", "整数"),
    ("C07", "decimals"): Wording(
        "填的是 {value}，小数超过六位", "请核对单位是不是万元，最多保留六位小数", "{value}"
    ),
    ("C07", "size"): Wording("填的是 {value} 万元，金额很大", "请核对是不是把元当成了万元", "{value}"),
    ("C08", "excel_error"): Wording("单元格显示错误值 {raw}", "请删除公式，直接填数字", "{raw}", "数字"),
    ("C08", "date"): Wording(
        "数字被表格软件变成了日期 {raw}", "请把单元格格式改为“常规”后重新填写数字", "{raw}", "数字"
    ),
    ("C08", "date_back"): Wording("数字被表格软件变成了日期 {raw}", "请重新填写数字", "{raw}", "数字"),
    ("C08", "error_back"): Wording("单元格显示错误值 {raw}", "请直接填数字", "{raw}", "数字"),
    ("C08", "formula_back"): Wording("公式没有保存计算结果", "请直接填数字", "", "数字"),
    ("C08", "formula_without_result"): Wording(
        "公式没有保存计算结果", "请直接填数字，或用 Excel、WPS 重新打开并保存", "", "数字"
    ),
    ("C08", "boolean"): Wording("填的是逻辑值 {raw}，不是数字", _WHOLE_NUMBER, "{raw}", "数字"),
    ("C08", "text"): Wording("填的是“{raw}”，读不出确定的数字", _WHOLE_NUMBER, "{raw}", "数字"),
    ("C08", "too_large"): Wording("填的是 {raw}，数字过大", "请核对是否误填了电话、证件号码等", "{raw}"),
    ("C09", "nil_contradiction"): Wording(
        "“{table}”选了“本表全为零”，表内却有 {count} 个不是 0 的数",
        "请改选“否”，或把这些数改为 0",
        "是",
        "否",
    ),
    ("sums", "typed_over"): Wording(
        "总计是手工填的，与各项不符（{totals}），退回表中已恢复自动计算",
        "请核对各项，填错的改正；都无误的不用改，直接发回",
    ),
    ("C09", "nil_back"): Wording(
        "“{table}”选了“本表全为零”，表内却有 {count} 个不是 0 的数；空着的格按 0 转入退回表",
        "请核对全表，把 {cell} 改选“否”，或把 {cells} 改为 0",
        "是",
        "否",
    ),
    ("told", "empty_text"): Wording("没有填写", "{remedy}", "", "文字"),
    ("told", "hollow"): Wording("只写了“{found}”，没有写出情况", "{remedy}", "{found}", "文字"),
    ("mention", "missing"): Wording("没有写到{missing}{asked_for}", "{remedy}", "", "{missing}"),
    ("forbidden", "found"): Wording("写有“{found}”{asked_for}", "{remedy}", "{found}"),
    ("period", "missing"): Wording(
        "全文没有写明数据统计期限", "{remedy}", "", "{expected}年1月1日至12月31日"
    ),
    ("period", "wrong_year"): Wording(
        "统计期限写的是 {stated} 年，本报告是 {expected} 年度的：“{sentence}”",
        "{remedy}",
        "{stated}",
        "{expected}",
    ),
    ("period", "wrong_dates"): Wording(
        "统计期限不是全年：“{sentence}”", "{remedy}", "{stated}", "{expected}年1月1日至12月31日"
    ),
    ("other_year", "found"): Wording(
        "{expected} 年度的报告里写着 {stated} 年的工作：“{sentence}”",
        "{remedy}",
        "{stated}年",
        "{expected}年",
    ),
    ("figures", "differs"): Wording(
        "文字写的“{name}”是 {claimed}，表格（{where}）是 {expected}：“{sentence}”",
        "{remedy}",
        "{claimed}",
        "{expected}",
    ),
    ("figures", "parts"): Wording(
        "按{name}分列的各项加起来是 {added}，所属的总数写的是 {whole}：“{sentence}”",
        "{remedy}",
        "{added}",
        "{whole}",
    ),
    ("similar", "last_year"): Wording("与本单位上年报告的同一部分有 {percent}% 相同", "{remedy}"),
    ("similar", "other_agency"): Wording("与“{name}”的同一部分有 {percent}% 相同", "{remedy}"),
    ("personal", "identity_number"): Wording("写有身份证号码 {number}", "{remedy}", "{number}"),
    ("personal", "mobile"): Wording("写有手机号码 {number}", "{remedy}", "{number}"),
    ("personal", "bank_card"): Wording("写有银行卡号 {number}", "{remedy}", "{number}"),
    ("other_name", "found"): Wording("以“{name}”的名义报告：“{sentence}”", "{remedy}", "{name}"),
}
"""A finding of a rule over texts is worded by the rule's kind; {asked_for} and {remedy} are the rule's own, {year} in a remedy being the reporting year."""


def notice(form: Form, finding: Finding) -> Notice:
    """Put ``finding`` into words. Raises KeyError for a code the catalogue lacks, which is a bug."""
    balance = form.checks.get(finding.variant)
    rule = form.narrative(finding.code)
    facts = {name: spoken(value) for name, value in finding.facts.items()}
    if balance:
        wording = _check_wording(balance, finding)
    elif finding.variant == "typed_over":
        wording = CATALOGUE["sums", finding.variant]
    elif rule and (rule.kind, finding.variant) in CATALOGUE:
        wording = CATALOGUE[rule.kind, finding.variant]
        remedy = rule.remedy.replace("{year}", facts.get("expected", ""))
        facts |= {
            "asked_for": asked_for(rule),
            "remedy": remedy.replace("{prompt}", _prompt(form, finding.key)),
        }
    else:
        wording = CATALOGUE[finding.code, finding.variant]
    fault = ("（试行规则）" if finding.on_trial else "") + wording.fault.format_map(facts)
    remedy = way_out(form, finding.suggestions) or wording.remedy.format_map(facts)
    remedy = _answered(finding, remedy)
    label = balance.subject if balance else _label(form, finding.key)
    named = f" {label}" if label.startswith("（") else f"（{label}）"
    where = f"{finding.place}{named}" if finding.place and label else str(finding.place or label)
    return Notice(
        code=finding.code,
        severity=finding.severity.value,
        sheet=finding.place.sheet if finding.place else None,
        cell=(finding.place.cell or None) if finding.place else None,
        key=finding.key,
        actual=wording.actual.format_map(facts) or None,
        expected=wording.expected.format_map(facts) or None,
        message="：".join(
            part for part in (where, "；".join(part for part in (fault, remedy) if part)) if part
        )
        + "。",
        hint=remedy or None,
        fault=fault,
        cause=finding.cause,
    )


def _answered(finding: Finding, remedy: str) -> str:
    """Return what to do, or what has been said of it already."""
    if finding.waived:
        return f"政务公开办已准予例外：{finding.waived}"
    if finding.is_answered:
        return f"单位已说明：{finding.explanation}"
    return f"{remedy}（单位说明：{finding.explanation}）" if finding.explanation else remedy


def notices(form: Form, findings: Sequence[Finding]) -> list[Notice]:
    """Put findings into words, in order."""
    return [notice(form, finding) for finding in in_order(form, findings)]


def in_order(form: Form, findings: Sequence[Finding]) -> list[Finding]:
    """Return the heaviest first, then as a clerk goes through the sheets, then in their order.

    What follows from another finding stands after it.
    """
    sheets = {sheet.name: number for number, sheet in enumerate(form.sheets)}
    heads: dict[str, Finding] = {}
    for finding in findings:
        if finding.cause:
            heads.setdefault(finding.cause, finding)

    def order(finding: Finding) -> tuple[int, int, int, int, str]:
        head = heads.get(finding.cause, finding)
        name = head.place.sheet if head.place else ""
        _, row, column = form.positions.get(head.key or "", ("", 0, 0))
        return -finding.severity.weight, sheets.get(name, 0), row, column, finding.cause

    return sorted(findings, key=order)


def message_line(outcome: MessageOutcome) -> str:
    """Say on one line what became of a mail: when, from whom, its subject, the verdict, why, and its files."""
    message = outcome.message
    when = (
        message.received_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        if message.received_at
        else "时间不明"
    )
    said = f"{VERDICT_WORDS[outcome.verdict]}（{REASON_WORDS[outcome.reason]}）"
    names = "、".join(name.removeprefix(f"{message.path}/") for name in (*message.files, *message.others))
    subject = message.subject or "（无主题）"
    bounced = f"{message.bounce.recipient}：{message.bounce.words}" if message.bounce else ""
    parts = (when, message.sender or "发件人不明", f"《{subject}》", said, names, bounced)
    return "　".join(part for part in parts if part)


def agencies_by_verdict(counts: Mapping[str, int]) -> dict[Verdict | None, int]:
    """Return how many agencies stand where, by the counts of ``run.json``; they add up to ``expected``.

    ``held`` there counts files; the agencies of which nothing else describes them are what the others leave.
    """
    found: dict[Verdict | None, int] = {
        verdict: counts[verdict.value]
        for verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS, Verdict.RETURNED)
    }
    missing = counts["missing"]
    return {**found, Verdict.HELD: counts["expected"] - missing - sum(found.values()), None: missing}


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Say the counts of ``run.json`` as the screen, the log and the letters do: agencies first, files that wait apart."""
    stands = agencies_by_verdict(counts)
    came = "，".join(f"{VERDICT_WORDS[verdict]} {count} 家" for verdict, count in stands.items() if verdict)
    files = f"待核实的文件 {counts['held']} 份。" if counts["held"] else ""
    whole = f"应报送 {counts['expected']} 家，已报送 {counts['received']} 家"
    return f"{whole}：{came}；未报送 {stands[None]} 家。{files}"


def asked_for(rule: AnyRule) -> str:
    """Say what a rule asks, as it stands at the end of a fault: not as if it were so."""
    return f"（要求：{rule.condition}）"


def spoken(value: Fact) -> str:
    """Write a fact as people write it: money without trailing zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def _label(form: Form, key: str | None) -> str:
    if key is None:
        return ""
    if key in form.by_key:
        return form.by_key[key].short_label
    return next((item.label for group in (form.entries, form.texts) for item in group if item.key == key), "")


def _prompt(form: Form, key: str | None) -> str:
    """Return what the template asks for in a text."""
    return next((item.prompt for item in form.texts if item.key == key), "")


def _check_wording(check: Balance, finding: Finding) -> Wording:
    rule = check.rule
    sides = [_side(rule.left_words, check.left, finding, "left")]
    if check.right or rule.relation in BALANCING:
        sides.append(_side(rule.right_words, check.right, finding, "right"))
    if rule.relation not in BALANCING:
        return Wording(f"{'，'.join(sides)}{asked_for(rule)}", rule.remedy, "{left}")
    gap = spoken(finding.facts["difference"]).lstrip("-")
    fault = f"{'，'.join(sides)}，相差 {gap}{asked_for(rule)}"
    if len(check.left) > 1:  # two sums face each other: neither is what the cell should hold
        left, right = ("＋".join(words) for words in (rule.left_words, rule.right_words))
        return Wording(fault, rule.remedy, f"{left} {{left}}", f"{right} {{right}}")
    return Wording(fault, rule.remedy, "{left}", f"{_BOUND[rule.relation]}{{right}}")


_BOUND: Mapping[str, str] = {"=": "", "<=": "不大于 "}


def _side(words: Sequence[str], keys: Sequence[str], finding: Finding, side: str) -> str:
    total = spoken(finding.facts[side])
    if len(words) != len(keys) or len(keys) < 2:  # noqa: PLR2004 - a sum needs two terms to be spelled out
        return f"{words[0]} {total}"
    terms = " + ".join(f"{word} {spoken(finding.facts[key])}" for word, key in zip(words, keys, strict=True))
    return f"{terms} = {total}"
