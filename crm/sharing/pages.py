"""The pages that every noun gets: share, take back, transfer; alone and ticked in the list.

leads/urls: urlpatterns += pages_of(noun("leads.customer"), "customers/")
"""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from crm.access.decorators import needs
from crm.sharing.nouns import Noun
from crm.sharing.views import shares, transfers


def page(view: Callable[..., Any], noun: Noun, verb: str, *, is_post: bool = False) -> Any:
    """The view for one noun, behind that noun's own permission."""
    bound = update_wrapper(partial(view, noun=noun), view)
    guarded = needs(noun.permission(verb))(bound)
    return require_POST(guarded) if is_post else guarded


def pages_of(noun: Noun, prefix: str) -> list[URLPattern]:
    """customers/12/share/ and its like."""
    name = noun.name
    found = [
        path(
            f"{prefix}transfer/",
            page(transfers.transfer_many, noun, "transfer", is_post=True),
            name=f"bulk_transfer_{name}",
        ),
        path(
            f"{prefix}<int:pk>/transfer/",
            page(transfers.transfer_one, noun, "transfer"),
            name=f"transfer_{name}",
        ),
    ]
    if not noun.is_shareable:
        return found
    return [
        *found,
        path(
            f"{prefix}share/",
            page(shares.share_many, noun, "view", is_post=True),
            name=f"bulk_share_{name}",
        ),
        path(
            f"{prefix}<int:pk>/share/",
            page(shares.share_one, noun, "view"),
            name=f"share_{name}",
        ),
        path(
            f"{prefix}<int:pk>/share/<slug:code>/take-back/",
            page(shares.take_back, noun, "view", is_post=True),
            name=f"take_back_{name}",
        ),
    ]
