"""By which other names a customer is found, and where each is from."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.people.models import Member
from leads.models import CollisionCase, CompanyAlias, Customer
from leads.selectors.cases import visible_cases


@dataclass(frozen=True)
class OtherName:
    """One other name: what kind, who said so when, and out of which case."""

    alias: CompanyAlias
    label: str
    is_learned: bool
    case: CollisionCase | None
    forget_url: str


def names_of(customer: Customer, member: Member, *, may_edit: bool) -> list[OtherName]:
    """The customer's other names as this member may see them, the oldest first."""
    rows = CompanyAlias.objects.filter(customer=customer).select_related("by").order_by("pk")
    aliases = list(rows)
    wanted = {one.case_id for one in aliases if one.case_id}
    cases = visible_cases(member).in_bulk(wanted) if wanted else {}
    return [
        OtherName(
            alias=one,
            label=_label(one),
            is_learned=not one.kind,
            case=cases.get(one.case_id or 0),
            forget_url=reverse("leads:drop_alias", args=[customer.pk, one.pk]) if may_edit else "",
        )
        for one in aliases
    ]


def _label(alias: CompanyAlias) -> str:
    """The kind somebody chose, or how the name was learned."""
    return str(alias.get_kind_display() if alias.kind else alias.get_source_display()) or _("Name")
