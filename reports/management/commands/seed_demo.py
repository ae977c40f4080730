from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.tenancy.models import Organization
from reports.demo import SLUG
from reports.demo.seed import seed, seed_operator, seed_stranger


class Command(BaseCommand):
    help = "Make the demo organisation and a second, empty one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--leads", type=int, default=3_000, help="how many leads")

    def handle(self, *args: Any, **options: Any) -> None:
        if Organization.objects.filter(slug=SLUG).exists():
            raise CommandError("The demo organisation is already there.")
        started = monotonic()
        seed(lead_count=options["leads"])
        seed_stranger()
        seed_operator()
        self.stdout.write(f"Demo data in {monotonic() - started:.1f} s")
