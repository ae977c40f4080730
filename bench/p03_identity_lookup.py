"""P3: who is this? One typed name against all customers of one organisation.

The product's own `find_similar`, as the application's role under row-level security, in a base of
10,000 customers and in one of --rows. Held against one prepared select of seven keys on the same
connection, and against RapidFuzz over all names. Half of the names are other spellings of firms
in the base, half are firms that nobody has. Recall is asked for each way in which a second person
may enter a firm: the name written otherwise, shortened, mistyped; a telephone or a code alone.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from bench import harness
from bench.harness import Figure, Options
from bench.project import set_up

SMALL = 10_000
ASKED = 120  # names a round and base
SCANS = 5
OTHER_FIRM = "any other character in the brand"  # nobody can know who was meant
SAMPLE = 200  # firms asked for in each way
SEVEN = "SELECT record_kind, record_id FROM leads_identitykey WHERE key = ANY(%s::bigint[])"


@dataclass
class Base:
    """An organisation full of customers."""

    organization_id: int
    first: int
    names: list[str]
    firms: list[Any]
    codes: dict[int, str]
    lookups: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)


def populate(slug: str, rows: int) -> Base:
    """Customers with a name and a phone, and their true keys, by COPY."""
    from bench.identity_names import credit_code, firms  # noqa: PLC0415  (after set_up)
    from bench.population import Writer, found_company, superuser  # noqa: PLC0415
    from leads.models import Customer  # noqa: PLC0415

    company = found_company(slug, leads=10, only_leads=True)
    known = list(firms(rows, seed=rows))
    codes = {number: credit_code(number) for number in range(0, rows, max(1, rows // SAMPLE))}
    with superuser() as admin:
        writer = Writer(admin, company.organization)
        first = writer.fill(Customer, rows, number="'C'||i", name="'…'")
        admin.execute("CREATE TEMP TABLE fact (id bigint, name text, phone text, code text)")
        with admin.cursor().copy("COPY fact FROM STDIN") as target:
            for number, firm in enumerate(known):
                target.write_row((first + number, firm.name, firm.phone, codes.get(number, "")))
        admin.execute(
            "UPDATE leads_customer SET name = fact.name, phone = fact.phone,"
            " credit_code = fact.code FROM fact WHERE fact.id = leads_customer.id"
        )
        copy = "COPY leads_identitykey (organization_id, key, kind, record_kind, record_id)"
        with admin.cursor().copy(f"{copy} FROM STDIN") as target:
            for row in key_rows(known, codes, company.organization.pk, first):
                target.write_row(row)
        for table in ("leads_customer", "leads_identitykey"):
            admin.execute(f"VACUUM ANALYZE {table}")
            admin.execute(f"VACUUM {table}")  # the first one leaves pages that are not all visible
    return Base(company.organization.pk, first, [firm.name for firm in known], known, codes)


def key_rows(
    known: list[Any], codes: dict[int, str], organization_id: int, first: int
) -> Iterator[tuple[Any, ...]]:
    from leads.identity import Identity, match_keys  # noqa: PLC0415

    for number, firm in enumerate(known):
        identity = Identity(
            company=firm.name, phones=(firm.phone,), credit_code=codes.get(number, "")
        )
        for key in match_keys(identity):
            yield organization_id, key.hash64, key.kind, "customer", first + number


def ask(base: Base, names: list[str]) -> None:
    """Time each look-up next to its floor, one after the other."""
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.identity import Identity, match_keys  # noqa: PLC0415
    from leads.selectors.identity import find_similar  # noqa: PLC0415
    from leads.selectors.prepared import fetch_prepared  # noqa: PLC0415

    with tenant_context(base.organization_id):
        for name in names:
            keys = [key.hash64 for key in match_keys(Identity(company=name + "部"))]
            seven = [(keys * 7)[:7]]
            base.floors.append(harness.timed(lambda seven=seven: fetch_prepared(SEVEN, seven)))
            asked = Identity(company=name)
            base.lookups.append(harness.timed(lambda asked=asked: find_similar(asked)))


def mixed_names(base: Base, chance: random.Random) -> list[str]:
    """Half other spellings of known firms, half unknown ones."""
    from bench.identity_names import firms, variants  # noqa: PLC0415

    ways = list(variants(chance).values())
    seen = [chance.choice(ways)(chance.choice(base.firms)) for _ in range(ASKED // 2)]
    fresh = firms(ASKED // 2, seed=chance.randrange(10**9), unseen=True)
    return [name for pair in zip(seen, (firm.name for firm in fresh), strict=True) for name in pair]


def entries(base: Base) -> Iterator[tuple[str, int, Any]]:
    """Way, number of the firm, and what a second person enters about it."""
    from bench.identity_names import firms, slips, variants, wrong_character  # noqa: PLC0415
    from leads.identity import Identity  # noqa: PLC0415

    chance = random.Random(11)
    sample = [chance.randrange(len(base.firms)) for _ in range(20 * SAMPLE)]
    for way, write in (variants(chance) | slips(chance)).items():
        typed = ((number, write(base.firms[number])) for number in sample)
        for number, name in islice(((n, name) for n, name in typed if name), SAMPLE):
            yield way, number, Identity(company=name)
    others = [firm.name for firm in firms(SAMPLE, seed=98, unseen=True)]
    for number, other in zip(sample, others, strict=False):
        phone = base.firms[number].phone
        yield "telephone only", number, Identity(phones=(phone,))
        yield "telephone, another name", number, Identity(company=other, phones=(phone,))
        yield OTHER_FIRM, number, Identity(company=wrong_character(base.firms[number], chance))
    for number, code in list(base.codes.items())[:SAMPLE]:
        yield "credit code only", number, Identity(credit_code=code)


def quality(base: Base) -> tuple[dict[str, float], float]:
    """Recall in the first ten by way of entering, and alarms about firms nobody has."""
    from bench.identity_names import firms  # noqa: PLC0415
    from crm.tenancy.context import tenant_context  # noqa: PLC0415
    from leads.identity import Identity  # noqa: PLC0415
    from leads.selectors.identity import find_similar  # noqa: PLC0415

    found: dict[str, list[bool]] = defaultdict(list)
    unseen = [firm.name for firm in firms(1_000, seed=99, unseen=True)]
    with tenant_context(base.organization_id):
        for way, number, identity in entries(base):
            matches = find_similar(identity, limit=10)
            found[way].append(base.first + number in {match.record_id for match in matches})
        alarms = sum(bool(find_similar(Identity(company=name))) for name in unseen)
    return {way: sum(hits) / len(hits) for way, hits in found.items()}, alarms / len(unseen)


def scan(base: Base, names: list[str]) -> list[float]:
    """RapidFuzz over every name of the base."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    return [
        harness.timed(lambda name=name: process.extract(name, base.names, scorer=fuzz.ratio))
        for name in names
    ]


def measure(options: Options) -> list[Figure]:
    """Both bases asked in turn; recall and false alarms in the large one."""
    set_up("p03")
    small, large = populate("small", min(SMALL, options.rows)), populate("large", options.rows)
    chance = random.Random(5)
    for number in range(1 + options.rounds):
        for base in (small, large):
            ask(base, mixed_names(base, chance))
            if not number:  # the first round fills caches and plans
                base.lookups.clear()
                base.floors.clear()
    recall, alarms = quality(large)
    scans = scan(large, mixed_names(large, chance)[:SCANS])
    return figures(small, large, recall, alarms, scans)


def figures(
    small: Base, large: Base, recall: dict[str, float], alarms: float, scans: list[float]
) -> list[Figure]:
    """Everything as ratios of one run."""
    middle = harness.medians(
        {"small": small.lookups, "large": large.lookups, "floor": large.floors, "scan": scans}
    )
    late = harness.percentile(large.lookups, 0.95)
    floor_late = harness.percentile(large.floors, 0.95)
    milliseconds = {name: seconds * 1000 for name, seconds in middle.items()}
    planted = {way: share for way, share in recall.items() if way != OTHER_FIRM}
    mean = sum(planted.values()) / len(planted)
    load = {"load": os.getloadavg()[0]}
    return [
        Figure("look-up : one select of seven keys", middle["large"] / middle["floor"], "×", 6,
               "low", {**milliseconds, **load}),
        Figure("full RapidFuzz scan : look-up", middle["scan"] / middle["large"], "×", 250),
        Figure("p95 : median", late / middle["large"], "×", 3, "low",
               {"the floor's own": floor_late / middle["floor"]}),
        Figure("all customers : 10,000", middle["large"] / middle["small"], "×", 1.5, "low"),
        Figure("planted variants in the first ten", mean, "", 0.98, detail=planted),
        Figure("any other character: asked all the same", recall[OTHER_FIRM]),
        Figure("false alarms on unseen names", alarms, "", 0.05, "low"),
    ]  # fmt: skip


if __name__ == "__main__":
    harness.main("P3", "Who is this, while typing", measure, rows=1_000_000)
