"""Heads of chains outside the database: in a file of lines that only grows, and in the log.

Whoever can write to the database may cut off the end of a chain and nothing in the database would
show it. An anchor does: it names a place and its digest. Ship the file elsewhere (see
docs/operating.md) and not even the whole machine can rewrite the past unnoticed.
"""

import json
import logging
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from crm.audit.chain import Head
from crm.tenancy.context import current_organization_id

PAUSE = 60
logger = logging.getLogger("tongzhou.audit")


def anchor_file() -> Path:
    """Where the anchors are kept."""
    return Path(settings.AUDIT_ANCHORS_FILE)


def note(head: Head) -> None:
    """Note a head that is not noted yet, at most once a minute and organisation."""
    organization_id = current_organization_id()
    noted, pause = f"anchored:{organization_id}", f"anchor-pause:{organization_id}"
    if head.sequence and cache.get(noted) != head.sequence and cache.add(pause, 1, PAUSE):
        write(
            organization_id=organization_id,
            sequence=head.sequence,
            digest=head.digest,
            at=timezone.now(),
        )
        cache.set(noted, head.sequence, None)


def write(*, organization_id: int, sequence: int, digest: bytes, at: datetime) -> None:
    """Note the head of a chain; a single short write never mixes with another process's."""
    entry = {
        "organization": organization_id,
        "sequence": sequence,
        "digest": digest.hex(),
        "at": at.isoformat(),
    }
    line = json.dumps(entry)
    logger.info("head of the operation log %s", line)
    path = anchor_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{line}\n")
    except OSError:
        logger.exception("The head of the operation log could not be noted in %s", path)


def read(organization_id: int) -> dict[int, set[str]]:
    """What was noted of an organisation's chain: place → digests (more than one is a lie)."""
    found: dict[int, set[str]] = {}
    try:
        text = anchor_file().read_text()
    except OSError:
        return found
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            if entry["organization"] == organization_id:
                found.setdefault(int(entry["sequence"]), set()).add(str(entry["digest"]))
        except (ValueError, KeyError, TypeError):
            logger.warning("A line of %s cannot be read", anchor_file())
    return found
