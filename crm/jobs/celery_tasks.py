from crm.celery import app


@app.task(name="crm.jobs.run")  # type: ignore[untyped-decorator]
def run_job(organization_id: int, job_id: int) -> None:
    """Run one job; everything else about it is in its row."""
    from crm.jobs import services  # noqa: PLC0415  (after django.setup)

    services.run(organization_id, job_id)


@app.task(name="crm.jobs.chores", expires=25)  # type: ignore[untyped-decorator]
def run_chores() -> None:
    """Do what is due by the clock, outside all tenants."""
    from crm.jobs import chores  # noqa: PLC0415  (after django.setup)

    chores.run_due()


@app.task(name="crm.jobs.sweep", expires=10)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Send again what was lost."""
    from crm.jobs import services  # noqa: PLC0415  (after django.setup)

    services.sweep()
