"""Every address below an organisation, for tests that walk them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

# One value for each converter's parameter; ids that belong to nobody.
SAMPLES = {"int": "987654321", "string": "x", "slug": "x"}


@dataclass(frozen=True)
class Address:
    """A pattern, its view and a path that reaches it."""

    name: str
    path: str
    view: Any

    @property
    def needs(self) -> str | None:
        return getattr(self.view, "needs", None)


def sample(converter: Any, name: str) -> str:
    """A value that the converter accepts."""
    kind = type(converter).__name__.removesuffix("Converter").lower()
    if kind in SAMPLES:
        return SAMPLES[kind]
    return str(converter.regex).split("|")[0]


def walk(patterns: list[Any], prefix: str = "", space: str = "") -> Iterator[Address]:
    for pattern in patterns:
        piece = pattern.pattern
        route = getattr(piece, "_route", str(piece))
        for name, converter in piece.converters.items():
            for spelling in (f"<{name}>", *_spellings(route, name)):
                route = route.replace(spelling, sample(converter, name))
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from walk(pattern.url_patterns, prefix + route, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name}", prefix + route, pattern.callback)


def _spellings(route: str, name: str) -> list[str]:
    start = route.find(f":{name}>")
    opening = route.rfind("<", 0, start)
    return [route[opening : start + len(name) + 2]] if start >= 0 else []


def tenant_addresses() -> list[Address]:
    """Every page below /<organization>/."""
    return list(walk(get_resolver(settings.TENANT_URLCONF).url_patterns))
