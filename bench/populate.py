"""A populated database, made by a process of its own.

`python -m bench.populate p04 mid=100000+ big=1000000`: leads; with a + all other tables too.
"""

import sys

from bench.project import set_up

set_up(sys.argv[1])

from bench.population import found_company  # noqa: E402  (models need settings)

for wanted in sys.argv[2:]:
    slug, _sign, size = wanted.partition("=")
    found_company(slug, leads=int(size.rstrip("+")), only_leads=not size.endswith("+"))
