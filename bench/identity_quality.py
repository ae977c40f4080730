"""How good is `leads.identity`? `python -m bench.identity_quality [--json] [--only pairs …]`.

Real names come from ../shared/data, which is no part of this project; each set is split by a hash
of its rows into a half that was looked at (tune) and a half that never was (held out).
`bench.identity_confusions` makes the third kind. docs/identity.md keeps the tables.
"""

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from bench.identity_confusions import confusions
from bench.identity_judged import brought_together, by_hand
from bench.identity_people import people_confusions
from leads.identity import (
    Identity,
    compare_company_names,
    find_duplicates,
    normalise_name,
    parse_company_name,
)
from leads.identity.profiles import Profile, profile_of
from leads.identity.records import compare_profiles
from leads.identity.types import IdentityMatch, NameMatch

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
HALVES = ("tune", "held out")
RANKED = 400  # short names looked up among all listed firms, per half
RELATED = ("branch and parent", "group and its firm")  # two firms, and yet a question
Table = dict[str, dict[str, float]]


class Judged(NamedTuple):
    """A comparison and what is true."""

    match: NameMatch | IdentityMatch
    is_one: bool


@dataclass(frozen=True)
class Pair:
    """Two names of a data set."""

    left: str
    right: str
    is_one: bool = True


def half_of(text: str) -> str:
    """Which half a row belongs to, for ever."""
    return HALVES[blake2b(text.encode(), digest_size=1).digest()[0] % 2]


def rows(path: str) -> list[dict[str, str]]:
    """A data file as rows by column, spaces around names and values taken off."""
    with (DATA / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def in_halves(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    """The pairs of each half."""
    found: dict[str, list[Pair]] = {half: [] for half in HALVES}
    for pair in pairs:
        found[half_of(pair.left)].append(pair)
    return found


def area_under_curve(judged: Sequence[Judged]) -> float:
    """How often one firm scores above two; ties count half."""
    ones = sorted(j.match.score for j in judged if j.is_one)
    others = sorted(j.match.score for j in judged if not j.is_one)
    if not ones or not others:
        return float("nan")
    wins = sum((one > other) + (one == other) / 2 for one in ones for other in others)
    return wins / (len(ones) * len(others))


def rates(judged: Sequence[Judged], missed: int = 0) -> dict[str, float]:
    """Precision, recall and F1 of "same", and of "same or probable"."""
    figures: dict[str, float] = {"pairs": len(judged)}
    total = sum(j.is_one for j in judged) + missed
    for name, verdicts in (("same", {"same"}), ("found", {"same", "probable"})):
        said = [j.is_one for j in judged if j.match.verdict in verdicts]
        precision, recall = sum(said) / max(len(said), 1), sum(said) / max(total, 1)
        figures[f"{name} precision"] = precision
        figures[f"{name} recall"] = recall
        figures[f"{name} F1"] = 2 * precision * recall / max(precision + recall, 1e-9)
    figures["AUC"] = area_under_curve(judged)
    return figures


def judged(pairs: Iterable[Pair]) -> list[Judged]:
    """What the engine says about pairs of names."""
    return [Judged(compare_company_names(p.left, p.right), p.is_one) for p in pairs]


def judged_pairs() -> Table:
    """Chinese firms that people judged, and English suppliers."""
    table = {}
    chinese = [
        Pair(r["name1"], r["name2"], r["same"] == "1") for r in rows("names/pairs_dev30.csv")
    ]
    english = [
        Pair(r["Name_x"], r["Name_y"], r["Targets"] == "1")
        for r in rows("names/easonanalytica_test_pairs.csv")
    ]
    for name, pairs in (("judged pairs", chinese), ("English suppliers", english)):
        for half, found in in_halves(pairs).items():
            table[f"{name}, {half}"] = rates(judged(found))
    return table


def aliases() -> Table:
    """English names and their Chinese ones; each is also held against the next one's Chinese."""
    found = in_halves(Pair(r["company"], r["alias"]) for r in rows("names/en_zh_dev30.csv"))
    table = {}
    for half, pairs in found.items():
        names = {pair.left for pair in pairs}
        wrong = [
            Pair(pair.left, other.right, is_one=False)
            for pair, other in zip(pairs, pairs[7:] + pairs[:7], strict=True)
            if pair.left != other.left
        ]
        table[f"English ↔ Chinese, {half}"] = rates(judged([*pairs, *wrong])) | {
            "firms": len(names)
        }
    return table


def short_names() -> Table:
    """简称 looked up among the 全称 of all listed firms of the file."""
    listed = rows("names/a_share_dev30.csv")
    fulls = {row["full"]: normalise_name(row["full"]) for row in listed}
    holders: dict[str, set[str]] = {}
    for full, plain in fulls.items():
        for character in plain:
            holders.setdefault(character, set()).add(full)
    table = {}
    for half, pairs in in_halves(Pair(r["short"], r["full"]) for r in listed).items():
        sample = sorted(pairs, key=lambda p: blake2b(p.left.encode()).digest())[:RANKED]
        table[f"简称 → 全称, {half}"] = ranking(sample, holders)
    return table


def ranking(pairs: Sequence[Pair], holders: dict[str, set[str]]) -> dict[str, float]:
    """Where the right name stands when all that share a character are sorted by score."""
    first = in_ten = accepted = alarmed = 0
    for pair in pairs:
        near = set().union(*(holders.get(c, set()) for c in normalise_name(pair.left)))
        matches = {full: compare_company_names(pair.left, full) for full in near | {pair.right}}
        own = matches.pop(pair.right)
        above = sum(match.score >= own.score for match in matches.values())
        first += above == 0
        in_ten += above < 10
        accepted += own.verdict != "different"
        alarmed += any(match.verdict != "different" for match in matches.values())
    count = len(pairs)
    return {
        "names": count,
        "first": first / count,
        "in first ten": in_ten / count,
        "found recall": accepted / count,
        "other firms warned of": alarmed / count,
    }


def tagged_names() -> Table:
    """Parts of 9,050 names that people tagged."""
    table = {}
    for half in HALVES:
        hits: dict[str, list[bool]] = {"brand": [], "region": [], "trade": []}
        for name in _tagged():
            text = "".join(character for character, _ in name)
            if half_of(text) != half:
                continue
            parsed = parse_company_name(text)
            if brand := _part(name, "NAME"):
                hits["brand"].append(parsed.brand == normalise_name(brand))
            if region := _part(name, "REGION"):
                hits["region"].append(parsed.region[:2] == region[:2])
            if trade := _part(name, "DOMAIN"):
                said = parsed.industry or normalise_name(trade)  # 实业, 发展 say nothing to us
                hits["trade"].append(said in normalise_name(trade))
        table[f"tagged names, {half}"] = {"names": len(hits["brand"])} | {
            kind: sum(found) / len(found) for kind, found in hits.items()
        }
    return table


def _tagged() -> Iterator[list[tuple[str, str]]]:
    text = (DATA / "names/tagged_names_train.bio.txt").read_text("utf-8")
    for block in text.split("\n\n"):
        if lines := block.strip("\n").splitlines():
            yield [(line[0], line[2:]) for line in lines]


def _part(name: list[tuple[str, str]], kind: str) -> str:
    return "".join(character for character, tag in name if tag.endswith(f"-{kind}"))


def people() -> Table:
    """Persons with addresses (Febrl) and with e-mail and city (fake_1000); all within a block."""
    table = {}
    for name, records in _people().items():
        for half in HALVES:
            chosen = [(truth, p) for truth, p in records if half_of(truth) == half]
            table[f"{name}, {half}"] = _persons(chosen)
    return table


def _people() -> dict[str, list[tuple[str, Profile]]]:
    return {
        name: [(truth, profile_of(record)) for truth, record in records]
        for name, records in _people_records().items()
    }


def _people_records() -> dict[str, list[tuple[str, Identity]]]:
    found = {}
    for name, files in (
        ("Febrl 1", ("dataset1",)),
        ("Febrl 4", ("dataset4a", "dataset4b")),
    ):
        found[name] = [
            (row["rec_id"].split("-")[1], _febrl(row))
            for file in files
            for row in rows(f"people/{file}.csv")
        ]
    found["fake_1000"] = [
        (
            row["cluster"],
            Identity(
                person=f"{row['first_name']} {row['surname']}".strip(),
                emails=(row["email"],),
                region=row["city"],
                birth_date=row["dob"],
            ),
        )
        for row in rows("people/fake_1000.csv")
    ]
    plain = {
        name: [(truth, record._replace(birth_date="")) for truth, record in records]
        for name, records in found.items()
    }
    return plain | {f"{name} with birth dates": records for name, records in found.items()}


def _febrl(row: dict[str, str]) -> Identity:
    street = f"{row['street_number']} {row['address_1']}".strip()
    parts = (street, row["address_2"], row["suburb"], f"{row['state']} {row['postcode']}".strip())
    return Identity(
        person=f"{row['given_name']} {row['surname']}".strip(),
        address=", ".join(filter(None, parts)),
        birth_date=row["date_of_birth"],
    )


def _persons(records: Sequence[tuple[str, Profile]]) -> dict[str, float]:
    blocks: dict[str, list[int]] = {}
    for position, (_, profile) in enumerate(records):
        words = {word[:3] for word in profile.person.split()}
        words |= {address.partition("@")[0][:4] for address in profile.emails}
        for word in words:
            blocks.setdefault(word, []).append(position)
    compared = {
        pair
        for members in blocks.values()
        if len(members) < 150
        for pair in combinations(members, 2)
    }
    found = [
        Judged(compare_profiles(records[a][1], records[b][1]), records[a][0] == records[b][0])
        for a, b in sorted(compared)
    ]
    sizes: dict[str, int] = {}
    for truth, _ in records:
        sizes[truth] = sizes.get(truth, 0) + 1
    total = sum(size * (size - 1) // 2 for size in sizes.values())
    figures = rates(found, missed=total - sum(j.is_one for j in found))
    del figures["AUC"]
    return figures


def generated() -> Table:
    """Seeded variants and look-alikes by kind: the share that got the right answer."""
    table: Table = {}
    wanted = {"same": {"same"}, "ask": {"same", "probable"}, "other": {"different"}}
    everything = []
    for pair in confusions(200):
        match = compare_company_names(pair.left, pair.right)
        figures = table.setdefault(
            f"{pair.answer}: {pair.kind}", {"pairs": 0, "right": 0, "same": 0, "probable": 0}
        )
        figures["pairs"] += 1
        figures["right"] += match.verdict in wanted[pair.answer]
        if match.verdict != "different":
            figures[match.verdict] += 1
        if pair.kind not in RELATED:
            everything.append(Judged(match, pair.answer != "other"))
    for figures in table.values():
        for column in ("right", "same", "probable"):
            figures[column] /= figures["pairs"]
    table["all generated"] = rates(everything)
    return table


def generated_people() -> Table:
    """Seeded people who are one, and people who only seem so: the share that got it right."""
    table: Table = {}
    wanted = {"ask": {"same", "probable"}, "other": {"different"}}
    for case in people_confusions(200):
        verdict = compare_profiles(profile_of(case.left), profile_of(case.right)).verdict
        figures = table.setdefault(
            f"{case.answer}: {case.kind}", {"pairs": 0, "right": 0, "same": 0, "probable": 0}
        )
        figures["pairs"] += 1
        figures["right"] += verdict in wanted[case.answer]
        if verdict != "different":
            figures[verdict] += 1
    for figures in table.values():
        for column in ("right", "same", "probable"):
            figures[column] /= figures["pairs"]
    return table


def people_at_once() -> Table:
    """The same files given to `find_duplicates`, which compares only what shares a key."""
    table = {}
    for name, records in _people_records().items():
        truth: dict[Hashable, str] = {number: person for number, (person, _) in enumerate(records)}
        batch = [record._replace(id=number) for number, (_, record) in enumerate(records)]
        found = list(find_duplicates(batch))
        sizes = Counter(truth.values())
        total = sum(size * (size - 1) // 2 for size in sizes.values())
        judged = [Judged(p.match, truth[p.left.id] == truth[p.right.id]) for p in found]
        figures = rates(judged, missed=total - sum(j.is_one for j in judged))
        del figures["AUC"]
        table[f"find_duplicates, {name}"] = figures
    return table


SETS: dict[str, Callable[[], Table]] = {
    "pairs": judged_pairs,
    "aliases": aliases,
    "short": short_names,
    "tagged": tagged_names,
    "by hand": by_hand,
    "brought together": brought_together,
    "people": people,
    "batch": people_at_once,
    "generated people": generated_people,
    "generated": generated,
}


def show(table: Table) -> str:
    """The table as text, a line for each row."""
    lines = []
    for name, figures in table.items():
        told = "  ".join(
            f"{column} {value:.0f}"
            if column in ("pairs", "names", "firms")
            else f"{column} {value:.3f}"
            for column, value in figures.items()
        )
        lines.append(f"{name:34} {told}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Measure the chosen sets and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--json", action="store_true", help="machine-readable figures")
    parser.add_argument("--only", nargs="+", choices=SETS, help="these sets only")
    options = parser.parse_args(arguments)
    chosen = options.only or list(SETS)
    if not DATA.is_dir():
        print(f"Real data is not at hand ({DATA}): the generated set only.", file=sys.stderr)
        chosen = [name for name in chosen if name.startswith("generated")]
    table: Table = {}
    for name in chosen:
        table |= SETS[name]()
    print(json.dumps(table, ensure_ascii=False, indent=1) if options.json else show(table))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
