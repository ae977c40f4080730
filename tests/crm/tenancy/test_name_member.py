"""Who acts is said once the member is known, without a savepoint."""

from django.db import connection

from crm.tenancy.context import current_member_id, current_tenant, name_member, tenant_context


def test_what_follows_is_done_by_the_named_member(cast):
    with tenant_context(cast.organization.id):
        name_member(cast.agent.pk)
        assert current_member_id() == cast.agent.pk
        east = cast.departments["east"]
        east.name = "华东二区"
        east.save(update_fields=["name"])
        event = east.history.get(name="华东", pgh_context__member=cast.agent.pk)
        assert event.pgh_context["reason"] == ""


def test_the_name_ends_with_the_context(cast):
    with tenant_context(cast.organization.id):
        name_member(cast.agent.pk)
    assert current_tenant() is None
    with tenant_context(cast.organization.id):
        assert current_member_id() is None


def test_a_page_sets_the_tenant_and_then_the_member_and_no_savepoint(
    cast, sign_in, django_assert_max_num_queries
):
    browser = sign_in(cast.agent)
    browser.get(f"/{cast.organization.slug}/preferences/")
    with django_assert_max_num_queries(100) as seen:
        assert browser.get(f"/{cast.organization.slug}/preferences/").status_code == 200
    said = [one["sql"] for one in seen.captured_queries if "set_config" in one["sql"]]
    # the test's own transaction makes the outermost context a savepoint, which resets at its end
    assert len(said) == 3
    assert f'"member": {cast.agent.pk}' in said[1].replace("\\", "")


def test_the_planner_knows_that_pages_are_in_memory(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW random_page_cost")
        assert cursor.fetchone() == ("1.1",)
