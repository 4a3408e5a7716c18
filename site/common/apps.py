from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = _("Common")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import append_only

        # Each room's timers and outbox handlers register themselves.
        autodiscover_modules("tasks")
        post_migrate.connect(
            append_only.install_after_migrate, dispatch_uid="common.append_only"
        )
