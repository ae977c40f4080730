from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from crm.access import policy
from crm.access.registry import permissions
from crm.integrations.models import AccessToken
from crm.integrations.registry import api_permissions
from crm.people.models import Member

MANAGE = "integrations.manage_tokens"


def own_tokens(member: Member) -> QuerySet[AccessToken]:
    """The tokens by which programs act as this member."""
    return AccessToken.objects.filter(member=member)


def token_or_404(member: Member, pk: int) -> AccessToken:
    """A token of one's own, or anybody's for those who manage them."""
    mine = Q() if policy.allowed(member, MANAGE) else Q(member=member)
    return get_object_or_404(AccessToken.objects.filter(mine).select_related("member"), pk=pk)


def permission_choices(member: Member) -> list[tuple[str, str]]:
    """What a token of this member can be narrowed to: what the API asks for and they hold."""
    labels = {one.name: str(one.label) for one in permissions()}
    return [(name, labels[name]) for name in api_permissions() if name in member.scopes]
