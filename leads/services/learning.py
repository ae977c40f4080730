"""What people teach about who is who: judgements on two records, other names of a customer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.audit import services as audit
from crm.people.models import Member
from leads.enums import AliasSource, IdentityVerdict, RecordKind, TouchOutcome
from leads.identity import parse_company_name
from leads.models import (
    CollisionCase,
    CompanyAlias,
    Contact,
    Customer,
    IdentityJudgement,
    ImportRow,
    Lead,
    Touch,
)
from leads.selectors.judgements import Pair, alias_key, in_order, names_key
from leads.services.indexing import index
from leads.services.saving import locked

# An imported row that became no record, as one side of a judgement: its name is judged.
ROW = "touch"
MOST_CLAIMS = 200


@transaction.atomic
def judge(
    left: Pair,
    right: Pair,
    verdict: IdentityVerdict,
    *,
    by: Member | None,
    case_id: int | None = None,
) -> IdentityJudgement:
    """Write down whether two records are one client; a later judgement replaces an earlier one.

    A contact stands for its customer, a converted lead for the customer it became. "The same"
    makes each one's name an alias of the other, if that is a customer.
    """
    left, right = in_order(*_as_clients(left, right))
    names = {pair: name_of(pair) for pair in (left, right)}
    judgement, _is_new = IdentityJudgement.objects.update_or_create(
        left_kind=left[0],
        left_id=left[1],
        right_kind=right[0],
        right_id=right[1],
        defaults={
            "left_name": names[left][:200],
            "right_name": names[right][:200],
            "names_key": names_key(names[left], names[right]),
            "verdict": verdict,
            "member": by,
            "case_id": case_id,
            "at": timezone.now(),
        },
    )
    _teach(names, verdict, by=by, case_id=case_id)
    return judgement


@transaction.atomic
def judge_apart(
    held: Pair,
    others: Sequence[Pair],
    verdict: IdentityVerdict,
    *,
    by: Member | None,
    case_id: int | None = None,
) -> None:
    """That one client is none of many others, in so many statements however many they are.

    The pairs are clients already; what one had learned of another's name is forgotten.
    """
    names, at = _names_of([held, *others]), timezone.now()
    keys: dict[str, int | None] = {}
    rows = []
    for other in others:
        left, right = in_order(held, other)
        if names[other] not in keys:
            keys[names[other]] = names_key(names[held], names[other])
        rows.append(
            IdentityJudgement(
                left_kind=left[0],
                left_id=left[1],
                right_kind=right[0],
                right_id=right[1],
                left_name=names[left][:200],
                right_name=names[right][:200],
                names_key=keys[names[other]],
                verdict=verdict,
                member=by,
                case_id=case_id,
                at=at,
            )
        )
    IdentityJudgement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["organization", "left_kind", "left_id", "right_kind", "right_id"],
        update_fields=[
            "left_name", "right_name", "names_key", "verdict", "member", "case_id", "at",
        ],
    )  # fmt: skip
    _unlearn_all(names, held, others)


def _names_of(pairs: Iterable[Pair]) -> dict[Pair, str]:
    wanted = list(pairs)
    found = {pair: name_of(pair) for pair in wanted if pair[0] == ROW}
    shelves: tuple[tuple[str, Any], ...] = (
        (RecordKind.LEAD.value, Lead.objects.values_list("pk", "company_name")),
        (RecordKind.CUSTOMER.value, Customer.objects.values_list("pk", "name")),
    )
    for kind, rows in shelves:
        ids = {pk for own, pk in wanted if own == kind}
        found |= {(kind, pk): name for pk, name in rows.filter(pk__in=ids)}
    return {pair: found.get(pair, "") for pair in wanted}


def _unlearn_all(names: Mapping[Pair, str], held: Pair, others: Sequence[Pair]) -> None:
    of_others = {alias_key(name) for name in {names[one] for one in others}}
    of_held = {alias_key(names[held])}
    customers = {pk for kind, pk in (held, *others) if kind == RecordKind.CUSTOMER}
    learned = CompanyAlias.objects.filter(customer__in=customers, source=AliasSource.JUDGED)
    for pk, customer_id, key in learned.order_by("pk").values_list("pk", "customer_id", "key"):
        is_held = held == (RecordKind.CUSTOMER.value, customer_id)
        if key in (of_others if is_held else of_held):
            forget_alias(alias_id=pk)


def _as_clients(left: Pair, right: Pair) -> tuple[Pair, Pair]:
    """The records that matches name for these two, unless both came to be one."""
    clients = client_of(left), client_of(right)
    return clients if clients[0] != clients[1] else (left, right)


def client_of(pair: Pair) -> Pair:
    """The record that stands for this one: a contact's customer, what a lead was converted to."""
    kind, pk = pair
    customer: int | None = None
    if kind == RecordKind.CONTACT:
        customer = Contact.objects.values_list("customer_id", flat=True).get(pk=pk)
    elif kind == RecordKind.LEAD:
        customer = Lead.objects.values_list("customer_id", flat=True).filter(pk=pk).first()
    return (RecordKind.CUSTOMER.value, customer) if customer else pair


def name_of(pair: Pair) -> str:
    """The company's name of a lead, customer or imported row, empty when it is gone."""
    kind, pk = pair
    if kind == ROW:
        return row_name(Touch.objects.filter(pk=pk).first())
    if kind == RecordKind.LEAD:
        return Lead.objects.filter(pk=pk).values_list("company_name", flat=True).first() or ""
    return Customer.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def row_name(touch: Touch | None) -> str:
    """The company's name as an imported row says it."""
    if touch is None or touch.import_batch_id is None:
        return ""
    rows = ImportRow.objects.filter(
        batch=touch.import_batch_id, row_number=int(touch.payload.get("row", 0))
    )
    said = rows.values_list("fields", flat=True).first() or {}
    return str(said.get("company_name") or "")


def claimed_rows(case: CollisionCase, held: Pair) -> list[Pair]:
    """The imported rows by which the held record is claimed, one for each name unlike its own."""
    own = name_of(held)
    found: dict[int, Pair] = {}
    claims = Touch.objects.filter(case=case, outcome=TouchOutcome.COLLIDED)
    for touch in claims.order_by("pk")[:MOST_CLAIMS]:
        name = row_name(touch)
        key = names_key(own, name) if name else None
        if key is not None:
            found.setdefault(key, (ROW, touch.pk))
    return list(found.values())


def _teach(
    names: Mapping[Pair, str], verdict: IdentityVerdict, *, by: Member | None, case_id: int | None
) -> None:
    """The same client under two names: each customer learns the other's, or forgets it again."""
    (left, left_name), (right, right_name) = names.items()
    for (kind, pk), name in ((left, right_name), (right, left_name)):
        if kind != RecordKind.CUSTOMER or not name:
            continue
        if verdict == IdentityVerdict.SAME:
            learn_alias(
                customer_id=pk, text=name, source=AliasSource.JUDGED, by=by, case_id=case_id
            )
        else:
            unlearn_alias(customer_id=pk, text=name, source=AliasSource.JUDGED)


@transaction.atomic
def learn_alias(
    *,
    customer_id: int,
    text: str,
    source: AliasSource,
    by: Member | None = None,
    kind: str = "",
    case_id: int | None = None,
) -> CompanyAlias | None:
    """Another name of a customer, found from now on; None when it says nothing new."""
    text = text.strip()[:200]
    key = alias_key(text)
    customer = locked(Customer.objects.all(), customer_id)
    if key is None or key == alias_key(customer.name):
        return None
    known: CompanyAlias | None = CompanyAlias.objects.filter(customer=customer, key=key).first()
    if known is not None:
        return known
    alias: CompanyAlias = CompanyAlias.objects.create(
        customer=customer, text=text, key=key, source=source, by=by, kind=kind, case_id=case_id
    )
    index(customer)
    return alias


@transaction.atomic
def learn_names(names: Iterable[tuple[int, str]], *, source: AliasSource) -> int:
    """Names of companies that stand for these customers, many at once; how many were new.

    Only what is written like a company's full name: a payer may be a person.
    """
    keys = {
        (customer_id, key): text.strip()[:200]
        for customer_id, text in names
        if parse_company_name(text).legal_form and (key := alias_key(text)) is not None
    }
    customers = Customer.objects.in_bulk({customer_id for customer_id, _key in keys})
    aliases = CompanyAlias.objects.filter(customer__in=customers).values_list("customer_id", "key")
    known: set[tuple[int, int | None]] = {*aliases}
    known |= {(one.pk, alias_key(one.name)) for one in customers.values()}
    fresh = sorted(pair for pair in keys if pair not in known and pair[0] in customers)
    CompanyAlias.objects.bulk_create(
        CompanyAlias(
            customer=customers[customer_id], text=keys[customer_id, key], key=key, source=source
        )
        for customer_id, key in fresh
    )
    for customer_id in sorted({customer_id for customer_id, _key in fresh}):
        index(customers[customer_id])
    return len(fresh)


@transaction.atomic
def forget_alias(*, alias_id: int) -> Customer:
    """A name is no longer one of the customer's.

    What was judged about two records stays judged; only "the same" no longer holds for whoever
    types this name.
    """
    alias = CompanyAlias.objects.get(pk=alias_id)
    customer = locked(Customer.objects.all(), alias.customer_id)
    CompanyAlias.objects.filter(pk=alias_id).delete()
    named = [
        one.pk
        for one in _judgements_of((RecordKind.CUSTOMER.value, customer.pk))
        if one.verdict == IdentityVerdict.SAME
        and alias.key in (alias_key(one.left_name), alias_key(one.right_name))
    ]
    IdentityJudgement.objects.filter(pk__in=named).update(names_key=None)
    index(customer)
    return customer


def judged_apart(customer: Customer, text: str) -> bool:
    """Whether people judged that this customer and a record of that name are not one client."""
    key = alias_key(text)
    return any(
        one.verdict == IdentityVerdict.NOT_SAME
        and key in (alias_key(one.left_name), alias_key(one.right_name))
        for one in _judgements_of((RecordKind.CUSTOMER.value, customer.pk))
    )


def unlearn_alias(*, customer_id: int, text: str, source: AliasSource) -> None:
    """Take back what was learned from one source; the same name from another stays."""
    key = alias_key(text.strip()[:200])
    if key is None:
        return
    aliases = CompanyAlias.objects.filter(customer=customer_id, key=key, source=source)
    for pk in list(aliases.values_list("pk", flat=True)):
        forget_alias(alias_id=pk)


@transaction.atomic
def take_back(*, judgement_id: int) -> IdentityJudgement:
    """What people said of two records no longer holds: they are compared like any others."""
    judgement: IdentityJudgement = locked(IdentityJudgement.objects.all(), judgement_id)
    sides = [
        ((judgement.left_kind, judgement.left_id), judgement.right_name),
        ((judgement.right_kind, judgement.right_id), judgement.left_name),
    ]
    for (kind, pk), name in sides:
        if kind == RecordKind.CUSTOMER and name:
            unlearn_alias(customer_id=pk, text=name, source=AliasSource.JUDGED)
    said = {"names": [judgement.left_name, judgement.right_name], "verdict": judgement.verdict}
    audit.write_all(
        ("identity.judgement_taken_back", f"leads.{kind}", pk, said) for (kind, pk), _name in sides
    )
    IdentityJudgement.objects.filter(pk=judgement.pk).delete()
    return judgement


def outgrow(pair: Pair, *, name: str, credit_code: str) -> None:
    """The record takes a name or credit code: two clients that people told apart by theirs are
    compared anew where it is the very one of the other."""
    for one in _judgements_of(pair):
        sides = ((one.left_kind, one.left_id), (one.right_kind, one.right_id))
        other = sides[1] if sides[0] == pair else sides[0]
        if one.verdict != IdentityVerdict.NOT_SAME or other[0] == ROW:
            continue
        had_two = one.names_key is not None
        is_named_alike = had_two and bool(name) and names_key(name, name_of(other)) is None
        if is_named_alike or (credit_code and credit_code == _code_of(other)):
            take_back(judgement_id=one.pk)


def _code_of(pair: Pair) -> str:
    kind, pk = pair
    rows: Any = Lead.objects if kind == RecordKind.LEAD else Customer.objects
    return str(rows.filter(pk=pk).values_list("credit_code", flat=True).first() or "")


@transaction.atomic
def repoint(
    *, kind: RecordKind, from_id: int, to_id: int, to_kind: RecordKind | None = None
) -> dict[str, Any]:
    """Give what was learned about one record to another; the answer undoes it (`point_back`).

    A judgement that would say the same about the same two records, or about one, stays where it
    is. The index rows of the record that goes are the caller's (`forget`).
    """
    old, new = (kind.value, from_id), ((to_kind or kind).value, to_id)
    moved = [one.pk for one in _judgements_of(old) if _move(one, old, new)]
    aliases: list[int] = []
    if kind == RecordKind.CUSTOMER and new[0] == RecordKind.CUSTOMER:
        known = CompanyAlias.objects.filter(customer=from_id)
        aliases = list(known.order_by("pk").values_list("pk", flat=True))
        _give_aliases(aliases, to_id)
    return {"from": list(old), "to": list(new), "judgements": moved, "aliases": aliases}


@transaction.atomic
def point_back(moved: Mapping[str, Any]) -> None:
    """Undo `repoint` exactly; the record that had gone is there again."""
    (old_kind, old_id), (new_kind, new_id) = moved["from"], moved["to"]
    for one in IdentityJudgement.objects.filter(pk__in=moved["judgements"]).order_by("pk"):
        _move(one, (new_kind, new_id), (old_kind, old_id))
    _give_aliases(moved["aliases"], old_id)
    if moved["aliases"]:
        index(Customer.objects.get(pk=new_id))


def _give_aliases(ids: list[int], customer_id: int) -> None:
    if ids:
        CompanyAlias.objects.filter(pk__in=ids).update(customer=customer_id)
        index(locked(Customer.objects.all(), customer_id))


def _judgements_of(pair: Pair) -> Iterable[IdentityJudgement]:
    kind, pk = pair
    lefts = IdentityJudgement.objects.filter(left_kind=kind, left_id=pk)
    rights = IdentityJudgement.objects.filter(right_kind=kind, right_id=pk)
    return [*lefts.order_by("pk"), *rights.order_by("pk")]


def _move(judgement: IdentityJudgement, old: Pair, new: Pair) -> bool:
    """Put one record in another's place; False when that would judge nothing new."""
    sides = {
        (judgement.left_kind, judgement.left_id): judgement.left_name,
        (judgement.right_kind, judgement.right_id): judgement.right_name,
    }
    if new in sides:
        return False
    sides[new] = sides.pop(old)
    left, right = in_order(*sides)
    where = {"left_kind": left[0], "left_id": left[1], "right_kind": right[0]}
    where["right_id"] = right[1]
    if IdentityJudgement.objects.filter(**where).exists():
        return False
    IdentityJudgement.objects.filter(pk=judgement.pk).update(
        **where, left_name=sides[left], right_name=sides[right]
    )
    return True
