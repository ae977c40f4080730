"""Members in the global search."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.people.directory import find_members, sees_everybody
from crm.people.models import Member
from crm.web import search
from crm.web.search import LIMIT, Hit


@search.provider("members", _("Members"), permission="people.view_directory", order=90)
def find(member: Member, text: str) -> Iterator[Hit]:
    """Members by name, pinyin, initials or title."""
    rows = Member.objects.filter(is_active=True).select_related("department")
    found = find_members(rows, text, details=sees_everybody(member)).order_by("sort_key", "pk")
    for one in found[:LIMIT]:
        line = " · ".join(str(part) for part in (one.department, one.title) if part)
        yield Hit(one.name, reverse("people:member", args=[one.pk]), line, "user")
