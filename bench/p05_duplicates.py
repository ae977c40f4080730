"""P5: every duplicate in one file, parsing included, beside Splink.

Fifteen in a hundred records are other spellings of a firm in the file, a fifth of these with its
phone. Our engine gets the names as typed. Splink gets them taken apart by our parser, and what
that took is added to its time. It lives in an environment of its own: `pip install --require-hashes
-r requirements-bench.txt`, then SPLINK_PYTHON=…/bin/python; without it only the simple peer runs.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

from bench import harness
from bench.harness import Figure, Options
from bench.identity_names import firms, variants

ROOT = Path(__file__).resolve().parents[1]
REPEATED = 0.15
WITH_PHONE = 0.2
GOAL = 0.6
SPLINK_CUT = 0.9  # a probability from which Splink's pairs are taken
CUTS = (0.5, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, 0.999)
Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class Run:
    """What one way of finding duplicates cost, and how right it was."""

    seconds: float
    megabytes: float
    precision: float
    recall: float
    best: float  # F1 at the best cut: how well the scores rank

    @property
    def f1(self) -> float:
        return f1(self.precision, self.recall)


def f1(precision: float, recall: float) -> float:
    both = precision + recall
    return 2 * precision * recall / both if both else 0.0


def write_records(path: Path, count: int) -> tuple[Pairs, float]:
    """The file, the true pairs of record numbers, and the seconds that parsing the names took."""
    from leads.identity import parse_company_name  # noqa: PLC0415

    chance = random.Random(4)
    base = list(firms(round(count * (1 - REPEATED)), seed=3))
    records = [(number, firm.name, firm.phone) for number, firm in enumerate(base)]
    ways = list(variants(chance).values())
    while len(records) < count:
        number = chance.randrange(len(base))
        phone = base[number].phone if chance.random() < WITH_PHONE else ""
        records.append((number, chance.choice(ways)(base[number]), phone))
    chance.shuffle(records)
    started = time.perf_counter()
    parsed = [parse_company_name(name) for _firm, name, _phone in records]
    parsing = time.perf_counter() - started
    members = defaultdict(list)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "typed", "name", "brand", "place", "trade", "phone"])
        for pk, ((firm, typed, phone), name) in enumerate(zip(records, parsed, strict=True)):
            members[firm].append(pk)
            fields = (name.text, name.brand, name.province, name.industry)
            writer.writerow([pk, typed, *fields, phone])
    true = {pair for group in members.values() for pair in combinations(group, 2)}
    return true, parsing


def run(command: list[str], source: Path, true: Pairs, cut: float = 0.0) -> Run:
    """One way in a process of its own."""
    target = source.with_name("pairs.csv")
    done = subprocess.run(
        [*command, str(source), str(target)],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    told = json.loads(done.stdout.strip().splitlines()[-1])
    with target.open() as file:
        found = {
            (min(int(a), int(b)), max(int(a), int(b))): float(score)
            for a, b, score in csv.reader(file)
        }
    rights = [right_at(found, true, level) for level in (cut, *CUTS)]
    return Run(told["seconds"], told["megabytes"], *rights[0], max(f1(*one) for one in rights))


def right_at(found: dict[tuple[int, int], float], true: Pairs, cut: float) -> tuple[float, float]:
    """Precision and recall of the pairs from this score on."""
    taken = {pair for pair, score in found.items() if score >= cut}
    right = len(taken & true)
    return right / max(1, len(taken)), right / max(1, len(true))


def splink_python() -> str | None:
    """The interpreter that has Splink, if there is one."""
    return os.environ.get("SPLINK_PYTHON") or (sys.executable if find_spec("splink") else None)


def commands() -> dict[str, list[str]]:
    own = [sys.executable, "-m", "bench.duplicates_run"]
    found = {"ours": [*own, "ours"], "simple": [*own, "simple"]}
    if peer := splink_python():
        found["splink"] = [peer, "-m", "bench.splink_peer"]
    return found


def measure(options: Options) -> list[Figure]:
    """All ways in turn, as often as asked; medians of time."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "records.csv"
        true, parsing = write_records(source, options.rows)
        runs: dict[str, list[Run]] = defaultdict(list)
        for _round in range(options.rounds):
            for name, command in commands().items():
                cut = SPLINK_CUT if name == "splink" else 0.0
                runs[name].append(run(command, source, true, cut))
    return figures({name: middle(found) for name, found in runs.items()}, parsing)


def middle(found: list[Run]) -> Run:
    return sorted(found, key=lambda one: one.seconds)[len(found) // 2]


def figures(runs: dict[str, Run], parsing: float) -> list[Figure]:
    """Time and memory as ratios, F1 as it is."""
    from leads.identity.duplicates import MOST  # noqa: PLC0415
    from leads.identity.helpers import own_cores  # noqa: PLC0415

    mine, plain = runs["ours"], runs["simple"]
    load = os.getloadavg()[0]
    found = [
        Figure("ours : simple blocking and RapidFuzz", mine.seconds / plain.seconds, "×",
               detail={"s": mine.seconds, "simple s": plain.seconds, "load": load}),
        Figure("F1", mine.f1, "", plain.f1,
               detail={"precision": mine.precision, "recall": mine.recall, "simple": plain.f1}),
        Figure("memory", mine.megabytes, "MB", detail={"simple": plain.megabytes}),
    ]  # fmt: skip
    peer = runs.get("splink")
    if peer is None:
        print("Splink is not installed (requirements-bench.txt): not compared.", file=sys.stderr)
        return found
    whole = peer.seconds + parsing
    shared = peer.seconds + parsing / min(own_cores(), MOST)
    detail = {"ours s": mine.seconds, "splink s": peer.seconds, "parsing for it s": parsing}
    return [
        *found,
        Figure("ours : Splink and parsing", mine.seconds / whole, "×", GOAL, "low", detail),
        Figure("ours : Splink and parsing by as many processes", mine.seconds / shared, "×"),
        Figure("ours : Splink alone", mine.seconds / peer.seconds, "×"),
        Figure("memory : Splink's", mine.megabytes / peer.megabytes, "×", 1.0, "low"),
        Figure("F1 above Splink's", mine.f1 - peer.f1, "", 0.0, detail={"Splink's": peer.f1}),
        Figure(
            "F1 above Splink's, each at its best cut",
            mine.best - peer.best,
            "",
            0.0,
            detail={"ours": mine.best, "Splink's": peer.best},
        ),
    ]


if __name__ == "__main__":
    harness.main("P5", "All duplicates of a file", measure, rows=100_000, rounds=1)
