from django.db.models import Exists, OuterRef, QuerySet

from payments.models import Allocation


def standing_allocations() -> QuerySet[Allocation]:
    """Allocations in force: neither reversals nor reversed."""
    reversal = Allocation.objects.filter(reverses_id=OuterRef("pk"))
    found: QuerySet[Allocation] = Allocation.objects.filter(
        ~Exists(reversal), reverses__isnull=True
    )
    return found
