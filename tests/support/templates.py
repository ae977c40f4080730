"""Templates are stricter in tests than in production, and every answer is looked at.

An undefined variable raises instead of printing nothing, and the test client refuses a page with
template syntax left in it or with something that the security policy would block.
"""

import inspect
import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponseBase
from django.template import engines
from django.test import Client

# Templates of others, which rely on undefined variables printing nothing.
TOLERATED = ("account/", "allauth/", "mfa/", "socialaccount/", "usersessions/", "django/")

BLOCKED = {
    "template syntax left": r"\{\{|\{%|\{#",
    "inline script": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "inline handler": r"<[a-z][^<>]*\s(?:on[a-z]+|hx-on[a-z:-]*)\s*=",
    "style attribute": r"<[a-z][^<>]*\sstyle\s*=",
    "style element": r"<style[\s>]",
    "script address": r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:",
}
PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in BLOCKED.items()}
# What a match holds in any case, in small letters: quickly found, and hardly any page has it.
HINTS = {
    "template syntax left": r"\{[{%#]",
    "inline script": r"<script",
    "inline handler": r"\s(?:on[a-z]|hx-on)[a-z:-]*\s*=",
    "style attribute": r"style\s*=",
    "style element": r"<style",
    "script address": r"javascript:",
}
QUICK = {name: re.compile(hint) for name, hint in HINTS.items()}


class UndefinedVariable(AssertionError):
    """A template of ours names something that its context does not have."""


class Undefined(str):
    """Django's `string_if_invalid`, but it raises where one of our templates uses it."""

    __slots__ = ()

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __mod__(self, variable: object) -> str:
        return refuse(str(variable))

    def __str__(self) -> str:
        return refuse("a value that could not be read")


def refuse(variable: str) -> str:
    """Raise, unless the template is not ours."""
    template = rendering()
    if template.startswith(TOLERATED):
        return ""
    raise UndefinedVariable(f"{template or 'a template'}: {variable} is undefined")


def rendering() -> str:
    """The template whose node is being rendered, found on the stack."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == "render_annotated":
            origin = getattr(frame.f_locals["self"], "origin", None)
            return str(getattr(origin, "template_name", "") or "")
        frame = frame.f_back
    return ""


def faults(html: str) -> list[str]:
    """What a page must not contain, with the place where it does."""
    found, small = [], html.lower()
    for name, pattern in PATTERNS.items():
        if not QUICK[name].search(small):
            continue
        for match in pattern.finditer(html):
            found.append(f"{name}: …{html[max(match.start() - 60, 0) : match.end() + 60]}…")
    return found


def check_answer(response: HttpResponseBase) -> None:
    """Refuse an HTML answer with faults."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and not response.streaming:
        wrong = faults(response.content.decode(response.charset))
        assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="session", autouse=True)
def strict_templates() -> Iterator[None]:
    """Undefined variables raise in every test."""
    engine = engines["django"].engine
    before = engine.string_if_invalid
    engine.string_if_invalid = Undefined("undefined")
    yield
    engine.string_if_invalid = before


@pytest.fixture(scope="session", autouse=True)
def looked_at_answers() -> Iterator[None]:
    """Every page that a test asks for is looked at."""
    original = Client.request

    def request(self: Client, **more: object) -> HttpResponseBase:
        response = original(self, **more)
        check_answer(response)
        return response

    Client.request = request
    yield
    Client.request = original
