"""Numbers, money and times as people write them, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.web import formats, markup
from crm.web.formats import Formats

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ZH = Formats("zh", ZoneInfo("Asia/Shanghai"), NOW)
EN = Formats("en", ZoneInfo("Asia/Shanghai"), NOW)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal("1234567"), "CNY", "¥1,234,567.00"),
        (Decimal("-1234.5"), "CNY", "−¥1,234.50"),
        (Decimal("0"), "CNY", "¥0.00"),
        (Decimal("9.9"), "USD", "US$9.90"),
        (Decimal("9.9"), "SEK", "SEK 9.90"),
        (None, "CNY", "—"),
    ],
)
def test_money_is_exact(amount, currency, shown):
    assert formats.money(amount, currency) == shown


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        ("1234567", "¥123.5 万", "¥1.23M"),
        ("12345", "¥1.2 万", "¥12.3K"),
        ("9999", "¥9,999", "¥10K"),
        ("500", "¥500", "¥500"),
        ("123456789.12", "¥1.23 亿", "¥123.46M"),
        ("99999999", "¥1 亿", "¥100M"),
        ("-96320", "−¥9.6 万", "−¥96.3K"),
        ("0", "¥0", "¥0"),
    ],
)
def test_tiles_are_short(amount, chinese, english):
    assert ZH.short_money(Decimal(amount)) == chinese
    assert EN.short_money(Decimal(amount)) == english


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=2))
def test_short_money_is_never_long(amount):
    assert len(ZH.short_money(amount)) <= 14
    assert len(EN.short_money(amount)) <= 14


@pytest.mark.parametrize(
    ("ago", "chinese", "english"),
    [
        (timedelta(seconds=20), "刚刚", "just now"),
        (timedelta(minutes=3), "3 分钟前", "3 min ago"),
        (timedelta(hours=3), "3 小时前", "3 h ago"),
        (timedelta(days=6), "6 天前", "6 d ago"),
        (timedelta(days=8), "11月13日", "13 Nov"),
        (timedelta(days=400), "2025年10月17日", "17 Oct 2025"),
        (-timedelta(hours=2), "2 小时后", "in 2 h"),
    ],
)
def test_times_are_relative_for_a_week(ago, chinese, english):
    assert ZH.relative(NOW - ago) == chinese
    assert EN.relative(NOW - ago) == english


def test_deadlines_name_the_weekday():
    assert ZH.deadline(date(2026, 11, 25)) == "周三 11月25日"
    assert EN.deadline(date(2026, 11, 25)) == "Wed 25 Nov"
    assert ZH.deadline(NOW) == "今天 18:00"
    assert EN.deadline(date(2026, 11, 22)) == "Tomorrow"


def test_a_deadline_inside_a_sentence_begins_small():
    assert EN.deadline(NOW, in_a_sentence=True) == "today 18:00"
    assert EN.deadline(date(2026, 11, 25), in_a_sentence=True) == "Wed 25 Nov"
    assert ZH.deadline(NOW, in_a_sentence=True) == "今天 18:00"


def test_a_day_is_not_overdue_before_its_midnight_on_the_readers_clock():
    assert not ZH.is_overdue(date(2026, 11, 21))
    assert ZH.is_overdue(date(2026, 11, 20))
    late_evening = Formats("zh", ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 21, 17, tzinfo=UTC))
    assert late_evening.is_overdue(date(2026, 11, 21))


def test_the_title_gives_the_instant_and_the_zone():
    assert ZH.instant(NOW) == "2026-11-21 18:00:00 CST (+08:00)"


@pytest.mark.parametrize(
    ("given_number", "shown"),
    [
        ("13800138000", "138 0013 8000"),
        ("+86 13800138000", "138 0013 8000"),
        ("138****8000", "138 **** 8000"),
        ("0512-66001234", "0512-66001234"),
        ("", "—"),
    ],
)
def test_mobiles_are_grouped(given_number, shown):
    assert formats.phone(given_number) == shown


@pytest.mark.parametrize(
    ("ratio", "places", "shown"),
    [(0.305, 0, "31%"), (0.305, 1, "30.5%"), (Decimal("-0.04"), 0, "−4%"), (None, 0, "—")],
)
def test_percentages_round_half_up(ratio, places, shown):
    assert formats.percent(ratio, places) == shown


@pytest.mark.parametrize(
    ("name", "shown"), [("王磊", "王磊"), ("欧阳修文", "修文"), ("Anna Li", "A"), (" ", "?")]
)
def test_avatars_show_what_colleagues_call_a_person(name, shown):
    assert markup.initials(name) == shown


def test_markup_escapes_what_people_typed():
    bad = "<img src=x onerror=alert(1)>"
    for html in (
        markup.text(bad),
        markup.person(bad),
        markup.badge(bad),
        markup.tag(bad),
        markup.chip(bad),
        markup.phone(bad),
        markup.link(bad, '"><script>'),
    ):
        assert "<img" not in html
        assert "<script" not in html
