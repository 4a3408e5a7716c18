"""Wagtail's app of users, with our screens instead of its own."""

from wagtail.users.apps import WagtailUsersAppConfig


class StaffUsersConfig(WagtailUsersAppConfig):
    user_viewset = "people.staff_screens.StaffPersonViewSet"
