"""Words and colours that screens of this app share."""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.sharing.words import operations as sharing_operations
from crm.web import markup
from leads.arbitration import Rule
from leads.enums import CustomerStatus, FollowUpKind, FollowUpOutcome, LeadStatus, StageKind
from leads.identity import Reason, ReasonCode
from leads.numbers import BETWEEN, numbers_kept

LEAD_COLOURS = {
    LeadStatus.NEW.value: "amber",
    LeadStatus.CONTACTED.value: "blue",
    LeadStatus.QUALIFIED.value: "teal",
    LeadStatus.CONVERTED.value: "green",
    LeadStatus.INVALID.value: "grey",
}
CUSTOMER_COLOURS = {
    CustomerStatus.PROSPECT.value: "blue",
    CustomerStatus.ACTIVE.value: "green",
    CustomerStatus.DORMANT.value: "grey",
}
LEVEL_COLOURS = {"a": "purple", "b": "teal", "c": "blue", "d": "grey"}
STAGE_COLOURS = {
    StageKind.OPEN.value: "blue",
    StageKind.WON.value: "green",
    StageKind.LOST.value: "grey",
}
CASE_COLOURS = {
    "open": "amber",
    "decided": "blue",
    "appealed": "red",
    "closed": "grey",
    "withdrawn": "grey",
}
OUTCOME_OF_CASE_COLOURS = {
    "keep": "green",
    "reassign": "blue",
    "share": "teal",
    "merge": "purple",
    "separate": "purple",
    "not_same": "grey",
}
FOLLOW_UP_ICONS = {
    FollowUpKind.CALL.value: "phone",
    FollowUpKind.VISIT.value: "map-pin",
    FollowUpKind.WECHAT.value: "message-2",
    FollowUpKind.EMAIL.value: "mail",
    FollowUpKind.MEETING.value: "users",
    FollowUpKind.OTHER.value: "note",
}
OUTCOME_COLOURS = {
    FollowUpOutcome.INTERESTED.value: "green",
    FollowUpOutcome.QUOTE_WANTED.value: "green",
    FollowUpOutcome.AGREED.value: "green",
    FollowUpOutcome.CALL_BACK.value: "blue",
    FollowUpOutcome.NO_ANSWER.value: "amber",
    FollowUpOutcome.NOT_INTERESTED.value: "grey",
}

# What the history calls an operation, and its icon.
OPERATIONS = {
    **sharing_operations("customer", "opportunity", "lead"),
    "lead.created": (_("entered the lead"), "plus"),
    "lead.assigned": (_("assigned the lead"), "user-share"),
    "lead.contacted": (_("marked it contacted"), "phone-call"),
    "lead.qualified": (_("marked it qualified"), "check"),
    "lead.invalidated": (_("closed it as invalid"), "circle-x"),
    "lead.reopened": (_("reopened it"), "arrow-back-up"),
    "lead.converted": (_("converted it"), "arrows-exchange"),
    "customer.created": (_("entered the customer"), "plus"),
    **{
        f"{kind}.{verb}": words
        for kind in ("customer", "lead")
        for verb, words in {
            "merged": (_("merged another record into it"), "git-merge"),
            "merged_away": (_("merged it into another record"), "git-merge"),
            "merge_undone": (_("undid the merge"), "arrow-back-up"),
            "kept_separate": (_("decided to keep both, in one hand"), "layout-columns"),
        }.items()
    },
    "customer.protected": (_("protected it"), "shield"),
    "customer.unprotected": (_("released it from protection"), "lock-open"),
    "customer.protection_ended": (_("its protection ended"), "clock"),
    "customer.alias_added": (_("added another name"), "plus"),
    "customer.alias_dropped": (_("forgot another name"), "trash"),
    "identity.judgement_taken_back": (
        _("took back what was said about who it is"),
        "arrow-back-up",
    ),
    "contact.removed": (_("removed a contact"), "user-x"),
    "opportunity.created": (_("opened the opportunity"), "plus"),
    "opportunity.moved": (_("moved it"), "arrow-right"),
    "collision.noticed": (_("entered it although a similar one was shown"), "alert-triangle"),
    # nobody is shown anything before work is logged or a document begun
    **{
        f"collision.noticed.{way}": (_("worked on a client of somebody else's"), "alert-triangle")
        for way in ("follow_up", "quote", "order")
    },
    "collision.noticed_in_case": (_("reached for this client, too"), "scale"),
    "collision.decided": (_("decided the collision"), "scale"),
    "collision.appealed": (_("appealed against the decision"), "scale"),
    "collision.gave_way": (_("left the client to its owner"), "scale"),
    "collision.withdrawn": (_("withdrew the collision"), "scale"),
    "collision.parts_set": (_("set the parts of the shared client"), "chart-pie"),
    "collision.appeal_withdrawn": (_("took the appeal back"), "scale"),
    "share.requested": (_("asked for it to be shared"), "help"),
}

# What happened in a collision case: words, icon, tone.
CASE_ACTIONS = {
    "case.opened": (_("opened the case"), "scale", "amber"),
    "case.joined": (_("joined the case"), "user-plus", "amber"),
    "case.reported": (_("reported it by hand"), "alert-triangle", "amber"),
    "case.asked": (_("asked for a decision"), "help", "grey"),
    "case.stated": (_("made a statement"), "note", "blue"),
    "case.decided": (pgettext_lazy("case", "decided"), "check", "green"),
    "case.partly_reversed": (
        _("could not put everything back: records had moved on"), "alert-triangle", "red",
    ),
    "case.merge_undone": (_("the merge that decided it was undone"), "arrow-back-up", "amber"),
    "case.appealed": (_("appealed"), "arrow-up", "red"),
    "case.accepted": (_("accepted the decision"), "check", "grey"),
    "case.gave_way": (_("left the client to its owner"), "logout", "grey"),
    "case.withdrawn": (_("withdrew the case: nothing to decide"), "arrow-back-up", "grey"),
    "case.appeal_withdrawn": (
        _("took the appeal back: the decision stands"), "arrow-back-up", "grey",
    ),
    "case.parts_set": (_("set the parts of the shared client"), "chart-pie", "blue"),
    "case.escalated": (_("The deadline passed: the next superior was asked"), "arrow-up", "red"),
    "case.reminded": (_("The deadline is near: reminded"), "clock", "amber"),
    "case.closed": (_("The case was closed"), "circle-check", "grey"),
}  # fmt: skip
RULES = {
    Rule.DIFFERENT.value: pgettext_lazy("arbitration", "Different companies"),
    Rule.PROTECTED.value: pgettext_lazy("arbitration", "Protected client"),
    Rule.ORDER.value: pgettext_lazy("arbitration", "Running order or won deal"),
    Rule.DEAL.value: pgettext_lazy("arbitration", "Open deal with an effective follow-up"),
    Rule.REFERRAL.value: pgettext_lazy("arbitration", "Referral"),
    Rule.EXHIBITION.value: pgettext_lazy("arbitration", "Exhibition record"),
    Rule.FOLLOW_UP.value: pgettext_lazy("arbitration", "Earliest effective follow-up"),
    Rule.REGISTRATION.value: pgettext_lazy("arbitration", "Earliest entry"),
}
# What each rule says; {days} is the limit the organisation keeps for it.
RULES_IN_WORDS = {
    Rule.DIFFERENT.value: _("Different credit codes on every newcomer's record: not the same"),
    Rule.PROTECTED.value: _("Goes to the only rep who has the client protected today"),
    Rule.ORDER.value: _("Goes to the only rep who has sold; several share in equal parts"),
    Rule.DEAL.value: _("The only open deal with an effective follow-up within {days} days"),
    Rule.REFERRAL.value: _("The earliest referral"),
    Rule.EXHIBITION.value: _(
        "The earliest registration at an exhibition within {days} days, followed up since"
    ),
    Rule.FOLLOW_UP.value: _("The earliest effective follow-up within {days} days"),
    Rule.REGISTRATION.value: _("Whoever entered the client first; always asked in the end"),
}

# Reasons are told without their values: a number or an address is never part of one.
REASONS = {
    ReasonCode.NAME_EQUAL: _("same name"),
    ReasonCode.NAME_OF_PERSON: _("same name, which many people have"),
    ReasonCode.BRAND_EQUAL: _("same brand"),
    ReasonCode.BRAND_SOUNDS_ALIKE: _("brand sounds alike"),
    ReasonCode.BRAND_NEARLY_EQUAL: _("brand nearly the same"),
    ReasonCode.BRAND_LOOKS_ALIKE: _("brand looks alike"),
    ReasonCode.BRAND_IN_PINYIN: _("brand in pinyin"),
    ReasonCode.BRAND_TRANSLATED: _("the same name in the other language"),
    ReasonCode.ALIAS_KNOWN: _("known under both names"),
    ReasonCode.NUMBER_DIFFERENT: _("different number in the name"),
    ReasonCode.BRAND_CONTAINED: _("short form of the name"),
    ReasonCode.BRAND_DIFFERENT: _("different brand"),
    ReasonCode.BRAND_GENERIC: _("everyday word as brand"),
    ReasonCode.REGION_EQUAL: _("same region"),
    ReasonCode.REGION_WITHIN: _("one place is part of the other"),
    ReasonCode.REGION_ALIKE: _("region nearly the same"),
    ReasonCode.REGION_MISSING: _("region not given"),
    ReasonCode.REGION_DIFFERENT: _("different region"),
    ReasonCode.INDUSTRY_EQUAL: _("same trade"),
    ReasonCode.INDUSTRY_ALIKE: _("similar trade"),
    ReasonCode.INDUSTRY_MISSING: _("trade not given"),
    ReasonCode.INDUSTRY_DIFFERENT: _("different trade"),
    ReasonCode.FORM_DIFFERENT: _("different legal form"),
    ReasonCode.BRANCH_AND_PARENT: _("branch and parent"),
    ReasonCode.BRANCH_ALIKE: _("similar branch"),
    ReasonCode.BRANCH_DIFFERENT: _("different branch"),
    ReasonCode.GROUP_AND_FIRM: _("group and one of its firms"),
    ReasonCode.FORMER_NAME: _("former name"),
    ReasonCode.SCRIPT_DIFFERENT: _("Chinese and foreign spelling"),
    ReasonCode.NAME_MISSING: _("no name to compare"),
    ReasonCode.CREDIT_CODE_EQUAL: _("same credit code"),
    ReasonCode.ORGANISATION_CODE_EQUAL: _("same organisation code"),
    ReasonCode.CREDIT_CODE_DIFFERENT: _("different credit code"),
    ReasonCode.PHONE_EQUAL: _("same phone"),
    ReasonCode.EMAIL_EQUAL: _("same e-mail"),
    ReasonCode.SWITCHBOARD_EQUAL: _("same switchboard, other extension"),
    ReasonCode.EMAIL_ALIKE: _("e-mail nearly the same"),
    ReasonCode.DOMAIN_EQUAL: _("same mail domain"),
    ReasonCode.WECHAT_EQUAL: _("same WeChat"),
    ReasonCode.PERSON_EQUAL: _("same person"),
    ReasonCode.PERSON_IN_PINYIN: _("same person in pinyin"),
    ReasonCode.PERSON_ALIKE: _("person's name alike"),
    ReasonCode.PERSON_DIFFERENT: _("different person"),
    ReasonCode.ADDRESS_EQUAL: _("same address"),
    ReasonCode.BUILDING_EQUAL: _("same building"),
    ReasonCode.STREET_EQUAL: _("same street or village, another door"),
    ReasonCode.EMAIL_NAMES_PERSON: _("e-mail made of the name"),
    ReasonCode.TOWN_EQUAL: _("same town"),
    ReasonCode.BIRTH_DATE_EQUAL: _("same birth date"),
    ReasonCode.BIRTH_DATE_ALIKE: _("birth date nearly the same"),
    ReasonCode.BIRTH_DATE_DIFFERENT: _("different birth date"),
    ReasonCode.CITIZEN_NUMBER_EQUAL: _("same identity card number"),
    ReasonCode.CITIZEN_NUMBER_DIFFERENT: _("different identity card number"),
}
DOUBTS = frozenset(
    code
    for code in ReasonCode
    if code.value.endswith(
        ("_different", "_missing", "_alike", "_generic", "_and_parent", "_and_firm")
    )
)
DEAL_BANDS = (
    (70, pgettext_lazy("stage band", "deal in its last stages")),
    (30, pgettext_lazy("stage band", "deal under way")),
    (0, pgettext_lazy("stage band", "first talks")),
)


def reason_words(reasons: Iterable[Reason]) -> list[tuple[str, str]]:
    """Reasons as (words, tone of the chip), evidence before doubts."""
    told = [(str(REASONS[one.code]), "weak" if one.code in DOUBTS else "good") for one in reasons]
    return sorted(dict.fromkeys(told), key=lambda pair: pair[1])


def deal_band(probability: int) -> str:
    """How far a deal is, roughly: what a stranger to the record may know."""
    return next(str(words) for least, words in DEAL_BANDS if probability >= least)


def phones(kept: str) -> SafeString:
    """Several numbers, each of which dials when touched."""
    return markup.safe(markup.escape(BETWEEN).join(map(markup.phone, numbers_kept(kept))))


def place_in_words(city: str, address: str) -> str:
    """City and address without saying the city twice."""
    return address if city and city in address else " ".join(filter(None, (city, address)))
