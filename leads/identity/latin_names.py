"""Company names in Latin script: word by word, in any order."""

import re

from leads.identity import lexicon
from leads.identity.places import place_at
from leads.identity.types import CompanyName

_WORD = re.compile(r"[\w&+]+")


def parse_latin(text: str) -> CompanyName:
    """Words of a normalised name, each put where it belongs; the first is never a trade or form."""
    words = _WORD.findall(text)
    places = [word for word in words if word in lexicon.LATIN_PLACES]
    forms = [word for word in words[1:] if word in lexicon.LATIN_FORMS]
    named = [word for word in words if word not in lexicon.LATIN_FILLERS] or words
    rest = [w for i, w in enumerate(named) if w not in places and not (i and w in forms)]
    trades = [word for word in rest[1:] if word in lexicon.LATIN_TRADES]
    brand = [word for i, word in enumerate(rest) if not (i and word in trades)]
    place = place_at(lexicon.LATIN_PLACES[places[0]]) if places else None
    region = place.name if place else (lexicon.LATIN_PLACES[places[0]] if places else "")
    return CompanyName(
        region=region,
        brand=" ".join(brand or words),
        industry=" ".join(trades),
        legal_form=" ".join(forms),
        province=place.province if place else region,
        city=place.city if place else "",
        form_kind="company" if forms else "",
        industries=tuple(trades),
        is_generic=not brand or set(brand) <= lexicon.LATIN_TRADES,
        text=text,
    )
