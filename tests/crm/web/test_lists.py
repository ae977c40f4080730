"""A list answers as page, as table, as panel and as file, and keeps what a member chose."""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from crm.people.models import Member
from crm.tenancy.context import tenant_context
from crm.web.models import ColumnChoice, SavedView
from tests.support.exports import exported

PAGE = "/acme/gallery/"
TABLE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "table-gallery"}
FRAGMENT = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def browser(cast, sign_in):
    return sign_in(cast.owner)


def text_of(response) -> str:
    return response.content.decode()


def test_the_page_holds_the_table_and_htmx_gets_the_table_alone(browser):
    page = text_of(browser.get(PAGE))
    part = text_of(browser.get(PAGE, **TABLE))
    assert "<!doctype html>" in page
    assert part.lstrip().startswith('<section id="table-gallery"')
    assert "HX-Target" in browser.get(PAGE).headers["Vary"]


def test_a_tick_box_is_pressed_anywhere_in_its_cell(browser):
    page = text_of(browser.get(PAGE))
    boxes = page.count('name="ids"')
    assert boxes > 0
    assert page.count('<td class="tz-tick"><label><input type="checkbox"') == boxes


def test_a_filter_narrows_and_shows_a_chip(browser, cast):
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(is_receiving_leads=False)
    part = text_of(browser.get(f"{PAGE}?is_receiving_leads=no", **TABLE))
    assert "王磊" in part
    assert "李娜" not in part
    assert "tz-filter-chip" in part


def test_the_search_box_and_an_empty_answer(browser):
    assert "王磊" in text_of(browser.get(f"{PAGE}?q=王", **TABLE))
    nothing = text_of(browser.get(f"{PAGE}?q=nobody", **TABLE))
    assert "No rows match these conditions." in nothing


def test_pages_are_linked_by_cursors(browser):
    first = text_of(browser.get(PAGE, **TABLE))
    assert "after=" in first
    assert "before=" not in first


@pytest.mark.parametrize("panel", ["filters", "columns", "views"])
def test_panels_come_as_fragments(browser, panel):
    part = text_of(browser.get(f"{PAGE}?panel={panel}", **FRAGMENT))
    assert "<!doctype" not in part
    assert "<form" in part


def test_an_unknown_sort_falls_back(browser):
    assert browser.get(f"{PAGE}?sort=user__password").status_code == 200


def test_chosen_columns_are_kept_for_the_member(browser, cast):
    values = {"page": "gallery", "columns": ["phone"]}
    answer = browser.post("/acme/lists/columns/", values, **FRAGMENT)
    assert answer.status_code == 204
    assert "tz:refresh-gallery" in answer.headers["HX-Trigger"]
    part = text_of(browser.get(PAGE, **TABLE))
    assert "tz-col-phone" in part
    assert "tz-col-name" in part
    assert "tz-col-title" not in part
    with tenant_context(cast.organization.id):
        assert ColumnChoice.objects.get().member_id == cast.owner.pk
    browser.post("/acme/lists/columns/", values | {"reset": "1"}, **FRAGMENT)
    assert "tz-col-title" in text_of(browser.get(PAGE, **TABLE))


def test_a_view_is_kept_offered_and_deleted(browser, cast):
    values = {"page": "gallery", "query": "is_receiving_leads=yes", "name": "忙"}
    browser.post("/acme/lists/views/", values, **FRAGMENT)
    browser.post("/acme/lists/views/", values | {"query": "q=王"}, **FRAGMENT)
    with tenant_context(cast.organization.id):
        view = SavedView.objects.get()
        assert (view.query, view.is_shared) == ("q=王", False)
    assert "忙" in text_of(browser.get(f"{PAGE}?panel=views", **FRAGMENT))
    assert browser.post(f"/acme/lists/views/{view.pk}/delete/", **FRAGMENT).status_code == 200
    with tenant_context(cast.organization.id):
        assert not SavedView.objects.exists()


def test_only_those_who_may_share_a_view(cast, sign_in):
    rep = sign_in(cast.agent)
    values = {"page": "gallery", "query": "", "name": "all", "is_shared": "yes"}
    assert rep.post("/acme/lists/views/", values, **FRAGMENT).status_code == 403


def test_nobody_deletes_anothers_view(browser, cast):
    with tenant_context(cast.organization.id):
        view = SavedView.objects.create(member=cast.agent, page="gallery", name="mine")
    assert browser.post(f"/acme/lists/views/{view.pk}/delete/").status_code == 404


def test_csv_export_repeats_the_filters_and_defuses_formulas(browser, cast):
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(name="=cmd()", title="=1+1")
    response = exported(browser, f"{PAGE}?export=csv&q==cmd")
    data = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data)))
    assert rows[0][:2] == ["Name", "Job title"]
    assert [row[:2] for row in rows[1:]] == [["'=cmd()", "'=1+1"]]


def test_xlsx_export_holds_every_page(browser, cast):
    response = exported(browser, f"{PAGE}?export=xlsx")
    data = b"".join(response.streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert len(rows) == 1 + len(cast.members)


def test_rows_cost_no_queries(browser, cast, django_assert_max_num_queries):
    browser.get(PAGE, **TABLE)
    # Session and savepoints of the test included; a running server asks seven.
    with django_assert_max_num_queries(14):
        browser.get(PAGE, **TABLE)
