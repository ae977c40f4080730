"""The third way: two records of one client stay two, in one hand."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from leads.enums import IdentityVerdict
from leads.models import Customer, Lead
from leads.selectors.addresses import page_of
from leads.services import case_hands
from leads.services.identity import judge, kind_of
from leads.services.merging.doing import locked_pair
from leads.services.refusals import WrongState

Record = Customer | Lead


@transaction.atomic
def keep_separate(
    *, left: Record, right: Record, owner: Member, by: Member, reason: str = "", case: object = None
) -> None:
    """Give both records to one owner and never ask about them again.

    For departments of one company that buy apart, say. The caller has checked that `by` reaches
    both.
    """
    if left == right:
        raise Refused(_("A record cannot be kept apart from itself."))
    for one in (pair := locked_pair(left, right)):
        if one.merged_into_id:
            raise WrongState(
                _("“%(name)s” has been merged into another record meanwhile.") % {"name": one}
            )
    judge(
        (kind_of(left).value, left.pk),
        (kind_of(right).value, right.pk),
        IdentityVerdict.SEPARATE,
        by=by,
        case_id=getattr(case, "pk", None),
    )
    for one, other in (pair, pair[::-1]):
        giver = one.owner_id
        if giver != owner.pk:
            one.give_to(owner)
            one.version += 1
            columns = ["owner", "department", "version", "updated_at"]
            if isinstance(one, Lead):
                one.assigned_at, one.unassigned_reason = timezone.now(), ""
                columns += ["assigned_at", "unassigned_reason"]
            one.save(update_fields=columns)
            noun = kind_of(one).value
            audit.record(
                f"{noun}.transferred", target=one, giver=giver, member=owner.pk, why=reason
            )
            url = page_of(kind_of(one), one.pk)
            _tell(giver, NotificationKind.RECORD_GIVEN, str(one), url)
            _tell(owner.pk, NotificationKind.RECORD_TRANSFERRED, str(one), url)
            case_hands.note(kind_of(one), [one.pk])
        audit.record(
            f"{kind_of(one).value}.kept_separate", target=one, other=str(other)[:200], why=reason
        )


def _tell(member_id: int | None, kind: NotificationKind, title: str, url: str) -> None:
    notify(member_ids=[member_id], kind=kind, title=title, url=url)
