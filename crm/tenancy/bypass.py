"""The one look across tenants: a person's own memberships.

A separate policy on people_member lets a row through when its user is the one named in
`app.user`. Nothing else crosses. Import contracts allow the kernel alone to use this module.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def as_user(user_id: int) -> Iterator[None]:
    """Let queries of the block see the membership rows of this user in every organisation."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.user', %s, true)", [str(user_id)])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.user', '', true)")
