"""The identity index made anew while people work: batch by batch, only what differs is written.

A batch locks its records for the moment it takes, so a record and its keys change together or
not at all. It may be stopped at any time: what is done is right, and a second run passes over it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from crm.tenancy.context import tenant_context
from leads.enums import RecordKind
from leads.identity import match_keys
from leads.models import CompanyAlias, Contact, Customer, IdentityJudgement, IdentityKey, Lead
from leads.selectors.candidates import aliases_of, identity_of
from leads.selectors.judgements import alias_key, names_key

BATCH = 1_000
MODELS: dict[RecordKind, Any] = {
    RecordKind.CUSTOMER: Customer,
    RecordKind.LEAD: Lead,
    RecordKind.CONTACT: Contact,
}
KEY_ROWS = """
    SELECT id, record_id, key, kind FROM leads_identitykey
    WHERE record_kind = %s AND record_id = ANY(%s::bigint[])
"""
# Keys whose record is gone, in a range of record ids.
ORPHANS = """
    SELECT held.id FROM leads_identitykey AS held
    WHERE held.record_kind = %s AND held.record_id > %s AND held.record_id <= %s
      AND NOT EXISTS (SELECT FROM {table} AS one WHERE one.id = held.record_id)
"""
NO_END = 2**62


@dataclass(frozen=True)
class Difference:
    """What the index had wrong about a stretch of records of one kind."""

    kind: RecordKind
    until: int
    checked: int
    missing: Sequence[IdentityKey] = ()
    surplus: Sequence[int] = ()
    examples: Sequence[int] = field(default_factory=tuple)

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.surplus)


def rebuild(organization_id: int, *, is_check: bool = False) -> Iterator[Difference]:
    """Bring one organisation's index up to date, or only say what differs; batch by batch."""
    if not is_check:
        with tenant_context(organization_id):
            rebuild_learned()
    for kind in MODELS:
        after = 0
        while True:
            with tenant_context(organization_id):
                found = compare_batch(kind, after=after, is_check=is_check)
                if not is_check:
                    settle(found)
            yield found
            if found.until == NO_END:
                break
            after = found.until


def compare_batch(
    kind: RecordKind, *, after: int, is_check: bool = False, size: int = BATCH
) -> Difference:
    """Hold the keys of the next records against what their fields say now."""
    # those that were merged away, too: they stand for the record that was kept
    rows = MODELS[kind]._base_manager.filter(pk__gt=after).order_by("pk")
    if not is_check:
        rows = rows.select_for_update(of=("self",), no_key=True)
    records = list(rows[:size])
    until = records[-1].pk if len(records) == size else NO_END
    held = _keys_held(kind, [record.pk for record in records])
    aliases = _aliases(kind, records)
    missing: list[IdentityKey] = []
    surplus: list[int] = []
    examples: list[int] = []
    for record in records:
        identity = identity_of(record, aliases=aliases.get(record.pk, ()))
        wanted = {key.hash64: key.kind for key in match_keys(identity)}
        known = held.get(record.pk, {})
        lost = [IdentityKey(key=key, kind=word, record_kind=kind, record_id=record.pk)
                for key, word in wanted.items() if known.get(key, ("", 0))[0] != word]  # fmt: skip
        extra = [pk for key, (word, pk) in known.items() if wanted.get(key) != word]
        if lost or extra:
            examples.append(record.pk)
        missing += lost
        surplus += extra
    surplus += _orphans(kind, after, until)
    return Difference(kind, until, len(records), missing, surplus, examples[:5])


def settle(found: Difference) -> None:
    """Write what a batch found to differ, in the transaction that holds its records."""
    if found.surplus:
        IdentityKey.objects.filter(pk__in=found.surplus).delete()
    IdentityKey.objects.bulk_create(found.missing, batch_size=2_000)


def _keys_held(kind: RecordKind, ids: list[int]) -> Mapping[int, dict[int, tuple[str, int]]]:
    """Record → key → its kind and row."""
    held: dict[int, dict[int, tuple[str, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(KEY_ROWS, [kind.value, ids])
        for pk, record_id, key, word in cursor.fetchall():
            held[record_id][key] = (word, pk)
    return held


def _aliases(kind: RecordKind, records: Sequence[Any]) -> Mapping[int, tuple[str, ...]]:
    return aliases_of([one.pk for one in records]) if kind == RecordKind.CUSTOMER else {}


def _orphans(kind: RecordKind, after: int, until: int) -> list[int]:
    with connection.cursor() as cursor:
        sql = ORPHANS.format(table=MODELS[kind]._meta.db_table)
        cursor.execute(sql, [kind.value, after, until])
        return [pk for (pk,) in cursor.fetchall()]


def rebuild_learned() -> None:
    """The numbers of learned names follow the engine, too: there are few of them."""
    for alias in CompanyAlias.objects.select_for_update(of=("self",), no_key=True).order_by("pk"):
        key = alias_key(alias.text)
        if key is not None and key != alias.key:
            CompanyAlias.objects.filter(pk=alias.pk).update(key=key)
    judged = IdentityJudgement.objects.select_for_update(of=("self",), no_key=True)
    for one in judged.order_by("pk"):
        if (key := names_key(one.left_name, one.right_name)) != one.names_key:
            IdentityJudgement.objects.filter(pk=one.pk).update(names_key=key)
