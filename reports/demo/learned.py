"""What the reps learned of their customers since they were entered, as the history tells it.

Most follow-ups bring something: an address, another level, one more person to talk to. It has dice
of its own, so that nothing else of the demo's world changes with it.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model

from leads.models import Contact, Customer, FollowUp
from leads.services.completion import complete_contact
from reports.demo import words
from reports.demo.clock import as_written, without_history, write_back
from reports.demo.world import World

SHARING, INCOMPLETE = 0.86, 0.036
# how often something changed over the year, and which field; each customer at most once each
WHAT = {"website": 0.9, "level": 0.5, "address": 0.16, "phone": 0.3}
ABOUT_CONTACT = ("wechat", "title", "email", "phone")
PEOPLE, MOST_PEOPLE = 0.4, 2


def fill(world: World) -> None:
    """Complete the customers, then tell how they came to be complete."""
    dice = random.Random(20_260_102)  # noqa: S311  invented data
    complete(world, dice)
    moments = moments_of_learning(world, dice)
    learn(world, dice, moments)


def complete(world: World, dice: random.Random) -> None:
    """Nearly everything is known of nearly everybody."""
    for customer in world.customers:
        street = f"{dice.choice(words.STREETS)}{dice.randrange(1, 300)}号"
        customer.address = customer.address or f"{customer.city}{street}"
        domain = world.contacts[customer.pk].email.partition("@")[2]
        customer.website = f"www.{domain}" if domain else ""
        if dice.random() < INCOMPLETE:
            setattr(customer, dice.choice(("credit_code", "address")), "")
    with without_history(Customer):
        write_back(world.customers, ["address", "website", "credit_code"])


def moments_of_learning(world: World, dice: random.Random) -> dict[int, list[datetime]]:
    """After so many follow-ups that the year's rate comes out, the latest first."""
    since = {customer.pk: customer.created_at for customer in world.customers}
    all_of_them = [one for one in world.follow_ups if one.customer_id]
    later: list[FollowUp] = [one for one in all_of_them if one.at > since[one.customer_id or 0]]
    each = SHARING * len(all_of_them) / max(1, len(later))
    found: dict[int, list[datetime]] = defaultdict(list)
    for one in later:
        for number in range(int(each + dice.random())):
            at = min(one.at + timedelta(minutes=4 + 3 * number), world.now)
            found[one.customer_id or 0].append(at)
    return {pk: sorted(moments, reverse=True) for pk, moments in found.items()}


def learn(world: World, dice: random.Random, moments: dict[int, list[datetime]]) -> None:
    """Go back in time: at each moment one thing was not yet as it is now."""
    customers: list[Any] = []
    contacts: list[Any] = []
    added: list[Contact] = []
    for customer in world.customers:
        contact = world.contacts[customer.pk]
        now = {Customer: vars(customer).copy(), Contact: vars(contact).copy()}
        people = MOST_PEOPLE
        changes = [name for name, share in WHAT.items() if dice.random() < share]
        for at in moments.get(customer.pk, ()):
            if changes:
                name = changes.pop()
                now[Customer][name] = before(dice, name, now[Customer][name])
                customers.append(event("leads.CustomerEvent", customer, now[Customer], at))
            elif people and dice.random() < PEOPLE:
                people -= 1
                added.append(another_contact(dice, customer, at))
            else:
                name = dice.choice(ABOUT_CONTACT)
                now[Contact][name] = before(dice, name, now[Contact][name])
                contacts.append(event("leads.ContactEvent", contact, now[Contact], at))
    for written in (customers, contacts):
        write(sorted(written, key=lambda one: one.pgh_created_at))
    with as_written(Contact):
        world.more_contacts = Contact.objects.bulk_create(added)


def before(dice: random.Random, name: str, now: str) -> str:
    """What stood there until then."""
    others: dict[str, Callable[[], str]] = {
        "level": lambda: "c" if now != "c" else "d",
        "title": lambda: dice.choice([one for one in words.TITLES if one != now]),
        "phone": lambda: f"{now[:-3]}{dice.randrange(1000):03d}",
        "wechat": lambda: "" if now else f"wx{dice.randrange(10**7):07d}",
        "email": lambda: "" if now else f"info{dice.randrange(10**6):06d}@mail.example",
    }
    return others[name]() if name in others else ""


def event(kind: str, record: Model, was: dict[str, Any], at: datetime) -> Any:
    """A row of the history: the record as it was before."""
    model = apps.get_model(kind)
    names = [one.attname for one in model._meta.concrete_fields if "pgh_" not in one.attname]
    return model(
        **{name: was[name] for name in names if name in was},
        pgh_obj_id=record.pk,
        pgh_label="update",
        pgh_created_at=at,
        pgh_context={"member": was["owner_id"]} if "owner_id" in was else {},
    )


def write(events: list[Any]) -> None:
    if events:
        with as_written(type(events[0])):
            type(events[0]).objects.bulk_create(events, batch_size=1_000)


def another_contact(dice: random.Random, customer: Customer, at: datetime) -> Contact:
    contact = Contact(
        customer=customer,
        name=dice.choice(words.SURNAMES) + dice.choice(words.GIVEN),
        title=dice.choice(words.TITLES),
        phone=f"139{dice.randrange(10**8):08d}",
        created_by_id=customer.owner_id,
        created_at=at,
        updated_at=at,
    )
    complete_contact(contact)
    return contact
