from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from crm.access import policy
from crm.access.decorators import needs
from crm.files.services import TABLES, FileRefused, serve, store_upload
from crm.tenancy.http import TenantRequest
from crm.web import htmx
from crm.web.components import Action
from payments.enums import BalanceCode
from payments.forms.bank import AccountChangeForm, AccountForm, StatementForm
from payments.models import BankAccount, Statement
from payments.services import accounts, statements
from payments.services.refusals import StatementRefused
from payments.services.statements import Imported
from payments.tables.bank import LineTable, StatementTable


@needs("payments.import_statement")
@require_http_methods(["GET", "POST"])
def upload_statement(request: TenantRequest) -> HttpResponse:
    """Take in a bank file and say what it brought."""
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = take_in(form)
        except (FileRefused, StatementRefused) as reason:
            form.add_error("file", str(reason))
        else:
            return htmx.done(
                request,
                url=next_page(found),
                message=" ".join(brought(one) for one in found),
                trigger="bank-lines-changed",
            )
    context = {"form": form, "title": _("Upload bank statement"), "submit": _("Read the file")}
    return htmx.form_page(request, "web/form.html", context)


def take_in(form: StatementForm) -> list[Imported]:
    """Keep the file and read it; nothing is kept when it cannot be read."""
    account = form.cleaned_data["account"]
    file = store_upload(form.cleaned_data["file"], purpose="statement", accept=TABLES)
    try:
        return statements.import_statement(file=file, account_id=account.pk if account else None)
    except StatementRefused:
        file.delete()
        raise


def next_page(found: list[Imported]) -> str:
    """Where to go on: to matching, or to the statement that does not add up."""
    for one in found:
        if one.statement.balance_code == BalanceCode.MISMATCH:
            return reverse("payments:statement", args=[one.statement.pk])
    return reverse("payments:reconcile")


def brought(one: Imported) -> str:
    """ICBC •••• 1234: 23 new lines, 4 known."""
    words = ngettext(
        "%(account)s: %(new)s new line, %(known)s known.",
        "%(account)s: %(new)s new lines, %(known)s known.",
        one.new_count,
    )
    said = words % {
        "account": one.statement.account,
        "new": one.new_count,
        "known": one.known_count,
    }
    if one.statement.balance_code == BalanceCode.MISMATCH:
        said += " " + _("The statement does not add up.")
    return said


@needs("payments.view_statement")
@require_GET
def statement_list(request: TenantRequest) -> HttpResponseBase:
    """Every upload, the newest first."""
    actions = []
    if policy.allowed(request.member, "payments.import_statement"):
        url = reverse("payments:upload_statement")
        actions.append(Action(_("Upload statement"), url, "upload", kind="primary", frame="drawer"))
    rows = policy.visible(request.member, Statement.objects.all(), "payments.view_statement")
    return StatementTable(request, rows).respond(title=_("Bank statements"), actions=actions)


def find_statement(request: TenantRequest, pk: int) -> Statement:
    rows = Statement.objects.select_related("account", "file", "created_by")
    return policy.get_or_404(request.member, rows, "payments.view_statement", pk)


@needs("payments.view_statement")
@require_GET
def statement_detail(request: TenantRequest, pk: int) -> HttpResponseBase:
    """One upload: whether it adds up, and the lines it brought."""
    statement = find_statement(request, pk)
    table = LineTable(request, statement.lines.all())
    context: dict[str, Any] = {"statement": statement}
    return table.respond("payments/statement.html", context, title=str(statement.account))


@needs("payments.view_statement")
@require_GET
def statement_file(request: TenantRequest, pk: int) -> FileResponse:
    """The file as it was uploaded."""
    return serve(find_statement(request, pk).file)


@needs("payments.view_statement")
@require_GET
def account_list(request: TenantRequest) -> HttpResponse:
    """Our bank accounts."""
    rows = policy.visible(request.member, BankAccount.objects.all(), "payments.view_statement")
    actions = []
    if policy.allowed(request.member, "payments.edit_account"):
        url = reverse("payments:create_account")
        actions.append(Action(_("Add account"), url, "plus", kind="primary", frame="drawer"))
    context = {
        "accounts": rows.order_by("-is_active", "name", "pk"),
        "actions": actions,
        "may_edit": bool(actions),
    }
    return htmx.fragment(request, "payments/accounts.html", context)


@needs("payments.edit_account")
@require_http_methods(["GET", "POST"])
def create_account(request: TenantRequest) -> HttpResponse:
    """Add a bank account."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        number = accounts.plain_number(values["number"])
        if accounts.is_known(number=number, currency=values["currency"]):
            form.add_error("number", _("This account is there already."))
        else:
            accounts.open_account(**values)
            return htmx.done(
                request,
                url=reverse("payments:accounts"),
                message=_("Account added."),
                trigger="bank-accounts-changed",
            )
    context = {"form": form, "title": _("Add bank account"), "submit": _("Add account")}
    return htmx.form_page(request, "web/form.html", context)


@needs("payments.edit_account")
@require_http_methods(["GET", "POST"])
def edit_account(request: TenantRequest, pk: int) -> HttpResponse:
    """Rename an account or take it out of use."""
    account = policy.get_or_404(
        request.member, BankAccount.objects.all(), "payments.edit_account", pk
    )
    initial = {"name": account.name, "holder": account.holder, "is_active": account.is_active}
    form = AccountChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        accounts.change_account(account_id=account.pk, **form.cleaned_data)
        return htmx.done(
            request,
            url=reverse("payments:accounts"),
            message=_("Account saved."),
            trigger="bank-accounts-changed",
        )
    context = {"form": form, "title": str(account), "submit": _("Save")}
    return htmx.form_page(request, "web/form.html", context)
