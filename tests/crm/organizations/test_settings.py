"""What an administrator sets up for everybody."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.files import services as files
from crm.files.models import StoredFile
from crm.organizations.forms import SettingsForm
from crm.people.models import Role
from crm.people.selectors import first_habits
from crm.tenancy.context import tenant_context
from crm.tenancy.models import Organization
from tests.support.cast import add_person

ADDRESS = "/acme/organization/"


def png(width=8, height=8):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IEND", b"")


def facts(organization, **changes):
    form = SettingsForm(organization=organization)
    return form.initial | changes


@pytest.fixture
def owner(cast, sign_in):
    return sign_in(cast.owner)


def upload(client, data, name="logo.png"):
    return client.post(f"{ADDRESS}logo/change/", {"logo": SimpleUploadedFile(name, data)})


def test_a_change_is_kept_and_told(cast, owner):
    changes = {"name": "Acme Boats", "currency": "EUR", "fiscal_year_start": 4}
    answer = owner.post(ADDRESS, facts(cast.organization, **changes))
    assert answer.status_code == 302
    changed = Organization.objects.get()
    assert (changed.name, changed.currency, changed.fiscal_year_start) == ("Acme Boats", "EUR", 4)
    page = owner.get(ADDRESS).content.decode()
    assert "changed the settings" in page
    assert "April" in page
    assert "EUR" in page


def test_unchanged_is_not_told(cast, owner):
    owner.post(ADDRESS, facts(cast.organization))
    assert "changed the settings" not in owner.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"time_zone": "Mars/Base"}, {"currency": "XXX"}, {"fiscal_year_start": 13}, {"name": ""}],
)
def test_nonsense_is_refused(cast, owner, wrong):
    assert owner.post(ADDRESS, facts(cast.organization, **wrong)).status_code == 422


def test_fields_that_are_no_settings_cannot_be_set(cast, owner):
    extra = {"slug": "stolen", "suspended_at": "2020-01-01", "logo_file_id": 5, "id": 99}
    owner.post(ADDRESS, facts(cast.organization, name="New", **extra))
    changed = Organization.objects.get()
    assert (changed.slug, changed.suspended_at, changed.logo_file_id) == ("acme", None, None)


def test_a_page_opened_before_anothers_change_is_refused(cast, owner):
    old = facts(cast.organization)
    owner.post(ADDRESS, old | {"name": "First"})
    answer = owner.post(ADDRESS, old | {"name": "Second"})
    assert answer.status_code == 422
    assert Organization.objects.get().name == "First"


def test_only_administrators(cast, sign_in):
    assert sign_in(cast.manager).get(ADDRESS).status_code == 403


def test_a_logo_is_kept_shown_and_removed(cast, owner, sign_in):
    assert upload(owner, png()).status_code == 302
    page = sign_in(cast.agent).get("/acme/").content.decode()
    pk = Organization.objects.get().logo_file_id
    assert f"/acme/organization/logo/?v={pk}" in page
    picture = sign_in(cast.agent).get("/acme/organization/logo/")
    assert picture.headers["Content-Type"] == "image/png"
    assert b"".join(picture.streaming_content) == png()
    owner.post(f"{ADDRESS}logo/remove/")
    assert sign_in(cast.agent).get("/acme/organization/logo/").status_code == 404
    assert "organization/logo" not in sign_in(cast.agent).get("/acme/").content.decode()


def test_a_replaced_logo_is_gone_once_that_is_committed(
    cast, owner, django_capture_on_commit_callbacks
):
    upload(owner, png())
    with tenant_context(cast.organization.pk):
        first = StoredFile.objects.get(purpose="logo")
        twin = files.store_bytes(files.path_of(first).read_bytes(), name="b.png", purpose="other")
    with django_capture_on_commit_callbacks(execute=True):
        upload(owner, png(width=9))
    with tenant_context(cast.organization.pk):
        assert StoredFile.objects.filter(purpose="logo").count() == 1
        second = files.path_of(StoredFile.objects.get(purpose="logo"))
        assert files.path_of(twin).is_file()
    assert second.is_file()
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(f"{ADDRESS}logo/remove/")
    assert not second.exists()


def test_a_logo_is_for_members_only(cast, other_cast, owner, sign_in, client):
    upload(owner, png())
    assert sign_in(other_cast.owner).get("/acme/organization/logo/").status_code == 404
    assert client.get("/acme/organization/logo/").status_code == 302


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("logo.png", b"<svg onload=alert(1)>"),
        ("logo.svg", b"<svg/>"),
        ("logo.png", b"\x89PNG but no picture"),
        ("logo.png", png(width=9_000)),
        ("logo.png", png() + b"x" * (1024 * 1024)),
        ("logo.html", png()),
        ("logo.png", b""),
    ],
)
def test_what_is_no_small_picture_is_refused(cast, owner, name, data):
    assert upload(owner, data, name).status_code == 422
    assert Organization.objects.get().logo_file_id is None
    with tenant_context(cast.organization.pk):
        assert not StoredFile.objects.exists()


def test_the_first_steps_are_ticked_off(cast, owner):
    page = owner.get("/acme/first-steps/").content.decode()
    assert "/acme/leads/import/" in page
    assert "/acme/products/" in page
    assert "Draw the departments" in page


def test_new_members_begin_with_the_organisations_language_and_clock(cast, owner):
    owner.post(ADDRESS, facts(cast.organization, language="en", time_zone="Asia/Tokyo"))
    with tenant_context(cast.organization.pk):
        assert first_habits() == {"language": "en", "time_zone": "Asia/Tokyo"}


def test_links_lead_only_where_one_may_go(cast, sign_in):
    with tenant_context(cast.organization.pk):
        grants = {"organizations.edit_settings": 4}
        Role.objects.create(code="office", name="Office", grants=grants)
        member = add_person(cast, "office", department="office", role="office")
    page = sign_in(member).get(ADDRESS).content.decode()
    for path in ("/acme/sign-in/", "/acme/organization/exports/", "/acme/organization/delete/"):
        assert f'href="{path}"' not in page
    assert sign_in(member).get("/acme/first-steps/").status_code == 200
