"""Many leads change their state by the same machine as one, and leave the same line."""

import pytest
from django_fsm import TransitionNotAllowed

from crm.audit.models import OperationLog
from leads.enums import LeadStatus
from leads.models import Lead
from leads.services.lead_states import move_all
from leads.services.leads import create_lead, invalidate_lead, invalidate_leads, reopen_lead


@pytest.fixture
def second(lead, tenant, as_member):
    with as_member(tenant.agent):
        return create_lead(by=tenant.agent, owner=tenant.agent, company_name="苏州云栖纸品有限公司")


def told(action, lead):
    return OperationLog.objects.get(action=action, subject_id=lead.pk).details


def test_one_and_many_leave_the_same_line(lead, second, tenant, as_member):
    with as_member(tenant.agent):
        invalidate_lead(lead_id=lead.pk, reason="重复")
        assert invalidate_leads(lead_ids=[lead.pk, second.pk], reason="重复") == 1
        assert told("lead.invalidated", second) == told("lead.invalidated", lead)
        reopen_lead(lead_id=lead.pk, by=tenant.agent)
        move_all([second.pk], Lead.put_back, "lead.reopened", to="new", invalid_reason="")
    assert told("lead.reopened", second) == told("lead.reopened", lead)


def test_many_go_only_where_the_machine_lets_them(lead, second):
    move_all([second.pk], Lead.convert, "lead.converted")
    pks = [lead.pk, second.pk]
    assert move_all(pks, Lead.invalidate, "lead.invalidated") == {lead.pk: "new"}
    assert Lead.objects.get(pk=second.pk).status == LeadStatus.CONVERTED
    for way, to in ((Lead.put_back, None), (Lead.put_back, "converted"), (Lead.qualify, "new")):
        with pytest.raises(TransitionNotAllowed):
            move_all(pks, way, "lead.reopened", to=to)
