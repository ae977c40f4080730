"""Sign-in and a person's own account: outside all organisations, below /accounts/."""

from django.urls import include, path

from crm.signin.views import account, login, sso

urlpatterns = [
    path("login/", login.sign_in, name="account_login"),
    path("sso/", sso.find, name="signin_find"),
    path("sso/link/", sso.link, name="signin_link"),
    path("sso/<slug:slug>/", sso.enter, name="signin_enter"),
    path("sso/<slug:slug>/<int:connection_id>/", sso.start, name="signin_start"),
    path("sso/<slug:slug>/<int:connection_id>/callback/", sso.callback, name="signin_callback"),
    path("linked/", sso.identities, name="signin_identities"),
    path("sessions/", account.session_list, name="usersessions_list"),
    path("confirm/", account.confirm, name="signin_confirm"),
    # the address is changed by an administrator; allauth's page would let anybody claim one
    path("email/", account.no_such_page),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
