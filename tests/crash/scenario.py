"""What a person does before something is killed; run inside a running installation.

python -m tests.crash.scenario check SLUG ROWS   a new organisation uploads a file and checks it
python -m tests.crash.scenario start SLUG        and starts the import
python -m tests.crash.scenario import SLUG ROWS  both, one after the other
"""

import itertools
import sys

import django

from crm.embedded.environment import adopt_running
from crm.embedded.process import wait_until

PATIENCE = 400.0
SIGNS = "山水云林海川石田金木春夏秋冬天地元亨利贞星辰风雷"


def rows(count: int) -> list[tuple[str, ...]]:
    """Companies with brands of their own; each fifth row has the phone of the one before it."""
    brands = ("".join(letters) for letters in itertools.permutations(SIGNS, 4))
    made = []
    for number, brand in zip(range(count), brands, strict=False):
        phone = number - 1 if number % 5 == 4 else number
        name = f"苏州{brand}精密机械有限公司"
        made.append((name, f"李{brand[0]}", f"138{phone:08d}", "", "江苏", "询价"))
    return made


def check(slug: str, count: int) -> None:
    from crm.tenancy.context import tenant_context
    from leads.services import imports
    from tests.leads.imports.files import csv_upload
    from tests.support.cast import build_cast

    cast = build_cast(slug)
    with tenant_context(cast.organization.id, member_id=cast.owner.id):
        batch = imports.upload_leads(upload=csv_upload(rows(count)), by=cast.owner)
        imports.choose_columns(batch_id=batch.pk, mapping=batch.mapping)


def wait_until_checked(slug: str) -> None:
    from crm.tenancy.context import tenant_context
    from crm.tenancy.models import Organization
    from leads.models import ImportBatch

    number = Organization.objects.get(slug=slug).id

    def is_checked() -> bool:
        with tenant_context(number):
            return ImportBatch.objects.get().state == "checked"

    assert wait_until(is_checked, seconds=PATIENCE, every=0.1)


def start(slug: str) -> None:
    from crm.tenancy.context import tenant_context
    from crm.tenancy.models import Organization
    from leads.models import ImportBatch
    from leads.services import imports

    with tenant_context(Organization.objects.get(slug=slug).id):
        batch = ImportBatch.objects.get()
        with tenant_context(batch.organization_id, member_id=batch.created_by_id):
            imports.start_import(batch_id=batch.pk, include_probable=True)


def main(arguments: list[str]) -> None:
    adopt_running()
    django.setup()
    match arguments:
        case ["check", slug, count]:
            check(slug, int(count))
        case ["start", slug]:
            start(slug)
        case ["import", slug, count]:
            check(slug, int(count))
            wait_until_checked(slug)
            start(slug)


if __name__ == "__main__":
    main(sys.argv[1:])
