"""Chores: once per period over all workers, each for itself."""

from datetime import timedelta

import pytest

from crm.jobs import chores
from crm.jobs.chores import Chore


@pytest.fixture
def own(monkeypatch):
    """Only the chores of the test are known."""
    known: dict[str, Chore] = {}
    monkeypatch.setattr(chores, "_chores", known)
    return known


def test_it_runs_once_in_its_period(own):
    ran = []
    chores.chore("a", every=timedelta(hours=1))(lambda: ran.append("a"))
    assert chores.run_due() == ["a"]
    assert chores.run_due() == []
    assert ran == ["a"]


def test_one_that_fails_does_not_keep_the_others(own, caplog):
    ran = []

    @chores.chore("broken", every=timedelta(hours=1))
    def broken():
        raise ValueError("broken")

    chores.chore("b", every=timedelta(hours=1))(lambda: ran.append("b"))
    assert chores.run_due() == ["broken", "b"]
    assert ran == ["b"]
    assert "Chore broken failed" in caplog.text


def test_two_of_one_name_are_a_mistake(own):
    chores.chore("a", every=timedelta(hours=1))(print)
    with pytest.raises(ValueError, match="twice"):
        chores.chore("a", every=timedelta(hours=1))(print)


def test_it_is_known_when_a_worker_last_asked(own):
    assert chores.last_ran() is None
    chores.run_due()
    assert chores.last_ran() is not None


def test_the_scheduler_asks():
    from crm.celery import app

    assert app.conf.beat_schedule["chores"]["task"] == "crm.jobs.chores"
    app.loader.import_default_modules()
    assert "crm.jobs.chores" in app.tasks
    assert {one.name for one in chores.chores()} >= {"organizations.erase", "organizations.measure"}
