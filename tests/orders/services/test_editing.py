"""Writing orders: what fills in, what a price is made of, what is refused."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.drafts import LineDraft, OrderTerms
from orders.errors import FaultyLines, OrderNotEditable, StaleDocument
from orders.models import Order, OrderLine, Product
from orders.services import approval, editing
from tests.orders.world import a_customer, a_draft, a_price_book, a_product, line, save


def test_customer_contact_book_and_terms_fill_in(tenant):
    book = a_price_book(a_product())
    customer = a_customer(tenant.agent)
    first = a_draft(tenant.agent, customer)
    save(first, payment_terms="net_30")
    order = editing.begin_order(customer=customer, by=tenant.agent)
    assert order.contact.name == "李敏"
    assert order.price_book == book
    assert order.payment_terms == "net_30"
    assert order.owner == tenant.agent
    assert order.number.startswith("SO26-")
    assert order.contract_number.startswith("HT26-")


def test_a_quantity_break_of_the_book_is_used_and_explained(tenant):
    product = a_product()
    a_price_book(product, ("0", "1100"), ("10", "1017"))
    order = editing.begin_order(customer=a_customer(tenant.agent), by=tenant.agent)
    saved = save(order, line(product, "10", discount_percent=Decimal(10)))
    row = OrderLine.objects.get(order=saved)
    assert row.unit_price == Decimal("915.3")
    assert [step["code"] for step in row.explanation] == [
        "list_price",
        "book_price",
        "line_discount",
        "above_floor",
        "tax_included",
    ]
    assert (saved.net_amount, saved.tax_amount, saved.gross_amount) == (
        Decimal("8100.00"),
        Decimal("1053.00"),
        Decimal("9153.00"),
    )


def test_prices_without_tax_come_from_the_same_catalogue(tenant):
    product = a_product()
    order = editing.begin_order(customer=a_customer(tenant.agent), by=tenant.agent)
    saved = save(order, line(product, "10"), is_tax_inclusive=False)
    assert OrderLine.objects.get(order=saved).unit_price == Decimal("1000")
    assert saved.gross_amount == Decimal("11300.00")


def test_a_price_below_the_floor_is_marked(tenant):
    product = a_product()
    order = editing.begin_order(customer=a_customer(tenant.agent), by=tenant.agent)
    saved = save(order, line(product, agreed_price=Decimal("900")))
    assert saved.has_line_below_floor
    assert OrderLine.objects.get(order=saved).is_below_floor


def test_a_product_without_a_price_in_the_currency_is_refused_with_words(tenant):
    product = a_product()
    order = editing.begin_order(customer=a_customer(tenant.agent), by=tenant.agent)
    with pytest.raises(FaultyLines) as refused:
        save(order, line(product), currency="USD")
    assert list(refused.value.lines) == [0]
    assert save(order, line(product, agreed_price=Decimal(160)), currency="USD").gross_amount == 160


def test_a_stale_save_is_refused(tenant):
    order = a_draft(tenant.agent)
    save(order, line(Product.objects.get(), "11"))
    with pytest.raises(StaleDocument):
        editing.save_order(
            order_id=order.pk, version=order.version, terms=OrderTerms.of(order), lines=[]
        )


def test_saving_what_is_there_already_changes_nothing(tenant):
    order = a_draft(tenant.agent)
    drafts = [LineDraft.of(row) for row in order.lines.all()]
    again = save(order, *drafts)
    assert again.version == order.version
    assert not order.history.filter(pgh_label="delete").exists()


def test_kept_lines_keep_their_id_when_reordered(tenant):
    order = a_draft(tenant.agent)
    first = order.lines.get()
    save(order, line(a_product("TZ-200")), LineDraft.of(first))
    assert [row.position for row in order.lines.filter(pk=first.pk)] == [2]
    save(order, LineDraft.of(first))
    assert list(order.lines.values_list("pk", flat=True)) == [first.pk]


def test_an_order_in_approval_cannot_be_written_in(tenant):
    order = a_draft(tenant.agent)
    approval.submit_order(order_id=order.pk, by=tenant.agent)
    with pytest.raises(OrderNotEditable):
        save(order)


def test_a_copy_is_a_new_draft_at_todays_prices(tenant):
    order = a_draft(tenant.agent)
    Product.objects.update(list_price=Decimal("2260"))
    copy = editing.copy_order(order=order, by=tenant.colleague)
    assert copy.status == "draft"
    assert copy.owner == tenant.colleague
    assert copy.number != order.number
    assert copy.gross_amount == 2 * order.gross_amount


amounts = st.decimals(min_value="0", max_value="99999.999999", places=6)
quantities = st.decimals(min_value="0.001", max_value="9999.999", places=3)
percents = st.decimals(min_value="0", max_value="100", places=2)
typed_lines = st.lists(
    st.tuples(st.sampled_from(["13", "9", "6", "0"]), quantities, amounts, percents), max_size=8
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=typed_lines, discount=percents, is_inclusive=st.booleans())
def test_totals_tie_out(tenant, typed, discount, is_inclusive):
    """Whatever is typed: lines sum to the order, net and tax make gross, on every tax rate."""
    products = {
        rate: Product.objects.get_or_create(
            code=f"RATE-{rate}",
            defaults={"name": rate, "unit": "件", "tax_rate": rate, "list_price": 100},
        )[0]
        for rate in ("13", "9", "6", "0")
    }
    customer = tenant.agent and (
        tenant.__dict__.setdefault("customer", None) or a_customer(tenant.agent)
    )
    tenant.__dict__["customer"] = customer
    order = editing.begin_order(customer=customer, by=tenant.agent)
    drafts = [
        LineDraft(
            product_id=products[rate].pk,
            quantity=quantity,
            agreed_price=price,
            discount_percent=percent,
        )
        for rate, quantity, price, percent in typed
    ]
    saved = save(order, *drafts, discount_percent=discount, is_tax_inclusive=is_inclusive)
    saved = Order.objects.get(pk=saved.pk)
    rows = list(saved.lines.all())
    assert saved.gross_amount == sum(row.gross_amount for row in rows)
    assert saved.net_amount == sum(row.net_amount for row in rows)
    assert saved.net_amount + saved.tax_amount == saved.gross_amount
    shown = saved.gross_amount if is_inclusive else saved.net_amount
    assert saved.list_amount - saved.discount_amount == shown


def test_a_price_agreed_below_the_catalogue_is_a_discount(tenant):
    product = a_product()
    a_price_book(product, ("0", "1000"))
    order = editing.begin_order(customer=a_customer(tenant.agent), by=tenant.agent)
    saved = save(order, line(product, "10", agreed_price=Decimal("950")))
    assert (saved.list_amount, saved.discount_amount) == (Decimal("10000"), Decimal("500"))
    saved = save(order, line(product, "10", agreed_price=Decimal("1050")))
    assert saved.discount_amount == 0
