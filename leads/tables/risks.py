from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import policy
from crm.web import markup
from crm.web.asked import record_ids
from crm.web.tables import (
    BadgeColumn,
    BulkAction,
    ChoiceFilter,
    DateFilter,
    DepartmentFilter,
    Empty,
    Filter,
    HtmlColumn,
    MemberFilter,
    MomentColumn,
    NumberColumn,
    QuickView,
    Reader,
    Row,
    Scope,
    SwitchFilter,
    Table,
    TextColumn,
)
from leads.enums import RiskFactor, RiskState
from leads.forewarning import BANDS
from leads.selectors.risks import Told, factor_words, knows_owners, told_to
from leads.selectors.similar import SimilarCard
from leads.tables.choices import department_choices, department_tree, member_choices
from leads.tables.next_steps import first_possible, to_customers

RISK_COLOURS = {"open": "amber", "dismissed": "grey", "case": "red", "resolved": "green"}
PAIR = ("left_kind", "left_id", "right_kind", "right_id", "score")
SIDES = ("left", "right")
LIKELY = 60
# that one has no owner is never the main one
MAIN_REASONS = [choice for choice in RiskFactor.choices if choice[0] != RiskFactor.POOL]
ABOUT_OWNERS = ("owner", "department", "pool")


def probability_badge(percent: int) -> str:
    """Red from 75 %, amber from 60 %, else blue; the number is always there."""
    colour = "red" if percent >= 75 else "amber" if percent >= LIKELY else "blue"
    return markup.badge(f"{percent}%", colour)


def _pair(row: Row, reader: Reader) -> str:
    told = row.get("told")
    if told is None:
        return markup.NOTHING
    head = reader.url_maker("leads:risk")(row["pk"])
    lines = "".join(f"<span>{_side(card)}</span>" for card in (told.left, told.right))
    return f'<a class="tz-row-link tz-pair" href="{head}" data-drawer>{lines}</a>'


def _side(card: SimilarCard) -> str:
    name = markup.escape(card.title)
    name = f"<b>{name}</b>" if card.is_visible else f"<i>{name}</i>"
    return f"{name} <small>{markup.escape(card.kind_label)}</small>"


def _owners(row: Row, reader: Reader) -> str:
    told = row.get("told")
    if told is None:
        return markup.NOTHING
    nobody = markup.text(say("No owner"))
    faces = (
        markup.person(card.owner, row[f"{side}_owner_id"])
        if card.owner
        else (markup.NOTHING if card.has_owner else nobody)
        for side, card in zip(SIDES, (told.left, told.right), strict=True)
    )
    return '<span class="tz-pair">' + "".join(f"<span>{face}</span>" for face in faces) + "</span>"


def _reasons(row: Row, reader: Reader) -> str:
    words = factor_words(row["factors"], row.get("told"))
    return " ".join(markup.chip(word, "plain") for word, _weight in words[:3])


def _plain_reasons(row: Row) -> str:
    return "; ".join(word for word, _weight in factor_words(row["factors"], row.get("told")))


def _plain_pair(row: Row) -> str:
    told = row.get("told")
    return " / ".join((told.left.title, told.right.title)) if told else ""


def _plain_owners(row: Row) -> str:
    told = row.get("told")
    return " / ".join(one.owner or "—" for one in (told.left, told.right)) if told else ""


@dataclass(frozen=True)
class BandFilter(ChoiceFilter):
    """Percent from..to, the bands by which outcomes are counted."""

    def options(self, scope: Scope) -> list[tuple[str, str]]:
        return [(f"{low}", f"{low}–{high}%") for low, high in BANDS]

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        found = Q(pk__in=[])
        for low, high in BANDS:
            if str(low) in values:
                above = Q(probability__lt=high) if high < 100 else Q()
                found |= Q(probability__gte=low) & above
        return found


@dataclass(frozen=True)
class EitherDepartment(DepartmentFilter):
    """A department and all below it, on either side."""

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        ids = {pk for one in record_ids(values) for pk in self.expand(one)}
        return Q(left_department__in=ids) | Q(right_department__in=ids)


@dataclass(frozen=True)
class EitherOwner(MemberFilter):
    """An owner on either side."""

    def condition(self, values: Sequence[str], scope: Scope) -> Q:
        ids = [*record_ids(values), *([scope.member_id] if "me" in values else [])]
        return Q(left_owner__in=ids) | Q(right_owner__in=ids)


def _said(row: Row, told: Told | None) -> Row:
    """The row with both cards, and its reason as far as the reader may know the names in it.

    How like the two are to the hundredth is for whoever sees both.
    """
    why = told.said(row.get("why", "")) if told else ""
    score = row.get("score") if told and told.sees_both else None
    return {**row, "told": told, "why": why, "score": score}


def without_owner(scope: Scope) -> Q:
    """One of the two waits for an owner."""
    return Q(left_owner__isnull=True) | Q(right_owner__isnull=True)


class RiskTable(Table):
    key = "risks"
    sort = "-probability"
    columns = (
        HtmlColumn("pair", _("Clients"), wanted=PAIR, html=_pair, plain=_plain_pair),
        HtmlColumn(
            "probability", pgettext_lazy("collision", "Probability"), "probability",
            sort="probability", html=lambda row, reader: probability_badge(row["probability"]),
            plain=lambda row: row["probability"],
        ),
        HtmlColumn(
            "owners", _("Owners"), html=_owners,
            wanted=("left_owner_id", "right_owner_id"), plain=_plain_owners,
        ),
        HtmlColumn(
            "factors", _("Why"), "factors", html=_reasons,
            plain=_plain_reasons,
        ),
        MomentColumn("first_seen_at", _("Seen since"), sort="first_seen_at"),
        BadgeColumn("state", _("State"), choices=RiskState, colours=RISK_COLOURS, hidden=True),
        NumberColumn("score", _("Likeness (%)"), hidden=True),
        TextColumn("why", _("Decision"), hidden=True),
        MomentColumn("closed_at", pgettext_lazy("risk", "Closed"), hidden=True),
    )  # fmt: skip
    filters = (
        ChoiceFilter("state", _("State"), choices=RiskState),
        ChoiceFilter("main_factor", _("Main reason"), choices=MAIN_REASONS),
        BandFilter("probability", pgettext_lazy("collision", "Probability")),
        EitherDepartment(
            "department", _("Department"), departments=department_choices, expand=department_tree
        ),
        EitherOwner("owner", _("Owner"), people=member_choices),
        SwitchFilter("pool", _("One has no owner"), when=without_owner),
        DateFilter("first_seen_at", _("Seen since")),
    )
    views = (
        QuickView("open", pgettext_lazy("risk", "Open"), ""),
        QuickView("mine", _("Mine"), "owner=me"),
        QuickView("pool", _("One has no owner"), "pool=yes"),
        QuickView("done", pgettext_lazy("risk", "Dealt with"),
                  "state=dismissed&state=case&state=resolved"),
    )  # fmt: skip
    bulk = (
        BulkAction(_("Dismiss"), "leads:dismiss_risks", "eye-off", "leads.decide_risks",
                   frame="modal"),
    )  # fmt: skip
    export_permission = "leads.decide_risks"
    refresh = ("risk-changed",)

    @property
    def nothing(self) -> Empty:
        """Quiet is good: go on with the clients."""
        words = _(
            "No two clients look like becoming a collision. New ones are looked at within minutes, "
            "all of them every night."
        )
        return Empty(words, first_possible(self.request.member, to_customers()), "shield-check")

    @cached_property
    def offered_filters(self) -> list[Filter]:
        """Who sees the other side only as a card cannot guess its owner by narrowing the list."""
        member = self.request.member
        withheld: Sequence[str] = ()
        if not knows_owners(member):
            withheld = ABOUT_OWNERS
        elif not policy.allowed(member, "leads.decide_risks"):
            withheld = ("owner", "department")
        return [one for one in super().offered_filters if one.key not in withheld]

    @cached_property
    def tabs(self) -> list[tuple[QuickView, str, bool]]:
        """No ready-made view asks for what the member may not filter by."""
        keys = {one.key for one in self.offered_filters}
        return [tab for tab in super().tabs if "pool" in keys or tab[0].key != "pool"]

    @cached_property
    def exported(self) -> QuerySet[Any]:
        """What the list shows: it is cut to the reader's reach already."""
        return self.queryset

    def prepared(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Each row with its two records as the reader may see them."""
        told = told_to(self.request.member, rows)
        return [_said(row, one) for row, one in zip(rows, told, strict=True)]

    def row_css(self, row: Row) -> str:
        return "tz-row-quiet" if row.get("told") is None else ""
