"""Tags and filters of our templates (a builtin library: no {% load %} needed)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.db.models import Model
from django.utils.html import escape, json_script
from django.utils.safestring import SafeString, mark_safe

from crm.access import fields
from crm.access.viewer import current_viewer
from crm.tenancy.links import global_url as global_address
from crm.web import formats, markup, once
from crm.web.components import Action, HeadActions
from crm.web.formats import Formats
from crm.web.forms import dress as dress_field
from crm.web.forms import mark_errors
from crm.web.icons import icon as draw_icon
from crm.web.parts import part as keep_part
from crm.web.tables.addresses import hidden_inputs as hidden

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """{% icon "users" %}: an inline SVG from crm/web/icon_names.txt."""
    return draw_icon(name, css)


@register.simple_tag(takes_context=True)
def once_token(context: template.Context) -> SafeString:
    """{% once_token %}: the hidden field by which a form that is sent twice acts once."""
    token = escape(once.token_for(context["request"]))
    return mark_safe(f'<input type="hidden" name="{once.FIELD}" value="{token}">')  # noqa: S308


@register.filter
def money(amount: Decimal | None, currency: str = "CNY") -> SafeString:
    """{{ order.total|money }} or {{ order.total|money:order.currency }}."""
    return markup.money(amount, currency or "CNY")


@register.filter
def short_money(amount: Decimal | None, currency: str = "CNY") -> SafeString:
    """¥123.5 万 with the exact value on hover."""
    return markup.short_money(amount, currency or "CNY")


@register.filter
def number(value: Any, places: int = 0) -> str:
    """Thousands separators."""
    return formats.number(value, places)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    """A share of one as a percentage."""
    return formats.percent(value, places)


@register.filter
def phone(value: str | None) -> SafeString:
    """A telephone number that dials when touched."""
    return markup.phone(value)


@register.filter
def filesize(value: int | None) -> str:
    """3.4 MB."""
    return formats.size(value)


@register.filter
def moment(value: datetime | date | None) -> SafeString:
    """Relative within a week, then the date."""
    return markup.moment(value)


@register.filter
def day(value: datetime | date | None) -> SafeString:
    """A calendar date."""
    return markup.day(value)


@register.filter
def clock(value: datetime | None) -> SafeString:
    """Date and time of day."""
    if value is None:
        return markup.NOTHING
    return markup.safe(escape(Formats.current().moment(value)))


@register.filter
def deadline(value: datetime | date | None) -> SafeString:
    """A due date with its weekday; cinnabar when passed."""
    return markup.deadline(value)


@register.filter
def due(value: datetime | date | None) -> SafeString:
    """A due date inside a sentence: due today 18:00."""
    return markup.deadline(value, in_a_sentence=True)


@register.simple_tag
def person(member: Any, name: str = "") -> SafeString:
    """{% person lead.owner %}: avatar and name; {% person None %} is a dash."""
    if member is None:
        return markup.person(name or None)
    return markup.person(name or str(member), getattr(member, "pk", None))


@register.simple_tag
def avatar(member: Any, css: str = "") -> SafeString:
    """Only the round initial."""
    return markup.avatar(str(member), getattr(member, "pk", None), css)


@register.simple_tag
def badge(label: object, colour: str = "grey", icon: str = "") -> SafeString:
    """{% badge order.get_state_display "blue" %}."""
    return markup.badge(label, colour, icon)


@register.simple_tag
def tag(label: object) -> SafeString:
    """A free label."""
    return markup.tag(label)


@register.simple_tag
def chip(label: object, tone: str = "good") -> SafeString:
    """A reason beside a proposal."""
    return markup.chip(label, tone)


@register.simple_tag
def global_url(name: str, *args: Any) -> str:
    """The path of a page outside the organisation: sign-in, account."""
    return global_address(name, *args)


@register.simple_tag(takes_context=True)
def hidden_inputs(context: template.Context, *without: str) -> SafeString:
    """The present query string as hidden inputs of a GET form."""
    return hidden(context["request"].GET, without=without)


@register.simple_tag
def chart(data: dict[str, Any], element_id: str) -> SafeString:
    """The data of components/chart.html as a JSON script element."""
    return json_script(data, element_id)


@register.filter
def seen(record: Model, name: str) -> Any:
    """{{ contact|seen:"phone"|phone }}: a guarded field as the viewer's roles let them see it."""
    return fields.shown(current_viewer(), type(record), name, getattr(record, name))


@register.filter
def at_the_head(actions: Sequence[Action] | None) -> HeadActions:
    """{{ actions|at_the_head }}: which of them are a menu on a phone."""
    return HeadActions.of(actions or ())


@register.filter
def has_figures(data: dict[str, Any]) -> bool:
    """Whether a chart has anything to draw."""
    return any(value for series in data["series"] for value in series["values"])


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """mapping[key], or '' when there is none."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, key: Any, **slots: Any) -> SafeString:
    """{% part "layout/_sidebar.html" shell.side_key %}: rendered once per key and process."""
    return keep_part(name, key, context, slots)


@register.simple_tag
def dress(form: Any) -> str:
    """Give the controls of a form that is not ours (sign-in) our classes."""
    for field in form.fields.values():
        dress_field(field)
    mark_errors(form)
    return ""


@register.simple_tag
def boat(css: str = "") -> SafeString:
    """The mark: a boat of two strokes."""
    return mark_safe(  # noqa: S308  literal; the class is a literal of our templates
        f'<svg class="tz-boat {css}" viewBox="0 0 32 32" aria-hidden="true">'
        '<path d="M15.2 4.4v11.9h8.8C22.8 10.9 19.9 6.8 15.2 4.4z"/>'
        '<path d="M3.8 20.6c4.4 7.6 20 7.6 24.4 0"/></svg>'
    )
