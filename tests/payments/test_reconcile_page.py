"""The reconciliation page in a browser without script, and what htmx gets."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.files.services import store_bytes
from crm.tenancy.context import tenant_context
from payments.models import Allocation, LineDisposition, Statement, StatementLine
from payments.services import accounts, posting, proposing
from payments.services.statements import import_statement
from tests.payments.test_statements import ROWS, statement_text

HTMX = {"HX-Request": "true", "HX-Target": "reconcile"}


@pytest.fixture
def deposit(plan):
    return plan.instalments.get(position=1)


@pytest.fixture
def line(new_line):
    return new_line("3000.00", memo="货款 HT-2031")


@pytest.fixture
def finance(tenant, sign_in):
    return sign_in(tenant.finance)


def test_the_page_shows_the_line_its_proposal_and_the_reasons(finance, deposit, line):
    proposing.propose_matches()
    page = finance.get("/acme/bank/").content.decode()
    assert "¥3,000.00" in page
    assert "no. HT-2031" in page
    assert "amount equal" in page
    assert "Post the 1 sure one" in page


def test_an_empty_page_says_what_to_do(finance):
    page = finance.get("/acme/bank/").content.decode()
    assert "Upload a statement" in page
    assert "Nothing left to match" in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_proposal_is_posted_and_undone(finance, deposit, line, headers):
    proposing.propose_matches()
    response = finance.post(f"/acme/bank/lines/{line.pk}/accept/", headers=headers, follow=True)
    assert response.status_code == 200
    deposit.refresh_from_db()
    assert deposit.paid_amount == deposit.amount
    page = finance.get(f"/acme/bank/?state=posted&line={line.pk}").content.decode()
    assert "Undo posting" in page
    finance.post(f"/acme/bank/lines/{line.pk}/undo/", headers=headers)
    deposit.refresh_from_db()
    assert deposit.paid_amount == 0


def test_htmx_gets_the_workspace_and_a_toast_with_undo(finance, deposit, line):
    proposing.propose_matches()
    response = finance.post(f"/acme/bank/lines/{line.pk}/accept/", headers=HTMX)
    assert "<html" not in response.content.decode()
    assert f"/acme/bank/lines/{line.pk}/undo/" in response["HX-Trigger"]


def test_a_line_is_split_by_hand(finance, plan, line):
    first, second = plan.instalments.order_by("position")
    page = finance.get(f"/acme/bank/?line={line.pk}&mode=split").content.decode()
    assert f'name="share-{first.pk}"' in page
    finance.post(
        f"/acme/bank/lines/{line.pk}/post/",
        {f"share-{first.pk}": "1,000", f"share-{second.pk}": "0.2万", "share-x": "9"},
    )
    assert dict(Allocation.objects.values_list("instalment_id", "amount")) == {
        first.pk: Decimal(1000),
        second.pk: Decimal(2000),
    }


def test_the_search_finds_customer_order_contract_and_amount(finance, plan, line):
    order = plan.order
    for text in ("同光精密", order.number, "HT-20", "7000"):
        page = finance.get(f"/acme/bank/?line={line.pk}&mode=split&find={text}")
        assert order.number in page.content.decode(), text


@pytest.mark.parametrize("amount", ["abc", "", "99999999"])
def test_amounts_that_cannot_be_posted_are_explained(finance, deposit, line, amount):
    response = finance.post(f"/acme/bank/lines/{line.pk}/post/", {f"share-{deposit.pk}": amount})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not Allocation.objects.exists()


def test_the_slower_of_two_people_is_told(finance, tenant, deposit, line):
    proposing.propose_matches()
    posting.accept_proposal(line_id=line.pk, by=tenant.finance)
    response = finance.post(f"/acme/bank/lines/{line.pk}/accept/", headers=HTMX)
    assert response.status_code == 422
    assert "no proposal for this line any more" in response.content.decode()


def test_a_line_is_set_aside_and_comes_back(finance, line):
    finance.post(f"/acme/bank/lines/{line.pk}/aside/", {"kind": "refund", "note": "退货"})
    assert LineDisposition.objects.get(line=line).note == "退货"
    assert "退货" in finance.get("/acme/bank/?state=aside").content.decode()
    finance.post(f"/acme/bank/lines/{line.pk}/take-back/")
    assert line.counterparty_name in finance.get("/acme/bank/").content.decode()
    response = finance.post(f"/acme/bank/lines/{line.pk}/aside/", {"kind": "nonsense"})
    assert response.status_code == 422


def test_all_sure_lines_are_posted_at_once(finance, deposit, line, new_line):
    new_line("77.00", counterparty_name="某某")
    proposing.propose_matches()
    response = finance.post("/acme/bank/accept/", follow=True)
    assert "1 line posted." in response.content.decode()
    assert Allocation.objects.count() == 1


def test_a_file_is_uploaded_twice(finance):
    upload = statement_text(ROWS).encode("gbk")
    for known in (0, 3):
        response = finance.post(
            "/acme/bank/statements/upload/",
            {"file": SimpleUploadedFile("icbc.csv", upload), "account": ""},
            follow=True,
        )
        assert f"{3 - known} new line" in response.content.decode()
        assert f"{known} known" in response.content.decode()
    assert StatementLine.objects.count() == 3
    assert Statement.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.pdf", b"%PDF-1.4", "not accepted"),
        ("x.csv", b"hello\n", "No columns of date and amount"),
        ("x.xlsx", b"PK\x03\x04broken", "damaged"),
        ("x.csv", statement_text([ROWS[0].replace("3000.00", "drei")]).encode(), "Row 4"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(finance, name, data, words):
    response = finance.post(
        "/acme/bank/statements/upload/", {"file": SimpleUploadedFile(name, data)}
    )
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Statement.objects.exists()


def test_a_statement_shows_its_lines_and_its_file(finance):
    upload = statement_text(ROWS).encode("gbk")
    finance.post("/acme/bank/statements/upload/", {"file": SimpleUploadedFile("i.csv", upload)})
    statement = Statement.objects.get()
    page = finance.get(f"/acme/bank/statements/{statement.pk}/").content.decode()
    assert "Balanced" in page
    assert "物业公司" in page
    assert "6222021001012345678" not in page
    file = finance.get(f"/acme/bank/statements/{statement.pk}/file/")
    assert b"".join(file.streaming_content) == upload


@pytest.mark.parametrize("part", ["agent", "manager", "marketing", "legal", "service"])
def test_only_finance_and_administrators_see_the_bank(tenant, sign_in, line, part):
    client = sign_in(getattr(tenant, part))
    for path in ("", f"lines/{line.pk}/", "statements/", "statements/upload/", "accounts/"):
        assert client.get(f"/acme/bank/{path}").status_code == 403, path
    assert client.post(f"/acme/bank/lines/{line.pk}/accept/").status_code == 403


def test_another_organisations_lines_do_not_exist(cast, other_cast, sign_in):
    with tenant_context(cast.organization.id):
        own = accounts.open_account(name="基本户", number="6222021001012345678")
        file = store_bytes(statement_text(ROWS).encode(), name="x.csv", purpose="statement")
        (found,) = import_statement(file=file, account_id=own.pk)
        line = StatementLine.objects.first()
    stranger = sign_in(other_cast.finance)
    for path in (
        f"lines/{line.pk}/",
        f"?line={line.pk}",
        f"statements/{found.statement.pk}/",
        f"statements/{found.statement.pk}/file/",
        f"accounts/{own.pk}/",
    ):
        assert stranger.get(f"/globex/bank/{path}").status_code == 404, path
    for action in ("accept", "post", "undo", "aside", "take-back"):
        assert stranger.post(f"/globex/bank/lines/{line.pk}/{action}/").status_code == 404
    assert stranger.get("/acme/bank/").status_code == 404


def test_the_page_asks_no_more_for_thirty_lines_than_for_three(
    finance, deposit, new_line, django_assert_max_num_queries
):
    for number in range(3):
        new_line(f"{number + 1}.00")
    proposing.propose_matches()
    with django_assert_max_num_queries(40) as few:
        finance.get("/acme/bank/")
    for number in range(27):
        new_line(f"{number + 10}.00")
    proposing.propose_matches()
    with django_assert_max_num_queries(len(few.captured_queries)):
        finance.get("/acme/bank/")


def test_a_page_that_reloads_itself_does_not_open_a_line_that_nobody_chose(finance, line):
    """On a phone an open line takes the place of the list, under the reader's thumb."""
    page = finance.get("/acme/bank/").content.decode()
    assert f'hx-get="/acme/bank/?beside={line.pk}"' in page
    reloaded = finance.get(f"/acme/bank/?beside={line.pk}", headers=HTMX).content.decode()
    assert 'class="tz-reconcile"' in reloaded
    chosen = finance.get(f"/acme/bank/?line={line.pk}").content.decode()
    assert 'class="tz-reconcile has-line"' in chosen
    assert f'hx-get="/acme/bank/?line={line.pk}"' in chosen
