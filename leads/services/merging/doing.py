"""Two records of one client become one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import jobs
from crm.access import policy
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from crm.teamwork.enums import NotificationKind
from crm.teamwork.services import notify
from leads.enums import AliasSource, CaseState, LeadStatus
from leads.merge_blocks import GONE, Block, blocks_for, choices_of, result_of
from leads.merge_values import everything
from leads.models import ClientSplit, CollisionCase, CollisionRecord, Contact, Customer, Lead, Merge
from leads.numbers import TooManyNumbers
from leads.redaction import masked_name
from leads.references import check_obstacles, references_to
from leads.selectors.addresses import page_of
from leads.selectors.merge_twins import twins_of
from leads.services import case_hands
from leads.services.case_decisions import settle
from leads.services.cases import locked_case
from leads.services.identity import index, kind_of, learn_alias, repoint
from leads.services.merging import people
from leads.services.merging.attaching import attach
from leads.services.merging.journal import Journal
from leads.services.refusals import MergedMeanwhile, StaleRecord, WrongState
from leads.services.splits import carry_on, live_split_of

Versions = tuple[int | None, int | None]
STRAYS_AFTER = timedelta(minutes=2)


@transaction.atomic
def merge(
    *,
    kept: Customer | Lead,
    gone: Customer | Lead,
    picks: Mapping[str, str] | None = None,
    by: Member | None,
    case: Any = None,
    reason: str = "",
    versions: Versions = (None, None),
) -> Merge:
    """Make `gone` part of `kept`: what hangs on it moves, its page leads there from now on.

    A lead that goes into a customer is converted into it. Choices nobody made are made by rule,
    and so are those that `by` may not make. The caller has checked that `by` reaches both.
    """
    kept, gone = _both_held(kept, gone, versions, case)
    chosen = settled(kept, gone, picks or {}, by)
    found = _written_down(kept, gone, chosen, by=by, case=case, reason=reason)
    if case is not None and by is not None:
        # on the evidence as it was; a lead cannot be converted while its case is open
        winner = gone.owner if chosen["owner"] == GONE else kept.owner
        settle(case_id=case.pk, by=by, merge_id=found.pk, winner=winner, reason=found.reason)
    journal = Journal(found)
    shared = live_split_of(kept), live_split_of(gone)
    results = _results(kept, gone, chosen)
    if isinstance(kept, Customer) and isinstance(gone, Lead):
        attach(journal, kept, gone, by)
    else:
        _absorb(journal, kept, gone)
    for columns in results:
        journal.change(kept, columns)
    _pass_on_identity(journal, kept, gone, by)
    _pass_on_split(journal, kept, shared)
    _finish(journal, kept, gone)
    return found


def _both_held(kept: Any, gone: Any, versions: Versions, case: Any) -> tuple[Any, Any]:
    """Both records, locked, if they may become one."""
    if case is not None:
        locked_case(case.pk)  # before its records, as decisions do
    kept, gone = locked_pair(kept, gone)
    _check(kept, gone, versions)
    check_obstacles(kept, gone)
    _one_open_case(kept, gone, case)
    if case is not None:
        check_in_case(kept, gone, case)
    return kept, gone


def _written_down(
    kept: Any, gone: Any, chosen: dict[str, str], *, by: Member | None, case: Any, reason: str
) -> Merge:
    """The merge with both records as they were."""
    found: Merge = Merge.objects.create(
        kept_kind=kind_of(kept),
        kept_id=kept.pk,
        kept_title=str(kept)[:200],
        gone_kind=kind_of(gone),
        gone_id=gone.pk,
        gone_title=str(gone)[:200],
        picks=chosen,
        kept_before=everything(kept),
        gone_before=everything(gone),
        reason=reason.strip()[:300],
        case_id=getattr(case, "pk", None),
        by=by,
        at=timezone.now(),
    )
    return found


def _finish(journal: Journal, kept: Any, gone: Any) -> None:
    """The kept record has changed, is found anew, and whoever looks after it is told."""
    found, every = journal.merge, type(kept).every
    Merge.objects.filter(pk=found.pk).update(count=journal.count)
    found.count = journal.count
    every.filter(pk=kept.pk).update(version=F("version") + 1, updated_at=found.at)
    for one in (kept, gone):
        index(type(one).every.get(pk=one.pk))
    case_hands.note(kind_of(kept), [kept.pk])
    _tell(found, kept, gone)
    jobs.enqueue("leads.gather_strays", run_after=found.at + STRAYS_AFTER, merge_id=found.pk)


def locked_pair(kept: Any, gone: Any) -> tuple[Any, Any]:
    """Both records, held until the transaction ends: leads first, then in the order of ids."""
    wanted = sorted({(type(one) is Customer, one.pk) for one in (kept, gone)})
    held: dict[tuple[type[Any], int], Any] = {}
    for is_customer, pk in wanted:
        model: type[Any] = Customer if is_customer else Lead
        held[model, pk] = model.every.select_for_update(of=("self",)).get(pk=pk)
    return held[type(kept), kept.pk], held[type(gone), gone.pk]


def _check(kept: Any, gone: Any, versions: Versions) -> None:
    if kept == gone:
        raise Refused(_("A record cannot be merged with itself."))
    for one, version in zip((kept, gone), versions, strict=True):
        if one.merged_into_id:
            raise MergedMeanwhile(one)
        if version is not None and one.version != version:
            raise StaleRecord(one)
    if isinstance(kept, Lead):
        _check_leads(kept, gone)
    elif isinstance(gone, Lead) and gone.status not in OPEN:
        raise WrongState(
            _("“%(name)s” is “%(status)s”: only an open lead can be attached to a customer.")
            % {"name": gone, "status": gone.get_status_display()}
        )


def _check_leads(kept: Lead, gone: Any) -> None:
    if not isinstance(gone, Lead):
        raise Refused(_("A customer cannot become part of a lead: keep the customer."))
    for one in (kept, gone):
        if one.status == LeadStatus.CONVERTED:
            raise WrongState(
                _("“%(name)s” has been converted. Merge with its customer instead.") % {"name": one}
            )
    if kept.status == LeadStatus.INVALID and gone.status != LeadStatus.INVALID:
        raise WrongState(_("“%(name)s” is closed as invalid: keep the other.") % {"name": kept})


def _one_open_case(kept: Any, gone: Any, case: Any) -> None:
    """A client has one open case; the one that is decided by this merge does not count."""
    open_cases = CollisionCase.objects.filter(state=CaseState.OPEN)
    if case is not None:
        open_cases = open_cases.exclude(pk=case.pk)
    mine, theirs = (
        open_cases.filter(subject_kind=kind_of(one), subject_id=one.pk).first()
        for one in (kept, gone)
    )
    if type(kept) is type(gone) and mine is not None and theirs is not None:
        raise WrongState(
            _("Both have an open collision case. Decide %(number)s first.")
            % {"number": theirs.number}
        )


def check_in_case(kept: Any, gone: Any, case: Any) -> None:
    """A case is decided by a merge of its own records, one of them the one that was there first."""
    pairs = {(kind_of(one).value, one.pk) for one in (kept, gone)}
    rows = CollisionRecord.objects.filter(case=case.pk)
    held = {
        (kind, pk): is_held
        for kind, pk, is_held in rows.values_list("record_kind", "record_id", "is_held")
        if (kind, pk) in pairs
    }
    if held.keys() != pairs or not any(held.values()):
        raise WrongState(
            _("%(number)s is not about these two records: merge those of the case.")
            % {"number": case.number}
        )


OPEN = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED)


def settled(kept: Any, gone: Any, picks: Mapping[str, str], by: Member | None) -> dict[str, str]:
    """A choice for every block: the wished one where it is possible, else the rule's."""
    found = {}
    for block in blocks_for(type(kept), type(gone)):
        possible = choices_of(block, kept, gone, by)
        wished = picks.get(block.key, "")
        found[block.key] = wished if wished in possible else possible[0]
    return found


def _results(kept: Any, gone: Any, picks: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the kept record will hold, block by block: read before anything moves."""
    blocks: tuple[Block, ...] = blocks_for(type(kept), type(gone))
    try:
        found = [result_of(block, picks[block.key], kept, gone) for block in blocks]
    except TooManyNumbers as error:
        raise Refused(
            _("Together they have more phone numbers than a record keeps: remove some first.")
        ) from error
    touched = [one for one in (kept.last_follow_up_at, gone.last_follow_up_at) if one]
    found.append({"last_follow_up_at": max(touched, default=None)})
    if isinstance(kept, Lead) and isinstance(gone, Lead):
        answered = [one for one in (kept.first_response_at, gone.first_response_at) if one]
        found.append({"first_response_at": min(answered, default=None)})
    return found


def _absorb(journal: Journal, kept: Any, gone: Any) -> None:
    """Everything that points at `gone` points at `kept`; `gone` leaves every list.

    What it and its people were known by stays in the index and finds the kept record.
    """
    model = type(kept)
    twins: dict[Contact, Contact] = {}
    if model is Customer:
        people.one_main_contact(journal, kept, gone)
        twins = twins_of(kept, gone)
        people.join(journal, twins)
    for one in references_to(model):
        leave = [twin.pk for twin in twins] if one.label == "leads.contact" else []
        journal.move(one, model, gone.pk, kept.pk, leave=leave)
    model.every.filter(pk=gone.pk).update(merged_into=kept, version=F("version") + 1)
    for twin in twins.values():
        index(twin)


def _pass_on_identity(journal: Journal, kept: Any, gone: Any, by: Member | None) -> None:
    """What people taught about `gone` is true of `kept`, and it is found by the other name too."""
    kinds = {"kind": kind_of(gone), "from_id": gone.pk, "to_id": kept.pk, "to_kind": kind_of(kept)}
    journal.learned(repoint(**kinds))
    if isinstance(kept, Customer):
        name = gone.name if isinstance(gone, Customer) else gone.company_name
        if not kept.aliases.filter(text=name).exists():
            alias = learn_alias(customer_id=kept.pk, text=name, source=AliasSource.MERGED, by=by)
            if alias is not None and alias.source == AliasSource.MERGED:
                journal.created(alias)


def _pass_on_split(
    journal: Journal, kept: Any, shared: tuple[ClientSplit | None, ClientSplit | None]
) -> None:
    """The kept record is shared as before if its owner still has it, else as `gone` was."""
    mine, theirs = shared
    now = type(kept).every.get(pk=kept.pk)
    if mine is not None and mine.main_id != now.owner_id:
        journal.change(mine, {"over_at": journal.merge.at})
    made = carry_on(theirs, now)
    if made is not None:
        journal.created(made)


def _tell(found: Merge, kept: Any, gone: Any) -> None:
    """Both records' stories, and whoever looked after them."""
    noun = kind_of(kept).value
    said = {"merge": found.pk, "why": found.reason}
    audit.record(f"{noun}.merged", target=kept, other=found.gone_title, **said)
    audit.record(f"{kind_of(gone).value}.merged_away", target=gone, other=found.kept_title, **said)
    url = page_of(found.kept_kind, found.kept_id)
    for owner in {one.owner for one in (kept, gone)} - {None}:
        title = str(found)
        if not policy.allowed(owner, f"leads.view_{found.kept_kind}", type(kept)(pk=kept.pk)):
            title = f"{found.gone_title} → {masked_name(found.kept_title, found.gone_title)}"
        notify(
            member_ids=[owner.pk], kind=NotificationKind.RECORD_MERGED, title=title[:200], url=url
        )
