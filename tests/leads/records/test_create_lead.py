import pytest

from crm.audit.models import OperationLog
from crm.jobs.models import Job
from crm.teamwork.models import Notification
from leads.enums import LeadStatus, TouchOutcome
from leads.models import CollisionCase, CollisionRecord, IdentityKey, Lead, Touch
from leads.selectors.entering import mark_of
from leads.services.leads import create_lead
from leads.services.refusals import ConfirmationNeeded, LikelyDuplicate
from tests.leads.records.conftest import COMPANY

VARIANTS = (
    {"company_name": "苏州市同光精密机械有限责任公司"},
    {"company_name": "蘇州同光精密機械有限公司"},
    {"company_name": "同光", "phone": "138 1234 5678", "contact_name": "李敏"},
    {"company_name": "苏州同光集团", "credit_code": "91320594ma1mabcd49"},
)


def test_what_was_typed_is_completed(lead):
    lead = Lead.objects.get(pk=lead.pk)
    assert lead.number.startswith("L")
    assert lead.sort_key == "suzhoutongguangjingmijixieyouxiangongsi"
    assert lead.phone_key == "+8613812345678"
    assert lead.province == "32"
    assert lead.status == LeadStatus.NEW


def test_a_lead_comes_from_a_touch(lead):
    touch = Touch.objects.get(lead=lead)
    assert touch.outcome == TouchOutcome.CREATED
    assert touch.payload["company_name"] == COMPANY


def test_it_is_indexed_in_the_same_transaction(lead):
    kinds = set(IdentityKey.objects.filter(record_id=lead.pk).values_list("kind", flat=True))
    assert {"phone", "email", "name", "brand", "sound_region", "domain"} <= kinds


@pytest.mark.parametrize("facts", VARIANTS)
def test_a_colleagues_client_asks_for_a_reason(lead, tenant, as_member, facts):
    with as_member(tenant.northerner), pytest.raises(LikelyDuplicate) as refused:
        create_lead(by=tenant.northerner, owner=tenant.northerner, **facts)
    assert [match.record_id for match in refused.value.matches] == [lead.pk]
    assert Lead.objects.count() == 1


def test_with_a_reason_it_is_saved_and_both_sides_are_told(lead, tenant, as_member):
    with as_member(tenant.colleague):
        created = create_lead(
            by=tenant.colleague,
            owner=tenant.colleague,
            company_name=COMPANY,
            explanation="另一个厂区，采购独立",
        )
    case = CollisionCase.objects.get()
    entrant = CollisionRecord.objects.get(is_held=False)
    assert (case.subject_id, entrant.record_id) == (lead.pk, created.pk)
    assert entrant.explanation == "另一个厂区，采购独立"
    assert Touch.objects.get(lead=created).outcome == TouchOutcome.COLLIDED
    told = set(Notification.objects.values_list("member__name", flat=True))
    assert told == {"王磊", "马经理"}
    assert OperationLog.objects.filter(action="collision.noticed", subject_id=created.pk).exists()


def test_ones_own_client_is_asked_about_and_is_no_collision(lead, tenant, as_member):
    entry = {"by": tenant.agent, "owner": tenant.agent, "company_name": COMPANY}
    with as_member(tenant.agent):
        with pytest.raises(ConfirmationNeeded) as asked:
            create_lead(**entry)
        assert asked.value.is_own
        marks = [mark_of(match, tenant.agent) for match in asked.value.matches]
        create_lead(**entry, confirmed=marks)
    assert Lead.objects.count() == 2
    assert CollisionCase.objects.count() == 0


def test_an_invalid_lead_stops_nobody(lead, tenant, as_member):
    from leads.services.leads import invalidate_lead

    with as_member(tenant.agent):
        invalidate_lead(lead_id=lead.pk, reason="号码不存在")
    with as_member(tenant.northerner):
        create_lead(by=tenant.northerner, owner=tenant.northerner, company_name=COMPANY)


def test_without_an_owner_the_rules_are_asked(tenant, as_member):
    with as_member(tenant.marketing):
        created = create_lead(by=tenant.marketing, company_name="北京远航科技有限公司")
    job = Job.objects.get(name="leads.assign_leads")
    assert job.arguments == {"lead_ids": [created.pk]}


def test_different_firms_with_like_names_do_not_collide(lead, tenant, as_member):
    with as_member(tenant.northerner):
        create_lead(
            by=tenant.northerner,
            owner=tenant.northerner,
            company_name="苏州同信精密机械有限公司",
        )
    assert Lead.objects.count() == 2
