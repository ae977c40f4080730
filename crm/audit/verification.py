"""Is the chain whole? Every line against its seal, every seal against the one before."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection

from crm.audit import anchors
from crm.audit.chain import COLUMNS, START, Line, chain_key, digest_of
from crm.audit.enums import Fault
from crm.tenancy.context import current_organization_id

BATCH = 5_000
SHOWN = 100
SEALED = f"""
    SELECT seal.sequence, seal.entry_id, seal.digest, seal.sealed_at, {{columns}}
      FROM audit_seal seal
      LEFT JOIN audit_operationlog log
        ON log.organization_id = seal.organization_id AND log.id = seal.entry_id
     WHERE seal.sequence > %s ORDER BY seal.sequence LIMIT {BATCH}
""".format(columns=", ".join(f"log.{name}" for name in COLUMNS.split(", ")))  # noqa: S608
# Lines that the sealer has passed: they were slipped in behind its back.
STRAYS = f"""
    SELECT log.id, log.at FROM audit_operationlog log
     WHERE NOT EXISTS (SELECT 1 FROM audit_seal seal
                        WHERE seal.organization_id = log.organization_id
                          AND seal.entry_id = log.id)
       AND (log.transaction, log.id) < (%s, %s) ORDER BY log.id LIMIT {SHOWN}
"""  # noqa: S608  only constants
# A transaction that began this long before its line was sealed has not waited: the time is wrong.
LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written."""

    fault: Fault
    sequence: int | None = None
    entry_id: int | None = None
    at: datetime | None = None


@dataclass
class Report:
    """What a verification found."""

    checked: int = 0
    unsealed: int = 0
    anchors: int = 0
    head: str = ""
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.faults

    def add(self, finding: Finding) -> None:
        """Count every fault, keep the first ones."""
        self.faults += 1
        if len(self.findings) < SHOWN:
            self.findings.append(finding)


@dataclass(frozen=True)
class Sealed:
    """A seal and the line it belongs to, if that is still there."""

    sequence: int
    entry_id: int
    digest: bytes
    sealed_at: datetime
    line: Line | None


def verify() -> Report:
    """Walk the current organisation's chain from its first line to its last."""
    report = Report()
    organization_id, key = current_organization_id(), chain_key()
    known = anchors.read(organization_id)
    before, expected, last, pass_before = START, 1, None, None
    for one in _sealed():
        if one.sequence != expected:
            report.add(Finding(Fault.GAP, sequence=expected))
        _check(report, one, before, organization_id=organization_id, key=key)
        if last is not None and one.sealed_at != last.sealed_at:
            pass_before = last.sealed_at
        if one.line and pass_before and one.line.at < pass_before - LONGEST_TRANSACTION:
            report.add(Finding(Fault.BACKDATED, one.sequence, one.entry_id, one.line.at))
        _check_anchor(report, known, one)
        before, expected, last = one.digest, one.sequence + 1, one
        report.checked += 1
    report.head = last.digest.hex() if last else ""
    report.anchors = len(known)
    for sequence in sorted(known):
        if sequence >= expected:
            report.add(Finding(Fault.TAIL, sequence=sequence))
    _check_rest(report, last)
    return report


def _check(report: Report, one: Sealed, before: bytes, *, organization_id: int, key: bytes) -> None:
    if one.line is None:
        report.add(Finding(Fault.REMOVED, one.sequence, one.entry_id, one.sealed_at))
        return
    wanted = digest_of(
        one.line,
        organization_id=organization_id,
        sequence=one.sequence,
        sealed_at=one.sealed_at,
        before=before,
        key=key,
    )
    if wanted != one.digest:
        report.add(Finding(Fault.ALTERED, one.sequence, one.entry_id, one.line.at))


def _check_anchor(report: Report, known: dict[int, set[str]], one: Sealed) -> None:
    digests = known.get(one.sequence)
    if digests and digests != {one.digest.hex()}:
        report.add(Finding(Fault.ANCHOR, one.sequence, one.entry_id, one.sealed_at))


def _check_rest(report: Report, last: Sealed | None) -> None:
    """Lines without a seal: the latest wait for theirs, an older one is a stray."""
    with connection.cursor() as cursor:
        if last is not None and last.line is not None:
            cursor.execute(STRAYS, [last.line.transaction, last.line.id])
            for entry_id, at in cursor.fetchall():
                report.add(Finding(Fault.STRAY, entry_id=entry_id, at=at))
        cursor.execute(
            "SELECT (SELECT count(*) FROM audit_operationlog) - (SELECT count(*) FROM audit_seal)"
        )
        report.unsealed = max(0, cursor.fetchone()[0])


def _sealed() -> Iterator[Sealed]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(SEALED, [last])
            rows = cursor.fetchall()
        for sequence, entry_id, digest, sealed_at, *columns in rows:
            line = Line(*columns) if columns[0] is not None else None
            yield Sealed(sequence, entry_id, bytes(digest), sealed_at, line)
        if len(rows) < BATCH:
            return
        last = rows[-1][0]
