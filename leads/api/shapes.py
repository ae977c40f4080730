"""What goes in and out: names and kinds of fields. Which values fit, the forms of the pages say."""

from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import StrictBool

from crm.integrations.about import Named
from crm.integrations.rest import Asked, Moment, Strict
from crm.places import Province
from crm.web.asked import LARGEST_ID
from leads.enums import Channel, CustomerLevel, CustomerStatus, Industry, LeadStatus
from leads.models import Contact, Customer, FollowUp, Lead

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
# in a body true and "7" are no numbers; an address has nothing but texts
Number = Annotated[Id, Field(strict=True)]


def of(model: Any, name: str, default: Any = "") -> Any:
    """A column as a field: how long it is, its choices and its name are the model's."""
    column = model._meta.get_field(name)
    values = [value for value, _label in column.choices or ()]
    if values and column.blank:
        values = ["", *values]
    return Field(
        default,
        max_length=column.max_length,
        description=column.verbose_name,
        json_schema_extra={"enum": values} if values else None,
    )


def found_by() -> Any:
    """What a search box takes."""
    return Field("", max_length=100)


class Collision(Strict):
    """How to go on although the client is known: a reason, or the marks of the cards looked at."""

    reason: str = Field("", max_length=200)
    confirmed: list[str] = Field([], max_length=50)


class LeadFacts(Strict):
    contact_name: str = of(Lead, "contact_name")
    contact_title: str = of(Lead, "contact_title")
    phone: str = of(Lead, "phone")
    other_phones: str = of(Lead, "other_phones")
    email: str = of(Lead, "email")
    wechat: str = of(Lead, "wechat")
    credit_code: str = of(Lead, "credit_code")
    province: str = of(Lead, "province")
    city: str = of(Lead, "city")
    address: str = of(Lead, "address")
    industry: str = of(Lead, "industry")
    campaign: str = of(Lead, "campaign")
    need: str = of(Lead, "need")
    collision: Collision = Field(default_factory=lambda: Collision.model_validate({}))


class LeadEntry(LeadFacts):
    """A lead to enter. Its source is always “API”."""

    company_name: str = of(Lead, "company_name", ...)
    owner_id: Number | None = None


class LeadChange(LeadFacts):
    """What to change of a lead, and the version that was read."""

    version: Number
    company_name: str = of(Lead, "company_name")
    next_step: str = of(Lead, "next_step")
    next_step_at: Moment | None = None


class CustomerFacts(Strict):
    credit_code: str = of(Customer, "credit_code")
    status: str = of(Customer, "status", CustomerStatus.PROSPECT.value)
    level: str = of(Customer, "level", CustomerLevel.C.value)
    phone: str = of(Customer, "phone")
    website: str = of(Customer, "website")
    industry: str = of(Customer, "industry")
    province: str = of(Customer, "province")
    city: str = of(Customer, "city")
    address: str = of(Customer, "address")
    next_step: str = of(Customer, "next_step")
    next_step_at: Moment | None = None
    collision: Collision = Field(default_factory=lambda: Collision.model_validate({}))


class CustomerEntry(CustomerFacts):
    """A customer to enter; it belongs to whoever enters it."""

    name: str = of(Customer, "name", ...)


class CustomerChange(CustomerFacts):
    """What to change of a customer, and the version that was read."""

    version: Number
    name: str = of(Customer, "name")


class ContactFacts(Strict):
    title: str = of(Contact, "title")
    phone: str = of(Contact, "phone")
    other_phones: str = of(Contact, "other_phones")
    email: str = of(Contact, "email")
    wechat: str = of(Contact, "wechat")
    is_primary: StrictBool = of(Contact, "is_primary", default=False)
    collision: Collision = Field(default_factory=lambda: Collision.model_validate({}))


class ContactEntry(ContactFacts):
    """A person at a customer; the first one is the main contact."""

    customer_id: Number
    name: str = of(Contact, "name", ...)


class ContactChange(ContactFacts):
    """What to change of a contact, and the version that was read."""

    version: Number
    name: str = of(Contact, "name")


class FollowUpEntry(Strict):
    """A call or visit that took place. Without an outcome and a next step it is a note."""

    kind: str = of(FollowUp, "kind", "call")
    content: str = of(FollowUp, "content")
    outcome: str = of(FollowUp, "outcome")
    next_step: str = of(FollowUp, "next_step")
    next_step_at: Moment | None = None
    at: Moment | None = None


class Typed(Strict):
    """What is known of a client so far; `leaving_out` ("lead:12") is the record being edited."""

    company_name: str = of(Lead, "company_name")
    phone: str = Field("", max_length=200)
    email: str = Field("", max_length=200)
    credit_code: str = Field("", max_length=200)
    wechat: str = Field("", max_length=200)
    website: str = Field("", max_length=200)
    leaving_out: str = Field("", max_length=40)


class Case(Schema):
    """A collision case: who decides, and when, is on its page."""

    number: str
    url: str


class Brief(Schema):
    """A record that was written by somebody who may not read it."""

    id: int
    number: str
    collision_case: Case | None = None


class CompanyOut(Schema):
    """What leads and customers answer alike; masked where the roles mask, null where they hide."""

    id: int
    number: str
    version: int
    phone: str | None
    province: str | None
    city: str | None
    address: str | None
    industry: str | None
    credit_code: str | None
    status: str | None
    owner: Named | None
    department: Named | None
    next_step: str | None
    next_step_at: Moment | None
    last_follow_up_at: Moment | None
    created_at: Moment
    updated_at: Moment
    url: str
    collision_case: Case | None = None


class LeadOut(CompanyOut):
    company_name: str | None
    contact_name: str | None
    contact_title: str | None
    other_phones: str | None
    email: str | None
    wechat: str | None
    channel: str | None
    campaign: str | None
    need: str | None
    invalid_reason: str | None
    first_response_at: Moment | None
    customer_id: int | None


class CustomerOut(CompanyOut):
    name: str | None
    level: str | None
    website: str | None


class ContactOut(Schema):
    id: int
    version: int
    customer: Named
    name: str | None
    title: str | None
    phone: str | None
    other_phones: str | None
    email: str | None
    wechat: str | None
    is_primary: bool
    created_at: Moment
    updated_at: Moment
    url: str
    collision_case: Case | None = None


class FollowUpOut(Schema):
    id: int
    kind: str
    content: str
    outcome: str
    next_step: str
    next_step_at: Moment | None
    is_effective: bool
    at: Moment
    collision_case: Case | None = None


class Card(Schema):
    """A client like the one asked about: one's own in full, others' as far as the rules let."""

    kind: str
    title: str
    owner: str
    has_owner: bool
    status: str
    band: str
    last_contact: Moment | None
    verdict: str
    reasons: list[str]
    is_visible: bool
    mark: str
    ask: str
    id: int | None
    number: str
    url: str


class Cards(Schema):
    cards: list[Card]


class Ask(Strict):
    """A card's `ask`: whom to ask is known to the server only."""

    ask: str = Field(max_length=2000)


class Asking(Schema):
    id: int
    state: str
    url: str


class LeadsAsked(Asked):
    """Which leads."""

    status: list[LeadStatus] = Field([], max_length=50)
    channel: list[Channel] = Field([], max_length=50)
    province: list[Province] = Field([], max_length=50)
    industry: list[Industry] = Field([], max_length=50)
    owner: str = Field("", max_length=20)
    department: Id | None = None
    search: str = found_by()


class CustomersAsked(Asked):
    """Which customers."""

    status: list[CustomerStatus] = Field([], max_length=50)
    level: list[CustomerLevel] = Field([], max_length=50)
    province: list[Province] = Field([], max_length=50)
    industry: list[Industry] = Field([], max_length=50)
    owner: str = Field("", max_length=20)
    department: Id | None = None
    search: str = found_by()


class ContactsAsked(Asked):
    """Which contacts."""

    customer_id: Id | None = None
    search: str = found_by()


class LeadPage(Schema):
    items: list[LeadOut]
    next: str


class CustomerPage(Schema):
    items: list[CustomerOut]
    next: str


class ContactPage(Schema):
    items: list[ContactOut]
    next: str
