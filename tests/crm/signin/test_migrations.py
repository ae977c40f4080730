"""Second factors from before encryption go on working."""

from importlib import import_module

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.apps import apps
from django.db import connection

from tests.crm.signin.conftest import user_of
from tests.crm.signin.test_locks import code_of


def test_plain_secrets_are_sealed_once(cast):
    user, secret = user_of(cast.agent), generate_totp_secret()
    Authenticator.objects.create(user=user, type="totp", data={"secret": secret})
    codes = {"seed": "0123456789abcdef", "used_mask": 3}
    Authenticator.objects.create(user=user, type="recovery_codes", data=dict(codes))
    migration = import_module("crm.signin.migrations.0003_seal_existing_secrets")
    with connection.schema_editor() as editor:
        migration.seal_existing(apps, editor)
        migration.seal_existing(apps, editor)
    app = Authenticator.objects.get(user=user, type="totp")
    assert app.data["secret"].startswith("sealed.")
    assert app.wrap().validate_code(code_of(secret))
    paper = Authenticator.objects.get(user=user, type="recovery_codes")
    assert paper.data["used_mask"] == 3
    assert len(paper.wrap().get_unused_codes()) == 8
