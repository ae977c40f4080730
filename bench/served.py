"""What granian loads for P4: our application, and the limit in the same place."""

import os
from typing import Any

from a2wsgi import WSGIMiddleware


def ours() -> Any:
    """The application of `make run`."""
    from crm.asgi import application  # noqa: PLC0415  (loads Django)

    return application


def limit() -> Any:
    """The page by hand, reached through the same dispatcher."""
    from crm.asgi import dispatcher  # noqa: PLC0415, I001  (loads Django, so it comes first)
    from bench.limit_page import SignedInPage  # noqa: PLC0415

    with open(os.environ["BENCH_PAGE"], encoding="utf-8") as file:
        page = SignedInPage(os.environ["DATABASE_URL"], file.read())
    return dispatcher(streams=ours(), pages=WSGIMiddleware(page, workers=8))
