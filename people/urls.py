"""People's pages, under the language's prefix."""

from django.urls import path

from common import converters  # noqa: F401  registers `row_id`
from people import views

app_name = "people"

urlpatterns = [
    path("members/me/", views.me, name="me"),
    path("members/me/edit/", views.edit_me, name="edit_me"),
    path("members/me/security/", views.security, name="security"),
    path("members/me/keys/", views.api_keys, name="api_keys"),
    path(
        "members/me/keys/<row_id:pk>/revoke/",
        views.revoke_api_key,
        name="revoke_api_key",
    ),
    path("members/me/data/", views.my_data, name="my_data"),
    path("members/me/data/copy/", views.copy_of_my_data, name="copy_of_my_data"),
    path("members/me/close/", views.close_account, name="close_account"),
    path("members/terms/", views.terms, name="terms"),
    path("members/<str:handle>/", views.profile, name="profile"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.read_notifications, name="read_notifications"),
    path(
        "notifications/<int:pk>/read/",
        views.read_notifications,
        name="read_notification",
    ),
    path(
        "notifications/choices/",
        views.notification_choices,
        name="notification_choices",
    ),
]
