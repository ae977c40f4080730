"""Made-up data of the gallery. The names are samples, so they are not translated."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.people.models import Member
from crm.web import markup
from crm.web.components import (
    Action,
    Card,
    Change,
    Entry,
    Fact,
    Lane,
    Link,
    Step,
    Tab,
    Tile,
)
from crm.web.tables import (
    BooleanFilter,
    BulkAction,
    DateFilter,
    Empty,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    PersonColumn,
    PhoneColumn,
    QuickView,
    Table,
    TextColumn,
)

Lists = dict[str, Any]


class MemberTable(Table):
    """The gallery's list: the organisation's own members."""

    key = "gallery"
    sort = "-joined_at"
    size = 8
    columns = (
        LinkColumn("name", gettext_lazy("Name"), url="web:gallery_row", sort="sort_key"),
        TextColumn("title", gettext_lazy("Job title"), sort="title"),
        TextColumn("department", gettext_lazy("Department"), "department__name"),
        PersonColumn("person", gettext_lazy("Person"), "name", seed="pk"),
        PhoneColumn("phone", gettext_lazy("Phone")),
        NumberColumn("capacity", gettext_lazy("Most open leads"), sort="capacity"),
        MomentColumn("joined_at", gettext_lazy("Joined"), sort="joined_at"),
    )
    filters = (
        BooleanFilter("is_receiving_leads", gettext_lazy("Takes new leads")),
        DateFilter("joined_at", gettext_lazy("Joined")),
    )
    views = (
        QuickView("all", gettext_lazy("All")),
        QuickView("open", gettext_lazy("Takes new leads"), "is_receiving_leads=yes"),
    )
    bulk = (
        BulkAction(gettext_lazy("Assign"), "web:gallery_toast", "user-share"),
        BulkAction(gettext_lazy("Hand over"), "web:gallery_form", "arrows-exchange", frame="modal"),
    )
    search_hint = gettext_lazy("Name")
    export_permission = "web.gallery"
    live, live_label = "tz:lead-assigned", gettext_lazy("new leads")
    empty = Empty(gettext_lazy("Nobody here yet."))

    def find(self, queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
        return queryset.filter(name__startswith=text)


def members() -> QuerySet[Member]:
    """The rows of the gallery's list."""
    return Member.objects.all()


def actions() -> list[Action]:
    """Page header buttons."""
    form = reverse("web:gallery_form")
    return [
        Action(_("Import"), form, "file-import", frame="modal"),
        Action(_("New lead"), form, "plus", kind="primary", frame="drawer", shortcut="n"),
    ]


def tiles() -> list[Tile]:
    here = reverse("web:gallery")
    rising = [3, 4, 4, 6, 5, 8, 9]
    return [
        Tile.money(_("Won this month"), Decimal("1235400.50"), here, trend=0.12, points=rising),
        Tile.money(_("Collected"), Decimal("824000"), here, target=0.68, note=_("of target")),
        Tile.count(_("New leads"), 284, here, trend=-0.04, points=rising[::-1]),
        Tile.money(_("Overdue"), Decimal("96320"), here, tone="red", note=_("7 customers")),
    ]


def entries() -> list[Entry]:
    now = timezone.now()
    changes = [
        Change(_("State"), _("Qualified"), _("Quoted")),
        Change(_("Amount"), markup.money(Decimal("120000")), markup.money(Decimal("135000"))),
    ]
    called = "李经理确认了技术参数，周三前要报价；竞品报价 12.8 万。"
    return [
        Entry(
            now - timedelta(minutes=4),
            _("Called"),
            who="王磊",
            icon="phone",
            tone="teal",
            body=called,
            tags=(markup.badge(_("Effective"), "green"),),
        ),
        Entry(now - timedelta(hours=5), _("Changed"), who="张伟", icon="edit", changes=changes),
        Entry(
            now - timedelta(days=3),
            _("Assigned by rule “East, round robin”"),
            icon="user-share",
            tone="blue",
        ),
        Entry(
            now - timedelta(days=30),
            _("Imported from a file"),
            who="陈静",
            icon="file-import",
            tone="grey",
        ),
    ]


def facts() -> list[Fact]:
    today = timezone.localdate()
    form = reverse("web:gallery_form")
    return [
        Fact(_("Contact"), "李敏", edit_url=form),
        Fact(_("Phone"), markup.phone("13800138000"), copy="13800138000"),
        Fact(_("Source"), markup.tag("展会"), hint="2026 上海工博会"),
        Fact(_("Region"), "华东 · 苏州"),
        Fact(_("Amount"), markup.money(Decimal("135000"))),
        Fact(_("Next step"), markup.deadline(today + timedelta(days=2))),
        Fact(_("Promised on"), markup.deadline(today - timedelta(days=2))),
        Fact(_("Tax number"), None),
    ]


def lanes() -> list[Lane]:
    record, move = reverse("web:gallery_record"), reverse("web:gallery_move")
    today = timezone.localdate()
    names = (
        "苏州同光精密",
        "宁波海晟塑机",
        "Acme Robotics",
        "无锡新纪元",
        "杭州云栖数据",
        "合肥晶澳",
    )
    owners = ("王磊", "张伟", "陈静", "Anna Li")
    stages = (
        ("qualify", _("Qualify"), "grey"),
        ("propose", _("Propose"), "blue"),
        ("negotiate", _("Negotiate"), "amber"),
        ("won", _("Won"), "green"),
    )
    found = []
    for place, (key, label, colour) in enumerate(stages):
        cards = [
            Card(
                place * 10 + number,
                names[(place * 2 + number) % len(names)],
                record,
                amount=Decimal(68000 + 41300 * number + 90000 * place),
                owner=owners[(place + number) % len(owners)],
                days=3 + 9 * number,
                late=number == 2,
                next_step="报价" if number else "",
                next_at=today + timedelta(days=number - 1) if number else None,
                move_url=move,
            )
            for number in range(3 - place % 2)
        ]
        total = sum((card.amount or Decimal(0) for card in cards), Decimal(0))
        found.append(Lane(key, label, cards, len(cards), total, colour))
    return found


def charts() -> Lists:
    months = ["6", "7", "8", "9", "10", "11"]
    won = [820000, 910000, 760000, 1130000, 1240000, 980000]
    plan = [900000, 900000, 950000, 1000000, 1050000, 1100000]
    return {
        "bar": {
            "kind": "bar",
            "labels": months,
            "unit": "money",
            "series": [
                {"name": _("Won"), "values": won},
                {"name": _("Target"), "values": plan, "kind": "line", "dashed": True},
            ],
            "url": reverse("web:gallery"),
        },
        "funnel": {
            "kind": "funnel",
            "labels": [_("Leads"), _("Qualify"), _("Propose"), _("Won")],
            "unit": "count",
            "series": [{"name": _("Deals"), "values": [1284, 412, 168, 57]}],
            "url": "",
        },
    }


def links() -> list[Link]:
    now = timezone.now()
    return [
        Link("王磊", _("Sales rep"), "approved", now - timedelta(days=1), ""),
        Link("张伟", _("Sales manager"), "approved", now - timedelta(hours=3), "折扣在权限内。"),
        Link("陈静", _("Finance"), "now"),
        Link("刘洋", _("Legal")),
    ]


def values() -> Lists:
    """Times and amounts of every kind."""
    return {
        "moments": [
            timezone.now() - timedelta(seconds=20),
            timezone.now() - timedelta(hours=3),
            timezone.now() - timedelta(days=2),
            timezone.now() - timedelta(days=400),
        ],
        "deadlines": [timezone.localdate() + timedelta(days=gap) for gap in (-3, 0, 1, 5)],
        "amounts": [Decimal("1234567.00"), Decimal("-1234.5"), Decimal("123456789.12"), None],
    }


def everything() -> Lists:
    """All samples, by the name their template uses."""
    return {
        "tiles": tiles(),
        "entries": entries(),
        "facts": facts(),
        "lanes": lanes(),
        "charts": charts(),
        "links": links(),
        "changes": entries()[1].changes,
        "steps": [
            Step(_("File"), "done", reverse("web:gallery")),
            Step(_("Columns"), "done"),
            Step(_("Preview"), "now"),
            Step(_("Running")),
        ],
        "tabs": [
            Tab("all", _("Timeline"), reverse("web:gallery"), is_active=True),
            Tab("orders", _("Orders"), reverse("web:gallery"), count=3),
            Tab("files", _("Files"), reverse("web:gallery"), count=0),
        ],
        "related": [
            Action("苏州同光精密制造有限公司", reverse("web:gallery_record"), "building"),
            Action("SO-2026-0117", reverse("web:gallery_record"), "file-dollar", frame="drawer"),
        ],
        "empty_action": Action(
            _("Add a lead"), reverse("web:gallery_form"), "plus", frame="drawer"
        ),
        "colours": [
            ("grey", _("Draft")),
            ("blue", _("Moving")),
            ("green", _("Done")),
            ("amber", _("Needs you")),
            ("red", _("Overdue")),
            ("teal", _("Own")),
            ("purple", _("Shared")),
        ],
        **values(),
    }
