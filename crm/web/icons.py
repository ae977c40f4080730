"""Icons drawn into the page: no font, no sprite request, nothing a security policy must allow."""

from functools import cache

from django.utils.safestring import SafeString, mark_safe

from crm.web.icon_paths import ICON_PATHS


@cache
def icon(name: str, css: str = "") -> SafeString:
    """The named Tabler icon as an SVG; decoration only, so hidden from screen readers."""
    extra = f" {css}" if css else ""
    return mark_safe(  # noqa: S308  the table is ours and the class a literal of our templates
        f'<svg class="icon{extra}" viewBox="0 0 24 24" aria-hidden="true">{ICON_PATHS[name]}</svg>'
    )


def has_icon(name: str) -> bool:
    """Whether `name` is in the table (add it to icon_names.txt and run build_icons)."""
    return name in ICON_PATHS
