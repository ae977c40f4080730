"""How much memory a process has had. Plain Python: the peers' environments import it, too."""

from pathlib import Path


def peak_of(process: str = "self") -> float:
    """The most memory of a process as the program it is, in MB.

    `getrusage` also counts what it shared with its parent before it became a program of its own.
    """
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
