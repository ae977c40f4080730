"""The records that the log tells of: their pages, and who may open them. Apps named by string."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access import fields, policy
from crm.audit.triggers import tracked_models
from crm.people.enums import Right
from crm.people.models import Member

Key = tuple[str, int]
NAMES = ("company_name", "name", "number")
SEARCHED = ("number", "code", *NAMES)
FOUND = 50
# merged, and merged on: no way is longer
LONGEST_WAY = 12


@dataclass(frozen=True)
class Page:
    """A record's page: its address, the name of the id in it, and the permission it asks for."""

    url: str
    permission: str
    argument: str = "pk"
    is_watched: bool = True


PAGES: Mapping[str, Page] = {
    "leads.lead": Page("leads:detail", "leads.view_lead"),
    "leads.customer": Page("leads:customer", "leads.view_customer"),
    "leads.contact": Page("leads:contact", "leads.view_customer"),
    "leads.opportunity": Page("leads:opportunity", "leads.view_opportunity"),
    "leads.collisioncase": Page("leads:case", "leads.view_case"),
    "orders.quote": Page("orders:quote", "orders.view_quote", "quote_id"),
    "orders.order": Page("orders:detail", "orders.view_order", "order_id"),
    "orders.product": Page("orders:product", "orders.view_product", "product_id", False),
    "payments.statement": Page("payments:statement", "payments.view_statement"),
    "people.member": Page("people:member", "people.view_member"),
}
WATCHED: Mapping[str, tuple[str, str]] = {
    page.url: (kind, page.argument) for kind, page in PAGES.items() if page.is_watched
}


# Details that hold the id of another record.
MENTIONED: Mapping[str, str] = {
    "customer": "leads.customer",
    "case": "leads.collisioncase",
    "order": "orders.order",
    "product": "orders.product",
    "member": "people.member",
    "giver": "people.member",
}
# What a copy or a revision was made of, or led to.
SAME_KIND = ("source", "by")
COPIED = ("orders.quote", "orders.order")


@dataclass(frozen=True)
class Named:
    """A record as the reader may see it."""

    label: str
    url: str = ""


def kinds() -> list[tuple[str, str]]:
    """Every kind of record, with its name in the reader's language."""
    models = {model for model, _kept in tracked_models()}
    models |= {apps.get_model(kind) for kind in PAGES}
    found = [(model._meta.label_lower, str(model._meta.verbose_name)) for model in models]
    return sorted(found, key=lambda pair: pair[1])


def kind_name(kind: str) -> str:
    """What a kind of record is called; kinds of the past keep their label."""
    try:
        return str(apps.get_model(kind)._meta.verbose_name) if kind else ""
    except (LookupError, ValueError):
        return kind


def known_fields(model: type[Model], names: Sequence[str]) -> list[str]:
    """Those of `names` that the model has, in this order."""
    known = {field.name for field in model._meta.concrete_fields}
    return [name for name in dict.fromkeys(names) if name in known]


def name_field(model: type[Model]) -> str:
    """The field people know the record by, "" where there is none."""
    return next(iter(known_fields(model, NAMES)), "")


def visible_to(member: Member, kind: str) -> Any:
    """The records of a kind that the member may open."""
    model, page = apps.get_model(kind), PAGES[kind]
    return policy.visible(member, model._default_manager.all(), page.permission)


def pointed_at(details: Mapping[str, Any]) -> list[Key]:
    """The clients of others that a look-up showed."""
    return [(f"leads.{kind}", pk) for kind, pk in details.get("hidden", ())]


def mentioned(kind: str, details: Mapping[str, Any]) -> dict[str, Key]:
    """The records that a line names by id beside its own, by the name of the detail."""
    found = {}
    for name, value in details.items():
        of = kind if name in SAME_KIND and kind in COPIED else MENTIONED.get(name, "")
        if of and isinstance(value, int) and not isinstance(value, bool):
            found[name] = (of, value)
    return found


def named(member: Member, keys: Iterable[Key]) -> dict[Key, Named]:
    """Names and addresses of the records the member may see, one query per kind."""
    ids: dict[str, set[int]] = {}
    for kind, pk in keys:
        if kind in PAGES:
            ids.setdefault(kind, set()).add(pk)
    found: dict[Key, Named] = {}
    for kind, pks in ids.items():
        model, page = apps.get_model(kind), PAGES[kind]
        name = name_field(model)
        columns = ["pk", name] if name else ["pk"]
        for pk, *values in visible_to(member, kind).filter(pk__in=pks).values_list(*columns):
            label = fields.shown(member, model, name, values[0]) if values else ""
            url = reverse(page.url, kwargs={page.argument: pk})
            found[kind, pk] = Named(str(label or f"#{pk}"), url)
        found |= _merged_away(member, kind, pks - {pk for own, pk in found if own == kind})
    return found


def _merged_away(member: Member, kind: str, pks: set[int]) -> dict[Key, Named]:
    """Records that became part of another one: their name and the page of what they became."""
    model, page = apps.get_model(kind), PAGES[kind]
    if not pks or not hasattr(model, "merged_into"):
        return {}
    name = name_field(model)
    became = _what_became(model, pks)
    kept = visible_to(member, kind).filter(pk__in=set(became.values()))
    names = dict(kept.values_list("pk", name))
    gone = dict(model._base_manager.filter(pk__in=became).values_list("pk", name))
    found = {}
    for pk, now in became.items():
        if now in names:
            said = {"name": fields.shown(member, model, name, gone[pk]) or f"#{pk}"}
            said["kept"] = fields.shown(member, model, name, names[now]) or f"#{now}"
            url = reverse(page.url, kwargs={page.argument: now})
            found[kind, pk] = Named(_("%(name)s (merged into %(kept)s)") % said, url)
    return found


def _what_became(model: type[Model], pks: set[int]) -> dict[int, int]:
    """What each of these records is part of today, however often that was merged on."""
    found: dict[int, int] = {}
    at = {pk: pk for pk in pks}
    for _step in range(LONGEST_WAY):
        rows = model._base_manager.filter(pk__in=set(at.values()), merged_into__isnull=False)
        moved = dict(rows.values_list("pk", "merged_into"))
        at = {pk: moved[now] for pk, now in at.items() if now in moved}
        if not at:
            break
        found |= at
    return found


def matching(member: Member, text: str) -> Q:
    """The lines about records whose number or name begins with `text`, or about "kind:id"."""
    kind, colon, number = text.partition(":")
    if colon and number.isdigit() and len(number) < 19:
        return Q(subject_kind=kind, subject_id=int(number))
    condition = Q(pk__in=[])
    for one in PAGES:
        model = apps.get_model(one)
        begins = Q(pk__in=[])
        for name in known_fields(model, SEARCHED):
            if fields.right(member, model, name) >= Right.READ:
                begins |= Q(**{f"{name}__startswith": text})
        ids = [*visible_to(member, one).filter(begins).values_list("pk", flat=True)[:FOUND]]
        if ids:
            condition |= Q(subject_kind=one, subject_id__in=ids)
    return condition
