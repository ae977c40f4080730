"""Make the index of who is who anew from the records, or say where it differs from them."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from leads.identity.keys import KEYS_VERSION
from leads.services.index_version import index_state, mark_current
from leads.services.reindexing import rebuild


class Command(BaseCommand):
    help = "Rebuild the identity index while people work; after an upgrade of the engine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", help="its address (slug); otherwise all")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; ends with 1 where it differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("id")
        if slug := options["organization"]:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no organisation {slug}.")
        differences = sum(
            self.rebuild_one(organization, is_check=options["check"])
            for organization in organizations
        )
        if options["check"] and differences:
            raise CommandError(f"{differences} keys differ: run rebuild_identity_index.")

    def rebuild_one(self, organization: Organization, *, is_check: bool) -> int:
        """One line per kind that differs, one for the organisation."""
        counts: Counter[str] = Counter()
        for found in rebuild(organization.pk, is_check=is_check):
            counts["records"] += found.checked
            counts["missing"] += len(found.missing)
            counts["surplus"] += len(found.surplus)
            if found.count and is_check:
                self.stdout.write(
                    f"  {found.kind.value}: {len(found.missing)} missing,"
                    f" {len(found.surplus)} surplus, such as {[*found.examples]}"
                )
        verb = "differ" if is_check else "brought up to date"
        self.stdout.write(
            f"{organization.slug}: {counts['records']} records,"
            f" {counts['missing']} missing and {counts['surplus']} surplus keys {verb};"
            f" {self.version_of(organization, is_check=is_check)}"
        )
        return counts["missing"] + counts["surplus"]

    def version_of(self, organization: Organization, *, is_check: bool) -> str:
        """Of which version the index is, and how far an upgrade has come."""
        with tenant_context(organization.pk):
            state = index_state() if is_check else mark_current()
        if state.version == KEYS_VERSION:
            return f"version {KEYS_VERSION}"
        if state.target == KEYS_VERSION:
            at = f"{state.cursor_kind} {state.cursor_id}".strip()
            return f"version {state.version}, on the way to {KEYS_VERSION} after {at}"
        return f"version {state.version}, {KEYS_VERSION} is due"
