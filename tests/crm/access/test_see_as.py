"""See as …: an administrator looks with another's eyes, and can do nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.access import seeing
from crm.audit.models import OperationLog
from crm.people.models import Absence, Member, MemberRole, Role, User
from crm.teamwork.models import Notification
from crm.tenancy.context import tenant_context
from leads.models import Customer

BANNER = 'class="tz-seeing"'


@pytest.fixture
def customers(cast):
    with tenant_context(cast.organization.id):
        for part in ("agent", "northerner"):
            owner = cast.members[part]
            Customer.objects.create(
                number=part, name=f"客户{part}", owner=owner, department=owner.department
            )


@pytest.fixture
def owner(cast, sign_in, customers):
    return sign_in(cast.owner)


def root(cast):
    return f"/{cast.organization.slug}/"


def start(browser, cast, part="agent"):
    return browser.post(f"{root(cast)}members/{cast.members[part].pk}/see-as/")


def log(cast, action):
    with tenant_context(cast.organization.id):
        return list(OperationLog.objects.filter(action=action).order_by("id"))


def slot(cast):
    return f"see-as:{cast.organization.pk}"


def test_everything_is_shown_as_the_member_sees_it(owner, cast):
    everything = owner.get(f"{root(cast)}customers/").content.decode()
    assert "客户northerner" in everything
    assert start(owner, cast).headers["Location"] == root(cast)
    page = owner.get(f"{root(cast)}customers/").content.decode()
    assert BANNER in page
    assert "You see as 王磊" in page
    assert "客户agent" in page
    assert "客户northerner" not in page
    assert owner.get(f"{root(cast)}roles/").status_code == 403


def test_the_strip_is_on_every_page(owner, cast):
    start(owner, cast)
    for path in ("", "customers/", "leads/", "tasks/", "search/?q=x", "no/such/page/", "roles/"):
        assert BANNER in owner.get(f"{root(cast)}{path}").content.decode(), path


def test_leaving_gives_ones_own_eyes_back(owner, cast):
    start(owner, cast)
    answer = owner.post(f"{root(cast)}see-as/leave/")
    assert answer.status_code == 302
    page = owner.get(f"{root(cast)}customers/").content.decode()
    assert BANNER not in page
    assert "客户northerner" in page
    (began,) = log(cast, "access.see_as_started")
    (ended,) = log(cast, "access.see_as_ended")
    assert began.member_id == ended.member_id == cast.owner.pk
    assert began.subject_id == ended.subject_id == cast.agent.pk
    assert ended.details["reason"] == "left"


def test_what_was_looked_at_is_written_under_the_administrators_name(owner, cast):
    start(owner, cast)
    owner.get(f"{root(cast)}customers/")
    (seen,) = log(cast, "access.seen_as")
    assert seen.member_id == cast.owner.pk
    assert seen.subject_id == cast.agent.pk
    assert seen.details == {"page": "leads:customers", "path": f"{root(cast)}customers/"}


def test_nothing_that_is_sent_is_done(owner, cast):
    start(owner, cast)
    sent = {"title": "x", "owner": cast.agent.pk, "go": "1"}
    for headers in ({}, {"HX-Request": "true"}):
        answer = owner.post(f"{root(cast)}tasks/create/", sent, headers=headers)
        assert answer.status_code == 403
    assert "nothing can be changed" in answer.headers["HX-Trigger"]
    for method in ("put", "patch", "delete"):
        assert getattr(owner, method)(f"{root(cast)}customers/").status_code == 403
    look = owner.post(f"{root(cast)}look/", {"theme": "dark"})
    assert look.status_code == 403
    assert User.objects.get(pk=cast.agent.user_id).theme == "auto"


def test_no_method_is_smuggled(owner, cast):
    start(owner, cast)
    for headers in ({"X-HTTP-Method-Override": "GET"}, {"X-HTTP-Method": "GET"}):
        answer = owner.post(f"{root(cast)}notifications/read/", headers=headers)
        assert answer.status_code == 403
    assert owner.post(f"{root(cast)}customers/?_method=GET").status_code == 403


def test_exports_are_refused(cast, sign_in, customers):
    browser = sign_in(cast.owner)
    start(browser, cast, "manager")
    for kind in ("csv", "xlsx"):
        assert browser.get(f"{root(cast)}customers/?export={kind}").status_code == 403


def test_what_a_page_writes_is_taken_back(owner, cast, monkeypatch):
    """Even a page that writes when it is read leaves nothing behind."""
    with tenant_context(cast.organization.id):
        note = Notification.objects.create(member=cast.agent, kind="task", title="x", path="/")
    from crm.teamwork import selectors

    original = selectors.inbox

    def reading(member, **more):
        Notification.objects.filter(member=member).update(read_at=timezone.now())
        return original(member, **more)

    monkeypatch.setattr(selectors, "inbox", reading)
    start(owner, cast)
    assert owner.get(f"{root(cast)}notifications/").status_code == 200
    with tenant_context(cast.organization.id):
        assert Notification.objects.get(pk=note.pk).read_at is None


def test_personal_pages_are_out_of_reach(owner, cast):
    start(owner, cast)
    assert owner.get(f"{root(cast)}preferences/").status_code == 403
    account = owner.get("/accounts/2fa/")
    assert account.status_code in (200, 302, 404)
    assert "agent@" not in account.content.decode()


def test_it_does_not_nest(owner, cast):
    start(owner, cast)
    assert start(owner, cast, "finance").status_code == 403
    assert owner.session[slot(cast)]["target"] == cast.agent.pk


@pytest.mark.parametrize("part", ["manager", "agent", "finance"])
def test_it_needs_the_permission(cast, sign_in, part):
    browser = sign_in(cast.members[part])
    assert start(browser, cast, "colleague").status_code == 403
    assert slot(cast) not in browser.session


def test_not_oneself_not_the_deactivated_not_strangers(owner, cast, other_cast):
    assert start(owner, cast, "owner").status_code == 422
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(is_active=False)
    assert start(owner, cast).status_code == 422
    stranger = owner.post(f"{root(cast)}members/{other_cast.agent.pk}/see-as/")
    assert stranger.status_code == 404


def forge(browser, cast, **values):
    session = browser.session
    until = int((timezone.now() + timedelta(minutes=10)).timestamp())
    known = {"actor": cast.owner.pk, "target": cast.agent.pk, "until": until}
    session[slot(cast)] = known | values
    session.save()


def test_half_an_hour_is_the_end(owner, cast):
    forge(owner, cast, until=int((timezone.now() - timedelta(seconds=1)).timestamp()))
    answer = owner.get(f"{root(cast)}customers/")
    assert answer.headers["Location"] == f"{root(cast)}customers/"
    page = owner.get(f"{root(cast)}customers/").content.decode()
    assert BANNER not in page
    assert log(cast, "access.see_as_ended")[0].details["reason"] == "expired"


def test_what_is_sent_as_it_ends_is_not_done_in_ones_own_name(owner, cast):
    sent = {"title": "x", "owner": cast.agent.pk, "go": "1"}
    for headers in ({}, {"HX-Request": "true"}):
        forge(owner, cast, until=1)
        answer = owner.post(f"{root(cast)}tasks/create/", sent, headers=headers)
        assert answer.status_code == (403 if not headers else 200)
    assert answer.headers["HX-Refresh"] == "true"
    with tenant_context(cast.organization.id):
        from crm.teamwork.models import Task

        assert not Task.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"actor": 987_654_321},
        {"target": "1 OR 1=1"},
        {"target": None},
        {"until": "forever"},
        {"until": int((timezone.now() + timedelta(days=9)).timestamp())},
        {"until": True},
    ],
)
def test_a_forged_value_shows_nothing(owner, cast, values):
    forge(owner, cast, **values)
    assert owner.get(f"{root(cast)}customers/").status_code == 302
    assert BANNER not in owner.get(f"{root(cast)}customers/").content.decode()
    assert slot(cast) not in owner.session


def test_another_tenants_member_is_nobody_here(owner, cast, other_cast):
    forge(owner, cast, target=other_cast.agent.pk)
    assert owner.get(f"{root(cast)}customers/").status_code == 302
    assert slot(cast) not in owner.session


def test_a_session_of_a_rep_with_a_forged_value_stays_a_reps(cast, sign_in, customers):
    browser = sign_in(cast.agent)
    forge(browser, cast, actor=cast.agent.pk, target=cast.owner.pk)
    browser.get(f"{root(cast)}customers/")
    page = browser.get(f"{root(cast)}customers/").content.decode()
    assert "客户northerner" not in page


def test_it_ends_when_the_permission_is_taken(owner, cast):
    start(owner, cast)
    with tenant_context(cast.organization.id):
        role = Role.objects.get(code="administrator")
        role.grants.pop("access.see_as")
        role.save(update_fields=["grants"])
    owner.get(f"{root(cast)}customers/")
    assert BANNER not in owner.get(f"{root(cast)}customers/").content.decode()


def test_it_ends_when_the_member_is_deactivated(owner, cast):
    start(owner, cast)
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.agent.pk).update(is_active=False)
    assert owner.get(f"{root(cast)}customers/").status_code == 302
    assert BANNER not in owner.get(f"{root(cast)}customers/").content.decode()


def test_it_ends_when_the_administrator_is_deactivated(owner, cast):
    start(owner, cast)
    with tenant_context(cast.organization.id):
        Member.objects.filter(pk=cast.owner.pk).update(is_active=False)
    assert owner.get(f"{root(cast)}customers/").status_code == 404


def test_it_ends_on_sign_out(owner, cast):
    start(owner, cast)
    owner.post("/accounts/logout/")
    (ended,) = log(cast, "access.see_as_ended")
    assert ended.details["reason"] == "signed out"
    assert ended.member_id == cast.owner.pk


def test_it_does_not_follow_into_another_organisation(owner, cast, other_cast):
    """The same person is an administrator in both; eyes are borrowed in one."""
    with tenant_context(other_cast.organization.id):
        own = Member.objects.create(
            user_id=cast.owner.user_id, name="x", department=other_cast.departments["office"]
        )
        MemberRole.objects.create(member=own, role=Role.objects.get(code="administrator"))
    start(owner, cast)
    assert BANNER in owner.get(root(cast)).content.decode()
    assert BANNER not in owner.get(root(other_cast)).content.decode()
    assert owner.get(f"{root(other_cast)}roles/").status_code == 200


def test_the_stream_and_the_counts_follow_the_eyes(owner, cast):
    start(owner, cast)
    body = owner.get(f"{root(cast)}customers/").content.decode()
    assert f'data-who="{cast.organization.pk}:{cast.agent.pk}"' in body
    assert owner.get(f"{root(cast)}counts/").status_code == 200
    assert not [one for one in log(cast, "access.seen_as") if one.details["page"] == "web:counts"]


def test_streams_opened_with_other_eyes_end(owner, cast, monkeypatch):
    ended = []
    monkeypatch.setattr(seeing.live, "end_session_streams", ended.append)
    start(owner, cast)
    owner.post(f"{root(cast)}see-as/leave/")
    assert ended == [owner.session.session_key] * 2


def test_the_columns_a_member_chose_do_not_stay(owner, cast):
    start(owner, cast)
    owner.get(f"{root(cast)}customers/")
    assert "columns" in owner.session
    owner.post(f"{root(cast)}see-as/leave/")
    assert "columns" not in owner.session


def test_only_get_and_its_like_are_looking():
    assert {"GET", "HEAD", "OPTIONS"} == seeing.SAFE


def test_a_record_seen_with_borrowed_eyes_may_still_be_noted_with_ones_own(owner, cast):
    with tenant_context(cast.organization.id):
        pk = Customer.objects.get(name="客户agent").pk
    start(owner, cast)
    assert owner.get(f"{root(cast)}customers/{pk}/").status_code == 200
    assert log(cast, "record.viewed") == []
    assert log(cast, "access.seen_as")[-1].details["page"] == "leads:customer"
    owner.post(f"{root(cast)}see-as/leave/")
    owner.get(f"{root(cast)}customers/{pk}/")
    (seen,) = log(cast, "record.viewed")
    assert (seen.member_id, seen.subject_id) == (cast.owner.pk, pk)


def test_no_file_is_handed_out(cast, sign_in):
    """Not the bank statement as it was uploaded, either."""
    from tests.support.growth import World

    with tenant_context(cast.organization.id):
        statement = World(cast).statement
    path = f"{root(cast)}bank/statements/{statement.pk}/file/"
    browser = sign_in(cast.owner)
    handed_out = browser.get(path)
    assert handed_out.status_code == 200
    for close in handed_out._resource_closers:
        close()
    start(browser, cast, "finance")
    assert browser.get(f"{root(cast)}bank/statements/{statement.pk}/").status_code == 200
    answer = browser.get(path)
    assert answer.status_code == 403
    assert "Content-Disposition" not in answer.headers


def test_what_was_filled_in_with_borrowed_eyes_is_not_done_with_ones_own(owner, cast):
    """Another tab has left; the form and the page of this one still say whose they were."""
    path = f"{root(cast)}absences/new/"
    start(owner, cast)
    page = owner.get(path).content.decode()
    assert page.count('name="seen_as"') == page.count('name="csrfmiddlewaretoken"') > 0
    owner.post(f"{root(cast)}see-as/leave/", {"seen_as": "1"})
    facts = {"member": cast.owner.pk, "kind": "leave", "start_date": "2031-05-05"}
    facts |= {"end_date": "2031-05-06", "start_time": "", "end_time": "", "deputy": "", "note": ""}
    marked = owner.post(path, facts | {"seen_as": "1"})
    eyes = f"{cast.organization.pk}:{cast.agent.pk}"
    by_script = owner.post(path, facts, headers={"X-Who": eyes, "HX-Request": "true"})
    assert marked.status_code == 403
    assert "Nothing was done" in marked.content.decode()
    assert by_script.headers["HX-Refresh"] == "true"
    with tenant_context(cast.organization.id):
        assert not Absence.objects.exists()
    assert 'name="seen_as"' not in owner.get(path).content.decode()
    own = f"{cast.organization.pk}:{cast.owner.pk}"
    assert owner.post(path, facts, headers={"X-Who": own}).status_code == 302
