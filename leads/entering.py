"""Rules for entering a client that is like a known one: ordered, the first that fits decides.

Plain values in, plain values out: what a comparison found, where the entry comes from, and the
level of the customer that is met. Stored rules are read by `leads.selectors.entering`.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.enums import RuleEffect
from leads.identity import Reason, ReasonCode, Verdict
from leads.identity.contacts import SHARED_MAILBOXES
from leads.identity.phones import is_mobile
from leads.identity.places import MUNICIPALITIES, PROVINCES

Label = str | Promise

SAME, PROBABLE = "certainty:same", "certainty:probable"
CREDIT_CODE, PHONE, MOBILE = "credit_code:exact", "phone:exact", "mobile:exact"
EMAIL, WECHAT, DOMAIN, PERSON = "email:exact", "wechat:exact", "domain:exact", "person:exact"
WHOLE_NAME, LIKE_NAME, PLACE = "company:exact", "company:alike", "place:exact"
BRANCH, GROUP = "company:branch", "company:group"

# What a condition may ask, in the order the form shows it.
CONDITIONS: Mapping[str, Label] = {
    CREDIT_CODE: _("same credit code"),
    MOBILE: _("same mobile number"),
    PHONE: _("same phone number, mobile or landline"),
    EMAIL: _("same personal e-mail address"),
    WECHAT: _("same WeChat"),
    WHOLE_NAME: _("same whole company name"),
    LIKE_NAME: _("like company name"),
    BRANCH: _("one is a branch of the other"),
    GROUP: _("one is a group, the other a firm of its name"),
    PLACE: _("same place in the name"),
    DOMAIN: _("same mail domain or website"),
    PERSON: _("same contact's name"),
    SAME: _("the comparison is sure: same client"),
    PROBABLE: _("the comparison finds it probable at least"),
}
_EXACT: Mapping[str, str] = {
    ReasonCode.CREDIT_CODE_EQUAL: CREDIT_CODE,
    ReasonCode.ORGANISATION_CODE_EQUAL: CREDIT_CODE,
    ReasonCode.PHONE_EQUAL: PHONE,
    ReasonCode.WECHAT_EQUAL: WECHAT,
    ReasonCode.DOMAIN_EQUAL: DOMAIN,
    ReasonCode.PERSON_EQUAL: PERSON,
    ReasonCode.NAME_EQUAL: WHOLE_NAME,
    ReasonCode.REGION_EQUAL: PLACE,
    ReasonCode.BRANCH_AND_PARENT: BRANCH,
    ReasonCode.GROUP_AND_FIRM: GROUP,
}
WHOLE_PROVINCES = frozenset(PROVINCES) - MUNICIPALITIES
_NAMES = ("name_", "brand_", "alias_")
_UNLIKE = ("_different", "_missing", "_generic")


@dataclass(frozen=True, slots=True)
class EntryRule:
    """One rule: every condition holds, the source and the level are among those named."""

    name: Label
    needs: frozenset[str]
    effect: RuleEffect
    channels: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    pk: int | None = None

    def fits(self, evidence: frozenset[str], channel: str, level: str) -> bool:
        """Whether this rule speaks about such a meeting."""
        return (
            self.needs <= evidence
            and (not self.channels or channel in self.channels)
            and (not self.levels or level in self.levels)
        )


def evidence_of(verdict: Verdict, reasons: Iterable[Reason]) -> frozenset[str]:
    """What a comparison found, as the conditions it meets."""
    found: set[str] = set()
    for reason in reasons:
        code = str(reason.code)
        if condition := _EXACT.get(reason.code):
            found.add(condition)
        if reason.code == ReasonCode.REGION_WITHIN and _are_one_city(reason):
            found.add(PLACE)
        if reason.code == ReasonCode.PHONE_EQUAL and is_mobile(reason.params["value"]):
            found.add(MOBILE)
        if reason.code == ReasonCode.EMAIL_EQUAL:
            mailbox = reason.params["value"].partition("@")[0]
            found |= set() if mailbox in SHARED_MAILBOXES else {EMAIL}
        if code.startswith(_NAMES) and not code.endswith(_UNLIKE):
            found.add(LIKE_NAME)
    if verdict != "different":
        found.add(PROBABLE)
    if verdict == "same":
        found.add(SAME)
    return frozenset(found)


def _are_one_city(reason: Reason) -> bool:
    """昆山 lies in 苏州, 松江 in 上海; 江苏 says only that both lie somewhere in it."""
    return not {reason.params["left"], reason.params["right"]} & WHOLE_PROVINCES


def first_that_fits(
    rules: Sequence[EntryRule], evidence: frozenset[str], *, channel: str, level: str
) -> EntryRule | None:
    """The rule that decides; None means that nothing is said."""
    return next((rule for rule in rules if rule.fits(evidence, channel, level)), None)


# What an organisation starts with. Strong identity blocks, what is probable is asked about.
DEFAULT_RULES: tuple[tuple[Label, tuple[str, ...], RuleEffect], ...] = (
    (_("Same credit code"), (CREDIT_CODE,), RuleEffect.BLOCK),
    (_("Same mobile number and like name"), (MOBILE, LIKE_NAME), RuleEffect.BLOCK),
    (_("Same e-mail address and like name"), (EMAIL, LIKE_NAME), RuleEffect.BLOCK),
    (_("Same whole name"), (WHOLE_NAME, PROBABLE), RuleEffect.BLOCK),
    (_("The comparison is sure"), (SAME,), RuleEffect.BLOCK),
    (_("Same mobile number, another name"), (MOBILE,), RuleEffect.WARN),
    (_("Probably the same client"), (PROBABLE,), RuleEffect.WARN),
)


@functools.cache
def _delivered_names() -> Mapping[str, Label]:
    """The names of the delivered rules as they are stored, in whichever language that was done."""
    found: dict[str, Label] = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            found |= {str(name): name for name, _needs, _effect in DEFAULT_RULES}
    return found


def shown_name(stored: str) -> Label:
    """A rule's name in the reader's language, unless somebody renamed the rule."""
    return _delivered_names().get(stored, stored)


def default_rules() -> list[EntryRule]:
    """The rules that hold until an administrator keeps other ones."""
    return [EntryRule(name, frozenset(needs), effect) for name, needs, effect in DEFAULT_RULES]
