"""What a search that found nothing hands on to the form of a new client."""

import re

from django.http import HttpRequest

PHONE = re.compile(r"[+()\d\s-]{7,}")


def typed_before(request: HttpRequest, company_field: str = "company_name") -> dict[str, str]:
    """What the form begins with: the text of the search (?typed=), as number or as name."""
    text = request.GET.get("typed", "").strip()[:200]
    if not text:
        return {}
    return {"phone" if PHONE.fullmatch(text) else company_field: text}
