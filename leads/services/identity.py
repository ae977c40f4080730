"""Who is who in one organisation: the index kept up to date, and what people teach about it."""

from leads.services.indexing import forget, hold, index, index_new, keys_of, kind_of
from leads.services.learning import (
    client_of,
    forget_alias,
    judge,
    judged_apart,
    learn_alias,
    learn_names,
    outgrow,
    point_back,
    repoint,
    take_back,
    unlearn_alias,
)

__all__ = [
    "client_of",
    "forget",
    "forget_alias",
    "hold",
    "index",
    "index_new",
    "judge",
    "judged_apart",
    "keys_of",
    "kind_of",
    "learn_alias",
    "learn_names",
    "outgrow",
    "point_back",
    "repoint",
    "take_back",
    "unlearn_alias",
]
