"""How much memory a process has had. Plain Python: the peers' environments import it, too."""

import os
import threading
from contextlib import suppress
from pathlib import Path


def peak_of(process: str = "self") -> float:
    """The most memory of a process as the program it is, in MB.

    `getrusage` also counts what it shared with its parent before it became a program of its own.
    """
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


class Helpers:
    """The largest each child process became, looked up while it lives."""

    def __init__(self) -> None:
        self.largest: dict[str, float] = {}
        self.is_over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        me = os.getpid()
        while not self.is_over.wait(0.02):
            for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split():
                with suppress(OSError, StopIteration):
                    self.largest[pid] = peak_of(pid)

    def megabytes(self) -> float:
        """All of them together."""
        self.is_over.set()
        return sum(self.largest.values())
