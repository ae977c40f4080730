"""How well the engine does on names nobody here wrote. Thresholds are floors, not targets."""

import csv
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from leads.identity import (
    Identity,
    compare_company_names,
    find_duplicates,
    name_keys,
    parse_company_name,
)

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "names"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="real names are not at hand (../shared/data/names)"
)


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def tagged_names() -> Iterator[list[tuple[str, str]]]:
    """Names as (character, tag), tags B-NAME, I-NAME, B-REGION…"""
    text = (DATA / "tagged_names_train.bio.txt").read_text("utf-8")
    for block in text.split("\n\n"):
        if lines := block.strip("\n").splitlines():
            yield [(line[0], line[2:]) for line in lines]


def tagged(name: list[tuple[str, str]], kind: str) -> str:
    return "".join(character for character, tag in name if tag.endswith(f"-{kind}"))


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def test_judged_pairs() -> None:
    """People judged 234 pairs; 'same' must be right, and found most of the time."""
    verdicts = [
        (compare_company_names(row["name1"], row["name2"]).verdict, row["same"] == "1")
        for row in rows("pairs_dev30.csv")
    ]
    assert share([truth for verdict, truth in verdicts if verdict == "same"]) >= 0.98
    assert share([verdict == "same" for verdict, truth in verdicts if truth]) >= 0.88
    assert share([verdict != "different" for verdict, truth in verdicts if truth]) >= 0.93


def test_brand_and_region_of_tagged_names() -> None:
    brands, regions = [], []
    for name in tagged_names():
        parsed = parse_company_name("".join(character for character, _ in name))
        if brand := tagged(name, "NAME"):
            brands.append(parsed.brand == brand.lower())
        if region := tagged(name, "REGION"):
            regions.append(parsed.region[:2] == region[:2])
    assert share(brands) >= 0.8
    assert share(regions) >= 0.96


def test_short_names_of_listed_companies() -> None:
    """简称 finds 全称 by a key, and the comparison lets it through; few others come along."""
    found, accepted, others = [], [], []
    listed = rows("a_share_dev30.csv")
    fulls: dict[object, list[str]] = {}
    for row in listed:
        for key in name_keys(row["full"]):
            fulls.setdefault(key, []).append(row["full"])
    for row in listed:
        near = {full for key in name_keys(row["short"]) for full in fulls.get(key, [])}
        found.append(row["full"] in near)
        accepted.append(compare_company_names(row["short"], row["full"]).verdict != "different")
        others.append(any(warns(row["short"], full) for full in near - {row["full"]}))
    assert share(found) >= 0.78
    assert share(accepted) >= 0.95
    assert share(others) <= 0.06


def warns(a: str, b: str) -> bool:
    return compare_company_names(a, b).verdict != "different"


def test_different_firms_raise_few_alarms() -> None:
    """Two random real names are never 'same'; within the whole list few pairs are."""
    names = sorted({"".join(character for character, _ in name) for name in tagged_names()})
    sample = Random(1).sample(names, 300)
    random_pairs = combinations(sample, 2)
    assert share([compare_company_names(a, b).verdict == "same" for a, b in random_pairs]) < 1e-4
    pairs = find_duplicates(Identity(id=name, company=name) for name in names)
    assert sum(pair.match.verdict == "same" for pair in pairs) <= len(names) * 0.005


def test_english_suppliers() -> None:
    verdicts = [
        (compare_company_names(row["Name_x"], row["Name_y"]).verdict, row["Targets"] == "1")
        for row in rows("easonanalytica_test_pairs.csv")
    ]
    assert share([truth for verdict, truth in verdicts if verdict == "same"]) >= 0.9
    assert share([verdict != "different" for verdict, truth in verdicts if truth]) >= 0.88


def test_english_names_of_known_firms() -> None:
    listed = rows("en_zh_dev30.csv")
    found = [warns(row["company"], row["alias"]) for row in listed]
    wrong = [
        warns(row["company"], other["alias"])
        for row, other in zip(listed, listed[9:] + listed[:9], strict=True)
        if row["company"] != other["company"]
    ]
    assert share(found) >= 0.5
    assert share(wrong) <= 0.01
