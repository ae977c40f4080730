"""Which column holds what: guessed from its name, then from its contents."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from hashlib import blake2b

from crm.places import CODES
from leads.identity import (
    normalise_credit_code,
    normalise_email,
    normalise_phone,
    parse_company_name,
)
from leads.selectors.imports import mapping_remembered_for

# The fields a column may fill, and the names people give them; the likeliest field first.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "company_name": (
        "公司名称", "公司", "企业名称", "企业", "客户名称", "客户", "单位名称", "单位", "工作单位",
        "参展商", "商户名称", "机构名称", "公司全称", "所属公司", "抬头",
        "company", "companyname", "account", "accountname", "organization", "organisation",
        "employer", "firm", "customer", "customername", "business",
    ),
    "contact_name": (
        "联系人", "联系人姓名", "姓名", "客户姓名", "负责人", "参会人", "观众姓名", "称呼", "名字",
        "contact", "contactname", "contactperson", "name", "fullname", "person", "attendee",
    ),
    "contact_title": (
        "职位", "职务", "岗位", "头衔", "title", "jobtitle", "position", "role",
    ),
    "phone": (
        "手机", "手机号", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "联系手机",
        "手机电话", "电话号码", "mobile", "mobilephone", "phone", "phonenumber", "cell", "tel",
        "telephone", "contactnumber",
    ),
    "other_phone": (
        "座机", "固定电话", "办公电话", "公司电话", "其他电话", "备用电话", "电话2", "分机",
        "landline", "officephone", "workphone", "businessphone", "otherphone", "phone2",
    ),
    "email": (
        "邮箱", "电子邮箱", "电子邮件", "邮件", "邮箱地址", "email", "emailaddress", "mail",
    ),
    "wechat": ("微信", "微信号", "微信id", "wechat", "wechatid", "weixin"),
    "credit_code": (
        "统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号", "纳税识别号",
        "组织机构代码", "机构代码",
        "creditcode", "uscc", "unifiedsocialcreditcode", "taxid", "taxnumber",
    ),
    "province": (
        "省份", "省", "所在省", "所属省份", "地区", "区域", "所在地区", "省市", "所在地",
        "province", "state", "region", "area",
    ),
    "city": ("城市", "市", "所在城市", "地市", "city", "town"),
    "address": (
        "地址", "公司地址", "联系地址", "详细地址", "通讯地址", "注册地址", "办公地址",
        "address", "street", "streetaddress", "location",
    ),
    "industry": ("行业", "所属行业", "行业类别", "行业分类", "industry", "sector", "vertical"),
    "campaign": (
        "活动", "活动名称", "展会", "展会名称", "来源活动", "campaign", "event", "exhibition",
    ),
    "need": (
        "需求", "采购需求", "意向产品", "意向", "感兴趣产品", "备注", "说明", "留言", "咨询内容",
        "描述", "need", "needs", "interest", "requirement", "note", "notes", "remark", "remarks",
        "comment", "comments", "message", "description",
    ),
}  # fmt: skip
FIELDS = tuple(SYNONYMS)
# Columns this product adds to files it hands back; never read in again.
OWN_MARKS = ("检查结果", "resultofthecheck", "结果", "result")
ENOUGH = 0.6
WHO = frozenset({"company_name", "contact_name", "phone", "email"})
_JOINTS = re.compile(r"[\s_\-–—:：/\\.,，、*＊#()（）\[\]【】\"'“”]+")
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")

Test = Callable[[str], bool]


def signature_of(header: Sequence[str]) -> str:
    """The same names in the same order have the same signature."""
    return blake2b("\x1f".join(map(_plain, header)).encode(), digest_size=16).hexdigest()


def propose_mapping(header: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    """Column → field: as it was chosen for this header before, otherwise guessed."""
    known = mapping_remembered_for(signature_of(header))
    return known if known is not None else guess_mapping(header, samples)


def guess_mapping(header: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    """Column → field by name, then by what is in it; each field is given once."""
    mapping: dict[str, str] = {}
    for rule in (_named_exactly, _named_alike):
        for index, name in enumerate(header):
            field = rule(name) if str(index) not in mapping else ""
            if field == "phone" and "phone" in mapping.values():
                field = "other_phone"
            if field and field not in mapping.values():
                mapping[str(index)] = field
    for index, name in enumerate(header):
        if str(index) in mapping or _plain(name) in OWN_MARKS:
            continue
        cells = [row[index] for row in samples if index < len(row) and row[index]]
        field = _recognised(cells, set(mapping.values()))
        if field:
            mapping[str(index)] = field
    return mapping


def names_columns(cells: Sequence[str]) -> bool:
    """Whether a row of the file is made of names of columns."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(1 for cell in filled if _named_exactly(cell)) >= ENOUGH * len(
        filled
    )


def tells_who(header: Sequence[str]) -> bool:
    """Whether column names say whom the rows below are about."""
    return not WHO.isdisjoint(map(_named_exactly, header))


def _plain(name: str) -> str:
    return _JOINTS.sub("", unicodedata.normalize("NFKC", name).casefold())


def _named_exactly(name: str) -> str:
    spellings = {_plain(name), _plain(_BRACKETS.sub("", unicodedata.normalize("NFKC", name)))}
    return next((field for field in FIELDS if spellings.intersection(SYNONYMS[field])), "")


def _named_alike(name: str) -> str:
    """The field whose synonym ends the name, or is the longest in it: 联系人手机 is a phone."""
    plain = _plain(name)
    if plain in OWN_MARKS:
        return ""
    found = [
        (plain.endswith(word), len(word), field)
        for field in FIELDS
        for word in SYNONYMS[field]
        if _inside(word, plain)
    ]
    return max(found, default=(False, 0, ""), key=lambda one: one[:2])[2]


def _inside(word: str, plain: str) -> bool:
    return word in plain and len(word) >= (4 if word.isascii() else 2)


def _recognised(cells: Sequence[str], taken: set[str]) -> str:
    if not cells:
        return ""
    for field, test in CONTENTS.items():
        if field not in taken and sum(map(test, cells)) >= ENOUGH * len(cells):
            return field
    return ""


def _is_company(text: str) -> bool:
    parsed = parse_company_name(text)
    return bool(parsed.legal_form) and len(text) > 4


def _is_province(text: str) -> bool:
    return text[:2] in CODES or text[:3] in CODES


CONTENTS: dict[str, Test] = {
    "credit_code": lambda text: normalise_credit_code(text) is not None,
    "email": lambda text: normalise_email(text) is not None,
    "phone": lambda text: normalise_phone(text) is not None,
    "company_name": _is_company,
    "province": lambda text: _is_province(text) and len(text) <= 8,
    "address": lambda text: len(text) > 8 and ("路" in text or "街" in text or "号" in text),
    "contact_name": lambda text: bool(re.fullmatch(r"[\u4e00-\u9fff·]{2,4}", text)),
}
