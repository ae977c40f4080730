"""The frame around every page: it fits the role, speaks both languages, and is safe to show."""

import json
import re

import pytest
from django.template.loader import get_template

from crm.web import navigation, search
from crm.web.icons import has_icon
from crm.web.search import Hit

INLINE = re.compile(r'<script(?![^>]*(?:src=|type="application/json"))|\sstyle="|\son[a-z]+="')
PAGES = ["/acme/gallery/", "/acme/gallery/record/", "/acme/preferences/", "/acme/search/?q=王"]


@pytest.mark.parametrize("path", [*PAGES, "/accounts/2fa/", "/accounts/sessions/", "/nowhere/x/"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_needs_what_the_security_policy_forbids(cast, sign_in, path, language):
    html = sign_in(cast.owner, language=language).get(path, follow=True).content.decode()
    assert INLINE.findall(html) == []
    assert "{{" not in html
    assert "{%" not in html
    assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in html


def test_the_sign_in_page_is_as_strict(client, db):
    assert INLINE.findall(client.get("/accounts/login/").content.decode()) == []


def test_no_swap_sets_styles_that_the_policy_refuses(client, db):
    """Settling, htmx would copy the style attribute of what it replaces: an error each time."""
    html = client.get("/accounts/login/").content.decode()
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", html).group(1))
    assert "style" not in config["attributesToSettle"]


def test_the_gallery_is_the_administrators(cast, sign_in):
    assert sign_in(cast.owner).get("/acme/gallery/").status_code == 200
    assert sign_in(cast.agent).get("/acme/gallery/").status_code == 403


def test_every_entry_opens_and_has_its_icon(cast, sign_in):
    browser = sign_in(cast.owner)
    html = browser.get("/acme/preferences/").content.decode()
    entries = list(navigation._entries.values())
    creates = list(navigation._creates.values())
    assert entries
    for one in (*entries, *creates):
        assert has_icon(one.icon), one.icon
    shown = re.findall(r'<a href="([^"]+)" title=', html)
    for address in shown:
        assert browser.get(address).status_code == 200, address


def test_the_navigation_fits_the_role(cast):
    from crm.tenancy.context import tenant_context

    with tenant_context(cast.organization.id):
        for member in cast.members.values():
            for entry in navigation.entries_for(member):
                assert not entry.permission or entry.permission in member.scopes


def test_what_is_counted_has_a_place_for_its_number(cast, sign_in):
    html = sign_in(cast.owner).get("/acme/preferences/").content.decode()
    counted = {one.key for one in navigation._entries.values() if one.count}
    assert counted
    assert counted <= set(re.findall(r'data-count="([^"]+)"', html))


def test_counts_are_numbers(cast, sign_in):
    numbers = sign_in(cast.agent).get("/acme/counts/").json()
    assert all(isinstance(value, int) for value in numbers.values())


@pytest.mark.parametrize(
    ("chosen", "field", "value"),
    [
        ({"theme": "dark"}, "theme", "dark"),
        ({"density": "compact"}, "is_compact", True),
        ({"language": "zh-hans"}, "language", "zh-hans"),
        ({"theme": "purple"}, "theme", "auto"),
    ],
)
def test_one_press_changes_how_it_looks(cast, sign_in, chosen, field, value):
    browser = sign_in(cast.agent)
    assert browser.post("/acme/look/", chosen).status_code == 302
    cast.agent.user.refresh_from_db()
    assert getattr(cast.agent.user, field) == value


def test_preferences_are_saved_and_take_effect_at_once(cast, sign_in):
    browser = sign_in(cast.agent)
    values = {"language": "zh-hans", "time_zone": "Europe/Berlin", "theme": "dark"}
    page = browser.post("/acme/preferences/", values, follow=True).content.decode()
    assert 'data-theme="dark"' in page
    assert 'lang="zh-Hans"' in page
    assert browser.post("/acme/preferences/", values | {"time_zone": "Mars"}).status_code == 422


def test_search_asks_only_what_the_member_may_see(cast, monkeypatch):
    from crm.tenancy.context import tenant_context

    monkeypatch.setattr(search, "_providers", {})

    @search.provider("open", "Open")
    def _open(member, text):
        return [Hit(f"{text}{n}", "/x") for n in range(20)]

    @search.provider("closed", "Closed", permission="web.gallery")
    def _closed(member, text):
        return [Hit("secret", "/x")]

    with tenant_context(cast.organization.id):
        groups = search.find(cast.agent, "王")
        assert [group.label for group in groups] == ["Open"]
        assert len(groups[0].hits) == search.LIMIT
        assert search.find(cast.agent, "a") == []
        assert [group.label for group in search.find(cast.owner, "ab")] == ["Closed", "Open"]


@pytest.mark.parametrize("name", ["403.html", "404.html", "500.html"])
def test_error_pages_need_no_member(rf, name):
    from django.contrib.auth.models import AnonymousUser

    request = rf.get("/")
    request.user = AnonymousUser()
    assert "btn-primary" in get_template(name).render({}, request)


def test_pages_and_fragments_are_never_kept_by_the_browser(cast, sign_in):
    for headers in ({}, {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "table-gallery"}):
        answer = sign_in(cast.owner).get("/acme/gallery/", **headers)
        assert "no-store" in answer.headers["Cache-Control"]
