"""The kind of a finding goes in; the words of it come out, for clerks and coordinators.

The sentences of the rules over numbers are not here: they are put together from the rule's own words in the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one kind of finding; ``{names}`` are its facts."""

    fault: str
    remedy: str = ""
    actual: str = ""
    expected: str = ""


_ASK_AGAIN = "请用 Excel 或 WPS 打开{office}发的填报模板，填好后另存为 .xlsx 再报送"
_LOOK = "请{office}查看原件：不是报送的，在 待办.xlsx 选“不是报送”；是报送的，请单位另存为 .xlsx 重新发送，或者用 nianbao run --retry 再读一次"
"""What is set aside waits for the coordinator: no agency is told that its file is wrong."""
_TYPED = "总计是手工填的或者公式被改动，与各项不符（{totals}），退回表中恢复自动计算"
_WHOLE_NUMBER = "请只填阿拉伯数字，没有发生的填 0"

CATALOGUE: Mapping[tuple[str, str], Wording] = {
    ("F01", "encrypted"): Wording("文件设了打开密码，无法读取", "请取消密码后重新保存、报送"),
    ("F01", "damaged"): Wording(
        "文件已损坏，无法打开", "请在自己的电脑上确认能打开，另存为 .xlsx 后重新报送"
    ),
    ("F01", "altered"): Wording(
        "文件在保存或传送中损坏，内容与校验码不符，其中的数不可信",
        "请重新发送；仍然如此，请另存为 .xlsx 后重新报送",
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
    ("F01", "too_old"): Wording(
        "文件是 Excel 95 或更早的格式，读不出其中的内容",
        "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新报送",
    ),
    ("F01", "long_text"): Wording("有一处文字超过 {limit} 字，比一个单元格能放的还多", _ASK_AGAIN),
    ("F01", "crashed"): Wording("文件读到一半出错，无法读完", _ASK_AGAIN),
    ("F01", "unfinished"): Wording(
        "文件不完整，可能还没有下载或复制完",
        "请等下载、复制完成，或者重新复制一次；仍打不开的，请单位重新发来",
    ),
    ("F01", "closed"): Wording(
        "文件没有读取权限，或者正被其他程序打开，无法读取",
        "请关闭正在用它的程序，或者让运行 nianbao 的账号能读取它；能读取以后，下次运行自动处理",
    ),
    ("F01", "closed_folder"): Wording(
        "文件夹没有读取权限，无法读取，里面的文件都没有处理",
        "请让运行 nianbao 的账号能读取这个文件夹和里面的文件；能读取以后，下次运行自动处理",
    ),
    ("F01", "too_long"): Wording(
        "路径太长（Windows 只认 259 个字符以内的），无法读取，没有处理",
        "请把它移到浅一点的文件夹，或者缩短文件名、文件夹名；能读取以后，下次运行自动处理",
    ),
    ("F01", "out_of_reach"): Wording(
        "列在文件夹里，却读不到，名字可能以空格或句点结尾，没有处理",
        "请给它改一个名字，或者重新复制一次；能读取以后，下次运行自动处理",
    ),
    ("F01", "shortcut"): Wording("是快捷方式，不是文件本身", "请把它指向的文件复制到 inbox 文件夹"),
    ("F01", "outlook"): Wording(
        "是 Outlook 存的邮件（.msg），读不出其中的附件",
        "请在 Outlook 中另存为 .eml，或者把附件存到 inbox 文件夹",
    ),
    ("F01", "beside"): Wording(
        "压缩包里的这个文件不是电子表格，没有读取", "请打开看一看；里面有报送内容的，请单位用填报模板另报"
    ),
    ("F01", "said"): Wording(
        "{agency}来信（主题“{subject}”）没有表格，写的是：“{words}”",
        "请看是不是要办的事（如撤回、更正、询问），要办的请办理、回复；程序没有作任何改动",
    ),
    ("F01", "sealed"): Wording(
        "{agency}来信（主题“{subject}”）没有表格，带有打不开的内容：{files}",
        "请登录邮箱打开看一看；里面有报送内容的，把附件存到 inbox 文件夹，或者请单位不加密、用普通附件重新发来",
    ),
    ("F01", "unread_beside"): Wording(
        "文件读不出来；同一个压缩包里有该单位的表，这个文件没有算作报送",
        "请打开看一看；里面有报送内容的，请单位用填报模板另报",
    ),
    ("F01", "time"): Wording("文件在规定的时间内没有读完，已搁置", _LOOK),
    ("F01", "memory"): Wording("读这个文件需要的内存超过限度，已搁置", _LOOK),
    ("F01", "crash"): Wording("读这个文件时读取程序中途退出，已搁置", _LOOK),
    ("F01", "bug"): Wording(
        "读这个文件时程序本身出了错，已搁置", "请把 ledger/log 中当天的日志发给维护人员；" + _LOOK
    ),
    ("F01", "stopped"): Wording("前两次运行都在处理这个文件时中断，已搁置", _LOOK),
    ("F01", "budget"): Wording(
        "同一来源或者同类的文件已经用完了这次运行的时间，这个文件没有处理，已搁置", _LOOK
    ),
    ("F01", "macros"): Wording("文件带有宏，宏没有运行，只读取了数据"),
    ("F01", "pictures"): Wording("文件里有 {count} 张图片，没有读取"),
    ("F05", "clipped"): Wording(
        "工作表“{sheet}”的内容远远超出填报表的范围，只读取了前 {rows} 行、前 {columns} 列"
    ),
    ("F01", "second_reader"): Wording("文件的保存方式不标准，已换一种方式读出全部数据"),
    ("F02", "unknown_agency"): Wording(
        "填报单位“{stated}”不在报送单位名单中",
        "请核对单位名称；如属改名或简称，请{office}补入名单",
        "{stated}",
    ),
    ("F02", "agency_missing"): Wording(
        "没有填写填报单位，无法确认是哪个单位报送的", "请在“基本信息”填写单位全称"
    ),
    ("F02", "conflict"): Wording(
        "模板是发给“{stamp}”的，填报单位写的却是“{stated}”，无法确认是哪个单位的数据",
        "请使用发给本单位的模板，或请{office}核实",
        "{stated}",
        "{stamp}",
    ),
    ("F02", "merged"): Wording(
        "表是 {agency} 的，它已于 {day} 并入 {into}，合并以后才收到，无法确认怎么算",
        "请打电话核实：由 {into} 合并填报的，请它用自己的模板报送（已经报来的不用再报），这个文件记为“不是报送”；确是合并前该单位的，在 待办.xlsx 选“准予接收”",
        "{agency}",
    ),
    ("F02", "departed"): Wording(
        "表是 {agency} 的，它以前在单位名单中，现在不在，数据不计入",
        "已经撤销的，把这个文件记为“不是报送”；并入其他单位的，在名单中补回原来的一行，写明并入哪个单位和日期；不是有意删去的，补回原来的一行后重新运行",
        "{agency}",
    ),
    ("F02", "year_missing"): Wording("没有填写报告年度", "请在“基本信息”填写四位年份"),
    ("F02", "year_wrong"): Wording(
        "报告年度写的是 {stated}，本次报送的是 {expected} 年度",
        "请改为 {expected}，并确认填的是该年度的数据",
        "{stated}",
        "{expected}",
    ),
    ("F02", "period_missing"): Wording("没有写明是哪一期的", "请在“基本信息”写明报告期"),
    ("F02", "period_wrong"): Wording(
        "报告期写的是{stated}，本次报送的是{expected}",
        "请改为{expected}，并确认填的是这一期的数据",
        "{stated}",
        "{expected}",
    ),
    ("F02", "next_period"): Wording(
        "这是{stated}的模板，{stated}已有合格的报送；本次的累计等于已报的累计加本次的数，像是{next}的数据",
        "如果填的是{next}的数据，请填在{next}的模板上报送，这里的不用改；如果是更正{stated}的，请按其余各条改正",
    ),
    ("F02", "period_filled"): Wording(
        "没有写明是哪一期的，退回表中已填上{expected}", "请确认填的是这一期的数据", "", "{expected}"
    ),
    ("F02", "year_filled"): Wording(
        "没有填写报告年度，退回表中已填上 {expected}", "请确认填的是该年度的数据", "", "{expected}"
    ),
    ("F02", "agency_filled"): Wording("没有填写填报单位，退回表中已填上", "请核对单位名称"),
    ("F03", "missing_table"): Wording(
        "没有找到“{table}”这张表", "请使用填报模板，不要删除工作表或以图片代替表格"
    ),
    ("F03", "table_restored"): Wording("没有找到“{table}”这张表，退回表中已补上", "请填写 {wanted}"),
    ("F03", "table_whole"): Wording(
        "没有找到“{table}”这张表，退回表中已补上，其中的数由表格自动计算", "不用填写"
    ),
    ("F03", "unlike_headings"): Wording(
        "“{sheet}”看起来是“{table}”，但表头和规定的差得太多，没有读取：认得出的有{known}，没有找到{lacking}{strange}",
        "请把表头改为规定的文字，或者把各条填到填报模板的“{home}”",
    ),
    ("F03", "unlike_back"): Wording(
        "原表的“{sheet}”看起来是“{table}”，但表头和规定的差得太多，没有转入退回表：认得出的有{known}，没有找到{lacking}{strange}",
        "请把各条填到“{home}”；一条也没有的，“{label}”选“是”",
    ),
    ("F03", "register_restored"): Wording(
        "没有找到“{table}”，退回表中已补上，是空的", "请在“{sheet}”逐条填写；一条也没有的，“{label}”选“是”"
    ),
    ("F03", "label_restored"): Wording(
        "“{table}”中没有找到“{label}”，退回表中已恢复", "请填写 {wanted}", "", "{label}"
    ),
    ("F03", "table_of_another"): Wording(
        "所用的不是现行模板，没有“{table}”这张表", "请在退回的现行模板上补填"
    ),
    ("F03", "label_of_another"): Wording(
        "所用的不是现行模板，“{table}”中没有“{label}”", "请在退回的现行模板上补填", "", "{label}"
    ),
    ("F03", "sheet_of_another"): Wording(
        "所用的不是现行模板，没有“{sheet}”工作表", "请在退回的现行模板上补填", "", "{sheet}"
    ),
    ("F03", "label_added"): Wording(
        "所用的不是现行模板，“{table}”中没有“{label}”，退回的现行模板中有", "请填写 {wanted}", "", "{label}"
    ),
    ("F03", "sheet_restored"): Wording(
        "没有找到“{sheet}”工作表，退回表中已补上", "请填写 {wanted}", "", "{sheet}"
    ),
    ("F03", "label_whole"): Wording(
        "“{table}”中没有找到“{label}”，退回表中已恢复", "这一项可以空着，请核对", "", "{label}"
    ),
    ("F03", "sheet_whole"): Wording(
        "没有找到“{sheet}”工作表，退回表中已补上", "必填的各格都有内容，请核对", "", "{sheet}"
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
    ("F03", "changed_heading"): Wording(
        "“{table}”中没有找到“{label}”，它的位置上写的是“{found}”，不能确定是不是“{label}”",
        "请恢复为规定的表头“{label}”，核对这一列填的是不是“{label}”的数",
        "{found}",
        "{label}",
    ),
    ("F03", "changed_back"): Wording(
        "“{table}”中没有找到“{label}”，它的位置上写的是“{found}”；退回表中已恢复规定的表头，这一列的数已按“{label}”转入",
        "请核对这一列是不是“{label}”的数，不是的请改正",
        "{found}",
        "{label}",
    ),
    ("F03", "missing_column"): Wording(
        "“{table}”没有“{label}”这一列{others}", "请恢复表头“{label}”，逐条填写{blank}", "", "{label}"
    ),
    ("F03", "column_restored"): Wording(
        "“{table}”原表没有“{label}”这一列{others}；退回表中已恢复这一列，是空的",
        "请逐条填写“{label}”{blank}",
        "",
        "{label}",
    ),
    ("F03", "open_column"): Wording(
        "上次报来的“{table}”没有“{label}”这一列，有的列表头不是规定的；退回表中补上的“{label}”还全空着",
        "请逐条填写“{label}”{blank}",
        "",
        "{label}",
    ),
    ("F03", "no_headings"): Wording(
        "“{table}”的表头不见了，从第 {line} 行起有 {rows} 条，已按模板的列序读取",
        "请恢复模板的表头，核对各列",
    ),
    ("F03", "headings_back"): Wording(
        "“{table}”原表没有表头，{rows} 条已按模板的列序转入退回表", "请核对各列，无误的不用改"
    ),
    ("F03", "spare_column"): Wording(
        "“{table}”没有“{label}”这一列{others}", "请恢复表头“{label}”，这一列可以空着", "", "{label}"
    ),
    ("F03", "unknown_heading"): Wording(
        "“{table}”没有“{label}”这一列，有一列的表头“{found}”不是规定的，不能确定是不是“{label}”",
        "是“{label}”的，请把表头改为“{label}”；不是的，请补上“{label}”这一列，逐条填写",
        "{found}",
        "{label}",
    ),
    ("F03", "heading_mended"): Wording(
        "“{table}”原表没有“{label}”这一列，表头“{found}”的一列已转入退回表的“{label}”",
        "请逐条核对，不是“{label}”的请改正",
        "{found}",
        "{label}",
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
        "这是旧版表样（{old_authority}），{this}应使用新版表样（{authority}）",
        "请使用新版填报模板重新填写，第二部分的栏目与旧版不同",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "carried"): Wording(
        "这是旧版表样（{old_authority}），{this}应使用新版表样（{authority}）",
        "请在退回的新版模板上补填；{tables}和文字已转入，请核对",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "carried_back"): Wording(
        "这是旧版表样（{old_authority}），{this}应使用新版表样（{authority}）；{tables}和文字已转入退回的新版模板",
        "请核对转入的内容，并补填 {wanted}",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "blank_back"): Wording(
        "这是旧版表样（{old_authority}），{this}应使用新版表样（{authority}）",
        "请在退回的新版模板上填写 {wanted}",
        "{old_authority}",
        "{authority}",
    ),
    ("F04", "edition"): Wording(
        "这份文件是按《{title}》第 {stated} 版模板填的，现行的是第 {edition} 版；名称相同的项目已照常读取"
    ),
    ("F04", "other_form"): Wording(
        "这是《{stated}》的填报表，这里收的是《{title}》",
        "请用《{title}》的填报模板填写；《{stated}》请报到收它的地方",
        "{stated}",
        "{title}",
    ),
    ("F04", "other_form_carried"): Wording(
        "这是《{stated}》的填报表，这里收的是《{title}》；名称相同的表格已照常读取",
        "请在退回的模板上补填其余的表格",
        "{stated}",
        "{title}",
    ),
    ("F04", "same_tables"): Wording("这份文件是用《{stated}》的模板填的，表格与《{title}》相同，已照常读取"),
    ("F04", "unknown_form"): Wording(
        "模板标识“{stated}”不是已知的表样，表格的名称与《{title}》相同，已照常读取",
        "请核对填报模板的来源，下次用{office}发的模板",
        "{stated}",
    ),
    ("F04", "unknown_form_broken"): Wording(
        "模板标识“{stated}”不是已知的表样，表格也与《{title}》不同",
        "请用《{title}》的填报模板填写",
        "{stated}",
        "{title}",
    ),
    ("F05", "extra_sheet"): Wording(
        "工作表“{sheet}”不是模板中的，其中有 {cells} 格内容（{numbers} 个数字），没有读取；原件已保存"
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
    ("F05", "beside_back"): Wording(
        "“{table}”原表的表格之外还有数字（原表 {cells}），没有计入，也没有转入退回表",
        "请核对这些数字是否应填在表内，无误的不用改",
    ),
    ("F05", "text_back"): Wording(
        "原表 {cells} 的文字没有读入，也没有转入退回表（“{raw}”）",
        "请核对这段文字是否应并入对应的项目，不属于报告的不用管",
    ),
    ("F05", "struck_back"): Wording(
        "“{label}”的文字中原有画了删除线的部分，退回表中没有了删除线", "请对照原表，删去不要的文字"
    ),
    ("F05", "misplaced_back"): Wording(
        "“{table}”原表的 {cells} 不是填数的格，其中的数字没有计入，也没有转入退回表",
        "请核对这些数字是否应填在规定的项目中，不应填的不用管",
    ),
    ("F05", "title_back"): Wording(
        "这张工作表原来的标题写的是“{stated}”，其他工作表是“{expected}”", "请核对填的是不是本单位{this}的数据"
    ),
    ("F05", "copies_back"): Wording(
        "“{table}”原有两份，数字不同；退回表中只有“{sheet}”这一份",
        "请逐格核对两份不同的 {count} 格（另一份的 {others}），填错的改正，无误的不用改",
    ),
    ("F05", "sheet_shown"): Wording("工作表原是隐藏的，退回表中已取消隐藏", "请核对其中的数字是否应当填报"),
    ("F05", "hidden_shown"): Wording(
        "有 {count} 个数字原在隐藏的行或列中，退回表中已取消隐藏", "请核对这些数字是否应当填报"
    ),
    ("F05", "merged_shown"): Wording(
        "有 {count} 个数字原被合并单元格盖住，退回表中已显示出来", "请核对这些数字是否应当填报"
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
    ("F05", "copies_unclear"): Wording(
        "“{table}”在“{copy}”上还有不止一份，没有与读取的数字核对", "请核对后删去多余的，只保留正确的一份"
    ),
    ("F05", "parts"): Wording(
        "“{table}”在 {copies} 上还有几份，各格相加正好是“{sheet}”的数，读取的是“{sheet}”"
    ),
    ("F05", "other_year"): Wording("“{copy}”按名称是别的年度的“{table}”，没有读取，读取的是“{sheet}”"),
    ("F05", "beside"): Wording(
        "“{table}”的表格之外还有数字（{cells}），没有计入", "请核对这些数字是否应填在表内，然后删去表外的数字"
    ),
    ("F05", "beside_nil"): Wording(
        "“{table}”的表格之外还有数字（{cells}），没有计入", "请核对这些数字是否应填在表内，然后删去表外的数字"
    ),
    ("F05", "unread_text"): Wording(
        "{cells} 的文字没有读入（“{raw}”）", "请把这段文字并入对应项目的填写格，不属于报告的请删去"
    ),
    ("F05", "too_long"): Wording(
        "“{label}”有 {count} 字，超过一个单元格能放下的 {most} 字", "请删减后重新填写", "{count}", "{most}"
    ),
    ("F05", "too_long_back"): Wording(
        "“{label}”原有 {count} 字，超过一个单元格能放下的 {most} 字，退回表中只有前面的部分",
        "请删减后重新填写",
        "{count}",
        "{most}",
    ),
    ("F05", "markup_cut"): Wording("“{label}”的文字里带有网页代码（如 &nbsp;、<br>），已去掉"),
    ("F05", "no_words"): Wording(
        "“{label}”只填了“{raw}”，不是文字", "请写成完整的句子，没有发生的也要写明", "{raw}", "文字"
    ),
    ("F05", "formula_in_text"): Wording(
        "“{label}”的格子里是公式（{raw}），读不出文字",
        "请删去公式，直接写文字；没有要写的，请清空这一格",
        "{raw}",
        "文字",
    ),
    ("F05", "heading_cut"): Wording("“{label}”的文字开头重复了本部分的标题，已删去"),
    ("F05", "headings_placed"): Wording(
        "{cells} 里有{labels}等标题和它们的文字，已按标题分到各部分",
        "请核对各部分的文字，每格只写本部分的内容",
    ),
    ("F05", "headings_placed_back"): Wording(
        "原表 {cells} 里有{labels}等标题和它们的文字，退回表中已按标题分到各部分", "请核对各部分的文字"
    ),
    ("F05", "headings_inside"): Wording(
        "{cells} 里有{labels}等标题和它们的文字，不能确定应怎样分到各部分",
        "请把这些标题下的文字移到各自的填写格，标题不用写，这里只留本部分的文字",
    ),
    ("F05", "lines"): Wording("工作表“{sheet}”上的报告是逐行的文字，不是表格，没有读取"),
    ("F05", "struck_text"): Wording(
        "“{label}”的文字中有画了删除线的部分，已照常读取", "请删去不要的文字，保留的去掉删除线"
    ),
    ("F05", "texts_differ"): Wording(
        "“{label}”在“{copy}”上还有一份，文字不同，读取的是“{sheet}”的一份",
        "请核对后只保留正确的一份，写在“{sheet}”",
    ),
    ("F05", "misplaced"): Wording(
        "“{table}”的 {cells} 不是填数的格，其中的数字没有计入", "请核对这些数字是否应填在左侧的格，然后删去"
    ),
    ("F05", "foreign_title"): Wording(
        "这张工作表的标题写的是“{stated}”，其他工作表是“{expected}”",
        "请确认它不是从别的文件复制来的，填的是本单位{this}的数据",
    ),
    ("F05", "copies_differ"): Wording(
        "“{table}”有两份：“{sheet}”和“{copy}”，数字不同（如“{copy}” {cell}），无法确认以哪一份为准",
        "请核对后只保留正确的一份，工作表名用“{sheet}”",
    ),
    ("F05", "rows_elsewhere"): Wording(
        "“{table}”读取的是“{sheet}”；这张“{copy}”的同样表头下从第 {line} 行起还有 {rows} 条不同的，没有读取",
        "要报的请移到“{to}”，不要的请删去",
    ),
    ("F05", "rows_on_sheets"): Wording(
        "“{table}”读取的是“{sheet}”；同样表头下还有 {rows} 条不同的，分在别的工作表（{copies}），没有读取",
        "要报的请全部移到“{to}”一张表，不要的请删去",
    ),
    ("F05", "rows_on_sheets_back"): Wording(
        "“{table}”读取的是原表的“{sheet}”；原表同样表头下还有 {rows} 条不同的，分在别的工作表（{copies}），没有转入退回表",
        "要报的请全部补填到“{home}”，不要的不用管",
    ),
    ("F05", "rows_elsewhere_back"): Wording(
        "“{table}”读取的是原表的“{sheet}”；原表“{copy}”的同样表头下从第 {line} 行起还有 {rows} 条不同的，没有转入退回表",
        "要报的请补填到“{home}”，不要的不用管",
    ),
    ("F05", "rows_shifted"): Wording(
        "“{table}”第 {first} 行到第 {last} 行有 {rows} 条整体偏{way}了 {columns} 列，已按偏{way} {columns} 列读取",
        "请把这些行整体{back}移 {columns} 列，与表头对齐",
    ),
    ("F05", "rows_shifted_back"): Wording(
        "“{table}”原表第 {first} 行到第 {last} 行有 {rows} 条整体偏{way}了 {columns} 列，退回表中已与表头对齐",
        "请核对，无误的不用改",
    ),
    ("F05", "turned"): Wording(
        "“{table}”第 {line} 行又有一行表头，各列的次序与第 {head} 行的表头不同，下面的 {rows} 条已按第 {line} 行的表头读取",
        "请只留一行表头，把这些条的各列移到它的下面",
    ),
    ("F05", "turned_back"): Wording(
        "“{table}”原表第 {line} 行又有一行表头，各列的次序与第 {head} 行的表头不同，下面的 {rows} 条在退回表中已按规定的列序排好",
        "请核对，无误的不用改",
    ),
    ("F05", "rows_of_another"): Wording(
        "工作表“{copy}”上“{table}”的各条都不是本报告期的，没有读取，读取的是“{sheet}”"
    ),
    ("F05", "several"): Wording(
        "“{table}”有几份（{sheets}），没有一份的工作表名是“{sheet}”，无法确认以哪一份为准",
        "请只保留正确的一份，工作表名改为“{sheet}”",
    ),
    ("F05", "hidden_sheet"): Wording("工作表是隐藏的，已照常读取", "请取消隐藏，核对其中的数字是否应当填报"),
    ("F05", "hidden"): Wording(
        "有数字在隐藏的行或列中（{cells}），已照常读取", "请取消隐藏，核对这些数字是否应当填报"
    ),
    ("F05", "merged"): Wording(
        "有内容被合并单元格盖住了（{cells}），看不见，已照常读取", "请取消合并，核对这些内容是否应当填报"
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
    ("F05", "pasted_off"): Wording(
        "“{table}”的数字{how}，各项与总计核对相符，已按总计核对出的位置读取",
        "请把这些数字与左侧项目、上方栏目对齐",
    ),
    ("F05", "off_mended"): Wording(
        "“{table}”的数字{how}，各项与总计核对相符，退回表中已与左侧项目、上方栏目对齐",
        "请核对，无误的不用改",
    ),
    ("F05", "pasted_off_unclear"): Wording(
        "“{table}”的数字似乎{how}，各项与总计核对不上，没有读取", "请按左侧项目、上方栏目逐格填写"
    ),
    ("F05", "off_back"): Wording(
        "“{table}”的数字似乎{how}，各项与总计核对不上，没有转入退回表", "请按左侧项目、上方栏目填写 {wanted}"
    ),
    ("F05", "low_back"): Wording(
        "“{table}”的数字似乎整体低了 {rows} 行，各项与总计核对不上，没有转入退回表",
        "请按左侧项目填写 {wanted}",
    ),
    ("F05", "moved"): Wording("“{table}”的位置与模板不同，已按行列名称逐格读取"),
    ("F06", "unknown_sender"): Wording(
        "邮件是从“{sender}”发来的，这个邮箱不在 {agency} 的名单中，数据暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把这个邮箱补入单位名单的“邮箱”列后重新运行",
        "{sender}",
    ),
    ("F06", "no_sender"): Wording(
        "邮件没有发件人，或者写了几个发件人，无法核对是不是 {agency} 发的，数据暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把附件存到 inbox 文件夹后重新运行",
    ),
    ("F06", "nobody"): Wording(
        "邮件是从“{sender}”发来的，这个邮箱不在任何单位的名单中，也看不出是哪个单位的",
        "请向发件人核实单位，把邮箱补入单位名单的“邮箱”列后重新运行",
        "{sender}",
    ),
    ("F06", "foreign_sender"): Wording(
        "表是 {agency} 的，邮件却是从 {owner} 的邮箱“{sender}”发来的，数据暂不计入",
        "请打电话向 {owner} 核实（{contact}）：用错模板的，请它用发给自己的模板重新报送；确是代 {agency} 报送的，在 待办.xlsx 选“准予接收”，或者把邮箱补入单位名单中 {agency} 的“邮箱”列后重新运行",
        "{sender}",
    ),
    ("F06", "two_claims"): Wording(
        "同一份表由 {owner} 的邮箱“{sender}”和别的来源都报送过，表上写的是 {agency}，数据暂不计入",
        "请打电话分别核实是哪个单位的数据，请另一单位重新报送自己的表",
        "{sender}",
    ),
    ("F06", "several_tables"): Wording(
        "同一封邮件里有 {agency} 的几份表（{files}），内容不同，无法确认以哪一份为准，暂不计入",
        "请打电话向 {agency} 核实（{contact}），请单位只重发正确的一份；或者把确认的那一份存到 inbox 文件夹后重新运行",
    ),
    ("F06", "failed_check"): Wording(
        "邮件服务器验证发件人“{sender}”未通过（{checks}），可能有人冒用这个邮箱，数据暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把附件存到 inbox 文件夹后重新运行",
        "{sender}",
    ),
    ("F06", "unverified_sender"): Wording(
        "邮件是从“{sender}”发来的，但邮件服务器没有证实真是这个邮箱发的，不能替换 {agency} 已合格的数据，暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把附件存到 inbox 文件夹后重新运行",
        "{sender}",
    ),
    ("F06", "second_sender"): Wording(
        "名单中没有 {agency} 的邮箱，这一次是从“{sender}”发来的，与已合格的那一次不是同一个邮箱，暂不计入",
        "请打电话向 {agency} 核实（{contact}）；确是该单位发的，把这个邮箱补入单位名单的“邮箱”列后重新运行",
        "{sender}",
    ),
    ("F06", "unverified"): Wording(
        "邮件服务器没有证实邮件真是“{sender}”发的，首次报送照常计入，以后再报要先核实"
    ),
    ("F06", "unbound"): Wording("名单中没有 {agency} 的邮箱，没有核对发件人“{sender}”是不是该单位的"),
    ("F07", "seen_late"): Wording(
        "收到时间不详，{received}首次登记，晚于截止日期{deadline}", "", "{received}", "{deadline}前"
    ),
    ("F09", "sent_back"): Wording(
        "{office}已退回第 {version} 次报送：{reason}（{person}，{day}）", "请按要求修改后重新报送"
    ),
    ("F09", "unchanged"): Wording(
        "{office}退回过第 {version} 次报送（{reason}；{person}，{day}），这次报来的数和文字与那一次完全相同，没有改动，暂不计入",
        "请打电话核实：要改的，请单位改正后重新报送；核实无误的，在 待办.xlsx 选“准予接收”",
    ),
    ("F09", "chosen"): Wording("按{office}的决定，以第 {version} 次报送计入：{reason}（{person}，{day}）"),
    ("F09", "again"): Wording(
        "单位 {day} 又报送了与第 {version} 次相同的文件，自此以第 {version} 次报送计入"
    ),
    ("F09", "order_guessed"): Wording(
        "{agency} 的几份不同的表（{files}）是同时放进来的，不知道收到的先后，无法确认以哪一份为准，暂不计入",
        "请向单位核实，确认的那一份在 待办.xlsx 选“准予接收”；收到日期不同的，也可以分别放进用收到日期命名的文件夹",
    ),
    ("F09", "came_back"): Wording(
        "{file} 与 {agency} 第 {version} 次报送的相同，后来有了更新的报送；它 {day} 又出现在收件文件夹里，不知道是单位改回了第 {version} 次的数，"
        "还是放回了旧文件，暂不以它计入",
        "请向单位核实：以它为准的，在 待办.xlsx 选“准予接收”；只是旧文件的，把它移出收件文件夹",
    ),
    ("F09", "last_period"): Wording(
        "{agency} 的这份表写的是{stated}，数据大多与该单位{stated}的相同，不知道是更正{stated}的{short}，还是{asked}的没有改好，暂不计入",
        "请打电话核实：是更正{stated}的，用 nianbao import 导入这个文件，再在 待办.xlsx 选“不是报送”；是{asked}的，请单位改好报告期和数据后重新报送",
        "{stated}",
        "{asked}",
    ),
    ("F09", "former_file"): Wording(
        "与{stated}收到过的文件完全相同，没有算作{asked}的报送；{agency} {asked}的还没有收到",
        "请打电话告诉单位：改好报告期和数据后重新报送；只是整理文件夹时放进来的旧文件，不用处理",
        "{stated}",
        "{asked}",
    ),
    ("F09", "last_figures"): Wording(
        "{agency} 这一期发生的数与该单位{before}的全部相同，可能是{before}的表只改了报告期，暂不计入",
        "请打电话核实：没有改数据的，请单位填本期的数后重新报送；确实相同的，在 待办.xlsx 选“准予接收”",
        "与{before}全部相同",
    ),
    ("F09", "other_body"): Wording(
        "记在 {agency} 名下的几份表，写的是不同单位的名称（{names}），不能当作同一份{short}的先后几次，暂不计入",
        "请核实：是合并前各单位自己的，在名单中保留各单位原来的行并写并入；是同一单位的别称，写进曾用名，或者在 待办.xlsx 选“准予接收”",
    ),
    ("F09", "file_name"): Wording(
        "文件名（{file}）写的是 {named}，表里的填报单位却是“{stated}”，可能用错了别的单位的模板，无法确认是哪个单位的数据，暂不计入",
        "请打电话核实：是 {named} 的，请对方用本单位的模板重新报送；确是 {agency} 的，在 待办.xlsx 选“准予接收”",
        "{stated}",
        "{named}",
    ),
    ("F07", "late"): Wording("{received}收到，晚于截止日期{deadline}", "", "{received}", "{deadline}前"),
    ("F10", "no_approver"): Wording("没有填写审核人", "请{prompt}"),
    ("V03", "date"): Wording("填的是“{raw}”，不是能确定的日期", "请{prompt}", "{raw}"),
    ("V03", "phone"): Wording("填的是“{raw}”，不是电话号码", "请{prompt}", "{raw}"),
    ("F01", "needs_office"): Wording(
        "文件是旧格式的文字文档，这台电脑上没有 LibreOffice，读不出内容",
        "请用 Word 或 WPS 打开，另存为 .docx 后再报送，或者在填报模板上填写",
    ),
    ("F08", "document"): Wording(
        "收到的是{short}文档（{kind}），不是填报模板；已读出 {numbers} 个数（共 {all} 个）和 {texts} 段文字",
        "退回的模板已按文档填好，请核对、补齐后把模板发回",
        "{kind}",
        "填报模板",
    ),
    ("F08", "taken"): Wording(
        "收到的是{short}文档（{kind}），已读出全部 {numbers} 个数和 {texts} 段文字，按本区规定直接计入"
    ),
    ("F08", "superseded"): Wording(
        "收到的是旧版表样的{short}文档（{kind}），只读出与现行表样相同的 {numbers} 个数和 {texts} 段文字",
        "请在退回的模板上补齐后发回",
        "{kind}",
    ),
    ("F08", "rows_unread"): Wording(
        "“{table}”里逐条填的内容不能从文档读取，没有读", "请在模板的“{sheet}”里逐条填写后发回"
    ),
    ("F08", "no_table"): Wording("文档里没有找到“{table}”这张表", "请在模板中填写；表格不能用图片代替"),
    ("F08", "several"): Wording(
        "文档里“{table}”不止一张，无法确认以哪一张为准，都没有读取", "请在模板中填写正确的一份"
    ),
    ("F08", "unplaced"): Wording(
        "文档里“{table}”的行列对不上规定的表样，有些数无法确认对应的项目，没有读取", "请在模板中填写"
    ),
    ("F08", "no_label"): Wording("文档的“{table}”中没有找到“{label}”", "请在模板中填写", "", "{label}"),
    ("F08", "no_heading"): Wording(
        "文档里没有找到“{label}”的标题，或者标题不止一个，不能确认这一部分的文字",
        "请在模板中填写，或核对前一部分的文字里有没有这一部分的内容",
        "",
        "{label}",
    ),
    ("F08", "heading_twice"): Wording(
        "文档里“{label}”的标题不止一个，无法确认以哪一个为准", "请在模板中填写"
    ),
    ("F08", "no_table_back"): Wording("报来的文档里没有找到“{table}”这张表", "请填写 {wanted}"),
    ("F08", "several_back"): Wording(
        "报来的文档里“{table}”不止一张，无法确认以哪一张为准，都没有转入", "请填写 {wanted}"
    ),
    ("F08", "unplaced_back"): Wording(
        "报来的文档里“{table}”的行列对不上规定的表样，有些数没有转入", "请填写 {wanted}"
    ),
    ("F08", "no_label_back"): Wording(
        "报来的文档的“{table}”中没有找到“{label}”", "请填写 {wanted}", "", "{label}"
    ),
    ("F08", "no_heading_back"): Wording(
        "报来的文档里不能确认“{label}”这一部分的文字",
        "请填写 {wanted}，并核对前一部分里有没有这一部分的内容",
        "",
        "{label}",
    ),
    ("F08", "scanned"): Wording("文档第 {pages} 页是扫描的图片，读不出文字", "请在模板中填写"),
    ("F08", "revised"): Wording("文档里有没有确认的修订，已按修订后的内容读取", "请核对后接受或拒绝全部修订"),
    ("F08", "left_out"): Wording("文档里有 {count} 行文字不属于任何一部分，没有采用（“{raw}”）"),
    ("P01", "figure"): Wording(
        "公布的是 {published}，已接受的是 {accepted}",
        "请核对哪一个对：公布错的改正后重新公布，报送错的更正后重新报送",
        "{published}",
        "{accepted}",
    ),
    ("P02", "changed"): Wording(
        "公布的文字是“{published}”，已接受的是“{accepted}”",
        "请核对，改正其中错的一处",
        "{published}",
        "{accepted}",
    ),
    ("P02", "left_out"): Wording(
        "已接受的文字“{accepted}”在公布的报告中没有", "请核对是否应当公布", "", "{accepted}"
    ),
    ("P02", "added"): Wording("公布的文字“{published}”不在已接受的报告中", "请核对是否属实", "{published}"),
    ("P03", "figures"): Wording(
        "公布的报告中“{table}”有 {count} 个数没有找到，没有核对", "请打开公布的报告核对"
    ),
    ("P03", "text"): Wording("公布的报告中没有找到“{label}”这一部分，没有核对", "请打开公布的报告核对"),
    ("C01", ""): Wording("没有填写", _WHOLE_NUMBER, "", "数字"),
    ("C01", "merged"): Wording(
        "这一格被合并单元格盖住了，没有自己的数{other}",
        "请取消合并，每一格分别填数字，没有发生的填 0",
        "",
        "数字",
    ),
    ("C01", "merged_back"): Wording(
        "这一格在原表中被合并单元格盖住了，没有自己的数{other}",
        "请在这一格填数字，没有发生的填 0",
        "",
        "数字",
    ),
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
    ("C04", "noise"): Wording("保存的数 {raw} 带有计算产生的尾数，已按 {value} 读取", "", "{raw}", "{value}"),
    ("C04", "date_format"): Wording(
        "单元格格式是日期，显示为“{raw}”，已按 {value} 读取", "", "{raw}", "{value}"
    ),
    ("C04", "recomputed"): Wording(
        "保存的总计 {stated} 没有更新，已重新计算为 {value}", "", "{stated}", "{value}"
    ),
    ("C04", "restated"): Wording(
        "保存的总计 {stated} 没有更新，已重新计算为 {value}", "", "{stated}", "{value}"
    ),
    ("C04", "column"): Wording(
        "“{label}”有 {count} 处的写法已统一，例如“{raw}”按“{value}”读取", "", "{raw}", "{value}"
    ),
    ("C04", "left_blank"): Wording(
        "“{label}”有 {count} 处填的是“{raw}”一类的字样，已按空着读取", "没有的空着就可以", "{raw}"
    ),
    ("C01", "value"): Wording("没有填写", "{prompt}"),
    ("C01", "lone"): Wording(
        "没有填写（这一行只填了“{only}”）", "{prompt}；这一行没有内容的，请清空“{only}”"
    ),
    ("C01", "lone_row"): Wording(
        "没有填写（表中只有这一行，只填了“{only}”）",
        "一条也没有的，请清空这一行，在“{nil}”处选“是”；有的，{prompt}",
    ),
    ("V01", "long_number"): Wording(
        "填的是 {raw}，超过 15 位，表格软件存成数字时末尾几位已经丢失",
        "请把单元格格式改为“文本”，再重新填写全部数字",
        "{raw}",
    ),
    ("V01", "merged"): Wording(
        "这一格被合并单元格盖住了，没有自己的内容（{cell} 是“{raw}”）", "请取消合并，每一条分别填写"
    ),
    ("C09", "nil_rows"): Wording(
        "“{label}”选了“是”，表中却有 {count} 条", "有内容的请改选“否”；没有的请清空这些行", "是", "否"
    ),
    ("V01", "choice"): Wording("填的是“{raw}”，不是可以填的内容", "{prompt}", "{raw}"),
    ("V01", "choice_meant"): Wording(
        "填的是“{raw}”，不是可以填的内容", "是“{meant}”的，请选“{meant}”；不是的，{prompt}", "{raw}"
    ),
    ("V01", "date"): Wording("填的是“{raw}”，不是能确定的日期", "{prompt}", "{raw}"),
    ("V01", "year"): Wording("填的是“{raw}”，不是四位年份", "{prompt}", "{raw}"),
    ("V01", "period"): Wording("填的是“{raw}”，看不出是哪个时期", "{prompt}", "{raw}"),
    ("V01", "phone"): Wording("填的是“{raw}”，不是电话号码", "{prompt}", "{raw}"),
    ("V01", "date_range"): Wording("填的是 {value}，不在 {limit} 之间", "请核对日期", "{value}", "{limit}"),
    ("V01", "long"): Wording("有 {count} 字，最多 {limit} 字", "请精简", "{count} 字", "不超过 {limit} 字"),
    ("V01", "short"): Wording(
        "只有 {count} 字，至少 {limit} 字", "请补充", "{count} 字", "不少于 {limit} 字"
    ),
    ("V01", "pattern"): Wording("填的是“{value}”，写法不符合要求", "{prompt}", "{value}"),
    ("V01", "places"): Wording("填的是 {value}，小数超过 {limit} 位", "{prompt}", "{value}"),
    ("V01", "small"): Wording("填的是 {value}，小于 {limit}", "{prompt}", "{value}", "不小于 {limit}"),
    ("V01", "large"): Wording("填的是 {value}，大于 {limit}", "{prompt}", "{value}", "不大于 {limit}"),
    ("V01", "struck"): Wording("这一格画了删除线，不能确定是不是要报的内容", "请填写要报的内容，去掉删除线"),
    ("V01", "struck_row"): Wording(
        "这一条画了删除线，不能确定是不是要报的", "不报的请删去这一行，要报的请去掉删除线"
    ),
    ("V01", "struck_cell_back"): Wording(
        "这一格在原表中画了删除线，不能确定是不是要报的内容，退回表中是空的",
        "要报的请照原表填写",
    ),
    ("V01", "struck_row_back"): Wording(
        "这一条在原表中画了删除线，不能确定是不是要报的，退回表中“{label}”是空的",
        "不报的请删去这一行，要报的请照原表填写“{label}”",
    ),
    ("V02", "duplicate"): Wording(
        "“{label}”与第 {row} 条相同", "同一件只填一行；不是同一件的，请核对“{label}”"
    ),
    ("V02", "empty"): Wording("“{table}”一条也没有填", "请逐条填写；确实没有的，在“{label}”处选“是”"),
    ("V02", "rows_above"): Wording(
        "“{table}”的表头在第 {head} 行，它上面第 {first} 行到第 {last} 行还有 {rows} 条，已一并读取",
        "请把表头移到各条的上面",
    ),
    ("V02", "rows_above_back"): Wording(
        "“{table}”原表的表头在第 {head} 行，它上面第 {first} 行到第 {last} 行还有 {rows} 条，退回表中都在表头下面",
        "请核对，无误的不用改",
    ),
    ("V02", "hidden_rows"): Wording(
        "“{table}”有 {rows} 条在隐藏或筛选掉的行中（第 {lines} 行），已照常读取",
        "请取消隐藏和筛选，核对这些条是否应当填报",
    ),
    ("V02", "hidden_rows_back"): Wording(
        "“{table}”原表有 {rows} 条在隐藏或筛选掉的行中（第 {lines} 行），退回表中都已显示",
        "请核对这些条是否应当填报，不应填报的请删去",
    ),
    ("V02", "hidden_columns"): Wording(
        "“{table}”的{labels}在隐藏的列中，已照常读取", "请取消隐藏，核对填的内容"
    ),
    ("V02", "hidden_columns_back"): Wording(
        "“{table}”的{labels}在原表隐藏的列中，退回表中都已显示", "请核对填的内容，无误的不用改"
    ),
    ("V02", "rows_hidden"): Wording(
        "隐藏的工作表“{copy}”上，“{table}”的同样表头下还有 {rows} 条不同的，没有读取，读取的是“{sheet}”"
    ),
    ("V02", "beside"): Wording(
        "“{table}”的各列以外还有文字（{cells}），没有读取", "需要报送的，请填到规定的列里，其余的请删去"
    ),
    ("V02", "beside_back"): Wording(
        "“{table}”原表的各列以外还有文字（{cells}），没有转入退回表",
        "请核对，这些文字会改变哪一条的，请改那一条，其余的不用管",
    ),
    ("V02", "no_row"): Wording(
        "第 {line} 行只有“{raw}”，不是一条内容，没有读取", "小标题、说明请删去；是一条的，请逐项填写", "{raw}"
    ),
    ("V02", "no_row_back"): Wording(
        "原表第 {line} 行只有“{raw}”，不是一条内容，没有转入退回表",
        "小标题、说明不用管；是一条的，请逐项填写",
        "{raw}",
    ),
    ("V02", "subtotal"): Wording(
        "“{table}”第 {lines} 行是分类汇总行，不是一条内容，没有读取",
        "请删去（“数据”中的“分类汇总”选“全部删除”）",
    ),
    ("V02", "subtotal_back"): Wording(
        "“{table}”原表第 {lines} 行是分类汇总行，没有转入退回表", "请核对，无误的不用改"
    ),
    ("V02", "stated_rows"): Wording(
        "合计行写的是 {stated} 条，表中有 {value} 条",
        "请核对是否有漏填、多填的；合计行可以不填",
        "{stated}",
        "{value}",
    ),
    ("V02", "stated_rows_back"): Wording(
        "原表的合计行写的是 {stated} 条，表中有 {value} 条",
        "请核对是否有漏填、多填的",
        "{stated}",
        "{value}",
    ),
    ("V02", "extra_column"): Wording(
        "“{label}”这一列不是表样规定的，没有读取", "需要报送的，请填到规定的列里", "{label}"
    ),
    ("V02", "stated_sum"): Wording(
        "合计行的“{label}”写的是 {stated}，各条相加是 {value}",
        "请核对各条的数字；合计行可以不填",
        "{stated}",
        "{value}",
    ),
    ("rows", "order"): Wording("{value} 早于“{other}”的 {than}", "{remedy}", "{value}", "不早于 {than}"),
    ("rows", "due"): Wording(
        "从“{other}”{than}到{value}是 {days} 个工作日，超过 {limit} 个",
        "{remedy}",
        "{days}",
        "不超过 {limit}",
    ),
    ("rows", "until"): Wording("{value}在 {period}以后", "{remedy}", "{value}", "不晚于 {period}末"),
    ("rows", "since"): Wording("{value}在 {period}以前", "{remedy}", "{value}", "不早于 {period}初"),
    ("rows", "needs"): Wording("{condition}，这里不能空着", "{remedy}"),
    ("rows", "blank"): Wording("{condition}，这里却填了“{value}”", "{remedy}", "{value}"),
    ("rows", "single"): Wording("这一行好像不止一件：“{value}”", "{remedy}", "{value}"),
    ("rows", "apart"): Wording("与第 {row} 条除编号外相同（{labels}）", "{remedy}"),
    ("rows", "drawn"): Wording(
        "表中是 {stated}，由“{table}”逐条得出的是 {value}", "{remedy}", "{stated}", "{value}"
    ),
    ("C05", ""): Wording("填的是 {value}，不能是负数", "请核对后填写 0 或正数", "{value}", "不小于 0"),
    ("C06", ""): Wording("填的是 {value}，件数应是整数", "请核对后填写整数", "{value}", "整数"),
    ("C07", "decimals"): Wording(
        "填的是 {value}，小数超过六位", "请核对单位是不是万元，最多保留六位小数", "{value}"
    ),
    ("C07", "size"): Wording("填的是 {value} 万元，金额很大", "请核对是不是把元当成了万元", "{value}"),
    ("C08", "excel_error"): Wording("单元格显示错误值 {raw}", "请删除公式，直接填数字", "{raw}", "数字"),
    ("C08", "error_value"): Wording("单元格显示错误值 {raw}", "请删除公式，{prompt}", "{raw}"),
    ("C08", "error_value_back"): Wording("单元格显示错误值 {raw}", "{prompt}", "{raw}"),
    ("C08", "date"): Wording(
        "数字被表格软件变成了日期 {raw}", "请把单元格格式改为“常规”后重新填写数字", "{raw}", "数字"
    ),
    ("C08", "date_back"): Wording("数字被表格软件变成了日期 {raw}", "请重新填写数字", "{raw}", "数字"),
    ("C08", "error_back"): Wording("单元格显示错误值 {raw}", "请直接填数字", "{raw}", "数字"),
    ("C08", "formula_back"): Wording("公式没有保存计算结果", "请直接填数字", "", "数字"),
    ("C08", "formula_without_result"): Wording(
        "公式没有保存计算结果", "请直接填数字，或用 Excel、WPS 重新打开并保存", "", "数字"
    ),
    ("C08", "stale_formula"): Wording(
        "公式（{raw}）保存的结果是 {stated}，按公式算是 {value}，不能确定填的是多少",
        "请直接填数字，或用 Excel、WPS 重新打开并保存",
        "{stated}",
        "{value}",
    ),
    ("C08", "formula_unread"): Wording(
        "是自己写的公式，结果保存为 {raw}；这种文件（.xlsb）读不出公式，不能确定结果是不是最新的",
        "请直接填数字，或者另存为 .xlsx 后再报送",
        "{raw}",
        "数字",
    ),
    ("C08", "unread_back"): Wording(
        "报来的是公式，结果保存为 {raw}，不能确定是不是最新的", "请直接填数字", "{raw}", "数字"
    ),
    ("C08", "stale_back"): Wording(
        "公式保存的结果是 {stated}，按公式算是 {value}，不能确定填的是多少",
        "请直接填数字",
        "{stated}",
        "{value}",
    ),
    ("C08", "boolean"): Wording("填的是逻辑值 {raw}，不是数字", _WHOLE_NUMBER, "{raw}", "数字"),
    ("C08", "text"): Wording("填的是“{raw}”，读不出确定的数字", _WHOLE_NUMBER, "{raw}", "数字"),
    ("C08", "format"): Wording(
        "保存的数是 {value}，但单元格的数字格式（{format}）使它显示成另一个样子，不能确定填的是多少",
        "请核对，按“常规”格式填写应填的数字",
        "{value}",
    ),
    ("C08", "rounded"): Wording(
        "保存的数是 {value}，但单元格的数字格式（{format}）使它显示为“{shown}”，已按保存的数读取",
        "请核对应填的数字，把单元格格式改为“常规”",
        "{shown}",
        "{value}",
    ),
    ("C08", "rounded_back"): Wording(
        "原表保存的数是 {value}，因数字格式显示为“{shown}”，退回表中显示保存的数",
        "请核对应填的数字",
        "{shown}",
        "{value}",
    ),
    ("C08", "struck"): Wording(
        "数字 {value} 上画了删除线，不能确定是不是要报的数", "请核对，填写应填的数字", "{value}"
    ),
    ("C08", "struck_number_back"): Wording(
        "数字 {value} 上画了删除线，不能确定是不是要报的数，退回表中是空的",
        "请填写应填的数字",
        "{value}",
        "数字",
    ),
    ("C08", "too_large"): Wording("填的是 {raw}，数字过大", "请核对是否误填了电话、证件号码等", "{raw}"),
    ("C09", "nil_contradiction"): Wording(
        "“{table}”选了“本表全为零”，表内却有 {count} 个不是 0 的数",
        "请改选“否”，或把这些数改为 0",
        "是",
        "否",
    ),
    ("sums", "typed_over"): Wording(_TYPED, "请核对各项，填错的改正；都无误的不用改，直接发回"),
    ("sums", "typed_open"): Wording(
        _TYPED, "请核对各项，改正填错的一格；各项没有改动就发回的，由{office}打电话核实"
    ),
    ("sums", "typed_guess"): Wording(_TYPED, "请核对各项，填错的改正"),
    ("F05", "open_total"): Wording(
        "上次报来的总计是 {typed}，各项之和是 {value}，这次各项没有改动，不能确定哪个是对的",
        "请打电话向单位核实：各项有错的，请单位改正后重新报送；各项无误的，在 待办.xlsx 选“准予接收”，按各项之和计入",
        "{value}",
        "{typed}",
    ),
    ("F05", "open_check"): Wording(
        "上次退回时这里的勾稽关系不成立（{left} 与 {right}，要求：{title}），这次没有改动",
        "请打电话向单位核实，请单位改正后重新报送",
    ),
    ("R01", "differs"): Wording(
        "填的是 {value}，{source}中数出来是 {count}",
        "请核对：台账漏记、错记的，改好台账重新报送；这一格填错的，请改正",
        "{value}",
        "{count}",
    ),
    ("R01", "no_register"): Wording(
        "写明“{word}”，但没有收到合格的{source}，这张表没有数",
        "请先把台账报到合格；不报台账的，请改选“否”，逐格填写",
        "{word}",
        "合格的{source}",
    ),
    ("R01", "other_bodies"): Wording(
        "写明“{word}”，但合格的{source}与这份表包括的单位不同（{bodies}合并或者分设前后各报了一份），这张表没有数",
        "请按现在的单位重新报送{source}和这份表中还没有重报的一份；不报台账的，请改选“否”，逐格填写",
        "{word}",
        "单位相同的{source}",
    ),
    ("R01", "taken"): Wording("写明“{word}”，空着的 {count} 格已由{source}计算"),
    ("C09", "nil_back"): Wording(
        "“{table}”选了“本表全为零”，表内却有 {count} 个不是 0 的数；空着的格按 0 转入退回表",
        "请核对全表，把 {cell} 改选“否”，或把下列各格改为 0：{cells}",
        "是",
        "否",
    ),
    ("told", "empty_text"): Wording("没有填写", "{remedy}", "", "文字"),
    ("told", "hollow"): Wording("只写了“{found}”，没有写出情况", "{remedy}", "{found}", "文字"),
    ("mention", "missing"): Wording("没有写到{missing}{asked_for}", "{remedy}", "", "{missing}"),
    ("mention", "exchanged"): Wording(
        "与“{other}”两部分的文字可能填反了", "请核对这两部分，填反了的互换后重新报送"
    ),
    ("forbidden", "found"): Wording("写有“{found}”：“{sentence}”{asked_for}", "{remedy}", "{found}"),
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
    ("figures", "rest"): Wording(
        "文字写的其余部分是 {claimed}，与并列的各项相加，不是表格（{where}）的“{name}”{expected}：“{sentence}”",
        "{remedy}",
        "{claimed}",
        "",
    ),
    ("figures", "spoils"): Wording(
        "这一处别的数都与表格一致，只有“{name}”写的是 {claimed}，表格（{where}）是 {expected}：“{sentence}”",
        "{remedy}",
        "{claimed}",
        "{expected}",
    ),
    ("figures", "own_year"): Wording(
        "“{name}”写的是结转到 {stated} 年，而 {stated} 年是本报告的年度，应是 {expected} 年：“{sentence}”",
        "请改正年份",
        "{stated}年",
        "{expected}年",
    ),
    ("figures", "exceeds"): Wording(
        "文字写的是 {claimed}，超过表格（{where}）的“{name}”{expected}：“{sentence}”",
        "{remedy}",
        "{claimed}",
        "不超过 {expected}",
    ),
    ("sums", "parts"): Wording(
        "分列的各项加起来是 {added}（{numbers}），所属的总数写的是 {whole}：“{sentence}”",
        "{remedy}",
        "{added}",
        "{whole}",
    ),
    ("sums", "balance"): Wording(
        "收到和上年结转的共 {came} 件（其中写的 {whole}），答复和结转下年的却有 {went} 件（{numbers}）：“{sentence}”",
        "{remedy}",
        "{went}",
        "{came}",
    ),
    ("ratios", "share"): Wording(
        "占比写的是 {stated}，{part} 占 {whole} 是 {expected}：“{sentence}”",
        "{remedy}",
        "{stated}",
        "{expected}",
    ),
    ("ratios", "growth"): Wording(
        "增减写的是 {stated}，从 {before} 到 {now} 是{direction} {expected}：“{sentence}”",
        "{remedy}",
        "{stated}",
        "{direction} {expected}",
    ),
    ("ratios", "of_last"): Wording(
        "文字写的是上年的 {stated}，本年 {now} 是上年 {before} 的 {expected}：“{sentence}”",
        "{remedy}",
        "{stated}",
        "{expected}",
    ),
    ("ratios", "last_year"): Wording(
        "文字写的上年“{name}”是 {stated}，上年的报告是 {before}：“{sentence}”",
        "请核对上年的数：写错的改正；上年的数后来更正过或者统计口径不同的，请在文字里写明",
        "{stated}",
        "{before}",
    ),
    ("ratios", "twice"): Wording(
        "同一件事写了两个数，一处是 {claimed}：“{sentence}”，一处是 {expected}：“{other}”",
        "{remedy}",
        "{claimed}",
        "{expected}",
    ),
    ("similar", "last_year"): Wording("与本单位{past}报告的同一部分有 {percent}% 相同", "{remedy}"),
    ("similar", "other_agency"): Wording("与“{name}”的同一部分有 {percent}% 相同", "{remedy}"),
    ("personal", "identity_number"): Wording("写有身份证号码 {number}：“{sentence}”", "{remedy}", "{number}"),
    ("personal", "mobile"): Wording("写有手机号码 {number}：“{sentence}”", "{remedy}", "{number}"),
    ("personal", "file_name"): Wording("文件名“{name}”里写有个人的号码，各处已遮去中间的数字", "", "{name}"),
    ("personal", "bank_card"): Wording("写有银行卡号 {number}：“{sentence}”", "{remedy}", "{number}"),
    ("other_name", "found"): Wording("以“{name}”的名义报告：“{sentence}”", "{remedy}", "{name}"),
}
"""A finding of a rule over texts is worded by the rule's kind; {asked_for} and {remedy} are the rule's own, {year} in a remedy being the reporting year."""
