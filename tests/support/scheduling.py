"""Which process takes which test: each folder of whole installations stays in one process.

`--dist loadgroup` would do it by marks, but pytest 9.2 keeps a test's id where xdist 3.8 cannot add
the group to it. Scopes of many tests are given out first; any other test is a scope of its own. The
tests of nonsense take a minute each: together they come early, so that none is left for the end.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/e2e/", "tests/crash/", "tests/attack/test_garbage.py")


class InstallationsTogether(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InstallationsTogether | None:
    """Ours where `-n` is all that was said."""
    return InstallationsTogether(config, log) if config.option.dist == "load" else None
