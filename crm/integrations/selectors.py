from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.shortcuts import get_object_or_404

from crm.access import policy
from crm.access.registry import permissions
from crm.integrations.enums import Hold
from crm.integrations.models import AccessToken, ApiSwitch
from crm.integrations.registry import api_permissions
from crm.people.models import Member, MemberRole
from crm.signin.policy import lacking_second_factor

CREATE = "integrations.create_token"
MANAGE = "integrations.manage_tokens"


def is_api_off() -> bool:
    """Whether an administrator has shut the API for every program."""
    return ApiSwitch.objects.filter(is_off=True).exists()


def with_hold(rows: QuerySet[AccessToken]) -> QuerySet[AccessToken]:
    """The tokens, each with `held_by`: why it does not work although it is valid; "" where it does.

    One rule for door and lists: a token lives on its owner's account, their permission to have
    tokens and the second factor they were asked for.
    """
    may = MemberRole.objects.filter(member_id=OuterRef("member_id"), role__grants__has_key=CREATE)
    reasons = Case(
        When(Exists(ApiSwitch.objects.filter(is_off=True)), then=Value(str(Hold.API_OFF))),
        When(
            Q(member__is_active=False) | Q(member__user__is_active=False),
            then=Value(str(Hold.CLOSED)),
        ),
        When(~Exists(may), then=Value(str(Hold.PERMISSION))),
        When(member__in=lacking_second_factor(), then=Value(str(Hold.SECOND_FACTOR))),
        default=Value(""),
    )
    return rows.annotate(held_by=reasons)


def all_tokens() -> QuerySet[AccessToken]:
    """Everybody's tokens, with what holds them back."""
    return with_hold(AccessToken.objects.all())


def own_tokens(member: Member) -> QuerySet[AccessToken]:
    """The tokens by which programs act as this member."""
    return all_tokens().filter(member=member)


def token_or_404(member: Member, pk: int) -> AccessToken:
    """A token of one's own, or anybody's for those who manage them."""
    mine = Q() if policy.allowed(member, MANAGE) else Q(member=member)
    return get_object_or_404(all_tokens().filter(mine).select_related("member"), pk=pk)


def permission_choices(member: Member) -> list[tuple[str, str]]:
    """What a token of this member can be narrowed to: what the API asks for and they hold."""
    labels = {one.name: str(one.label) for one in permissions()}
    return [(name, labels[name]) for name in api_permissions() if name in member.scopes]
