"""The journal of a merge: every row it touched, written so that it can be taken back."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from leads.merge_values import Values, everything, plain, read, stored
from leads.models import Merge, MergeStep
from leads.references import Reference, combination_of


def write(rows: Iterable[Model], model: type[Model], values: Values) -> None:
    """Set columns of rows, those that only transitions may change included; `updated_at` stays."""
    model._base_manager.filter(pk__in=[row.pk for row in rows]).update(**stored(model, values))


class Journal:
    """Does what a merge does to other rows, and writes each thing down."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.count = 0

    def change(self, row: Model, values: Values) -> None:
        """Give a row new values; all of them come back together, or none does."""
        model = type(row)
        before = {name: read(row, name) for name in values}
        after = {name: plain(value) for name, value in values.items()}
        if before == after:
            return
        self._step(
            model=model._meta.label_lower,
            record_ids=[row.pk],
            before_id=row.pk,
            values={name: [before[name], after[name]] for name in values},
        )
        write([row], model, after)

    def note(self, row: Model, before: Values) -> None:
        """The same for a row that somebody else has just changed: what it held before."""
        model = type(row)
        values = {name: [before[name], read(row, name)] for name in before}
        if any(old != new for old, new in values.values()):
            self._step(
                model=model._meta.label_lower,
                record_ids=[row.pk],
                before_id=row.pk,
                values=values,
            )

    def created(self, row: Model) -> None:
        """A row that the merge made: taken back, it goes, unless it was used since."""
        self._step(
            model=row._meta.label_lower, column="pk", record_ids=[row.pk], before_id=0, after_id=0
        )

    def removed(self, row: Model) -> None:
        """A row that somebody else has just deleted, whole as it was: taken back, it comes back."""
        self._step(
            model=row._meta.label_lower,
            column="row",
            before_id=row.pk,
            values=everything(row),
        )

    def learned(self, moved: dict[str, Any]) -> None:
        """What services.identity.repoint did, for its `point_back`."""
        if moved["judgements"] or moved["aliases"]:
            label = "leads.identityjudgement"
            self._step(model=label, column="learned", before_id=0, values=moved)

    def move(
        self,
        one: Reference,
        target: type[Model],
        before: int,
        after: int,
        *,
        leave: Sequence[int] = (),
        is_counted: bool = True,
    ) -> None:
        """Point rows at another record; what cannot point there too is left and combined.

        What hangs on a contact of both is not counted: it hangs on the customer as well, or on
        somebody whom the kept one knew before.
        """
        rows = one.rows(target, before).exclude(pk__in=leave)
        held = set(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        if not held:
            return
        for clash, same in one.clashing(rows, target, after):
            left = list(clash)
            held -= {row.pk for row in left}
            self._combine(one, target, after, left, same)
        if not held:
            return
        ids = sorted(held)
        self._step(
            model=one.label, column=one.column, record_ids=ids, before_id=before, after_id=after
        )
        one.model._base_manager.filter(pk__in=ids).update(**{one.attname: after})
        self.count += len(ids) if is_counted else 0

    def _combine(
        self,
        one: Reference,
        target: type[Model],
        after: int,
        left: Sequence[Any],
        same: Sequence[str],
    ) -> None:
        how = combination_of(one)
        if how is None or not left:
            return

        def key(row: Any) -> tuple[Any, ...]:
            return tuple(read(row, name) for name in same)

        theirs = {key(row): row for row in one.rows(target, after)}
        pairs = [(row, theirs[key(row)]) for row in left if key(row) in theirs]
        for row, values in how(pairs):
            self.change(row, values)

    def _step(self, **values: Any) -> None:
        MergeStep.objects.create(merge=self.merge, **values)
