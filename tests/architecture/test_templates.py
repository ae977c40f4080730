"""What every template must be: it compiles, somebody uses it, nothing in it is undefined."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory

from tests.support.templates import UndefinedVariable, check_answer, faults

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
CODE = ("crm", "leads", "orders", "payments", "reports")

# Found by name from elsewhere, or by a name that is put together.
USED_BY_OTHERS = {
    "account/": "allauth's views",
    "allauth/": "allauth's layouts and elements",
    "mfa/": "allauth's views",
    "components/table_columns.html": "a panel of crm.web.tables",
    "components/table_filters.html": "a panel of crm.web.tables",
    "components/table_views.html": "a panel of crm.web.tables",
}


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def in_code(path: Path) -> Iterator[str]:
    """The strings of a Python file; those inside longer texts do not count."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def in_template(path: Path) -> Iterator[str]:
    """The template names that a template writes down, its own aside."""
    own = path.relative_to(FOLDER).as_posix()
    text = path.read_text(encoding="utf-8")
    return (name for name in re.findall(r"[\"']([\w./-]+\.html)", text) if name != own)


@cache
def mentioned() -> frozenset[str]:
    """Every template name that code or another template writes down."""
    files = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    words = chain(
        chain.from_iterable(map(in_code, files)),
        chain.from_iterable(map(in_template, FOLDER.rglob("*.html"))),
    )
    names = (word.partition("#")[0] for word in words)
    return frozenset(name for name in names if re.fullmatch(r"[\w./-]+\.html", name))


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name):
    get_template(name)


def test_every_template_is_used():
    known = mentioned()
    unused = [
        name
        for name in TEMPLATES
        if name not in known and not name.startswith(tuple(USED_BY_OTHERS))
    ]
    assert unused == []


def test_every_exception_is_still_needed():
    known = mentioned()
    needless = [
        entry
        for entry in USED_BY_OTHERS
        if all(name in known for name in TEMPLATES if name.startswith(entry))
    ]
    assert needless == []


def test_every_mentioned_template_exists():
    third_party = ("account/", "allauth/", "mfa/", "usersessions/", "django/")
    missing = [
        name
        for name in mentioned()
        if not (FOLDER / name).exists() and not name.startswith(third_party)
    ]
    assert missing == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_nothing_in_it_is_blocked_by_the_security_policy(name):
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source(name), flags=re.DOTALL)
    assert faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ nobody }}",
        "{{ person.nothing }}",
        "{{ nobody|default:'x' }}",
        "{% with found=nobody %}{{ found }}{% endwith %}",
        "{% icon nobody %}",
        "{% include 'components/empty.html' with text=nobody only %}",
    ],
)
def test_an_undefined_variable_fails(text):
    with pytest.raises(UndefinedVariable):
        engines["django"].from_string(text).render({"person": object()})


@pytest.mark.parametrize(
    "text", ["{% if nobody %}x{% endif %}", "{% for one in nobody %}x{% endfor %}"]
)
def test_asking_whether_something_is_there_is_allowed(text):
    assert engines["django"].from_string(text).render({}) == ""


def test_a_template_of_others_may_rely_on_nothing(db):
    request = RequestFactory().get("/")
    assert get_template("account/messages/logged_out.txt").render({}, request)


@pytest.mark.parametrize(
    "html",
    [
        "<p>{{ name }}</p>",
        "<p>{% now %}</p>",
        "<script>alert(1)</script>",
        '<script nonce="x">alert(1)</script>',
        '<a onclick="x()">x</a>',
        '<p class="a" style="color: red">x</p>',
        "<style>p { color: red }</style>",
        '<a href="javascript:x()">x</a>',
    ],
)
def test_a_page_with_a_fault_fails(html):
    with pytest.raises(AssertionError):
        check_answer(HttpResponse(html))


@pytest.mark.parametrize(
    "html",
    [
        '<script src="/x.js" defer></script>',
        '<script id="d" type="application/json">{"a": {"b": 1}}</script>',
        '<p data-on="1" class="style">on = style</p>',
    ],
)
def test_a_clean_page_passes(html):
    check_answer(HttpResponse(html))
    check_answer(HttpResponse("{{ not a page }}", content_type="text/plain"))


@pytest.mark.parametrize(
    "html",
    [
        "{{ left }}",
        "{% left %}",
        "{# left #}",
        "<SCRIPT>",
        "<script async>",
        "<a ONCLICK = go()>",
        "<a\nonload='x'>",
        "<a hx-on::After-Request='x'>",
        "<a hx-on='x'>",
        "<p\tSTYLE = 'x'>",
        "<a\u3000onclick='x'>",
        "<style>",
        "<STYLE\n>",
        "<form action = ' JavaScript:x'>",
        "<img src=javascript:x>",
    ],
)
def test_a_fault_is_found_however_it_is_written(html):
    assert faults(f"<h1>{html}</h1>")
