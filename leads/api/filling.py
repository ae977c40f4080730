"""What a program sent, put through the form of the page: one place says which values fit."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.forms import BaseForm
from django.utils.translation import gettext as _
from pydantic import BaseModel

from crm.integrations.field_errors import problem_of_form
from crm.integrations.problems import invalid
from crm.integrations.rest import check_writable
from crm.people.enums import Right
from crm.people.models import Member

F = TypeVar("F", bound=BaseForm)
STEERING = {"version", "collision", "owner_id", "customer_id"}


def given_facts(entry: BaseModel) -> dict[str, Any]:
    """The record's own values that were sent; what was left out is not touched."""
    return entry.model_dump(exclude_unset=True, exclude=STEERING)


def check_new(member: Member, model: Any, given: Iterable[str]) -> None:
    """What one may not read afterwards may be filled in once, as on the page."""
    check_writable(member, model, given, least=Right.MASKED)


def check_change(member: Member, model: Any, given: Iterable[str]) -> None:
    """Only what one may write may be changed; and something has to be."""
    names = list(given)
    check_writable(member, model, names, least=Right.WRITE)
    if not names:
        raise invalid([("", _("Nothing to change was sent."))])


def checked(form: F) -> F:
    """The form, if its values fit; a Problem that names each field that does not."""
    if not form.is_valid():
        raise problem_of_form(form, {"owner": "owner_id"})
    return form
