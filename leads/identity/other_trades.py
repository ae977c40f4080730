"""Two trades are two firms, whatever else their names say: a look before they are compared.

Half of the records that a look-up compares in vain bear the brand that was asked for, or one that
sounds so, with another trade (华信食品, 华信化工). Comparing two names costs ten times this.
"""

from functools import lru_cache

from leads.identity.names import PROBABLE, trade_factor
from leads.identity.profiles import Profile
from leads.identity.text import has_chinese, sounds_alike
from leads.identity.types import CompanyName


def are_of_other_trades(left: Profile, right: Profile) -> bool:
    """Whether all that two records are called tells two trades, so that no name can be one."""
    return all(_tell_two_trades(one, other) for one in left.names for other in right.names)


def _tell_two_trades(left: CompanyName, right: CompanyName) -> bool:
    """Of one brand, heard or written. Of unlike brands more is asked: a slip may hide a trade."""
    if not (left.industry and right.industry) or left.industry == right.industry:
        return False
    if left.former or right.former or not _are_heard_alike(left, right):
        return False
    return _contradict(left.industries, right.industries)


def _are_heard_alike(left: CompanyName, right: CompanyName) -> bool:
    if left.brand == right.brand:
        return True
    return not (left.is_generic or right.is_generic) and sounds_alike(left.brand, right.brand)


@lru_cache(maxsize=8192)
def _contradict(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two Chinese trades leave less of a score than a question needs."""
    left, right = map(_firm_in, (ours, theirs))
    both = has_chinese(left.text) and has_chinese(right.text)
    return both and trade_factor(left, right) < PROBABLE


def _firm_in(trades: tuple[str, ...]) -> CompanyName:
    said = "".join(trades)
    return CompanyName(industry=said, industries=trades, text=said)
