"""Doors, the same in every language. Stands before Wagtail's admin, whose own it takes.

Without app_name: django-allauth's names must stay as they are.
"""

from allauth.account.views import logout
from django.urls import include, path
from wagtail.admin.auth import require_admin_access

from people import openid, signing_up, views
from people.staff_screens import StaffAccountView

urlpatterns = [
    path("accounts/oidc/<str:provider_id>/login/callback/", openid.callback),
    # The same addresses as allauth's, found first.
    path("accounts/signup/", signing_up.SignUp.as_view()),
    path("accounts/3rdparty/signup/", signing_up.SocialSignUp.as_view()),
    path("accounts/", include("allauth.urls")),
    path("admin/login/", views.staff_sign_in, name="staff_sign_in"),
    # Wagtail's takes the cookie away even from who only looked at the address.
    path("admin/logout/", logout),
    path("admin/password_reset/", views.staff_reset),
    path("admin/password_reset/<path:rest>", views.staff_reset),
    path("admin/account/", require_admin_access(StaffAccountView.as_view())),
]
