"""Which items add up to an amount, exactly."""

from collections.abc import Sequence

WORK_LIMIT = 20_000


def exact_subsets(
    amounts: Sequence[int], target: int, *, largest: int, most: int
) -> tuple[list[tuple[int, ...]], bool]:
    """Up to `most` sets of 2 to `largest` positions whose amounts sum to `target`.

    The second value tells whether the search was complete: only then is one answer the only one.
    Smaller sets come first, and among equals those of earlier positions.
    """
    order = sorted(range(len(amounts)), key=lambda position: (-amounts[position], position))
    sizes = [amounts[position] for position in order]
    left = [0] * (len(sizes) + 1)
    for index in range(len(sizes) - 1, -1, -1):
        left[index] = left[index + 1] + sizes[index]
    search = _Search(sizes, left, largest, most + 1)
    search.run(0, target, ())
    found = [tuple(sorted(order[index] for index in chosen)) for chosen in search.found]
    found.sort(key=lambda positions: (len(positions), positions))
    return found[:most], search.work < WORK_LIMIT and len(found) <= most


class _Search:
    def __init__(self, sizes: list[int], left: list[int], largest: int, most: int) -> None:
        self.sizes, self.left, self.largest, self.most = sizes, left, largest, most
        self.found: list[tuple[int, ...]] = []
        self.work = 0

    def run(self, index: int, target: int, chosen: tuple[int, ...]) -> None:
        """Take or leave each amount from the largest down, while the rest can still reach."""
        if target == 0:
            if len(chosen) > 1:
                self.found.append(chosen)
            return
        if len(chosen) == self.largest:
            return
        for position in range(index, len(self.sizes)):
            self.work += 1
            if (
                self.left[position] < target
                or len(self.found) >= self.most
                or self.work >= WORK_LIMIT
            ):
                return
            if self.sizes[position] <= target:
                self.run(position + 1, target - self.sizes[position], (*chosen, position))
