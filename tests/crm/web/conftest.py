import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_cache():
    """The organisation behind an address is remembered; each test has its own."""
    cache.clear()
