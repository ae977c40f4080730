"""The parts of a client that a final decision shares, set or changed later; never backwards."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.sharing.selectors.shares import still_valid
from crm.teamwork.enums import NotificationKind
from crm.tenancy.clock import organization_today
from crm.web.formats import Formats
from leads.models import ClientSplit, CollisionCase, CollisionDecision
from leads.selectors.identity import Pair
from leads.selectors.parting import (
    SharedRecord,
    final_share,
    first_day,
    may_set_parts,
    partners_of,
    shared_records,
)
from leads.selectors.splits import in_order, words_of
from leads.services import case_notices as notices
from leads.services import splits
from leads.services.case_decisions import NotForYou, check_shares, set_shares
from leads.services.case_ledger import MODELS, Ledger
from leads.services.cases import CaseMovedOn, locked_case, touch
from leads.services.saving import locked


@transaction.atomic
def set_parts(
    *,
    case_id: int,
    by: Member,
    shares: Mapping[int, int],
    reason: str,
    starts_on: date | None = None,
    version: int | None = None,
) -> list[ClientSplit]:
    """Credit orders entered from now on, and dated from the day on, in these parts.

    Whoever gets a part may work on the client. Of two who set them at once the second is told.
    """
    case = locked_case(case_id)
    decision = final_share(case)
    if decision is None or not may_set_parts(by, case):
        raise NotForYou(_("The parts of this client are not yours to set."))
    if version is not None and case.version != version:
        raise CaseMovedOn(_("Somebody has changed this case since you read it. Look again."))
    people = {one.pk: one for one in partners_of(case)}
    day = starts_on or organization_today()
    records = _locked_records(case, decision)
    _check(shares, people, day, records, first_day(decision))
    if not reason.strip():
        raise Refused(_("Say why the parts change."))
    ledger = Ledger(case, by)
    made = [_part(ledger, one, shares, people, day) for one in records]
    set_shares(case, shares)
    _tell(case, made, words_of(in_order(shares, people)), reason.strip()[:1000], day)
    return made


def _locked_records(case: CollisionCase, decision: CollisionDecision) -> list[SharedRecord]:
    """What is shared, held against a change of owner; read anew once it is held."""
    for one in shared_records(case, decision):
        kind, pk = one.pair
        locked(MODELS[kind].objects.all(), pk)
    found = shared_records(case, decision)
    if not found:
        raise CaseMovedOn(_("This client is shared no longer: it has gone to somebody else."))
    return found


def _check(
    shares: Mapping[int, int],
    people: Mapping[int, Member],
    day: date,
    records: Sequence[SharedRecord],
    first: date,
) -> None:
    check_shares(shares, people)
    owners = {one.main_id for one in records}
    if owners - set(shares):
        raise Refused(_("The owner of the client keeps a part: else transfer the client."))
    if day < first:
        words = _("The client is shared since %(day)s: choose that day or a later one.")
        raise Refused(words % {"day": Formats.current().day(first)})
    if all((one.parts, one.starts_on) == (dict(shares), day) for one in records):
        raise Refused(_("These are the parts already."))


def _part(
    ledger: Ledger,
    record: SharedRecord,
    shares: Mapping[int, int],
    people: Mapping[int, Member],
    day: date,
) -> ClientSplit:
    """Let in who gets a part and may not work on the client yet; what ends, ends for it too."""
    others = [people[pk] for pk in sorted(shares) if pk != record.main_id]
    until = _shared_until(record.pair, others)
    for one in others:
        if one.pk not in until:
            ledger.share([record.pair], [one])
    ends = {pk: end for pk, end in until.items() if end is not None}
    main = people[record.main_id]
    return splits.begin(
        ledger.case, record.pair, main=main, shares=shares, starts_on=day, ends=ends
    )


def _shared_until(pair: Pair, people: Sequence[Member]) -> dict[int, datetime | None]:
    """Who shares the record now, and until when; held, so that nobody ends it meanwhile."""
    kind, pk = pair
    table = MODELS[kind].access_grants()[0]
    members = {one.user_id: one.pk for one in people}
    rows = table.objects.filter(still_valid(), content_object_id=pk, user_id__in=members)
    found: dict[int, datetime | None] = {}
    held = rows.select_for_update(of=("self",)).order_by("pk")
    for user_id, end in held.values_list("user_id", "expires_at"):
        known = found.get(members[user_id], end)
        found[members[user_id]] = None if known is None or end is None else max(known, end)
    return found


def _tell(
    case: CollisionCase, made: Sequence[ClientSplit], parts: str, reason: str, day: date
) -> None:
    """The version, the stories of the case and of its clients, and the inboxes."""
    touch(case)
    said = {"parts": parts, "why": reason, "starts_on": day.isoformat()}
    notices.log(case, "parts_set", **said)
    of_record = {"name": case.number, **said}
    audit.write_all(
        ("collision.parts_set", notices.KIND_LABELS[one.record_kind], one.record_id, of_record)
        for one in made
    )
    notices.tell(case, notices.party_ids(case), NotificationKind.CASE_PARTS, parts)
    notices.announce(case)
