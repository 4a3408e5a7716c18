from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("Community")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common import append_only
        from community import notifications, receivers  # noqa: F401
        from people import registries

        append_only.register("community.QuestionEvent")
        append_only.register("community.ReputationChange")
        append_only.register("community.PostRevision")
        for group in ("Moderators", "Managers"):
            registries.grant(group, "community.moderate_posts")
        registries.grant("Managers", "community.manage_taxonomy")
