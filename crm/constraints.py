from django.db import IntegrityError


def violated(error: IntegrityError) -> str:
    """The name of the constraint that the database held against a write, "" when it says none."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
