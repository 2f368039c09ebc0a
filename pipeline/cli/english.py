"""What the command line says of itself in Chinese goes in; the same in English comes out, for engineers.

Chinese is what offices read, so it is what is said unless the locale is English (or ``NIANBAO_LANG=en``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "dask 集群地址，例如 tls://10.0.0.5:8786；集群送回的结果在本机执行，只用自己管理的集群。": "Address of a dask cluster, for instance tls://10.0.0.5:8786; what it sends back runs here, so use only one of your own.",
    "return 退回已合格的报送、count 以第几次计入、accept 接收待核实的文件、waive 准予例外、refuse 不同意单位的说明、extend 延期、dismiss 不是报送、release 同意更正已报送的数据。": "return: send an accepted report back; count: let version n count; accept: take a held file; waive: except from a rule; refuse: do not agree to what an agency explained; extend: a later deadline; dismiss: no submission; release: let a correction of delivered figures go up.",
    "不发邮件，只记下已经用别的办法转交的信；先列出有哪些，用 --all、--agency 或 --letter 写明记哪些。": "Send nothing; record letters that were handed over by other means. Alone it lists them; --all, --agency or --letter say which.",
    "与 --by-hand 同用：全部。": "With --by-hand: all of them.",
    "与 --by-hand 同用：撤销已记下的转交，信重新等待。": "With --by-hand: take the record back; the letters wait again.",
    "两封信之间停几秒。": "Seconds to pause between two letters.",
    "代号": "KEY",
    "决定": "DECISION",
    "决定的人；不写则是设置里的经办人，再没有就是本机用户。": "Who decided; the coordinator of the settings if not given, else the user of this machine.",
    "单位或文件": "AGENCY|FILE",
    "单位的代码、名称或简称（accept、dismiss 写文件名），后面按需要写第几次、规则或日期；release 可以不写。": "Code, name or alias of the agency (for accept and dismiss the file), then the version, rule or day that is needed; release: nothing.",
    "单位的代码、名称或简称；不写则是全部。": "Code, name or alias of the agency; all if not given.",
    "发出等待中的信，即 letters 文件夹里的那些；或者记下用别的办法转交的。": "Send the letters that wait in letters/, or record those handed over by other means.",
    "只做这一个单位：代码、名称或简称。": "This agency only: code, name or alias.",
    "只指这一个单位的信。": "Letters of this agency only.",
    "只指这封信（文件名末尾的六个字），可以写多次。": "This letter only (the six characters at the end of its file name); may be repeated.",
    "审核、签发的人；必须写明。": "Who approved and signs; required.",
    "导入以前年度的数据和文字，用来与本年的比较：公布的年报、填好的表格都可以。": "Take figures and texts of earlier years to compare with: published reports or filled templates.",
    "封": "N",
    "已公布的年报（Word、网页、PDF）、以前填好的表格、运行生成的 figures.csv，也可以是文件夹和 .zip。": "Published reports (Word, web page, PDF), filled templates, a figures.csv; folders and .zip too.",
    "已公布的年报（Word、网页、PDF），也可以是文件夹和 .zip。": "Published reports (Word, web page, PDF); folders and .zip too.",
    "年份": "YEAR",
    "打印表样的校验规则（pandera 的 YAML）：每个数据、每条规则一列。": "Print the schema of a form (pandera YAML): a column for every number and every rule.",
    "打开这封信：显示内容，信和附件另存一份。": "Open this letter: show it, and save it with its attachments.",
    "把以前没有读完而搁置的文件再读一次。": "Read files again that were set aside because they could not be read to their end.",
    "把已公布的年报与已接受的数据和文字逐格、逐句核对；本区自己的年报与各单位之和核对。": "Compare published reports with what was accepted, cell by cell and sentence by sentence; the district's own with the sums.",
    "撤销这个决定。": "Revoke this decision.",
    "文件里没有写单位时，写代码、名称或简称。": "Where the file names no agency: code, name or alias.",
    "文件里没有写年度时，写四位年份。": "Where the file names no year: four digits.",
    "更正已经报送的数据时，为什么更正。": "Why figures that were delivered are corrected.",
    "照原样发，不管文件夹里怎样。": "Send it as it was written, whatever stands in the folder.",
    "照在 letters 文件夹里改过的发。": "Send it as edited in letters/.",
    "留底：列出发过的和等待的每一封信，打开其中一封；对改过、删过的信说明怎么办。": "List every letter that was sent or waits, open one, say what to do with one that was edited or deleted.",
    "秒": "SECONDS",
    "签发汇总表：写明谁审核同意，信才报给上级办公室；没有收齐的注明阶段汇总，更正要写理由。": "Sign the district workbook: only then its letter goes up; partial sums are called so, a correction needs a reason.",
    "表中的空格和“/”当作 0。": 'Read blanks and "/" in tables as 0.',
    "被拒收的信也重新发一次。": "Send refused letters once more too.",
    "记下一个决定：退回、以第几次计入、接收、例外、不同意说明、延期、不是报送、同意更正；写明理由和决定的人，可以撤销。": "Record a decision: return, count, accept, waive, refuse, extend, dismiss, release; with reason and person, revocable.",
    "这一次最多发几封。": "Send so many letters at most.",
    "这封信不发了。": "Do not send this letter.",
    "用哪一份表样：名称，或者表样文件（.toml）；不写则用现行的年度报告。": "Which form: its id, or a file (.toml); the annual report in force if not given.",
    "同时收几份表时，指哪一份：名称，或者 名称:报告期；不写则指第一份。": "Where several forms are collected, which: its id, or id:period; the first if not given.",
    "同时收几份表时，只指这一份：名称，或者 名称:报告期；不写则是全部。": "Where several forms are collected, only this one: its id, or id:period; all if not given.",
    "check 列出全部错误和行号；preview 做出模板和样张。": "check: list every fault with its line; preview: make the template and sample documents.",
    "表样文件": "FILE",
    "自己写的表样（.toml）。": "A form of your own (.toml).",
    "样张放在哪里；不写则放在表样旁边的“预览”中。": "Where the samples go; 预览 beside the form if not given.",
    "检查一份自己写的表样，或者做出样张看一看。": "Check a form of your own, or make samples of it to look at.",
    "政府信息公开工作年度报告：发模板、查报送、出汇总表和各单位年报。": "Yearly reports on government information disclosure: hand out templates, check what comes back, merge and publish.",
    "新建一个区县文件夹：设置、单位名单、收件箱和模板。": "Make a new district folder: settings, roster, inbox, templates, files to double-click.",
    "要新建的文件夹。": "The folder to make.",
    "区县文件夹": "DIR",
    "把已有的设置和名单（district.toml、agencies.csv 或别的名单文件）收进 经办.xlsx。": "Put existing settings and a roster (district.toml, agencies.csv or any other list) into 经办.xlsx.",
    "放着 经办.xlsx 或 district.toml 的文件夹。": "The folder that holds 经办.xlsx or district.toml.",
    "单位名单（Excel、WPS 或 CSV）；不写则用 agencies.csv。": "A list of agencies (Excel, WPS or CSV); agencies.csv if not given.",
    "名单": "ROSTER",
    "给每个单位做一份带单位名称和年度的填报模板，并写好发模板的信。": "Write a personal template for each agency, and the letters that carry them.",
    "结果放在哪里；不写则放在区县文件夹的 output 中。": "Where the results go; DIR/output if not given.",
    "文件夹": "DIR",
    "当作现在的时间，例如 2024-01-25T20:00:00。": "Take this for the present moment, for instance 2024-01-25T20:00:00.",
    "时间": "ISO",
    "检查单个文件，不需要区县文件夹，也不写任何文件。": "Judge single files, without a district; nothing is written.",
    "要检查的表格。": "The files to judge.",
    "填报单位的级别：设区的市或县区；不写则以模板中的为准。": "Level of the agency: 设区的市 or 县区; what the template says if not given.",
    "级别": "LEVEL",
    "输出 JSON，供其他程序使用。": "Print JSON, for other programs.",
    "检查收件箱里的全部报送，写出汇总表、各单位年报和退回表格。": "Judge everything in the inbox; write the district workbook, the reports and what goes back.",
    "只看结果，不写任何文件。": "Only say what would happen; write nothing.",
    "同时用几个进程；不写则自动决定。": "How many processes to use; decided by the work if not given.",
    "个数": "N",
    "地址": "URL",
    "各单位年报另存一份 PDF（需要 LibreOffice 和中文字体）。": "Print the reports as PDF too (needs LibreOffice and Chinese fonts).",
    "打开最近一次运行写出的报送情况（网页）。": "Open the coordinator's page of the last run.",
    "写出要盖章、要留存的材料：通报、通讯录、考核明细、公布情况、上报材料。": "Write the papers of the office: notice, contacts, assessment, what is published, what goes up.",
    "逐个单位列出报送情况：状态、计入第几次、收到时间、问题、最近一封信。": "List who has sent what: state, version that counts, time, problems, last letter.",
    "改为逐条规则列出：提示了几家，后来怎样。": "List the rules instead: how often each fired and what became of it.",
    "准予一个单位对一条规则例外，写明理由和同意的人；汇总表和问题清单中会列明。": "Except one agency from one rule, with the reason and who agreed.",
    "单位的代码、名称或简称。": "Code, name or alias of the agency.",
    "单位": "AGENCY",
    "规则的编号，例如 T3-04。": "Number of the rule, for instance T3-04.",
    "规则": "RULE",
    "姓名": "NAME",
    "为什么。": "Why.",
    "理由": "REASON",
    "到哪一天为止；不写则长期有效。": "Up to and including this day; for good if not given.",
    "日期": "DAY",
    "撤销这个例外。": "End this exception.",
    "把一个待核实的文件记为不是报送，写明理由和核实的人；不再待核实，不写信，也不删除。": "Record that a file that is held is no submission, with the reason and who checked; nothing is deleted.",
    "待核实的文件，照 status 列出的写。": "The file that is held, as status lists it.",
    "文件": "FILE",
    "撤销，文件重新待核实。": "End this; the file is held again.",
    "列出表样的每个数据、文字和项目在模板中的位置。": "Data dictionary: where every figure, text and entry of a form stands in the template.",
    "表样的名称。": "Name of the form.",
    "表样": "FORM",
    "显示版本。": "Show the version.",
    "显示帮助。": "Show this help.",
    "例：": "Example: ",
    "参数": "Arguments",
    "选项": "Options",
    "命令": "Commands",
    "[必填]": "[required]",
    "[默认：{}]": "[default: {}]",
}  # fmt: skip
_SETTINGS = ("NIANBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def is_spoken() -> bool:
    """Whether the first setting of the locale that says anything says English."""
    said = next(filter(None, map(os.environ.get, _SETTINGS)), "") or ""
    return said.casefold().startswith("en")


def said(text: str) -> str:
    """Return ``text`` in the language of the locale; an example keeps its command."""
    if not is_spoken():
        return text
    example = "例："
    if text.startswith(example):
        return ENGLISH[example] + text.removeprefix(example)
    return ENGLISH.get(text, text)
