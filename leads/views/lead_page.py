"""What the page of a lead shows."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.access import policy
from crm.coded import in_words
from crm.people.models import Member
from crm.sharing.nouns import noun
from crm.sharing.record import holders_of, sharing_actions
from crm.sharing.selectors.transfers import open_transfers_of
from crm.web import markup
from crm.web.components import Action, Fact
from crm.web.facts import trimmed
from leads.enums import LeadStatus, RecordKind
from leads.forms.follow_ups import FollowUpForm
from leads.models import CollisionCase, Lead
from leads.selectors import assignments
from leads.selectors.addresses import merge_screen_of, page_of
from leads.selectors.cases import case_about, case_that_closed
from leads.selectors.imports_likeness import likeness_of
from leads.selectors.leads import OPEN_STATUSES, follow_ups_of_lead
from leads.selectors.protection import lock_for
from leads.selectors.timeline import timeline_of
from leads.services.cases import waiting_case_of
from leads.services.identity import kind_of
from leads.views.case_page import report_or_case
from leads.words import LEAD_COLOURS, phones, place_in_words


def lead_page(member: Member, lead: Lead) -> dict[str, Any]:
    """The context of a lead's page for this member."""
    may_edit = policy.allowed(member, "leads.edit_lead", lead)
    case = case_about(member, RecordKind.LEAD, lead.pk)
    lock = lock_for(member, lead)
    may_work = may_edit and lock is None
    return {
        "refresh_on": ["lead-updated", "follow-up-logged", "tz:lead-assigned"],
        "lead": lead,
        "collision": case,
        "alike": _alike(member, lead) if case is None else None,
        "colour": LEAD_COLOURS[lead.status],
        "actions": lead_actions(member, lead, case, may_edit=may_edit, is_locked=lock is not None),
        "facts": lead_facts(lead, may_edit=may_work),
        "entries": timeline_of(lead, follow_ups_of_lead(lead)),
        "composer": FollowUpForm(draft=f"follow-up-lead-{lead.pk}") if may_work else None,
        "composer_url": reverse("leads:follow_up_lead", args=[lead.pk]),
        "why_invalid": in_words(lead.invalid_reason),
        "why": assignments.why_this_rep(lead),
        "became": _became(member, lead),
        "transfers": open_transfers_of(lead),
        "lock": lock,
        "holders": holders_of(member, noun("leads.lead"), lead),
    }


def _alike(member: Member, lead: Lead) -> dict[str, str] | None:
    """The record that an imported lead is probably the same as, and the way to merge the two."""
    if lead.status not in OPEN_STATUSES or not policy.allowed(member, "leads.merge_lead", lead):
        return None
    met = likeness_of(member, lead)
    if met is None:
        return None
    pair = (kind_of(met).value, met.pk)
    return {"label": str(met), "url": page_of(*pair), "merge": merge_screen_of(pair, lead.pk)}


def lead_actions(
    member: Member, lead: Lead, case: CollisionCase | None, *, may_edit: bool, is_locked: bool
) -> list[Action]:
    """What can be done with the lead now; the first one is what it waits for."""
    found: list[Action] = []
    args = [lead.pk]
    waits = case is not None and case.is_waiting and waiting_case_of(lead) is not None
    to_case = report_or_case(case, reverse("leads:report_lead", args=args))
    may_report = policy.allowed(member, "leads.open_case") and lead.status in OPEN_STATUSES
    settles = waits or (is_locked and may_report)
    if settles:
        found.append(replace(to_case, kind="primary"))
    if may_edit and lead.status in OPEN_STATUSES:
        url = reverse("leads:convert", args=args)
        if not (waits or is_locked) and policy.allowed(member, "leads.create_customer"):
            found.append(
                Action(_("Convert"), url, "arrows-exchange", kind="primary", frame="modal")
            )
        if lead.status != LeadStatus.QUALIFIED:
            url = reverse("leads:move_lead", args=[*args, "qualified"])
            found.append(Action(pgettext("verb", "Qualify"), url, "check", method="post"))
        if lead.status == LeadStatus.NEW:
            url = reverse("leads:move_lead", args=[*args, "contacted"])
            found.append(Action(_("Mark contacted"), url, "phone-call", method="post"))
    if policy.allowed(member, "leads.assign_lead", lead) and lead.status in OPEN_STATUSES:
        url = reverse("leads:assign", args=args)
        found.append(Action(_("Assign"), url, "user-share", frame="modal"))
    found += sharing_actions(member, noun("leads.lead"), lead)
    if lead.status in OPEN_STATUSES and policy.allowed(member, "leads.merge_lead", lead):
        url = reverse("leads:merge_with", args=["lead", lead.pk])
        found.append(Action(_("Merge with…"), url, "git-merge", frame="modal"))
    if may_report and not settles:
        found.append(to_case)
    if may_edit:
        if not is_locked:
            url = reverse("leads:edit", args=args)
            found.append(Action(_("Edit"), url, "pencil", frame="drawer", shortcut="e"))
        if lead.status == LeadStatus.INVALID and case_that_closed(lead.pk) is None:
            url = reverse("leads:move_lead", args=[*args, "reopened"])
            found.insert(
                0, Action(_("Reopen"), url, "arrow-back-up", kind="primary", method="post")
            )
        elif lead.status in OPEN_STATUSES:
            url = reverse("leads:invalidate", args=args)
            found.append(Action(_("Invalid"), url, "circle-x", kind="ghost", frame="modal"))
    return found


def lead_facts(lead: Lead, *, may_edit: bool) -> list[Fact]:
    """The facts in the order people ask for them, editable in place."""
    edit = reverse("leads:edit", args=[lead.pk])

    def fact(label: object, name: str, value: object, copy: str = "") -> Fact:
        url = f"{edit}?only={name}" if may_edit else ""
        return Fact(str(label), value, shows=name, edit_url=url, copy=copy)

    person = " · ".join(filter(None, (lead.contact_name, lead.contact_title)))
    place = place_in_words(lead.city, lead.address)
    facts = [
        fact(_("Contact"), "contact_name", person),
        fact(_("Phone"), "phone", markup.phone(lead.phone), copy=lead.phone),
        fact(_("Other phones"), "other_phones", phones(lead.other_phones)),
        fact(_("E-mail"), "email", lead.email, copy=lead.email),
        fact(_("WeChat"), "wechat", lead.wechat, copy=lead.wechat),
        fact(_("Source"), "channel", lead.get_channel_display()),
        fact(_("Campaign or event"), "campaign", lead.campaign),
        fact(_("Province"), "province", lead.get_province_display()),
        fact(_("Address"), "city", place),
        fact(_("Industry"), "industry", lead.get_industry_display()),
        fact(_("Credit code"), "credit_code", lead.credit_code, copy=lead.credit_code),
        fact(_("Need"), "need", lead.need),
        Fact(_("Number"), lead.number, copy=lead.number),
        Fact(_("Department"), lead.department),
        Fact(_("Created"), markup.moment(lead.created_at)),
    ]
    return trimmed(lead, facts)


def _became(member: Member, lead: Lead) -> Action | None:
    """The customer that the lead became, as a link for those who may see it."""
    customer = lead.customer
    if customer is None or not policy.allowed(member, "leads.view_customer", customer):
        return None
    url = reverse("leads:customer", args=[customer.pk])
    return Action(customer.name, url, "building", frame="drawer")
