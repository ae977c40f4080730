"""What goes into log files: what happened and where, never the contents of records.

A database names in DETAIL the row that breaks a rule, with all its columns; whoever reads log files
may not be allowed to read them.
"""

import logging
import re
from types import TracebackType

CONTENTS = re.compile(
    r"^(?:DETAIL|CONTEXT):.*?(?=^(?:Traceback |The above exception|During handling|HINT:)|\Z)",
    re.MULTILINE | re.DOTALL,
)
Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class Formatter(logging.Formatter):
    """Lines without the contents of rows, also within an exception."""

    def formatException(  # noqa: N802 - logging's own name
        self, ei: Raised | tuple[None, None, None]
    ) -> str:
        return CONTENTS.sub("", super().formatException(ei)).rstrip()

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        return CONTENTS.sub("", super().formatMessage(record)).rstrip()
