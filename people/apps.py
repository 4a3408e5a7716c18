from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("people.receivers")


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user screens, with our forms: no passwords, no deletion."""

    default = False
    user_viewset = "people.staff_screens.StaffPersonViewSet"
