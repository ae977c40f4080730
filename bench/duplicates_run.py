"""Our side of P5 and the simple peer, each in a process of its own.

`python -m bench.duplicates_run ours|simple RECORDS.csv PAIRS.csv`: reads id, name, phone as typed
and parses them; writes pairs with their score; prints seconds and megabytes as JSON, those of all
processes together, each at its largest.
"""

import csv
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from operator import itemgetter
from pathlib import Path

from bench.memory import Helpers, peak_of
from leads.identity import Identity, find_duplicates, parse_company_name

Record = tuple[int, str, str]
Scored = tuple[int, int, float]
CROWDED = 60
ALIKE = 90


def ours(records: Iterable[Record]) -> Iterator[Scored]:
    """The product's engine."""
    made = (Identity(pk, company=name, phones=(phone,) if phone else ())
            for pk, name, phone in records)  # fmt: skip
    for pair in find_duplicates(made):
        yield int(str(pair.left.id)), int(str(pair.right.id)), pair.match.score


def simple(records: Iterable[Record]) -> Iterator[Scored]:
    """What one would write first: blocks by brand and place, by phone; RapidFuzz on the name."""
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415

    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    texts, kept = [], list(records)
    for position, (_pk, name, phone) in enumerate(kept):
        parsed = parse_company_name(name)
        texts.append(parsed.text)
        blocks["brand", parsed.brand, parsed.province].append(position)
        if phone:
            blocks["phone", phone].append(position)
    seen = set()
    for block in blocks.values():
        if len(block) <= CROWDED:
            seen.update(combinations(block, 2))
    for left, right in seen:
        a, b = kept[left], kept[right]
        score = 100.0 if a[2] and a[2] == b[2] else ratio(texts[left], texts[right])
        if score >= ALIKE:
            yield a[0], b[0], score / 100


WAYS: dict[str, Callable[[Iterable[Record]], Iterator[Scored]]] = {
    "ours": ours, "simple": simple,
}  # fmt: skip


def main(way: str, source: Path, target: Path) -> None:
    parse_company_name("上海华信科技有限公司")  # word lists are read once per process
    helpers = Helpers()
    started = time.perf_counter()
    with source.open() as file:
        rows = csv.reader(file)
        header = next(rows)
        columns = [header.index(name) for name in ("id", "typed", "phone")]
        records = ((int(pk), typed, phone) for pk, typed, phone in map(itemgetter(*columns), rows))
        pairs = list(WAYS[way](records))
    seconds = time.perf_counter() - started
    with target.open("w", newline="") as file:
        csv.writer(file).writerows(pairs)
    own = peak_of()
    print(f"this process {own:.0f} MB, its helpers {helpers.megabytes():.0f} MB", file=sys.stderr)
    peak = own + helpers.megabytes()
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
