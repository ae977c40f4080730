"""A new key, and every value encrypted with it. May be killed and started again at any time."""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from crm.encryption.keys import add_to_file, drop_from_file
from crm.encryption.known import note_keys, retire
from crm.encryption.ring import LOOK_AGAIN, keyring, keys_file, reread
from crm.encryption.sweeps import condition_of, encrypted_columns, rotate

PATIENCE = 600


def wait_for_older_transactions() -> None:
    """What began before now may still write with the older key: only then is a sweep complete."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (now,) = cursor.fetchone()
        for _ in range(PATIENCE):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= now:
                return
            time.sleep(1)
    raise CommandError("A transaction has been running for ten minutes. Run this with --resume.")


class Command(BaseCommand):
    help = (
        "Encrypt all encrypted columns with a new key (made here when the keys are in a file;"
        " else put it first into FIELD_KEYS, restart, and run this)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--resume", action="store_true", help="go on with the newest key, make no other"
        )
        parser.add_argument(
            "--retire", action="store_true", help="afterwards remove the older keys from the file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["resume"]:
            self.add_key()
        note_keys()
        newest = keyring().newest
        wait_for_older_transactions()
        self.stdout.write(f"Encrypting with {newest}:")
        for column in encrypted_columns():
            done = sum(rotate(connections["owner"], column, newest))
            self.stdout.write(f"  {column}  {done}")
        self.verify(newest)
        self.finish(newest, may_remove=options["retire"])

    def add_key(self) -> None:
        """Make the new key and give the running processes time to read it."""
        path = keys_file()
        if path is None:
            return  # the environment's first key is the new one
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            raise CommandError(
                f"{path} cannot be written. Put the output of `manage.py field_keys --generate`"
                " on its first line, restart, and run this again with --resume."
            )
        name = add_to_file(path)
        reread()
        self.stdout.write(f"New key {name} in {path}: back it up now.")
        time.sleep(LOOK_AGAIN + 1)

    def verify(self, newest: str) -> None:
        """Read every value again; anything not readable with the newest key is an error."""
        for column in encrypted_columns():
            found = condition_of(connections["owner"], column, decrypt=True)
            old = {name: n for name, n in found.by_key.items() if name != newest}
            if found.plain or found.unreadable or old:
                raise CommandError(
                    f"{column}: {sum(old.values())} values with an older key, {found.plain} in"
                    f" plain text, {found.unreadable} unreadable. Run this again with --resume."
                )
        self.stdout.write("Verified: every value is readable with the newest key alone.")

    def finish(self, newest: str, *, may_remove: bool) -> None:
        """Older keys are needed for backups only; with --retire they leave the file."""
        older = set(keyring().keys) - {newest}
        if not older:
            return
        path = keys_file()
        if may_remove and path is not None:
            drop_from_file(path, older)
            retire(older)
            self.stdout.write(f"Removed: {', '.join(sorted(older))}. Keep them with old backups.")
            return
        retire(older)
        self.stdout.write(f"No longer needed here: {', '.join(sorted(older))}.")
