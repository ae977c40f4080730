"""The provinces of China by their GB/T 2260 codes: what sales regions are made of."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Province(models.TextChoices):
    """Provincial-level divisions; the stored value is the two-digit code of GB/T 2260."""

    BEIJING = "11", pgettext_lazy("province", "Beijing")
    TIANJIN = "12", pgettext_lazy("province", "Tianjin")
    HEBEI = "13", pgettext_lazy("province", "Hebei")
    SHANXI = "14", pgettext_lazy("province", "Shanxi")
    INNER_MONGOLIA = "15", pgettext_lazy("province", "Inner Mongolia")
    LIAONING = "21", pgettext_lazy("province", "Liaoning")
    JILIN = "22", pgettext_lazy("province", "Jilin")
    HEILONGJIANG = "23", pgettext_lazy("province", "Heilongjiang")
    SHANGHAI = "31", pgettext_lazy("province", "Shanghai")
    JIANGSU = "32", pgettext_lazy("province", "Jiangsu")
    ZHEJIANG = "33", pgettext_lazy("province", "Zhejiang")
    ANHUI = "34", pgettext_lazy("province", "Anhui")
    FUJIAN = "35", pgettext_lazy("province", "Fujian")
    JIANGXI = "36", pgettext_lazy("province", "Jiangxi")
    SHANDONG = "37", pgettext_lazy("province", "Shandong")
    HENAN = "41", pgettext_lazy("province", "Henan")
    HUBEI = "42", pgettext_lazy("province", "Hubei")
    HUNAN = "43", pgettext_lazy("province", "Hunan")
    GUANGDONG = "44", pgettext_lazy("province", "Guangdong")
    GUANGXI = "45", pgettext_lazy("province", "Guangxi")
    HAINAN = "46", pgettext_lazy("province", "Hainan")
    CHONGQING = "50", pgettext_lazy("province", "Chongqing")
    SICHUAN = "51", pgettext_lazy("province", "Sichuan")
    GUIZHOU = "52", pgettext_lazy("province", "Guizhou")
    YUNNAN = "53", pgettext_lazy("province", "Yunnan")
    TIBET = "54", pgettext_lazy("province", "Tibet")
    SHAANXI = "61", pgettext_lazy("province", "Shaanxi")
    GANSU = "62", pgettext_lazy("province", "Gansu")
    QINGHAI = "63", pgettext_lazy("province", "Qinghai")
    NINGXIA = "64", pgettext_lazy("province", "Ningxia")
    XINJIANG = "65", pgettext_lazy("province", "Xinjiang")
    TAIWAN = "71", pgettext_lazy("province", "Taiwan")
    HONG_KONG = "81", pgettext_lazy("province", "Hong Kong")
    MACAO = "82", pgettext_lazy("province", "Macao")


# The short Chinese names, by code: what addresses and company names begin with.
SHORT_NAMES: dict[str, str] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁",
    "22": "吉林", "23": "黑龙江", "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽",
    "35": "福建", "36": "江西", "37": "山东", "41": "河南", "42": "湖北", "43": "湖南",
    "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏",
    "65": "新疆", "71": "台湾", "81": "香港", "82": "澳门",
}  # fmt: skip
CODES: dict[str, str] = {name: code for code, name in SHORT_NAMES.items()}
