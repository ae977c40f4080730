"""The database, and what every test starts from."""

import gc
import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings

from tests.support import database, restoring

pytest_plugins = ["tests.support.cast", "tests.support.scheduling", "tests.support.templates"]

# Examples have no time limit: a busy machine is not a failing rule. Speed is measured by bench/.
# The examples are the same in every run, so that a change is judged by what it changed;
# EXPLORE=1 looks for new ones. One that is found is kept as an @example.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None)
hypothesis_settings.load_profile("explore" if os.environ.get("EXPLORE") else "suite")


def pytest_collection_finish() -> None:
    """What is imported stays: looking through it for rubbish again and again took a 20th of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def database_template(django_db_blocker) -> str:
    with django_db_blocker.unblock():
        return database.build_template()


@pytest.fixture(scope="session")
def django_db_setup(database_template, django_db_blocker, worker_name) -> Iterator[None]:
    """Replaces pytest-django's: a clone of the template, used as the application's role."""
    name = f"tongzhou_test_{worker_name}"
    with django_db_blocker.unblock():
        database.clone(database_template, name)
    yield
    with django_db_blocker.unblock():
        database.drop(name)


@pytest.fixture(scope="session")
def worker_name(request) -> str:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return f"{worker}_{os.getpid()}"


@pytest.fixture
def real_transactions(
    django_db_setup, database_template, django_db_blocker, worker_name
) -> Iterator[None]:
    """Commits really happen; afterwards the database is as before. Mark such tests slow."""
    name = f"tongzhou_test_{worker_name}"
    with django_db_blocker.unblock():
        restoring.clean_state(name)
        try:
            yield
        finally:
            if not restoring.restore(name):
                restoring.forget(name)
                database.clone(database_template, name)


@pytest.fixture(autouse=True)
def no_jobs_sent(settings) -> None:
    """Jobs stay rows unless a test runs them; nothing reaches the broker by accident."""
    settings.JOBS_SEND = False


@pytest.fixture(autouse=True)
def nobodys_language() -> None:
    """The language and time zone of the settings, not those of the test before."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(autouse=True)
def cold_cache() -> None:
    """Another test's organisation must not answer at this one's address."""
    cache.clear()
