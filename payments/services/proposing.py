"""Ask the matching engine about the open lines and keep what it says, with its reasons."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from crm.money import to_minor
from crm.tenancy.context import current_organization_id
from leads.models import Customer
from orders.enums import OrderStatus
from payments import matching as engine
from payments import notifications
from payments.models import Instalment, StatementLine
from payments.selectors.lines import open_lines
from payments.selectors.status import is_open
from payments.services.aliases import customers_by_key
from payments.services.settling import forget_proposals

SETTLED_DAYS = 120
ITEM_FIELDS = (
    "pk",
    "plan__order__customer_id",
    "plan__order__customer__name",
    "amount",
    "paid_amount",
    "currency",
    "due_date",
    "plan__order__number",
    "plan__order__contract_number",
)
WRITE_PROPOSALS = """
    INSERT INTO payments_matchproposal
        (organization_id, computed_at, line_id, band, confidence, reasons, candidates, line_ids,
         rest_amount, exception_kind)
    SELECT %s, %s, line_id, band, confidence, reasons::jsonb, candidates::jsonb, line_ids::jsonb,
           rest_amount, exception_kind
      FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[],
                  %s::bigint[], %s::text[])
        AS fresh (line_id, band, confidence, reasons, candidates, line_ids, rest_amount,
                  exception_kind)
"""
WRITE_SHARES = """
    INSERT INTO payments_proposedshare (organization_id, proposal_id, instalment_id, amount)
    SELECT proposal.organization_id, proposal.id, fresh.instalment_id, fresh.amount
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
        AS fresh (line_id, instalment_id, amount)
      JOIN payments_matchproposal proposal ON proposal.line_id = fresh.line_id
"""
# One run at a time per organisation: two would write proposals for the same lines.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('payments.propose_matches'), %s)"


@transaction.atomic
def propose_matches(*, line_ids: Collection[int] | None = None) -> dict[str, int]:
    """Replace the proposals of all open lines, or of these; returns how many of each band."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME, [current_organization_id()])
    wanted = open_lines() if line_ids is None else open_lines().filter(pk__in=line_ids)
    lines = list(wanted)
    asked = [engine_line(line) for line in lines]
    found = engine.propose(asked, open_items(), knowledge_about(lines)) if asked else []
    forget_proposals(line_ids)
    write_proposals(found, {line.pk: line for line in lines})
    notifications.lines_changed()
    return counted(found)


def engine_line(line: StatementLine) -> engine.Line:
    """A stored line as the engine knows it, with what is still unmatched of it."""
    return engine.Line(
        id=line.pk,
        amount=line.amount - line.matched_amount,
        currency=line.currency,
        value_date=line.value_date,
        counterparty_name=line.counterparty_name,
        counterparty_account=line.counterparty_account,
        reference=line.reference,
        memo=line.memo,
    )


def open_items() -> list[engine.OpenItem]:
    """Every receivable of an order that still stands."""
    return engine_items(live_instalments().filter(is_open()))


def live_instalments() -> QuerySet[Instalment]:
    found: QuerySet[Instalment] = Instalment.objects.exclude(
        plan__order__status=OrderStatus.CANCELLED
    )
    return found


def engine_items(rows: QuerySet[Instalment], *, settled: bool = False) -> list[engine.OpenItem]:
    """Instalments as the engine knows them; settled ones with what they were."""
    return [
        engine.OpenItem(
            id=pk,
            customer_id=customer_id,
            customer_name=name,
            amount_open=amount if settled else amount - paid,
            currency=currency,
            due_date=due,
            references=tuple(text for text in (number, contract) if text),
        )
        for pk, customer_id, name, amount, paid, currency, due, number, contract in (
            rows.order_by("pk").values_list(*ITEM_FIELDS)
        )
    ]


def knowledge_about(lines: Sequence[StatementLine]) -> engine.Knowledge:
    """Learned aliases of these payers, names of customers, and what was paid of late."""
    keys = {
        key
        for line in lines
        for key in engine.payer_keys(line.counterparty_name, line.counterparty_account)
    }
    since = timezone.now().date() - timedelta(days=SETTLED_DAYS)
    settled = live_instalments().filter(
        paid_amount=F("amount"), due_date__gte=since, amount__in={line.amount for line in lines}
    )
    buyers = Customer.objects.filter(orders__isnull=False).distinct()
    return engine.Knowledge(
        payer_aliases=customers_by_key(keys),
        customer_names={pk: (name,) for pk, name in buyers.values_list("pk", "name")},
        settled_items=engine_items(settled, settled=True),
    )


def write_proposals(found: Sequence[engine.Proposal], lines: Mapping[int, StatementLine]) -> None:
    """Store proposals and their shares: two statements, however many lines."""
    organization, now = current_organization_id(), timezone.now()
    rows = [proposal_row(one, lines[as_id(one.line_ids[0])]) for one in found]
    shares = [
        (as_id(one.line_ids[0]), as_id(share.item_id), to_minor(share.amount))
        for one in found
        for share in one.allocations
    ]
    with connection.cursor() as cursor:
        if rows:
            cursor.execute(WRITE_PROPOSALS, [organization, now, *columns_of(rows)])
        if shares:
            cursor.execute(WRITE_SHARES, columns_of(shares))


def proposal_row(one: engine.Proposal, line: StatementLine) -> tuple[Any, ...]:
    """A proposal's columns, in the order of WRITE_PROPOSALS."""
    return (
        line.pk,
        one.band,
        percent(one.confidence),
        json.dumps(stored_reasons(one.reasons, line), ensure_ascii=False),
        json.dumps([stored_candidate(way, line) for way in one.candidates], ensure_ascii=False),
        json.dumps([as_id(pk) for pk in one.line_ids]),
        to_minor(one.rest),
        one.exception_type or "",
    )


def columns_of(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows turned into columns, for unnest."""
    return [list(column) for column in zip(*rows, strict=True)]


def stored_candidate(way: engine.Candidate, line: StatementLine) -> dict[str, Any]:
    """Another way to explain a line, fit for JSON."""
    return {
        "shares": [[share.item_id, str(share.amount)] for share in way.allocations],
        "confidence": percent(way.confidence),
        "reasons": stored_reasons(way.reasons, line),
    }


def stored_reasons(reasons: Iterable[engine.Reason], line: StatementLine) -> list[dict[str, Any]]:
    """Reasons fit for JSON; of an item's numbers only those that the line quotes."""
    text = engine.normalise_reference(f"{line.reference} {line.memo}")
    stored = []
    for reason in reasons:
        params = {key: plain(value) for key, value in reason.params.items()}
        if numbers := params.get("references"):
            quoted = [one for one in numbers if engine.normalise_reference(one) in text]
            params["references"] = quoted or numbers[-1:]
        stored.append({"code": reason.code, "params": params})
    return stored


def plain(value: object) -> Any:
    """A value JSON can hold."""
    if isinstance(value, Decimal):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def percent(confidence: float) -> int:
    return round(confidence * 100)


def as_id(value: object) -> int:
    """The engine takes any hashable id; ours are primary keys."""
    return int(str(value))


def counted(found: Iterable[engine.Proposal]) -> dict[str, int]:
    """How many proposals there are of each band."""
    counts: dict[str, int] = defaultdict(int)
    for one in found:
        counts[one.band] += 1
    return dict(counts)
