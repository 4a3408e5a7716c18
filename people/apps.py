from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from people.own_data import export_person
        from people.registries import MANAGERS, export, grant

        export("people")(export_person)
        for module in ("freshness", "notifications", "receivers"):
            import_module(f"people.{module}")
        grant(
            MANAGERS,
            "people.add_person",
            "people.change_person",
            "people.delete_person",
            "people.view_person",
            "people.view_datarequest",
        )
