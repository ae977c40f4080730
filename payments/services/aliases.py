"""Payer aliases: who paid for whom, learned from what people posted."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from django.db import connection
from django.utils import timezone

from crm.tenancy.context import current_organization_id
from payments.matching import payer_keys
from payments.models import PayerAlias

LEARN = """
    INSERT INTO payments_payeralias
        (organization_id, key, payer_name, customer_id, times, learned_at)
    SELECT %s, key, payer_name, customer_id, times, %s
      FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::int[])
        AS fresh (key, payer_name, customer_id, times)
    ON CONFLICT (organization_id, key, customer_id) DO UPDATE
       SET times = payments_payeralias.times + EXCLUDED.times, learned_at = EXCLUDED.learned_at
"""


class Payment(Protocol):
    """A bank line, as far as its payer and amount go."""

    @property
    def pk(self) -> int: ...

    @property
    def amount(self) -> Decimal: ...

    @property
    def counterparty_name(self) -> str: ...

    @property
    def counterparty_account(self) -> str: ...


Paid = tuple[Payment, int]


def learn(posted: Iterable[Paid], *, times: int = 1) -> None:
    """Remember for each (line, customer) that this payer paid for this customer."""
    counts: dict[tuple[str, int], tuple[str, int]] = {}
    for line, customer_id in posted:
        for key in payer_keys(line.counterparty_name, line.counterparty_account):
            known = counts.get((key, customer_id), ("", 0))[1]
            counts[key, customer_id] = (line.counterparty_name, known + times)
    if not counts:
        return
    rows = [(key, name, customer, n) for (key, customer), (name, n) in sorted(counts.items())]
    keys, names, customers, numbers = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            LEARN, [current_organization_id(), timezone.now(), keys, names, customers, numbers]
        )


def unlearn(posted: Iterable[Paid]) -> None:
    """Take back what an undone posting taught."""
    learn(posted, times=-1)
    PayerAlias.objects.filter(times__lte=0).delete()
