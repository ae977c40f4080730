"""A file of members: what each row means, all of it or nothing."""

from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from crm.people.models import Department, Invitation, Member, Role
from crm.people.services.member_imports import (
    Plan,
    apply_import,
    members_table,
    plan_import,
)
from crm.refusals import Refused
from crm.tenancy.context import tenant_context

HEADER = "姓名,邮箱,手机,部门,职务,角色,上级"


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode("gb18030")


def plan(by: Member, *rows: str, create: bool = True) -> Plan:
    table = members_table(csv(*rows), "members.csv")
    return plan_import(table, by=by, create_departments=create)


def problems(by: Member, *rows: str, **how: bool) -> list[str]:
    return [problem for row in plan(by, *rows, **how).rows for problem in row.problems]


def test_a_file_invites_some_and_changes_others(tenant, as_member):
    email = tenant.agent.user.email
    found = plan(
        tenant.owner,
        "沈佳,shen@new.test,13800000000,总部/华东/上海,经理,销售经理、sales rep,马经理",
        f"王磊,{email},,总部 / 华北,大客户经理,,shen@new.test",
        "陆一,lu@new.test,,华东,,,沈佳",
    )
    assert found.counts == {"invite": 2, "change": 1}
    assert found.new_paths == [("总部", "华东", "上海")]
    with as_member(tenant.owner):
        apply_import(found, by=tenant.owner)
    agent = Member.objects.select_related("department").get(pk=tenant.agent.pk)
    assert (agent.title, agent.department.name, agent.phone) == ("大客户经理", "华北", "")
    assert agent.role_codes == {"rep"}
    shen = Invitation.objects.select_related("department__parent").get(email="shen@new.test")
    assert (shen.department.name, shen.department.parent.name) == ("上海", "华东")
    assert shen.superior_email == tenant.manager.user.email
    roles = Role.objects.filter(pk__in=shen.role_ids).values_list("code", flat=True)
    assert set(roles) == {"manager", "rep"}
    lu = Invitation.objects.get(email="lu@new.test")
    assert lu.superior_email == "shen@new.test"
    assert lu.department == tenant.departments["east"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",a@new.test,,,,,", "name is missing"),
        ("甲,no-address,,,,,", "no e-mail address"),
        ("甲,a@new.test,,火星,,,", "no department"),
        ("甲,a@new.test,,,,国王,", "no role"),
        ("甲,a@new.test,,,,,谁", "cannot be found"),
        ("甲,a@new.test,,,,,a@new.test", "own superior"),
        ("甲" * 81 + ",a@new.test,,,,,", "too long"),
    ],
    ids=range(7),
)
def test_every_problem_is_said(tenant, row, words):
    with translation.override("en"):
        assert any(words in problem for problem in problems(tenant.owner, row, create=False))


def test_an_address_twice_and_a_name_of_two_people(tenant):
    assert len(problems(tenant.owner, "甲,a@new.test,,,,,", "乙,A@new.test,,,,,")) == 1
    rows = ("甲,a@new.test,,,,,丙", "丙,b@new.test,,,,,", "丙,c@new.test,,,,,")
    assert len(problems(tenant.owner, *rows)) == 1


def test_roles_need_the_right_to_give_them(tenant):
    may_invite_only(tenant)
    assert len(problems(tenant.manager, "甲,a@new.test,,,,销售经理,")) == 1


def test_a_file_may_no_more_than_its_reader(tenant):
    may_invite_only(tenant)
    owner = f"周总,{tenant.owner.user.email},,,小职员,,"
    assert len(problems(tenant.manager, owner)) == 1
    assert len(problems(tenant.manager, "甲,a@new.test,,新部门,,,")) == 1
    assert problems(tenant.manager, "甲,a@new.test,,华东,,,") == []


def may_invite_only(tenant) -> None:
    """The manager may invite, and nothing else about people."""
    Role.objects.filter(code="manager").update(grants={"people.invite_member": 4})


def test_faulty_rows_are_left_out(tenant, as_member):
    with as_member(tenant.owner):
        apply_import(
            plan(tenant.owner, "甲,a@new.test,,,,,", "乙,faulty,,火星,,,"), by=tenant.owner
        )
    assert list(Invitation.objects.values_list("email", flat=True)) == ["a@new.test"]
    assert not Department.objects.filter(name="火星").exists()


def test_all_of_it_or_nothing(tenant, as_member, monkeypatch):
    monkeypatch.setattr("crm.people.services.invitations.MOST_PER_HOUR", 1)
    found = plan(tenant.owner, "甲,a@new.test,,新部门,,,", "乙,b@new.test,,,,,")
    with as_member(tenant.owner), pytest.raises(Refused):
        apply_import(found, by=tenant.owner)
    assert not Invitation.objects.exists()
    assert not Department.objects.filter(name="新部门").exists()


def test_a_file_needs_names_and_addresses(tenant):
    with pytest.raises(Refused):
        members_table(csv("甲", header="姓名,城市"), "x.csv")


def workbook(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("members.xlsx", target.getvalue())


def test_from_the_file_to_the_invitations_in_a_browser(cast, sign_in):
    browser = sign_in(cast.owner)
    upload = workbook(
        ("Name", "E-mail", "Department"), ("甲", "a@new.test", "总部/新部门"), ("", "x", "")
    )
    answer = browser.post(
        "/acme/people/import/", {"file": upload, "create_departments": "on"}, follow=True
    )
    text = answer.content.decode()
    assert "a@new.test" in text
    assert "The name is missing." in text
    address = answer.redirect_chain[-1][0].partition("?")[0]
    with tenant_context(cast.organization.id):
        assert not Invitation.objects.exists()
    assert sign_in(cast.manager).post(f"{address}apply/").status_code == 403
    assert browser.post(f"{address}apply/", {"create": "1"}).status_code == 302
    with tenant_context(cast.organization.id):
        assert Invitation.objects.get().department.name == "新部门"


def test_a_file_that_is_no_table_is_refused(cast, sign_in):
    upload = SimpleUploadedFile("members.csv", b"%PDF-1.7 \x00\x01\x02")
    answer = sign_in(cast.owner).post("/acme/people/import/", {"file": upload})
    assert answer.status_code == 422


def test_another_members_upload_is_not_shown(cast, sign_in):
    with tenant_context(cast.organization.id):
        Role.objects.filter(code="manager").update(grants={"people.invite_member": 4})
    upload = workbook(("Name", "E-mail"), ("甲", "a@new.test"))
    answer = sign_in(cast.owner).post("/acme/people/import/", {"file": upload})
    address = answer.headers["Location"]
    assert sign_in(cast.manager).get(address).status_code == 404
