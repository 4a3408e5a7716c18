"""People's pages, under the language's prefix."""

from django.urls import path

from people import views

app_name = "people"

urlpatterns = [
    path("members/me/", views.me, name="me"),
    path("members/me/edit/", views.edit_me, name="edit_me"),
    path("members/me/security/", views.security, name="security"),
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
