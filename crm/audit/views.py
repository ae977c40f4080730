from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from crm import jobs
from crm.access.decorators import needs
from crm.audit import wording
from crm.audit.detail_words import SHOWN_OF_OTHERS
from crm.audit.entries import prepare
from crm.audit.enums import Fault, Verb
from crm.audit.models import OperationLog, Seal
from crm.audit.records import Named
from crm.audit.selectors import last_verification
from crm.audit.tables import LogTable
from crm.tenancy.http import TenantRequest
from crm.web import htmx, markup
from crm.web.components import Action, Change, Fact
from crm.web.formats import Formats
from crm.web.tables.paging import Row


@needs("audit.view_log")
@require_GET
def log(request: TenantRequest) -> HttpResponseBase:
    """Who did what, newest first."""
    verify = Action(_("Verify"), reverse("audit:verify"), "shield-check", method="post")
    table = LogTable(request, OperationLog.objects.all())
    return table.respond(
        "audit/log.html", verification(request), title=_("Operation log"), actions=[verify]
    )


def verification(request: TenantRequest) -> dict[str, Any]:
    """The last verification; `waiting_for` while the one just asked for is under way."""
    known = last_verification()
    asked = request.GET.get("verifying", "")
    is_waiting = asked.isdigit() and (known.pk if known else 0) <= int(asked[:18])
    return {"verification": known, "waiting_for": asked if is_waiting else ""}


@needs("audit.view_log")
@require_GET
def verification_result(request: TenantRequest) -> HttpResponse:
    """The result of the last verification, asked for again until it is there."""
    if not htmx.is_partial(request):
        return redirect("audit:log")
    return render(request, "audit/_verification.html", verification(request))


@needs("audit.view_log")
@require_GET
def entry(request: TenantRequest, pk: int) -> HttpResponse:
    """One line with everything it says, and its place in the chain."""
    columns = ("pk", "action", "verb", "subject_kind", "subject_id", "member_id", "details", "at")
    found = OperationLog.objects.filter(pk=pk).values(*columns, "member__name").first()
    if found is None:
        raise Http404
    (line,) = prepare(request.member, [found])
    return render(request, "audit/entry.html", {"line": line, **shown(line)})


@needs("audit.view_log")
@require_POST
def verify(request: TenantRequest) -> HttpResponse:
    """Check the chain in the background; the page shows the result when it is there."""
    known = last_verification()
    jobs.enqueue("audit.verify")
    return htmx.done(
        request,
        url=f"{reverse('audit:log')}?verifying={known.pk if known else 0}",
        message=_("The log is being verified."),
    )


def _linked(one: Named) -> str:
    """A record by its name, linked for whoever may open it."""
    return markup.link(one.label, one.url) if one.url else one.label


def shown(line: Row) -> dict[str, Any]:
    """The parts of a line's page."""
    place = Seal.objects.filter(entry_id=line["pk"]).first()
    who = line["member__name"] or _("System")
    record = Fact(_("Record"), f"{line['kind']} {line['record']}".strip() or "—")
    sealed = f"{place.sequence} · {bytes(place.digest).hex()[:16]}" if place else _("not yet")
    mentioned = {name: _linked(one) for name, one in line["mentioned"].items()}
    others = wording.other_details(line["details"], mentioned=mentioned)
    told = [Fact(label, value) for label, value in others]
    if line["pointed"]:
        clients = [_linked(one) for one in line["pointed"]]
        listed = format_html_join(" · ", "{}", ((one,) for one in clients))
        told.append(Fact(SHOWN_OF_OTHERS, listed))
    changes = [Change(*one) for one in line["differences"]]
    facts = [
        Fact(pgettext("log", "Who"), who),
        Fact(pgettext("log", "When"), f"{Formats.current().local(line['at']):%Y-%m-%d %H:%M:%S}"),
        Fact(pgettext("log", "Kind"), Verb(line["verb"]).label),
        *([record] if line["subject_kind"] else []),
        *told,
        Fact(_("Place in the chain"), sealed),
    ]
    faults = [FaultShown.of(one) for one in line["details"].get("findings", [])]
    return {"facts": facts, "changes": changes, "faults": faults}


@dataclass(frozen=True)
class FaultShown:
    """A fault that a verification found, in words."""

    words: str
    place: str

    @classmethod
    def of(cls, found: dict[str, Any]) -> "FaultShown":
        known = dict(Fault.choices).get(found["fault"], found["fault"])
        place = _("Place %(place)s, line %(line)s")
        return cls(
            str(known),
            place % {"place": found["sequence"] or "—", "line": found["entry"] or "—"},
        )
