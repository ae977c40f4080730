"""What a test leaves active is not what the next one begins with."""

import pytest
from django.conf import settings
from django.utils import timezone, translation


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_each_begins_in_the_language_and_zone_of_the_settings(language):
    assert translation.get_language() == settings.LANGUAGE_CODE
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
    translation.activate(language)
    timezone.activate("Asia/Tokyo")
