"""Two records of one client become one, and two again: see docs/merging.md."""

from leads.services.merging.doing import merge
from leads.services.merging.separate import keep_separate
from leads.services.merging.strays import gather_strays
from leads.services.merging.undoing import take_back, undo

__all__ = ["gather_strays", "keep_separate", "merge", "take_back", "undo"]
