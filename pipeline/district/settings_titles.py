"""What the columns of the lists of 经办.xlsx are called; those of the roster have their ``HEADINGS``."""

from __future__ import annotations

UNIT, FORM, RULE = "单位", "表样", "规则"
DAY, ARRANGEMENT = "日期", "安排"
UNTIL, CAUSE = "延期到", "原因"
REASON, PERSON, LAST_DAY, ENDS = "理由", "同意的人", "到哪天", "撤销"
WAY, CONTENT = "做法", "内容"
PERIOD, DEADLINE = "报告期", "截止日期"
NOTE = "说明"
