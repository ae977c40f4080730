"""A long story shows its newest part; the rest is one press away and not lost."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from crm.web.components import Entry


def page(count: int) -> str:
    now = timezone.now()
    entries = [Entry(now - timedelta(hours=one), f"act {one};") for one in range(count)]
    return render_to_string("components/timeline.html", {"entries": entries})


def test_a_short_story_is_whole():
    assert "<details" not in page(40)
    assert page(0).count("tz-entry-head") == 0


def test_of_a_long_one_what_is_older_is_folded():
    with override("en"):
        html = page(60)
    newest, older = html.split("<details")
    assert "20 earlier entries" in older
    assert "act 39;" in newest
    assert "act 59;" in older
    assert html.count("tz-entry-head") == 60
