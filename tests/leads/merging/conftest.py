import pytest
from django.utils import translation

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
