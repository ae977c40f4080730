from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.web import catalogue


class Command(BaseCommand):
    help = "Keep the message catalogue in step with the code, check it, or compile it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail if anything would change")
        parser.add_argument("--compile", action="store_true", help="only make the .mo file")
        parser.add_argument("--fill", type=Path, help="a folder of JSON files with translations")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            catalogue.compile_catalogue()
            return
        fillings = catalogue.read_fillings(options["fill"]) if options["fill"] else {}
        fresh = catalogue.build(fillings)
        missing = catalogue.untranslated(fresh)
        if options["check"]:
            self.check_catalogue(catalogue.as_text(fresh), missing)
        else:
            catalogue.save(fresh)
        for context, text in missing:
            self.stderr.write(f"untranslated: {f'[{context}] ' if context else ''}{text!r}")
        self.stdout.write(f"{len(fresh)} messages, {len(missing)} untranslated")

    def check_catalogue(self, fresh: bytes, missing: list[catalogue.Key]) -> None:
        if missing:
            raise CommandError("\n".join(f"untranslated: {text!r}" for _, text in missing))
        for sign, instead in catalogue.NOT_WRITTEN.items():
            if sign in fresh.decode():
                raise CommandError(f"Write {instead} in place of {sign} (docs/glossary.md).")
        if not catalogue.CATALOGUE.exists() or catalogue.CATALOGUE.read_bytes() != fresh:
            raise CommandError("The catalogue is behind the code: run `make messages`.")
