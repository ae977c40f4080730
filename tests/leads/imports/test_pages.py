"""The pages of imports, channels, rules and leads without owner, as people use them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.people.models import Member
from crm.tenancy.context import tenant_context
from leads.enums import IdentityVerdict, ImportState
from leads.models import AssignmentRule, CollisionCase, ImportBatch, ImportRow, Lead
from leads.services import assignment
from leads.services.imports import start_import
from leads.services.learning import judge
from tests.leads.imports.files import (
    HEADER,
    checked,
    csv_upload,
    imported,
    lead_row,
    work,
    workbook_of,
)
from tests.leads.imports.test_check import known_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(cast, sign_in):
    return sign_in(cast.marketing)


@pytest.fixture
def batch(cast) -> ImportBatch:
    rows = [lead_row(1), lead_row(2), ("", "谁", "12", "", "", ""), ("=1+1", "", "", "x", "", "")]
    with tenant_context(cast.organization.id):
        return checked(csv_upload(rows), by=cast.marketing)


def test_from_the_file_to_the_result(cast, browser):
    upload = csv_upload([lead_row(n) for n in range(3)], encoding="gb18030")
    answer = browser.post("/acme/leads/import/new/", {"file": upload, "channel": "exhibition"})
    assert answer.status_code == 302
    page = browser.get(answer.url)
    assert "Read as" in page.content.decode()
    columns = {f"column-{n}": name for n, name in enumerate(
        ["company_name", "contact_name", "phone", "email", "province", "need"])}  # fmt: skip
    browser.post(f"{answer.url}columns/", columns)
    with tenant_context(cast.organization.id):
        batch = work(ImportBatch.objects.get())
    assert "Import 3 new leads" in browser.get(answer.url).content.decode()
    browser.post(f"{answer.url}start/")
    with tenant_context(cast.organization.id):
        work(batch)
        assert Lead.objects.filter(channel="exhibition").count() == 3
    assert "To the leads" in browser.get(answer.url).content.decode()
    assert "线索.csv" in browser.get("/acme/leads/import/").content.decode()


def test_the_sheet_with_the_clients_is_read_and_another_can_be(cast, browser):
    book = workbook_of({
        "说明": [("请先阅读",), ("每行一家公司",)],
        "北方": [HEADER, lead_row(1), lead_row(2)],
        "南方": [HEADER[:2], ("苏州甲公司", "甲")],
        "空": [],
    })  # fmt: skip
    sent = {"file": SimpleUploadedFile("线索.xlsx", book), "channel": "exhibition"}
    page = browser.post("/acme/leads/import/new/", sent).url
    with tenant_context(cast.organization.id):
        assert (ImportBatch.objects.get().sheet, ImportBatch.objects.get().row_count) == ("北方", 2)
    html = browser.get(page).content.decode()
    assert "Read is the sheet “北方”." in html
    for wrong, status in (("空", 422), ("nowhere", 302)):
        assert browser.post(f"{page}sheet/", {"sheet": wrong}).status_code == status
    browser.post(f"{page}sheet/", {"sheet": "南方"})
    browser.post(f"{page}columns/", {"column-0": "company_name", "column-1": "contact_name"})
    assert browser.post(f"{page}sheet/", {"sheet": "北方"}).status_code == 302  # too late
    with tenant_context(cast.organization.id):
        batch = work(ImportBatch.objects.get())
        assert batch.sheet == "南方"
        assert [row.fields["company_name"] for row in ImportRow.objects.all()] == ["苏州甲公司"]


def test_a_column_that_begins_empty_shows_what_it_holds_further_down(cast, browser):
    rows = [lead_row(n)[:5] + ("",) for n in range(12)] + [(*lead_row(12)[:5], "要样机")]
    answer = browser.post(
        "/acme/leads/import/new/", {"file": csv_upload(rows), "channel": "exhibition"}
    )
    assert "要样机" in browser.get(answer.url).content.decode()


def test_the_button_counts_what_is_ticked(cast, browser):
    with tenant_context(cast.organization.id):
        rows = [
            ("苏州同光精密机械有限公司", "", "", "", "", ""),
            ("苏州同光机械厂", "", "", "", "", ""),
        ]
        batch = checked(csv_upload(rows), by=cast.marketing)
    assert (batch.counts["new"], batch.counts["probable"]) == (1, 1)
    html = browser.get(f"/acme/leads/import/{batch.pk}/").content.decode()
    plain, ticked = html.index("Import 1 new lead"), html.index("Import 2 leads")
    assert "tz-without-probable" in html[:plain]
    assert "tz-with-probable" in html[plain:ticked]


def test_a_missing_company_column_is_said_at_once(cast, browser, batch):
    url = f"/acme/leads/import/{batch.pk}/"
    browser.post(f"{url}back/")
    answer = browser.post(f"{url}columns/", {"column-2": "phone", "column-3": "phone"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "every lead needs one" in text
    assert "Chosen for several columns: Phone." in text


def test_a_file_that_is_no_table_is_explained(browser):
    upload = csv_upload([lead_row(1)], name="名单.xlsx")
    answer = browser.post("/acme/leads/import/new/", {"file": upload, "channel": "file"})
    assert answer.status_code == 422
    assert "does not match its name" in answer.content.decode()


@pytest.mark.parametrize("state", list(ImportState))
def test_the_page_shows_every_state(cast, browser, batch, state):
    with tenant_context(cast.organization.id):
        error = {"place": "row:7", "code": "unclosed_quote", "params": {"row": 7}}
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, error=error)
    assert browser.get(f"/acme/leads/import/{batch.pk}/").status_code == 200


def test_faulty_rows_come_back_marked_and_read_again(cast, browser, batch):
    url = f"/acme/leads/import/{batch.pk}"
    text = b"".join(browser.get(f"{url}/error.csv").streaming_content).decode("utf-8-sig")
    header, *lines = text.splitlines()
    assert header == ",".join([*HEADER, "Result of the check"])
    assert "'=1+1" in text
    assert "手机: This cannot be a phone number." in text
    assert len(lines) == 2
    with tenant_context(cast.organization.id):
        corrected = text.replace("谁,12", "谁,13800000077").replace(",谁", "苏州新公司,谁", 1)
        again = checked(
            csv_upload([], name="x.csv") if False else _upload(corrected), by=cast.marketing
        )
        assert again.counts["new"] == 1


def _upload(text: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("改好.csv", text.encode("utf-8-sig"))


def test_every_bucket_downloads_in_both_kinds(browser, batch):
    for bucket in ("new", "duplicate", "probable", "owned", "error"):
        for kind in ("csv", "xlsx"):
            answer = browser.get(f"/acme/leads/import/{batch.pk}/{bucket}.{kind}")
            assert answer.status_code == 200
            assert b"".join(answer.streaming_content)


def test_the_rows_page_does_not_ask_more_for_more_rows(cast, browser):
    def queries(count: int, start: int) -> int:
        with tenant_context(cast.organization.id):
            rows = [lead_row(start + n) for n in range(count)]
            batch = checked(csv_upload(rows), by=cast.marketing)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(f"/acme/leads/import/{batch.pk}/rows/")
        return len(asked)

    queries(1, 500)
    assert queries(3, 0) == queries(30, 100)


def test_the_channel_page_balances_and_opens_its_rows(cast, browser):
    with tenant_context(cast.organization.id):
        imported(
            csv_upload([lead_row(1), lead_row(1), ("", "x", "", "", "", "")]), by=cast.marketing
        )
    text = browser.get("/acme/leads/channels/").content.decode()
    assert "?channel=file&amp;outcome=created" in text
    rows = browser.get("/acme/leads/channels/arrivals/?channel=file&outcome=rejected")
    assert "Faulty row" in rows.content.decode()


def test_empty_channels_lead_to_a_first_lead(cast, sign_in):
    page = sign_in(cast.marketing).get("/acme/leads/channels/").content.decode()
    assert "Nothing has come in yet." in page
    assert 'href="/acme/leads/import/new/"' in page


@pytest.mark.parametrize("path", ["", "rows/", "arrivals/", "original/", "error.csv"])
def test_another_organisations_imports_do_not_exist(cast, other_cast, batch, sign_in, path):
    stranger = sign_in(other_cast.marketing)
    assert stranger.get(f"/globex/leads/import/{batch.pk}/{path}").status_code == 404
    assert stranger.get(f"/acme/leads/import/{batch.pk}/{path}").status_code == 404


@pytest.mark.parametrize("action", ["columns", "back", "start", "stop"])
def test_nor_can_they_be_started_or_stopped_from_there(cast, other_cast, batch, sign_in, action):
    stranger = sign_in(other_cast.marketing)
    answer = stranger.post(
        f"/globex/leads/import/{batch.pk}/{action}/", {"column-0": "company_name"}
    )
    assert answer.status_code == 404
    with tenant_context(cast.organization.id):
        assert ImportBatch.objects.get(pk=batch.pk).state == ImportState.CHECKED


def test_reps_do_not_import(cast, sign_in):
    assert sign_in(cast.agent).get("/acme/leads/import/").status_code == 403


def test_rules_read_as_sentences_and_can_be_moved_and_switched(cast, sign_in):
    browser = sign_in(cast.owner)
    text = browser.get("/acme/leads/rules/").content.decode()
    assert "Province Shanghai, Jiangsu, Zhejiang" in text
    with tenant_context(cast.organization.id):
        first, second = AssignmentRule.objects.order_by("position")
    browser.post(f"/acme/leads/rules/{second.pk}/move/up/")
    browser.post(f"/acme/leads/rules/{first.pk}/switch/off/")
    with tenant_context(cast.organization.id):
        rows = AssignmentRule.objects.order_by("position").values_list("pk", "is_active")
        assert list(rows) == [(second.pk, True), (first.pk, False)]


def test_a_rule_is_made_tried_and_saved(cast, sign_in):
    browser = sign_in(cast.owner)
    with tenant_context(cast.organization.id):
        Lead.objects.create(number="T-1", company_name="苏州同光", province="32")
    rule = {
        "name": "江苏给赵北", "strategy": "round_robin", "provinces": ["32"],
        "members": [cast.northerner.pk],
    }  # fmt: skip
    tried = browser.post("/acme/leads/rules/new/", {**rule, "try": "1"}).content.decode()
    assert "1 lead of the last 30 days" in tried
    assert browser.post("/acme/leads/rules/new/", rule).status_code == 302
    with tenant_context(cast.organization.id):
        saved = AssignmentRule.objects.get(name="江苏给赵北")
        assert saved.pool == {"members": [cast.northerner.pk]}
    page = browser.get(f"/acme/leads/rules/{saved.pk}/").content.decode()
    assert "checked" in page


def test_a_rule_without_reps_is_refused(cast, sign_in):
    answer = sign_in(cast.owner).post(
        "/acme/leads/rules/new/", {"name": "x", "strategy": "round_robin"}
    )
    assert answer.status_code == 422


def test_leads_without_owner_say_why_and_can_be_handed_out(cast, sign_in):
    browser = sign_in(cast.marketing)
    with tenant_context(cast.organization.id):
        lead = Lead.objects.create(number="T-1", company_name="昆明某公司", province="53")
        assignment.assign_leads(lead_ids=[lead.pk])
    assert "No rule fits this lead" in browser.get("/acme/leads/unassigned/").content.decode()
    browser.post(
        "/acme/leads/unassigned/assign/", {"ids": [lead.pk], "go": "1", "member": cast.agent.pk}
    )
    with tenant_context(cast.organization.id):
        assert Lead.objects.get(pk=lead.pk).owner_id == cast.agent.pk


def test_a_lead_says_why_this_rep(cast, sign_in):
    with tenant_context(cast.organization.id):
        imported(csv_upload([lead_row(1)]), by=cast.marketing)
        lead = Lead.objects.get()
    text = sign_in(cast.marketing).get(f"/acme/leads/{lead.pk}/").content.decode()
    assert "华东" in text
    assert "turn, fewest so far" in text


def test_a_lead_like_a_client_of_ones_own_leads_to_the_merge_screen(cast, sign_in):
    reps = [cast.agent.pk, cast.colleague.pk, cast.northerner.pk]
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk__in=reps).update(is_active=False)
        own = known_lead(owner=cast.owner, company_name="苏州同光精密机械有限公司")
        batch = checked(csv_upload([("同光精密机械", "", "", "", "江苏", "")]), by=cast.owner)
    browser = sign_in(cast.owner)

    def page(path: str) -> str:
        answer = browser.get(f"/acme/leads/{path}")
        assert answer.status_code == 200
        return answer.content.decode()

    assert "1 probable duplicate is like a client of your own" in page(f"import/{batch.pk}/")
    with tenant_context(cast.organization.id):
        start_import(batch_id=batch.pk, include_probable=True)
        work(batch)
        lead = Lead.objects.get(import_batch=batch)
        assert not CollisionCase.objects.exists()
    screen = f"/acme/merges/lead/{own.pk}/{lead.pk}/"
    assert "Probable duplicates of ours" in page(f"import/{batch.pk}/")
    assert screen in page(f"import/{batch.pk}/arrivals/?alike=yes")
    assert screen in page(f"{lead.pk}/")
    assert browser.get(screen).status_code == 200
    with tenant_context(cast.organization.id):
        judge(("lead", own.pk), ("lead", lead.pk), IdentityVerdict.NOT_SAME, by=cast.owner)
    assert screen not in page(f"{lead.pk}/")
    assert screen not in page(f"import/{batch.pk}/arrivals/?alike=yes")
