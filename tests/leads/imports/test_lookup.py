"""Rows are looked up as the form's entries are, and people's word counts for them too."""

import pytest

from leads.enums import AliasSource, Bucket, IdentityVerdict, RecordKind
from leads.identity import Identity
from leads.models import Customer, IdentityKey, ImportRow, Lead
from leads.selectors.identity import find_similar
from leads.services.contacts import create_contact
from leads.services.customers import create_customer
from leads.services.identity import judge, learn_alias
from leads.services.merging import merge, undo
from leads.services.reindexing import compare_batch
from tests.leads.imports.files import checked, csv_upload, imported
from tests.leads.imports.test_check import known_lead


@pytest.fixture
def bucket_of(tenant):
    def check(*rows: tuple[str, ...]) -> list[tuple[str, str, int | None]]:
        upload = csv_upload([(*row, *[""] * (6 - len(row))) for row in rows])
        batch = checked(upload, by=tenant.marketing)
        found = ImportRow.objects.filter(batch=batch).order_by("row_number")
        return list(found.values_list("bucket", "match_kind", "match_id"))

    return check


def customer_of(member, name: str, **facts) -> Customer:
    return create_customer(by=member, owner=member, name=name, **facts)


def test_a_short_form_finds_the_full_name(tenant, bucket_of):
    lead = known_lead(owner=tenant.agent, company_name="北京中科创达软件股份有限公司")
    assert bucket_of(("创达软件",)) == [(Bucket.PROBABLE, "lead", lead.pk)]


def test_a_contacts_number_finds_the_customer(tenant, bucket_of):
    customer = customer_of(tenant.agent, "上海远洋国际物流有限公司")
    create_contact(customer_id=customer.pk, by=tenant.agent, name="陈静", phone="13812345678")
    ((bucket, kind, pk),) = bucket_of(("远洋国际物流", "陈静", "13812345678"))
    assert (bucket, kind, pk) == (Bucket.OWNED, "customer", customer.pk)


def test_a_learned_name_counts(tenant, bucket_of):
    customer = customer_of(tenant.agent, "上海远洋国际物流有限公司")
    learn_alias(customer_id=customer.pk, text="蓝鲸供应链有限公司", source=AliasSource.TYPED)
    assert bucket_of(("蓝鲸供应链有限公司",)) == [(Bucket.OWNED, "customer", customer.pk)]


def test_not_the_same_is_not_asked_again(tenant, bucket_of):
    one = known_lead(owner=tenant.agent, company_name="苏州同光精密机械有限公司")
    two = known_lead(owner=tenant.colleague, company_name="同光精密机械")
    row = ("同光精密机械",)
    two_only = [(Bucket.OWNED, "lead", two.pk)]
    assert bucket_of(row) == two_only
    judge(("lead", one.pk), ("lead", two.pk), IdentityVerdict.NOT_SAME, by=tenant.manager)
    two.delete()
    assert bucket_of(row) == [(Bucket.NEW, "", None)]
    assert bucket_of((one.company_name,), row)[1] == (Bucket.NEW, "", None)


def test_what_was_merged_away_finds_the_record_that_was_kept(tenant, bucket_of):
    kept = customer_of(tenant.agent, "上海远洋国际物流有限公司", phone="13900000001")
    gone = customer_of(tenant.agent, "北京蓝鲸科技有限公司", phone="13900000002")
    create_contact(customer_id=gone.pk, by=tenant.agent, name="陈静", phone="13812345678")
    before = sorted(IdentityKey.objects.values_list("record_kind", "record_id", "key"))
    done = merge(kept=kept, gone=gone, by=tenant.manager)
    top = customer_of(tenant.agent, "苏州同光精密机械有限公司")
    again = merge(kept=top, gone=kept, by=tenant.manager)
    rows = bucket_of(("蓝鲸", "", "13900000002"), ("远洋", "陈静", "13812345678"))
    assert [row[1:] for row in rows] == [("customer", top.pk)] * 2
    (match,) = find_similar(Identity(company="蓝鲸", phones=("13900000002",)))
    assert (match.pair, match.owner_id) == (("customer", top.pk), tenant.agent.pk)
    undo(merge_id=again.pk, by=tenant.manager)
    undo(merge_id=done.pk, by=tenant.manager)
    (match,) = find_similar(Identity(company="蓝鲸", phones=("13900000002",)))
    assert match.pair == ("customer", gone.pk)
    IdentityKey.objects.filter(record_kind="customer", record_id=top.pk).delete()
    assert sorted(IdentityKey.objects.values_list("record_kind", "record_id", "key")) == before


def test_a_lead_is_filed_under_its_province_as_it_is_when_entered_by_hand(tenant):
    """Also under one that its number or its address tells."""
    told, by_phone = ("同光精密机械", "", "", "", "江苏"), ("双柳新材料", "", "0512-67778899")
    rows = [(*row, *[""] * (6 - len(row))) for row in (told, by_phone)]
    imported(csv_upload(rows), by=tenant.marketing)
    assert set(Lead.objects.values_list("province", flat=True)) == {"32"}
    found = compare_batch(RecordKind.LEAD, after=0, is_check=True)
    assert (found.checked, found.count) == (2, 0)
