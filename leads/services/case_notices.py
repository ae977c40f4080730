"""Who hears of a case: inboxes, open pages, the log of the case and of its records."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from crm.audit import services as audit
from crm.people.models import Member
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.web import live
from leads.enums import CollisionOutcome, RecordKind
from leads.models import CollisionCase, CollisionDecision, CollisionParty, CollisionRecord
from leads.selectors.case_names import told_titles
from leads.selectors.deciders import administrators, deputy_of

# of an inbox's line, and of what it says of the outcome
LONGEST, LONGEST_TAIL = 200, 80
KIND_LABELS = {RecordKind.LEAD.value: "leads.lead", RecordKind.CUSTOMER.value: "leads.customer"}


def address(case: CollisionCase) -> str:
    """The case's page, also from outside a request."""
    return reverse("leads:case", urlconf=settings.TENANT_URLCONF, args=[case.pk])


OUTCOMES: dict[str, NotificationKind] = {
    CollisionOutcome.KEEP.value: NotificationKind.CASE_KEPT,
    CollisionOutcome.REASSIGN.value: NotificationKind.CASE_REASSIGNED,
    CollisionOutcome.SHARE.value: NotificationKind.CASE_SHARED,
    CollisionOutcome.SEPARATE.value: NotificationKind.CASE_SEPARATE,
    CollisionOutcome.NOT_SAME.value: NotificationKind.CASE_NOT_SAME,
    CollisionOutcome.MERGE.value: NotificationKind.CASE_MERGED,
}


def tell(
    case: CollisionCase, members: Iterable[int | None], kind: NotificationKind, whose: str = ""
) -> None:
    """A line in each inbox, straight to the case; the client by the name each may read."""
    wanted = {one for one in members if one}
    tail = f" → {whose[:LONGEST_TAIL]}" if whose else ""
    for title, ids in told_titles(case, wanted).items():
        line = f"{case.number} {title}"[: LONGEST - len(tail)] + tail
        notify(member_ids=ids, kind=kind, title=line, url=address(case))


def tell_decision(case: CollisionCase, decision: CollisionDecision) -> None:
    """How it was decided, to everybody it concerns: the kind says it in the reader's language."""
    shares = {int(pk): share for pk, share in decision.shares.items()}
    names = dict(Member.objects.filter(pk__in=shares).values_list("pk", "name")) if shares else {}
    largest = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
    whose = " · ".join(f"{names.get(pk, '')} {share}%" for pk, share in largest)
    if not whose and decision.outcome != CollisionOutcome.NOT_SAME:
        whose = name_of(decision.winner)
    tell(case, party_ids(case), OUTCOMES[decision.outcome], whose)


def tell_new(case: CollisionCase, members: Iterable[int | None], kind: NotificationKind) -> None:
    """One line each: whoever is asked to decide reads that, everybody else what has happened."""
    asked = asked_ids(case)
    tell(case, set(members) - set(asked), kind)
    tell(case, asked, NotificationKind.CASE_TO_DECIDE)


def tell_deciders(case: CollisionCase, kind: NotificationKind) -> None:
    """Whoever is asked to decide, who stands in for them, or else the administrators."""
    tell(case, asked_ids(case), kind)


def asked_ids(case: CollisionCase) -> list[int]:
    """The members from any one of whom the decision is awaited."""
    barred = rep_ids(case)
    if case.decider is None:
        return [one.pk for one in administrators(barred=barred)]
    deputy = deputy_of(case.decider, barred)
    return [case.decider.pk, *([deputy.pk] if deputy else [])]


def rep_ids(case: CollisionCase) -> set[int]:
    """The reps the client may go to: none of them decides."""
    rows = CollisionParty.objects.filter(case=case, side__in=["holder", "newcomer"])
    return set(rows.values_list("member_id", flat=True))


def party_ids(case: CollisionCase) -> list[int]:
    """Everybody the case concerns."""
    rows = CollisionParty.objects.filter(case=case)
    return list(rows.order_by("pk").values_list("member_id", flat=True))


def announce(case: CollisionCase) -> None:
    """Pages that show the case read it again."""
    for member_id in party_ids(case):
        live.publish(live.member_topic(member_id), "case-changed", case=case.pk)


def log(case: CollisionCase, action: str, **details: Any) -> None:
    """A line in the case's own story."""
    audit.record(f"case.{action}", target=case, **details)


def log_on_records(case: CollisionCase, action: str, **details: Any) -> None:
    """A line in the story of every record of the case, naming it."""
    rows = CollisionRecord.objects.filter(case=case).order_by("pk")
    said = {"name": case.number, **details}
    pairs = rows.values_list("record_kind", "record_id")
    audit.write_all((f"collision.{action}", KIND_LABELS[kind], pk, said) for kind, pk in pairs)


def name_of(member: Member | None) -> str:
    """Who, as a log keeps it."""
    return member.name if member else ""
