"""Is the operation log as it was written? Ends with 1 when it is not."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.audit.enums import Fault
from crm.audit.sealing import seal_organization
from crm.audit.verification import Finding, Report, verify
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization


class Command(BaseCommand):
    help = "Verify the chain of the operation log, of every organisation or of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", help="its address (slug)")
        parser.add_argument("--no-seal", action="store_true", help="leave new lines unsealed")

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("id")
        if slug := options["organization"]:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no organisation {slug}.")
        faults = 0
        for organization in organizations:
            if not options["no_seal"]:
                seal_organization(organization.pk)
            with tenant_context(organization.pk):
                report = verify()
            self.show(organization.slug, report)
            faults += report.faults
        if faults:
            raise CommandError(f"{faults} faults: the log is not as it was written.")

    def show(self, slug: str, report: Report) -> None:
        """One line per organisation, one per fault."""
        state = "whole" if report.is_whole else f"{report.faults} FAULTS"
        self.stdout.write(
            f"{slug}: {state}; {report.checked} lines, {report.unsealed} not sealed yet,"
            f" {report.anchors} anchors, head {report.head[:16] or '-'}"
        )
        for finding in report.findings:
            self.stdout.write(f"  {self.words(finding)}")

    @staticmethod
    def words(finding: Finding) -> str:
        """A fault for people and for programs."""
        return json.dumps(
            {
                "fault": finding.fault.value,
                "what": str(Fault(finding.fault).label),
                "sequence": finding.sequence,
                "entry": finding.entry_id,
                "at": finding.at.isoformat() if finding.at else None,
            },
            ensure_ascii=False,
        )
