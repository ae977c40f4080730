"""The identity index, kept in the transaction that saves a record."""

from collections.abc import Iterable

from django.db import connection

from crm.tenancy.context import current_organization_id
from leads.enums import RecordKind
from leads.identity import Identity, match_keys
from leads.models import Contact, Customer, IdentityKey, Lead
from leads.selectors.candidates import aliases_of, identity_of

Record = Lead | Customer | Contact
KINDS: dict[type[Record], RecordKind] = {
    Lead: RecordKind.LEAD,
    Customer: RecordKind.CUSTOMER,
    Contact: RecordKind.CONTACT,
}
LOCK_KEYS = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key ORDER BY key"


def kind_of(record: Record) -> RecordKind:
    """What the index calls the record."""
    return KINDS[type(record)]


def keys_of(record: Record, aliases: tuple[str, ...] = ()) -> list[IdentityKey]:
    """The index rows of a saved record, not yet saved themselves."""
    kind = kind_of(record)
    return [
        IdentityKey(key=key.hash64, kind=key.kind, record_kind=kind, record_id=record.pk)
        for key in match_keys(identity_of(record, aliases=aliases))
    ]


def index(record: Record) -> None:
    """Bring the index rows of one saved record up to date."""
    aliases = aliases_of([record.pk])[record.pk] if isinstance(record, Customer) else ()
    wanted = {row.key: row for row in keys_of(record, aliases)}
    rows = IdentityKey.objects.filter(record_kind=kind_of(record), record_id=record.pk)
    known = dict(rows.values_list("key", "pk"))
    gone = [pk for key, pk in known.items() if key not in wanted]
    if gone:
        IdentityKey.objects.filter(pk__in=gone).delete()
    IdentityKey.objects.bulk_create(row for key, row in wanted.items() if key not in known)


def index_new(records: Iterable[Record]) -> None:
    """Index records that were just inserted and have no rows yet."""
    rows = [row for record in records for row in keys_of(record)]
    IdentityKey.objects.bulk_create(rows, batch_size=2_000)


def forget(record: Record) -> None:
    """Take a record out of the index."""
    IdentityKey.objects.filter(record_kind=kind_of(record), record_id=record.pk).delete()


def hold(identity: Identity) -> None:
    """Make others who enter the same client wait until this transaction ends.

    Locks the strong keys in one order, so that two people entering one company at once are seen
    one after the other and the second one is told about the first.
    """
    strong = [key.hash64 for key in match_keys(identity) if key.is_strong]
    if strong:
        salt = current_organization_id() * 0x9E3779B97F4A7C15 & 0x7FFFFFFFFFFFFFFF
        with connection.cursor() as cursor:
            cursor.execute(LOCK_KEYS, [sorted(key ^ salt for key in strong)])
