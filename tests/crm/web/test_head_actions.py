"""At the head of a page stands one chief action; on a phone the others are a menu."""

import re

import pytest

from crm.web.components import Action, HeadActions


def named(*labels: str) -> list[Action]:
    """A label with an exclamation mark is the chief one."""
    return [
        Action(label.rstrip("!"), "/", kind="primary" if label.endswith("!") else "plain")
        for label in labels
    ]


def labels(actions) -> str:
    return " ".join(str(one.label) for one in actions)


@pytest.mark.parametrize(
    ("given", "first", "rest", "last"),
    [
        ((), "", "", ""),
        (("a", "b!"), "a b", "", ""),
        (("a!", "b", "c"), "a", "b c", ""),
        (("a", "b!", "c"), "b", "a c", ""),
        (("a", "b", "c!"), "", "a b", "c"),
        (("a", "b", "c"), "a", "b c", ""),
        (("Outcomes", "Stop the daily digest!"), "", "Outcomes", "Stop the daily digest"),
        (("Back to the usual order and days", "b"), "Back to the usual order and days", "b", ""),
        (("预警结果", "关闭每日摘要"), "预警结果 关闭每日摘要", "", ""),
        (("恢复默认的顺序和全部天数", "天数与时限"), "恢复默认的顺序和全部天数", "天数与时限", ""),
    ],
)
def test_the_chief_one_stays_outside_the_menu(given, first, rest, last):
    head = HeadActions.of(named(*given))
    assert (labels(head.chief_first), labels(head.rest), labels(head.chief_last)) == (
        first, rest, last,
    )  # fmt: skip


def test_a_record_shows_every_action_once(cast, sign_in):
    html = sign_in(cast.owner).get("/acme/gallery/record/").content.decode()
    head = html[html.index("tz-record-head") : html.index("tz-record-grid")]
    menu = head[head.index("tz-rest") :]
    found = re.findall(r'class="btn [^"]*"', head)
    assert found.count('class="btn btn-primary"') == 1
    assert "btn-primary" not in menu
