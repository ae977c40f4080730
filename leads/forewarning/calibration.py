"""What became of an organisation's own risks: whether 60 % meant six of ten."""

from collections.abc import Iterable
from dataclasses import dataclass

BANDS = ((30, 45), (45, 60), (60, 75), (75, 100))
ENOUGH = 20  # fewer closed risks in a band say nothing yet


@dataclass(frozen=True)
class Band:
    """Closed risks of one band of probability (in percent) and how many became cases."""

    low: int
    high: int
    closed: int = 0
    cases: int = 0
    foretold: float = 0.0  # the mean of what was said

    @property
    def is_enough(self) -> bool:
        return self.closed >= ENOUGH

    @property
    def rate(self) -> float | None:
        """How many of a hundred became cases; None while there are not enough."""
        return self.cases / self.closed if self.is_enough else None


def observed(outcomes: Iterable[tuple[int, bool]]) -> list[Band]:
    """(probability in percent, became a case) of closed risks → one line per band."""
    known = list(outcomes)
    found = []
    for low, high in BANDS:
        # the last band holds its upper end too
        inside = [one for one in known if low <= one[0] < high or (high == 100 == one[0])]
        cases = sum(1 for _said, became in inside if became)
        said = sum(percent for percent, _became in inside) / len(inside) if inside else 0.0
        found.append(Band(low, high, len(inside), cases, said))
    return found
