"""Pieces that look the same on page after page are rendered once per process.

The key names everything a piece shows, so a changed name or role makes a new piece. What still
differs from request to request (the CSRF token, a query string) has a slot: the kept piece holds
a mark there, and the value is put in each time.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from crm.web.markup import escape, safe

MOST = 400
_kept: dict[Hashable, str] = {}


def mark(slot: str) -> SafeString:
    """What stands for a slot in a kept piece."""
    return safe(f"\x00{slot}\x00")


def part(
    template: str, key: Hashable, context: Context, slots: Mapping[str, Any] | None = None
) -> SafeString:
    """The piece for this key, rendered now or before; it sees `shell`, `table` and its slots."""
    known = _kept.get((template, key))
    filled = {"csrf_token": context.get("csrf_token", ""), **(slots or {})}
    if known is None:
        marks = {slot: mark(slot) for slot in filled}
        values = {"shell": context["shell"], "table": context.get("table"), **marks}
        known = render_to_string(template, values)
        if not settings.DEBUG:
            if len(_kept) >= MOST:
                _kept.clear()
            _kept[template, key] = known
    for slot, value in filled.items():
        if mark(slot) in known:
            known = known.replace(mark(slot), escape(value))
    return safe(known)
