"""`python -m crm.embedded COMMAND`: the same entry commands on one machine and in containers."""

import sys
from pathlib import Path

from crm.embedded import testing


def main(arguments: list[str]) -> int:
    """Run one command."""
    match arguments:
        case ["keep-test-services", home]:
            testing.keep(Path(home))
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
