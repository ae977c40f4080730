"""The index holds the keys of every record, however it came about, and can be made anew."""

import random

import pytest
from django.core.management import CommandError, call_command

from leads.enums import AliasSource, RecordKind
from leads.identity import Identity
from leads.models import Contact, Customer, IdentityKey, Lead
from leads.selectors.identity import find_similar
from leads.services.contacts import create_contact, remove_contact, update_contact
from leads.services.customers import create_customer, update_customer
from leads.services.identity import forget_alias, learn_alias, learn_names
from leads.services.leads import create_lead, update_lead
from leads.services.reindexing import rebuild
from tests.leads.records.conftest import COMPANY

NAMES = (COMPANY, "北京字节跳动科技有限公司", "杭州云帆软件有限公司", "Siemens AG", "华信", "")


def rows():
    return sorted(IdentityKey.objects.values_list("record_kind", "record_id", "key", "kind"))


def differences(tenant):
    return sum(found.count for found in rebuild(tenant.organization.pk, is_check=True))


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_changes_leaves_what_a_rebuild_would(tenant, seed):
    chance = random.Random(seed)
    aliases = []
    for _step in range(18):
        lead, customer = Lead.objects.order_by("?").first(), Customer.objects.order_by("?").first()
        contact = Contact.objects.order_by("?").first()
        name, number = chance.choice(NAMES[:-1]), f"138{chance.randrange(10**8):08d}"
        match chance.randrange(9):
            case 0:
                create_lead(by=None, company_name=name, phone=number)
            case 1 | 2:
                create_customer(by=None, name=name, phone=number)
            case 3 if lead:
                update_lead(lead_id=lead.pk, by=tenant.owner, company_name=name, explanation="-")
            case 4 if customer:
                update_customer(
                    customer_id=customer.pk, by=tenant.owner, phone=number, explanation="-"
                )
            case 5 if customer:
                create_contact(customer_id=customer.pk, by=None, name="陈晨", phone=number)
            case 6 if contact:
                update_contact(contact_id=contact.pk, by=None, phone=number)
            case 7 if contact:
                remove_contact(contact_id=contact.pk, by=None)
            case 8 if customer:
                learned = learn_alias(
                    customer_id=customer.pk, text="东海智算", source=AliasSource.TYPED
                )
                if learned and chance.random() < 0.5:
                    forget_alias(alias_id=learned.pk)
    aliases = rows()
    assert differences(tenant) == 0
    IdentityKey.objects.all().delete()
    list(rebuild(tenant.organization.pk))
    assert rows() == aliases


def test_a_check_says_what_differs_and_a_rebuild_mends_it(lead, customer, tenant, capsys):
    slug = tenant.organization.slug
    before = rows()
    IdentityKey.objects.filter(record_kind=RecordKind.LEAD, kind="phone").delete()
    IdentityKey.objects.create(key=5, kind="brand", record_kind="customer", record_id=customer.pk)
    IdentityKey.objects.create(key=6, kind="brand", record_kind="contact", record_id=12345)
    with pytest.raises(CommandError, match="3 keys differ"):
        call_command("rebuild_identity_index", organization=slug, check=True)
    assert f"such as [{lead.pk}]" in capsys.readouterr().out
    call_command("rebuild_identity_index", organization=slug)
    assert rows() == before
    call_command("rebuild_identity_index", organization=slug, check=True)


def test_an_unknown_organisation_is_refused(tenant):
    with pytest.raises(CommandError):
        call_command("rebuild_identity_index", organization="nowhere")


def test_a_payers_company_name_finds_its_customer(customer):
    learned = learn_names(
        [
            (customer.pk, "东海智算贸易有限公司"),
            (customer.pk, "张三"),
            (customer.pk, customer.name),
        ],
        source=AliasSource.PAYER,
    )
    assert learned == 1
    (match,) = find_similar(Identity(company="东海智算贸易"))
    assert match.record_id == customer.pk
    assert find_similar(Identity(company="张三")) == []


def test_a_name_is_found_while_it_is_being_typed(tenant):
    customer = create_customer(by=None, name="北京字节跳动科技有限公司")
    for typed in ("字节", "字节跳", "北京字节跳", "字节跳动"):
        found = find_similar(Identity(company=typed), is_typing=True)
        assert [match.record_id for match in found] == [customer.pk], typed
    for typed in ("字", "北京", "上海字节", "节跳"):
        assert find_similar(Identity(company=typed), is_typing=True) == [], typed


def test_a_name_with_its_legal_form_is_finished_and_answered_as_when_it_is_saved(tenant):
    for name in ("北京字节跳动科技有限公司", "北京大华信电子厂", "北京华信源动力有限公司"):
        create_customer(by=None, name=name)
    for begun, finished in (
        ("字节", "字节有限公司"),
        ("北京字节跳", "北京字节跳科技有限公司"),
        ("北京华信源", "北京华信源贸易有限公司"),
    ):
        assert find_similar(Identity(company=begun), is_typing=True), begun
        typed, saved = (
            [match.pair for match in find_similar(Identity(company=finished), is_typing=is_typing)]
            for is_typing in (True, False)
        )
        assert typed == saved, finished
