"""Other names of a customer that somebody enters: a short name, a former one, an English one."""

from django.db import transaction
from django.utils.translation import gettext as _

from crm.access import policy
from crm.audit import services as audit
from crm.people.models import Member
from crm.refusals import Refused
from leads.enums import AliasKind, AliasSource, RecordKind
from leads.identity import Identity, ReasonCode
from leads.models import CompanyAlias, Customer
from leads.selectors.identity import Match, find_similar
from leads.selectors.judgements import alias_key
from leads.services import lookups
from leads.services.entering import hold_entry
from leads.services.identity import forget_alias, judged_apart, learn_alias
from leads.services.protection import check_lock
from leads.services.saving import locked
from leads.services.share_requests import record_of


class NameNotTaken(Refused):
    """This cannot be another name of the customer; `match` is who bears it, if somebody does."""

    def __init__(self, message: str, match: Match | None = None) -> None:
        super().__init__(message)
        self.match = match


@transaction.atomic
def add_alias(*, customer_id: int, text: str, kind: AliasKind, by: Member) -> CompanyAlias:
    """Another name of a customer, found by it from now on.

    A name that another client bears is refused: two records of one client are merged or go before
    a case, they are not tied by a name.
    """
    customer = locked(Customer.objects.all(), customer_id)
    check_lock(customer, by)
    text = text.strip()[:200]
    _check_new(customer, text)
    _check_unjudged(customer, text)
    _check_free(customer, text, by=by)
    alias = learn_alias(
        customer_id=customer.pk, text=text, source=AliasSource.TYPED, by=by, kind=kind
    )
    if alias is None:
        raise NameNotTaken(_("This name says nothing by which a company could be found."))
    audit.record("customer.alias_added", target=customer, name=text)
    return alias


def _check_new(customer: Customer, text: str) -> None:
    key = alias_key(text)
    if key is None:
        raise NameNotTaken(_("This name says nothing by which a company could be found."))
    if key == alias_key(customer.name):
        raise NameNotTaken(_("That is how the customer is written already."))
    known = CompanyAlias.objects.filter(customer=customer, key=key).first()
    if known is not None:
        raise NameNotTaken(_("“%(name)s” is known already.") % {"name": known.text})


def _check_unjudged(customer: Customer, text: str) -> None:
    """A name that people judged to be another client's is not this one's."""
    if judged_apart(customer, text):
        raise NameNotTaken(
            _("It was judged that “%(name)s” is another client. Take that back first.")
            % {"name": text}
        )


def _check_free(customer: Customer, text: str, *, by: Member) -> None:
    """Whoever asks whether a name is taken looks a client up: counted and written down."""
    identity = Identity(company=text)
    hold_entry(identity)
    try:
        lookups.count_lookup(by)
    except lookups.TooManyLookups as refusal:
        raise NameNotTaken(_("You have looked up too many clients. Try again later.")) from refusal
    own = (RecordKind.CUSTOMER.value, customer.pk)
    taken = [one for one in find_similar(identity, excluding=[own]) if _bears(one, customer)]
    if taken:
        _refuse(taken[0], by=by)


def _bears(match: Match, customer: Customer) -> bool:
    """The very name, by a customer, or by a lead in other hands."""
    named = any(reason.code == ReasonCode.NAME_EQUAL for reason in match.reasons)
    is_lead = match.kind == RecordKind.LEAD
    is_own_lead = is_lead and match.owner_id in (None, customer.owner_id)
    return named and match.verdict == "same" and match.is_open and not is_own_lead


def _refuse(match: Match, *, by: Member) -> None:
    record = record_of(match.kind, match.record_id)
    if policy.allowed(by, f"leads.view_{match.kind}", record):
        words = _("“%(name)s” goes by this name already. Merge the two, or report a collision.")
        raise NameNotTaken(words % {"name": record}, match)
    raise NameNotTaken(
        _("A client you cannot see goes by this name already. Report a collision instead."), match
    )


@transaction.atomic
def drop_alias(*, customer_id: int, alias_id: int, by: Member) -> None:
    """The customer is not found by this name any more."""
    customer = locked(Customer.objects.all(), customer_id)
    check_lock(customer, by)
    alias = CompanyAlias.objects.filter(customer=customer, pk=alias_id).first()
    if alias is None:
        return
    forget_alias(alias_id=alias.pk)
    audit.record("customer.alias_dropped", target=customer, name=alias.text)
