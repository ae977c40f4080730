"""Quotes of every kind: half-written, with the customer, answered, over, revised, ordered."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from crm.people.models import Member
from crm.tenancy.clock import organization_today
from crm.tenancy.context import acting_as
from leads.models import Opportunity
from orders.drafts import LineDraft, QuoteTerms
from orders.models import Product, Quote
from orders.services import declining, offering, ordering, quotes
from reports.demo.clock import without_history
from reports.demo.world import World

SEED = 20_260_102  # of its own, so that the rest of the demo stays as it is
MOST = 40
NO_TO_US = ("价格高于竞争对手", "项目推迟到明年", "改用现有设备", "预算未批")
NO_FROM_US = ("交期无法满足", "客户资质待核实")
NOTES = (
    "含税含运费，交货期为合同生效后 30 天。",
    "含安装调试与一年质保，质保期外按成本收取备件费。",
    "本报价含现场培训两天，差旅费另计。",
    "",
)

Fate = Callable[[Quote, Member, random.Random], object]


def fill(world: World) -> None:
    """A quote for each of the deals that are about one; the fates take turns."""
    source = random.Random(SEED)  # noqa: S311  no secret
    products = list(Product.objects.order_by("pk"))
    about = [deal for deal in world.opportunities if deal.owner_id and not deal.lost_reason]
    offered = [deal for deal in about if deal.stage.code == "proposal"][:MOST]
    for number, deal in enumerate(offered):
        by = world.members[deal.owner_id or 0]
        with acting_as(by.pk):
            quote = written(deal, by, products, source)
            FATES[number % len(FATES)](quote, by, source)
    with acting_as(None):
        offering.expire_quotes()


def written(deal: Opportunity, by: Member, products: list[Product], source: random.Random) -> Quote:
    """A draft for about the deal's amount."""
    quote = quotes.begin_quote(customer=deal.customer, by=by, opportunity=deal)
    chosen = source.sample(products, k=source.choice([1, 2, 3, 4]))
    share = deal.amount / len(chosen)
    lines = [
        LineDraft(
            product_id=one.pk,
            quantity=max(Decimal(1), (share / one.list_price).quantize(Decimal(1))),
            discount_percent=Decimal(source.choice([0, 0, 2, 3, 5])),
        )
        for one in chosen
    ]
    saved, _priced = quotes.save_quote(
        quote_id=quote.pk, version=quote.version, terms=terms_of(quote, source), lines=lines
    )
    return saved


def terms_of(quote: Quote, source: random.Random) -> QuoteTerms:
    """Some quotes hold for a week, most for a month."""
    head = QuoteTerms.of(quote).__dict__
    days = source.choice([7, 15, 30, 30, 30])
    return QuoteTerms(
        **head
        | {"valid_until": quote.quote_date + timedelta(days=days), "notes": source.choice(NOTES)}
    )


def draft(quote: Quote, by: Member, source: random.Random) -> None:
    """Still being written."""


def send(quote: Quote, by: Member, source: random.Random) -> Quote:
    return offering.send_quote(quote_id=quote.pk, by=by)


def accept(quote: Quote, by: Member, source: random.Random) -> Quote:
    return offering.accept_quote(quote_id=send(quote, by, source).pk)


def order(quote: Quote, by: Member, source: random.Random) -> None:
    ordering.order_from_quote(quote_id=accept(quote, by, source).pk, by=by)


def decline(quote: Quote, by: Member, source: random.Random) -> None:
    sent = send(quote, by, source)
    declining.decline_quote(quote_id=sent.pk, by=by, reason=source.choice(NO_TO_US))


def withdraw(quote: Quote, by: Member, source: random.Random) -> None:
    sent = send(quote, by, source)
    offering.withdraw_quote(quote_id=sent.pk, reason=source.choice(NO_FROM_US))


def revise(quote: Quote, by: Member, source: random.Random) -> None:
    revision = quotes.revise_quote(quote_id=send(quote, by, source).pk, by=by)
    send(revision, by, source)


def let_lapse(quote: Quote, by: Member, source: random.Random) -> None:
    """Sent weeks ago; the night that ends it is the one before the demo begins."""
    sent = send(quote, by, source)
    today = organization_today()
    with without_history(Quote):
        Quote.objects.filter(pk=sent.pk).update(
            quote_date=today - timedelta(days=source.randrange(16, 32)),
            valid_until=today - timedelta(days=1),
        )


FATES: tuple[Fate, ...] = (
    send,
    draft,
    accept,
    decline,
    send,
    order,
    let_lapse,
    revise,
    send,
    withdraw,
)
