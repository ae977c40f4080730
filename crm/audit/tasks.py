from crm import jobs
from crm.audit import services, verification


@jobs.task("audit.verify")
def verify() -> None:
    """Check the whole chain and write the result into the log itself."""
    report = verification.verify()
    services.record(
        "log.verified",
        checked=report.checked,
        faults=report.faults,
        head=report.head[:16],
        unsealed=report.unsealed,
        findings=[
            {"fault": one.fault.value, "sequence": one.sequence, "entry": one.entry_id}
            for one in report.findings[:20]
        ],
    )
