"""Customers whose money came from one bank account: evidence of one client, or of a group."""

from collections import defaultdict
from collections.abc import Collection

from leads.payer_sources import OnePayer
from payments.models import PayerAlias

ACCOUNT = "account:"
MOST = 40  # an account that pays for more is an agent's and says nothing


def with_one_account(customer_ids: Collection[int]) -> list[OnePayer]:
    """Pairs of customers paid for from one account, the first of them among these.

    Compared by keyed digests in the database; only whether a shared key is an account's is read
    here, and no account leaves this module.
    """
    mine = PayerAlias.objects.filter(customer__in=customer_ids, customer__merged_into__isnull=True)
    indexes = set(mine.order_by().values_list("key_index", flat=True))
    rows = PayerAlias.objects.filter(key_index__in=indexes, customer__merged_into__isnull=True)
    holders: dict[str, set[int]] = defaultdict(set)
    keys: dict[str, str] = {}
    for alias in rows.only("organization", "key", "key_index", "customer_id"):
        holders[alias.key_index].add(alias.customer_id)
        keys.setdefault(alias.key_index, alias.key)
    asked = set(customer_ids)
    return [
        OnePayer(one, other, len(customers))
        for index, customers in sorted(holders.items())
        if 1 < len(customers) <= MOST and keys[index].startswith(ACCOUNT)
        for one in sorted(customers & asked)
        for other in sorted(customers - {one})
    ]
