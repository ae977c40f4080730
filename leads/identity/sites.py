"""Sites of one client: 万象城店 of a shop, 深圳分所 of a law firm, 东院 of a hospital."""

import re

from leads.identity import lexicon
from leads.identity.places import Place

SHOP = "店"
OFFICE = "事务所"
OF_OFFICE = "分所"
_HOUSES = ("院区", "校区", "院")
_PARTS = ("分园", "分校", "分部", "校区", "学部")
_SCHOOLS = frozenset("学校园院")
_SORT = re.compile(r"(?:加盟|直营|旗舰|专卖|连锁|概念|体验|社区|[分门总老本])?店$")
_OF_OFFICE = re.compile(r"(?:分所|分事务所|办公室|办事处|分部)$")
_SHOPS = re.compile(
    r"^(.{2,}(?:便利店|超市|药房|药店|书店|火锅|烧烤|烤肉|烤鱼|小吃|快餐|奶茶|茶饮|咖啡|烘焙|面包|蛋糕|甜品|水果|生鲜|"
    r"牛肉面|拉面|麻辣烫|酸菜鱼|米线|炸鸡|汉堡|包子|眼镜|珠宝|服饰|母婴|宠物|健身|美容|美发|造型))(.{2,6}店)$"
)


def site_in_brackets(inner: str, text: str) -> str | None:
    """What brackets at the end of a shop's or hospital's name tell; none when they tell no site."""
    if inner[-1] == SHOP:
        where = _SORT.sub("", inner)
        is_name = inner[-3:] in lexicon.LEGAL_KIND or where[-2:] in lexicon.TRADES
        return None if is_name else shop_site(inner)
    if inner.endswith(_HOUSES) and "院" in text[: text.find("(")]:
        return inner.removesuffix("区")
    if inner.endswith(_PARTS) and not _SCHOOLS.isdisjoint(text[: text.find("(")]):
        return inner.removesuffix("区")
    return None


def shop_site(text: str) -> str:
    """大学城加盟店 is 大学城店, 第三分店 is 三店; nothing for 旗舰店."""
    where = _SORT.sub("", text).removeprefix("第")
    return where + SHOP if where else ""


def apart_from_site(text: str) -> tuple[str, str]:
    """Split 每日鲜便利店|解放路店: what follows the trade of a shop tells which of them."""
    found = _SHOPS.match(text)
    if not found or found[2] in lexicon.LEGAL_KIND or found[2][:-1] in lexicon.TRADES:
        return text, ""
    return found[1], shop_site(found[2])


def of_office(
    places: tuple[Place, ...], bracketed: tuple[Place, ...], branch: str
) -> tuple[tuple[Place, ...], str]:
    """江苏衡泰（昆山）律师事务所 is the branch in 昆山, as 江苏衡泰律师事务所昆山分所 is."""
    ahead = places[: len(places) - len(bracketed)]
    if ahead and bracketed and bracketed[0].name != ahead[0].name:
        places, branch = ahead, branch or bracketed[0].name
    return places, _OF_OFFICE.sub("", branch) + OF_OFFICE if branch else ""
