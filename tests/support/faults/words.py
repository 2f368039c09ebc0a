"""Faults of the narratives."""

from __future__ import annotations

from tests.support.faults.planting import Plant, Planted, Sent, kind


def _added(code: str, key: str, sentence: str) -> Plant:
    return lambda sent: Planted(code, (key,), texts={key: f"{sent.texts[key]}\n{sentence}"})


def _replaced(code: str, key: str, old: str, new: str, agency_kind: str = "部门") -> Plant:
    def plant(sent: Sent) -> Planted:
        assert old in sent.texts[key]
        return Planted(code, (key,), texts={key: sent.texts[key].replace(old, new)}, kind=agency_kind)

    return plant


SUPERVISION = "overview.supervision"
FAULTS: dict[str, Plant] = {
    "the period of another year": _replaced("N01", SUPERVISION, "2023年", "2022年"),
    "no period": lambda sent: Planted(
        "N01",
        (),
        (),
        texts={SUPERVISION: sent.texts[SUPERVISION].split("\n本报告所列")[0] + "考核、评议、追责均已开展。"},
    ),
    "an empty text": lambda _sent: Planted("N02", ("problems",), (), texts={"problems": " "}),
    "a text that says nothing": lambda _sent: Planted("N02", ("problems",), (), texts={"problems": "无"}),
    "a town without results of supervision": _replaced(
        "N03", SUPERVISION, "工作考核、社会评议结果良好，没有责任追究情形。", "", "镇"
    ),
    "no processing fee": _replaced("N10", "other_matters", "本年度未收取信息处理费。", ""),
    "the old authority": _added("N11", "preface", "本报告依据国办公开办函〔2019〕60号编制。"),
    "an identity number": _added("N12", "overview.platform", "联系人身份证号11010519491231002X。"),
    "a mobile number": _added("N12", "overview.platform", "联系电话13812345678。"),
    "residue of a template": _added("N14", "overview.proactive", "全年发布信息××条。"),
    "an instruction left in": _added("N14", "overview.proactive", "该部分以表格形式报告。"),
    "a year left blank": _added("N14", "overview.proactive", "根据【填写单位名称】的安排开展工作。"),
    "another agency's name": lambda sent: Planted(
        "N16", ("preface",), (), texts={"preface": f"临平区教育局认真贯彻条例。{sent.texts['preface']}"}
    ),
    "last year's sentence": lambda _sent: Planted(
        "N07",
        ("overview.proactive",),
        texts={"overview.proactive": "2022年，我局主动公开政府信息，成效明显。各项工作有序推进。"},
    ),
    "received in words is not received in the table": lambda sent: Planted(
        "N04",
        ("overview.on_request",),
        (),
        texts={
            "overview.on_request": f"2023年，本机关新收政府信息公开申请{2 * sent.numbers['requests.new_received.total'] + 9}件。"
        },
    ),
    "reconsiderations in words are not in the table": lambda sent: Planted(
        "N04",
        ("overview.on_request",),
        (),
        texts={
            "overview.on_request": f"因政府信息公开被申请行政复议{sent.numbers['disputes.reconsideration.total'] + 2}件。"
        },
    ),
}
for _name, _plant in FAULTS.items():
    kind(_name)(_plant)
