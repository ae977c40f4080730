"""Which keys there are and what is encrypted with them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from crm.encryption.keys import INDEX, fresh_line, fresh_name
from crm.encryption.known import changed_keys, fingerprints, missing_keys
from crm.encryption.ring import keyring, keys_file
from crm.encryption.sweeps import condition_of, encrypted_columns


class Command(BaseCommand):
    help = "Show the keys of the encrypted columns, and how many values each key encrypts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="decrypt every value")
        parser.add_argument("--generate", action="store_true", help="print a new key and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["generate"]:
            self.stdout.write(fresh_line(fresh_name(keyring().keys)))
            return
        self.stdout.write(f"Keys from {keys_file() or 'FIELD_KEYS'}, newest first:")
        for name, value in fingerprints().items():
            note = "  (blind indexes)" if name == INDEX else ""
            self.stdout.write(f"  {name}  fingerprint {value}{note}")
        bad = self.show_columns(decrypt=options["verify"])
        wrong = [*missing_keys(), *changed_keys()]
        if bad or wrong:
            raise CommandError(
                f"Not in order: {bad} values in plain text or unreadable,"
                f" keys missing or changed: {', '.join(wrong) or 'none'}."
            )

    def show_columns(self, *, decrypt: bool) -> int:
        """One line per column; returns how many values are not as they should be."""
        bad = 0
        for column in encrypted_columns():
            found = condition_of(connections["owner"], column, decrypt=decrypt)
            counts = ", ".join(f"{name}: {count}" for name, count in sorted(found.by_key.items()))
            self.stdout.write(f"  {column}  {counts or 'empty'}")
            if found.plain or found.unreadable:
                self.stdout.write(f"    plain: {found.plain}, unreadable: {found.unreadable}")
            bad += found.plain + found.unreadable
        return bad
