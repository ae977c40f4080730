"""A migrated database of its own for one benchmark, used as the application's role."""

import os

from crm.embedded.testing import ensure_services


def set_up(name: str) -> None:
    """Load Django on a fresh database called `bench_<name>`; the servers are the test servers."""
    os.environ.update(ensure_services())
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings.test"
    import django  # noqa: PLC0415  (the environment comes first)

    django.setup()
    from tests.support import database  # noqa: PLC0415  (see above)

    database.clone(database.build_template(), f"bench_{name}")
