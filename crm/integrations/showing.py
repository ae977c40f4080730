"""A new secret on its way to the one page that shows it: sealed, and gone with the first look."""

from crm.encryption.cipher import Undecipherable, seal, unseal
from crm.integrations.models import AccessToken
from crm.tenancy.http import TenantRequest

KEY = "made-token"
PLACE = "integrations.made-token"


def keep_secret(request: TenantRequest, token: AccessToken, secret: str) -> None:
    """Take the secret of a token just made along to its page."""
    request.session[KEY] = [token.pk, seal(secret, place=PLACE)]


def take_secret(request: TenantRequest, token: AccessToken) -> str:
    """The secret, if this token has just been made in this session; never again."""
    kept = request.session.get(KEY)
    if not isinstance(kept, list) or kept[:1] != [token.pk]:
        return ""
    del request.session[KEY]
    try:
        return unseal(str(kept[1]), place=PLACE)
    except (Undecipherable, IndexError):
        return ""
