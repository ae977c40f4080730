from datetime import timedelta

import pytest
from django.utils import timezone

from crm.teamwork import selectors, services
from crm.teamwork.enums import NotificationKind, TaskState
from crm.teamwork.models import Notification, Task
from crm.tenancy.context import acting_as, tenant_context


def test_the_acting_member_is_not_told_about_their_own_doing(tenant):
    with acting_as(tenant.agent.pk):
        services.notify(
            member_ids=[tenant.agent.pk, tenant.manager.pk, None, tenant.manager.pk],
            kind=NotificationKind.LEAD_ASSIGNED,
            title="x",
        )
    assert list(Notification.objects.values_list("member_id", flat=True)) == [tenant.manager.pk]
    assert selectors.unread_count(tenant.manager) == 1
    services.mark_read(member=tenant.manager)
    assert selectors.unread_count(tenant.manager) == 0


def test_a_task_given_to_another_is_announced(tenant):
    with acting_as(tenant.manager.pk):
        services.create_task(title="回访", owner=tenant.agent)
    assert selectors.unread_count(tenant.agent) == 1
    assert [task.title for task in selectors.open_tasks_of(tenant.agent)] == ["回访"]


def test_finishing_twice_leaves_one_trace(tenant):
    task = services.create_task(title="x", owner=tenant.agent)
    services.set_task_state(task_id=task.pk, state=TaskState.DONE)
    done_at = services.set_task_state(task_id=task.pk, state=TaskState.DONE).done_at
    assert done_at is not None
    assert task.history.count() == 1


def test_an_empty_comment_is_refused(tenant):
    with pytest.raises(services.EmptyComment):
        services.add_comment(subject=tenant.agent, member=tenant.agent, text="  ")


def test_the_task_pages_walk_a_task_from_open_to_done(cast, sign_in):
    client = sign_in(cast.agent)
    due = timezone.localtime() + timedelta(days=1)
    response = client.post(
        "/acme/tasks/create/",
        {"title": "送样机", "owner": cast.agent.pk, "due_at": f"{due:%Y-%m-%dT%H:%M}"},
    )
    assert response.status_code == 302
    assert "送样机" in client.get("/acme/tasks/").content.decode()
    with tenant_context(cast.organization.id):
        task = Task.objects.get()
    assert client.get(f"/acme/tasks/{task.pk}/").status_code == 200
    assert client.post(f"/acme/tasks/{task.pk}/done/").status_code == 302
    with tenant_context(cast.organization.id):
        task.refresh_from_db()
    assert task.state == TaskState.DONE


def test_a_task_without_a_title_comes_back_with_the_error(cast, sign_in):
    response = sign_in(cast.agent).post("/acme/tasks/create/", {"owner": cast.agent.pk})
    assert response.status_code == 422


def test_anothers_task_does_not_exist(cast, sign_in):
    with tenant_context(cast.organization.id):
        task = services.create_task(title="x", owner=cast.agent)
    assert sign_in(cast.colleague).get(f"/acme/tasks/{task.pk}/").status_code == 404
    assert sign_in(cast.manager).get(f"/acme/tasks/{task.pk}/").status_code == 200


def test_the_inbox_opens_the_record_and_marks_it_read(cast, sign_in):
    with tenant_context(cast.organization.id):
        services.notify(member_ids=[cast.agent.pk], kind="mentioned", title="看一下", url="tasks/")
        (notification,) = selectors.inbox(cast.agent)
    client = sign_in(cast.agent)
    assert "看一下" in client.get("/acme/notifications/").content.decode()
    stranger = sign_in(cast.colleague).post(f"/acme/notifications/{notification.pk}/open/")
    assert stranger.headers["Location"] == "/acme/notifications/"
    response = client.post(f"/acme/notifications/{notification.pk}/open/")
    assert response.headers["Location"] == "/acme/tasks/"
    with tenant_context(cast.organization.id):
        assert selectors.unread_count(cast.agent) == 0
