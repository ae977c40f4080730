from threading import Event
from time import sleep

import pytest
from django.utils import translation

from leads.services.merging import doing
from leads.services.stages import ensure_default_stages
from tests.leads.merging.world import Graph


@pytest.fixture
def graph(tenant) -> Graph:
    """An empty world to put records into."""
    return Graph(tenant, {stage.code: stage for stage in ensure_default_stages()})


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def held(monkeypatch) -> Event:
    """Set when a merge holds both records; it then takes its time."""
    event, real = Event(), doing._check

    def slow(*args):
        event.set()
        sleep(0.4)
        return real(*args)

    monkeypatch.setattr(doing, "_check", slow)
    return event
