"""The log is found, filtered and read by administrators, without a value they may not see."""

import pytest
from django.urls import reverse, set_urlconf

from crm.access import fields
from crm.audit import records, services
from crm.audit.entries import prepare
from crm.audit.enums import Verb
from crm.audit.models import OperationLog
from crm.audit.tasks import verify
from crm.people.enums import Right
from crm.people.models import Role
from crm.tenancy.context import acting_as, tenant_context
from leads.models import Contact, Customer

LOG = "/acme/log/"


@pytest.fixture
def customer(cast) -> Customer:
    with tenant_context(cast.organization.pk, member_id=cast.agent.pk):
        return Customer.objects.create(
            name="苏州同光精密", owner=cast.agent, department=cast.agent.department
        )


def change(cast, customer: Customer, **values: object) -> None:
    with tenant_context(cast.organization.pk, member_id=cast.agent.pk):
        for name, value in values.items():
            setattr(customer, name, value)
        customer.save(update_fields=list(values))


def lines(cast, **conditions: object) -> list[OperationLog]:
    with tenant_context(cast.organization.pk):
        return list(OperationLog.objects.filter(**conditions).order_by("id"))


def test_only_administrators_read_the_log(cast, sign_in):
    assert sign_in(cast.owner).get(LOG).status_code == 200
    for one in (cast.agent, cast.manager, cast.finance, cast.legal):
        assert sign_in(one).get(LOG).status_code == 403


def test_a_change_says_from_what_to_what_and_who(cast, customer, sign_in):
    change(cast, customer, name="苏州同光精密机械", owner=cast.colleague)
    (line,) = lines(cast, action="record.changed", subject_kind="leads.customer")
    page = sign_in(cast.owner).get(f"{LOG}?verb=change").content.decode()

    assert line.member_id == cast.agent.pk
    assert line.verb == Verb.CHANGE
    assert line.details["fields"]["name"] == ["苏州同光精密", "苏州同光精密机械"]
    assert "苏州同光精密 → 苏州同光精密机械" in page
    assert f"{cast.agent.name} → {cast.colleague.name}" in page
    assert f'href="/acme/customers/{customer.pk}/"' in page


def test_a_change_of_nothing_but_bookkeeping_is_no_line(cast, customer):
    change(cast, customer, version=7)
    assert lines(cast, action="record.changed", subject_kind="leads.customer") == []


def test_a_changed_role_is_told_in_words(cast, sign_in):
    with tenant_context(cast.organization.id, member_id=cast.owner.pk):
        role = Role.objects.get(code="service")
        role.grants = {"leads.view_customer": 3, "leads.create_customer": 4}
        role.offered = []
        role.save(update_fields=["grants", "offered"])
    page = sign_in(cast.owner).get("/acme/log/").content.decode()
    assert "See customers (Department tree)" in page
    assert "leads.view_customer" not in page
    assert "Offered" not in page


def test_a_removed_record_says_what_it_was(cast, customer, sign_in):
    with tenant_context(cast.organization.pk, member_id=cast.agent.pk):
        contact = Contact.objects.create(customer=customer, name="李敏", phone="13800001111")
        Contact.objects.filter(pk=contact.pk)._raw_delete("default")
    (line,) = lines(cast, action="record.removed")
    assert line.details["fields"]["name"] == ["李敏", None]
    assert "#" in sign_in(cast.owner).get(f"{LOG}?verb=remove").content.decode()


def test_an_encrypted_value_never_reaches_the_log(cast, sign_in):
    from payments.services.accounts import open_account

    with tenant_context(cast.organization.pk, member_id=cast.finance.pk):
        account = open_account(name="基本户", number="6222021001012345678")
        account.number = "6222021001012340000"
        account.save(update_fields=["number", "number_index"])
    (line,) = lines(cast, action="record.changed", subject_kind="payments.bankaccount")
    assert line.details["fields"] == {"number": ["***", "***"]}


def test_a_masked_field_is_masked_in_the_log_and_not_found_by_its_value(cast, customer, sign_in):
    guarded = next(one for one in fields.guarded_fields() if one.key.endswith("contact.phone"))
    with tenant_context(cast.organization.pk, member_id=cast.agent.pk):
        contact = Contact.objects.create(customer=customer, name="李敏", phone="13800001111")
        contact.phone = "13900002222"
        contact.save(update_fields=["phone"])
    client = sign_in(cast.owner)
    assert "13800001111 → 13900002222" in client.get(LOG).content.decode()

    with tenant_context(cast.organization.pk):
        Role.objects.filter(code="administrator").update(
            field_rights={guarded.key: int(Right.MASKED)}
        )
        pk = OperationLog.objects.get(action="record.changed", subject_kind="leads.contact").pk
    for url in (LOG, f"{LOG}{pk}/", f"{LOG}?q=13900002222"):
        assert "13900002222 " not in client.get(url).content.decode()
        assert "13800001111" not in client.get(url).content.decode()
    assert "record.changed" not in client.get(f"{LOG}?q=13900002222").content.decode()


def test_a_record_page_is_logged_once_an_hour(cast, customer, sign_in):
    client, url = sign_in(cast.agent), f"/acme/customers/{customer.pk}/"
    for _ in range(3):
        assert client.get(url).status_code == 200
    client.get("/acme/customers/999999/")
    sign_in(cast.manager).get(url)
    seen = lines(cast, verb=Verb.VIEW)
    assert [(one.member_id, one.subject_kind, one.subject_id) for one in seen] == [
        (cast.agent.pk, "leads.customer", customer.pk),
        (cast.manager.pk, "leads.customer", customer.pk),
    ]


def test_records_that_stand_there_by_id_are_told_by_name(cast, customer, sign_in):
    with tenant_context(cast.organization.pk, member_id=cast.agent.pk):
        services.record(
            "lead.converted", target=cast.agent, customer=customer.pk, giver=cast.colleague.pk
        )
    (line,) = lines(cast, action="lead.converted")
    page = sign_in(cast.owner).get(f"{LOG}{line.pk}/").content.decode()
    assert f'href="/acme/customers/{customer.pk}/"' in page
    assert customer.name in page
    assert cast.colleague.name in page
    with tenant_context(cast.organization.pk):
        columns = ("pk", "action", "subject_kind", "subject_id", "details")
        row = OperationLog.objects.filter(pk=line.pk).values(*columns).get()
        set_urlconf("crm.tenant_urls")
        try:
            (shown,) = prepare(cast.northerner, [row])
        finally:
            set_urlconf(None)
        assert shown["mentioned"]["customer"] == records.Named(f"#{customer.pk}")


def test_a_record_is_not_named_to_who_may_not_see_it(cast, customer):
    key = ("leads.customer", customer.pk)
    set_urlconf("crm.tenant_urls")
    with tenant_context(cast.organization.pk):
        assert records.named(cast.agent, [key])[key].label == "苏州同光精密"
        assert records.named(cast.northerner, [key]) == {}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("member=me", 0),
        ("verb=export", 0),
        ("verb=change&kind=leads.customer", 1),
        ("kind=leads.customer", 1),
        ("kind=leads.lead", 0),
        ("record=苏州同光", 1),
        ("record=leads.customer:{pk}", 1),
        ("record=leads.customer:99999999", 0),
        ("at=today&kind=leads.customer", 1),
        ("at=last-month", 0),
        ("q=changed the rec&kind=leads.customer", 1),
        ("q=nothing like this", 0),
    ],
)
def test_filters(cast, customer, sign_in, query, found):
    change(cast, customer, name="苏州同光精密机械")
    page = sign_in(cast.owner).get(f"{LOG}?{query.format(pk=customer.pk)}").content.decode()
    assert page.count("changed the record</a>") == found


def test_pages_follow_each_other(cast, sign_in):
    with tenant_context(cast.organization.pk, member_id=cast.agent.pk):
        for number in range(60):
            services.record("lead.created", target=cast.agent, number=number)
    client, url, seen = sign_in(cast.owner), f"{LOG}?verb=create&kind=people.member", 0
    while url:
        response = client.get(url)
        table = response.context["table"]
        seen += sum(1 for row in table.page.rows if row["action"] == "lead.created")
        url = table.next_url and f"{LOG}{table.next_url}"
    assert seen == 60


def test_verifying_from_the_page_shows_the_result(cast, sign_in):
    client = sign_in(cast.owner)
    response = client.post(f"{LOG}verify/", follow=True)
    assert "being checked" in response.content.decode()
    with tenant_context(cast.organization.pk), acting_as(cast.owner.pk):
        verify()
    assert "The log is whole" in client.get(LOG).content.decode()


def test_a_fault_is_shown_in_red(cast, sign_in):
    with tenant_context(cast.organization.pk):
        services.record(
            "log.verified",
            checked=10,
            faults=1,
            findings=[{"fault": "removed", "sequence": 3, "entry": 7}],
        )
        pk = OperationLog.objects.get(action="log.verified").pk
    client = sign_in(cast.owner)
    assert "not as it was written: 1 fault" in client.get(LOG).content.decode()
    assert "Place 3, line 7" in client.get(f"{LOG}{pk}/").content.decode()


def test_a_line_of_another_organisation_is_not_there(cast, other_cast, sign_in):
    with tenant_context(other_cast.organization.pk):
        pk = services.record("lead.created", target=other_cast.agent).pk
    assert sign_in(cast.owner).get(f"{LOG}{pk}/").status_code == 404


def test_every_watched_page_exists(tenant):
    for page in records.PAGES.values():
        assert reverse(page.url, urlconf="crm.tenant_urls", kwargs={page.argument: 1})
