"""Settings of a worker that a test starts and kills: the test's own database."""

import os

from crm.settings.test import *  # noqa: F403
from crm.settings.test import DATABASES

for _database in DATABASES.values():
    _database["NAME"] = os.environ["TEST_DATABASE"]
