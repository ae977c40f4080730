"""What a merge of customers means for their payments.

Plans, instalments and allocations hang on the order and follow it untouched: allocations are
append-only, and none of them names a customer. Only what was learned about payers does.
"""

from django.utils.translation import gettext_lazy

from leads.references import Changes, Pairs, combine, counted


def register_rules() -> None:
    """Called once, when the models are there."""
    counted("payments.payeralias", "customer", gettext_lazy("Known payers"))
    combine("payments.payeralias", "customer", paid_together)


def paid_together(pairs: Pairs) -> Changes:
    """One payer known for both: they paid for the one customer as often as for the two."""
    return [(mine, {"times": mine.times + theirs.times}) for theirs, mine in pairs]
