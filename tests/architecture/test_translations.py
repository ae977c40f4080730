"""What is said to people is found by whoever collects the texts."""

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CODE = ("crm", "leads", "orders", "payments", "reports")
SAYS = {"_", "say", "gettext", "gettext_lazy", "ngettext", "pgettext", "pgettext_lazy"}


def test_no_text_to_translate_stands_inside_an_f_string():
    # xgettext does not look there: the text would stay English in every language
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for app in CODE
        for path in sorted((ROOT / app).rglob("*.py"))
        for joined in ast.walk(ast.parse(path.read_text()))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in SAYS
    ]
    assert not hidden


def test_a_chinese_day_keeps_no_space_behind_it():
    # 11月23日及以后: the day ends in a Chinese character, whatever it begins with
    catalogue = (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    assert not re.findall(r"%\(day\)s (?=[\u4e00-\u9fff]).{0,12}", catalogue)
