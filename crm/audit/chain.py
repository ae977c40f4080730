"""The operation log as one chain per organisation: what was altered, removed or slipped in shows.

Writers never wait for each other: a line is written with its transaction, unsealed. Seconds later
`seal` gives every line that is surely there to stay the next place in the chain. "Surely" comes
from transaction numbers: below the oldest transaction still running nothing can appear any more,
so lines are sealed in the order of (transaction, id) and none is ever passed over.

The digest is an HMAC over the line, its place, the time of sealing and the digest before it, keyed
with the installation's index key: who can write to the database alone cannot make a valid chain.
Heads of chains are also written to a file (crm.audit.anchors), so a cut-off tail shows too.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from crm.audit.models import OperationLog, Seal
from crm.encryption.ring import keyring
from crm.tenancy.context import current_organization_id

BATCH = 5_000
START = b"\0" * 32
PURPOSE = b"tongzhou operation log"
# One sealer per organisation at a time: two would give the same place twice.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('audit.seal'), %s)"
# Lines of transactions that began before this one are all visible or gone for good.
# The first transaction of this database that may still write; those of the cluster's other
# databases do not hold our chain up. One that nobody's lock explains yet counts as ours.
HORIZON = """
    WITH now AS (SELECT pg_current_snapshot() AS snapshot),
    running AS (SELECT xid::text::bigint AS xid FROM now, pg_snapshot_xip(snapshot) AS xid)
    SELECT coalesce(
        (SELECT min(xid) FROM running
          WHERE NOT EXISTS (
            SELECT 1 FROM pg_locks held JOIN pg_stat_activity process USING (pid)
             WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
               AND held.transactionid::text::bigint = xid % 4294967296
               AND process.datname <> current_database())),
        pg_snapshot_xmax(snapshot)::text::bigint) FROM now
"""
PENDING = """
    SELECT {columns} FROM audit_operationlog
     WHERE (transaction, id) > (%s, %s) AND transaction < %s
     ORDER BY transaction, id LIMIT %s
"""
APPEND = """
    INSERT INTO audit_seal (organization_id, sequence, sealed_at, entry_id, digest)
    SELECT %s, %s + place, %s, entry_id, digest
      FROM unnest(%s::bigint[], %s::bytea[]) WITH ORDINALITY AS fresh (entry_id, digest, place)
"""
# After the database was moved to another cluster, whose transactions count from a lower number.
LEFT_OVER = """
    SELECT {columns} FROM audit_operationlog log
     WHERE NOT EXISTS (SELECT 1 FROM audit_seal seal WHERE seal.entry_id = log.id)
     ORDER BY id LIMIT %s
"""
COLUMNS = "id, action, verb, subject_kind, subject_id, member_id, details::text, at, transaction"


@dataclass(frozen=True)
class Head:
    """The end of a chain."""

    sequence: int = 0
    digest: bytes = START
    entry_id: int = 0
    transaction: int = 0
    sealed_at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """A line of the log as it stands in the database."""

    id: int
    action: str
    verb: str
    subject_kind: str
    subject_id: int | None
    member_id: int | None
    details: str
    at: datetime
    transaction: int

    def content(self, organization_id: int) -> bytes:
        """What the digest is about, written in one way only."""
        parts: list[Any] = [
            *(organization_id, self.id, self.action, self.verb, self.subject_kind),
            *(self.subject_id, self.member_id, self.details, self.at.isoformat()),
            self.transaction,
        ]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()


def digest_of(
    line: Line,
    *,
    organization_id: int,
    sequence: int,
    sealed_at: datetime,
    before: bytes,
    key: bytes,
) -> bytes:
    """The seal of a line at its place, after all that came before."""
    place = f"{sequence}\0{sealed_at.isoformat()}\0".encode()
    return hmac.new(key, before + place + line.content(organization_id), hashlib.sha256).digest()


def chain_key() -> bytes:
    """The key of all chains: of the installation, not in the database, and not rotated."""
    return hmac.new(keyring().index, PURPOSE, hashlib.sha256).digest()


def head() -> Head:
    """The end of the current organisation's chain."""
    last = Seal.objects.order_by("-sequence").first()
    if last is None:
        return Head()
    rows = OperationLog.objects.filter(pk=last.entry_id).values_list("transaction", flat=True)
    return Head(last.sequence, bytes(last.digest), last.entry_id, rows.first() or 0, last.sealed_at)


def seal(*, most: int = BATCH) -> int:
    """Append what is pending to the current organisation's chain; returns how many lines."""
    organization_id = current_organization_id()
    with transaction.atomic():
        if not _is_alone(organization_id):
            return 0
        end, now = head(), timezone.now()
        lines = _pending(end, most)
        if lines:
            digests = _digests(lines, end, organization_id, now)
            ids = [line.id for line in lines]
            with connection.cursor() as cursor:
                cursor.execute(APPEND, [organization_id, end.sequence, now, ids, digests])
    return len(lines)


def _digests(lines: list[Line], end: Head, organization_id: int, now: datetime) -> list[bytes]:
    before, key, found = end.digest, chain_key(), []
    for sequence, line in enumerate(lines, start=end.sequence + 1):
        before = digest_of(
            line,
            organization_id=organization_id,
            sequence=sequence,
            sealed_at=now,
            before=before,
            key=key,
        )
        found.append(before)
    return found


def _is_alone(organization_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [organization_id])
        return bool(cursor.fetchone()[0])


def _pending(end: Head, most: int) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        horizon = cursor.fetchone()[0]
        if end.transaction >= horizon or (end.sequence and not end.transaction):
            cursor.execute(LEFT_OVER.format(columns=COLUMNS), [most])
        else:
            cursor.execute(
                PENDING.format(columns=COLUMNS), [end.transaction, end.entry_id, horizon, most]
            )
        return [Line(*row) for row in cursor.fetchall()]
