"""Which columns of two records are chosen together, and what is taken when nobody chooses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.access import fields as rights
from crm.people.enums import Right
from crm.people.models import Member
from leads.models import Customer, Lead
from leads.numbers import numbers_kept, other_numbers

Label = str | Promise
KEPT, GONE, BOTH = "kept", "gone", "both"


@dataclass(frozen=True)
class Block:
    """Columns that mean one thing: an address is taken whole, never half of each.

    `source` names the columns of the other record where it is of another model. A text `joins`
    where both have written something.
    """

    key: str
    label: Label
    columns: tuple[str, ...]
    source: tuple[str, ...] = field(default=())
    # what is shown and asked rights for; the rest is derived
    shows: tuple[str, ...] = field(default=())
    joins: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        return self.shows or self.columns

    @property
    def given(self) -> tuple[str, ...]:
        return self.source or self.columns

    def values(self, record: Model, *, of_other: bool = False) -> dict[str, Any]:
        """The record's values, by the columns of the kept record."""
        names = self.given if of_other else self.columns
        return {
            name: getattr(record, record._meta.get_field(theirs).attname)  # type: ignore[union-attr]
            for name, theirs in zip(self.columns, names, strict=True)
        }

    def is_empty(self, values: Mapping[str, Any]) -> bool:
        return all(values[name] in (None, "") for name in self.shown)

    def is_open_to(self, member: Member | None, *models: type[Model]) -> bool:
        """Whether the member may see and change it on both sides."""
        found = [rights.right(member, models[0], name) for name in self.columns]
        found += [rights.right(member, models[-1], name) for name in self.given]
        return min(found) == Right.WRITE


PLACE = Block("place", _("Address"), ("province", "city", "address"))
CODE = Block("credit_code", _("Credit code"), ("credit_code",))
PHONE = Block("phone", _("Phone"), ("phone", "phone_key"), shows=("phone",))
INDUSTRY = Block("industry", _("Industry"), ("industry",))
NEXT_STEP = Block("next_step", _("Next step"), ("next_step", "next_step_at"))
OWNER = Block("owner", _("Owner"), ("owner", "department"), shows=("owner",))

CUSTOMER_BLOCKS = (
    Block("name", _("Company"), ("name", "sort_key", "name_key"), shows=("name",)),
    OWNER,
    CODE,
    Block("level", _("Level"), ("level",)),
    Block("status", _("Status"), ("status",)),
    PHONE,
    Block("website", _("Website"), ("website",)),
    PLACE,
    INDUSTRY,
    NEXT_STEP,
)
# No number is lost: what is not chosen is one of the other phones.
PHONES = Block(
    "phone",
    _("Phone"),
    ("phone", "phone_key", "other_phones"),
    shows=("phone",),
)
LEAD_BLOCKS = (
    Block(
        "company_name",
        _("Company"),
        ("company_name", "sort_key", "name_key"),
        shows=("company_name",),
    ),
    Block(
        "owner",
        _("Owner"),
        ("owner", "department", "assigned_at", "unassigned_reason"),
        shows=("owner",),
    ),
    CODE,
    Block("contact", _("Contact"), ("contact_name", "contact_title")),
    PHONES,
    Block("email", _("E-mail"), ("email",)),
    Block("wechat", _("WeChat"), ("wechat",)),
    PLACE,
    INDUSTRY,
    Block("source", _("Source"), ("channel", "campaign")),
    Block("need", _("Need"), ("need",), joins=True),
    NEXT_STEP,
)
# What a lead can tell its customer.
ATTACH_BLOCKS = (
    Block(
        "name",
        _("Company"),
        ("name", "sort_key", "name_key"),
        ("company_name", "sort_key", "name_key"),
        shows=("name",),
    ),
    OWNER,
    CODE,
    PHONE,
    PLACE,
    INDUSTRY,
    NEXT_STEP,
)


def blocks_for(kept: type[Model], gone: type[Model]) -> tuple[Block, ...]:
    """What is chosen between when `gone` becomes part of `kept`."""
    if kept is Lead:
        return LEAD_BLOCKS
    return CUSTOMER_BLOCKS if gone is Customer else ATTACH_BLOCKS


def choices_of(block: Block, kept: Model, gone: Model, by: Member | None) -> tuple[str, ...]:
    """The ways to choose, the one taken by default first; one way means there is no choice."""
    mine, theirs = block.values(kept), block.values(gone, of_other=True)
    if not block.is_open_to(by, type(kept), type(gone)):
        return (KEPT,)
    if all(mine[name] == theirs[name] for name in block.shown) or block.is_empty(theirs):
        return (KEPT,)
    if block.is_empty(mine):
        return (GONE, KEPT)
    return (BOTH, KEPT, GONE) if block.joins else (KEPT, GONE)


def result_of(block: Block, pick: str, kept: Model, gone: Model) -> dict[str, Any]:
    """The kept record's values under a choice."""
    mine, theirs = block.values(kept), block.values(gone, of_other=True)
    if pick == BOTH:
        return {name: f"{mine[name]}\n\n{theirs[name]}" for name in block.columns}
    chosen, left = (theirs, mine) if pick == GONE else (mine, theirs)
    if block is PHONES:
        numbers = (one for of in (chosen, left) for one in _numbers(of))
        chosen = chosen | {"other_phones": other_numbers(numbers, beside=chosen["phone"])}
    return chosen


def _numbers(values: Mapping[str, Any]) -> list[str]:
    return [values["phone"], *numbers_kept(values["other_phones"])]
