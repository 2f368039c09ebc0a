"""What does not fit together is refused where it stands, before anything is built of it."""

from __future__ import annotations

import re

import pytest

from pipeline.forms.loader import parse_form
from pipeline.model import ConfigError
from tests.forms.mutation import shipped

TEXT = shipped("annual_report_2021")


def without(*kinds: str) -> str:
    """The form without the repeated tables of these kinds and what is inside them."""
    found = TEXT
    for kind in kinds:
        found = re.sub(rf"(?ms)^\[\[{kind}\]\]\n.*?(?=^\[(?!\[?{kind}\.)|\Z)", "", found)
    return found


def without_sheet(kind: str) -> str:
    return re.sub(rf'(?ms)^\[\[sheet\]\]\nname = "[^"]*"\nkind = "{kind}".*?(?=^\[)', "", TEXT)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (without("text"), "工作表"),
        (without("headline"), "[[headline]]"),
        (without("basic"), "[[basic]]"),
        (without("table"), "[[table]]"),
        (without("entry"), "[[entry]]"),
        (without("section"), "[[section]]"),
        (without_sheet("guide"), "guide"),
        (without_sheet("checks"), "checks"),
        (without_sheet("past"), "past"),
    ],
)
def test_what_is_missing_is_named(text: str, word: str) -> None:
    assert text != TEXT
    with pytest.raises(ConfigError, match=rf"form\.toml 第 \d+ 行：.*{re.escape(word)}"):
        parse_form(text, "form.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('sheet = "四、复议诉讼"', 'sheet = "三、依申请公开"'),
        ('sheet = "五六、问题与其他"', 'sheet = "四、复议诉讼"'),
        ('sheet = "四、复议诉讼"', 'sheet = "自查"'),
        ('name = "二、主动公开"', f'name = "{"公" * 32}"'),
        *[('name = "二、主动公开"', f'name = "二、主动{mark}公开"') for mark in "/?*[]:"],
        ('name = "二、主动公开"', 'name = "\'二、主动公开"'),
        ('name = "自查"', 'name = "基本信息"'),
        ('name = "自查"', 'name = "问题清单"'),
        ('kind = "past"', 'kind = "guide"'),
        ('report_title = "{agency}', 'report_title = "{office}'),
        ('report_title = "{agency}', 'report_title = "{agency'),
        ("三张表格、{numbers} 个数据", "三张表格、{number} 个数据"),
        ('title = "没有负数"', "title = 7"),
        ('title = "没有负数"', 'title = "没有{负数}"'),
        ('title = "没有负数"', 'title = ""'),
        ('prompt = "填四位年份"', 'prompt = "填{year}"'),
        ('kind = "year"', 'kind = "years"'),
        ('role = "contact"', 'role = "clerk"'),
        ('role = "phone"', 'role = "contact"'),
        ('id = "T3-01"', 'id = "N04"'),
        ('id = "T3-01"', 'id = "T3.01"'),
        ('edition = "1"', "edition = 1"),
        ('title = "政府信息公开工作年度报告"', f'title = "{"长" * 81}"'),
        ('report_title = "{agency}', f'report_title = "{"长" * 80}{{agency}}'),
        ('short = "年报"', f'short = "{"报" * 81}"'),
        ("first_year = 2021", "first_year = 21"),
        ('contents = ["problems"]', 'contents = ["problems", "overview.lead"]'),
        ('label = ["行政强制"]', 'label = ["行政处罚"]'),
        ('label = ["行政强制"]', "label = [7]"),
        ('key = "coercive_measures"', 'key = "强制"'),
        ('words = { left = ["第一项", "第二项"]', "words = { left = [1, 2]"),
        ('left = ["requests.new_received.{column}", "requests.carried_over.{column}"]', "left = [7]"),
        ('label = "填报人"', 'label = "填报\\u0001人"'),
        ('label = "填报人"', 'label = "填报\\n人"'),
        ('label = "填报人"', f'label = "{"人" * 101}"'),
        ('label = ["行政强制"]', f'label = ["{"强" * 101}"]'),
        ('label = ["行政强制"]', 'label = ["行政\\n强制"]'),
        ('nil_label = "', 'nil_label = "没有\\n'),
        ('form = "request_register"', 'form = "no_such_register"'),
        ('id = "F09"', 'id = "F77"'),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(old: str, new: str) -> None:
    assert old in TEXT
    changed = TEXT.replace(old, new, 1)
    with pytest.raises(ConfigError) as caught:
        parse_form(changed, "form.toml")
    found = re.match(r"form\.toml 第 (\d+) 行", str(caught.value))
    assert found, caught.value
    line = 1 + TEXT[: TEXT.index(old)].count("\n")
    assert abs(int(found[1]) - line) <= 12, caught.value


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('edition = "1"', 'edition = "1"\nedition = "2"', "“edition”写了两次"),
        ("[words]", "[words]\n[words]", "“[words]”写了两次"),
        ('edition = "1"', "edition = “1”", "英文引号"),
        ("words = {", 'words = { left = [""], ', "“left”写了两次"),
        ('left = ["requests.new_received.', 'left = ["0 * requests.new_received.', "1 到 100 的整数"),
        ('left = ["requests.new_received.', 'left = ["1000*requests.new_received.', "1 到 100 的整数"),
        ('left = ["requests.new_received.', 'left = ["-2 * requests.new_received.', "1 到 100 的整数"),
        ('left = ["requests.new_received.', 'left = ["1.5 * requests.new_received.', "1 到 100 的整数"),
    ],
)
def test_a_fault_is_called_what_it_is(old: str, new: str, words: str) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError, match=r"form\.toml 第 \d+ 行") as caught:
        parse_form(TEXT.replace(old, new, 1), "form.toml")
    assert words in str(caught.value)
