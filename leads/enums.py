from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm import coded
from crm.industries import Industry as Industry


class Channel(models.TextChoices):
    """How an arrival reached us."""

    WEBSITE = "website", _("Website form")
    PHONE = "phone", _("Phone call")
    EXHIBITION = "exhibition", _("Exhibition")
    PLATFORM = "platform", _("Third-party platform")
    REFERRAL = "referral", _("Referral")
    API = "api", _("API")
    FILE = "file", _("File import")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")
    MANUAL = "manual", _("Entered by hand")


class TouchOutcome(models.TextChoices):
    """What became of an arrival: exactly one of these."""

    PENDING = "pending", _("Being processed")
    CREATED = "created", _("New lead")
    ATTACHED = "attached", _("Attached to an existing record")
    COLLIDED = "collided", _("Collision")
    REJECTED = "rejected", _("Rejected")


class LeadStatus(models.TextChoices):
    NEW = "new", pgettext_lazy("lead", "New")
    CONTACTED = "contacted", pgettext_lazy("lead", "Contacted")
    QUALIFIED = "qualified", pgettext_lazy("lead", "Qualified")
    CONVERTED = "converted", pgettext_lazy("lead", "Converted")
    INVALID = "invalid", pgettext_lazy("lead", "Invalid")


class RuleEffect(models.TextChoices):
    """What a collision rule does with an entry that is like a known client."""

    REFUSE = "refuse", pgettext_lazy("collision rule", "Refuse")
    BLOCK = "block", pgettext_lazy("collision rule", "Block")
    WARN = "warn", pgettext_lazy("collision rule", "Warn")
    IGNORE = "ignore", pgettext_lazy("collision rule", "Ignore")


class CardFact(models.TextChoices):
    """What a redacted card may tell besides what kind of record it is."""

    OWNER = "owner", _("owner")
    STATUS = "status", _("status")
    BAND = "band", _("stage band")
    CONTACT = "contact", _("age of the last contact")


class NameOnCard(models.TextChoices):
    """Whether a redacted card may say a name that the reader has not typed."""

    MASKED = "masked", _("only what the reader typed, the rest masked")
    WHOLE = "whole", _("always in full")


class ShareState(models.TextChoices):
    """What became of a request to share."""

    WAITING = "waiting", pgettext_lazy("request", "Waiting")
    GRANTED = "granted", pgettext_lazy("request", "Shared")
    DECLINED = "declined", pgettext_lazy("request", "Declined")


class ShareAction(models.TextChoices):
    """What the owner lets the asker do."""

    VIEW = "view", pgettext_lazy("share", "May view")
    EDIT = "edit", pgettext_lazy("share", "May edit")
    GIVE = "give", pgettext_lazy("share", "Hand the lead over")


class CustomerStatus(models.TextChoices):
    PROSPECT = "prospect", pgettext_lazy("customer", "Prospect")
    ACTIVE = "active", pgettext_lazy("customer", "Customer")
    DORMANT = "dormant", pgettext_lazy("customer", "Dormant")


class CustomerLevel(models.TextChoices):
    A = "a", pgettext_lazy("customer level", "A key")
    B = "b", pgettext_lazy("customer level", "B important")
    C = "c", pgettext_lazy("customer level", "C regular")
    D = "d", pgettext_lazy("customer level", "D small")


class StageKind(models.TextChoices):
    OPEN = "open", pgettext_lazy("opportunity", "Open")
    WON = "won", pgettext_lazy("opportunity", "Won")
    LOST = "lost", pgettext_lazy("opportunity", "Lost")


class FollowUpKind(models.TextChoices):
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", pgettext_lazy("follow-up", "E-mail")
    MEETING = "meeting", _("Meeting")
    OTHER = "other", pgettext_lazy("follow-up", "Other")


class FollowUpOutcome(models.TextChoices):
    INTERESTED = "interested", _("Interested")
    QUOTE_WANTED = "quote_wanted", _("Wants a quote")
    CALL_BACK = "call_back", _("Call back later")
    NO_ANSWER = "no_answer", _("Not reached")
    NOT_INTERESTED = "not_interested", _("Not interested")
    AGREED = "agreed", _("Agreed")


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to confirm")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready to import")
    RUNNING = "running", pgettext_lazy("import", "Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Bucket(models.TextChoices):
    """The dry run's four buckets, and what cannot be read at all."""

    NEW = "new", pgettext_lazy("import", "New")
    DUPLICATE = "duplicate", pgettext_lazy("import", "Exact duplicate")
    PROBABLE = "probable", pgettext_lazy("import", "Probable duplicate")
    OWNED = "owned", pgettext_lazy("import", "Owned by another rep")
    ERROR = "error", pgettext_lazy("import", "Faulty")


class RecordKind(models.TextChoices):
    """What the identity index points at."""

    LEAD = "lead", pgettext_lazy("record", "Lead")
    CUSTOMER = "customer", pgettext_lazy("record", "Customer")
    CONTACT = "contact", pgettext_lazy("record", "Contact")


class RiskFactor(models.TextChoices):
    """Why two records may become a collision: the codes of leads.forewarning."""

    SAME_CLIENT = "same_client", pgettext_lazy("risk", "Looks like the same client")
    NEARLY_ALIKE = "nearly_alike", pgettext_lazy("risk", "Nearly the same client")
    GROUP = "group", pgettext_lazy("risk", "Same group of companies")
    BRANCH = "branch", pgettext_lazy("risk", "Branch and parent")
    ACCOUNT = "account", pgettext_lazy("risk", "Paid from the same bank account")
    MAIL_DOMAIN = "mail_domain", pgettext_lazy("risk", "Same mail or web domain")
    ADDRESS = "address", pgettext_lazy("risk", "Same street address")
    PERSON = "person", pgettext_lazy("risk", "Same contact person")
    REFERRER = "referrer", pgettext_lazy("risk", "Same referrer")
    EVENT = "event", pgettext_lazy("risk", "Same event or campaign")
    BORDER = "border", pgettext_lazy("risk", "Neighbouring provinces")
    TERRITORY = "territory", pgettext_lazy("risk", "Both reps serve the region")
    POOL = "pool", pgettext_lazy("risk", "Has no owner and may be claimed")
    ACTIVE = "active", pgettext_lazy("risk", "Both are being worked on")


class CompleteField(models.TextChoices):
    """A field of a customer that may be asked of a complete one."""

    INDUSTRY = "industry", _("industry")
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    ADDRESS = "address", _("address")
    PHONE = "phone", _("phone")
    CREDIT_CODE = "credit_code", _("unified social credit code")
    WEBSITE = "website", _("website")


class RiskState(models.TextChoices):
    """What became of an early warning."""

    OPEN = "open", pgettext_lazy("risk", "Open")
    DISMISSED = "dismissed", pgettext_lazy("risk", "Dismissed")
    CASE = "case", pgettext_lazy("risk", "Became a case")
    RESOLVED = "resolved", pgettext_lazy("risk", "Resolved itself")


class IdentityVerdict(models.TextChoices):
    """What people decided about two records: the engine's guess counts no more."""

    SAME = "same", pgettext_lazy("identity", "The same client")
    NOT_SAME = "not_same", pgettext_lazy("identity", "Not the same")
    SEPARATE = "separate", pgettext_lazy("identity", "The same, kept apart")


class AliasSource(models.TextChoices):
    """How we learned another name of a customer."""

    TYPED = "typed", pgettext_lazy("alias", "Entered by hand")
    MERGED = "merged", pgettext_lazy("alias", "Merged record")
    JUDGED = "judged", pgettext_lazy("alias", "Collision decided")
    FORMER = "former", pgettext_lazy("alias", "Former name")
    PAYER = "payer", pgettext_lazy("alias", "Name of a payer")


class AliasKind(models.TextChoices):
    """What kind of name an alias is, as whoever enters it says."""

    SHORT = "short", pgettext_lazy("alias", "Short name")
    FORMER = "former", pgettext_lazy("alias", "Former name")
    ENGLISH = "english", pgettext_lazy("alias", "English name")
    OTHER = "other", pgettext_lazy("alias", "Other name")


class CollisionOrigin(models.TextChoices):
    """By which way a second rep reached for a client."""

    ENTRY = "entry", pgettext_lazy("collision", "Entered by hand")
    IMPORT = "import", pgettext_lazy("collision", "Import")
    CONVERSION = "conversion", pgettext_lazy("collision", "Conversion")
    FOLLOW_UP = "follow_up", pgettext_lazy("collision", "Follow-up")
    DEAL = "deal", pgettext_lazy("collision", "Opportunity")
    QUOTE = "quote", pgettext_lazy("collision", "Quote")
    ORDER = "order", pgettext_lazy("collision", "Order")
    API = "api", pgettext_lazy("collision", "API")
    MANUAL = "manual", pgettext_lazy("collision", "Reported")


class CaseState(models.TextChoices):
    OPEN = "open", pgettext_lazy("collision", "Open")
    DECIDED = "decided", pgettext_lazy("collision", "Decided")
    APPEALED = "appealed", pgettext_lazy("collision", "Appealed")
    CLOSED = "closed", pgettext_lazy("collision", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("collision", "Withdrawn")


class CollisionOutcome(models.TextChoices):
    """What becomes of the client."""

    KEEP = "keep", pgettext_lazy("collision", "Stays with the owner")
    REASSIGN = "reassign", pgettext_lazy("collision", "Goes to the newcomer")
    SHARE = "share", pgettext_lazy("collision", "Shared")
    MERGE = "merge", pgettext_lazy("collision", "Merged")
    SEPARATE = "separate", pgettext_lazy("collision", "Kept separate")
    NOT_SAME = "not_same", pgettext_lazy("collision", "Not the same client")


class CollisionSide(models.TextChoices):
    HOLDER = "holder", pgettext_lazy("collision", "Owner")
    NEWCOMER = "newcomer", pgettext_lazy("collision", "Newcomer")
    GAVE_WAY = "gave_way", pgettext_lazy("collision", "Gave way")
    MANAGER = "manager", pgettext_lazy("collision", "Manager")
    DECIDER = "decider", pgettext_lazy("collision", "Asked to decide")


class DecisionKind(models.TextChoices):
    """How a decision stands to the one before it."""

    FIRST = "first", pgettext_lazy("collision", "Decision")
    UPHELD = "upheld", pgettext_lazy("collision", "Upheld on appeal")
    OVERTURNED = "overturned", pgettext_lazy("collision", "Overturned on appeal")


# by what a decided case closes, hands over and shares
COLLISION = coded.declare("collision", _("Collision %(number)s"))
# why a row of a file came into a case: which row, and not of which file
IMPORTED_ROW = coded.declare("imported_row", _("Row %(number)s of an import"))
