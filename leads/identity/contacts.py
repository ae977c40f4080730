"""E-mail addresses, domains, credit codes and WeChat ids in one spelling."""

import re
import unicodedata

from leads.identity.words import words

_GOOGLE = ("gmail.com", "googlemail.com")
_NAMED_BY_MOBILE = frozenset({"139.com", "189.cn", "wo.cn", "163.com", "126.com", "yeah.net"})
_MOBILE = re.compile(r"1(?!79)[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\\x00-\x1f\x7f]+@(?:[\w-]+\.)+[\w-]{2,}")
_SEVERAL = 2
_IN_LETTERS = "xn--"
_BETWEEN = re.compile(r"[;；,，、/|\s]+")
_AROUND_AT = re.compile(r"\s*@\s*")
_LABELLED = re.compile(r"^(?:e-?mail|电子邮[箱件]|邮箱(?:地址)?|邮件)\s*[::]\s*|\s*\([^()@]*\)?$")
_SHOWN = re.compile(r"<([^<>@\s]+@[^<>@\s]+)>?[\s;,.]*$")
_LONGEST = 320
_LEADING = re.compile(
    r"^(?:微信号?|wechat(?: id)?|weixin|wx|v信|vx|v)(?:\s*[::]\s*|\s+)|\s*\([^()]*\)$"
)
_CODE_MARKS = re.compile(r"[-.·'\"]|^[^0-9A-Z]+|\([^()]*\)?$")
_CODE_LENGTH = 18
_MISREAD = str.maketrans("OIlSZ", "01152")  # letters that no credit code has
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD])
_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)
_SITE_LABEL = re.compile(r"^(?:(?:公司)?(?:网址|网站|官网|主页)[::]?\s*|https?//)")
_FIRST_SITE = re.compile(r"[、,;\s]")
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}")
_SECOND_LEVEL = words("mail", "second_level")
_PROVINCES = words("mail", "provinces")  # a.sh.cn, pudong.sh.gov.cn
_CREDIT_CODE = re.compile(r"[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_VALUES = {char: index for index, char in enumerate(_CREDIT_ALPHABET)}
_CREDIT_WEIGHTS = tuple(pow(3, index, 31) for index in range(17))
_ORGANISATION_CODE = re.compile(r"(?:[0-9A-Z]{2}\d{6}|M[0-9A-Z]{7})[0-9X]")
_ORGANISATION_VALUES = {char: int(char, 36) for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_PART = slice(8, 17)
_OLD_NUMBER = re.compile(r"[1-6][0-9]{14}")
_WECHAT = re.compile(r"[a-z][\w-]{5,19}")

FREE_MAIL = words("mail", "free_mail") | words("mail", "shared_sites")
SHARED_MAILBOXES = words("mail", "shared_mailboxes")


def normalise_email(text: str) -> str | None:
    """An address in lower case, None when it is not one. Aliases after + are kept."""
    address = _tidy(text[:_LONGEST]).strip("<>()[];,./ ").removeprefix("mailto:").partition("?")[0]
    if not _EMAIL.fullmatch(address):
        address = _LABELLED.sub("", _AROUND_AT.sub("@", address)).strip("'\"")
    if not _EMAIL.fullmatch(address):
        shown = _SHOWN.search(address)  # Zhang San <zhang.san@huaxin.cn>
        address = shown[1].strip() if shown else ""
    if not _EMAIL.fullmatch(address) or ".." in address:
        return None
    return None if _is_unprintable(address) else address


def normalise_emails(text: str) -> tuple[str, ...]:
    """All addresses of a cell that may hold several: a@huaxin.cn; b@huaxin.cn."""
    one = normalise_email(text)
    if one or text.count("@") + text.count("＠") < _SEVERAL:
        return (one,) if one else ()
    pieces = _BETWEEN.split(text[:_LONGEST])
    return tuple(dict.fromkeys(filter(None, map(normalise_email, pieces))))


def in_its_script(address: str) -> str:
    """zhang@公司.cn for zhang@xn--55qx5d.cn: one mailbox, typed in two ways."""
    if _IN_LETTERS not in address:
        return address
    name, _, host = address.rpartition("@")
    return f"{name}@{_in_its_script(host)}"


def mailbox_of(address: str) -> str:
    """Where a normalised address delivers: tags after + are one's own, Gmail reads no dots."""
    name, _, host = address.partition("@")
    if host in _GOOGLE:
        name, host = name.replace(".", ""), _GOOGLE[0]
    elif "+" not in name:
        return address
    return f"{name.partition('+')[0] or name}@{host}"


def mobile_in(address: str) -> str | None:
    """13805951234@163.com tells the mobile of whoever opened it."""
    name, _, host = address.partition("@")
    return f"+86{name}" if host in _NAMED_BY_MOBILE and _MOBILE.fullmatch(name) else None


def _is_unprintable(text: str) -> bool:
    return not text.isascii() and not text.isprintable()


def email_domain(text: str) -> str | None:
    """The company domain of an address or website; None for free-mail hosts."""
    return _company_domain(site_domain(text))


def address_domain(address: str) -> str | None:
    """The company domain of an address that is normalised already."""
    return _company_domain(_registrable(address.rpartition("@")[2]))


def site_domain(text: str) -> str | None:
    """The registrable domain of an address or URL: https://www.a.com.cn/x → a.com.cn."""
    plain = _SITE_LABEL.sub("", _tidy(text[:_LONGEST]).replace("\\", "/"))
    found = _HOST.match(_FIRST_SITE.split(plain.strip(" /"), maxsplit=1)[0])
    host = found[1].strip(".").rpartition("@")[2] if found else ""
    return _registrable(_in_its_script(host)) if _DOMAIN.fullmatch(host) else None


def _in_its_script(host: str) -> str:
    """中文.中国 for xn--fiq228c.xn--fiqs8s."""
    if _IN_LETTERS not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _tidy(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).replace("。", ".")
    return text.strip().casefold()


def _registrable(host: str) -> str | None:
    labels = host.split(".")
    if all(map(str.isdigit, labels)):
        return None
    if len(labels) < 3 or len(labels[-1]) != 2:
        return ".".join(labels[-2:])
    is_second = labels[-2] in _SECOND_LEVEL or (labels[-1] == "cn" and labels[-2] in _PROVINCES)
    is_third = labels[-2:] == ["gov", "cn"] and labels[-3] in _PROVINCES and len(labels) > 3
    return ".".join(labels[-2 - is_second - is_third :])


def _company_domain(domain: str | None) -> str | None:
    return None if domain in FREE_MAIL else domain


def normalise_credit_code(text: str) -> str | None:
    """A unified social credit code (统一社会信用代码), None when its check digit is wrong.

    The registration number of 15 digits that firms had before 2015 is taken too, and the
    organisation code of nine characters (组织机构代码) that is a part of today's code.
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST].translate(_INVISIBLE))
    code = "".join(_CODE_MARKS.sub("", plain.upper()).split())
    if len(code) == _CODE_LENGTH and not code.isalpha():
        code = code[:8].replace("L", "1") + code[8:].translate(_MISREAD)
        code = code[:8].translate(_MISREAD) + code[8:]
    if len(set(code)) == 1:
        return None  # 000000000000000000 passes every check
    if _OLD_NUMBER.fullmatch(code):
        return code if _is_old_number(code) else None
    if _ORGANISATION_CODE.fullmatch(code):
        return code if _is_organisation_code(code) else None
    if not _CREDIT_CODE.fullmatch(code):
        return None
    total = sum(
        _CREDIT_VALUES[char] * weight
        for char, weight in zip(code[:17], _CREDIT_WEIGHTS, strict=True)
    )
    return code if _CREDIT_ALPHABET[-total % 31] == code[17] else None


def _is_old_number(code: str) -> bool:
    """The check digit of ISO 7064, MOD 11,10."""
    rest = 10
    for digit in code[:-1]:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return (rest + int(code[-1])) % 10 == 1


def _is_organisation_code(code: str) -> bool:
    """The check digit of GB 11714: X stands for ten."""
    pairs = zip(code, _ORGANISATION_WEIGHTS, strict=False)
    total = sum(_ORGANISATION_VALUES[char] * weight for char, weight in pairs)
    return "0123456789X"[-total % 11] == code[-1]


def organisation_code(code: str) -> str:
    """The organisation code that a normalised code is or holds; "" for a registration number."""
    if len(code) == _CODE_LENGTH:
        return code[_ORGANISATION_PART]
    return code if len(code) == len(_ORGANISATION_WEIGHTS) + 1 else ""


def normalise_wechat(text: str) -> str | None:
    """A WeChat id in lower case, None when it cannot be one."""
    account = (
        unicodedata.normalize("NFKC", text[:_LONGEST].translate(_INVISIBLE)).strip().casefold()
    )
    account = _LEADING.sub("", account).strip()
    return account if _WECHAT.fullmatch(account) else None
