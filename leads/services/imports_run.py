"""The import itself: each chunk is one transaction that makes leads, keys, touches and decisions.

A killed worker leaves whole chunks behind: `done_until` moves with them. Imports of one
organisation take turns chunk by chunk, and before a row becomes a lead its strong keys are looked
up again, so the same file imported twice at once makes every lead once. Nobody enters a client by
hand while a chunk looks and saves: either it sees theirs, or they are told of its.
"""

from collections import Counter
from collections.abc import Mapping

from django.conf import settings
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from crm import jobs
from crm.audit import services as audit
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from crm.tenancy.context import acting_as, tenant_context
from leads.enums import ImportState, RecordKind
from leads.identity.helpers import no_collecting
from leads.models import ImportBatch, Lead
from leads.selectors.deciders import Desk
from leads.selectors.imports import leads_of_rows
from leads.services.assignment import notify_reps, tell_reps
from leads.services.assignment_desk import hold_turns
from leads.services.entering import hold_all_entries
from leads.services.imports_cases import Met, open_cases, tell_of_cases
from leads.services.imports_plan import Plan, next_rows, plan_chunk
from leads.services.imports_statistics import refresh_statistics
from leads.services.imports_writing import make_leads, write_touches

CHUNK = 1_000


def run(organization_id: int, batch_id: int) -> None:
    """Import chunk by chunk until the file is done or somebody stops it."""
    desk = Desk()
    while True:
        with tenant_context(organization_id):
            batch = ImportBatch.objects.get(pk=batch_id)
        with (
            no_collecting(),
            tenant_context(organization_id, member_id=batch.created_by_id, reason="import"),
        ):
            is_going_on = run_chunk(batch_id, desk=desk)
        with tenant_context(organization_id):
            done = ImportBatch.objects.values_list("results", flat=True).get(pk=batch_id)
        jobs.report_progress(sum(done.values()), batch.row_count)
        refresh_statistics(organization_id)
        if not is_going_on:
            return


def run_chunk(batch_id: int, *, desk: Desk | None = None) -> bool:
    """Import the next rows; False when there is nothing more to do."""
    batch: ImportBatch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(
        pk=batch_id
    )
    if batch.state == ImportState.CANCELLED:
        tell_owners(batch)
        tell_of_cases(batch)
    if batch.state != ImportState.RUNNING:
        return False
    rows = next_rows(batch, CHUNK)
    if not rows:
        _finish(batch)
        return False
    hold_turns()
    hold_all_entries()
    at = timezone.now()
    plan = plan_chunk(batch, rows)
    owners = make_leads(batch, plan, at=at)
    _settle_copies(plan)
    _open_cases(batch, plan, owners, desk or Desk())
    write_touches(batch, plan)
    results = Counter(batch.results)
    results.update(fate.outcome.value for fate in plan.fates.values())
    batch.results, batch.done_until = dict(results), rows[-1].row_number
    batch.save(update_fields=["results", "done_until"])
    return True


def _settle_copies(plan: Plan) -> None:
    """A row that repeats an earlier one of its chunk is attached to what that one became."""
    for number, original in plan.copies.items():
        plan.fates[number].lead_id = plan.fates[original].lead_id


def _open_cases(
    batch: ImportBatch, plan: Plan, owners: Mapping[int, int | None], desk: Desk
) -> None:
    """What others have becomes a case, with the lead of the row where it became one."""
    for number, earlier in leads_of_rows(batch, plan.alike).items():
        plan.met[number] = Met(number, (RecordKind.LEAD.value, earlier))
    for number, earlier in plan.alike.items():
        fate = plan.fates.get(earlier)
        if fate is not None and fate.lead_id:
            plan.met[number] = Met(number, (RecordKind.LEAD.value, fate.lead_id))
    for number, met in plan.met.items():
        if number in owners:
            met.lead_id, met.owner_id = plan.fates[number].lead_id, owners[number]
    met_in_order = [plan.met[number] for number in sorted(plan.met)]
    for number, case_id in open_cases(batch, met_in_order, desk=desk).items():
        plan.fates[number].case_id = case_id
    for row in plan.created:
        fate, met_one = plan.fates[row.row_number], plan.met.get(row.row_number)
        if met_one is not None and fate.case_id is None:
            # no conflict, yet probably one client: the result and the lead's page say so
            fate.reason = ":".join(map(str, met_one.pair))


def _finish(batch: ImportBatch) -> None:
    """Say that it is done: to the importer, and to each rep how many leads came."""
    batch.state, batch.finished_at = ImportState.DONE, timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    audit.record("leads.imported", target=batch, **batch.results)
    tell_owners(batch)
    tell_of_cases(batch)
    if batch.created_by_id:
        with acting_as(None):  # nobody is told of what they do themselves; this is the worker's
            notify(
                member_ids=[batch.created_by_id],
                kind=NotificationKind.IMPORT_FINISHED,
                title=batch.file.name,
                url=reverse("leads:import", urlconf=settings.TENANT_URLCONF, args=[batch.pk]),
            )


def tell_owners(batch: ImportBatch) -> None:
    """Tell each rep once how many leads this run has brought, however many chunks it took."""
    owned = Lead.objects.filter(import_batch=batch, owner__isnull=False).order_by()
    if batch.job is not None:
        owned = owned.filter(created_at__gte=batch.job.created_at)
    shares = owned.values_list("owner_id").annotate(number=Count("id"), latest=Max("id"))
    counts = {owner: number for owner, number, _latest in shares}
    latest = {owner: lead for owner, _number, lead in shares}
    tell_reps(counts, latest=latest)
    notify_reps(counts, latest=latest)
