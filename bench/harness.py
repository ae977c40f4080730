"""What every benchmark shares: interleaved medians, figures with goals, a table or JSON."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Options:
    """What the command line chose."""

    rows: int
    rounds: int


@dataclass(frozen=True)
class Figure:
    """One result: a ratio where possible, with the goal it is held against."""

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    better: Literal["low", "high"] = "high"
    detail: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.better == "high" else self.value <= self.goal


Measure = Callable[[Options], Sequence[Figure]]


def timed(function: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def interleaved(
    cases: Mapping[str, Callable[[], object]], *, rounds: int = 5, warm_up: int = 1
) -> dict[str, list[float]]:
    """Time the cases in turn, round after round, so that the machine's moods hit all alike."""
    samples: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(warm_up + rounds):
        for name, function in cases.items():
            seconds = timed(function)
            if number >= warm_up:
                samples[name].append(seconds)
    return samples


def medians(samples: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The middle of each case's samples."""
    return {name: statistics.median(values) for name, values in samples.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the samples lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(title: str, figures: Sequence[Figure]) -> None:
    """A table for people."""
    print(f"\n{title}")
    for figure in figures:
        sign = {None: " ", True: "✓", False: "✗"}[figure.is_met]
        bound = "≥" if figure.better == "high" else "≤"
        goal = "" if figure.goal is None else f"  goal {bound} {figure.goal:g} {figure.unit}"
        print(f"  {sign} {figure.name:<46}{figure.value:>12.4g} {figure.unit:<6}{goal}")
        if figure.detail:
            words = (f"{key} {_plain(value)}" for key, value in figure.detail.items())
            print(f"      {', '.join(words)}")


def _plain(value: float | int | str) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def main(code: str, title: str, measure: Measure, *, rows: int = 0, rounds: int = 5) -> None:
    """Run one benchmark file as a program."""
    parser = argparse.ArgumentParser(description=f"{code} {title}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--rows", type=int, default=rows, help=f"size (default {rows})")
    parser.add_argument("--rounds", type=int, default=rounds, help=f"repeats (default {rounds})")
    chosen = parser.parse_args()
    figures = measure(Options(rows=chosen.rows, rounds=chosen.rounds))
    if chosen.json:
        result = [{**asdict(figure), "is_met": figure.is_met} for figure in figures]
        json.dump({"code": code, "title": title, "figures": result}, sys.stdout, ensure_ascii=False)
        print()
    else:
        show(f"{code} {title}", figures)
