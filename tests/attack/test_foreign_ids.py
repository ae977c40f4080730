"""Ids of another organisation, in every address and every form field, do nothing at all."""

import re

import pytest

from crm.tenancy.context import tenant_context
from tests.leads.merging.world import dump
from tests.support.addresses import tenant_addresses
from tests.support.growth import World

MEMBERS = ("owner", "member", "members", "receiver", "deputy", "superior", "head", "winner", "to")


@pytest.mark.slow
def test_ids_of_another_organisation_do_nothing_anywhere(cast, other_cast, sign_in):
    with tenant_context(other_cast.organization.id):
        world = World(other_cast)
        before = dump()
    posted = posted_by(world)
    browser = sign_in(cast.owner)
    browser.raise_request_exception = False
    broken = []
    for address in tenant_addresses():
        for pk in {world.customer.pk, world.lead.pk, world.case.pk}:
            path = re.sub(r"987654321", str(pk), address.path)
            answer = browser.post(f"/{cast.organization.slug}/{path}", posted)
            broken += [path] if answer.status_code >= 500 else []
            if path == address.path:
                break
    assert broken == []
    with tenant_context(other_cast.organization.id):
        assert dump() == before


def posted_by(world: World) -> dict[str, object]:
    """Every field by which a form names a record, with the other organisation's ids."""
    member, department = world.agent.pk, world.cast.departments["east"].pk
    found: dict[str, object] = dict.fromkeys(MEMBERS, member)
    return found | {
        "customer": world.customer.pk, "opportunity": world.deal.pk, "order": world.order.pk,
        "lead": world.lead.pk, "product": world.product.pk, "department": department,
        "parent": department, "departments": [department], "stage": world.deal.stage_id,
        "account": world.account.pk, "case": world.case.pk, "statement": world.statement.pk,
        "ids": [world.customer.pk, world.lead.pk, world.order.pk], "go": "1",
        "reason": "取走", "why": "取走", "name": "取走", "title": "取走", "version": 1,
        "outcome": "reassign", "action": "edit", "verdict": "approve",
    }  # fmt: skip
