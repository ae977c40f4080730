from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase

from crm.access.policy import allowed
from crm.access.registry import ANY_MEMBER, is_declared

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def needs(permission: str, *others: str) -> Callable[[View], View]:
    """Declare the permission a tenant's page asks for; ANY_MEMBER for what everybody may open.

    Where there are several, one of them is enough to come in.
    """
    wanted = (permission, *others)
    for one in wanted:
        if one != ANY_MEMBER and not is_declared(one):
            raise LookupError(f"No app declares the permission {one!r}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission != ANY_MEMBER and not any(allowed(request.member, one) for one in wanted):
                raise PermissionDenied(permission)
            return view(request, *args, **kwargs)

        guarded.needs = permission  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate
