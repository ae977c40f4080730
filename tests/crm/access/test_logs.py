"""A masked value stands in no log file either: of the server, or of the database."""

import logging
from io import StringIO

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from crm.logs import Formatter
from crm.people.enums import Right
from crm.people.models import User
from crm.tenancy.context import tenant_context
from leads.views import customers
from tests.crm.access import test_field_rights
from tests.crm.access.test_field_rights import MAIL, NEW_PHONE, PHONE, WECHAT, restrict

world = test_field_rights.world
SECRETS = (PHONE, NEW_PHONE, MAIL, WECHAT)


@pytest.fixture
def written():
    """What the product's own handlers write, everything included that they could be told to."""
    output = StringIO()
    formatter = settings.LOGGING["formatters"]["plain"]
    handler = logging.StreamHandler(output)
    handler.setFormatter(Formatter(formatter["format"]))
    root, levels = logging.getLogger(), {}
    for name in ("", "django", "django.request", "tongzhou"):
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield output
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def viewer(cast, world) -> Client:
    """A browser of somebody who may see none of it, in which crashes are answered."""
    with tenant_context(cast.organization.id):
        restrict(Right.MASKED)
    client = Client(raise_request_exception=False)
    client.force_login(
        User.objects.get(pk=cast.owner.user_id), "django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_pages_write_nothing_of_it(viewer, world, written):
    for path in world.paths:
        viewer.get(f"/acme/{path}")
    assert [one for one in SECRETS if one in written.getvalue()] == []


def test_a_crash_over_a_broken_rule_names_the_rule_alone(viewer, world, written, monkeypatch):
    """The database answers with the whole row, phone and all."""

    def breaks(*_args, **_kwargs):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE leads_customer SET name = NULL WHERE phone = %s", [PHONE])

    monkeypatch.setattr(customers, "customer_page", breaks)
    page = viewer.get(f"/acme/customers/{world.customer.pk}/")
    assert page.status_code == 500
    text = written.getvalue()
    assert "Traceback" in text
    assert 'null value in column "name"' in text
    assert [one for one in SECRETS if one in text] == []


def test_the_database_writes_neither_rows_nor_statements(db):
    with connection.cursor() as cursor:
        for name, value in (
            ("log_error_verbosity", "terse"),
            ("log_min_error_statement", "panic"),
            ("log_statement", "none"),
            ("log_min_duration_statement", "-1"),
        ):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)
