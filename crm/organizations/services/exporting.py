"""A full export of one organisation: a ZIP with a CSV of every table, the files and a manifest.

Everything is read in one REPEATABLE READ snapshot, on a connection of its own, so that the rows of
all tables belong to one moment while people go on working; `COPY … TO STDOUT` streams them under
row-level security, and memory stays flat. What is secret or encrypted is left out, and the manifest
says so.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg
from django.conf import settings
from django.core import signing
from django.db import connections, models, transaction
from django.utils import timezone
from psycopg import sql

from crm import jobs
from crm.audit import services as audit
from crm.organizations.models import Export, ExportState
from crm.people.models import Member
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from crm.tenancy.schema import tenant_models

__all__ = ["KEPT_FOR", "path_of", "remove_expired", "request_export", "write_export"]

KEPT_FOR = timedelta(days=7)
BLOCK = 256 * 1024
REPORT_ROWS = 20_000
FORMAT = "tongzhou-export-1"
# Never exported: what opens doors rather than says something
SECRET_WORDS = ("password", "secret", "token", "private_key")
PEOPLE = "SELECT u.id, u.email, u.name, u.language, u.time_zone, u.date_joined FROM people_user u"
OWN_PEOPLE = sql.SQL(PEOPLE + " JOIN people_member m ON m.user_id = u.id ORDER BY u.id")
Report = Callable[[int, int], None]


class AlreadyRunning(ValueError):
    """One export is being written; two at once would only take longer."""


@dataclass
class Piece:
    """One file of the archive as the manifest lists it."""

    file: str
    rows: int | None
    bytes: int
    sha256: str
    columns: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@transaction.atomic
def request_export(*, by: Member, reason: str) -> Export:
    """Have everything written into one archive; raises AlreadyRunning."""
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=by.organization_id)
    if Export.objects.filter(state=ExportState.WAITING).exists():
        raise AlreadyRunning
    export = Export.objects.create(reason=reason, requested_by=by)
    export.job = jobs.enqueue("organizations.export", export_id=export.pk)
    export.save(update_fields=["job"])
    organization = Organization.objects.get(pk=by.organization_id)
    audit.record("organization.export_requested", target=organization, reason=reason)
    return export


def write_export(organization_id: int, export_id: int) -> None:
    """Write the archive beside its final name and put it there whole; may be run again."""
    with tenant_context(organization_id):
        export = Export.objects.filter(pk=export_id, state=ExportState.WAITING).first()
    if export is None:
        return
    path = folder_of(organization_id) / f"{export_id}.zip"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    with draft.open("wb") as target, snapshot(organization_id) as reader:
        rows = Archive(organization_id, reader, jobs.report_progress).write(target)
    os.replace(draft, path)
    with tenant_context(organization_id, reason="full export"):
        now = timezone.now()
        Export.objects.filter(pk=export_id, state=ExportState.WAITING).update(
            state=ExportState.READY, path=str(path.relative_to(files_root())), row_count=rows,
            size=path.stat().st_size, sha256=digest_of(path),
            finished_at=now, expires_at=now + KEPT_FOR,
        )  # fmt: skip


def files_root() -> Path:
    return Path(settings.DATA_DIR) / "files"


def folder_of(organization_id: int) -> Path:
    """Below the organisation's own folder, which its deletion removes."""
    return files_root() / str(organization_id) / "exports"


def path_of(export: Export) -> Path:
    """Where the archive is; always below the organisation's exports."""
    path = (files_root() / export.path).resolve()
    if folder_of(export.organization_id).resolve() != path.parent:
        raise signing.BadSignature(export.path)
    return path


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def snapshot(organization_id: int) -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own, as the application's role, that sees one moment of one tenant."""
    parameters = connections["default"].get_connection_params()
    for own in ("pool", "cursor_factory", "context"):
        parameters.pop(own, None)
    with psycopg.connect(**parameters) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.read_only = True
        for name, value in {
            "app.organization": str(organization_id),
            "statement_timeout": "0",
            "idle_in_transaction_session_timeout": "0",
            "timezone": "UTC",
            "datestyle": "ISO, YMD",
        }.items():
            reader.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield reader


class Archive:
    """One archive being written."""

    def __init__(
        self, organization_id: int, reader: psycopg.Connection[Any], report: Report
    ) -> None:
        self.organization_id = organization_id
        self.reader = reader
        self.report = report
        self.pieces: list[Piece] = []
        self.missing: list[str] = []
        self.done = 0
        self.total = 0

    def write(self, target: IO[bytes]) -> int:
        """Write all of it; returns the number of rows."""
        found = sorted(tenant_models(), key=lambda model: model._meta.db_table)
        self.total = sum(self.count(model) for model in found)
        self.report(0, self.total)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            self.archive = archive
            self.add_query("organization", self.own_row())
            self.add_query("users", OWN_PEOPLE)
            for model in found:
                self.add_model(model)
            self.add_files()
            self.add_manifest()
        return self.done

    def count(self, model: type[models.Model]) -> int:
        table = sql.Identifier(model._meta.db_table)
        row = self.reader.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
        return int(row[0]) if row else 0

    def own_row(self) -> sql.Composed:
        return sql.SQL("SELECT * FROM tenancy_organization WHERE id = {}").format(
            sql.Literal(self.organization_id)
        )

    def add_model(self, model: type[models.Model]) -> None:
        """One table, in the order of its key, without what is secret."""
        columns = model._meta.local_concrete_fields
        names = [str(one.column) for one in columns if not is_secret(one)]
        hidden = [str(one.column) for one in columns if is_secret(one)]
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            sql.SQL(", ").join(sql.Identifier(name) for name in names),
            sql.Identifier(model._meta.db_table),
            sql.Identifier(str(model._meta.pk.column)),
        )
        self.add_query(model._meta.db_table, query, names=names, left_out=hidden)

    def add_query(
        self,
        name: str,
        query: sql.Composable,
        *,
        names: list[str] | None = None,
        left_out: list[str] | None = None,
    ) -> None:
        """Stream a query's rows as CSV into the archive."""
        piece = Piece(f"tables/{name}.csv", 0, 0, "", names or [], left_out or [])
        copy = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)").format(query)
        digest = hashlib.sha256()
        with (
            self.archive.open(piece.file, "w", force_zip64=True) as file,
            self.reader.cursor() as cursor,
        ):
            with cursor.copy(copy) as blocks:
                for block in blocks:
                    digest.update(block)
                    piece.bytes += len(block)
                    file.write(block)
            rows = cursor.rowcount
        piece.rows, piece.sha256 = rows, digest.hexdigest()
        self.pieces.append(piece)
        if names:
            self.done += rows
            self.report(self.done, self.total)

    def add_files(self) -> None:
        """The uploads themselves, by id and name; two rows may share one content."""
        with self.reader.cursor("files") as cursor:
            cursor.execute("SELECT id, name, path FROM files_storedfile ORDER BY id")
            for pk, name, path in cursor:
                self.add_file(f"files/{pk}-{safe_name(name)}", files_root() / path)

    def add_file(self, name: str, path: Path) -> None:
        if not path.is_file():
            self.missing.append(name)
            return
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as source, self.archive.open(name, "w", force_zip64=True) as file:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
                file.write(block)
        self.pieces.append(Piece(name, None, size, digest.hexdigest()))
        self.report(self.done, self.total)

    def add_manifest(self) -> None:
        """What is in the archive, streamed too: there may be many files."""
        with (
            self.archive.open("manifest.json", "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, encoding="utf-8") as file,
        ):
            file.write(json.dumps(self.head(), ensure_ascii=False, indent=1)[:-2])
            file.write(',\n "contents": [')
            for number, piece in enumerate(self.pieces):
                file.write(",\n  " if number else "\n  ")
                file.write(json.dumps(asdict(piece), ensure_ascii=False))
            file.write("\n ]\n}\n")

    def head(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "organization": self.organization_id,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "snapshot": "All rows are of one moment (REPEATABLE READ).",
            "csv": "UTF-8, RFC 4180, first line names; an empty unquoted field is NULL; UTC.",
            "secrets": "Columns that are secret or encrypted are left out: see left_out.",
            "rows": self.done,
            "missing_files": self.missing,
        }


def is_secret(column: "models.Field[Any, Any]") -> bool:
    """Whether a column opens doors or is stored encrypted: it stays here."""
    if any(word in str(column.column) for word in SECRET_WORDS):
        return True
    return any("Encrypted" in kind.__name__ for kind in type(column).__mro__)


def safe_name(name: str) -> str:
    """A file's name without anything that could leave the folder it is unpacked to."""
    kept = "".join(letter for letter in name if letter.isprintable() and letter not in '/\\:*?"<>|')
    return kept.strip(". ")[-120:] or "file"


def remove_expired() -> int:
    """Archives are kept for a week; so are leftovers of exports that never ended."""
    removed = 0
    for number in Organization.objects.values_list("pk", flat=True):
        with tenant_context(number, reason="exports expire"):
            for export in Export.objects.filter(
                state=ExportState.READY, expires_at__lte=timezone.now()
            ):
                path_of(export).unlink(missing_ok=True)
                export.state = ExportState.REMOVED
                export.save(update_fields=["state"])
                removed += 1
    return removed


def fail_export(export_id: int) -> None:
    """Said on the page when the job has given up."""
    Export.objects.filter(pk=export_id, state=ExportState.WAITING).update(state=ExportState.FAILED)
