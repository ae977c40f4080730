"""Payer aliases: who paid for whom, learned from what people posted.

A payer's company name is also a name by which its customer is found from then on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Protocol

from django.db import connection
from django.utils import timezone

from crm import jobs
from crm.encryption.cipher import blind_index, seal
from crm.tenancy.context import current_organization_id
from leads.enums import AliasSource
from leads.services import identity
from payments.matching import payer_keys
from payments.models import PayerAlias
from payments.selectors.one_payer import ACCOUNT, MOST

KEY_PLACE = "payments_payeralias.key"
AT_ONCE = 500  # so many customers are foreseen for in one job
LEARN = """
    INSERT INTO payments_payeralias
        (organization_id, key, key_index, payer_name, customer_id, times, learned_at)
    SELECT %s, key, key_index, payer_name, customer_id, times, %s
      FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::int[])
        AS fresh (key, key_index, payer_name, customer_id, times)
    ON CONFLICT (organization_id, key_index, customer_id) DO UPDATE
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


def learn(posted: Iterable[Paid]) -> None:
    """Remember for each (line, customer) that this payer paid for this customer."""
    paid = list(posted)
    count(paid, 1)
    identity.learn_names(
        {(customer_id, line.counterparty_name) for line, customer_id in paid},
        source=AliasSource.PAYER,
    )
    _warn_of_shared_accounts(paid)


def _warn_of_shared_accounts(paid: Iterable[Paid]) -> None:
    """Customers paid for from one account are looked at now, not only by night."""
    indexes = {
        key_index(key)
        for line, _customer_id in paid
        for key in payer_keys(line.counterparty_name, line.counterparty_account)
        if key.startswith(ACCOUNT)
    }
    holders: dict[str, set[int]] = defaultdict(set)
    rows = PayerAlias.objects.filter(key_index__in=indexes, customer__merged_into__isnull=True)
    for index, customer_id in rows.values_list("key_index", "customer_id") if indexes else ():
        holders[index].add(customer_id)
    shared = sorted(set().union(*(one for one in holders.values() if 1 < len(one) <= MOST)))
    for start in range(0, len(shared), AT_ONCE):
        jobs.enqueue("leads.foresee_customers", customer_ids=shared[start : start + AT_ONCE])


def count(posted: Iterable[Paid], times: int) -> None:
    """Add so many times to what is known about these payers; less than none takes away."""
    counts: dict[tuple[str, int], tuple[str, int]] = {}
    for line, customer_id in posted:
        for key in payer_keys(line.counterparty_name, line.counterparty_account):
            known = counts.get((key, customer_id), ("", 0))[1]
            counts[key, customer_id] = (line.counterparty_name, known + times)
    if not counts:
        return
    rows = sorted(
        (key_index(key), customer, seal(key, place=KEY_PLACE), name, n)
        for (key, customer), (name, n) in counts.items()
    )
    indexes, customers, keys, names, numbers = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            LEARN,
            [
                *(current_organization_id(), timezone.now()),
                *(keys, indexes, names, customers, numbers),
            ],
        )


def customers_by_key(keys: Collection[str]) -> dict[str, list[int]]:
    """The customers that each of these payers has paid for."""
    known = {key_index(key): key for key in keys}
    found: dict[str, list[int]] = defaultdict(list)
    rows = PayerAlias.objects.filter(key_index__in=known, customer__merged_into__isnull=True)
    for index, customer_id in rows.values_list("key_index", "customer_id"):
        found[known[index]].append(customer_id)
    return found


def key_index(key: str) -> str:
    """What a payer's key is found by."""
    return blind_index(key, KEY_PLACE)


def unlearn(posted: Iterable[Paid]) -> None:
    """Take back what an undone posting taught."""
    paid = list(posted)
    _warn_of_shared_accounts(paid)  # the job runs afterwards: what is evidence no more goes
    count(paid, -1)
    PayerAlias.objects.filter(times__lte=0).delete()
    for name, customer_id in {(line.counterparty_name, customer_id) for line, customer_id in paid}:
        if not PayerAlias.objects.filter(customer=customer_id, payer_name=name).exists():
            identity.unlearn_alias(customer_id=customer_id, text=name, source=AliasSource.PAYER)
