"""The hand-over of a leaver: prepared, carried out in one transaction, undone within a week."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access import policy
from crm.audit import services as audit
from crm.people.holdings import Holding, Moved, Passed, address, holding, holdings, left
from crm.people.locks import hold_administrators
from crm.people.models import Member
from crm.people.services.activity import deactivate_member, reactivate_member
from crm.sharing import journal
from crm.sharing.allotment import Allotment, Plan, proposal
from crm.sharing.enums import HandOverState, Outcome
from crm.sharing.errors import CannotReceive, Refused
from crm.sharing.models import HandOver, Movement
from crm.sharing.nouns import is_noun, noun
from crm.sharing.selectors.commission import cutoff_detail
from crm.sharing.services.giving_back import Return, give_back
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as

BATCH = 2_000


@transaction.atomic
def prepare(*, leaver: Member, by: Member) -> HandOver:
    """The leaver's hand-over being prepared; the first call begins it with a proposal."""
    found, _is_new = HandOver.objects.get_or_create(
        leaver=leaver,
        state=HandOverState.DRAFT,
        defaults={"prepared_by": by, "choices": proposal(leaver)},
    )
    return found


@transaction.atomic
def choose(
    *,
    hand_over_id: int,
    choices: Mapping[str, str],
    reason: str = "",
    deactivates: bool = True,
    commission_cutoff: date | None = None,
) -> HandOver:
    """Say kind by kind who gets it."""
    draft = _locked_draft(hand_over_id)
    draft.choices, draft.reason, draft.deactivates = dict(choices), reason[:300], deactivates
    draft.commission_cutoff = commission_cutoff
    draft.save(update_fields=["choices", "reason", "deactivates", "commission_cutoff"])
    return draft


@transaction.atomic
def give_single(*, hand_over_id: int, key: str, ids: Sequence[int], receiver: Member) -> HandOver:
    """Single rows go to somebody by name."""
    draft = _locked_draft(hand_over_id)
    _check_receiver(receiver, holding(key), draft.leaver)
    held = holding(key).of(draft.leaver).filter(pk__in=ids).values_list("pk", flat=True)
    named = draft.exceptions.get(key, {}) | {str(pk): receiver.pk for pk in held}
    draft.exceptions = draft.exceptions | {key: named}
    draft.save(update_fields=["exceptions"])
    return draft


@transaction.atomic
def discard(*, hand_over_id: int) -> None:
    """Forget what was being prepared."""
    _locked_draft(hand_over_id).delete()


def _locked_draft(hand_over_id: int) -> HandOver:
    found = locked_hand_over(hand_over_id)
    if found.state != HandOverState.DRAFT:
        raise Refused(_("Somebody has handed this over meanwhile."))
    return found


def locked_hand_over(hand_over_id: int) -> HandOver:
    rows = HandOver.objects.select_for_update(of=("self",), no_key=True)
    found = rows.filter(pk=hand_over_id).first()
    if found is None:
        raise Refused(_("This hand-over is no longer being prepared."))
    return found


def _check_receiver(receiver: Member, one: Holding, leaver: Member) -> None:
    if not receiver.is_active or receiver.pk == leaver.pk:
        raise CannotReceive(_("%(name)s is no longer active.") % {"name": receiver.name})
    if one.permission and policy.reach_of(receiver, one.permission) is None:
        raise CannotReceive(
            _("The roles of %(name)s do not let them see this: %(what)s.")
            % {"name": receiver.name, "what": one.label}
        )


@transaction.atomic
def hand_over(*, hand_over_id: int, by: Member) -> HandOver:
    """Move everything as it was prepared, in one transaction; then deactivate the leaver.

    Set-based: so many statements per kind and receiver, however many rows there are.
    """
    hold_administrators()
    found = _locked_draft(hand_over_id)
    leaver = _locked_member(found.leaver_id)
    why = _("Hand-over of %(name)s") % {"name": leaver.name}
    with acting_as(by.pk, reason=f"{why}: {found.reason}" if found.reason else why):
        found.commission_cutoff = found.commission_cutoff or organization_today()
        allotment = Allotment(leaver, Plan(found.choices, found.exceptions))
        totals: dict[int, Counter[str]] = {}
        for one in allotment.movable:
            for member_id, ids in allotment.receivers(one.key).items():
                receiver = allotment.members[member_id]
                _check_receiver(receiver, one, leaver)
                moved = _hand(found, one, ids, receiver, by)
                totals.setdefault(member_id, Counter())[one.key] += len(moved)
        found.finish()
        found.count = sum(number.total() for number in totals.values())
        found.done_by, found.done_at = by, timezone.now()
        found.save(update_fields=["state", "count", "done_by", "done_at", "commission_cutoff"])
        audit.record("member.handed_over", target=leaver, count=found.count, hand_over=found.pk)
        if found.deactivates and leaver.is_active:
            _note_passed(found, left(leaver))
            deactivate_member(member_id=leaver.pk, by=by, reason=found.reason)
    _tell(leaver, totals)
    return found


def _locked_member(member_id: int) -> Member:
    """The leaver, locked: two administrators take turns."""
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    found: Member = rows.get(pk=member_id)
    return found


def _hand(
    found: HandOver, one: Holding, ids: Sequence[int], receiver: Member, by: Member
) -> list[Moved]:
    """One kind to one receiver: the rows, what the app makes of it, the trace, the stories."""
    if one.mover is None:
        return []
    moved = one.mover.move(ids, giver=found.leaver, receiver=receiver)
    if not moved:
        return []
    pks = [row.pk for row in moved]
    if one.after is not None:
        one.after(pks, receiver, by, found.reason)
    titles = _titles(one, found.leaver, pks)
    now = timezone.now()
    Movement.objects.bulk_create(
        (
            Movement(
                hand_over=found,
                holding=one.key,
                record_id=row.pk,
                title=titles.get(row.pk, "")[:200],
                giver_id=found.leaver_id,
                receiver=receiver,
                department_before_id=row.department_id,
                outcome=Outcome.MOVED,
                at=now,
            )
            for row in moved
        ),
        batch_size=BATCH,
    )
    if is_noun(one.key):
        write_handed(found, one.key, pks, receiver)
    return moved


def _note_passed(found: HandOver, passed: Sequence[Passed]) -> None:
    """What nobody was chosen for and could not stay with a leaver comes back with the rest."""
    now = timezone.now()
    Movement.objects.bulk_create(
        Movement(
            hand_over=found,
            holding=one.key,
            record_id=one.pk,
            title=_titles(holding(one.key), found.leaver, [one.pk]).get(one.pk, "")[:200],
            giver_id=found.leaver_id,
            receiver=one.receiver,
            outcome=Outcome.MOVED,
            at=now,
        )
        for one in passed
    )


def _titles(one: Holding, leaver: Member, ids: Sequence[int]) -> dict[int, str]:
    """What the rows are called, read once."""
    model: Any = one.of(leaver).model
    rows = model._default_manager.select_related(*one.related)
    return {pk: one.title(row) for pk, row in rows.in_bulk(ids).items()}


def write_handed(found: HandOver, key: str, ids: Sequence[int], receiver: Member) -> None:
    """A line in each record's own story."""
    of = noun(key)
    journal.write_all(
        f"{of.name}.handed_over",
        kind=of.key,
        ids=ids,
        giver=found.leaver_id,
        member=receiver.pk,
        why=found.reason,
        **cutoff_detail(of, found.commission_cutoff),
    )


def _tell(leaver: Member, totals: Mapping[int, Counter[str]]) -> None:
    """Each receiver hears once, with the list in which most of it stands."""
    for member_id, counts in totals.items():
        lists = [key for key, number in counts.most_common() if number and is_noun(key)]
        url = f"{address(noun(lists[0]).list_url)}?owner=me" if lists else ""
        if counts.total():
            notify(
                member_ids=[member_id],
                kind=NotificationKind.RECORD_TRANSFERRED,
                title=f"{leaver.name} · {counts.total()}",
                url=url,
            )


# Undo


def latest_of(leaver: Member) -> HandOver | None:
    """The leaver's last hand-over that was carried out."""
    done = HandOver.objects.exclude(state=HandOverState.DRAFT).filter(leaver=leaver)
    return done.order_by("-id").first()


@transaction.atomic
def undo(*, hand_over_id: int, by: Member) -> HandOver:
    """Give back exactly what moved and has not changed hands since; list the rest."""
    hold_administrators()
    found = locked_hand_over(hand_over_id)
    if not found.can_undo:
        raise Refused(_("This hand-over can no longer be undone."))
    leaver = _locked_member(found.leaver_id)
    why = _("Hand-over of %(name)s undone") % {"name": leaver.name}
    with acting_as(by.pk, reason=why):
        back = Return(owner=leaver, by=by, why=why, verb="handed_over")
        for one in holdings():
            give_back(found.movements.all(), one, back)
        found.undo()
        found.undone_by, found.undone_at = by, timezone.now()
        found.save(update_fields=["state", "undone_by", "undone_at"])
        audit.record("member.hand_over_undone", target=leaver, hand_over=found.pk)
        if found.deactivates and not leaver.is_active:
            reactivate_member(member_id=leaver.pk)
    return found


def outcomes(found: HandOver) -> list[dict[str, Any]]:
    """How many rows of each kind went to whom, and what became of them."""
    rows = found.movements.order_by().values("holding", "receiver", "receiver__name", "outcome")
    counted: Any = rows.annotate(number=Count("pk"))
    order = {one.key: place for place, one in enumerate(holdings())}
    return sorted(counted, key=lambda row: (order.get(row["holding"], 99), row["receiver__name"]))
