"""No page asks the database more often because there is more to show: 3 rows cost as 30 do.

Every address without parameters is visited by itself, by each of a few people; record pages are
named in RECORDS, one line each. What the cache remembers for a minute is forgotten before every
visit: else the page visited when the minute ends pays for it, and no other.
"""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.tenancy.context import tenant_context
from crm.web.tables import Table
from tests.support.addresses import tenant_addresses
from tests.support.growth import World

FEW, MORE = 3, 27
PEOPLE = ("owner", "agent", "finance")
RECORDS: dict[str, Callable[[World], object]] = {
    "leads/{}/": lambda world: world.lead.pk,
    "customers/{}/": lambda world: world.customer.pk,
    "opportunities/{}/": lambda world: world.deal.pk,
    "quotes/{}/": lambda world: world.quote.pk,
    "quotes/{}/edit/": lambda world: world.quote.pk,
    "quotes/{}/print/": lambda world: world.quote.pk,
    "orders/{}/": lambda world: world.order.pk,
    "orders/{}/edit/": lambda world: world.order.pk,
    "approvals/{}/": lambda world: world.run.pk,
    "people/{}/": lambda world: world.agent.pk,
    "people/{}/edit/": lambda world: world.agent.pk,
    "bank/statements/{}/": lambda world: world.statement.pk,
    "customers/{}/share/": lambda world: world.customer.pk,
    "customers/{}/transfer/": lambda world: world.customer.pk,
    "collisions/{}/": lambda world: world.case.pk,
    "collisions/{}/decide/": lambda world: world.case.pk,
    "customers/{}/collision/": lambda world: world.customer.pk,
    "merges/with/customer/{}/": lambda world: world.customer.pk,
    "people/{}/hand-over/": lambda world: world.agent.pk,
}
# Pages that show no rows, or answer with something that is no page.
NOT_VISITED = {
    "web:live": "a stream",
    "web:gallery": "samples",
    "web:gallery_form": "samples",
    "web:gallery_record": "samples",
}

Place = tuple[str, str]


def visited(world: World) -> list[str]:
    """The paths to ask for, below the organisation's prefix."""
    plain = [
        address.path
        for address in tenant_addresses()
        if "987654321" not in address.path
        and "/x/" not in f"/{address.path}"
        and address.name not in NOT_VISITED
    ]
    return plain + [path.format(pk(world)) for path, pk in RECORDS.items()]


def costs(browsers: dict[str, Client], paths: list[str], slug: str) -> dict[Place, tuple[int, int]]:
    """Queries and length of every page that each person may open."""
    found = {}
    for part, browser in browsers.items():
        for path in paths:
            cache.clear()
            connection.queries_log.clear()
            with CaptureQueriesContext(connection) as queries:
                answer = browser.get(f"/{slug}/{path}")
            if answer.status_code == 200:
                found[part, path] = (len(queries), len(answer.content))
    return found


@pytest.mark.slow
def test_thirty_rows_cost_as_many_queries_as_three(cast, sign_in, monkeypatch):
    slug = cast.organization.slug
    browsers = {part: sign_in(cast.members[part]) for part in PEOPLE}
    with tenant_context(cast.organization.id):
        world = World(cast)
        world.grow(FEW)
        paths = visited(world)
    # both times there is a next page, so that both times the rows are counted
    monkeypatch.setattr(Table, "size", FEW - 1)
    few = costs(browsers, paths, slug)
    with tenant_context(cast.organization.id):
        world.grow(MORE)
    monkeypatch.undo()
    many = costs(browsers, paths, slug)

    assert set(few) == set(many)
    grown = {
        place: (few[place][0], many[place][0]) for place in few if many[place][0] > few[place][0]
    }
    assert grown == {}
    lists = {
        path for (_part, path), (_count, size) in many.items() if size > 1.2 * few[_part, path][1]
    }
    assert {"leads/", "customers/", "quotes/", "orders/", "bank/", "tasks/", "collisions/"} <= lists
    assert {"people/", "people/departments/", "absences/", "people/invitations/"} <= lists
