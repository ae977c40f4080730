from crm.celery import app


@app.task(name="crm.audit.seal", expires=10)  # type: ignore[untyped-decorator]
def seal() -> None:
    """Append what was logged since to the chains."""
    from crm.audit import sealing  # noqa: PLC0415  (after django.setup)

    sealing.seal_all()
