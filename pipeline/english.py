"""What the command line says of itself in Chinese goes in; the same in English comes out, for engineers.

Chinese is what offices read, so it is what is said unless the locale is English (or ``NIANBAO_LANG=en``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "用哪一份表样：名称，或者表样文件（.toml）；不写则用现行的年度报告。": "Which form: its id, or a file (.toml); the annual report in force if not given.",
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
    "只做这一个单位。": "This agency only.",
    "代码": "CODE",
    "结果放在哪里；不写则放在区县文件夹的 output 中。": "Where the results go; DIR/output if not given.",
    "文件夹": "DIR",
    "当作现在的时间，例如 2024-01-25T20:00:00。": "Take this for the present moment, for instance 2024-01-25T20:00:00.",
    "时间": "ISO",
    "写一封信把汇总表报给上级办公室，不等收齐；收齐后的信每晚自动写。": "Write the letter that sends the district workbook up before all reports are in; once they are, a run writes it.",
    "检查单个文件，不需要区县文件夹，也不写任何文件。": "Judge single files, without a district; nothing is written.",
    "要检查的表格。": "The files to judge.",
    "文件…": "FILE...",
    "填报单位的级别：设区的市或县区；不写则以模板中的为准。": "Level of the agency: 设区的市 or 县区; what the template says if not given.",
    "级别": "LEVEL",
    "输出 JSON，供其他程序使用。": "Print JSON, for other programs.",
    "检查收件箱里的全部报送，写出汇总表、各单位年报和退回表格。": "Judge everything in the inbox; write the district workbook, the reports and what goes back.",
    "只看结果，不写任何文件。": "Only say what would happen; write nothing.",
    "同时用几个进程；不写则自动决定。": "How many processes to use; decided by the work if not given.",
    "个数": "N",
    "dask 集群地址，例如 tcp://10.0.0.5:8786。": "Address of a dask cluster, for instance tcp://10.0.0.5:8786.",
    "地址": "URL",
    "各单位年报另存一份 PDF（需要 LibreOffice 和中文字体）。": "Print the reports as PDF too (needs LibreOffice and Chinese fonts).",
    "导入上年的数据，用来与本年的数据比较。": "Take last year's figures, to compare this year's with.",
    "上年运行生成的 figures.csv，或上年填好的表格。": "A figures.csv of last year's run, or last year's filled templates.",
    "打开最近一次运行写出的报送情况（网页）。": "Open the coordinator's page of the last run.",
    "写出要盖章、要留存的材料：通报、通讯录、考核明细、公布情况、上报材料。": "Write the papers of the office: notice, contacts, assessment, what is published, what goes up.",
    "逐个单位列出报送情况：状态、计入第几次、收到时间、问题、最近一封信。": "List who has sent what: state, version that counts, time, problems, last letter.",
    "改为逐条规则列出：提示了几家，后来怎样。": "List the rules instead: how often each fired and what became of it.",
    "准予一个单位对一条规则例外，写明理由和同意的人；汇总表和问题清单中会列明。": "Except one agency from one rule, with the reason and who agreed.",
    "单位的代码、名称或简称。": "Code, name or alias of the agency.",
    "单位": "AGENCY",
    "规则的编号，例如 T3-04。": "Number of the rule, for instance T3-04.",
    "规则": "RULE",
    "同意的人；不写则是 district.toml 的 \\[people] 中的 coordinator，再没有就是本机用户。": "Who agreed; the coordinator of the settings if not given, else the user of this machine.",
    "姓名": "NAME",
    "为什么。": "Why.",
    "理由": "REASON",
    "到哪一天为止；不写则长期有效。": "Up to and including this day; for good if not given.",
    "日期": "DAY",
    "撤销这个例外。": "End this exception.",
    "把一个待核实的文件记为不是报送，写明理由和核实的人；不再待核实，不写信，也不删除。": "Record that a file that is held is no submission, with the reason and who checked; nothing is deleted.",
    "待核实的文件，照 status 列出的写。": "The file that is held, as status lists it.",
    "文件": "FILE",
    "核实的人；不写则与 waive 相同。": "Who checked; as for waive if not given.",
    "为什么不是报送。": "Why it is no submission.",
    "撤销，文件重新待核实。": "End this; the file is held again.",
    "发出等待中的信，即 letters 文件夹里的那些。": "Deliver the letters that wait in the folder letters.",
    "不发邮件，只记下：等待的和被拒收的信都已经用别的办法转交。": "Send nothing; record that what waits or was refused was handed over by other means.",
    "与 --by-hand 同用，只记这一个单位的。": "With --by-hand: this agency's letters only.",
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
