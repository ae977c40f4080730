"""The figures of a month, and that it keeps them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from crm.tenancy.context import acting_as
from leads.models import (
    CollisionCase,
    CollisionDecision,
    CollisionFigures,
    CollisionParty,
    Contact,
    Customer,
    FollowUp,
)
from leads.selectors import figures as selectors
from leads.services import figures
from leads.services.customers import update_customer
from leads.services.follow_ups import log_follow_up
from reports.demo.clock import without_history

FULL = {
    "industry": "machinery", "province": "32", "city": "苏州", "address": "星湖街328号",
    "phone": "13812345678", "credit_code": "91320594MA1MABCD49",
}  # fmt: skip


@pytest.fixture
def customers(tenant, enter):
    """Three of the agent's, one of them complete, and one of the northerner's."""
    made = [enter("agent", f"苏州{name}机械有限公司", customer=True) for name in ("甲乙", "丙丁")]
    made.append(enter("agent", "苏州戊己机械有限公司", customer=True, **FULL))
    made.append(enter("northerner", "天津庚辛机械有限公司", customer=True))
    Customer.objects.filter(pk=made[2].pk).update(**FULL)
    return made


def test_the_organisation_says_what_is_complete(tenant, customers, sign_in, url):
    admin = sign_in(tenant.owner)
    page = admin.get(url("leads:collision_settings")).content.decode()
    fields = {"decision_hours": 8, "appeal_hours": 16, "lookups_per_minute": 60,
              "lookups_per_day": 1000, "protect_days": 90, "protect_limit": 20,
              "name_on_card": "masked", "card_shows": ["status"],
              "digest_hour": "8"}  # fmt: skip
    assert 'value="website"' in page
    assert admin.post(url("leads:collision_settings"), fields).status_code == 422
    chosen = fields | {"complete_fields": ["phone", "website"]}
    assert admin.post(url("leads:collision_settings"), chosen).status_code == 302
    Customer.objects.filter(pk=customers[0].pk).update(phone="0512-1", website="a.example")
    assert now_of()["complete"] == 1
    month = selectors.this_month()
    assert customers[0].pk not in selectors.customers_then(month, complete=False)
    assert customers[2].pk in selectors.customers_then(month, complete=False)
    told = admin.get(url("leads:metrics")).content.decode()
    assert "Complete is a customer with all of: phone, website." in told
    rows = admin.get(url("leads:metric_rows", "incomplete") + f"?month={month:%Y-%m}")
    assert "website" in rows.content.decode()


def test_the_ends_of_time_are_no_month(tenant, sign_in, url):
    admin = sign_in(tenant.owner)
    for odd in ("0001-01", "9999-12"):
        assert admin.get(url("leads:metrics") + f"?at={odd}").status_code == 200
        for kind in ("cases", "follow-ups", "customers", "incomplete"):
            page = url("leads:metric_rows", kind) + f"?month={odd}"
            assert admin.get(page).status_code == 200, (kind, odd)


def open_case(tenant, customer, *, opened_at, hours=None):
    case = CollisionCase.objects.create(
        number=f"K-{customer.pk}", title=customer.name, subject_kind="customer",
        subject_id=customer.pk, origin="entry", opened_at=opened_at,
    )  # fmt: skip
    CollisionParty.objects.create(
        case=case, member=customer.owner, department_id=customer.department_id, side="holder"
    )
    if hours is not None:
        CollisionDecision.objects.create(
            case=case, level=1, kind="first", decided_by=tenant.manager, outcome="keep",
            decided_at=opened_at + timedelta(hours=hours), followed_proposal=True,
        )  # fmt: skip
    return case


def now_of(department=None):
    return selectors.count_month(selectors.this_month())[department and department.pk]


def test_customers_completeness_and_reps(tenant, customers):
    whole, east = now_of(), now_of(tenant.departments["east"])
    assert (whole["customers"], whole["complete"], whole["reps"]) == (4, 1, 2)
    assert (east["customers"], east["complete"], east["reps"]) == (3, 1, 1)
    assert now_of(tenant.departments["office"])["customers"] == 4


def test_cases_and_working_hours(tenant, customers):
    monday = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
    open_case(tenant, customers[0], opened_at=monday, hours=2)
    open_case(tenant, customers[3], opened_at=monday + timedelta(hours=1))
    found = selectors.count_month(date(2026, 11, 1))
    assert (found[None]["cases"], found[None]["decided"]) == (2, 1)
    assert found[None]["median_hours"] == found[None]["p90_hours"] == 2.0
    assert found[tenant.departments["north"].pk]["cases"] == 1
    assert selectors.count_month(date(2026, 10, 1))[None]["cases"] == 0


def test_only_information_counts_as_an_update(tenant, customers):
    with acting_as(tenant.agent.pk):
        update_customer(customer_id=customers[0].pk, by=tenant.agent, address="人民路1号")
        log_follow_up(
            subject=customers[0], by=tenant.agent, outcome="interested", next_step="报价",
            next_step_at=timezone.now(),
        )  # fmt: skip
        log_follow_up(subject=customers[1], by=tenant.agent, content="未接通")
    whole = now_of()
    assert (whole["updates"], whole["follow_ups"]) == (1, 2)
    assert selectors.customers_updated(selectors.this_month())[customers[0].pk] == 1


def test_march_says_in_june_what_it_said_in_march(tenant, customers):
    month = figures.last_month()
    inside = selectors.bounds(month)["start"] + timedelta(days=3)
    with without_history(Customer):
        Customer.objects.update(created_at=inside)
    before = selectors.count_month(month)
    assert (before[None]["customers"], before[None]["complete"]) == (4, 1)
    # afterwards completed, given away and removed
    Customer.objects.filter(pk=customers[0].pk).update(**{**FULL, "credit_code": "X"})
    Customer.objects.filter(pk=customers[1].pk).update(
        owner=tenant.northerner, department=tenant.departments["north"]
    )
    Contact.objects.all().delete()
    Customer.objects.filter(pk=customers[3].pk).delete()
    assert selectors.count_month(month) == before
    assert now_of()["customers"] == 3
    assert set(selectors.customers_then(month, complete=False)) == {
        customers[0].pk, customers[1].pk, customers[3].pk,
    }  # fmt: skip


def test_a_month_is_frozen_once(tenant, customers):
    month = figures.last_month()
    with without_history(Customer):
        Customer.objects.update(created_at=selectors.bounds(month)["start"] + timedelta(days=3))
    assert figures.freeze(tenant.organization.pk) == 1
    CollisionFigures.objects.filter(month=month).update(customers=99)
    assert figures.freeze(tenant.organization.pk) == 0
    assert CollisionFigures.objects.get(month=month, department=None).customers == 99
    assert CollisionFigures.objects.filter(month=selectors.this_month(), is_frozen=False).exists()


def test_nothing_at_all(tenant, sign_in, url):
    assert figures.freeze(tenant.organization.pk) == 0
    page = sign_in(tenant.owner).get(url("leads:metrics"))
    assert page.status_code == 200
    assert "no surveys" in page.content.decode()
    for kind in ("cases", "decided", "customers", "incomplete", "updates", "follow-ups", "reps"):
        assert sign_in(tenant.owner).get(url("leads:metric_rows", kind)).status_code == 200


def test_each_figure_opens_its_rows_within_the_readers_reach(tenant, customers, sign_in, url):
    month = f"{selectors.this_month():%Y-%m}"
    owner, manager = sign_in(tenant.owner), sign_in(tenant.manager)
    page = owner.get(url("leads:metrics")).content.decode()
    assert f"rows/incomplete/?month={month}" in page
    rows = owner.get(url("leads:metric_rows", "incomplete"), {"month": month}).content.decode()
    assert customers[0].name in rows
    assert customers[3].name in rows
    assert customers[2].name not in rows
    whose = {"month": month, "of": str(tenant.departments["north"].pk)}
    theirs = manager.get(url("leads:metric_rows", "incomplete"), whose).content.decode()
    assert customers[3].name not in theirs
    east = manager.get(url("leads:metrics")).content.decode()
    assert "Whole company" not in east
    assert sign_in(tenant.agent).get(url("leads:metrics")).status_code == 403
    assert owner.get(url("leads:metric_rows", "nothing")).status_code == 404


def test_the_targets_are_the_organisations_own(tenant, customers, sign_in, url):
    admin = sign_in(tenant.owner)
    page = admin.get(url("leads:metrics")).content.decode()
    assert all(f"target {one}" in page for one in ("&lt; 2%", "&gt; 95%", "&gt; 80%"))
    form = admin.get(url("leads:collision_settings")).context["form"]
    kept = {name: form[name].value() for name in form.fields}
    mine = {"target_rate": "2.5", "target_completeness": "20", "target_sharing": "",
            "target_hours": "6", "target_per_rep": "2"}  # fmt: skip
    for wrong in ({"target_rate": "0"}, {"target_completeness": "101"}, {"target_hours": "x"}):
        refused = admin.post(url("leads:collision_settings"), {**kept, **mine, **wrong})
        assert refused.status_code == 422, wrong
    assert admin.post(url("leads:collision_settings"), kept | mine).status_code == 302
    page = admin.get(url("leads:metrics"), {"chart": "hours"})
    told = page.content.decode()
    assert all(f"target {one}" in told for one in ("&lt; 2.5%", "&gt; 20%", "&lt; 6", "&lt; 2"))
    assert "80%" not in told
    tones = {tile.label: tile.tone for tile in page.context["tiles"]}
    # one of four is complete, and two reps have four customers
    assert (tones["Completeness"], tones["Customers per rep"]) == ("", "amber")
    admin.post(url("leads:collision_settings"), kept | mine | {"target_rate": "3"})
    event = apps.get_model("leads.CollisionSettingsEvent").objects.latest("pgh_id")
    assert event.target_rate == Decimal("2.5")


def test_departments_beside_each_other(tenant, customers, sign_in, url):
    page = sign_in(tenant.owner).get(url("leads:metrics"), {"by": "departments"}).content.decode()
    assert "华东" in page
    assert "华北" in page
    assert FollowUp.objects.count() == 0
