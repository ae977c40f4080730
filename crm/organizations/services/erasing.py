"""Carrying out a deletion: rows, files, accounts, and the certificate that remains.

The rows go through `erase_tenant_rows`, a function of the database's owner that looks at the date
itself. Work is done in short transactions, tables that point at others first, so that a kill at any
moment loses nothing but the step under way: the next run goes on from what is left.
"""

import logging
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from crm.organizations.models import Deletion, LastVisit, Usage
from crm.organizations.services import operator_log
from crm.organizations.services.deletion import data_folder
from crm.people.models import Member, User
from crm.people.selectors import belongs_anywhere
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.tenancy.schema import tenant_models

logger = logging.getLogger("tongzhou.organizations")

CHUNK = 5_000
LEASE = timedelta(minutes=2)
LONGEST_RUN_SECONDS = 50.0


def erase_due(*, longest: float = LONGEST_RUN_SECONDS) -> int:
    """Go on with every deletion whose grace is over; returns how many were finished."""
    ends_at, finished = time.monotonic() + longest, 0
    while time.monotonic() < ends_at:
        deletion = take()
        if deletion is None:
            break
        finished += Erasure(deletion).run(until=ends_at)
    return finished


def take() -> Deletion | None:
    """Lease the deletion that waits longest to this worker, unless another works on it."""
    now = timezone.now()
    with transaction.atomic():
        deletion = (
            Deletion.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            .filter(Q(lease_until=None) | Q(lease_until__lt=now))
            .filter(cancelled_at=None, finished_at=None, due_at__lte=now)
            .order_by("due_at", "pk")
            .first()
        )
        if deletion is None:
            return None
        deletion.lease_until = now + LEASE
        deletion.started_at = deletion.started_at or now
        deletion.save(update_fields=["lease_until", "started_at"])
    return deletion


class Erasure:
    """One deletion at work."""

    def __init__(self, deletion: Deletion, *, chunk: int = CHUNK) -> None:
        self.deletion = deletion
        self.number = deletion.number
        self.chunk = chunk

    def run(self, *, until: float) -> bool:
        """Erase until it is done or the time is up; True when it is done."""
        if not Organization.objects.filter(pk=self.number).exists():
            return self.certify()
        self.note_people()
        for group in erasing_order():
            if not self.erase_group(group, until=until):
                self.release()
                return False
        self.remove_files()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT erase_tenant(%s)", [self.number])
        return self.certify()

    def note_people(self) -> None:
        """Whose accounts to look at: known only as long as their memberships are there."""
        with tenant_context(self.number, reason="erasing"):
            found = set(Member.objects.values_list("user_id", flat=True))
        self.deletion.user_ids = sorted(found | set(self.deletion.user_ids))
        self.deletion.save(update_fields=["user_ids"])

    def erase_group(self, group: list[str], *, until: float) -> bool:
        """Empty tables that must go together (they point at each other), else chunk by chunk."""
        most = self.chunk if len(group) == 1 and not points_at_itself(group[0]) else None
        while True:
            with transaction.atomic(), connection.cursor() as cursor:
                self.hold()
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute(
                    "SELECT erase_tenant_rows(%s, %s::text[], %s)", [self.number, group, most]
                )
                (gone,) = cursor.fetchone()
                self.count(group[0], gone)
            if most is None or gone < most:
                return True
            if time.monotonic() > until:
                return False

    def hold(self) -> None:
        """Read the request anew and keep others from it: their counts are not lost."""
        rows = Deletion.objects.select_for_update(of=("self",), no_key=True)
        self.deletion = rows.get(pk=self.deletion.pk)

    def count(self, table: str, gone: int) -> None:
        """In the same transaction as the rows themselves, so the certificate is exact."""
        if not gone:
            return
        tables = self.deletion.counts.setdefault("tables", {})
        tables[table] = tables.get(table, 0) + gone
        self.deletion.lease_until = timezone.now() + LEASE
        self.deletion.save(update_fields=["counts", "lease_until"])

    def release(self) -> None:
        """The next run goes on at once."""
        self.deletion.lease_until = None
        self.deletion.save(update_fields=["lease_until"])

    def remove_files(self) -> None:
        """Everything below the organisation's own folder."""
        folder = Path(data_folder(self.number))
        files = [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
        known = self.deletion.counts.get("files", 0)
        self.deletion.counts["files"] = known + len(files)
        self.deletion.save(update_fields=["counts"])
        if folder.exists():
            shutil.rmtree(folder)

    def certify(self) -> bool:
        """Accounts of nobody are removed; what remains is the certificate."""
        outcome = self.deletion.counts.setdefault("users", {"removed": 0, "anonymised": 0})
        for pk in list(self.deletion.user_ids):
            with transaction.atomic():
                if done := let_go(pk):
                    outcome[done] += 1
                self.deletion.user_ids.remove(pk)
                self.deletion.save(update_fields=["user_ids", "counts"])
        Usage.objects.filter(number=self.number).delete()
        LastVisit.objects.filter(number=self.number).delete()
        with transaction.atomic():
            self.deletion.finished_at, self.deletion.lease_until = timezone.now(), None
            self.deletion.save(update_fields=["finished_at", "lease_until"])
            operator_log.record(
                "organization.erased",
                by=None,
                number=self.number,
                requested_by=self.deletion.requested_by,
                rows=self.deletion.row_count,
            )
        return True


def let_go(user_id: int) -> str:
    """Remove an account that belonged to no other organisation; "" where it stays."""
    user = User.objects.filter(pk=user_id).first()
    if user is None or user.is_staff or belongs_anywhere(user):
        return ""
    own = set(tenant_models())
    for relation in User._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model: Any = relation.related_model
        if model not in own and model._meta.managed and not model._meta.proxy:
            model._base_manager.filter(**{relation.field.name: user_id}).delete()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            User.objects.filter(pk=user_id)._raw_delete("default")
    except IntegrityError:
        return _anonymise(user)
    return "removed"


def _anonymise(user: User) -> str:
    """Something still points at the account: nothing of the person stays in it."""
    user.email, user.name, user.is_active = f"removed-{user.pk}@removed.invalid", "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "password"])
    return "anonymised"


def points_at_itself(table: str) -> bool:
    return table in references().get(table, set())


def references() -> dict[str, set[str]]:
    """Table → the organisations' tables it points at, as the database says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.relname, t.relname FROM pg_constraint c"
            " JOIN pg_class s ON s.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid"
            " WHERE c.contype = 'f'"
        )
        rows = cursor.fetchall()
    tables = set(erasable_tables())
    found: dict[str, set[str]] = {table: set() for table in tables}
    for source, target in rows:
        if source in tables and target in tables:
            found[source].add(target)
    return found


def erasable_tables() -> list[str]:
    """Every table with rows of organisations, asked of the database and not of the code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND a.attname = 'organization_id' AND NOT a.attisdropped ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def erasing_order() -> list[list[str]]:
    """Groups of tables in the order they are emptied: first those nobody points at.

    Tables that point at each other in a circle form one group.
    """
    points_at = references()
    reach = {table: _reachable(table, points_at) for table in points_at}
    groups: list[list[str]] = []
    seen: set[str] = set()
    for table in sorted(points_at):
        if table in seen:
            continue
        group = sorted({table} | {other for other in reach[table] if table in reach[other]})
        seen |= set(group)
        groups.append(group)
    # who reaches more comes first: everything it points at is emptied later
    return sorted(groups, key=lambda group: (-len(reach[group[0]] | set(group)), group))


def _reachable(table: str, points_at: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(points_at[table])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += points_at[one]
    return found
