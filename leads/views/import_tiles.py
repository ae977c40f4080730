"""The figures of an import, each of which opens its rows, and where to look afterwards."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.web.components import Action, Label, Tile
from leads.enums import Bucket, TouchOutcome
from leads.models import ImportBatch
from leads.selectors import imports as selectors
from leads.selectors.imports_likeness import ALIKE
from leads.selectors.imports_words import BUCKET_HINTS

TONES = {Bucket.NEW.value: "green", Bucket.PROBABLE.value: "amber", Bucket.ERROR.value: "red"}


def preview_tiles(batch: ImportBatch, counts: dict[str, int]) -> list[Tile]:
    """The buckets; each opens its rows."""
    rows = reverse("leads:import_rows", args=[batch.pk])
    return [
        Tile.count(
            bucket.label,
            counts[bucket],
            f"{rows}?bucket={bucket.value}",
            note=BUCKET_HINTS[bucket.value],
            tone=TONES.get(bucket.value, "") if counts[bucket] else "",
        )
        for bucket in Bucket
    ]


def result_tiles(batch: ImportBatch) -> list[Tile]:
    """What became of the rows; each figure opens them. The outcomes add up to what was received."""
    rows = reverse("leads:import_touches", args=[batch.pk])
    received = sum(batch.results.values())
    tiles = [Tile.count(_("Received"), received, rows)]
    tones = {TouchOutcome.CREATED: "green", TouchOutcome.REJECTED: "red"}
    is_one = selectors.collided_are_all_in_cases(batch)
    all_in_cases = TouchOutcome.COLLIDED if is_one else None
    for outcome in TouchOutcome:
        if outcome != TouchOutcome.PENDING:
            number = int(batch.results.get(outcome.value, 0))
            tone = tones.get(outcome, "") if number else ""
            url = f"{rows}?outcome={outcome.value}"
            note = _("each in a collision case") if outcome == all_in_cases else ""
            tiles.append(Tile.count(label_of(outcome), number, url, tone=tone, note=note))
    brought = selectors.touches_of(batch).filter(case__isnull=False)
    if not is_one and brought.exists():
        label = _("In collision cases")
        tiles.append(Tile.count(label, brought.count(), f"{rows}?in_case=yes", tone="amber"))
    if alike := selectors.touches_of(batch).filter(ALIKE).count():
        label = _("Probable duplicates of ours")
        tiles.append(Tile.count(label, alike, f"{rows}?alike=yes", tone="amber"))
    return tiles


def label_of(outcome: TouchOutcome) -> Label:
    """An outcome in as few words as a tile has room for."""
    return _("Attached to a record") if outcome == TouchOutcome.ATTACHED else outcome.label


def first_look(batch: ImportBatch) -> Action:
    """Where to look after an import: the leads, the cases where every lead went into one, or else
    what the rows have met."""
    rows = reverse("leads:import_touches", args=[batch.pk])
    touches = selectors.touches_of(batch)
    if touches.filter(outcome=TouchOutcome.CREATED, case__isnull=True).exists():
        return Action(_("To the leads"), reverse("leads:list"), "users")
    if touches.filter(case__isnull=False).exists():
        return Action(_("To the collision cases"), f"{rows}?in_case=yes", "scale")
    return Action(_("What became of the rows"), rows, "list")
