"""Addresses of organisations: which are free, which would suit."""

import hashlib
import re

from django.core.exceptions import ValidationError

from crm.organizations.models import Deletion
from crm.tenancy.models import RESERVED_SLUGS, Organization

LEGAL_FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团|公司|\b(co|ltd|inc|llc|gmbh|limited)\b\.?)",
    re.IGNORECASE,
)
LONGEST_SUGGESTION = 24
MOST_TRIES = 20


def slug_hash(slug: str) -> str:
    """What remains of an erased organisation's address."""
    return hashlib.sha256(f"organization:{slug}".encode()).hexdigest()


def is_well_formed(slug: str) -> bool:
    """3 to 40 small letters, digits and hyphens, with a letter or digit at both ends."""
    try:
        Organization._meta.get_field("slug").run_validators(slug)
    except ValidationError:
        return False
    return len(slug) <= 40


def is_free(slug: str) -> bool:
    """Whether an organisation may be founded there.

    The address of an erased organisation stays taken: old links must not lead to strangers.
    """
    if not is_well_formed(slug) or slug in RESERVED_SLUGS:
        return False
    if Organization.objects.filter(slug=slug).exists():
        return False
    return not Deletion.objects.filter(
        slug_hash=slug_hash(slug), finished_at__isnull=False
    ).exists()


def suggested(company: str) -> str:
    """A free address from the company's name, in pinyin; "" when nothing comes to mind."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB of readings, loaded on first use

    short = LEGAL_FORMS.sub(" ", company)
    pieces = lazy_pinyin(short, errors=lambda text: f" {text} ")
    words = re.findall(r"[a-z0-9]+", " ".join(_glued(pieces)).lower())
    base = "-".join(words)[:LONGEST_SUGGESTION].strip("-")
    if len(base) < 3:
        return ""
    tries = [base, *(f"{base}-{number}" for number in range(2, MOST_TRIES))]
    return next((slug for slug in tries if is_free(slug)), "")


def _glued(pieces: list[str]) -> list[str]:
    """Syllables of one run of characters belong together, other text stands apart."""
    words, run = [], ""
    for piece in pieces:
        if piece.startswith(" "):
            words += [run, piece]
            run = ""
        else:
            run += piece
    return [*words, run]
