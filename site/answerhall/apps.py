from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnswerhallConfig(AppConfig):
    name = "answerhall"
    verbose_name = _("Answerhall")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register themselves.
        from answerhall import checks, receivers  # noqa: F401
        from people.registries import EDITORS, MANAGERS, grant

        for group in (EDITORS, MANAGERS):
            grant(group, "answerhall.view_indexablepages")
