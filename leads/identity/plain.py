"""Plain values as bytes, for another process of this program."""

import marshal
from typing import Any

_PLAIN = 2  # no references between equal values: quicker, and each record stands alone


def dumps(value: Any) -> bytes:
    """Plain values as bytes; nobody but this program reads them."""
    return marshal.dumps(value, _PLAIN)


def loads(packed: bytes | memoryview) -> Any:
    """What was packed by this program."""
    return marshal.loads(packed)  # noqa: S302 - our own bytes, through our own pipe
