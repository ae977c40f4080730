"""Reps share fairly even when leads arrive all at once, in many transactions."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from crm.tenancy.context import tenant_context
from leads.services import assignment
from tests.leads.assignments.test_assign_leads import add_leads, owners_of
from tests.support.cast import build_cast


@pytest.mark.slow
def test_concurrent_arrivals_stay_fair(real_transactions):
    cast = build_cast("acme")
    organization = cast.organization.id
    with tenant_context(organization):
        ids = [add_leads(3, start=3 * n) for n in range(15)]
    barrier, failures = Barrier(5), []

    def arrive(worker: int) -> None:
        try:
            barrier.wait()
            for batch in ids[worker::5]:
                with tenant_context(organization):
                    assignment.assign_leads(lead_ids=batch)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=arrive, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with tenant_context(organization):
        given = owners_of([pk for batch in ids for pk in batch])
    assert sorted(given.values()) == [22, 23]
