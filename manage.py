#!/usr/bin/env python
"""Django's commands, against the running installation unless DATABASE_URL says otherwise."""

import sys

from django.core.management import execute_from_command_line

from crm.embedded.environment import adopt_running

if __name__ == "__main__":
    adopt_running()
    execute_from_command_line(sys.argv)
