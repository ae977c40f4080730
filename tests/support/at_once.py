"""Several calls at the same moment, each in a transaction of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

from django.db import connection

from crm.tenancy.context import tenant_context
from tests.support.cast import Cast


def at_once(
    cast: Cast, calls: list[Callable[[], Any]], *, refusals: type[Exception] | tuple[()] = ()
) -> list[Any]:
    """Run the calls at the same moment and give their results; these refusals are results too."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            with tenant_context(cast.organization.id):
                return call()
        except refusals as refused:
            return refused
        finally:
            connection.close()

    try:
        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))
    finally:
        wait_until_alone()


def wait_until_alone() -> None:
    """The threads' connections are closed; their servers take a moment to be gone."""
    for _try in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0] == 0:
                return
        sleep(0.02)
