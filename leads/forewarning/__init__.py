"""Engine: may these two records, in different hands, become a collision?

Plain Python: no Django, database, clock or network. Everything in and out is frozen.

    forecast(left, right, shared) -> Forecast(probability, factors, match)
    probability_of(factors)       -> float: noisy-or; more evidence never makes it less
    observed(outcomes)            -> what became of risks, band by band

A `Side` is one record with its owner's territory; `Shared` says how many records have what the two
share, because a crowded address or brand says little. The weights are set by judgement
(`weights.py`): an organisation's own cases say how far they are right (`calibration.py`).
"""

from leads.forewarning.borders import are_neighbours
from leads.forewarning.calibration import BANDS, ENOUGH, Band, observed
from leads.forewarning.scoring import forecast, probability_of
from leads.forewarning.streets import same_street, street_key
from leads.forewarning.types import Factor, Forecast, Shared, Side
from leads.forewarning.weights import CODES, SHOWN_FROM

__all__ = [
    "BANDS",
    "CODES",
    "ENOUGH",
    "SHOWN_FROM",
    "Band",
    "Factor",
    "Forecast",
    "Shared",
    "Side",
    "are_neighbours",
    "forecast",
    "observed",
    "probability_of",
    "same_street",
    "street_key",
]
