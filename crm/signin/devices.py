"""Browser and system in words, from the User-Agent header: for people, not for decisions."""

import ipaddress

from django.utils.translation import gettext as _

BROWSERS = (
    ("wxwork", "企业微信 WeCom"),
    ("dingtalk", "钉钉 DingTalk"),
    ("lark", "飞书 Feishu"),
    ("micromessenger", "微信 WeChat"),
    ("qqbrowser", "QQ Browser"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("headlesschrome", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
SYSTEMS = (
    ("harmonyos", "HarmonyOS", "device-mobile"),
    ("iphone", "iPhone", "device-mobile"),
    ("ipad", "iPad", "device-mobile"),
    ("android", "Android", "device-mobile"),
    ("windows", "Windows", "devices"),
    ("mac os", "macOS", "devices"),
    ("linux", "Linux", "devices"),
)


def name_of(agent: str) -> str:
    """ "Such as "Chrome · Windows", as much of it as can be told."""
    plain = agent.lower()
    browser = next((name for mark, name in BROWSERS if mark in plain), "")
    system = next((name for mark, name, _icon in SYSTEMS if mark in plain), "")
    return " · ".join(filter(None, (browser, system))) or _("Unknown device")


def icon_of(agent: str) -> str:
    """The icon of the kind of device."""
    plain = agent.lower()
    return next((icon for mark, _name, icon in SYSTEMS if mark in plain), "devices")


def place_of(ip: str) -> str:
    """The address, and that it is one of the own network where it is."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if address.is_loopback:
        return _("%(ip)s (this machine)") % {"ip": ip}
    return _("%(ip)s (internal network)") % {"ip": ip} if address.is_private else ip
