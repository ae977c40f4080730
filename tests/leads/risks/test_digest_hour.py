"""The day's digest goes out once, from the hour the organisation chose, in its own time."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail

from crm.jobs.models import Job
from leads.models import CollisionSettings, CollisionWatch
from leads.services import risk_digest, watching


def due(cast, hour, minute=0, day=2):
    """Whether a digest is asked for at that hour of Shanghai's second of November."""
    Job.objects.all().delete()
    at = datetime(2026, 11, day, hour, minute, tzinfo=watching.zone_of("Asia/Shanghai"))
    watching.ask(cast.organization, at=at.astimezone(UTC))
    return Job.objects.filter(name="leads.send_risk_digests").exists()


@pytest.fixture
def choose():
    def choose(hour):
        CollisionSettings.objects.update_or_create(defaults={"digest_hour": hour})

    return choose


def test_from_eight_unless_another_hour_is_chosen(tenant, cast, choose):
    assert [due(cast, hour) for hour in (7, 8, 23)] == [False, True, True]
    choose(18)
    assert [due(cast, hour) for hour in (8, 17, 18)] == [False, False, True]
    choose(0)
    assert due(cast, 0)


def test_a_changed_hour_neither_skips_a_day_nor_sends_twice(tenant, cast, group, choose):
    choose(18)
    assert not due(cast, 12)
    choose(10)
    assert due(cast, 12, 2)  # brought forward past the hour: at once
    assert risk_digest.send_all(cast.organization.pk, date(2026, 11, 2))
    choose(20)
    assert not due(cast, 20)  # today's has gone out
    assert due(cast, 20, day=3)
    CollisionWatch.objects.update(digest_on="2026-11-03")
    assert not due(cast, 20)  # the organisation moved west: the day came again


def test_what_the_night_found_is_told_once(tenant, cast, group):
    days = [date(2026, 11, day) for day in (2, 3)]
    assert risk_digest.send_all(cast.organization.pk, days[0])
    sent = len(mail.outbox)
    CollisionWatch.objects.update(digest_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert risk_digest.send_all(cast.organization.pk, days[1]) == 0
    assert len(mail.outbox) == sent


def test_the_letter_says_why_it_came_and_how_to_stop_it(tenant, cast, group):
    risk_digest.send_all(cast.organization.pk, date(2026, 11, 2))
    letter = mail.outbox[0].body
    assert "/acme/collisions/risks/" in letter
    assert "您有权处理撞单预警" in letter
    assert "。 " not in letter  # no Chinese sentence is followed by a space
    assert "“关闭每日摘要”" in letter  # as the button of that page is called
