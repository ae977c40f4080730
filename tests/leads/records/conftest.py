"""Records to begin with: one lead, customer and deal of the agent's."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import set_urlconf

from crm.tenancy.context import acting_as
from crm.tenancy.links import mounted_at, tenant_url
from leads.services.customers import create_customer
from leads.services.leads import create_lead
from leads.services.opportunities import create_opportunity
from leads.services.stages import ensure_default_stages

COMPANY = "苏州同光精密机械有限公司"
SECRETS = {
    "phone": "13812345678",
    "email": "li.min@tongguang.cn",
    "address": "工业园区星湖街328号",
    "wechat": "limin_tongguang",
    "credit_code": "91320594MA1MABCD49",
}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def lead(tenant):
    """A lead of the agent's with everything a stranger must not learn."""
    with acting_as(tenant.agent.pk):
        return create_lead(
            by=tenant.agent,
            owner=tenant.agent,
            company_name=COMPANY,
            contact_name="李敏",
            **SECRETS,
        )


@pytest.fixture
def customer(tenant):
    with acting_as(tenant.agent.pk):
        return create_customer(
            by=tenant.agent,
            name="杭州云帆软件有限公司",
            phone="0571-88886666",
            address="文三路90号",
        )


@pytest.fixture
def stages(tenant):
    """The default stages by code."""
    return {stage.code: stage for stage in ensure_default_stages()}


@pytest.fixture
def deal(tenant, customer, stages):
    with acting_as(tenant.agent.pk):
        return create_opportunity(
            customer_id=customer.pk, by=tenant.agent, name="云帆一期", amount=Decimal("120000.00")
        )


@pytest.fixture
def url(tenant):
    """The address of a page of the organisation."""
    return lambda name, *args: tenant_url(tenant.organization, name, *args)


@pytest.fixture
def mounted(tenant):
    """Addresses are made as inside a request of the organisation."""
    set_urlconf(settings.TENANT_URLCONF)
    with mounted_at(f"/{tenant.organization.slug}/"):
        yield
    set_urlconf(None)
