"""What happens behind the scenes; run by `Installation.run` under the installation's settings.

python -m tests.e2e.backstage prepare '{}'        static files, organisations and their people
python -m tests.e2e.backstage arrive '{"slug":…}'  a lead comes in by itself
"""

import json
import sys
from datetime import timedelta
from typing import Any

import django

JOURNEYS = ("jiangnan", "northbay", "harbour", "twobanks")
PRODUCTS = (
    # code, name, unit, tax, list price, floor price
    ("SV-200", "伺服驱动器 2.0 kW", "台", 13, "4280", "3500"),
    ("RB-6K", "六轴机器人 6 kg", "套", 13, "128000", "110000"),
    ("INS-01", "安装调试服务", "人天", 6, "2400", "1700"),
)


def prepare() -> list[str]:
    """Four companies with the same cast, a demo company to look at, and hashed static files."""
    from django.contrib.auth.hashers import make_password
    from django.core.cache import cache
    from django.core.management import call_command
    from django.test import override_settings

    from crm.people.models import User
    from reports.demo.seed import seed
    from tests.support.cast import PASSWORD

    cache.clear()
    call_command("collectstatic", interactive=False, verbosity=0)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        for slug in JOURNEYS:
            found(slug)
        seed(lead_count=160, slug="demo", domain="demo.test")
    User.objects.update(password=make_password(PASSWORD))
    User.objects.filter(email__endswith="@northbay.test").update(language="en")
    User.objects.filter(email__endswith="@harbour.test").update(language="en")
    return [*JOURNEYS, "demo"]


def found(slug: str) -> None:
    """A company: people, products, an account, a client that belongs to the colleague."""
    from crm.tenancy.context import tenant_context
    from leads.services.assignment_rules import ensure_rules
    from leads.services.stages import ensure_default_stages
    from orders.models import Product
    from tests.support.cast import build_cast

    cast = build_cast(slug)
    with tenant_context(cast.organization.id, member_id=cast.owner.id):
        ensure_default_stages()
        ensure_rules()
        for code, name, unit, tax, price, floor in PRODUCTS:
            Product.objects.create(
                code=code, name=name, unit=unit, tax_rate=tax, list_price=price, floor_price=floor
            )
    owned_by_colleague(cast)


def owned_by_colleague(cast: Any) -> None:
    """A client with a phone and an address that the rep must not learn."""
    from crm.tenancy.context import tenant_context
    from leads.services.leads import create_lead

    with tenant_context(cast.organization.id, member_id=cast.colleague.id):
        create_lead(
            by=cast.colleague,
            owner=cast.colleague,
            company_name="无锡恒泰精密机械有限公司",
            contact_name="沈国栋",
            phone="13862001234",
            email="shen@hengtai.example",
            channel="referral",
            province="32",
        )


def arrive(slug: str, company: str, province: str) -> bool:
    """A lead comes in by itself, as from a form; True once the worker has found its owner."""
    from crm.tenancy.context import tenant_context
    from crm.tenancy.models import Organization
    from leads.models import Lead
    from leads.services.leads import create_lead
    from tests.e2e.servers import eventually

    organization = Organization.objects.get(slug=slug)
    with tenant_context(organization.id):
        lead = create_lead(by=None, company_name=company, channel="website", province=province)

    def is_assigned() -> bool:
        with tenant_context(organization.id):
            return Lead.objects.filter(pk=lead.pk, owner__isnull=False).exists()

    return eventually(is_assigned)


def end_sessions(email: str) -> int:
    """As if the person's sessions had run out."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from crm.people.models import User

    engine: Any = import_module(settings.SESSION_ENGINE)
    user = str(User.objects.get(email=email).pk)
    ended = 0
    for row in Session.objects.filter(expire_date__gt=timezone.now() - timedelta(days=1)):
        if row.get_decoded().get("_auth_user_id") == user:
            engine.SessionStore(row.session_key).delete()
            ended += 1
    return ended


def main(command: str, details: str) -> None:
    django.setup()
    print(json.dumps(globals()[command](**json.loads(details))))


if __name__ == "__main__":
    main(*sys.argv[1:])
