"""What was entered for a record while it was merged away follows it."""

from django.db import transaction
from django.db.models import F

from leads.models import Contact, Customer, Lead, Merge
from leads.references import references_to
from leads.services.merging.doing import locked_pair
from leads.services.merging.journal import Journal
from leads.services.merging.undoing import pair_of


@transaction.atomic
def gather_strays(*, merge_id: int) -> int:
    """Move what still points at the record that went: it was written in that very moment.

    A deal begun on an open page a second before the merge commits a second after it. The journal
    has it too, so that an undo gives it back.
    """
    found: Merge = Merge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge_id)
    kept, gone = pair_of(found)
    if not found.is_in_force or not gone.merged_into_id or kept.merged_into_id:
        return 0
    kept, gone = locked_pair(kept, gone)
    journal = Journal(found)
    model: type[Customer] | type[Lead] = type(kept)
    for one in references_to(model):
        leave: list[int] = []
        if one.model is Contact:
            old = Contact.objects.filter(customer_id=gone.pk, created_at__lte=found.at)
            leave = list(old.values_list("pk", flat=True))
        journal.move(one, model, gone.pk, kept.pk, leave=leave)
    Merge.objects.filter(pk=found.pk).update(count=F("count") + journal.count)
    return journal.count
