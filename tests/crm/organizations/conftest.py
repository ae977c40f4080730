"""An operator, and what the life of an organisation needs."""

import time

import pytest
from django.test import Client

from crm.people.models import User
from tests.support.cast import PASSWORD


@pytest.fixture(autouse=True)
def own_data_dir(settings, tmp_path):
    """Files of these tests go elsewhere and are gone afterwards."""
    settings.DATA_DIR = tmp_path


def operate(user: User, *, seconds_ago: float = 1.0) -> Client:
    """A browser in which the person signed in so long ago."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - seconds_ago}
    ]
    session["_account_authentication_methods_user"] = str(user.pk)
    from allauth.account.internal.flows import login

    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client


@pytest.fixture
def operator(db) -> User:
    """Works for the platform, belongs to no organisation."""
    return User.objects.create_user(
        "operator@platform.test", PASSWORD, name="Op", is_staff=True, language="en"
    )


@pytest.fixture
def operating(operator) -> Client:
    """The operator, who signed in a moment ago."""
    return operate(operator)
