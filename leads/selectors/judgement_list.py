"""Judgements as a list: those about records within reach."""

from typing import Any

from django.db.models import Q, QuerySet

from crm.access import policy
from crm.people.models import Member
from leads.models import Customer, IdentityJudgement, Lead

VIEW: dict[str, tuple[Any, str]] = {
    "lead": (Lead, "leads.view_lead"),
    "customer": (Customer, "leads.view_customer"),
}


def visible_judgements(member: Member) -> QuerySet[IdentityJudgement]:
    """Those both of whose records the member may see; all of them for whoever sees everything."""
    rows = IdentityJudgement.objects.all()
    reaches = [policy.reach_of(member, permission) for _model, permission in VIEW.values()]
    if all(reach is not None and reach.is_all for reach in reaches):
        return rows
    return rows.filter(_seen(member, "left"), _seen(member, "right"))


def _seen(member: Member, side: str) -> Q:
    found = Q(pk__in=[])
    for kind, (model, permission) in VIEW.items():
        ids = policy.visible(member, model.objects.all(), permission).values("pk")
        found |= Q(**{f"{side}_kind": kind, f"{side}_id__in": ids})
    return found
