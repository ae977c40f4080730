"""Why somebody could not come in, for people."""

from django.utils.translation import gettext as _


def words_for(reason: str) -> str:
    """One sentence: what happened and what to do."""
    known = {
        "unreachable": _("The identity provider does not answer. Try again in a moment."),
        "denied": _("The identity provider did not let you in, or you cancelled."),
        "state": _("This attempt has expired or was begun elsewhere. Start again."),
        "token": _("The provider's answer could not be verified. Tell your administrator."),
        "anew": _("The provider did not ask you anew. Sign out there and try again."),
        "issuer": _("The provider calls itself something else than the issuer entered."),
        "discovery": _("At the issuer's address there is no complete OpenID Connect description."),
        "pkce": _("The provider does not support PKCE with S256."),
        "keys": _("The provider publishes no key for signatures."),
        "refused": _("The provider refuses the client ID or secret."),
        "outsider": _("You do not belong to this organisation there."),
        "inactive": _("Your membership of this organisation has ended."),
        "unknown": _("You are not a member here yet. Ask your administrator for an invitation."),
        "domain": _("Your e-mail address is not one of this organisation's."),
        "taken": _("Another account of the provider is already linked with yours."),
        "full": _("This organisation has no seat left. Tell your administrator."),
    }
    return known.get(reason, _("Signing in did not work. Try again."))
