"""An upgrade changed the keys: each organisation's index is brought up to date by itself.

The chore asks every two minutes; one job per organisation goes on from its cursor, batch by batch,
and rests between batches so that people notice nothing. Look-ups go on meanwhile: records that are
not reached yet are found only by keys that both versions have, in the worst case by their numbers
and addresses alone.
"""

import logging
import time
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from crm import jobs
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization, open_organizations
from leads.enums import RecordKind
from leads.identity.keys import KEYS_VERSION
from leads.models import IdentityIndex, IdentityKey
from leads.services.reindexing import MODELS, NO_END, compare_batch, rebuild_learned, settle

logger = logging.getLogger("tongzhou.leads")
REASON = "identity index"
REST = 0.5  # of each batch's time
BATCH = 500


def ask_all() -> int:
    """Ask for a job where the index is of another version; returns how many that were."""
    asked = 0
    for organization in open_organizations().order_by("pk"):
        try:
            asked += ask(organization)
        except DatabaseError:
            logger.exception("The index of organisation %s could not be asked", organization.pk)
    return asked


def ask(organization: Organization) -> bool:
    """Ask for a job if this organisation's index is of another version; once a day, if it fails."""
    with tenant_context(organization.pk, reason=REASON):
        if index_state().version == KEYS_VERSION:
            return False
        today = timezone.now().date()
        jobs.enqueue("leads.upgrade_index", key=f"identity-index:{KEYS_VERSION}:{today}")
        return True


def index_state() -> IdentityIndex:
    """The organisation's row; who has no keys yet starts with the present version."""
    found = IdentityIndex.objects.first()
    if found is None:
        is_new = not IdentityKey.objects.exists()
        found, _is_made = IdentityIndex.objects.get_or_create(
            defaults={"version": KEYS_VERSION if is_new else 0}
        )
    return found


def upgrade(organization_id: int) -> int:
    """Bring the index to the present version, from where the last attempt ended; keys changed."""
    with tenant_context(organization_id, reason=REASON):
        state = index_state()
        if state.version == KEYS_VERSION:
            return 0
        if state.target != KEYS_VERSION:
            _begin(state)
            rebuild_learned()
        logger.info(
            "Identity index of organisation %s: version %s to %s, from %s %s",
            organization_id, state.version, KEYS_VERSION, state.cursor_kind, state.cursor_id,
        )  # fmt: skip
    done = 0
    for size in iter(lambda: _rested(organization_id), None):
        done += size
        jobs.report_progress(done, done)
    with tenant_context(organization_id, reason=REASON):
        state = mark_current()
    logger.info(
        "Identity index of organisation %s is of version %s: %s keys changed",
        organization_id, state.version, state.changed,
    )  # fmt: skip
    return state.changed


def mark_current() -> IdentityIndex:
    """All records are filed under the present keys."""
    state = index_state()
    state.version, state.target, state.ended_at = KEYS_VERSION, KEYS_VERSION, timezone.now()
    state.save()
    return state


def _begin(state: IdentityIndex) -> None:
    state.target, state.changed = KEYS_VERSION, 0
    state.cursor_kind, state.cursor_id = next(iter(MODELS)).value, 0
    state.began_at, state.ended_at = timezone.now(), None
    state.save()


def _rested(organization_id: int) -> int | None:
    """One batch in a transaction of its own, then a rest; None when nothing is left."""
    began = time.monotonic()
    with tenant_context(organization_id, reason=REASON):
        done = _next_batch()
    time.sleep((time.monotonic() - began) * REST)
    return done


def _next_batch() -> int | None:
    """The records after the cursor, and the cursor, together."""
    state: Any = IdentityIndex.objects.get()
    if not state.cursor_kind:
        return None
    kind = RecordKind(state.cursor_kind)
    found = compare_batch(kind, after=state.cursor_id, size=BATCH)
    settle(found)
    state.changed += found.count
    state.cursor_id = found.until
    if found.until == NO_END:
        kinds = [*MODELS, None]
        after = kinds[kinds.index(kind) + 1]
        state.cursor_kind, state.cursor_id = after.value if after else "", 0
    state.save(update_fields=["changed", "cursor_kind", "cursor_id"])
    return found.checked
