"""Keep and serve files. The caller has checked the permission; here size and type are checked."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import FileResponse
from django.utils.translation import gettext as _

from crm.audit import services as audit
from crm.files.models import StoredFile
from crm.tenancy.context import current_member_id, current_organization_id, tenant_context

# What may be stored for each ending, by the first bytes it must begin with (empty: any text).
KNOWN_TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "csv": ("text/csv", ()),
    "tsv": ("text/tab-separated-values", ()),
    "txt": ("text/plain", ()),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        (b"PK\x03\x04",),
    ),
    "xls": ("application/vnd.ms-excel", (b"\xd0\xcf\x11\xe0", b"\t\x08")),
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
}
TABLES = frozenset({"csv", "tsv", "txt", "xlsx", "xls"})


class FileRefused(ValueError):
    """The upload is too large, empty or not of an accepted type; the message is for people."""


def clean_name(name: str) -> str:
    """The last path component without control characters, at most 200 characters."""
    base = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, ending = base.rpartition(".")
    return f"{stem[:180]}{dot}{ending[:10]}" if dot else (base[:190] or "file")


def ending_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def store_upload(
    upload: "UploadedFile[bytes]", *, purpose: str, accept: frozenset[str]
) -> StoredFile:
    """Check and keep an uploaded file; raises FileRefused with the reason."""
    name = clean_name(upload.name or "")
    ending = ending_of(name)
    if ending not in accept or ending not in KNOWN_TYPES:
        wanted = ", ".join(sorted(accept))
        raise FileRefused(
            _("This type of file is not accepted. Accepted: %(types)s") % {"types": wanted}
        )
    if not upload.size:
        raise FileRefused(_("The file is empty."))
    if upload.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": limit})
    content_type, beginnings = KNOWN_TYPES[ending]
    head = upload.read(8)
    upload.seek(0)
    if beginnings and not head.startswith(beginnings):
        raise FileRefused(_("The file's content does not match its name."))
    return _store(upload.chunks(), name=name, content_type=content_type, purpose=purpose)


def store_bytes(data: bytes, *, name: str, purpose: str) -> StoredFile:
    """Keep a file that the product made itself."""
    content_type = KNOWN_TYPES.get(ending_of(name), ("application/octet-stream", ()))[0]
    return _store([data], name=clean_name(name), content_type=content_type, purpose=purpose)


def _store(chunks: Iterable[bytes], *, name: str, content_type: str, purpose: str) -> StoredFile:
    folder = Path(settings.DATA_DIR) / "files" / str(current_organization_id())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as target:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    _hold(digest.hexdigest())
    final = folder / digest.hexdigest()[:2] / digest.hexdigest()
    final.parent.mkdir(exist_ok=True, mode=0o700)
    os.replace(target.name, final)
    return StoredFile.objects.create(
        name=name,
        path=str(final.relative_to(Path(settings.DATA_DIR) / "files")),
        sha256=digest.hexdigest(),
        size=size,
        content_type=content_type,
        purpose=purpose,
        uploaded_by_id=current_member_id(),
    )


def forget(stored: StoredFile) -> None:
    """Delete a stored file; its bytes go once that is committed, unless others are the same."""
    organization_id, path, digest = current_organization_id(), path_of(stored), stored.sha256
    stored.delete()

    def remove() -> None:
        with tenant_context(organization_id):
            _hold(digest)
            if not StoredFile.objects.filter(sha256=digest).exists():
                path.unlink(missing_ok=True)

    transaction.on_commit(remove)


def _hold(digest: str) -> None:
    """Storing and removing the same bytes take turns until their transactions end."""
    with connection.cursor() as cursor:
        key = f"file:{current_organization_id()}:{digest}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def path_of(stored: StoredFile) -> Path:
    """Where the file's bytes are; always below the files folder."""
    root = (Path(settings.DATA_DIR) / "files").resolve()
    path = (root / stored.path).resolve()
    if root not in path.parents:
        raise FileRefused(stored.path)
    return path


def serve(stored: StoredFile) -> FileResponse:
    """An attachment download, noted in the log; the caller has checked who asks."""
    audit.record("file.downloaded", target=stored, file=stored.name)
    response = FileResponse(
        path_of(stored).open("rb"), as_attachment=True, content_type=stored.content_type
    )
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(stored.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
