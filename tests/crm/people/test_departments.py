"""The tree of departments."""

import json
import threading

import pytest
from django.db import connection

from crm.people.hierarchy import departments_below
from crm.people.models import Department
from crm.people.services.departments import (
    NameTaken,
    create_department,
    delete_department,
    move_department,
    update_department,
)
from crm.refusals import Refused
from crm.tenancy.context import tenant_context
from leads.services.leads import create_lead


@pytest.fixture
def deep(tenant):
    """office > east > shanghai > pudong."""
    shanghai = create_department(name="上海", parent=tenant.departments["east"])
    return shanghai, create_department(name="浦东", parent=shanghai)


def path_of(department: Department) -> list[int]:
    return Department.objects.values_list("path", flat=True).get(pk=department.pk)


def test_moving_takes_everything_below_along(tenant, deep):
    shanghai, pudong = deep
    north, office = tenant.departments["north"], tenant.departments["office"]
    move_department(department_id=shanghai.pk, parent=north)
    assert path_of(shanghai) == [office.pk, north.pk, shanghai.pk]
    assert path_of(pudong) == [office.pk, north.pk, shanghai.pk, pudong.pk]
    assert set(departments_below(north.pk)) == {north.pk, shanghai.pk, pudong.pk}


def test_a_department_can_become_a_root_and_come_back(tenant, deep):
    shanghai, pudong = deep
    move_department(department_id=shanghai.pk, parent=None)
    assert path_of(pudong) == [shanghai.pk, pudong.pk]
    move_department(department_id=shanghai.pk, parent=tenant.departments["office"])
    assert path_of(pudong) == [tenant.departments["office"].pk, shanghai.pk, pudong.pk]


@pytest.mark.parametrize("into", [0, 1])
def test_a_department_is_not_put_into_itself(deep, into):
    with pytest.raises(Refused, match=r"into itself|自身"):
        move_department(department_id=deep[0].pk, parent=deep[into])


def test_names_are_unique_beside_each_other(tenant, deep):
    with pytest.raises(NameTaken):
        create_department(name="华北", parent=tenant.departments["office"])
    create_department(name="华北", parent=deep[0])
    create_department(name="第二总部")
    with pytest.raises(NameTaken):
        create_department(name="第二总部")
    north = tenant.departments["north"]
    with pytest.raises(NameTaken):
        update_department(
            department_id=north.pk, name="华东", head=None, provinces=[], industries=[]
        )


def test_only_an_empty_department_is_deleted(tenant, deep):
    shanghai, pudong = deep
    with pytest.raises(Refused):
        delete_department(department_id=shanghai.pk)
    with pytest.raises(Refused):
        delete_department(department_id=tenant.departments["north"].pk)
    delete_department(department_id=pudong.pk)
    delete_department(department_id=shanghai.pk)


def test_a_department_with_records_is_not_deleted(tenant, deep, as_member):
    with as_member(tenant.agent):
        lead = create_lead(by=tenant.agent, owner=tenant.agent, company_name="甲公司")
    type(lead).objects.filter(pk=lead.pk).update(department=deep[1])
    with pytest.raises(Refused):
        delete_department(department_id=deep[1].pk)


@pytest.mark.slow
def test_two_moves_at_once_make_no_circle(cast_committed):
    """East below North and North below East: one of the two is refused."""
    cast = cast_committed
    east, north = cast.departments["east"], cast.departments["north"]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def move(one: Department, into: Department) -> None:
        try:
            start.wait()
            with tenant_context(cast.organization.id):
                move_department(department_id=one.pk, parent=into)
            outcomes.append("moved")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((east, north), (north, east))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]


def put(browser, tenant, department, below=None):
    """What dragging sends."""
    url = f"/{tenant.organization.slug}/people/departments/{department.pk}/put/"
    query = f"?below={below.pk}" if below else ""
    return browser.post(url + query, headers={"HX-Request": "true"})


def test_dragged_it_moves_and_the_toast_puts_it_back(tenant, deep, sign_in):
    browser, north = sign_in(tenant.owner), tenant.departments["north"]
    answer = put(browser, tenant, deep[0], north)
    assert answer.status_code == 204
    undo = json.loads(answer.headers["HX-Trigger"])["tz:toast"]["undo"]
    assert path_of(deep[1])[1] == north.pk
    assert browser.post(undo, headers={"HX-Request": "true"}).status_code == 204
    assert path_of(deep[1])[1] == tenant.departments["east"].pk
    assert put(browser, tenant, deep[0]).status_code == 204
    assert path_of(deep[0]) == [deep[0].pk]


def test_dragged_into_itself_it_stays(tenant, deep, sign_in):
    answer = put(sign_in(tenant.owner), tenant, deep[0], deep[1])
    assert answer.status_code == 422
    assert "tz:toast" in answer.headers["HX-Trigger"]
    assert path_of(deep[0])[1] == tenant.departments["east"].pk


def test_only_who_may_edit_departments_drags(tenant, deep, sign_in):
    assert put(sign_in(tenant.agent), tenant, deep[0]).status_code == 403
    page = sign_in(tenant.agent).get(f"/{tenant.organization.slug}/people/departments/")
    assert "data-put" not in page.content.decode()
