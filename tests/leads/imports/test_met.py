"""What the rows of a check say of clients that whoever imports may not see: what a card says."""

import pytest

from crm.audit.models import OperationLog
from crm.people.enums import Scope
from crm.people.models import Role
from crm.tenancy.context import tenant_context
from leads.models import CollisionSettings
from tests.leads.imports.files import checked, csv_upload, imported
from tests.leads.imports.test_check import known_lead

pytestmark = pytest.mark.django_db
COMPANY = "苏州同光精密机械有限公司"
PHONE = "13812345678"


@pytest.fixture
def known(cast):
    with tenant_context(cast.organization.id):
        return known_lead(owner=cast.northerner, company_name=COMPANY, phone=PHONE)


@pytest.fixture
def rows_of(cast, sign_in, known):
    """The rows of a check as a rep reads them who may import, but sees their own leads alone."""

    def read(*rows: tuple[str, ...], file: str = "") -> str:
        with tenant_context(cast.organization.id):
            rep = Role.objects.get(code="rep")
            rep.grants["leads.import_lead"] = int(Scope.OWN)
            rep.save(update_fields=["grants"])
            full = [(*row, *[""] * (6 - len(row))) for row in rows]
            batch = checked(csv_upload(full), by=cast.agent)
        answer = sign_in(cast.agent).get(f"/acme/leads/import/{batch.pk}/{file or 'rows/'}")
        return (b"".join(answer.streaming_content) if file else answer.content).decode()

    return read


def test_a_phone_alone_tells_no_name(rows_of, cast):
    html = rows_of(("全新贸易", "", PHONE))
    assert COMPANY not in html
    assert "苏****" in html
    assert cast.northerner.name in html


def test_a_part_of_the_name_tells_no_more_than_was_in_the_file(rows_of):
    html = rows_of(("同光精密机械",))
    assert COMPANY not in html
    assert "****同光精密机械****" in html


def test_the_whole_name_in_the_file_is_the_whole_name(rows_of):
    assert COMPANY in rows_of((COMPANY,))


def test_the_owner_is_named_only_where_cards_name_them(rows_of, cast):
    with tenant_context(cast.organization.id):
        CollisionSettings.objects.update_or_create(defaults={"card_shows": []})
    assert cast.northerner.name not in rows_of(("全新贸易", "", PHONE))


def test_others_clients_shown_are_in_the_log(rows_of, cast, known):
    rows_of(("全新贸易", "", PHONE), (COMPANY,))
    with tenant_context(cast.organization.id):
        line = OperationLog.objects.get(action="identity.looked_up")
    assert line.member_id == cast.agent.pk
    assert line.details["hidden"] == [["lead", known.pk]]


def test_a_marked_file_says_what_a_row_met(rows_of, cast, known):
    text = rows_of(("全新贸易", "", PHONE), file="probable.csv")
    assert "same phone" in text
    assert "苏****" in text
    assert cast.northerner.name in text
    assert COMPANY not in text
    with tenant_context(cast.organization.id):
        assert OperationLog.objects.filter(action="identity.looked_up").count() == 1


@pytest.fixture
def arrivals_of(cast, sign_in, known):
    """What became of the rows, as that rep reads it who also may see arrivals of all channels."""

    def read(*rows: tuple[str, ...]) -> list[str]:
        with tenant_context(cast.organization.id):
            rep = Role.objects.get(code="rep")
            rep.grants |= {"leads.import_lead": int(Scope.OWN), "leads.view_channels": 1}
            rep.save(update_fields=["grants"])
            full = [(*row, *[""] * (6 - len(row))) for row in rows]
            batch = imported(csv_upload(full), by=cast.agent)
        browser, home = sign_in(cast.agent), "/acme/leads"
        pages = (f"{home}/import/{batch.pk}/arrivals/", f"{home}/channels/arrivals/")
        return [browser.get(page).content.decode() for page in pages]

    return read


def test_an_arrival_names_a_hidden_lead_as_a_card_would(arrivals_of, cast, known):
    for html in arrivals_of(("同光精密机械", "", PHONE)):
        assert "****同光精密机械****" in html
        assert COMPANY not in html
        assert f"/leads/{known.pk}/" not in html
    with tenant_context(cast.organization.id):
        lines = OperationLog.objects.filter(action="identity.looked_up")
        assert [one.details["hidden"] for one in lines] == [[["lead", known.pk]]] * 2


def test_an_arrival_leads_to_a_lead_one_sees(arrivals_of, cast, known):
    with tenant_context(cast.organization.id):
        known.owner = cast.agent
        known.save(update_fields=["owner"])
    for html in arrivals_of(("同光精密机械", "", PHONE)):
        assert COMPANY in html
        assert f"/leads/{known.pk}/" in html
