"""The home page: what waits, and figures that count exactly the rows they open."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from crm.tenancy.context import tenant_context
from crm.tenancy.links import inside
from leads.models import Lead
from leads.services.leads import create_lead
from leads.services.stages import ensure_default_stages
from reports.selectors.figures import figures_for
from reports.selectors.waiting import waiting_for

ROLES = ["agent", "manager", "finance", "legal", "marketing", "service", "owner"]


@pytest.fixture
def leads(cast) -> list[Lead]:
    """Three new leads of the agent's and one of a colleague in another region."""
    with tenant_context(cast.organization.id):
        ensure_default_stages()
        return [
            create_lead(
                by=None, owner=owner, company_name=f"苏州第{n}精密机械有限公司", channel="phone"
            )
            for n, owner in enumerate([cast.agent, cast.agent, cast.agent, cast.northerner])
        ]


@pytest.mark.parametrize("part", ROLES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_role_has_a_home_page(cast, leads, sign_in, part, language):
    response = sign_in(getattr(cast, part), language=language).get("/acme/")
    assert response.status_code == 200


@pytest.mark.parametrize("part", ROLES)
def test_every_figure_opens_a_page(cast, leads, sign_in, part):
    with tenant_context(cast.organization.id), inside(cast.organization), override("en"):
        tiles = figures_for(getattr(cast, part))
    assert tiles
    client = sign_in(getattr(cast, part))
    for tile in tiles:
        assert client.get(tile.url).status_code == 200, tile.label


@pytest.mark.parametrize(("part", "count"), [("agent", 3), ("manager", 3), ("owner", 4)])
def test_counts_are_those_of_the_list_behind(cast, leads, sign_in, part, count):
    with tenant_context(cast.organization.id), inside(cast.organization), override("en"):
        tiles = {tile.label: tile for tile in figures_for(getattr(cast, part))}
    tile = (
        tiles["New leads this month"] if part != "manager" else tiles["Leads not followed up yet"]
    )
    assert str(tile.value) == str(count)
    page = sign_in(getattr(cast, part)).get(tile.url).content.decode()
    assert len(set(re.findall(r"/acme/leads/(\d+)/", page))) == count


def test_the_earliest_due_comes_first_and_others_work_is_not_mine(cast, leads):
    with tenant_context(cast.organization.id), inside(cast.organization):
        Lead.objects.filter(pk=leads[1].pk).update(assigned_at=timezone.now() - timedelta(hours=5))
        mine = waiting_for(cast.agent)
        assert mine[0].title == leads[1].company_name
        assert mine[0].is_late
        assert [item.title for item in waiting_for(cast.colleague)] == []
        assert len([item for item in mine if item.icon == "user-plus"]) == 3


def test_a_stranger_counts_nothing(cast, other_cast, leads):
    with (
        tenant_context(other_cast.organization.id),
        inside(other_cast.organization),
        override("en"),
    ):
        tiles = {str(tile.label): str(tile.value) for tile in figures_for(other_cast.owner)}
    assert tiles["New leads this month"] == "0"
    assert tiles["Leads without a rep"] == "0"


def test_a_chart_of_noughts_is_a_sentence(cast, sign_in):
    with tenant_context(cast.organization.id):
        ensure_default_stages()
    page = sign_in(cast.owner).get("/acme/").content.decode()
    assert "data-chart" not in page
    assert "No lead has arrived in the last eight weeks." in page


def test_a_chart_with_figures_is_drawn(cast, leads, sign_in):
    page = sign_in(cast.owner).get("/acme/").content.decode()
    assert 'data-chart="arrivals"' in page
    assert "No lead has arrived" not in page
