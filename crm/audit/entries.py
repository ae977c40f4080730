"""Rows of the log, made ready for a reader."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from crm.audit import records, wording
from crm.audit.detail_words import SHOWN_OF_OTHERS
from crm.people.models import Member
from crm.web.formats import listed
from crm.web.tables.paging import Row


def prepare(viewer: Member, rows: Sequence[Row]) -> list[Row]:
    """The rows with everything they name in words, as this member may see it."""
    keys = {(row["subject_kind"], row["subject_id"]) for row in rows if row["subject_id"]}
    named = {
        pair for row in rows for pair in wording.references(row["subject_kind"], row["details"])
    }
    for row in rows:
        keys |= set(records.pointed_at(row["details"]))
        keys |= set(records.mentioned(row["subject_kind"], row["details"]).values())
    found = records.named(viewer, {*keys, *((one._meta.label_lower, pk) for one, pk in named)})
    names = {key: one.label for key, one in found.items()} | wording.names_of(named)
    return [{**row, **told_of(viewer, row, found, names)} for row in rows]


def told_of(
    viewer: Member, row: Row, found: dict[records.Key, records.Named], names: wording.Names
) -> dict[str, Any]:
    """What a row says beyond its columns."""
    kind, pk, details = row["subject_kind"], row["subject_id"], row["details"]
    known = found.get((kind, pk)) if pk else None
    others = [
        pair for pair in wording.other_details(details, brief=True) if pair[1] != details.get("ip")
    ]
    pointed = [found.get(key) or records.Named(f"#{key[1]}") for key in records.pointed_at(details)]
    if pointed:
        others.append((str(SHOWN_OF_OTHERS), listed(one.label for one in pointed)))
    return {
        "url": reverse("audit:entry", args=[row["pk"]]),
        "words": wording.words_of(row["action"]),
        "differences": wording.differences(viewer, kind, details, names),
        "told": " · ".join(f"{label}: {value}" for label, value in others),
        "kind": records.kind_name(kind),
        "record": known.label if known else (f"#{pk}" if pk else ""),
        "record_url": known.url if known else "",
        "pointed": pointed,
        "mentioned": {
            name: found.get(key) or records.Named(f"#{key[1]}")
            for name, key in records.mentioned(kind, details).items()
        },
        "ip": str(details.get("ip") or ""),
    }
