"""A browser against a running installation: web, worker, scheduler, PostgreSQL and Valkey.

All of it ends with the last test of this package: what the process tests next has the machine, and
no event loop in its thread.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.people import Company, Theatre
from tests.e2e.servers import Installation
from tests.support import database
from tools.browser import find_browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole journeys, and slow."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Let the fixtures know how the test ended."""
    report = yield
    if report.when == "call":
        item.stash[Theatre.FAILED] = report.failed
    return report


@pytest.fixture(scope="package")
def own_database(database_template: str, worker_name: str) -> Iterator[str]:
    """A clone of the template beside the one that other tests use; its address."""
    name = f"tongzhou_e2e_{worker_name}"
    with database.admin_connection() as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database_template}"')
    parts = urlsplit(os.environ["DATABASE_URL"])
    yield urlunsplit(parts._replace(path=f"/{name}"))
    with database.admin_connection() as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="package")
def installation(own_database: str) -> Iterator[Installation]:
    """What `make run` starts, with four small companies in it."""
    running = Installation(Path(os.environ["DATA_DIR"]) / "e2e", own_database)
    running.clear()
    try:
        running.start("worker")
        running.run("prepare")
        running.start("web")
        running.start("beat")
        running.wait_for_worker()
        running.wait_for_web()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    program = find_browser()
    assert program, "No Chromium: run the browser tests with make test, which installs it."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def known_sessions() -> dict[str, object]:
    """Who has signed in already; a second visit does not need the form again."""
    return {}


@pytest.fixture
def theatre(
    request: pytest.FixtureRequest,
    installation: Installation,
    browser: Browser,
    known_sessions: dict[str, object],
) -> Iterator[Theatre]:
    """People enter here; afterwards nobody's browser may have complained."""
    stage = Theatre(installation, browser, known_sessions)
    yield stage
    failed = request.node.stash.get(Theatre.FAILED, True)
    if failed:
        stage.keep_pictures(request.node.name)
    complaints = stage.close()
    if not failed:
        assert not complaints, "\n".join(complaints)


@pytest.fixture
def harbour(theatre: Theatre) -> Company:
    """An English-speaking company for tests of single things."""
    return theatre.company("harbour", language="en")
