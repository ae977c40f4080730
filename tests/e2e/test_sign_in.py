"""The door."""

from tests.e2e.people import Company, expect


def test_somebody_signs_in_and_is_at_home(harbour: Company) -> None:
    rep = harbour.enter("agent")
    expect(rep.page.get_by_role("heading", name=rep.say("Today"), level=1)).to_be_visible()
