"""A body and its figures go in; the nine texts of its report come out, in agreement with the figures.

Each body's own words stand in ``words.toml``; the frame sentences around them vary by a seed made of its code.
Requests are told by outcome only in groups that add up.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from examples.linping.roster import YEAR, Body
from pipeline.model import Number

PERIOD = f"自{YEAR}年1月1日起，至{YEAR}年12月31日止"
_NOTICE = "《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）"
_OPENINGS = (
    "根据《中华人民共和国政府信息公开条例》（以下简称《条例》）和{notice}要求，编制并公布{agency}{year}年政府信息公开工作年度报告。",
    "按照《中华人民共和国政府信息公开条例》第五十条规定和年度报告统一格式要求，{agency}现将{year}年政府信息公开工作情况报告如下。",
    "本报告由{agency}依照《中华人民共和国政府信息公开条例》和{notice}编制，共六个部分，附有相关数据表格。",
    "为保障公众知情权，依据政府信息公开条例及{notice}的格式，{agency}对{year}年政府信息公开工作作了全面总结，形成本报告。",
    "现将{agency}{year}年度政府信息公开工作情况向社会公布。报告正文由总体情况、主动公开、依申请公开、复议诉讼、问题与改进、其他事项六部分组成。",
)
_WHERE = (
    "报告电子版可在临平区政府门户网站政府信息公开年报栏目查阅、下载。",
    "公众可登录临平区政府门户网站查看本报告全文。",
    "本报告同时以电子版和纸质版公布，纸质版可到{address}取阅。",
    "",
)
_PERIODS = (
    "本报告所列数据的统计期限{period}。",
    "报告中数据统计期限{period}。",
    "除另有注明外，本报告数据的统计期限{period}。",
)
_ASK = (
    "如对本报告有疑问，请与{short}办公室联系（地址：{address}，电话：{phone}）。",
    "对报告内容有意见建议的，可致电{phone}，或来信寄至{address}。",
    "联系地址：{address}；联系电话：{phone}。",
)
_LEADS = (
    "{year}年，{we}认真落实政府信息公开各项要求，坚持以公开为常态、不公开为例外，把公开透明贯穿履职全过程。",
    "一年来，{we}围绕中心工作和群众关切推进政务公开，明确一名分管领导和一名专职联络员，做到年初有安排、年中有检查、年底有总结。",
    "{we}把政府信息公开作为改进作风、服务群众的一项日常工作来抓，公开的质量和时效比上年有所提高。",
    "",
    "",
)
_PROACTIVE = (
    "重点公开{topics}等信息。{story}全年通过各类渠道主动公开政府信息{count}条。",
    "{year}年，{we}主动公开信息{count}条，内容以{topics}为主。{story}",
    "{story}对照主动公开基本目录，及时发布{topics}等内容，全年更新{count}条，机构职能、领导分工、预算决算等基础信息做到变动即更新。",
    "坚持应公开尽公开，聚焦{topics}，累计发布信息{count}条。\n{story}",
)
_HANDLING = (
    "收到申请后当日登记，由承办科室提出意见，办公室和法律顾问共同审核，确保答复合法、规范、按时。",
    "进一步规范登记、审核、答复、送达、归档各环节，对表述不清的申请先电话沟通、再书面补正。",
    "答复书统一编号，写明依据和救济渠道，经分管领导签发后寄送。",
    "拓宽当面、邮寄、网络三种申请渠道，公布受理地点和电话，为老年人提供代填服务。",
    "凡拟不予公开的，均经集体研究并留存书面记录。",
)
_NONE_RECEIVED = (
    "{year}年，{we}未收到政府信息公开申请，没有上年结转和结转下年度继续办理的申请。受理渠道保持畅通，申请指南和申请表可在网站下载。",
    "本年度没有收到公民、法人或者其他组织提出的政府信息公开申请，也没有结转办理的事项。{we}安排专人每日查看网上申请系统和来信，防止漏收。",
    "全年未收到依申请公开件。对来电、来访咨询的，均当场解答或指明查询途径。",
)
_RECEIVED = (
    "{year}年，{we}共收到政府信息公开申请{new}件，{over}；本年度办结{done}件，{forward}。",
    "全年新收政府信息公开申请{new}件，{over}，已答复{done}件，{forward}。",
    "{year}年度{we}新收申请{new}件，{over}。截至年底，办结{done}件，{forward}。",
)
_OUTCOME_WORDS = (
    ("granted_in_full", "予以公开"),
    ("granted_in_part", "部分公开"),
    ("refused", "不予公开"),
    ("unable", "无法提供"),
    ("not_processed", "不予处理"),
    ("other", "作其他处理"),
)
_DISPUTE_KINDS = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
_NO_DISPUTES = (
    "全年未发生因政府信息公开引发的行政复议和行政诉讼。",
    "没有因政府信息公开被申请行政复议或者被提起行政诉讼的情况。",
    "未发生涉及政府信息公开的行政复议、行政诉讼案件。",
)
_MANAGED = (
    "{manage}{documents}公文起草时同步确定公开属性，不予公开的说明理由。",
    "严格执行先审查、后公开，一事一审、全面审查。{manage}{documents}",
    "{documents}{manage}定期清理已公开的信息，对失效、过时的内容作出标注。",
    "明确办公室为信息管理责任科室，{we}各科室各有一名信息员。{manage}\n{documents}",
)
_PLATFORM = (
    "{channel}{we}未单独设立政府网站，信息统一在区政府门户网站发布。",
    "以区政府门户网站为公开第一平台。{channel}",
    "{channel}同时安排人员每周巡查栏目，对打不开的链接和错别字立即改正。",
    "按照集约化要求，依托统一平台维护公开栏目，不另建网站。{channel}新媒体账号实行内容分级审核。",
)
_SUPERVISION = (
    "将政务公开列入年度工作要点和科室考核，由办公室按季检查、年终汇总。全年组织业务培训{times}次，参训{people}人次。",
    "主要负责人听取政务公开工作汇报{times}次，研究解决栏目更新、申请答复等具体问题。设立监督电话{phone}，接受群众监督。",
    "开展信息公开自查{times}次，发现并整改问题{people}个；聘请社会监督员参与评议。",
    "健全领导小组统筹、办公室牵头、科室落实的责任体系，新入职人员均参加信息公开业务学习，全年{people}人次参加培训。",
)
_GOVERNMENT = (
    "工作考核方面，政务公开占年度综合考核一定分值，考核结果与评先评优挂钩；社会评议方面，发放问卷{people}份，总体满意；责任追究方面，全年未发生需要追究责任的情形。",
    "把政务公开纳入各科室、村社年度考核，组织居民代表开展社会评议，满意率较高。全年没有因政府信息公开工作受到责任追究的情况。",
    "政务公开工作考核、社会评议和责任追究制度得到落实：全年开展考核{times}次，邀请人大代表、居民代表{people}人评议，未发生责任追究事项。",
)
_PROBLEMS = (
    "存在的主要问题：{weak}\n改进措施：{mend}",
    "{year}年，{we}政府信息公开工作取得一定成效，但仍存在不足：{weak}\n下一步，{we}将从以下方面改进：{mend}",
    "对照群众期待和上级要求，{we}工作中还有差距，主要是：{weak}\n针对上述问题，改进情况和打算如下：{mend}",
    "主要问题有：{weak}\n为此，{we}已着手改进：{mend}",
)
_FEES = (
    "本年度{we}未收取政府信息公开信息处理费。",
    "{year}年，{we}依申请提供政府信息没有收取信息处理费。",
    "信息处理费收取情况：{year}年度未发出收费通知，收取金额为0元。",
    "按照政府信息公开信息处理费管理办法的规定，本年度没有产生信息处理费。",
)
_NOTHING_ELSE = (
    "没有其他需要报告的事项。",
    "除此之外，无其他需要报告的事项。",
    "",
)

Numbers = Mapping[str, Number]


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("words.toml").read_text("utf-8")
    )
    return found


class _Writer:
    """Fills frames for one body; the choices follow a seed made of its code."""

    def __init__(self, body: Body, numbers: Numbers) -> None:
        self._draw = random.Random(f"texts-{body.code}")
        self.numbers = numbers
        self.names: dict[str, object] = {
            **_words()[body.code],
            "agency": body.name,
            "short": body.short.split("（")[0],
            "we": body.we,
            "year": YEAR,
            "phone": body.phone,
            "address": f"杭州市临平区{body.address}",
            "notice": _NOTICE,
            "period": PERIOD,
            "count": self._draw.randrange(60, 900),
            "times": self._draw.randrange(2, 6),
            "people": self._draw.randrange(11, 97),
        }

    def one(self, frames: Sequence[str], **more: object) -> str:
        """Choose a frame and fill it."""
        return self._draw.choice(frames).format(**self.names, **more)

    def figure(self, *keys: str) -> int:
        """Add the figures at ``keys``."""
        return sum(int(self.numbers[key]) for key in keys)


def texts(body: Body, numbers: Numbers) -> dict[str, str]:
    """Return the texts of the body's report by key of the form."""
    write = _Writer(body, numbers)
    period = write.one(_PERIODS)
    in_preface = int(body.code[2:]) % 2 == 0
    supervision = write.one(_SUPERVISION)
    if body.is_government:
        supervision += "\n" + write.one((_GOVERNMENT[int(body.code[2:]) % len(_GOVERNMENT)],))
    closing = ("" if in_preface else period) + write.one(_ASK)
    return {
        "preface": write.one(_OPENINGS) + (period if in_preface else "") + write.one(_WHERE),
        "overview.lead": write.one(_LEADS),
        "overview.proactive": write.one(_PROACTIVE),
        "overview.on_request": _on_request(write),
        "overview.information_management": write.one(_MANAGED, documents=_documents(write)),
        "overview.platform": write.one(_PLATFORM),
        "overview.supervision": f"{supervision}\n{closing}",
        "problems": write.one(_PROBLEMS),
        "other_matters": write.one(_FEES) + (str(write.names["extra"]) or write.one(_NOTHING_ELSE)),
    }


def _on_request(write: _Writer) -> str:
    new, over, done, forward = (
        write.figure(f"requests.{row}.total")
        for row in ("new_received", "carried_over", "outcomes_total", "carried_forward")
    )
    if not new + over:
        return write.one(_NONE_RECEIVED) + _disputes(write)
    told = write.one(
        _RECEIVED,
        new=new,
        over=f"上年结转{over}件" if over else "无上年结转件",
        done=done,
        forward=f"结转下年度继续办理{forward}件" if forward else "没有结转下年度的申请",
    )
    return told + _outcomes(write) + write.one(_HANDLING) + _disputes(write)


def _outcomes(write: _Writer) -> str:
    """Tell the outcomes by group: every group that is not empty, so that they add up to what was answered."""
    groups = []
    for prefix, word in _OUTCOME_WORDS:
        rows = [
            key
            for key in write.numbers
            if key.startswith(f"requests.{prefix}") and key.endswith(".total") and "carried" not in key
        ]
        count = write.figure(*rows)
        if count:
            groups.append(f"{word}{count}件")
    return f"其中{'，'.join(groups)}。" if groups else ""


def _disputes(write: _Writer) -> str:
    reviews, *suits = (write.figure(f"disputes.{kind}.total") for kind in _DISPUTE_KINDS)
    if not reviews + sum(suits):
        return write.one(_NO_DISPUTES)
    parts = [
        f"行政复议{reviews}件" if reviews else "",
        f"行政诉讼{sum(suits)}件" if sum(suits) else "",
    ]
    return f"全年因政府信息公开引发{'、'.join(part for part in parts if part)}。"


def _documents(write: _Writer) -> str:
    issued, repealed, in_force = (
        write.figure(f"proactive.normative_documents.{item}") for item in ("issued", "repealed", "in_force")
    )
    if not issued + repealed + in_force:
        return ""
    changes = (
        f"本年制发行政规范性文件{issued}件" if issued else "本年未制发行政规范性文件",
        f"废止{repealed}件" if repealed else "",
    )
    return f"{'，'.join(part for part in changes if part)}，现行有效的行政规范性文件{in_force}件。"
