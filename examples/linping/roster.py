"""The 42 bodies of the sample district go out, as values and as ``agencies.csv``.

Names follow what such bodies are really called; people, telephones and mailboxes are invented
(``.example`` is reserved for that).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

DISTRICT = "杭州市临平区"
LEVEL = "县区"
YEAR = 2023
COLUMNS = ("code", "name", "aliases", "kind", "level", "contact", "phone", "email")

# code | name | aliases | kind | how it speaks of itself | mail domain | contact | office and number
_ROSTER = """
LP001|杭州市临平区人民政府办公室|区政府办公室;区府办|部门|我办|qfb|顾明远|人民大道1号
LP002|杭州市临平区发展和改革局|区发展和改革局;区发改局|部门|我局|fgj|沈若溪|人民大道2号
LP003|杭州市临平区经济信息化和科学技术局|区经信科技局;区经科局|部门|我局|jkj|陆一帆|河南埭路32号
LP004|杭州市临平区教育局|区教育局|部门|我局|jyj|周静怡|学苑路18号
LP005|杭州市临平区民政局|区民政局|部门|我局|mzj|吴建平|安平路21号
LP006|杭州市临平区司法局|区司法局|部门|我局|sfj|蒋文韬|正法路6号
LP007|杭州市临平区财政局|区财政局|部门|我局|czj|胡晓岚|人民大道5号
LP008|杭州市临平区人力资源和社会保障局|区人力社保局;区人社局|部门|我局|rsj|俞思齐|安平路9号
LP009|杭州市临平区住房和城乡建设局|区住房和城乡建设局;区住建局|部门|我局|zjj|章国梁|城建路40号
LP010|杭州市临平区交通运输局|区交通运输局;区交通局|部门|我局|jtj|邵立新|通达路77号
LP011|杭州市临平区农业农村局|区农业农村局|部门|我局|nyj|钱禾|丰收路15号
LP012|杭州市临平区商务局|区商务局|部门|我局|swj|金晓敏|人民大道8号
LP013|杭州市临平区文化和广电旅游体育局|区文广旅体局|部门|我局|wlj|叶知秋|文昌路3号
LP014|杭州市临平区卫生健康局|区卫生健康局;区卫健局|部门|我局|wjj|何佩兰|康宁路12号
LP015|杭州市临平区退役军人事务局|区退役军人事务局|部门|我局|tyj|罗卫东|安平路33号
LP016|杭州市临平区应急管理局|区应急管理局;区应急局|部门|我局|yjj|孟凡|平安路19号
LP017|杭州市临平区审计局|区审计局|部门|我局|sjj|施慧|人民大道6号
LP018|杭州市临平区市场监督管理局|区市场监管局;区市场监督管理局|部门|我局|scj|屠建国|新市路60号
LP019|杭州市临平区统计局|区统计局|部门|我局|tjj|范晓鸥|人民大道7号
LP020|杭州市临平区医疗保障局|区医保局;区医疗保障局|部门|我局|ybj|汤莉|康宁路16号
LP021|杭州市临平区综合行政执法局|区综合行政执法局;区城管局|部门|我局|zfj|祝强|城建路52号
LP022|杭州市临平区数据资源管理局|区数据资源管理局;区数据局|部门|我局|sjzy|方云舟|数智路1号
LP023|杭州市临平区投资促进局|区投资促进局;区投促局|部门|我局|tcj|余天成|人民大道10号
LP024|杭州市临平区信访局|区信访局|部门|我局|xfj|韩冬梅|人民大道3号
LP025|杭州市公安局临平区分局|区公安分局;公安临平区分局|部门|我局|gafj|高峰|平安路1号
LP026|杭州市规划和自然资源局临平分局|区规划和自然资源分局;规资临平分局|部门|我局|gzfj|毛思远|城建路28号
LP027|杭州市生态环境局临平分局|区生态环境分局;生态环境临平分局|部门|我局|sthj|林青|绿洲路11号
LP028|杭州市临平区政务服务管理办公室|区政务服务管理办公室;区政务办|部门|我办|zwfw|谢雅琴|数智路5号
LP029|杭州市临平区机关事务服务中心|区机关事务服务中心;区机关事务中心|部门|本中心|jgsw|童斌|人民大道1号
LP030|杭州市临平区档案馆|区档案馆|部门|我馆|dag|郑书瑶|文昌路9号
LP031|杭州市临平区残疾人联合会|区残疾人联合会;区残联|部门|我会|cl|董爱华|安平路45号
LP032|临平经济技术开发区管理委员会|临平经济技术开发区管委会;临平经开区管委会|平台|管委会|jkq|严正宇|兴业路88号
LP033|临平新城管理委员会|临平新城管委会|平台|管委会|xc|鲍蓉|新城大道20号
LP034|大运河科创城管理委员会|大运河科创城管委会;科创城管委会|平台|管委会|kcc|姚启航|运河路101号
LP035|杭州市临平区人民政府临平街道办事处|临平街道办事处;临平街道|街道|本街道|lpjd|冯小满|东大街14号
LP036|杭州市临平区人民政府东湖街道办事处|东湖街道办事处;东湖街道|街道|我街道|dhjd|杜若飞|东湖路206号
LP037|杭州市临平区人民政府南苑街道办事处|南苑街道办事处;南苑街道|街道|街道|nyjd|葛长青|南苑路66号
LP038|杭州市临平区人民政府星桥街道办事处|星桥街道办事处;星桥街道|街道|我街道|xqjd|阮星|星桥路35号
LP039|杭州市临平区人民政府运河街道办事处|运河街道办事处;运河街道|街道|本街道|yhjd|凌波|五杭路12号
LP040|杭州市临平区人民政府乔司街道办事处|乔司街道办事处;乔司街道|街道|我街道|qsjd|卜文彬|乔司路158号
LP041|杭州市临平区人民政府崇贤街道办事处|崇贤街道办事处;崇贤街道|街道|街道|cxjd|翁丽华|崇贤路27号
LP042|杭州市临平区塘栖镇人民政府|塘栖镇人民政府;塘栖镇|镇|我镇|tqz|单雨桐|塘栖路2号
"""


@dataclass(frozen=True, slots=True)
class Body:
    """A reporting body: what ``agencies.csv`` says of it, and how it speaks of itself (``we``)."""

    code: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    we: str
    contact: str
    phone: str
    email: str
    address: str

    @property
    def short(self) -> str:
        """The name people use."""
        return self.aliases[0]

    @property
    def is_government(self) -> bool:
        """Whether the report must speak of 工作考核、社会评议、责任追究."""
        return self.kind in {"街道", "镇"} or self.code == "LP001"


def _body(number: int, line: str) -> Body:
    code, name, aliases, kind, we, domain, contact, address = line.split("|")
    phone = f"0571-89{530000 + 1117 * number:06d}"
    return Body(
        code,
        name,
        tuple(aliases.split(";")),
        kind,
        we,
        contact,
        phone,
        f"zwgk@{domain}.linping.example",
        address,
    )


BODIES: tuple[Body, ...] = tuple(
    _body(number, line) for number, line in enumerate(_ROSTER.strip().splitlines(), 1)
)
BY_CODE = {body.code: body for body in BODIES}


def _mailboxes(body: Body) -> str:
    """Return the mailbox; every fifth body answers from any mailbox of its domain."""
    domain = body.email.partition("@")[2]
    return f"{body.email};@{domain}" if int(body.code[2:]) % 5 == 0 else body.email


def agencies_csv() -> bytes:
    """Return the roster as Excel opens it: UTF-8 with BOM, CRLF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for body in BODIES:
        writer.writerow(
            (
                body.code,
                body.name,
                ";".join(body.aliases),
                body.kind,
                "",
                body.contact,
                body.phone,
                _mailboxes(body),
            )
        )
    return out.getvalue().encode("utf-8-sig")
