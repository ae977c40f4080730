"""A client that a decision shares: whose its orders are from then on, and what ends that."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from crm.people.models import Member
from crm.sharing.selectors.shares import Share
from crm.tenancy.clock import organization_today
from crm.tenancy.context import current_member_id
from leads.models import ClientSplit, CollisionCase, Customer, Lead
from leads.selectors.identity import Pair
from leads.selectors.splits import KEYS, live_splits
from leads.services.identity import kind_of


def begin(
    case: CollisionCase,
    pair: Pair,
    *,
    main: Member,
    shares: Mapping[int, int],
    starts_on: date,
    ends: Mapping[int, datetime] | None = None,
) -> ClientSplit:
    """Credit the record's orders in parts; an earlier split of it counts no longer.

    `ends` names those with whom it is shared to a day that is known.
    """
    kind, pk = pair
    made: ClientSplit = ClientSplit.objects.create(
        record_kind=kind,
        record_id=pk,
        case=case,
        level=case.level,
        main=main,
        shares={str(member): percent for member, percent in shares.items()},
        ended={str(member): end.isoformat() for member, end in (ends or {}).items()},
        starts_on=starts_on,
        began_at=timezone.now(),
    )
    return made


def begin_all(
    case: CollisionCase,
    pairs: Sequence[Pair],
    *,
    main: Member,
    shares: Mapping[int, int],
    starts_on: date,
) -> None:
    """The same for many records at once, none of which is shared to a day."""
    said = {str(member): percent for member, percent in shares.items()}
    at = timezone.now()
    ClientSplit.objects.bulk_create(
        ClientSplit(
            record_kind=kind,
            record_id=pk,
            case=case,
            level=case.level,
            main=main,
            shares=said,
            starts_on=starts_on,
            began_at=at,
        )
        for kind, pk in pairs
    )


def forget(case: CollisionCase, level: int) -> None:
    """The decision was overturned: it never shared anything."""
    ClientSplit.objects.filter(case=case, level=level).delete()


def start_on(case: CollisionCase, day: date) -> None:
    """Who upholds a decision may set another day."""
    for one in ClientSplit.objects.filter(case=case).order_by("pk"):
        one.starts_on = day
        one.save(update_fields=["starts_on"])


def follow(key: str, ids: Sequence[int], members: Sequence[int], until: datetime | None) -> None:
    """Somebody's share of these records ends, or lasts longer; what is over does not come back.

    The main owner takes nobody's part away: what they do counts for reading and changing only.
    """
    kind, now = KEYS.get(key), timezone.now()
    if kind is None:
        return
    rows = ClientSplit.objects.filter(record_kind=kind, record_id__in=ids)
    for split in rows.exclude(main=current_member_id()).order_by("pk"):
        ended = dict(split.ended)
        for member_id in set(members) - {split.main_id}:
            end = split.end_of(member_id)
            if str(member_id) not in split.shares or (end is not None and end <= now):
                continue
            ended.pop(str(member_id), None)
            if until is not None:
                ended[str(member_id)] = until.isoformat()
        if ended != split.ended:
            split.ended = ended
            split.save(update_fields=["ended"])


def live_split_of(record: Lead | Customer) -> ClientSplit | None:
    """The split by which a record is shared now."""
    return live_splits(kind_of(record), [record.pk]).get(record.pk)


def carry_on(
    live: ClientSplit | None, target: Lead | Customer, *, unshared: Sequence[Share] = ()
) -> ClientSplit | None:
    """The target goes on for a shared client and is shared like it, where it has the same owner.

    It keeps its own split if it has one. With whom it could not be shared gets no part.
    """
    if live is None or target.owner_id != live.main_id or live_split_of(target) is not None:
        return None
    pair, now = (kind_of(target).value, target.pk), timezone.now()
    others = [pk for pk in live.parts_at(now) if pk != live.main_id]
    refused = {one.receiver.pk for one in unshared if isinstance(one.receiver, Member)}
    gone = [pk for pk in others if pk in refused]
    if gone == others:
        return None
    is_older = target.created_at < live.began_at
    made: ClientSplit = ClientSplit.objects.create(
        record_kind=pair[0],
        record_id=pair[1],
        case=live.case,
        level=live.level,
        main_id=live.main_id,
        shares=live.shares,
        ended={**live.ended, **{str(pk): now.isoformat() for pk in gone}},
        # what was there before counts from today; what was made of the source, like the source
        starts_on=max(live.starts_on, organization_today()) if is_older else live.starts_on,
        began_at=now,
    )
    return made
